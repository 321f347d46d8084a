/* The file cache. See token_cache.h. */
#include "auth/token_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aws/cached.h"
#include "aws/sigv4.h"
#include "base/ascii.h"
#include "base/log.h"
#include "base/quiet.h"
#include "base/random.h"
#include "config/authentication.h"

enum { FILE_BYTES_MAX = 64 << 10, OPTIONS_BYTES_MAX = 1 << 20 };

/* ---- names -------------------------------------------------------------------------------- */

/* A code that is good once is another one each time, while the keys it brought are the same. */
static bool hash_options(char hash[65], const struct options *options)
{
    struct options lasting = {0};
    struct fault ignored = {0};
    struct buf b;
    bool is_done;

    buf_init_secret(&b, OPTIONS_BYTES_MAX);
    is_done = !options_copy(&lasting, options, &ignored);
    options_forget(&lasting, OPTION_MFA_TOKEN);
    authentication_write(&b, &lasting);
    is_done = is_done && buf_ok(&b) && sigv4_hash(hash, b.bytes, b.count);
    options_clear(&lasting);
    buf_clear(&b);
    return is_done;
}

bool token_cache_find(struct token_cache *c, const char *home, const char *kind,
                      const struct options *options)
{
    char hash[65];

    *c = (struct token_cache){0};
    if (!home || home[0] != '/' || !hash_options(hash, options)) return false;
    snprintf(c->file, sizeof c->file, "%.40s-%.40s.json", kind, hash);
    for (char *at = c->file; at < c->file + strlen(kind) && at < c->file + 40; at++) {
        bool is_plain = ascii_is_letter(*at) || (*at >= '0' && *at <= '9') || *at == '-';

        if (!is_plain) *at = '_';
    }
    c->home = home;
    return true;
}

/* ---- the folder --------------------------------------------------------------------------- */

/* A folder that is ours alone is made so, if it is ours at all. */
static bool is_private_folder(int fd)
{
    struct stat info;

    if (fstat(fd, &info) || !S_ISDIR(info.st_mode) || info.st_uid != geteuid()) return false;
    return !(info.st_mode & 077) || !fchmod(fd, 0700);
}

/* -1: there is none to be used. */
static int open_folder(const struct token_cache *c, bool may_make)
{
    char path[PATH_MAX];
    int length, fd;

    if (!c->home) return -1;
    length = snprintf(path, sizeof path, "%s/.athena-odbc", c->home);
    if (length < 0 || (size_t)length >= sizeof path) return -1;
    if (may_make && mkdir(path, 0700) && errno != EEXIST) {
        log_warn("token cache: making %s: errno %d", path, errno);
        return -1;
    }
    fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return -1;
    if (is_private_folder(fd)) return fd;
    log_warn("token cache: %s is not this user's own folder, and not used", path);
    close(fd);
    return -1;
}

/* ---- files -------------------------------------------------------------------------------- */

static bool is_private_file(int fd, size_t *bytes)
{
    struct stat info;

    if (fstat(fd, &info) || !S_ISREG(info.st_mode)) return false;
    if (info.st_uid != geteuid() || (info.st_mode & 077)) return false;
    *bytes = (size_t)info.st_size;
    return info.st_size > 0 && info.st_size <= FILE_BYTES_MAX;
}

/* False at a file that changes while it is read. */
static bool read_whole(int fd, struct buf *out, size_t bytes)
{
    char part[4096];
    ssize_t got = 0;

    while (out->count < bytes) {
        got = read(fd, part, sizeof part);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        buf_put(out, part, (size_t)got);
    }
    explicit_bzero(part, sizeof part);
    return out->count == bytes && buf_ok(out);
}

static bool read_file(const struct token_cache *c, struct buf *out)
{
    int folder = open_folder(c, false), fd;
    size_t bytes = 0;
    bool is_read;

    if (folder < 0) return false;
    /* not to wait for whom a pipe in its place would wait for */
    fd = openat(folder, c->file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    close(folder);
    if (fd < 0) return false;
    is_read = is_private_file(fd, &bytes) && read_whole(fd, out, bytes);
    close(fd);
    if (!is_read) log_warn("token cache: %s is not a private file, and not used", c->file);
    return is_read;
}

/* Beside its place first: a reader finds the old file or the new one. 0, or errno. */
static int replace_file(int folder, const char *name, const struct buf *content)
{
    char beside[192];
    int fd, error;

    snprintf(beside, sizeof beside, ".%s.%08x", name, (unsigned)random_u32());
    fd = openat(folder, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return errno;
    error = quiet_write_at(fd, 0, content->bytes, content->count);
    if (close(fd) && !error) error = errno;
    if (!error && renameat(folder, beside, folder, name)) error = errno;
    if (error) unlinkat(folder, beside, 0);
    return error;
}

static void write_file(const struct token_cache *c, const struct buf *content)
{
    int folder, error;

    if (!buf_ok(content)) return;
    folder = open_folder(c, true);
    if (folder < 0) return;
    error = replace_file(folder, c->file, content);
    close(folder);
    if (error) {
        log_warn("token cache: writing %s: errno %d", c->file, error);
    } else {
        log_debug("token cache: %s written", c->file);
    }
}

/* ---- what is kept ------------------------------------------------------------------------- */

bool token_cache_get_keys(const struct token_cache *c, struct aws_credentials *keys, int64_t now_s,
                          int64_t margin_s)
{
    struct buf content;
    bool is_good = false;

    buf_init_secret(&content, FILE_BYTES_MAX);
    if (read_file(c, &content) && cached_read_keys(keys, content.bytes, content.count)) {
        is_good = !credentials_expire_within(keys, now_s, margin_s);
        if (!is_good) credentials_clear(keys);
    }
    buf_clear(&content);
    if (is_good) log_debug("token cache: keys of %s", c->file);
    return is_good;
}

void token_cache_put_keys(const struct token_cache *c, const struct aws_credentials *keys)
{
    struct buf content;

    if (!keys->expires_at_s || !keys->key_id) return;
    buf_init_secret(&content, FILE_BYTES_MAX);
    cached_write_keys(&content, keys);
    write_file(c, &content);
    buf_clear(&content);
}

bool token_cache_get_token(const struct token_cache *c, struct buf *out, int64_t *expires_at_s,
                           int64_t now_s, int64_t margin_s)
{
    struct buf content, token;
    int64_t end_s = 0;
    bool is_good;

    buf_init_secret(&content, FILE_BYTES_MAX);
    buf_init_secret(&token, FILE_BYTES_MAX);
    is_good = read_file(c, &content) &&
              cached_read_token(&token, &end_s, content.bytes, content.count) &&
              end_s > now_s + margin_s;
    if (is_good) buf_put(out, token.bytes, token.count);
    if (expires_at_s) *expires_at_s = end_s;
    buf_clear(&content);
    buf_clear(&token);
    return is_good && buf_ok(out);
}

void token_cache_put_token(const struct token_cache *c, const char *token, int64_t expires_at_s)
{
    struct buf content;

    buf_init_secret(&content, FILE_BYTES_MAX);
    cached_write_token(&content, token, expires_at_s);
    write_file(c, &content);
    buf_clear(&content);
}

void token_cache_forget(const struct token_cache *c)
{
    int folder = open_folder(c, false);

    if (folder < 0) return;
    unlinkat(folder, c->file, 0);
    close(folder);
}
