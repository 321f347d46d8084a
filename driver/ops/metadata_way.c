/* By calls or by a query. See metadata_way.h. */
#include "ops/metadata_way.h"

#include "base/log.h"
#include "ops/identity.h"
#include "ops/metadata_answer.h"
#include "ops/metadata_found.h"
#include "ops/names_refusal.h"

/* A query for names is done in a second or two; after this time it waits for something else. */
enum { PATIENCE_MS = 5000 };

static bool is_query(const struct metadata_task *t)
{
    return metadata_request_is_query(&t->ask);
}

static struct names_refusal *refusal(const struct metadata *m) RUNS_ON(io_thread);
static struct names_refusal *refusal(const struct metadata *m)
{
    return identity_names_refusal(m->session->identity);
}

struct metadata_way *metadata_way_new(struct metadata *m, const struct metadata_place *p)
{
    struct metadata_way *w = arena_alloc(&m->arena, sizeof *w);

    if (!w) return NULL;
    *w = (struct metadata_way){.may_query = !names_refusal_stands(refusal(m), m->session)};
    log_debug("listing tables of %s by calls%s", p->catalog,
              w->may_query ? ", by a query if there are many" : "");
    return w;
}

bool metadata_way_is_known(const struct metadata *m, const struct metadata_place *p)
{
    const struct metadata_request ask = {.kind = QUERY_TABLES, .catalog = p->catalog};

    return metadata_answer_is_kept(m, &ask);
}

void metadata_way_enter(struct metadata_task *t)
{
    struct metadata_way *w = t->place.way;

    if (!w) return;
    if (is_query(t)) {
        w->query = t;
        return;
    }
    w->calls++;
    w->open_tasks++;
}

void metadata_way_leave(struct metadata *m, struct metadata_task *t)
{
    struct metadata_way *w = t->place.way;

    if (!w) return;
    if (w->query == t) {
        w->query = NULL;
        timer_stop(&w->patience, m->session->engine);
        return;
    }
    w->open_tasks--;
    if (!w->open_tasks) w->is_over = true;
}

static bool is_long(const struct metadata_way *w, const struct metadata_task *t, bool has_more)
{
    if (has_more && t->pages >= METADATA_WAY_PAGES) return true;
    return w->calls > METADATA_WAY_CALLS && w->open_tasks > METADATA_WAY_LEFT;
}

/* It does not wait behind the calls that it is to spare. */
static enum status add_query(struct metadata *m, const struct metadata_place *p) RUNS_ON(io_thread);
static enum status add_query(struct metadata *m, const struct metadata_place *p)
{
    struct metadata_place whole = *p;
    struct list *link;

    whole.database = NULL;
    if (metadata_task_add(m, QUERY_TABLES, &whole)) return ST_ERR;
    link = m->io.waiting.prev; /* the task just added */
    list_remove(link);
    list_append(&m->io.running, link);
    m->io.running_count++;
    return ST_OK;
}

enum status metadata_way_paged(struct metadata *m, struct metadata_task *t, bool has_more)
{
    struct metadata_way *w = t->place.way;

    if (!w) return ST_OK;
    t->pages++;
    w->calls += has_more;
    if (!w->may_query || w->query || !is_long(w, t, has_more)) return ST_OK;
    log_info("listing tables of %s: %u calls and more; asking information_schema instead",
             t->place.catalog, w->calls);
    w->may_query = false; /* once */
    return add_query(m, &t->place);
}

bool metadata_way_holds(const struct metadata_task *t)
{
    const struct metadata_way *w = t->place.way;

    if (!w || !w->query || w->query == t) return false;
    return !w->query->is_begun || timer_ready(&w->patience) == ST_WAIT;
}

bool metadata_way_is_over(const struct metadata_task *t)
{
    return t->place.way && t->place.way->is_over;
}

void metadata_way_asked(struct metadata *m, struct metadata_task *t)
{
    if (t->place.way) timer_start(&t->place.way->patience, &m->op, PATIENCE_MS);
}

void metadata_way_won(struct metadata *m, struct metadata_task *t)
{
    struct metadata_way *w = t->place.way;

    if (!w) return;
    metadata_found_forget(m, t->ask.catalog);
    m->out.skipped -= w->skipped;
    w->skipped = 0;
    w->is_over = true;
}

void metadata_way_lost(struct metadata *m, struct metadata_task *t)
{
    if (!t->place.way) return;
    t->place.way->may_query = false;
    names_refusal_remember(refusal(m), m->session, &t->fault);
}
