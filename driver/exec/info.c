/*
 * Execution information. See info.h.
 *
 * A table: where each attribute stands in struct athena_execution. A query that is still running
 * belongs to the I/O thread and tells nothing yet.
 */
#include "exec/info.h"

#include <stddef.h>

#include "athena_odbc.h"
#include "aws/athena_codec.h"
#include "ops/query.h"

enum info_form {
    FORM_NONE,
    FORM_ID, /* of the query, which the execution may not have been heard of yet */
    FORM_STATE,
    FORM_TEXT,         /* const char * */
    FORM_COUNT,        /* int64_t, -1 for unknown */
    FORM_TIME,         /* double, seconds; 0 for unknown */
    FORM_FLAG,         /* bool */
    FORM_ERROR_NUMBER, /* int; there is one only with an error */
    FORM_ERROR_FLAG    /* bool, likewise */
};

#define FIRST SQL_ATHENA_ATTR_QUERY_EXECUTION_ID
#define AT(attribute, form, member) \
    [(attribute)-FIRST] = {(form), offsetof(struct athena_execution, member)}

/* clang-format off */
static const struct info {
    enum info_form form;
    size_t offset;
} infos[] = {
    AT(SQL_ATHENA_ATTR_QUERY_EXECUTION_ID,     FORM_ID,           id),
    AT(SQL_ATHENA_ATTR_STATE,                  FORM_STATE,        state),
    AT(SQL_ATHENA_ATTR_STATE_CHANGE_REASON,    FORM_TEXT,         state_change_reason),
    AT(SQL_ATHENA_ATTR_SUBMISSION_TIME,        FORM_TIME,         submitted_at_s),
    AT(SQL_ATHENA_ATTR_COMPLETION_TIME,        FORM_TIME,         completed_at_s),
    AT(SQL_ATHENA_ATTR_DATA_SCANNED_BYTES,     FORM_COUNT,        data_scanned_bytes),
    AT(SQL_ATHENA_ATTR_ENGINE_EXECUTION_MS,    FORM_COUNT,        engine_ms),
    AT(SQL_ATHENA_ATTR_QUEUE_MS,               FORM_COUNT,        queue_ms),
    AT(SQL_ATHENA_ATTR_PLANNING_MS,            FORM_COUNT,        planning_ms),
    AT(SQL_ATHENA_ATTR_SERVICE_PROCESSING_MS,  FORM_COUNT,        service_ms),
    AT(SQL_ATHENA_ATTR_TOTAL_EXECUTION_MS,     FORM_COUNT,        total_ms),
    AT(SQL_ATHENA_ATTR_OUTPUT_LOCATION,        FORM_TEXT,         output_location),
    AT(SQL_ATHENA_ATTR_DATA_MANIFEST_LOCATION, FORM_TEXT,         data_manifest_location),
    AT(SQL_ATHENA_ATTR_STATEMENT_TYPE,         FORM_TEXT,         statement_type),
    AT(SQL_ATHENA_ATTR_SUBSTATEMENT_TYPE,      FORM_TEXT,         substatement_type),
    AT(SQL_ATHENA_ATTR_WORKGROUP,              FORM_TEXT,         workgroup),
    AT(SQL_ATHENA_ATTR_CATALOG,                FORM_TEXT,         catalog),
    AT(SQL_ATHENA_ATTR_DATABASE,               FORM_TEXT,         database),
    AT(SQL_ATHENA_ATTR_ENGINE_VERSION,         FORM_TEXT,         engine_version),
    AT(SQL_ATHENA_ATTR_RESULT_REUSED,          FORM_FLAG,         has_reused_result),
    AT(SQL_ATHENA_ATTR_ERROR_CATEGORY,         FORM_ERROR_NUMBER, error_category),
    AT(SQL_ATHENA_ATTR_ERROR_TYPE,             FORM_ERROR_NUMBER, error_type),
    AT(SQL_ATHENA_ATTR_ERROR_RETRYABLE,        FORM_ERROR_FLAG,   is_error_retryable),
};
/* clang-format on */

enum { INFO_COUNT = sizeof infos / sizeof *infos };

static struct info find(SQLINTEGER attribute)
{
    if (attribute < FIRST || attribute >= FIRST + INFO_COUNT) return (struct info){FORM_NONE, 0};
    return infos[attribute - FIRST];
}

enum exec_info_kind exec_info_kind(SQLINTEGER attribute)
{
    switch (find(attribute).form) {
    case FORM_NONE: return EXEC_INFO_NONE;
    case FORM_ID:
    case FORM_STATE:
    case FORM_TEXT: return EXEC_INFO_TEXT;
    case FORM_COUNT:
    case FORM_TIME:
    case FORM_FLAG:
    case FORM_ERROR_NUMBER:
    case FORM_ERROR_FLAG: break;
    }
    return EXEC_INFO_NUMBER;
}

/* The query whose outcome may be read; NULL while there is none. */
static struct query *finished_query(struct stmt *s)
{
    return s->query && op_poll(&s->query->op) != ST_WAIT ? s->query : NULL;
}

bool exec_info_text(struct stmt *s, SQLINTEGER attribute, const char **text)
{
    const struct info info = find(attribute);
    const struct query *q = finished_query(s);
    const struct athena_execution *x = q ? q->out.execution : NULL;

    if (exec_info_kind(attribute) != EXEC_INFO_TEXT) return false;
    *text = "";
    if (info.form == FORM_ID) {
        if (q) *text = q->out.id;
    } else if (x && info.form == FORM_STATE) {
        *text = athena_state_name(x->state);
    } else if (x) {
        *text = *(const char *const *)(const void *)((const char *)x + info.offset);
    }
    return true;
}

static int64_t read_number(const struct athena_execution *x, const struct info *info)
{
    const void *at = (const char *)x + info->offset;

    switch (info->form) {
    case FORM_COUNT: return *(const int64_t *)at;
    case FORM_TIME: {
        const double seconds = *(const double *)at;

        return seconds > 0 ? (int64_t)(seconds * 1000 + 0.5) : -1;
    }
    case FORM_FLAG: return *(const bool *)at;
    case FORM_ERROR_NUMBER: return x->has_error ? *(const int *)at : -1;
    case FORM_ERROR_FLAG: return x->has_error ? *(const bool *)at : -1;
    case FORM_NONE:
    case FORM_ID:
    case FORM_STATE:
    case FORM_TEXT: break;
    }
    return -1;
}

bool exec_info_number(struct stmt *s, SQLINTEGER attribute, int64_t *number)
{
    const struct info info = find(attribute);
    const struct query *q = finished_query(s);

    if (exec_info_kind(attribute) != EXEC_INFO_NUMBER) return false;
    *number = q && q->out.execution ? read_number(q->out.execution, &info) : -1;
    return true;
}
