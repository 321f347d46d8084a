/* Small files. See small_file.h. */
#include "auth/small_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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
