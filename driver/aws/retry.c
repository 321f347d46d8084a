#include "aws/retry.h"

#include <stdio.h>
#include <string.h>

#include "aws/credentials.h"

static const char *const names[] = {
    [RETRY_NEVER] = "final",
    [RETRY_BACKOFF] = "backoff",
    [RETRY_THROTTLED] = "throttled",
    [RETRY_QUEUE_FULL] = "queue full",
    [RETRY_CREDENTIALS] = "credentials",
    [RETRY_CLOCK] = "clock",
    [RETRY_REGION] = "region",
};

const char *retry_name(enum retry_verdict verdict)
{
    return names[verdict];
}

/* clang-format off */
static const struct {
    const char *code;
    enum retry_verdict verdict;
} codes[] = {
    {"TooManyRequestsException",               RETRY_QUEUE_FULL},
    {"ThrottlingException",                    RETRY_THROTTLED},
    {"Throttling",                             RETRY_THROTTLED},
    {"ThrottledException",                     RETRY_THROTTLED},
    {"RequestThrottled",                       RETRY_THROTTLED},
    {"RequestThrottledException",              RETRY_THROTTLED},
    {"RequestLimitExceeded",                   RETRY_THROTTLED},
    {"BandwidthLimitExceeded",                 RETRY_THROTTLED},
    {"LimitExceededException",                 RETRY_THROTTLED},
    {"ProvisionedThroughputExceededException", RETRY_THROTTLED},
    {"PriorRequestNotComplete",                RETRY_THROTTLED},
    {"TransactionInProgressException",         RETRY_THROTTLED},
    {"SlowDown",                               RETRY_THROTTLED},
    {"InternalServerException",                RETRY_BACKOFF},
    {"InternalFailure",                        RETRY_BACKOFF},
    {"InternalError",                          RETRY_BACKOFF},
    {"ServiceUnavailable",                     RETRY_BACKOFF},
    {"ServiceUnavailableException",            RETRY_BACKOFF},
    {"RequestTimeout",                         RETRY_BACKOFF},
    {"RequestTimeoutException",                RETRY_BACKOFF},
    {"RequestAbortedException",                RETRY_BACKOFF},
    {"OperationAborted",                       RETRY_BACKOFF},
    {"BadDigest",                              RETRY_BACKOFF},
    {"IDPCommunicationError",                  RETRY_BACKOFF},
    {"ExpiredTokenException",                  RETRY_CREDENTIALS},
    {"ExpiredToken",                           RETRY_CREDENTIALS},
    {"RequestTimeTooSkewed",                   RETRY_CLOCK},
    {"RequestExpired",                         RETRY_CLOCK},
    {"PermanentRedirect",                      RETRY_REGION},
    {"TemporaryRedirect",                      RETRY_REGION},
    {"IllegalLocationConstraintException",     RETRY_REGION},
};

/* Of answers whose code says nothing: a gateway's, a proxy's, those without a body. */
static const struct {
    int http_status;
    enum retry_verdict verdict;
} statuses[] = {
    {301, RETRY_REGION},  {302, RETRY_REGION},    {307, RETRY_REGION},
    {408, RETRY_BACKOFF}, {429, RETRY_THROTTLED}, {500, RETRY_BACKOFF}, {502, RETRY_BACKOFF},
    {503, RETRY_BACKOFF}, {504, RETRY_BACKOFF},   {509, RETRY_THROTTLED},
};
/* clang-format on */

/*
 * The code InvalidSignatureException stands for a wrong secret as well as for a wrong clock; the
 * text tells: "Signature expired: 2026... is now earlier than ..." and "... not yet current".
 */
static bool is_about_clock(const struct aws_error *e)
{
    return strstr(e->message, "Signature expired") || strstr(e->message, "not yet current");
}

static enum retry_verdict of_special(const struct aws_error *e)
{
    if (!strcmp(e->code, "InvalidSignatureException") ||
        !strcmp(e->code, "SignatureDoesNotMatch")) {
        return is_about_clock(e) ? RETRY_CLOCK : RETRY_NEVER;
    }
    /* only with a region: it also stands for headers that really are malformed */
    if (!strcmp(e->code, "AuthorizationHeaderMalformed")) {
        return *e->region ? RETRY_REGION : RETRY_NEVER;
    }
    if (!strcmp(e->code, "MetadataException") &&
        (strstr(e->message, "Throttling") || strstr(e->message, "Rate exceeded"))) {
        return RETRY_THROTTLED;
    }
    return RETRY_NEVER;
}

static bool is_number(const char *code)
{
    return *code >= '0' && *code <= '9';
}

enum retry_verdict retry_of_answer(const struct aws_error *error)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (!strcmp(error->code, codes[i].code)) return codes[i].verdict;
    }
    /* A code we do not know with a status of the 5xx kind is trouble of the server all the same. */
    if (is_number(error->code) || error->http_status >= 500) {
        for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
            if (error->http_status == statuses[i].http_status) return statuses[i].verdict;
        }
        /* HEAD has no body to name a code: a 400 with a region is a bucket elsewhere */
        if (error->http_status == 400 && *error->region) return RETRY_REGION;
    }
    return of_special(error);
}

enum retry_verdict retry_of_transport(const struct fault *fault)
{
    switch (fault->state) {
    case SQLSTATE_08000: /* name not resolved: resolvers fail for a moment, too */
    case SQLSTATE_08001:
    case SQLSTATE_08S01:
    case SQLSTATE_HYT01:
        return RETRY_BACKOFF;
    default: /* TLS, memory, limits: the next try ends the same way */
        return RETRY_NEVER;
    }
}

int64_t retry_delay_ms(enum retry_verdict verdict, unsigned attempt, uint32_t random)
{
    static const struct {
        int64_t base_ms, ceiling_ms;
    } paces[] = {
        [RETRY_BACKOFF] = {100, 20000},
        [RETRY_THROTTLED] = {500, 20000},
        [RETRY_QUEUE_FULL] = {1000, 30000},
        /* once, and at once: these mend something before the next try */
        [RETRY_CREDENTIALS] = {0, 0},
        [RETRY_CLOCK] = {0, 0},
        [RETRY_REGION] = {0, 0},
    };
    unsigned doublings = attempt < 1 ? 0 : attempt > 16 ? 15 : attempt - 1;
    int64_t ceiling_ms = paces[verdict].base_ms << doublings;

    if (ceiling_ms > paces[verdict].ceiling_ms) ceiling_ms = paces[verdict].ceiling_ms;
    return (int64_t)(((uint64_t)ceiling_ms * random) >> 32);
}

/* ---- the Date header (RFC 9110, section 5.6.7, its preferred form) ---- */

static int number_at(const char *text, int digits)
{
    int n = 0;

    for (; digits; digits--, text++) {
        if (*text < '0' || *text > '9') return -1;
        n = n * 10 + (*text - '0');
    }
    return n;
}

static int month_at(const char *text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (int i = 0; i < 12; i++) {
        if (!memcmp(months + 3 * i, text, 3)) return i + 1;
    }
    return -1;
}

bool retry_clock_offset(const char *date, int64_t wall_s, int64_t *offset_s)
{
    /* "Sun, 22 Nov 2026 12:00:00 GMT" as "2026-11-22T12:00:00Z" */
    const char *from = strchr(date, ',');
    char iso[21];
    int64_t server_s;

    if (!from || strlen(from) < 26) return false;
    from += 2;
    if (month_at(from + 3) < 0 || number_at(from, 2) < 0 || number_at(from + 7, 4) < 0 ||
        memcmp(from + 20, " GMT", 4) != 0) {
        return false;
    }
    snprintf(iso, sizeof iso, "%.4s-%02d-%.2sT%.8sZ", from + 7, month_at(from + 3), from,
             from + 12);
    if (!credentials_parse_time(iso, &server_s)) return false;
    *offset_s = server_s - wall_s;
    return true;
}
