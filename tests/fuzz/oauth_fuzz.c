/* What token endpoints and discovery documents say, id tokens, Entra ID's assertions: any bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/azure_token.h"
#include "aws/oauth.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct oauth_answer o;
    struct oauth_places p;
    struct id_claims c;
    const char *text;
    char words[64];
    struct arena a;
    struct buf out;

    arena_init(&a);
    buf_init(&out, 1 << 22);
    text = arena_copy(&a, bytes, count);
    if (!text) abort();
    oauth_answer_read(&o, &a, text, count);
    id_claims_read(&c, &a, o.id_token);
    azure_token_wrap(&out, o.access_token);
    oauth_words(words, sizeof words, o.error_description);
    if (strpbrk(words, "\r\n") || strlen(words) >= sizeof words) abort();
    oauth_answer_wipe(&o);
    if (oauth_places_read(&p, &a, text, count) && !*p.token_endpoint) abort();
    id_claims_read(&c, &a, text);
    buf_clear(&out);
    arena_clear(&a);
    return 0;
}
