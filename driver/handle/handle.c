/* The head of every handle. See handle.h. */
#include "handle/handle.h"

#include <stddef.h>

#include "base/log.h"
#include "handle/function.h"

void handle_init(struct handle *h, enum handle_kind kind)
{
    mutex_init(&h->lock);
    diag_init(&h->diag);
    h->function = 0;
    h->kind = kind;
}

void handle_clear(struct handle *h)
{
    h->kind = HANDLE_FREED;
    diag_clear(&h->diag);
    mutex_clear(&h->lock);
}

SQLRETURN handle_end(struct handle *h, SQLRETURN rc)
{
    h->diag.return_code = rc;
    log_debug("%s(%p): %s", function_name(h->function), (void *)h, function_return_name(rc));
    return rc;
}
