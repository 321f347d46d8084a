/*
 * A small file, read whole: profiles, tokens.
 *
 * Any thread; reading waits for the disk.
 */
#ifndef ATHENA_AUTH_SMALL_FILE_H
#define ATHENA_AUTH_SMALL_FILE_H

#include <stddef.h>

#include "base/fault.h"
#include "base/status.h"

/*
 * *bytes is what the file holds, which the caller wipes and frees; NULL when it is missing, no
 * regular file, or larger than limit_bytes. The fault is HY001 alone.
 */
enum status small_file_read(char **bytes, size_t *count, const char *path, size_t limit_bytes,
                            struct fault *f);

#endif
