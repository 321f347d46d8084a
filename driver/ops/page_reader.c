/*
 * Pages of GetQueryResults. See page_reader.h.
 *
 *     asked for     in the queue      given to the reader
 *     [page n+2]    [page n+1]        [page n]
 *
 * The next page is asked for while the queue is empty, so that at most one waits. A page that is
 * larger than it may be is asked for again with fewer rows, and so are those behind it.
 */
#include "ops/page_reader.h"

#include <stdlib.h>
#include <string.h>

#include "aws/athena_codec.h"
#include "aws/athena_results.h"
#include "base/arena.h"
#include "engine/engine.h"
#include "ops/call.h"

/* A row of 32 MB is up to six times that in JSON, where a control character is six bytes. */
enum { PAGE_BYTES_MAX = 16 << 20, TWO_ROWS_BYTES_MAX = 400 << 20, FEWEST_ROWS = 2 };

size_t page_bytes_max(unsigned rows)
{
    return rows > FEWEST_ROWS ? PAGE_BYTES_MAX : TWO_ROWS_BYTES_MAX;
}

unsigned page_fewer_rows(unsigned rows)
{
    if (rows <= FEWEST_ROWS) return 0;
    return rows / 8 > FEWEST_ROWS ? rows / 8 : FEWEST_ROWS;
}

struct page_reader {
    struct op op;
    struct page_feed feed;
    struct session *session;
    char *query_id;

    struct call call ONLY_ON(io_thread);
    bool is_asked ONLY_ON(io_thread);
    unsigned page_rows ONLY_ON(io_thread);
    char *next_token ONLY_ON(io_thread); /* NULL: the last page has come */
    struct op *reader ONLY_ON(io_thread);

    struct mutex lock; /* guards what follows */
    struct page *queue;
    bool is_over;
    struct fault fault;
};

static enum feed_state next_page(struct page_feed *feed, struct page **item, struct fault *fault)
{
    struct page_reader *p = container_of(feed, struct page_reader, feed);
    enum feed_state state = FEED_WAIT;
    bool has_room = false;

    mutex_lock(&p->lock);
    if (p->queue) {
        *item = p->queue;
        p->queue = (*item)->next;
        (*item)->next = NULL;
        has_room = !p->queue && !p->is_over;
        state = FEED_ITEM;
    } else if (fault_is_set(&p->fault)) {
        fault_copy(fault, &p->fault);
        state = FEED_FAILED;
    } else if (p->is_over) {
        state = FEED_END;
    }
    mutex_unlock(&p->lock);
    if (has_room) op_wake_from_anywhere(&p->op);
    return state;
}

static bool wants_page(struct page_reader *p) RUNS_ON(io_thread);
static bool wants_page(struct page_reader *p)
{
    bool is_empty;

    mutex_lock(&p->lock);
    is_empty = !p->queue;
    mutex_unlock(&p->lock);
    return is_empty && p->next_token;
}

static void ask(struct page_reader *p) RUNS_ON(io_thread);
static void ask(struct page_reader *p)
{
    struct buf body;

    buf_init(&body, 64 * 1024);
    athena_write_get_results(&body, p->query_id, p->next_token, p->page_rows);
    call_start(&p->call, &p->op, p->session, "fetching rows", "GetQueryResults", &body,
               CALL_WAITS_FOR_THROTTLING);
    p->call.max_body_bytes = page_bytes_max(p->page_rows);
    p->is_asked = true;
}

/* What a call that failed means: ST_OK when the page is to be asked for again. */
static enum status mend(struct page_reader *p) RUNS_ON(io_thread);
static enum status mend(struct page_reader *p)
{
    unsigned fewer = p->call.http.was_too_large ? page_fewer_rows(p->page_rows) : 0;

    if (fewer) {
        p->page_rows = fewer;
        return ST_OK;
    }
    fault_copy(&p->op.fault, &p->call.fault);
    return ST_ERR;
}

static void put(struct page_reader *p, struct page *page)
{
    struct page **end;

    mutex_lock(&p->lock);
    end = &p->queue;
    while (*end)
        end = &(*end)->next;
    *end = page;
    mutex_unlock(&p->lock);
}

static enum status take_answer(struct page_reader *p) RUNS_ON(io_thread);
static enum status take_answer(struct page_reader *p)
{
    const struct buf *body = &p->call.http.body;
    struct athena_results results = {0};
    struct arena arena;
    enum status st;

    arena_init(&arena);
    st = athena_parse_results(&results, &arena, body->bytes, body->count, &p->op.fault);
    if (!st) {
        free(p->next_token);
        p->next_token = *results.next_token ? strdup(results.next_token) : NULL;
        if (*results.next_token && !p->next_token) st = fault_no_memory(&p->op.fault);
        put(p, results.page);
    }
    arena_clear(&arena);
    return st;
}

static enum status page_reader_step(struct page_reader *p) RUNS_ON(io_thread);
static enum status page_reader_step(struct page_reader *p)
{
    enum status st;

    if (op_cancelled(&p->op)) {
        return fault_set(&p->op.fault, SQLSTATE_HY008, 0, "fetching rows: cancelled");
    }
    if (!p->is_asked) {
        if (!p->next_token) return ST_OK;
        if (!wants_page(p)) return ST_WAIT;
        ask(p);
    }
    st = call_ready(&p->call);
    if (st == ST_WAIT) return st;
    st = st == ST_ERR ? mend(p) : take_answer(p);
    p->is_asked = false;
    call_clear(&p->call);
    if (p->reader) op_wake(p->reader);
    return st;
}

static enum status page_reader_advance(struct op *op)
{
    struct page_reader *p = container_of(op, struct page_reader, op);
    enum status st = ST_OK;

    engine_assert();
    while (!st && (p->is_asked || p->next_token))
        st = page_reader_step(p);
    if (st == ST_WAIT) return st;
    call_clear(&p->call);
    mutex_lock(&p->lock);
    p->is_over = true;
    fault_copy(&p->fault, &op->fault);
    mutex_unlock(&p->lock);
    if (p->reader) op_wake(p->reader);
    return st;
}

static void page_reader_free(struct op *op) NO_THREAD_CHECK;
static void page_reader_free(struct op *op)
{
    struct page_reader *p = container_of(op, struct page_reader, op);

    while (p->queue) {
        struct page *page = p->queue;

        p->queue = page->next;
        page_free(page);
    }
    session_release(p->session);
    mutex_clear(&p->lock);
    free(p->next_token);
    free(p->query_id);
    free(p);
}

static struct page_reader *page_reader_new(struct session *s, const char *query_id,
                                           const char *next_token) NO_THREAD_CHECK;
static struct page_reader *page_reader_new(struct session *s, const char *query_id,
                                           const char *next_token)
{
    struct page_reader *p = calloc(1, sizeof *p);

    if (!p) return NULL;
    op_init(&p->op, s->engine, page_reader_advance, page_reader_free);
    mutex_init(&p->lock);
    p->feed.next = next_page;
    session_hold(s);
    p->session = s;
    p->page_rows = s->page_rows;
    p->query_id = strdup(query_id);
    p->next_token = next_token ? strdup(next_token) : NULL;
    if (p->query_id && (p->next_token || !next_token)) return p;
    op_release(&p->op);
    return NULL;
}

struct page_reader *page_reader_start(struct session *s, const char *query_id, struct page *first,
                                      const char *next_token, struct fault *f)
{
    struct page_reader *p = page_reader_new(s, query_id, next_token);

    if (!p) {
        page_free(first);
        fault_no_memory(f);
        return NULL;
    }
    if (first) put(p, first);
    if (!next_token) {
        mutex_lock(&p->lock);
        p->is_over = true;
        mutex_unlock(&p->lock);
        return p;
    }
    op_submit(&p->op);
    return p;
}

struct page_feed *page_reader_feed(struct page_reader *p)
{
    return &p->feed;
}

void page_reader_set_reader(struct page_reader *p, struct op *reader)
{
    p->reader = reader;
}

void page_reader_close(struct page_reader *p)
{
    if (!p) return;
    op_cancel(&p->op);
    op_release(&p->op);
}
