/* The parameters of an execution: places and literals. See params.h; late data: params_late.c. */
#include "exec/params.h"

#include <string.h>

#include "aws/athena_codec.h"
#include "base/buf.h"
#include "exec/params_late.h"
#include "handle/param.h"
#include "sql/splice.h"

enum { PARAMETER_BYTES_MAX = 1024 /* StartQueryExecution, ExecutionParameters */ };

/* What is prepared by PREPARE has its markers for EXECUTE ... USING; they are not ODBC's. */
unsigned params_count(const struct stmt *s)
{
    if (s->native.statement.kind == SQL_KIND_PREPARE) return 0;
    return s->native.markers.parameter_count;
}

SQLRETURN params_begin(struct stmt *s, const char *text)
{
    unsigned count = params_count(s);
    bool has_late = false;
    struct param_value value;

    if (count && s->apd->array_size > 1) {
        return diag_push(&s->base.diag, SQLSTATE_HYC00, 0,
                         "arrays of parameters (SQL_ATTR_PARAMSET_SIZE %lu): execute the statement "
                         "once for each set",
                         (unsigned long)s->apd->array_size);
    }
    if (count >= INT16_MAX) {
        return diag_push(&s->base.diag, SQLSTATE_42000, 0, "%u parameters are too many", count);
    }
    for (unsigned i = 1; i <= count; i++) {
        SQLRETURN rc = param_read(s, (SQLSMALLINT)i, &value);

        if (rc) return rc;
        has_late |= value.is_late;
    }
    return has_late ? params_late_begin(s, text, count) : SQL_SUCCESS;
}

/* ---- literals ----------------------------------------------------------------------------- */

static SQLRETURN no_memory(struct stmt *s)
{
    return diag_push(&s->base.diag, SQLSTATE_HY001, 0, "no memory for parameters");
}

static bool has_length(SQLSMALLINT c_type)
{
    return c_type == SQL_C_CHAR || c_type == SQL_C_WCHAR || c_type == SQL_C_BINARY;
}

static size_t terminated_bytes(SQLSMALLINT c_type, const char *text)
{
    size_t bytes = 0;

    if (c_type != SQL_C_WCHAR) return strlen(text);
    while (text[bytes] || text[bytes + 1])
        bytes += sizeof(SQLWCHAR);
    return bytes;
}

/* A value that the application's memory holds. */
static SQLRETURN bound_source(struct stmt *s, unsigned number, const struct param_value *v,
                              struct c_source *out)
{
    struct diag *d = &s->base.diag;

    *out = (struct c_source){.c_type = v->c_type, .data = v->data, .precision = v->precision};
    if (v->is_null) {
        out->data = NULL;
        return SQL_SUCCESS;
    }
    if (v->length == SQL_DEFAULT_PARAM) {
        return diag_push(d, SQLSTATE_07S01, 0, "parameter %u has no default value", number);
    }
    if (!v->data && has_length(v->c_type) && v->length == 0) {
        out->data = ""; /* no bytes are no bytes, wherever they are not */
        return SQL_SUCCESS;
    }
    if (!v->data) return diag_push(d, SQLSTATE_HY009, 0, "parameter %u has no buffer", number);
    if (!has_length(v->c_type)) return SQL_SUCCESS;
    if (v->length < 0 && v->length != SQL_NTS) {
        return diag_push(d, SQLSTATE_HY090, 0, "parameter %u: length %ld", number, (long)v->length);
    }
    out->bytes = v->length == SQL_NTS ? terminated_bytes(v->c_type, v->data) : (size_t)v->length;
    return SQL_SUCCESS;
}

/*
 * In a statement whose dialect is not sure no value may stand that the two read differently: what
 * ends a literal in one of them is text in the other.
 */
static bool is_ambiguous(const struct stmt *s, const char *literal)
{
    return s->native.statement.kind == SQL_KIND_OTHER && strchr(literal, '\\');
}

static SQLRETURN make_literal(struct stmt *s, unsigned number, struct buf *out)
{
    struct fault f = {.state = SQLSTATE_NONE};
    struct param_value value;
    struct c_source source;
    SQLRETURN rc = param_read(s, (SQLSMALLINT)number, &value);

    if (rc) return rc;
    value.target.dialect = s->native.statement.is_hive ? C2SQL_HIVE : C2SQL_TRINO;
    rc = value.is_late ? params_late_source(s, number, &value, &source)
                       : bound_source(s, number, &value, &source);
    if (rc) return rc;
    buf_reset(out);
    if (c2sql_literal(&source, &value.target, out, &f)) {
        return diag_push(&s->base.diag, f.state, 0, "parameter %u: %s", number, f.text);
    }
    if (!buf_ok(out)) return no_memory(s);
    if (is_ambiguous(s, out->bytes)) {
        return diag_push(&s->base.diag, SQLSTATE_HYC00, 0,
                         "parameter %u: text with a backslash cannot be put safely into a "
                         "statement of this kind",
                         number);
    }
    return SQL_SUCCESS;
}

/* The literals by parameter, NULL after an error. */
static const char **make_literals(struct stmt *s, unsigned count, struct arena *a)
{
    const char **literals = arena_array(a, count, sizeof *literals);
    SQLRETURN rc = SQL_SUCCESS;
    struct buf literal;

    if (!literals) {
        no_memory(s);
        return NULL;
    }
    buf_init(&literal, (size_t)1 << 30);
    for (unsigned i = 0; i < count && !rc; i++) {
        rc = make_literal(s, i + 1, &literal);
        if (!rc) literals[i] = arena_copy(a, literal.bytes, literal.count);
        if (!rc && !literals[i]) rc = no_memory(s);
    }
    buf_clear(&literal);
    return rc ? NULL : literals;
}

/* ---- places ------------------------------------------------------------------------------- */

/* Amazon Athena User Guide, "Querying with prepared statements": where `?` is allowed */
static bool takes_parameters(enum sql_kind kind)
{
    return kind == SQL_KIND_SELECT || kind == SQL_KIND_INSERT || kind == SQL_KIND_CTAS ||
           kind == SQL_KIND_UNLOAD;
}

static SQLRETURN splice(struct stmt *s, const char *text, const char *const *in_text,
                        struct arguments *out)
{
    struct buf sql;
    SQLRETURN rc = SQL_SUCCESS;

    buf_init(&sql, (size_t)1 << 30);
    splice_markers(&sql, text, strlen(text), &s->native.markers, in_text);
    out->sql = buf_ok(&sql) ? arena_copy(&out->arena, sql.bytes, sql.count) : NULL;
    if (!out->sql) {
        rc = no_memory(s);
    } else if (sql.count > ATHENA_SQL_BYTES_MAX) {
        rc = diag_push(&s->base.diag, SQLSTATE_42000, 0,
                       "the statement's text is %zu bytes long with its parameters, and Athena "
                       "takes at most %d",
                       sql.count, ATHENA_SQL_BYTES_MAX);
    }
    buf_clear(&sql);
    return rc;
}

SQLRETURN params_make(struct stmt *s, const char *text, struct arguments *out)
{
    const struct sql_markers *markers = &s->native.markers;
    unsigned count = params_count(s);
    const char **by_parameter, **in_text, **in_list;
    size_t listed = 0;

    *out = (struct arguments){.sql = text};
    if (!count) return SQL_SUCCESS;
    by_parameter = make_literals(s, count, &out->arena);
    if (!by_parameter) return SQL_ERROR;
    in_text = arena_array(&out->arena, markers->count, sizeof *in_text);
    in_list = arena_array(&out->arena, markers->count + 1, sizeof *in_list);
    if (!in_text || !in_list) return no_memory(s);
    for (size_t i = 0; i < markers->count; i++) {
        const char *literal = by_parameter[markers->list[i].parameter];

        if (takes_parameters(s->native.statement.kind) && strlen(literal) <= PARAMETER_BYTES_MAX) {
            in_list[listed++] = literal;
        } else {
            in_text[i] = literal;
        }
    }
    if (listed) out->literals = in_list;
    return listed < markers->count ? splice(s, text, in_text, out) : SQL_SUCCESS;
}

void arguments_clear(struct arguments *a)
{
    arena_clear(&a->arena);
}

void params_report(struct stmt *s, bool is_good)
{
    if (!params_count(s)) return;
    if (s->ipd->rows_processed_ptr) *s->ipd->rows_processed_ptr = 1;
    if (s->ipd->array_status_ptr) {
        *s->ipd->array_status_ptr = is_good ? SQL_PARAM_SUCCESS : SQL_PARAM_ERROR;
    }
}
