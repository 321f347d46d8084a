/* IAM Identity Center: the AWS CLI's cache files, answers and refusals, out of any bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/sso_codec.h"
#include "aws/sso_token.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

/* What was read and written reads as the same. */
static void round_trip(const struct sso_token *t)
{
    struct sso_token again = {0};
    struct fault f = {0};
    struct buf b;

    buf_init(&b, 1 << 24);
    sso_token_write(&b, t);
    if (!buf_ok(&b) || sso_token_read(&again, b.bytes, b.count, &f)) abort();
    for (int i = 0; i < SSO_FIELD_COUNT; i++) {
        if (!t->texts[i] != !again.texts[i]) abort();
        if (t->texts[i] && strcmp(t->texts[i], again.texts[i]) != 0) abort();
    }
    sso_token_clear(&again);
    buf_clear(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const char *body = (const char *)bytes;
    struct sso_token t = {0};
    struct aws_credentials c = {0};
    struct sso_device d;
    struct sso_error e;
    struct fault f = {0};
    struct arena a;

    arena_init(&a);
    if (!sso_token_read(&t, body, count, &f)) round_trip(&t);
    sso_token_is_good(&t, 0);
    sso_token_is_renewable(&t, 0);
    sso_read_client(&t, body, count, "", &f);
    if (!sso_read_token(&t, body, count, 1795348800, "", &f) && !t.texts[SSO_EXPIRES_AT]) abort();
    if (!sso_read_device(&d, &a, body, count, "", &f) && strchr(d.user_code, '\033')) abort();
    if (!sso_read_role(&c, body, count, "", &f) && (!c.key_id || !c.secret || !c.token)) abort();
    sso_read_error(&e, &a, NULL, body, count);
    if (strlen(e.code) + strlen(e.message) > 2 * count) abort();
    credentials_clear(&c);
    sso_token_clear(&t);
    arena_clear(&a);
    return 0;
}
