#include "aws/error_map.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"

/* clang-format off */
#define KEY_ID     "Check UID (the access key id), or the profile or environment it comes from."
#define SECRET \
    "Check PWD (the secret access key) and SessionToken, or the profile or environment " \
    "they come from."
#define EXPIRED    "The session token has expired: get new temporary keys."
#define TOKEN      "Check SessionToken."
#define CLOCK      "The clock of this machine differs from AWS's: set it right."
#define REGION \
    "Check AwsRegion: the endpoint (EndpointOverride) is of another region than the " \
    "requests are signed for."
#define ELSEWHERE \
    "The bucket is in another region than AwsRegion, or behind another S3EndpointOverride."
#define DENIED \
    "The credentials are good but not allowed to do this: ask for the IAM permission."
#define OUTPUT     "Check S3OutputLocation, or the output location of the workgroup."
#define WRITING \
    "Query results cannot be written: check the permissions on S3OutputLocation and " \
    "ExpectedBucketOwner, or choose another location."
#define READING \
    "Reading the result file needs s3:GetObject on it; ResultFetcher=GetQueryResults does without. " \
    "S3 says the same of a bucket that is not ExpectedBucketOwner's, or that wants RequesterPays=1."
#define GROUP      "Check Workgroup."
#define DATABASE   "Check the name, and Schema in the connection string."
#define CATALOG    "Check the name, and Catalog in the connection string."
#define TABLE      "Check the name; a table of another database needs it in front: database.table."
#define QUOTA      "The account's quota is used up: run fewer queries at once, or ask AWS for more."
#define BUSY       "AWS asks for fewer requests; try again later."
#define GONE       "The result file is not there any more: it was deleted or has expired."
#define RESOURCES \
    "The query is too large for Athena in one piece: reduce what it reads, sorts or joins."
#define OPT_IN     "The account is not signed up for this service or region."
#define STS_REGION "STS is not enabled in this region for the account."
#define NO_OUTPUT  "Give S3OutputLocation, or a Workgroup that has an output location."
#define CHANGED    "The result file was overwritten while it was read."
#define ARCHIVED   "The result file has been moved to an archive."
#define MANAGED \
    "The workgroup keeps results itself: leave S3OutputLocation and its encryption out."
#define TOO_LONG   "Athena takes statements of at most 262,144 bytes."
#define NOT_EMPTY  "The folder the table is to be written to must be empty."
#define CUTOFF     "The workgroup limits how much a query may read."

#define PARTITIONS \
    "Athena writes to at most 100 partitions at once: write them by several statements."
#define CONFLICT   "Another statement has changed the table meanwhile: run this one again."
#define VIEW       "Create the view again: what it stands on has changed."
#define CASCADE    "DROP DATABASE ... CASCADE drops the tables too."
#define BAD_FILE \
    "A file does not fit the table's definition: check the format and the columns' types."
#define LOST_FILE  "A file of the table has gone or is in an archive."
/* clang-format on */

struct row {
    const char *code, *text;
    struct error_meaning meaning;
};

static const struct row answers[] = {
#define ANSWER(code, text, state, hint) {code, text, {SQLSTATE_##state, hint}},
#include "aws/error_map.def"
};

static const struct row failures[] = {
#define FAILURE(text, state, hint) {NULL, text, {SQLSTATE_##state, hint}},
#include "aws/error_map.def"
};

static const struct {
    int first, last;
    struct error_meaning meaning;
} types[] = {
#define FAILURE_TYPE(first, last, state, hint) {first, last, {SQLSTATE_##state, hint}},
#include "aws/error_map.def"
};

static const struct error_meaning unknown = {SQLSTATE_HY000, ""};

static bool fits(const char *text, const char *pattern)
{
    if (*pattern == '^') {
        size_t bytes = strcspn(++pattern, "*");

        if (strnlen(text, bytes) < bytes || !ascii_same_bytes(text, pattern, bytes)) return false;
    }
    while (*pattern) {
        size_t bytes = strcspn(pattern, "*");

        while (strnlen(text, bytes) == bytes && !ascii_same_bytes(text, pattern, bytes))
            text++;
        if (strnlen(text, bytes) < bytes) return false;
        text += bytes;
        pattern += bytes + (pattern[bytes] == '*');
    }
    return true;
}

static const struct row *find(const struct row *rows, size_t count, const char *code,
                              const char *text)
{
    for (const struct row *r = rows; r < rows + count; r++) {
        if (r->code && strcmp(r->code, code) != 0) continue;
        if (r->text && !fits(text, r->text)) continue;
        return r;
    }
    return NULL;
}

struct error_meaning error_map_answer(const struct aws_error *e)
{
    const struct row *r = find(answers, sizeof answers / sizeof *answers, e->code, e->message);

    if (r) return r->meaning;
    if (!strcmp(e->athena_code, "MALFORMED_QUERY"))
        return (struct error_meaning){SQLSTATE_42000, ""};
    if (e->http_status == 403) return (struct error_meaning){SQLSTATE_42501, DENIED};
    return unknown;
}

struct error_meaning error_map_execution(const struct athena_execution *x)
{
    const char *text = athena_failure_text(x);
    const struct row *r = find(failures, sizeof failures / sizeof *failures, "", text);

    if (r) return r->meaning;
    for (size_t i = 0; i < sizeof types / sizeof *types && x->has_error; i++) {
        if (x->error_type >= types[i].first && x->error_type <= types[i].last) {
            return types[i].meaning;
        }
    }
    if (x->state == ATHENA_STATE_CANCELLED) return (struct error_meaning){SQLSTATE_HY008, ""};
    return unknown;
}

/* So many bytes of a message, whole characters, leave room for what else a fault says. */
static int shown_bytes(const char *message)
{
    enum { MESSAGE_BYTES_MAX = 600 };

    return (int)utf8_whole(message, strnlen(message, MESSAGE_BYTES_MAX));
}

/* Ends a sentence that does not end itself, so that the hint reads as one of its own. */
static const char *stop_of(const char *text)
{
    size_t bytes = strlen(text);

    return bytes && strchr(".!?", text[bytes - 1]) ? "" : ".";
}

/* The first fault wins: one that was met here before stays one of here. */
static enum status mark_told(struct fault *f, bool was_set)
{
    if (!was_set) f->is_told = true;
    return ST_ERR;
}

enum status error_map_fault(struct fault *f, const char *doing, const struct aws_error *e,
                            const char *request_id)
{
    struct error_meaning m = error_map_answer(e);
    const char *id = request_id && *request_id ? request_id : e->request_id;
    const char *message = *e->message ? e->message : "no message";
    bool was_set = !f || fault_is_set(f);

    fault_set(f, m.state, e->http_status, "%s: %.*s (%s%s%s%s%s)%s%s", doing, shown_bytes(message),
              message, e->code, *e->athena_code ? ", " : "", e->athena_code,
              *id ? "; request " : "", id, *m.hint ? ". " : "", m.hint);
    return mark_told(f, was_set);
}

enum status error_map_failed(struct fault *f, const char *doing, const struct athena_execution *x)
{
    struct error_meaning m = error_map_execution(x);
    const char *text = athena_failure_text(x);
    const char *message = *text                                ? text
                          : x->state == ATHENA_STATE_CANCELLED ? "the query was cancelled"
                                                               : "Athena gives no reason";
    bool was_set = !f || fault_is_set(f);

    fault_set(f, m.state, x->has_error ? x->error_type : 0, "%s: %.*s%s%s%s (query %s)", doing,
              shown_bytes(message), message, stop_of(message), *m.hint ? " " : "", m.hint, x->id);
    return mark_told(f, was_set);
}
