/*
 * Lists of catalogs, databases and tables, on the I/O thread.
 *
 *     LIST_CATALOGS --> LIST_DATABASES --> LIST_TABLES        each finds what the next one lists
 *                                     \-> GET_TABLE --> LIST_TABLES        where IAM denies it
 *
 * A task asks for one page after the other and is over with the last one. The parent keeps tasks
 * that wait and tasks that run; it is done when there are neither, or at the first fault.
 */
#include "ops/metadata.h"

#include <stdlib.h>
#include <string.h>

#include "aws/error_map.h"
#include "base/ascii.h"
#include "base/log.h"
#include "engine/engine.h"
#include "ops/call.h"

/* What a refusal may be of a task's, without being the whole operation's. */
enum pardon {
    PARDON_NOTHING, /* it was asked for by name */
    PARDON_DENIAL,  /* its database was listed, and IAM may keep single ones closed */
    PARDON_ANY      /* its catalog was listed, and is not Glue's: who knows what is behind it */
};

enum task_kind { LIST_CATALOGS, LIST_DATABASES, LIST_TABLES, GET_TABLE };

enum { PAGE_ITEMS = 50 }; /* the most that Athena gives */

struct metadata_task {
    struct list link; /* in waiting or running */
    enum task_kind kind;
    const char *catalog, *database; /* in the parent's arena */
    enum pardon pardon;
    char *next_token; /* of the page to come; NULL: the first. Owned */
    struct call call;
};

/* clang-format off */
static const struct { const char *operation, *doing; } kinds[] = {
    [LIST_CATALOGS]  = {"ListDataCatalogs",  "listing catalogs"},
    [LIST_DATABASES] = {"ListDatabases",     "listing databases"},
    [LIST_TABLES]    = {"ListTableMetadata", "listing tables"},
    [GET_TABLE]      = {"GetTableMetadata",  "describing a table"},
};
/* clang-format on */

static enum status add_task(struct metadata *m, enum task_kind kind, const char *catalog,
                            const char *database, enum pardon pardon)
{
    struct metadata_task *t = calloc(1, sizeof *t);

    if (!t) return fault_no_memory(&m->op.fault);
    t->kind = kind;
    t->catalog = catalog;
    t->database = database;
    t->pardon = pardon;
    list_append(&m->io.waiting, &t->link);
    return ST_OK;
}

static void end_task(struct metadata_task *t) RUNS_ON(io_thread);
static void end_task(struct metadata_task *t)
{
    list_remove(&t->link);
    call_clear(&t->call);
    free(t->next_token);
    free(t);
}

static enum status add_item(struct metadata *m, const char *catalog, const char *database,
                            const struct athena_table *table)
{
    if (m->out.count == m->out.room) {
        const size_t room = m->out.room ? m->out.room * 2 : 64;
        struct metadata_item *items = realloc(m->out.items, room * sizeof *items);

        if (!items) return fault_no_memory(&m->op.fault);
        m->out.items = items;
        m->out.room = room;
    }
    m->out.items[m->out.count++] = (struct metadata_item){catalog, database, table};
    return ST_OK;
}

static bool is_meant(const struct metadata_filter *f, const char *name)
{
    if (f->exact) return ascii_same(f->exact, name);
    return !f->pattern || f->accepts(f->pattern, name);
}

/* ---- what is found leads on ---------------------------------------------------------------- */

static enum status found_database(struct metadata *m, const char *catalog, const char *database,
                                  enum pardon pardon)
{
    if (m->in.depth == METADATA_DATABASES) return add_item(m, catalog, database, NULL);
    return add_task(m, m->in.table.exact ? GET_TABLE : LIST_TABLES, catalog, database, pardon);
}

static enum status found_catalog(struct metadata *m, const char *catalog, enum pardon pardon)
{
    if (m->in.depth == METADATA_CATALOGS) return add_item(m, catalog, NULL, NULL);
    if (m->in.depth > METADATA_DATABASES && m->in.database.exact) {
        return found_database(m, catalog, m->in.database.exact, pardon);
    }
    return add_task(m, LIST_DATABASES, catalog, NULL, pardon);
}

static enum status begin(struct metadata *m)
{
    m->io.is_begun = true;
    if (m->in.catalog.exact) return found_catalog(m, m->in.catalog.exact, PARDON_NOTHING);
    if (m->in.lists_catalogs) return add_task(m, LIST_CATALOGS, NULL, NULL, PARDON_NOTHING);
    if (!is_meant(&m->in.catalog, m->in.default_catalog)) return ST_OK;
    return found_catalog(m, m->in.default_catalog, PARDON_NOTHING);
}

/* ---- one page ------------------------------------------------------------------------------ */

static void write_request(const struct metadata *m, const struct metadata_task *t, struct buf *b)
{
    switch (t->kind) {
    case LIST_CATALOGS:
        athena_write_list_catalogs(b, NULL, t->next_token, PAGE_ITEMS);
        break;
    case LIST_DATABASES:
        athena_write_list_databases(b, t->catalog, NULL, t->next_token, PAGE_ITEMS);
        break;
    case LIST_TABLES:
        athena_write_list_tables(b, t->catalog, t->database, m->in.table.expression, NULL,
                                 t->next_token, PAGE_ITEMS);
        break;
    case GET_TABLE:
        athena_write_get_table(b, t->catalog, t->database, m->in.table.exact, NULL);
        break;
    }
}

static enum status start_page(struct metadata *m, struct metadata_task *t) RUNS_ON(io_thread);
static enum status start_page(struct metadata *m, struct metadata_task *t)
{
    struct buf body;
    enum status st;

    buf_init(&body, 1 << 20);
    write_request(m, t, &body);
    st = call_start(&t->call, &m->op, m->session, kinds[t->kind].doing, kinds[t->kind].operation,
                    &body, CALL_WAITS_FOR_THROTTLING);
    if (st == ST_ERR) fault_copy(&m->op.fault, &t->call.fault);
    return st;
}

static enum status read_catalogs(struct metadata *m, const struct buf *body, const char **token)
{
    struct athena_catalogs list = {.next_token = ""};
    enum status st =
        athena_parse_catalogs(&list, &m->arena, body->bytes, body->count, &m->op.fault);

    *token = list.next_token;
    for (size_t i = 0; i < list.count && !st; i++) {
        if (!is_meant(&m->in.catalog, list.items[i].name)) continue;
        st = found_catalog(m, list.items[i].name,
                           strcmp(list.items[i].type, "GLUE") ? PARDON_ANY : PARDON_NOTHING);
    }
    return st;
}

static enum status read_databases(struct metadata *m, const struct metadata_task *t,
                                  const struct buf *body, const char **token)
{
    struct athena_databases list = {.next_token = ""};
    enum status st =
        athena_parse_databases(&list, &m->arena, body->bytes, body->count, &m->op.fault);

    *token = list.next_token;
    for (size_t i = 0; i < list.count && !st; i++) {
        if (!is_meant(&m->in.database, list.items[i].name)) continue;
        st = found_database(m, t->catalog, list.items[i].name,
                            t->pardon > PARDON_DENIAL ? t->pardon : PARDON_DENIAL);
    }
    return st;
}

/* A table without its columns, which a long list would keep in vain. */
static const struct athena_table *copy_table(struct metadata *m, const struct athena_table *table)
{
    struct athena_table *copy = arena_alloc(&m->arena, sizeof *copy);

    if (!copy) return NULL;
    copy->name = arena_text(&m->arena, table->name);
    copy->type = arena_text(&m->arena, table->type);
    copy->comment = arena_text(&m->arena, table->comment);
    copy->table_type = arena_text(&m->arena, table->table_type);
    return copy->name && copy->type && copy->comment && copy->table_type ? copy : NULL;
}

static enum status found_table(struct metadata *m, const struct metadata_task *t,
                               const struct athena_table *table)
{
    if (!is_meant(&m->in.table, table->name)) return ST_OK;
    if (m->in.depth < METADATA_COLUMNS) table = copy_table(m, table);
    return table ? add_item(m, t->catalog, t->database, table) : fault_no_memory(&m->op.fault);
}

static enum status read_tables(struct metadata *m, const struct metadata_task *t,
                               const struct buf *body, const char **token)
{
    struct athena_tables list = {.next_token = ""};
    struct arena scratch;
    struct arena *arena = m->in.depth < METADATA_COLUMNS ? &scratch : &m->arena;
    enum status st;

    arena_init(&scratch);
    st = athena_parse_tables(&list, arena, body->bytes, body->count, &m->op.fault);
    for (size_t i = 0; i < list.count && !st; i++) {
        st = found_table(m, t, &list.items[i]);
    }
    *token = arena_text(&m->arena, list.next_token);
    arena_clear(&scratch);
    return *token ? st : fault_no_memory(&m->op.fault);
}

static enum status read_table(struct metadata *m, const struct metadata_task *t,
                              const struct buf *body)
{
    struct athena_table *table = arena_alloc(&m->arena, sizeof *table);

    if (!table) return fault_no_memory(&m->op.fault);
    if (athena_parse_table(table, &m->arena, body->bytes, body->count, &m->op.fault)) return ST_ERR;
    return add_item(m, t->catalog, t->database, table);
}

/* *has_more: the answer names a next page, which may come behind an empty one. */
static enum status finish_page(struct metadata *m, struct metadata_task *t, bool *has_more)
    RUNS_ON(io_thread);
static enum status finish_page(struct metadata *m, struct metadata_task *t, bool *has_more)
{
    const struct buf *body = &t->call.http.body;
    const char *token = "";
    enum status st = ST_OK;

    switch (t->kind) {
    case LIST_CATALOGS:
        st = read_catalogs(m, body, &token);
        break;
    case LIST_DATABASES:
        st = read_databases(m, t, body, &token);
        break;
    case LIST_TABLES:
        st = read_tables(m, t, body, &token);
        break;
    case GET_TABLE:
        st = read_table(m, t, body);
        break;
    }
    call_clear(&t->call);
    free(t->next_token);
    t->next_token = NULL;
    *has_more = !st && *token;
    if (!*has_more) return st;
    t->next_token = strdup(token);
    return t->next_token ? ST_OK : fault_no_memory(&m->op.fault);
}

/* ---- what is refused ----------------------------------------------------------------------- */

/* Glue's errors come embedded in the text of Athena's MetadataException. */
static bool is_absence(const struct aws_error *e)
{
    return strstr(e->code, "NotFound") || strstr(e->message, "EntityNotFound") ||
           ascii_contains(e->message, "not found") || ascii_contains(e->message, "does not exist");
}

static bool is_denial(const struct aws_error *e)
{
    return strstr(e->code, "AccessDenied") || strstr(e->message, "AccessDenied") ||
           strstr(e->message, "not authorized");
}

/* Decides about a task whose call has failed. *goes_on: it asks in another way. */
static enum status forgive(struct metadata *m, struct metadata_task *t, bool *goes_on)
    RUNS_ON(io_thread);
static enum status forgive(struct metadata *m, struct metadata_task *t, bool *goes_on)
{
    const struct aws_error *e = &t->call.error;
    const bool is_answer = e->code && *e->code;

    *goes_on = false;
    if (is_answer && t->kind == GET_TABLE && is_denial(e)) {
        log_info("GetTableMetadata is denied; listing tables instead");
        call_clear(&t->call);
        t->kind = LIST_TABLES;
        *goes_on = true;
        return ST_OK;
    }
    if (is_answer && t->kind != LIST_CATALOGS && is_absence(e)) return ST_OK;
    if (is_answer && (t->pardon == PARDON_ANY || (t->pardon == PARDON_DENIAL && is_denial(e)))) {
        m->out.skipped++;
        fault_set(&m->out.excuse, t->call.fault.state, t->call.fault.native,
                  "%s%s%s is left out: %s", t->catalog, t->database ? "." : "",
                  t->database ? t->database : "", t->call.fault.text);
        return ST_OK;
    }
    fault_copy(&m->op.fault, &t->call.fault);
    return ST_ERR;
}

/* ---- the machines -------------------------------------------------------------------------- */

/* ST_OK: the task is over. */
static enum status task_advance(struct metadata *m, struct metadata_task *t) RUNS_ON(io_thread);
static enum status task_advance(struct metadata *m, struct metadata_task *t)
{
    bool goes_on = true;
    enum status st = ST_OK;

    while (goes_on) {
        if (t->call.step == CALL_IDLE) st = start_page(m, t);
        if (!st) st = call_ready(&t->call);
        if (st == ST_WAIT) return st;
        if (fault_is_set(&m->op.fault)) return ST_ERR;
        st = st ? forgive(m, t, &goes_on) : finish_page(m, t, &goes_on);
        if (st) return st;
    }
    return ST_OK;
}

static void start_waiting(struct metadata *m) RUNS_ON(io_thread);
static void start_waiting(struct metadata *m)
{
    while (m->io.running_count < METADATA_AT_ONCE && !list_is_empty(&m->io.waiting)) {
        list_append(&m->io.running, list_shift(&m->io.waiting));
        m->io.running_count++;
    }
}

/* One round over the running tasks. *has_moved: some are over, so others may start. */
static enum status advance_running(struct metadata *m, bool *has_moved) RUNS_ON(io_thread);
static enum status advance_running(struct metadata *m, bool *has_moved)
{
    struct list *next;

    *has_moved = false;
    for (struct list *link = m->io.running.next; link != &m->io.running; link = next) {
        struct metadata_task *t = container_of(link, struct metadata_task, link);
        enum status st = task_advance(m, t);

        next = link->next;
        if (st == ST_ERR) return st;
        if (st == ST_WAIT) continue;
        end_task(t);
        m->io.running_count--;
        *has_moved = true;
    }
    return ST_OK;
}

static void end_tasks(struct list *tasks) RUNS_ON(io_thread);
static void end_tasks(struct list *tasks)
{
    struct list *link;

    while ((link = list_shift(tasks))) {
        end_task(container_of(link, struct metadata_task, link));
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

static enum status metadata_advance(struct op *op)
{
    struct metadata *m = container_of(op, struct metadata, op);
    bool has_moved = true;
    enum status st;

    engine_assert();
    st = check_cancel(m);
    if (!st && !m->io.is_begun) st = begin(m);
    while (!st && has_moved) {
        start_waiting(m);
        st = advance_running(m, &has_moved);
    }
    if (!st && m->io.running_count) return ST_WAIT;
    if (!st && m->out.skipped && !m->out.count) { /* nothing but refusals */
        fault_copy(&op->fault, &m->out.excuse);
        st = ST_ERR;
    }
    end_tasks(&m->io.running);
    end_tasks(&m->io.waiting);
    m->io.running_count = 0;
    return st;
}

/* ---- beginning and end --------------------------------------------------------------------- */

static void metadata_free(struct op *op)
{
    struct metadata *m = container_of(op, struct metadata, op);

    free(m->out.items);
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
    if (copy_text(m, &m->in.default_catalog) && copy_filter(m, &m->in.catalog) &&
        copy_filter(m, &m->in.database) && copy_filter(m, &m->in.table)) {
        return m;
    }
    op_release(&m->op);
    return NULL;
}
