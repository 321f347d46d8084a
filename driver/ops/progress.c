/*
 * Progress of a query. See progress.h.
 *
 * The strings of an execution are few and short, so a change of any copies them all into one new
 * block: a statement that only executes is to cost little memory.
 */
#include "ops/progress.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define AT(member) offsetof(struct athena_execution, member)

static const size_t text_members[] = {
    AT(id),
    AT(state_change_reason),
    AT(statement_type),
    AT(substatement_type),
    AT(output_location),
    AT(data_manifest_location),
    AT(workgroup),
    AT(catalog),
    AT(database),
    AT(engine_version),
    AT(encryption_option),
    AT(error_message),
};

enum { TEXTS = sizeof text_members / sizeof *text_members };

static const char **text_at(struct athena_execution *x, size_t i)
{
    return (const char **)(void *)((char *)x + text_members[i]);
}

static const char *text_of(const struct athena_execution *x, size_t i)
{
    const char *text = *(const char *const *)(const void *)((const char *)x + text_members[i]);

    return text ? text : "";
}

static void know_nothing(struct athena_execution *x)
{
    *x = (struct athena_execution){
        .state = ATHENA_STATE_UNKNOWN,
        .data_scanned_bytes = -1,
        .engine_ms = -1,
        .total_ms = -1,
        .queue_ms = -1,
        .planning_ms = -1,
        .preprocessing_ms = -1,
        .service_ms = -1,
        .dpu_count = -1,
    };
    for (size_t i = 0; i < TEXTS; i++)
        *text_at(x, i) = "";
}

static bool is_ours(const struct progress *p)
{
    return p->process == getpid();
}

void progress_init(struct progress *p)
{
    p->process = getpid();
    mutex_init(&p->lock);
    cond_init(&p->changed);
    know_nothing(&p->known);
    p->texts = NULL;
    p->callback = NULL;
    p->context = NULL;
    p->is_telling = false;
}

void progress_clear(struct progress *p)
{
    free(p->texts);
    if (!is_ours(p)) return; /* its waiters would be waited for */
    cond_clear(&p->changed);
    mutex_clear(&p->lock);
}

void progress_tell(struct progress *p, SQL_ATHENA_PROGRESS_CALLBACK callback, SQLPOINTER context)
{
    mutex_lock(&p->lock);
    p->callback = callback;
    p->context = context;
    mutex_unlock(&p->lock);
}

/* ---- hearing ------------------------------------------------------------------------------ */

static bool has_same_numbers(const struct athena_execution *a, const struct athena_execution *b)
{
    return a->state == b->state && a->data_scanned_bytes == b->data_scanned_bytes &&
           a->engine_ms == b->engine_ms && a->queue_ms == b->queue_ms &&
           a->planning_ms == b->planning_ms && a->service_ms == b->service_ms &&
           a->total_ms == b->total_ms && !(a->submitted_at_s < b->submitted_at_s) &&
           !(a->completed_at_s < b->completed_at_s);
}

static bool has_same_texts(const struct athena_execution *a, const struct athena_execution *b)
{
    for (size_t i = 0; i < TEXTS; i++) {
        if (strcmp(text_of(a, i), text_of(b, i)) != 0) return false;
    }
    return true;
}

/* All strings of x behind each other; NULL: no memory. */
static char *copy_texts(const struct athena_execution *x)
{
    size_t count = 0;
    char *texts, *end;

    for (size_t i = 0; i < TEXTS; i++)
        count += strlen(text_of(x, i)) + 1;
    texts = end = malloc(count);
    for (size_t i = 0; texts && i < TEXTS; i++) {
        const size_t bytes = strlen(text_of(x, i)) + 1;

        memcpy(end, text_of(x, i), bytes);
        end += bytes;
    }
    return texts;
}

/* known becomes x. Without memory for new strings the old ones stay. */
static void keep_locked(struct progress *p, const struct athena_execution *x)
{
    const bool is_copying = !has_same_texts(&p->known, x);
    char *texts = is_copying ? copy_texts(x) : NULL;
    struct athena_execution old = p->known;
    const char *next = texts;

    if (is_copying && !texts) log_warn("progress of query %s: no memory for its texts", x->id);
    p->known = *x;
    for (size_t i = 0; i < TEXTS; i++) {
        *text_at(&p->known, i) = texts ? next : text_of(&old, i);
        if (texts) next += strlen(next) + 1;
    }
    if (!texts) return;
    free(p->texts);
    p->texts = texts;
}

static SQLBIGINT milliseconds(double seconds)
{
    return seconds > 0 ? (SQLBIGINT)(seconds * 1000 + 0.5) : -1;
}

static void call_back(SQL_ATHENA_PROGRESS_CALLBACK callback, SQLPOINTER context,
                      const struct athena_execution *x)
{
    const struct athena_progress progress = {
        .struct_bytes = sizeof progress,
        .query_execution_id = x->id,
        .state = x->state == ATHENA_STATE_UNKNOWN ? "" : athena_state_name(x->state),
        .state_change_reason = x->state_change_reason,
        .submission_time = milliseconds(x->submitted_at_s),
        .completion_time = milliseconds(x->completed_at_s),
        .data_scanned_bytes = x->data_scanned_bytes,
        .engine_execution_ms = x->engine_ms,
        .queue_ms = x->queue_ms,
        .planning_ms = x->planning_ms,
        .service_processing_ms = x->service_ms,
        .total_execution_ms = x->total_ms,
    };

    callback(context, &progress);
}

void progress_hear(struct progress *p, const struct athena_execution *x)
{
    SQL_ATHENA_PROGRESS_CALLBACK callback = NULL;
    SQLPOINTER context;
    bool is_news;

    mutex_lock(&p->lock);
    is_news = !has_same_numbers(&p->known, x) || !has_same_texts(&p->known, x);
    if (is_news) keep_locked(p, x);
    if (is_news) callback = p->callback;
    context = p->context;
    p->is_telling = callback != NULL;
    p->teller = pthread_self();
    mutex_unlock(&p->lock);
    if (!callback) return;

    call_back(callback, context, x);
    mutex_lock(&p->lock);
    p->is_telling = false;
    cond_broadcast(&p->changed);
    mutex_unlock(&p->lock);
}

void progress_begin(struct progress *p, const char *id)
{
    struct athena_execution begun;

    know_nothing(&begun);
    begun.id = id;
    progress_hear(p, &begun);
}

void progress_silence(struct progress *p)
{
    if (!is_ours(p)) return;
    mutex_lock(&p->lock);
    p->callback = NULL;
    while (p->is_telling && !pthread_equal(p->teller, pthread_self())) {
        cond_wait(&p->changed, &p->lock, CLOCK_NEVER);
    }
    mutex_unlock(&p->lock);
}

/* ---- reading ------------------------------------------------------------------------------ */

NO_THREAD_CHECK const struct athena_execution *progress_enter(struct progress *p)
{
    mutex_lock(&p->lock);
    return &p->known;
}

NO_THREAD_CHECK void progress_leave(struct progress *p)
{
    mutex_unlock(&p->lock);
}
