/*
 * A private temporary file without a name: for what is too large for memory.
 *
 * It is made in TMPDIR (/tmp when that is not set), readable by nobody else, and in no directory,
 * so that nothing is left behind however the process ends. The calls wait for the disk: they are
 * for application threads, not for the I/O thread.
 */
#ifndef ATHENA_BASE_TEMPFILE_H
#define ATHENA_BASE_TEMPFILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

/* The descriptor, close-on-exec; -1 with a fault (HY000, native errno) that names the directory. */
int tempfile_open(struct fault *f);

/* All of the bytes, or a fault (HY000, native errno): the disk is full, a limit is reached. */
enum status tempfile_write(int fd, uint64_t offset, const void *bytes, size_t count,
                           struct fault *f);

/* All of the bytes, which have been written before, or a fault. */
enum status tempfile_read(int fd, uint64_t offset, void *bytes, size_t count, struct fault *f);

/* -1 is allowed. */
void tempfile_close(int fd);

#endif
