#include "aws/athena_codec.h"

#include <stddef.h>
#include <string.h>

#include "aws/json_bind.h"
#include "aws/json_write.h"
#include "base/ascii.h"

/* ---- requests ---- */

static bool is_given(const char *text)
{
    return text && *text;
}

static void put_context(struct buf *b, const struct athena_start *s)
{
    if (!is_given(s->database) && !is_given(s->catalog)) return;
    json_put_name(b, "QueryExecutionContext");
    buf_putc(b, '{');
    json_put_text(b, "Database", s->database);
    json_put_text(b, "Catalog", s->catalog);
    buf_putc(b, '}');
}

static void put_encryption(struct buf *b, const struct athena_start *s)
{
    bool takes_key = !ascii_same(s->encryption_option, "SSE_S3");

    json_put_name(b, "EncryptionConfiguration");
    buf_putc(b, '{');
    json_put_text(b, "EncryptionOption", s->encryption_option);
    if (takes_key) json_put_text(b, "KmsKey", s->kms_key);
    buf_putc(b, '}');
}

/* NOT_SET is a word of ours; Athena refuses it. */
static bool is_chosen(const char *choice)
{
    return is_given(choice) && !ascii_same(choice, "NOT_SET");
}

/* Left out when it would be empty: workgroups with managed results refuse it. */
static void put_result_configuration(struct buf *b, const struct athena_start *s)
{
    bool has_encryption = is_chosen(s->encryption_option), has_acl = is_chosen(s->acl_option);

    if (!is_given(s->output_location) && !has_encryption && !is_given(s->expected_bucket_owner) &&
        !has_acl) {
        return;
    }
    json_put_name(b, "ResultConfiguration");
    buf_putc(b, '{');
    json_put_text(b, "OutputLocation", s->output_location);
    if (has_encryption) put_encryption(b, s);
    json_put_text(b, "ExpectedBucketOwner", s->expected_bucket_owner);
    if (has_acl) {
        json_put_name(b, "AclConfiguration");
        buf_putc(b, '{');
        json_put_text(b, "S3AclOption", s->acl_option);
        buf_putc(b, '}');
    }
    buf_putc(b, '}');
}

static void put_reuse(struct buf *b, const struct athena_start *s)
{
    if (!s->reuse_results) return;
    json_put_name(b, "ResultReuseConfiguration");
    buf_puts(b, "{\"ResultReuseByAgeConfiguration\":{");
    json_put_bool(b, "Enabled", true);
    json_put_integer(b, "MaxAgeInMinutes", s->reuse_max_age_min);
    buf_puts(b, "}}");
}

static void put_list(struct buf *b, const char *name, const char *const *items, size_t count)
{
    json_put_name(b, name);
    buf_putc(b, '[');
    for (size_t i = 0; i < count; i++)
        json_put_item(b, items[i]);
    buf_putc(b, ']');
}

void athena_write_start(struct buf *b, const struct athena_start *s)
{
    buf_putc(b, '{');
    json_put_name(b, "QueryString");
    json_put_string(b, s->sql, s->sql_bytes);
    json_put_text(b, "ClientRequestToken", s->client_token);
    put_context(b, s);
    put_result_configuration(b, s);
    json_put_text(b, "WorkGroup", s->workgroup);
    if (s->parameter_count) {
        put_list(b, "ExecutionParameters", s->parameters, s->parameter_count);
    }
    put_reuse(b, s);
    buf_putc(b, '}');
}

void athena_write_query_id(struct buf *b, const char *id)
{
    buf_putc(b, '{');
    json_put_text(b, "QueryExecutionId", id);
    buf_putc(b, '}');
}

void athena_write_batch_get(struct buf *b, const char *const *ids, size_t count)
{
    buf_putc(b, '{');
    put_list(b, "QueryExecutionIds", ids, count);
    buf_putc(b, '}');
}

void athena_write_get_results(struct buf *b, const char *id, const char *next_token, unsigned rows)
{
    buf_putc(b, '{');
    json_put_text(b, "QueryExecutionId", id);
    json_put_text(b, "NextToken", next_token);
    if (rows) json_put_integer(b, "MaxResults", rows);
    buf_putc(b, '}');
}

void athena_write_get_work_group(struct buf *b, const char *name)
{
    buf_putc(b, '{');
    json_put_text(b, "WorkGroup", name);
    buf_putc(b, '}');
}

/* ---- StartQueryExecution ---- */

enum status athena_parse_start(const char **id, struct arena *a, const char *body, size_t bytes,
                               struct fault *f)
{
    static const struct json_member members[] = {{.name = "QueryExecutionId", .kind = JSON_TEXT},
                                                 {0}};
    enum status st = json_bind(id, members, a, body, bytes, "starting the query", f);

    if (!st && !**id) {
        st = fault_set(f, SQLSTATE_08S01, 0, "starting the query: Athena gave it no id");
    }
    return st;
}

/* ---- GetQueryExecution, BatchGetQueryExecution ---- */

static const char *const state_names[] = {
    [ATHENA_STATE_UNKNOWN] = "UNKNOWN", [ATHENA_STATE_QUEUED] = "QUEUED",
    [ATHENA_STATE_RUNNING] = "RUNNING", [ATHENA_STATE_SUCCEEDED] = "SUCCEEDED",
    [ATHENA_STATE_FAILED] = "FAILED",   [ATHENA_STATE_CANCELLED] = "CANCELLED",
};

const char *athena_state_name(enum athena_state state)
{
    return state_names[state];
}

static enum athena_state state_of(const char *name)
{
    unsigned state = ATHENA_STATE_CANCELLED;

    while (state > ATHENA_STATE_UNKNOWN && strcmp(state_names[state], name) != 0)
        state--;
    return (enum athena_state)state;
}

const char *athena_failure_text(const struct athena_execution *x)
{
    return *x->error_message ? x->error_message : x->state_change_reason;
}

/* What the tables fill: the execution, and the words that become something else. */
struct raw_execution {
    struct athena_execution x;
    const char *state;
};

struct raw_batch {
    struct raw_execution *items;
    size_t count;
    struct athena_unprocessed *unprocessed;
    size_t unprocessed_count;
};

/* clang-format off */
#define AT(field) offsetof(struct raw_execution, x.field)
#define TEXT(json, field)   {.name = (json), .kind = JSON_TEXT, .offset = AT(field)}
#define BOOL(json, field)   {.name = (json), .kind = JSON_BOOL, .offset = AT(field)}
#define DOUBLE(json, field) {.name = (json), .kind = JSON_DOUBLE, .offset = AT(field)}
#define COUNT(json, field) \
    {.name = (json), .kind = JSON_INTEGER, .offset = AT(field), .missing = -1}
#define INSIDE(json, table) {.name = (json), .kind = JSON_OBJECT, .inner = (table)}

static const struct json_member error_members[] = {
    {.name = "ErrorCategory", .kind = JSON_INT, .offset = AT(error_category)},
    {.name = "ErrorType", .kind = JSON_INT, .offset = AT(error_type)},
    BOOL("Retryable", is_error_retryable),
    TEXT("ErrorMessage", error_message),
    {0}};

static const struct json_member status_members[] = {
    {.name = "State", .kind = JSON_TEXT, .offset = offsetof(struct raw_execution, state)},
    TEXT("StateChangeReason", state_change_reason),
    DOUBLE("SubmissionDateTime", submitted_at_s),
    DOUBLE("CompletionDateTime", completed_at_s),
    {.name = "AthenaError", .kind = JSON_PRESENT, .offset = AT(has_error), .inner = error_members},
    {0}};

static const struct json_member reuse_members[] = {
    BOOL("ReusedPreviousResult", has_reused_result),
    {0}};

static const struct json_member statistics_members[] = {
    COUNT("EngineExecutionTimeInMillis", engine_ms),
    COUNT("DataScannedInBytes", data_scanned_bytes),
    TEXT("DataManifestLocation", data_manifest_location),
    COUNT("TotalExecutionTimeInMillis", total_ms),
    COUNT("QueryQueueTimeInMillis", queue_ms),
    COUNT("ServicePreProcessingTimeInMillis", preprocessing_ms),
    COUNT("QueryPlanningTimeInMillis", planning_ms),
    COUNT("ServiceProcessingTimeInMillis", service_ms),
    {.name = "DpuCount", .kind = JSON_DOUBLE, .offset = AT(dpu_count), .missing = -1},
    INSIDE("ResultReuseInformation", reuse_members),
    {0}};

static const struct json_member encryption_members[] = {
    TEXT("EncryptionOption", encryption_option),
    {0}};

static const struct json_member result_members[] = {
    TEXT("OutputLocation", output_location),
    INSIDE("EncryptionConfiguration", encryption_members),
    {0}};

static const struct json_member managed_members[] = {
    BOOL("Enabled", has_managed_results),
    {0}};

static const struct json_member context_members[] = {
    TEXT("Database", database),
    TEXT("Catalog", catalog),
    {0}};

static const struct json_member engine_members[] = {
    TEXT("EffectiveEngineVersion", engine_version),
    {0}};

/* Query, up to 256 KiB, is not here and so is stepped over. */
static const struct json_member execution_members[] = {
    TEXT("QueryExecutionId", id),
    INSIDE("Status", status_members),
    INSIDE("Statistics", statistics_members),
    TEXT("StatementType", statement_type),
    TEXT("SubstatementType", substatement_type),
    INSIDE("ResultConfiguration", result_members),
    INSIDE("ManagedQueryResultsConfiguration", managed_members),
    INSIDE("QueryExecutionContext", context_members),
    INSIDE("EngineVersion", engine_members),
    TEXT("WorkGroup", workgroup),
    {0}};

static const struct json_member single_members[] = {
    INSIDE("QueryExecution", execution_members),
    {0}};

#define UNPROCESSED(field) offsetof(struct athena_unprocessed, field)
static const struct json_member unprocessed_members[] = {
    {.name = "QueryExecutionId", .kind = JSON_TEXT, .offset = UNPROCESSED(id)},
    {.name = "ErrorCode", .kind = JSON_TEXT, .offset = UNPROCESSED(code)},
    {.name = "ErrorMessage", .kind = JSON_TEXT, .offset = UNPROCESSED(message)},
    {0}};

static const struct json_member batch_members[] = {
    {.name = "QueryExecutions", .kind = JSON_LIST, .inner = execution_members,
     .offset = offsetof(struct raw_batch, items), .count_offset = offsetof(struct raw_batch, count),
     .item_bytes = sizeof(struct raw_execution)},
    {.name = "UnprocessedQueryExecutionIds", .kind = JSON_LIST, .inner = unprocessed_members,
     .offset = offsetof(struct raw_batch, unprocessed),
     .count_offset = offsetof(struct raw_batch, unprocessed_count),
     .item_bytes = sizeof(struct athena_unprocessed)},
    {0}};
/* clang-format on */

static struct athena_execution cooked(const struct raw_execution *raw)
{
    struct athena_execution x = raw->x;

    x.state = state_of(raw->state);
    return x;
}

enum status athena_parse_execution(struct athena_execution *x, struct arena *a, const char *body,
                                   size_t bytes, struct fault *f)
{
    struct raw_execution raw = {0};
    enum status st = json_bind(&raw, single_members, a, body, bytes, "asking after the query", f);

    if (!st && !*raw.x.id) {
        st = fault_set(f, SQLSTATE_08S01, 0, "asking after the query: the answer names no query");
    }
    *x = cooked(&raw);
    return st;
}

enum status athena_parse_batch(struct athena_batch *batch, struct arena *a, const char *body,
                               size_t bytes, struct fault *f)
{
    struct raw_batch raw = {0};
    enum status st = json_bind(&raw, batch_members, a, body, bytes, "asking after queries", f);

    *batch = (struct athena_batch){.unprocessed = raw.unprocessed,
                                   .unprocessed_count = raw.unprocessed_count};
    if (st) return st;
    batch->executions = arena_array(a, raw.count + 1, sizeof *batch->executions);
    if (!batch->executions) return fault_no_memory(f);
    for (size_t i = 0; i < raw.count; i++)
        batch->executions[i] = cooked(&raw.items[i]);
    batch->execution_count = raw.count;
    return ST_OK;
}

/* ---- GetWorkGroup ---- */

struct raw_work_group {
    struct athena_work_group w;
    const char *state;
};

enum status athena_parse_work_group(struct athena_work_group *w, struct arena *a, const char *body,
                                    size_t bytes, struct fault *f)
{
    /* clang-format off */
#define GROUP(field) offsetof(struct raw_work_group, w.field)
    static const struct json_member location[] = {
        {.name = "OutputLocation", .kind = JSON_TEXT, .offset = GROUP(output_location)},
        {0}};
    static const struct json_member managed[] = {
        {.name = "Enabled", .kind = JSON_BOOL, .offset = GROUP(has_managed_results)},
        {0}};
    static const struct json_member engine[] = {
        {.name = "EffectiveEngineVersion", .kind = JSON_TEXT, .offset = GROUP(engine_version)},
        {0}};
    static const struct json_member configuration[] = {
        {.name = "ResultConfiguration", .kind = JSON_OBJECT, .inner = location},
        {.name = "ManagedQueryResultsConfiguration", .kind = JSON_OBJECT, .inner = managed},
        {.name = "EnforceWorkGroupConfiguration", .kind = JSON_BOOL, .offset = GROUP(is_enforced)},
        {.name = "EngineVersion", .kind = JSON_OBJECT, .inner = engine},
        {0}};
    static const struct json_member group[] = {
        {.name = "Name", .kind = JSON_TEXT, .offset = GROUP(name)},
        {.name = "State", .kind = JSON_TEXT, .offset = offsetof(struct raw_work_group, state)},
        {.name = "Configuration", .kind = JSON_OBJECT, .inner = configuration},
        {0}};
    static const struct json_member members[] = {
        {.name = "WorkGroup", .kind = JSON_OBJECT, .inner = group},
        {0}};
    /* clang-format on */
    struct raw_work_group raw = {0};
    enum status st = json_bind(&raw, members, a, body, bytes, "asking for the workgroup", f);

    *w = raw.w;
    w->is_enabled = strcmp(raw.state, "DISABLED") != 0;
    return st;
}
