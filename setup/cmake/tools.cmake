# Targets that look at the sources: format, format-check, tidy, check-*, rank-functions.
#
# They are found when a target is run, not when it is configured, so that a machine without clang
# can build and test everything else.
set(tools ${CMAKE_SOURCE_DIR}/tests/tools)

foreach(target format format-check check-layers check-headers rank-functions)
    add_custom_target(${target} COMMAND ${tools}/${target} USES_TERMINAL VERBATIM)
endforeach()
add_custom_target(tidy COMMAND ${tools}/tidy ${CMAKE_BINARY_DIR} USES_TERMINAL VERBATIM)

if(TARGET athenaodbc)
    add_custom_target(check-exports
        COMMAND ${tools}/check-exports $<TARGET_FILE:athenaodbc> DEPENDS athenaodbc
        USES_TERMINAL VERBATIM)
endif()

if(ATHENA_TESTS)
    foreach(check layers headers)
        add_test(NAME check-${check} COMMAND ${tools}/check-${check})
        set_tests_properties(check-${check} PROPERTIES LABELS checks TIMEOUT 300
            SKIP_RETURN_CODE 77)
    endforeach()
    add_test(NAME format-check COMMAND ${tools}/format-check)
    set_tests_properties(format-check PROPERTIES LABELS checks SKIP_RETURN_CODE 77)
    if(TARGET athenaodbc)
        add_test(NAME check-exports COMMAND ${tools}/check-exports $<TARGET_FILE:athenaodbc>)
        set_tests_properties(check-exports PROPERTIES LABELS checks)
    endif()
    if(TARGET athenaodbcS)
        add_test(NAME check-exports-setup
            COMMAND ${tools}/check-exports $<TARGET_FILE:athenaodbcS>)
        set_tests_properties(check-exports-setup PROPERTIES LABELS checks)
    endif()
endif()
