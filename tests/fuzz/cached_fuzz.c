/* The file cache of sign-ins, and base64: any bytes; what is read is written and read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/base64.h"
#include "aws/cached.h"

enum { LIMIT_BYTES = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void keys(const char *bytes, size_t count)
{
    struct aws_credentials first = {0}, second = {0};
    struct buf b;

    if (!cached_read_keys(&first, bytes, count)) {
        if (first.key_id || first.secret) abort();
        return;
    }
    buf_init(&b, LIMIT_BYTES);
    cached_write_keys(&b, &first);
    /* an end outside of the years that four digits can say is not written as it was */
    if (!cached_read_keys(&second, b.bytes, b.count) && first.expires_at_s > 0) abort();
    if (second.key_id && strcmp(first.secret, second.secret)) abort();
    buf_clear(&b);
    credentials_clear(&first);
    credentials_clear(&second);
}

static void tokens(const char *bytes, size_t count)
{
    struct buf token, b;
    int64_t end_s;

    buf_init(&token, LIMIT_BYTES);
    buf_init(&b, LIMIT_BYTES);
    if (cached_read_token(&token, &end_s, bytes, count)) {
        if (!token.count) abort();
        cached_write_token(&b, token.bytes, end_s);
        buf_reset(&token);
        if (!cached_read_token(&token, &end_s, b.bytes, b.count)) abort();
    }
    buf_clear(&token);
    buf_clear(&b);
}

static void base64(const char *bytes, size_t count)
{
    struct buf text, back;

    buf_init(&text, LIMIT_BYTES);
    buf_init(&back, LIMIT_BYTES);
    base64_read(&back, bytes, count);
    buf_reset(&back);
    base64_put(&text, bytes, count);
    if (!base64_read(&back, text.bytes, text.count)) abort();
    if (back.count != count || memcmp(back.bytes, bytes, count)) abort();
    buf_clear(&text);
    buf_clear(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const char *text = (const char *)bytes;

    if (count > LIMIT_BYTES / 2) return 0;
    keys(text, count);
    tokens(text, count);
    base64(count ? text : "", count);
    return 0;
}
