/* Names from queries. See names_query.h. */
#include "ops/names_query.h"

#include "engine/engine.h"

enum { ROWS_AT_ONCE = 1000, COLUMNS_MAX = 8 };

static void query_is_over(void *context)
{
    struct names_query *n = context;

    engine_assert();
    op_wake(n->owner);
}

enum status names_query_start(struct names_query *n, struct op *owner, struct session *s,
                              const char *sql, const char *catalog, const char *schema,
                              struct fault *f)
{
    n->query = query_new(s, sql, catalog, schema, NULL);
    if (!n->query) return fault_no_memory(f);
    n->query->in.is_fresh = true; /* tables may have come and gone */
    n->owner = owner;
    op_on_done(&n->query->op, query_is_over, n);
    op_submit(&n->query->op);
    return ST_OK;
}

static bool take_rows(struct rows *rows, names_row_fn *take, void *context)
{
    const unsigned count = rows->column_count < COLUMNS_MAX ? rows->column_count : COLUMNS_MAX;
    const struct cell *cells[COLUMNS_MAX];
    bool has_room = true;

    for (size_t row = 0; row < rows->in_hand && has_room; row++) {
        for (unsigned c = 0; c < count; c++) {
            cells[c] = rows_column(rows, c) + row;
        }
        has_room = take(context, cells, count);
    }
    return has_room;
}

enum status names_query_ready(struct names_query *n, names_row_fn *take, void *context,
                              struct fault *f)
{
    struct rows *rows;
    enum status st = op_poll(&n->query->op);

    if (st == ST_ERR) fault_copy(f, &n->query->op.fault);
    if (st) return st;
    rows = n->query->out.rows;
    if (!rows) return ST_OK;
    query_set_reader(n->query, n->owner);
    for (;;) {
        rows_gather(rows, ROWS_AT_ONCE);
        if (!take_rows(rows, take, context)) return fault_no_memory(f);
        if (!rows->in_hand) break;
        rows_drop(rows, rows->in_hand);
    }
    if (rows->more == ROWS_MORE) return ST_WAIT;
    if (rows->more == ROWS_END) return ST_OK;
    fault_copy(f, &rows->fault);
    return ST_ERR;
}

void names_query_clear(struct names_query *n)
{
    if (n->query) query_set_reader(n->query, NULL);
    names_query_drop(n);
}

void names_query_drop(struct names_query *n)
{
    if (!n->query) return;
    op_on_done(&n->query->op, NULL, NULL);
    query_release(n->query);
    n->query = NULL;
}
