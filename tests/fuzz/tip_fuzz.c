/* Trusted identity propagation: tags, exchanges, claims and what is kept, out of any bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/jwt.h"
#include "aws/tip_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

/* What was read and is written again reads the same. */
static void check_kept(struct arena *a, const char *body, size_t count)
{
    struct tip_kept kept, back;
    struct buf b;

    if (!tip_read_kept(&kept, a, body, count)) return;
    buf_init(&b, 4 << 20);
    tip_write_kept(&b, &kept);
    if (!tip_read_kept(&back, a, b.bytes, b.count) || strcmp(back.context, kept.context) ||
        strcmp(back.keys.secret, kept.keys.secret)) {
        abort();
    }
    buf_clear(&b);
    credentials_clear(&kept.keys);
    credentials_clear(&back.keys);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const char *body = (const char *)bytes, *value, *next;
    struct fault f = {0};
    struct arena a;
    struct buf claims;
    char *text;
    int64_t life_s;

    arena_init(&a);
    if (!tip_read_tags(&value, &next, &a, body, count, "x", &f) && value && !*value) abort();
    fault_clear(&f);
    if (!tip_read_exchange(&value, &life_s, &a, body, count, "x", &f) && (!*value || life_s < 0)) {
        abort();
    }
    check_kept(&a, body, count);
    buf_init(&claims, 1 << 20);
    text = arena_copy(&a, body, count);
    if (text && jwt_read_claims(&claims, text) && claims.count > count) abort();
    buf_clear(&claims);
    arena_clear(&a);
    return 0;
}
