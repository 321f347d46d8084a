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
