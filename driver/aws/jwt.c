#include "aws/jwt.h"

#include <string.h>

#include "aws/base64.h"

bool jwt_read_claims(struct buf *out, const char *token)
{
    const char *claims = strchr(token, '.');
    const char *end = claims ? strchr(claims + 1, '.') : NULL;

    if (!end || strchr(end + 1, '.')) return false;
    return base64_read(out, claims + 1, (size_t)(end - claims - 1)) && buf_ok(out);
}
