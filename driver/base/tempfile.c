/* Temporary files. See tempfile.h. */
#include "base/tempfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/quiet.h"

/* Not the environment's word in a program with more rights than its user. */
static const char *folder(void)
{
    const char *named = secure_getenv("TMPDIR");

    return named && *named ? named : "/tmp";
}

/* Where the file system (NFS, overlays of old kernels) has no files without a name. */
static int open_and_unlink(void)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/athena-odbc-XXXXXX", folder());
    int fd;

    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0) unlink(path);
    return fd;
}

static enum status fail(struct fault *f, int error, const char *doing)
{
    char why[128];

    return fault_set(f, SQLSTATE_HY000, error,
                     "%s a temporary file in %s (TMPDIR names the directory): %s", doing, folder(),
                     strerror_r(error, why, sizeof why));
}

int tempfile_open(struct fault *f)
{
    int fd = open(folder(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);

    if (fd < 0) fd = open_and_unlink();
    if (fd < 0) fail(f, errno, "making");
    return fd;
}

enum status tempfile_write(int fd, uint64_t offset, const void *bytes, size_t count,
                           struct fault *f)
{
    int error = quiet_write_at(fd, offset, bytes, count);

    return error ? fail(f, error, "writing") : ST_OK;
}

enum status tempfile_read(int fd, uint64_t offset, void *bytes, size_t count, struct fault *f)
{
    char *at = bytes;

    while (count) {
        ssize_t got = pread(fd, at, count, (off_t)offset);

        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return fail(f, got ? errno : EIO, "reading");
        at += got;
        offset += (uint64_t)got;
        count -= (size_t)got;
    }
    return ST_OK;
}

void tempfile_close(int fd)
{
    if (fd >= 0) close(fd);
}
