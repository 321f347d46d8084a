/* The head of every handle. See handle.h. */
#include "handle/handle.h"

#include <stddef.h>

#include "base/clock.h"
#include "handle/function.h"

void handle_init(struct handle *h, enum handle_kind kind, const struct log_subject *log)
{
    mutex_init(&h->lock);
    diag_init(&h->diag);
    h->function = 0;
    h->kind = kind;
    h->log = log;
    h->outer = NULL;
    h->is_logged = false;
}

void handle_clear(struct handle *h)
{
    h->kind = HANDLE_FREED;
    diag_clear(&h->diag);
    mutex_clear(&h->lock);
}

void handle_begin_log(struct handle *h)
{
    if (h->is_logged) return;
    h->is_logged = true;
    h->outer = log_about(h->log);
    h->entered_ms = clock_now_ms();
}

void handle_end_log(struct handle *h)
{
    log_as(LOG_TRACE, "api", "%s(%p): %s, %lld ms", function_name(h->function), (void *)h,
           function_return_name(h->diag.return_code), (long long)(clock_now_ms() - h->entered_ms));
    h->is_logged = false;
    log_about(h->outer);
}
