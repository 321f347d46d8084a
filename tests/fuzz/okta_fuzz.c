/* Okta's answers and refusals out of any bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/okta_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const char *json = (const char *)bytes;
    struct okta_answer answer;
    struct okta_refusal refusal;
    struct fault f = {0};
    struct arena a;

    arena_init(&a);
    if (!okta_parse(&answer, &a, json, count, &f)) {
        if (strlen(answer.session_token) > count || !answer.status_name) abort();
        for (size_t i = 0; i < answer.factor_count; i++) {
            if (!answer.factors[i].id || !*okta_factor_name(answer.factors[i].kind)) abort();
        }
    } else if (f.state != SQLSTATE_08S01 && f.state != SQLSTATE_HY001) {
        abort();
    }
    okta_parse_refusal(&refusal, json, count);
    if (!*refusal.text && *refusal.code) abort();
    arena_wipe(&a);
    return 0;
}
