/* Small files. See small_file.h. */
#include "auth/small_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/quiet.h"

enum status small_file_read(char **bytes, size_t *count, const char *path, size_t limit_bytes,
                            struct fault *f)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    ssize_t got;

    *bytes = NULL;
    *count = 0;
    if (fd < 0) return ST_OK;
    if (fstat(fd, &info) || !S_ISREG(info.st_mode) || (size_t)info.st_size > limit_bytes) {
        close(fd);
        return ST_OK;
    }
    *bytes = malloc((size_t)info.st_size + 1);
    got = *bytes ? read(fd, *bytes, (size_t)info.st_size) : 0;
    close(fd);
    if (!*bytes) return fault_no_memory(f);
    *count = got > 0 ? (size_t)got : 0;
    return ST_OK;
}

static int write_all(int fd, const char *bytes, size_t count)
{
    while (count) {
        ssize_t written = write(fd, bytes, count);

        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return written ? errno : ENOSPC;
        bytes += written;
        count -= (size_t)written;
    }
    return 0;
}

int small_file_write(int fd, const char *bytes, size_t count)
{
    struct quiet q;
    int error;

    quiet_begin(&q, SIGXFSZ);
    error = write_all(fd, bytes, count);
    quiet_end(&q, error == EFBIG);
    return error;
}
