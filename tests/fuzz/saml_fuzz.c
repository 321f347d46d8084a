/* aws/saml.h: the bytes as a SAML response, as its base64, and as Lake Formation's answer. */
#include <stdint.h>
#include <string.h>

#include "aws/base64.h"
#include "aws/saml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_roles(const char *text, size_t count)
{
    const struct saml_role *role;
    struct fault f = {0};
    struct saml_roles roles;
    struct arena a;

    arena_init(&a);
    if (!saml_read_roles(&roles, &a, text, count, &f)) {
        saml_choose_role(&role, &roles, "arn:aws:iam::1:role/x", &f);
    }
    arena_clear(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct aws_credentials c = {0};
    struct fault f = {0};
    struct buf text;

    buf_init(&text, 4 << 20);
    base64_put(&text, data, size);
    read_roles(text.bytes, text.count);
    buf_clear(&text);
    read_roles((const char *)data, size);
    saml_parse_decorated_role(&c, (const char *)data, size, &f);
    credentials_clear(&c);
    return 0;
}
