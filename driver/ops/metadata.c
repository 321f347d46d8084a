/*
 * The parent of the lists (ops/metadata_task.h), on the I/O thread. See metadata.h.
 *
 * It keeps tasks that wait and tasks that run; it is done when there are neither, or at the first
 * fault.
 */
#include "ops/metadata.h"

#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "ops/metadata_lead.h"
#include "ops/metadata_task.h"

static void start_waiting(struct metadata *m) RUNS_ON(io_thread);
static void start_waiting(struct metadata *m)
{
    struct list *next;

    for (struct list *link = m->io.waiting.next; link != &m->io.waiting; link = next) {
        next = link->next;
        if (m->io.running_count >= METADATA_AT_ONCE) return;
        if (metadata_task_is_held(metadata_task_of(link))) continue;
        list_remove(link);
        list_append(&m->io.running, link);
        m->io.running_count++;
    }
}

/* Makes room for tasks of other catalogs. */
static void lay_aside(struct metadata *m, struct metadata_task *t) RUNS_ON(io_thread);
static void lay_aside(struct metadata *m, struct metadata_task *t)
{
    list_remove(&t->link);
    list_append(&m->io.waiting, &t->link);
    m->io.running_count--;
}

/* One round over the running tasks. *has_moved: some run no longer, so others may. */
static enum status advance_running(struct metadata *m, bool *has_moved) RUNS_ON(io_thread);
static enum status advance_running(struct metadata *m, bool *has_moved)
{
    struct list *next;

    *has_moved = false;
    for (struct list *link = m->io.running.next; link != &m->io.running; link = next) {
        struct metadata_task *t = metadata_task_of(link);
        enum status st = metadata_task_advance(m, t);

        next = link->next;
        if (st == ST_ERR) return st;
        if (st == ST_WAIT && !metadata_task_is_held(t)) continue;
        if (st == ST_WAIT) {
            lay_aside(m, t);
        } else {
            metadata_task_end(m, t);
            m->io.running_count--;
        }
        *has_moved = true;
    }
    return ST_OK;
}

static void end_tasks(struct metadata *m, struct list *tasks) RUNS_ON(io_thread);
static void end_tasks(struct metadata *m, struct list *tasks)
{
    struct list *link;

    while ((link = list_shift(tasks))) {
        metadata_task_end(m, metadata_task_of(link));
    }
}

static enum status check_cancel(struct metadata *m)
{
    switch (op_cancelled(&m->op)) {
    case OP_GO_ON:
        return ST_OK;
    case OP_TIMED_OUT:
        return fault_set(&m->op.fault, SQLSTATE_HYT00, 0,
                         "the catalog function took longer than "
                         "the query time-out allows");
    case OP_CANCELLED:
        break;
    }
    return fault_set(&m->op.fault, SQLSTATE_HY008, 0, "the catalog function was cancelled");
}

static int compare_lists(const void *left, const void *right)
{
    const struct metadata_list *a = *(struct metadata_list *const *)left;
    const struct metadata_list *b = *(struct metadata_list *const *)right;
    const int order = strcmp(a->catalog, b->catalog);

    if (order || !a->database || !b->database) return order;
    return strcmp(a->database, b->database);
}

static enum status metadata_advance(struct op *op)
{
    struct metadata *m = container_of(op, struct metadata, op);
    bool has_moved = true;
    enum status st;

    engine_assert();
    st = check_cancel(m);
    if (!st && !m->io.is_begun) {
        m->io.is_begun = true;
        st = metadata_lead_begin(m);
    }
    while (!st && has_moved) {
        start_waiting(m);
        st = advance_running(m, &has_moved);
    }
    if (!st && m->io.running_count) return ST_WAIT;
    if (!st && m->out.skipped && !m->out.count) { /* nothing but refusals */
        fault_copy(&op->fault, &m->out.excuse);
        st = ST_ERR;
    }
    end_tasks(m, &m->io.running);
    end_tasks(m, &m->io.waiting);
    m->io.running_count = 0;
    if (m->out.count > 1) qsort(m->out.lists, m->out.count, sizeof *m->out.lists, compare_lists);
    return st;
}

/* ---- beginning and end --------------------------------------------------------------------- */

static void drop_tasks(struct list *tasks)
{
    struct list *link;

    while ((link = list_shift(tasks))) {
        metadata_task_drop(metadata_task_of(link));
    }
}

static void metadata_free(struct op *op)
{
    struct metadata *m = container_of(op, struct metadata, op);

    drop_tasks(&m->io.running); /* none, unless the engine has dropped the operation */
    drop_tasks(&m->io.waiting);
    for (size_t i = 0; i < m->out.count; i++) {
        free(m->out.lists[i]->tables);
    }
    free(m->out.lists);
    session_release(m->session);
    arena_clear(&m->arena);
    free(m);
}

static bool copy_text(struct metadata *m, const char **text)
{
    if (!*text) return true;
    *text = arena_text(&m->arena, *text);
    return *text != NULL;
}

static bool copy_filter(struct metadata *m, struct metadata_filter *f)
{
    return copy_text(m, &f->exact) && copy_text(m, &f->pattern) && copy_text(m, &f->expression);
}

struct metadata *metadata_new(struct session *s, const struct metadata_ask *ask)
{
    struct metadata *m = calloc(1, sizeof *m);

    if (!m) return NULL;
    op_init(&m->op, s->engine, metadata_advance, metadata_free);
    session_hold(s);
    m->session = s;
    arena_init(&m->arena);
    list_init(&m->io.waiting);
    list_init(&m->io.running);
    m->in = *ask;
    if (copy_text(m, &m->in.default_catalog) && copy_text(m, &m->in.default_database) &&
        copy_filter(m, &m->in.catalog) && copy_filter(m, &m->in.database) &&
        copy_filter(m, &m->in.table)) {
        return m;
    }
    op_release(&m->op);
    return NULL;
}
