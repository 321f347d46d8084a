/* Columns before execution. See describe.h. */
#include "exec/describe.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "exec/await.h"
#include "exec/description_cache.h"
#include "exec/execute.h"
#include "handle/dbc.h"
#include "ops/query.h"
#include "sql/limit.h"

#define PROBE_BYTES_MAX ((size_t)1 << 20)

static char *write_probe(const char *text)
{
    struct buf b;

    buf_init(&b, PROBE_BYTES_MAX);
    buf_puts(&b, "SELECT * FROM (\n");
    buf_put(&b, text, limit_query_end(text, strlen(text)));
    buf_puts(&b, "\n) LIMIT 0");
    return buf_take(&b);
}

/* As many NULLs as the text has markers, NULL-terminated; one word more so that it is never empty. */
static const char **write_nulls(size_t count)
{
    const char **nulls = calloc(count + 1, sizeof *nulls);

    for (size_t i = 0; nulls && i < count; i++)
        nulls[i] = "NULL";
    return nulls;
}

static const char *text_of(const struct stmt *s)
{
    return s->native.text ? s->native.text : s->sql;
}

/* SHOW and EXPLAIN are their own probe: they tell what there is, and cost nothing. */
static char *probe_text(const struct stmt *s)
{
    if (s->native.statement.kind != SQL_KIND_SELECT) return strdup(text_of(s));
    return write_probe(text_of(s));
}

static struct query *new_probe(struct stmt *s)
{
    char *sql = probe_text(s);
    const char **nulls = write_nulls(s->native.markers.count);
    char *catalog = dbc_catalog(s->dbc), *schema = dbc_schema(s->dbc);
    struct query *q = NULL;

    if (sql && nulls && catalog && schema) {
        q = query_new(s->dbc->session, sql, catalog, schema, *nulls ? nulls : NULL);
    }
    free(sql);
    free(nulls);
    free(catalog);
    free(schema);
    return q;
}

static SQLRETURN probe(struct stmt *s)
{
    const unsigned age = description_cache_age();
    struct query *q = new_probe(s);
    SQLRETURN rc;

    if (!q) return diag_push(&s->base.diag, SQLSTATE_HY001, 0, "out of memory");
    exec_set_deadline(s, &q->op);
    op_submit(&q->op);
    if (await(s, 0, &q->op) == ST_OK) {
        description_cache_keep(s->dbc, text_of(s), q, age);
        s->probe = q;
        return SQL_SUCCESS;
    }
    rc = diag_fault(&s->base.diag, &q->op.fault);
    query_release(q);
    return rc;
}

static SQLRETURN describe_query(struct stmt *s)
{
    SQLRETURN rc = SQL_SUCCESS;

    if (!s->probe) {
        s->probe = description_cache_find(s->dbc, text_of(s));
        if (s->probe) log_debug("the columns are known from the cache");
    }
    if (!s->probe) rc = probe(s);
    if (rc) return rc;
    if (desc_describe(s->ird, s->probe->out.columns, s->probe->out.column_count, &s->dbc->types)) {
        return SQL_SUCCESS;
    }
    desc_set_count(s->ird, 0);
    return diag_push(&s->base.diag, SQLSTATE_HY001, 0, "out of memory");
}

/* EXPLAIN ANALYZE runs the query that it explains. */
static bool is_analyzing(const struct stmt *s)
{
    const char *text = text_of(s);
    struct scan scan;
    struct scan_token token;

    scan_init(&scan, text, strlen(text), false);
    scan.at = s->native.statement.word + s->native.statement.word_bytes;
    scan_next_word(&scan, &token);
    return scan_is(text, &token, "ANALYZE");
}

static SQLRETURN refuse(struct stmt *s)
{
    return diag_push(&s->base.diag, SQLSTATE_HYC00, 0,
                     "the columns of a statement of this kind are known when it has been executed");
}

SQLRETURN exec_describe(struct stmt *s)
{
    if (s->state != STMT_PREPARED || s->ird->count) return SQL_SUCCESS;
    switch (s->native.statement.kind) {
    case SQL_KIND_SELECT:
        return describe_query(s);
    case SQL_KIND_SHOW:
    case SQL_KIND_EXPLAIN: /* neither takes parameters as Athena means them (exec/params.h) */
        return is_analyzing(s) || s->native.markers.count ? refuse(s) : describe_query(s);
    case SQL_KIND_PREPARED:
    case SQL_KIND_CALL:
    case SQL_KIND_OTHER:
        return refuse(s);
    default:
        return SQL_SUCCESS; /* no rows, no columns */
    }
}

void exec_forget_description(struct stmt *s)
{
    if (!s->probe) return;
    desc_set_count(s->ird, 0); /* its strings are borrowed from the probe */
    query_release(s->probe);
    s->probe = NULL;
}
