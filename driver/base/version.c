/* The version in its two forms. See version.h. */
#include "base/version.h"

#define QUOTE(number) #number
#define TEXT(number)  QUOTE(number)

/* ATHENA_VERSION_MAJOR and its like come from driver/CMakeLists.txt. */
const char version_text[] =
    TEXT(ATHENA_VERSION_MAJOR) "." TEXT(ATHENA_VERSION_MINOR) "." TEXT(ATHENA_VERSION_PATCH);

#define TENS(number)     '0' + (number) / 10 % 10, '0' + (number) % 10
#define HUNDREDS(number) '0' + (number) / 1000 % 10, '0' + (number) / 100 % 10, TENS(number)

const char version_odbc_text[] = {
    TENS(ATHENA_VERSION_MAJOR),     '.',  TENS(ATHENA_VERSION_MINOR), '.',
    HUNDREDS(ATHENA_VERSION_PATCH), '\0',
};
