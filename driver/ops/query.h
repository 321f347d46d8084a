/*
 * A query's life: started, watched until it is over, its columns and first row fetched.
 *
 * The operation is done when the application can be told the outcome of SQLExecDirect: either the
 * columns and the first row, or its absence, are in hand (so nothing that follows needs the
 * network unless more rows are wanted), or op.fault says what went wrong.
 *
 * A query is started at most once: one ClientRequestToken, kept across retries. A query that nobody
 * will read is stopped (StopQueryExecution, in the background): cancel, time-out, release while it
 * runs.
 */
#ifndef ATHENA_OPS_QUERY_H
#define ATHENA_OPS_QUERY_H

#include <stdatomic.h>

#include "aws/athena_codec.h"
#include "base/arena.h"
#include "engine/op.h"
#include "ops/call.h"
#include "ops/progress.h"
#include "ops/session.h"
#include "ops/watcher.h"
#include "results/rows.h"

struct download;
struct page_reader;

enum query_step {
    QUERY_START,
    QUERY_WATCH,
    QUERY_HOLD,
    QUERY_DESCRIBE,
    QUERY_FIRST_ROW,
    QUERY_END
};

struct query {
    struct op op;
    struct session *session;

    struct { /* written before op_submit(), then read-only */
        char *sql;
        char *catalog, *schema;
        char token[40];
        const char *const *parameters; /* SQL literals for `?`; NULL: none */
        size_t parameter_count;
        bool is_fresh;   /* it wants no result that was kept (ReuseResults) */
        unsigned shares; /* results that share the memory a statement may have; 1: it is alone */
    } in;

    struct {
        enum query_step step;
        struct op *parent;   /* woken when it is held and when it is over; NULL: nobody */
        struct call *call;   /* START and DESCRIBE; NULL while nothing is asked */
        bool is_by_file;     /* that call reads the file with the columns */
        bool is_file_denied; /* the result's file may not be read: the API is used */
        unsigned page_rows;  /* asked for in the first page; 0: not yet */
        struct watched watch;
        enum athena_state state;  /* as it was heard last */
        bool is_over;             /* Athena has ended it: there is nothing to stop */
        bool may_change_catalogs; /* DDL and the like: ops/catalog_cache.h forgets */
        struct page *first_page;  /* kept until the file has shown that it can be read */
        char *next_token;
    } io;

    struct {         /* readable by the application after the operation is done */
        char id[64]; /* QueryExecutionId; "" when it was never started */
        const struct athena_execution *execution; /* NULL when nothing was heard */
        struct column *columns;
        unsigned column_count;
        struct rows *rows;    /* NULL: no result set */
        int64_t update_count; /* rows written; -1: unknown or none */
    } out;

    atomic_bool is_held;      /* any thread */
    struct progress progress; /* what is known so far: any thread, while it runs and after */
    struct arena arena;       /* holds in.* and out.* strings */
    struct download *download;
    struct page_reader *pages;
};

/*
 * A query that is ready to be submitted (op_submit(&q->op)); the caller's reference ends with
 * query_release(). Copies the texts. parameters: SQL literals for `?`, NULL-terminated, or NULL.
 * NULL when memory has run out.
 */
struct query *query_new(struct session *s, const char *sql, const char *catalog, const char *schema,
                        const char *const *parameters);

/*
 * Queries of which many run together (ops/batch.h). Before op_submit(): the query will stop when
 * Athena has run it, before anything of its result is fetched, until query_let_go(), which any thread
 * may call. Its result takes one of so many shares of the memory that a statement may have.
 */
void query_hold(struct query *q, unsigned shares);
void query_let_go(struct query *q);

/*
 * The same once more, of one that has failed: held, ready to be submitted, and the caller's. It tells
 * no progress. NULL: no memory.
 */
struct query *query_again(const struct query *q);

/* Who is woken when the query is held and when it is over. NULL: nobody. */
void query_set_parent(struct query *q, struct op *parent) RUNS_ON(io_thread);

/* Athena has run it, with success; it is held, or was. */
bool query_has_run(const struct query *q) RUNS_ON(io_thread);

/* Of one that has run: its answer is a count, and there are no rows to fetch. */
bool query_is_writing(const struct query *q) RUNS_ON(io_thread);

/*
 * The application is done with it: stops it when it still runs, ends its transfers, frees its rows
 * once nothing uses them. The progress callback is not called any more when this returns, which is
 * the only thing it may wait for: a call of it that is being made. NULL is allowed.
 */
void query_release(struct query *q);

/* op is woken whenever rows may have arrived, until replaced (NULL: nobody). */
void query_set_reader(struct query *q, struct op *reader) RUNS_ON(io_thread);

#endif
