#include "aws/azure_token.h"

#include <string.h>

#include "aws/base64.h"

enum { ASSERTION_BYTES_MAX = 1 << 20 };

static const char begin[] = "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">"
                            "<samlp:Status><samlp:StatusCode "
                            "Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>";
static const char end[] = "</samlp:Response>";

/* "<Assertion ..." or "<saml2:Assertion ...". */
static bool is_assertion(const struct buf *xml)
{
    size_t name = xml->count && xml->bytes[0] == '<' ? strcspn(xml->bytes, " \t\r\n>") : 0;
    const char *colon = memchr(xml->bytes, ':', name);
    const char *local = colon ? colon + 1 : xml->bytes + 1;

    return name && (size_t)(xml->bytes + name - local) == strlen("Assertion") &&
           !memcmp(local, "Assertion", strlen("Assertion"));
}

bool azure_token_wrap(struct buf *out, const char *token)
{
    struct buf assertion, response;
    bool is_wrapped;

    buf_init_secret(&assertion, ASSERTION_BYTES_MAX);
    buf_init_secret(&response, ASSERTION_BYTES_MAX + sizeof begin + sizeof end);
    is_wrapped = base64_read(&assertion, token, strlen(token)) && is_assertion(&assertion);
    if (is_wrapped) {
        buf_puts(&response, begin);
        buf_put(&response, assertion.bytes, assertion.count);
        buf_puts(&response, end);
        base64_put(out, response.bytes, response.count);
    }
    buf_clear(&assertion);
    buf_clear(&response);
    return is_wrapped && buf_ok(out);
}
