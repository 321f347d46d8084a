/*
 * Athena's JSON: request bodies out, answers in (Amazon Athena API Reference).
 *
 * Requests are appended to a sticky struct buf. Answers become plain structs whose strings live in
 * the caller's arena and are never NULL ("" when Athena does not say). Unknown members are ignored,
 * absent ones are empty. The rows of GetQueryResults are athena_results.h; catalogs, databases and
 * tables are athena_metadata.h; error bodies are aws_error.h.
 *
 * Pure. Any thread. Parse faults: 08S01 when the bytes are not the JSON they should be, HY001.
 */
#ifndef ATHENA_AWS_ATHENA_CODEC_H
#define ATHENA_AWS_ATHENA_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"

#define ATHENA_CONTENT_TYPE  "application/x-amz-json-1.1"
#define ATHENA_TARGET_PREFIX "AmazonAthena." /* X-Amz-Target: AmazonAthena.StartQueryExecution */

enum {
    ATHENA_BATCH_MAX = 50,          /* ids in one BatchGetQueryExecution */
    ATHENA_PAGE_ROWS_MAX = 1000,    /* MaxResults of GetQueryResults */
    ATHENA_SQL_BYTES_MAX = 262144,  /* QueryString */
    ATHENA_DATABASE_NAME_MAX = 128, /* DatabaseName of metadata calls; Glue has longer ones */
    ATHENA_PARAMETER_MAX = 1024     /* characters of one execution parameter */
};

/* NULL or "" for what is not to be sent. */
struct athena_start {
    const char *sql;
    size_t sql_bytes;
    const char *client_token; /* 32 to 128 characters; one per execution, kept across retries */
    const char *catalog, *database, *workgroup;
    const char *output_location;
    const char *encryption_option; /* SSE_S3, SSE_KMS, CSE_KMS; NOT_SET is left out here */
    const char *kms_key;           /* sent only with SSE_KMS and CSE_KMS */
    const char *expected_bucket_owner;
    const char *acl_option;        /* BUCKET_OWNER_FULL_CONTROL; NOT_SET is left out here */
    const char *const *parameters; /* ExecutionParameters */
    size_t parameter_count;
    bool reuse_results;
    int64_t reuse_max_age_min;
};

void athena_write_start(struct buf *b, const struct athena_start *s);
void athena_write_query_id(struct buf *b, const char *id); /* GetQueryExecution, StopQuery... */
void athena_write_batch_get(struct buf *b, const char *const *ids, size_t count);
void athena_write_get_results(struct buf *b, const char *id, const char *next_token, unsigned rows);
void athena_write_get_work_group(struct buf *b, const char *name);

enum athena_state {
    ATHENA_STATE_UNKNOWN, /* a word we do not know: treat as still running */
    ATHENA_STATE_QUEUED,
    ATHENA_STATE_RUNNING,
    ATHENA_STATE_SUCCEEDED,
    ATHENA_STATE_FAILED,
    ATHENA_STATE_CANCELLED
};

/* "RUNNING"; static. */
const char *athena_state_name(enum athena_state state);

static inline bool athena_state_is_final(enum athena_state state)
{
    return state >= ATHENA_STATE_SUCCEEDED;
}

struct athena_execution {
    const char *id;
    enum athena_state state;
    const char *state_change_reason;
    const char *statement_type;    /* DDL, DML, UTILITY */
    const char *substatement_type; /* SELECT, INSERT, SHOW_TABLES ... */
    const char *output_location;   /* the result object; "" with managed results */
    const char *data_manifest_location;
    const char *workgroup, *catalog, *database;
    const char *engine_version;    /* effective */
    const char *encryption_option; /* of the result file */
    bool has_managed_results;
    bool has_reused_result;
    double submitted_at_s, completed_at_s; /* of 1970; 0: not told */

    /* Status.AthenaError */
    bool has_error;
    bool is_error_retryable;
    int error_category; /* 1 system, 2 user, 3 other */
    int error_type;
    const char *error_message;

    /* Statistics; -1: not told */
    int64_t data_scanned_bytes;
    int64_t engine_ms, total_ms, queue_ms, planning_ms, preprocessing_ms, service_ms;
    double dpu_count;
};

/* AthenaError's text, else the state change reason. "" for neither. */
const char *athena_failure_text(const struct athena_execution *x);

struct athena_unprocessed {
    const char *id, *code, *message;
};

struct athena_batch {
    struct athena_execution *executions;
    size_t execution_count;
    struct athena_unprocessed *unprocessed;
    size_t unprocessed_count;
};

/* *id: QueryExecutionId of StartQueryExecution's answer. */
enum status athena_parse_start(const char **id, struct arena *a, const char *body, size_t bytes,
                               struct fault *f);
enum status athena_parse_execution(struct athena_execution *x, struct arena *a, const char *body,
                                   size_t bytes, struct fault *f);
/* The queries' texts, up to 256 KiB each, are stepped over, never copied. */
enum status athena_parse_batch(struct athena_batch *batch, struct arena *a, const char *body,
                               size_t bytes, struct fault *f);

struct athena_work_group {
    const char *name;
    bool is_enabled;
    const char *output_location;
    bool is_enforced; /* the client's output location and encryption are ignored */
    bool has_managed_results;
    const char *engine_version; /* effective */
};

enum status athena_parse_work_group(struct athena_work_group *w, struct arena *a, const char *body,
                                    size_t bytes, struct fault *f);

#endif
