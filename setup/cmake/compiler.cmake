# How every C file of the project is compiled: target_link_libraries(x PRIVATE athena_flags).
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_library(athena_flags INTERFACE)
target_compile_options(athena_flags INTERFACE
    -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
    -fno-strict-aliasing # cells and bound buffers are read through other types
    -fstack-protector-strong
    $<$<C_COMPILER_ID:Clang,AppleClang>:-Wthread-safety>
    $<$<BOOL:${ATHENA_WERROR}>:-Werror>)
# banned.h is included before anything a file could say itself, so the feature test macro is here.
# It is empty, because a file's own `#define _GNU_SOURCE` is then no redefinition.
target_compile_definitions(athena_flags INTERFACE _GNU_SOURCE=)
target_include_directories(athena_flags INTERFACE
    ${CMAKE_SOURCE_DIR}/driver ${CMAKE_SOURCE_DIR}/include)

if(ATHENA_SANITIZE)
    target_compile_options(athena_flags INTERFACE
        -fsanitize=${ATHENA_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(athena_flags INTERFACE -fsanitize=${ATHENA_SANITIZE})
else()
    target_compile_definitions(athena_flags INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
endif()

if(ATHENA_FUZZ)
    if(NOT CMAKE_C_COMPILER_ID MATCHES Clang)
        message(FATAL_ERROR "ATHENA_FUZZ needs clang: cmake --preset fuzz")
    endif()
    target_compile_options(athena_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# SIMD kernels are files of their own: file_avx2.c beside file.c, chosen at run time.
function(athena_simd_flags)
    if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
        return()
    endif()
    foreach(source ${ARGN})
        if(source MATCHES "_avx2\\.c$")
            set_source_files_properties(${source} PROPERTIES
                COMPILE_OPTIONS "-mavx2;-mbmi2;-mpclmul")
        endif()
    endforeach()
endfunction()

# A library that a driver manager loads: it exports what exports.map beside it names, is installed where
# ODBC's are, and stands in the build folder itself. The process that loads it has every SQL* name
# already: -Bsymbolic makes our own calls reach our own functions.
function(athena_loaded_library target)
    target_link_options(${target} PRIVATE
        -Wl,--version-script=${CMAKE_CURRENT_SOURCE_DIR}/exports.map
        -Wl,-Bsymbolic -Wl,-z,relro -Wl,-z,now -Wl,--as-needed)
    # What is missing is said here and not by a program's dlopen. (Sanitizers' own functions come from
    # the program.)
    if(NOT ATHENA_SANITIZE)
        target_link_options(${target} PRIVATE -Wl,-z,defs)
    endif()
    set_target_properties(${target} PROPERTIES
        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}
        LINK_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/exports.map)
    install(TARGETS ${target} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/odbc)
endfunction()
