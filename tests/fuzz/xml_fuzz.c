/* XML of S3 and STS: error bodies, roles, identities, out of any bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/aws_error.h"
#include "aws/retry.h"
#include "aws/sts_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const char *body = (const char *)bytes;
    struct aws_credentials c = {0};
    struct sts_identity id;
    struct aws_error e;
    struct fault f = {0};
    struct arena a;

    arena_init(&a);
    aws_error_parse_xml(&e, &a, 400, NULL, body, count);
    if (!strlen(e.code) || strlen(e.message) > count + 1) abort();
    retry_of_answer(&e);
    sts_parse_caller_identity(&id, &a, body, count, &f);
    if (!sts_parse_assume_role(&c, body, count, &f) && (!c.key_id || !c.secret || !c.token))
        abort();
    credentials_clear(&c);
    arena_clear(&a);
    return 0;
}
