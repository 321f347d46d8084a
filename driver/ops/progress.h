/*
 * What is known of a query while it runs, for threads other than its own.
 *
 * The I/O thread puts in what it hears (progress_hear); any thread reads the last of it between
 * progress_enter() and progress_leave(); and the application's callback, if there is one, is called
 * on the I/O thread for each piece of news, with no lock held.
 */
#ifndef ATHENA_OPS_PROGRESS_H
#define ATHENA_OPS_PROGRESS_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

#include <sql.h>
#include <sqlext.h>

#include "athena_odbc.h"
#include "aws/athena_codec.h"
#include "base/thread.h"

struct progress {
    pid_t process; /* that made it: a fork()ed child has a copy, whose lock may be held for ever */
    struct mutex lock;
    struct cond changed;                               /* a call of callback has returned */
    struct athena_execution known UNDER(lock);         /* as last heard; id "" before the first */
    char *texts UNDER(lock);                           /* one block for all of known's strings */
    SQL_ATHENA_PROGRESS_CALLBACK callback UNDER(lock); /* NULL: nobody wants to be told */
    SQLPOINTER context UNDER(lock);
    bool is_telling UNDER(lock);  /* callback is being called ... */
    pthread_t teller UNDER(lock); /* ... on this thread */
};

/* Nothing known: every text "", every number -1. Nobody is told. */
void progress_init(struct progress *p);

/* Frees what is held; nobody uses it any more. */
void progress_clear(struct progress *p);

/* Who is told from now on. Before the query is submitted. */
void progress_tell(struct progress *p, SQL_ATHENA_PROGRESS_CALLBACK callback, SQLPOINTER context);

/* The query has been started: id is known, and nothing else yet. */
void progress_begin(struct progress *p, const char *id) RUNS_ON(io_thread);

/* Copies what is new, if anything is, and calls the callback then. x's strings are borrowed. */
void progress_hear(struct progress *p, const struct athena_execution *x) RUNS_ON(io_thread);

/*
 * Nobody is told any more. Returns when a call that is being made has returned, but at once inside
 * that call itself and in a fork()ed child. Application threads.
 */
void progress_silence(struct progress *p);

/* What is known, to be read until progress_leave(), soon: the I/O thread may be waiting. */
const struct athena_execution *progress_enter(struct progress *p) TAKES_LOCK(p->lock);
void progress_leave(struct progress *p) DROPS_LOCK(p->lock);

#endif
