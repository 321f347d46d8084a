/* The parameters of an execution: places and literals. See params.h; late data: params_late.c. */
#include "exec/params.h"

#include <stdarg.h>
#include <stdio.h>
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

size_t params_set_count(const struct stmt *s)
{
    return params_count(s) ? (size_t)s->apd->array_size : 1;
}

/* What is to be said of a parameter of a set: SQL_DIAG_ROW_NUMBER and SQL_DIAG_COLUMN_NUMBER. */
static SQLRETURN refuse(struct stmt *s, size_t set, unsigned number, enum sqlstate state,
                        const char *format, ...) __attribute__((format(printf, 5, 6)));
static SQLRETURN refuse(struct stmt *s, size_t set, unsigned number, enum sqlstate state,
                        const char *format, ...)
{
    struct fault f = {.state = SQLSTATE_NONE};
    char what[sizeof f.text];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    fault_set(&f, state, 0, "parameter %u: %s", number, what);
    diag_push_at(&s->base.diag, state, (SQLLEN)set + 1, (SQLINTEGER)number, f.text);
    return SQL_ERROR;
}

/* Whether a set has data to come at execution; SQL_ERROR when a parameter is not bound as it ought. */
static SQLRETURN look_at_set(struct stmt *s, size_t set, unsigned count, bool *has_late)
{
    struct param_value value;

    for (unsigned i = 1; i <= count; i++) {
        SQLRETURN rc = param_read(s, set, (SQLSMALLINT)i, &value);

        if (rc) return rc;
        *has_late |= value.is_late;
    }
    return SQL_SUCCESS;
}

SQLRETURN params_begin(struct stmt *s, const char *text)
{
    const size_t set_count = params_set_count(s);
    unsigned count = params_count(s);
    bool has_late = false;

    if (count >= INT16_MAX) {
        return diag_push(&s->base.diag, SQLSTATE_42000, 0, "%u parameters are too many", count);
    }
    for (size_t set = 0; set < set_count; set++) {
        SQLRETURN rc = param_is_ignored(s, set) ? SQL_SUCCESS
                                                : look_at_set(s, set, count, &has_late);

        if (rc) return rc;
    }
    return has_late ? params_late_begin(s, text, count, set_count) : SQL_SUCCESS;
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
static SQLRETURN bound_source(struct stmt *s, size_t set, unsigned number,
                              const struct param_value *v, struct c_source *out)
{
    *out = (struct c_source){
        .c_type = v->c_type, .data = v->data, .precision = v->precision, .scale = v->scale};
    if (v->is_null) {
        out->data = NULL;
        return SQL_SUCCESS;
    }
    if (v->length == SQL_DEFAULT_PARAM) {
        return refuse(s, set, number, SQLSTATE_07S01, "there is no default value");
    }
    if (!v->data && has_length(v->c_type) && v->length == 0) {
        out->data = ""; /* no bytes are no bytes, wherever they are not */
        return SQL_SUCCESS;
    }
    if (!v->data) return refuse(s, set, number, SQLSTATE_HY009, "there is no buffer");
    if (!has_length(v->c_type)) return SQL_SUCCESS;
    if (v->length < 0 && v->length != SQL_NTS) {
        return refuse(s, set, number, SQLSTATE_HY090, "length %ld", (long)v->length);
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

static SQLRETURN make_literal(struct stmt *s, size_t set, unsigned number, struct buf *out)
{
    struct fault f = {.state = SQLSTATE_NONE};
    struct param_value value;
    struct c_source source;
    SQLRETURN rc = param_read(s, set, (SQLSMALLINT)number, &value);

    if (rc) return rc;
    value.target.is_inserted = s->native.statement.kind == SQL_KIND_INSERT;
    value.target.dialect = s->native.statement.is_hive ? C2SQL_HIVE : C2SQL_TRINO;
    rc = value.is_late ? params_late_source(s, set, number, &value, &source)
                       : bound_source(s, set, number, &value, &source);
    if (rc) return rc;
    buf_reset(out);
    if (c2sql_literal(&source, &value.target, out, &f)) {
        return refuse(s, set, number, f.state, "%s", f.text);
    }
    if (!buf_ok(out)) return no_memory(s);
    if (is_ambiguous(s, out->bytes)) {
        return refuse(s, set, number, SQLSTATE_HYC00,
                      "text with a backslash cannot be put safely into a statement of this kind");
    }
    return SQL_SUCCESS;
}

const char *const *params_literals(struct stmt *s, size_t set, struct arena *a)
{
    const unsigned count = params_count(s);
    const char **literals = arena_array(a, count, sizeof *literals);
    SQLRETURN rc = SQL_SUCCESS;
    struct buf literal;

    if (!literals) {
        no_memory(s);
        return NULL;
    }
    buf_init(&literal, (size_t)1 << 30);
    for (unsigned i = 0; i < count && !rc; i++) {
        rc = make_literal(s, set, i + 1, &literal);
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

SQLRETURN params_too_long(struct stmt *s, size_t set, size_t bytes)
{
    struct fault f = {.state = SQLSTATE_NONE};

    fault_set(&f, SQLSTATE_42000, 0,
              "the statement's text is %zu bytes long with its parameters, and Athena takes at "
              "most %d",
              bytes, ATHENA_SQL_BYTES_MAX);
    diag_push_at(&s->base.diag, f.state, (SQLLEN)set + 1, SQL_NO_COLUMN_NUMBER, f.text);
    return SQL_ERROR;
}

static SQLRETURN splice(struct stmt *s, const char *text, size_t set, const char *const *in_text,
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
        rc = params_too_long(s, set, sql.count);
    }
    buf_clear(&sql);
    return rc;
}

SQLRETURN params_make(struct stmt *s, const char *text, size_t set, struct arguments *out)
{
    const struct sql_markers *markers = &s->native.markers;
    unsigned count = params_count(s);
    const char *const *by_parameter;
    const char **in_text, **in_list;
    size_t listed = 0;

    *out = (struct arguments){.sql = text};
    if (!count) return SQL_SUCCESS;
    by_parameter = params_literals(s, set, &out->arena);
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
    return listed < markers->count ? splice(s, text, set, in_text, out) : SQL_SUCCESS;
}

void arguments_clear(struct arguments *a)
{
    arena_clear(&a->arena);
}

void params_report(struct stmt *s, bool is_good)
{
    if (!params_count(s)) return;
    desc_tell_count(s->ipd->rows_processed_ptr, 1);
    if (s->ipd->array_status_ptr) {
        *s->ipd->array_status_ptr = is_good ? SQL_PARAM_SUCCESS : SQL_PARAM_ERROR;
    }
}
