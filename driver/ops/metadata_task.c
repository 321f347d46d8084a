/* Lists of catalogs, databases and tables. See metadata_task.h. */
#include "ops/metadata_task.h"

#include <stdlib.h>

#include "ops/catalog_cache.h"
#include "ops/metadata_answer.h"
#include "ops/metadata_found.h"
#include "ops/metadata_refusal.h"
#include "ops/metadata_way.h"
#include "ops/packed_tables.h"

enum { ROWS_BYTES_MAX = 256 << 20 }; /* of a query: a million tables and more */

/* ---- beginning and end --------------------------------------------------------------------- */

enum status metadata_task_add(struct metadata *m, enum metadata_kind kind,
                              const struct metadata_place *p)
{
    struct metadata_task *t = calloc(1, sizeof *t);

    if (!t) return fault_no_memory(&m->op.fault);
    t->ask = (struct metadata_request){kind, p->catalog, p->database, NULL};
    t->place = *p;
    buf_init(&t->rows, ROWS_BYTES_MAX);
    buf_init(&t->kept, CATALOG_CACHE_LIST_BYTES);
    list_append(&m->io.waiting, &t->link);
    metadata_way_enter(t);
    return ST_OK;
}

struct metadata_task *metadata_task_of(struct list *link)
{
    return container_of(link, struct metadata_task, link);
}

static void free_task(struct metadata_task *t)
{
    list_remove(&t->link);
    free(t->ask.next_token);
    free(t->key);
    buf_clear(&t->rows);
    buf_clear(&t->kept);
    free(t);
}

void metadata_task_end(struct metadata *m, struct metadata_task *t)
{
    metadata_way_leave(m, t);
    names_query_clear(&t->names);
    call_clear(&t->call);
    free_task(t);
}

void metadata_task_drop(struct metadata_task *t)
{
    names_query_drop(&t->names);
    free_task(t);
}

void metadata_task_become(struct metadata_task *t, enum metadata_kind kind)
{
    names_query_clear(&t->names);
    call_clear(&t->call);
    buf_reset(&t->rows);
    buf_reset(&t->kept);
    free(t->key);
    t->key = NULL;
    t->is_begun = false;
    t->ask.kind = kind;
}

/* ---- requests ------------------------------------------------------------------------------ */

static enum status start_query(struct metadata *m, struct metadata_task *t) RUNS_ON(io_thread);
static enum status start_query(struct metadata *m, struct metadata_task *t)
{
    struct buf sql;
    enum status st;

    buf_init(&sql, 1 << 18);
    metadata_request_write(&sql, m, &t->ask);
    st = buf_ok(&sql) ? names_query_start(&t->names, &m->op, m->session, sql.bytes, t->ask.catalog,
                                          t->ask.database, &m->op.fault)
                      : fault_no_memory(&m->op.fault);
    buf_clear(&sql);
    if (!st) metadata_way_asked(m, t);
    return st;
}

static enum status start_page(struct metadata *m, struct metadata_task *t) RUNS_ON(io_thread);
static enum status start_page(struct metadata *m, struct metadata_task *t)
{
    struct buf body;
    enum status st;

    buf_init(&body, 1 << 20);
    metadata_request_write(&body, m, &t->ask);
    st = call_start(&t->call, &m->op, m->session, metadata_request_doing(&t->ask),
                    metadata_request_operation(&t->ask), &body, CALL_WAITS_FOR_THROTTLING);
    if (st == ST_ERR) fault_copy(&m->op.fault, &t->call.fault);
    return st;
}

/* ---- the machine --------------------------------------------------------------------------- */

/* *is_over: all was in the cache. */
static enum status start(struct metadata *m, struct metadata_task *t, bool *is_over)
    RUNS_ON(io_thread);
static enum status start(struct metadata *m, struct metadata_task *t, bool *is_over)
{
    enum status st = ST_OK;

    *is_over = false;
    if (!t->is_begun) st = metadata_answer_cached(m, t, is_over);
    t->is_begun = true;
    if (st || *is_over) return st;
    return metadata_request_is_query(&t->ask) ? start_query(m, t) : start_page(m, t);
}

static bool is_waiting(const struct metadata_task *t)
{
    return t->names.query || t->call.step != CALL_IDLE;
}

static enum status ready(struct metadata_task *t) RUNS_ON(io_thread);
static enum status ready(struct metadata_task *t)
{
    if (!metadata_request_is_query(&t->ask)) return call_ready(&t->call);
    return names_query_ready(&t->names, packed_tables_put_row, &t->rows, &t->fault);
}

bool metadata_task_is_held(const struct metadata_task *t)
{
    return !is_waiting(t) && metadata_way_holds(t);
}

/* What t waited for has come, or failed. *goes_on: it has more to ask for. */
static enum status finish(struct metadata *m, struct metadata_task *t, enum status st,
                          bool *goes_on) RUNS_ON(io_thread);
static enum status finish(struct metadata *m, struct metadata_task *t, enum status st,
                          bool *goes_on)
{
    *goes_on = false;
    if (st) return metadata_refusal_forgive(m, t, goes_on);
    if (metadata_request_is_query(&t->ask)) return metadata_answer_rows(m, t);
    st = metadata_answer_page(m, t, goes_on);
    return st ? st : metadata_way_paged(m, t, *goes_on);
}

enum status metadata_task_advance(struct metadata *m, struct metadata_task *t)
{
    bool goes_on = true, is_over = false;
    enum status st = ST_OK;

    if (metadata_way_is_over(t)) return ST_OK;
    while (goes_on) {
        if (metadata_task_is_held(t)) return ST_WAIT;
        if (!is_waiting(t)) st = start(m, t, &is_over);
        if (st || is_over) break;
        st = ready(t);
        if (st == ST_WAIT) return st;
        st = finish(m, t, st, &goes_on);
        if (st) break;
    }
    if (!st) metadata_found_all(t->list);
    return st;
}
