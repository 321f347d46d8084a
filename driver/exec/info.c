/*
 * Execution information. See info.h.
 *
 * A table: where each attribute stands in struct athena_execution, of which the query keeps what it
 * has heard (ops/progress.h).
 */
#include "exec/info.h"

#include <stddef.h>

#include "athena_odbc.h"
#include "aws/athena_codec.h"
#include "engine/engine.h"
#include "ops/query.h"

enum info_form {
    FORM_NONE,
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
    AT(SQL_ATHENA_ATTR_QUERY_EXECUTION_ID,     FORM_TEXT,         id),
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

bool exec_info_is(SQLINTEGER number)
{
    return find(number).form != FORM_NONE;
}

static bool is_text(enum info_form form)
{
    return form == FORM_TEXT || form == FORM_STATE;
}

static const char *read_text(const struct athena_execution *x, const struct info *info)
{
    if (info->form == FORM_TEXT) {
        return *(const char *const *)(const void *)((const char *)x + info->offset);
    }
    return x->state == ATHENA_STATE_UNKNOWN ? "" : athena_state_name(x->state);
}

static int64_t read_number(const struct athena_execution *x, const struct info *info)
{
    const void *at = (const char *)x + info->offset;

    switch (info->form) {
    case FORM_COUNT:
        return *(const int64_t *)at;
    case FORM_TIME: {
        const double seconds = *(const double *)at;

        return seconds > 0 ? (int64_t)(seconds * 1000 + 0.5) : -1;
    }
    case FORM_FLAG:
        return x->state == ATHENA_STATE_UNKNOWN ? -1 : *(const bool *)at;
    case FORM_ERROR_NUMBER:
        return x->has_error ? *(const int *)at : -1;
    case FORM_ERROR_FLAG:
        return x->has_error ? *(const bool *)at : -1;
    case FORM_NONE:
    case FORM_STATE:
    case FORM_TEXT:
        break;
    }
    return -1;
}

/* x NULL: nothing has been executed. */
static SQLRETURN give(const struct athena_execution *x, const struct info *info, struct diag *d,
                      const struct text_room *out)
{
    SQLBIGINT number;

    if (is_text(info->form)) return text_give(d, out, x ? read_text(x, info) : "");
    number = x ? read_number(x, info) : -1;
    return text_give_value(out, &number, sizeof number);
}

SQLRETURN exec_info_give(struct stmt *s, struct diag *d, SQLINTEGER number,
                         const struct text_room *out)
{
    const struct info info = find(number);
    SQLRETURN rc;

    /* in a fork()ed child the lock of what is known may be held for ever */
    if (!s->query || !engine_is_usable(s->query->op.engine)) return give(NULL, &info, d, out);
    rc = give(progress_enter(&s->query->progress), &info, d, out);
    progress_leave(&s->query->progress);
    return rc;
}
