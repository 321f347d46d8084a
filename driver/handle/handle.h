/*
 * What the four kinds of handle share: kind, lock, diagnostics. First member of each.
 *
 * Every entry point is bracketed by enter and leave (stmt_enter() in stmt.h and its like): enter
 * checks the handle, locks it, clears the diagnostics and asks the state table; leave records and
 * logs the return code and unlocks.
 */
#ifndef ATHENA_HANDLE_HANDLE_H
#define ATHENA_HANDLE_HANDLE_H

#include <sql.h>

#include "base/log.h"
#include "base/thread.h"
#include "handle/diag.h"

enum handle_kind { /* four letters each, so that a freed or foreign pointer is unlikely to pass */
                   HANDLE_FREED = 0,
                   HANDLE_ENV = 0x41456e76,
                   HANDLE_DBC = 0x41446263,
                   HANDLE_STMT = 0x4153746d,
                   HANDLE_DESC = 0x41446573
};

struct handle {
    enum handle_kind kind;
    SQLUSMALLINT function; /* SQL_API_... of the last function entered, for log and messages */
    struct mutex lock;     /* held by every entry point from enter to leave; not by SQLCancel */
    struct diag diag;
    const struct log_subject *log;   /* whom the lines of its functions are about */
    const struct log_subject *outer; /* whom they were about before enter */
    int64_t entered_ms;
    bool is_logged; /* since enter */
};

/* log: borrowed until handle_clear(); NULL: nobody's. */
void handle_init(struct handle *h, enum handle_kind kind, const struct log_subject *log);

/* Marks the memory as no handle any more and frees lock and diagnostics. */
void handle_clear(struct handle *h);

/* Whether pointer is a handle of that kind. NULL is none. */
static inline bool handle_is(const void *pointer, enum handle_kind kind)
{
    const struct handle *h = pointer;

    return h && h->kind == kind;
}

/*
 * What this thread logs until leave is about h->log. By enter where any log is on, and where the
 * function itself opens one.
 */
void handle_begin_log(struct handle *h);
/* Logs the return code; what follows is about who it was before. */
void handle_end_log(struct handle *h);

/* What all enter and leave have in common; the caller holds the lock. */
static inline void handle_begin(struct handle *h, SQLUSMALLINT function)
{
    diag_clear(&h->diag);
    h->function = function;
    if (log_is_on(LOG_ERROR)) handle_begin_log(h);
}

static inline void handle_end(struct handle *h, SQLRETURN rc)
{
    h->diag.return_code = rc;
    if (h->is_logged) handle_end_log(h);
}

#endif
