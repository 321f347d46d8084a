/*
 * Functions that no driver file may call: each has a limit, a locale or a hidden state that has
 * hurt somebody. Forced into every driver source by the build, before its own includes.
 *
 * The headers that declare them come first, so that their declarations stay what they are; a call
 * then becomes an undeclared name that says what to use instead.
 */
#ifndef ATHENA_BASE_BANNED_H
#define ATHENA_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(name, instead) banned_##name##_use_##instead

/* no limit on what is written: base/buf.h, snprintf, memcpy */
#undef strcpy
#define strcpy(...) BANNED(strcpy, memcpy)
#undef strcat
#define strcat(...) BANNED(strcat, buf_puts)
#undef stpcpy
#define stpcpy(...) BANNED(stpcpy, memcpy)
#undef sprintf
#define sprintf(...) BANNED(sprintf, snprintf)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf, vsnprintf)

/* cuts without a terminator, or pads: snprintf, memcpy */
#undef strncpy
#define strncpy(...) BANNED(strncpy, memcpy)
#undef strncat
#define strncat(...) BANNED(strncat, buf_put)

/* one hidden state for all threads */
#undef strtok
#define strtok(...) BANNED(strtok, strtok_r)
#undef gmtime
#define gmtime(...) BANNED(gmtime, gmtime_r)
#undef localtime
#define localtime(...) BANNED(localtime, localtime_r)
#undef asctime
#define asctime(...) BANNED(asctime, strftime)
#undef ctime
#define ctime(...) BANNED(ctime, strftime)
#undef strerror
#define strerror(...) BANNED(strerror, strerror_r)

/* no word about bad input */
#undef atoi
#define atoi(...) BANNED(atoi, strtoll)
#undef atol
#define atol(...) BANNED(atol, strtoll)
#undef atoll
#define atoll(...) BANNED(atoll, strtoll)
#undef atof
#define atof(...) BANNED(atof, convert)

/* another answer in another locale */
#undef strcasecmp
#define strcasecmp(...) BANNED(strcasecmp, ascii_same)
#undef strncasecmp
#define strncasecmp(...) BANNED(strncasecmp, ascii_same_bytes)
#undef strcasestr
#define strcasestr(...) BANNED(strcasestr, ascii_contains)

/* a guest does not end its host's process */
#undef exit
#define exit(...) BANNED(exit, fault_set)

#endif
