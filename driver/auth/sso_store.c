/* Kept tokens. See sso_store.h. */
#include "auth/sso_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/small_file.h"
#include "auth/wish.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/quiet.h"

enum { TOKEN_BYTES_MAX = 64 << 10 };

/* ---- places ------------------------------------------------------------------------------- */

enum status sso_store_of_profile(struct sso_store *s, const char *home, const char *key,
                                 struct fault *f)
{
    char name[SSO_CACHE_NAME_BYTES];
    int length;

    *s = (struct sso_store){0};
    if (!sso_cache_name(name, key)) {
        return fault_set(f, SQLSTATE_HY000, 0,
                         "the token cache of IAM Identity Center: libcrypto has no SHA-1");
    }
    length = snprintf(s->path, sizeof s->path, "%s/.aws/sso/cache/%s", home ? home : "", name);
    if (length > 0 && (size_t)length < sizeof s->path) return ST_OK;
    return fault_set(f, SQLSTATE_28000, 0,
                     "the token cache of IAM Identity Center: the name of the home folder is too "
                     "long");
}

void sso_store_of_type(struct sso_store *s, const struct sign_in *in)
{
    char kind[40];

    *s = (struct sso_store){.keepsake = in->wish->keepsake};
    if (!sign_in_is_cached(in->kind, in->options)) return;
    snprintf(kind, sizeof kind, "%s-token", in->kind->name);
    token_cache_find(&s->cache, in->wish->env->values[ENV_HOME], kind, in->options);
}

/* ---- the AWS CLI's file ------------------------------------------------------------------- */

static bool load_file(const struct sso_store *s, struct sso_token *t)
{
    char *bytes;
    size_t count;
    bool is_read;

    if (small_file_read(&bytes, &count, s->path, TOKEN_BYTES_MAX, NULL) || !bytes) return false;
    is_read = !sso_token_read(t, bytes, count, NULL);
    explicit_bzero(bytes, count);
    free(bytes);
    return is_read;
}

/*
 * mkstemp() makes it 0600. It is not brought to the disk first: that may take a while on this
 * thread, and after a loss of power a person signs in again.
 */
static int replace_file(const char *path, const struct buf *b)
{
    char temporary[600];
    int fd, trouble;

    snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0) return errno;
    trouble = quiet_write_at(fd, 0, b->bytes, b->count);
    close(fd);
    if (!trouble && rename(temporary, path)) trouble = errno;
    if (trouble) unlink(temporary);
    return trouble;
}

/* ---- both --------------------------------------------------------------------------------- */

static bool load_cached(const struct sso_store *s, struct sso_token *t)
{
    struct buf b;
    bool is_read;

    buf_init_secret(&b, TOKEN_BYTES_MAX);
    is_read = s->cache.home && token_cache_get_token(&s->cache, &b, NULL, clock_wall_s(), 0) &&
              !sso_token_read(t, b.bytes, b.count, NULL);
    buf_clear(&b);
    return is_read;
}

/* The one that ends later: another process may have renewed it, and so may we. */
static bool load_kept(const struct sso_store *s, struct sso_token *t)
{
    struct sso_token cached = {0};
    bool is_kept = s->keepsake->count &&
                   !sso_token_read(t, s->keepsake->bytes, s->keepsake->count, NULL);

    if (!load_cached(s, &cached)) return is_kept;
    if (is_kept && sso_token_time(&cached, SSO_EXPIRES_AT) <= sso_token_time(t, SSO_EXPIRES_AT)) {
        sso_token_clear(&cached);
        return true;
    }
    sso_token_clear(t);
    *t = cached;
    return true;
}

bool sso_store_load(const struct sso_store *s, struct sso_token *t)
{
    return s->keepsake ? load_kept(s, t) : load_file(s, t);
}

/* For as long as something can be done with it. */
static int64_t end_of(const struct sso_token *t)
{
    return sso_token_time(t, t->texts[SSO_REFRESH_TOKEN] ? SSO_REGISTRATION_EXPIRES_AT
                                                         : SSO_EXPIRES_AT);
}

static void keep(const struct sso_store *s, const struct sso_token *t, const struct buf *b)
{
    buf_clear(s->keepsake);
    buf_put(s->keepsake, b->bytes, b->count);
    if (s->cache.home) token_cache_put_token(&s->cache, b->bytes, end_of(t));
}

void sso_store_save(const struct sso_store *s, const struct sso_token *t)
{
    struct buf b;
    int trouble;

    buf_init_secret(&b, TOKEN_BYTES_MAX);
    sso_token_write(&b, t);
    if (!buf_ok(&b)) {
        log_warn("a token of IAM Identity Center is too large to be kept");
    } else if (s->keepsake) {
        keep(s, t, &b);
    } else {
        trouble = replace_file(s->path, &b);
        if (trouble) log_warn("writing %s: errno %d", s->path, trouble);
    }
    buf_clear(&b);
}
