/* Queries for arrays of parameters. See param_queries.h. */
#include "exec/param_queries.h"

#include <stdlib.h>
#include <string.h>

#include "aws/athena_codec.h"
#include "base/buf.h"
#include "exec/params.h"
#include "exec/row_limit.h"
#include "handle/dbc.h"
#include "handle/param.h"
#include "sql/insert_values.h"
#include "sql/splice.h"

static SQLRETURN no_memory(struct stmt *s)
{
    return diag_push(&s->base.diag, SQLSTATE_HY001, 0, "no memory for arrays of parameters");
}

/* What all queries of an execution have in common. */
struct maker {
    struct stmt *s;
    const char *text;
    char *catalog, *schema;
    struct insert_values rows;  /* of text */
    struct sql_markers markers; /* of the rows alone */
    struct buf sql;             /* the INSERT that is being put together */
    size_t first_set;           /* its first one */
};

static struct execution *add_execution(struct param_sets *sets)
{
    struct execution *executions = sets->executions;

    if (sets->count == sets->room) {
        sets->room = sets->room ? sets->room * 2 : 16;
        executions = realloc(executions, sets->room * sizeof *executions);
        if (!executions) return NULL;
        sets->executions = executions;
    }
    return &executions[sets->count];
}

/* A query for the sets from first to before end. */
static SQLRETURN add_query(struct maker *m, const char *sql, const char *const *literals,
                           size_t first, size_t end)
{
    struct stmt *s = m->s;
    struct execution *e = add_execution(s->sets);
    struct query *q;

    if (!e || !m->catalog || !m->schema) return no_memory(s);
    q = query_new(s->dbc->session, sql, m->catalog, m->schema, literals);
    if (!q) return no_memory(s);
    progress_tell(&q->progress, s->attr.progress_callback, s->attr.progress_context);
    *e = (struct execution){.query = q, .first_set = first, .end_set = end};
    s->sets->count++;
    return SQL_SUCCESS;
}

/* The statement once for one set. */
static SQLRETURN add_single(struct maker *m, size_t set)
{
    struct arguments a;
    SQLRETURN rc = params_make(m->s, m->text, set, &a);
    char *limited = rc ? NULL : row_limit_put(m->s, a.sql);

    if (!rc) rc = add_query(m, limited ? limited : a.sql, a.literals, set, set + 1);
    free(limited);
    arguments_clear(&a);
    return rc;
}

/* ---- INSERT with the rows of many sets ---------------------------------------------------- */

/* Whether the text is one whose rows can be put together, and the markers of its rows. */
static bool can_combine(struct maker *m)
{
    const struct sql_markers *all = &m->s->native.markers;
    struct fault f = {.state = SQLSTATE_NONE};

    if (m->s->native.statement.kind != SQL_KIND_INSERT) return false;
    if (!insert_values_find(m->text, strlen(m->text), &m->rows)) return false;
    for (size_t i = 0; i < all->count; i++) {
        const struct sql_marker *marker = &all->list[i];

        if (marker->offset < m->rows.start || marker->offset >= m->rows.end) return false;
        if (scan_add_marker(&m->markers, marker->offset - m->rows.start, marker->parameter, &f)) {
            return false;
        }
    }
    return true;
}

/* What has been put together so far becomes a query. end: the set behind. */
static SQLRETURN flush_rows(struct maker *m, size_t end)
{
    SQLRETURN rc = SQL_SUCCESS;

    if (!m->sql.count) return SQL_SUCCESS;
    rc = add_query(m, m->sql.bytes, NULL, m->first_set, end);
    buf_reset(&m->sql);
    return rc;
}

static const char **by_marker(const struct sql_markers *markers, const char *const *by_parameter,
                              struct arena *a)
{
    const char **literals = arena_array(a, markers->count, sizeof *literals);

    for (size_t i = 0; literals && i < markers->count; i++)
        literals[i] = by_parameter[markers->list[i].parameter];
    return literals;
}

/* The rows of a set, appended to out. */
static SQLRETURN write_rows(struct maker *m, size_t set, struct buf *out)
{
    struct arena a = {0};
    const char *const *by_parameter = params_literals(m->s, set, &a);
    const char **literals = by_parameter ? by_marker(&m->markers, by_parameter, &a) : NULL;

    if (literals) {
        splice_markers(out, m->text + m->rows.start, m->rows.end - m->rows.start, &m->markers,
                       literals);
    }
    arena_clear(&a);
    if (!by_parameter) return SQL_ERROR;
    return literals && buf_ok(out) ? SQL_SUCCESS : no_memory(m->s);
}

static SQLRETURN add_rows(struct maker *m, size_t set)
{
    SQLRETURN rc;
    struct buf rows;

    buf_init(&rows, (size_t)1 << 30);
    rc = write_rows(m, set, &rows);
    if (!rc && m->rows.start + rows.count > ATHENA_SQL_BYTES_MAX) {
        rc = params_too_long(m->s, set, m->rows.start + rows.count);
    }
    if (!rc && m->sql.count + 2 + rows.count > ATHENA_SQL_BYTES_MAX) rc = flush_rows(m, set);
    if (!rc) {
        if (!m->sql.count) m->first_set = set;
        if (m->sql.count) {
            buf_puts(&m->sql, ", ");
        } else {
            buf_put(&m->sql, m->text, m->rows.start);
        }
        buf_put(&m->sql, rows.bytes, rows.count);
        if (!buf_ok(&m->sql)) rc = no_memory(m->s);
    }
    buf_clear(&rows);
    return rc;
}

/* ---- all sets ------------------------------------------------------------------------------ */

static SQLRETURN make_queries(struct maker *m)
{
    struct param_sets *sets = m->s->sets;
    bool can_go_on = true;

    for (size_t set = 0; set < sets->set_count; set++) {
        if (param_is_ignored(m->s, set)) {
            sets->status[set] = SQL_PARAM_UNUSED;
        } else if (sets->is_combined ? add_rows(m, set) : add_single(m, set)) {
            sets->status[set] = SQL_PARAM_ERROR;
        }
    }
    if (sets->is_combined) can_go_on = !flush_rows(m, sets->set_count);
    return can_go_on ? SQL_SUCCESS : SQL_ERROR;
}

SQLRETURN param_queries_make(struct stmt *s, const char *text)
{
    struct maker m = {
        .s = s, .text = text, .catalog = dbc_catalog(s->dbc), .schema = dbc_schema(s->dbc)};
    SQLRETURN rc;

    buf_init(&m.sql, ATHENA_SQL_BYTES_MAX + 1);
    s->sets->is_combined = can_combine(&m);
    rc = make_queries(&m);
    buf_clear(&m.sql);
    scan_markers_clear(&m.markers);
    free(m.catalog);
    free(m.schema);
    return rc;
}
