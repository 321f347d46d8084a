/*
 * The statement handle: attributes, its four descriptors, and what exec/ keeps while a query runs
 * and a cursor is open.
 *
 * Thread: everything under the handle's lock, except `running` (see exec/cancel.h) and what the
 * query operation owns while it is pending.
 */
#ifndef ATHENA_HANDLE_STMT_H
#define ATHENA_HANDLE_STMT_H

#include <stdatomic.h>
#include <sql.h>
#include <sqlext.h>

#include "athena_odbc.h"
#include "base/list.h"
#include "convert/sql2c.h"
#include "handle/desc.h"
#include "handle/handle.h"
#include "handle/text.h"
#include "results/rows.h"
#include "sql/escape.h"

struct dbc;
struct query;
struct op;
struct refill;
struct scroll;
struct fetch_plan;
struct catalog_call;
struct notice;
struct event;
struct params;
struct param_sets;

/* The states of the ODBC state tables (appendix B) that a driver has to tell apart. */
enum stmt_state {
    STMT_ALLOCATED, /* S1 */
    STMT_PREPARED,  /* S2, S3 */
    STMT_EXECUTED,  /* S4: no result set */
    STMT_CURSOR     /* S5 to S7: a result set is open */
};

struct stmt_attributes {
    SQLULEN async_enable;
    SQLULEN cursor_type, concurrency, cursor_scrollable, cursor_sensitivity;
    SQLULEN max_length, max_rows;
    SQLULEN metadata_id, noscan, retrieve_data, simulate_cursor, use_bookmarks, keyset_size;
    SQLULEN enable_auto_ipd;
    SQLULEN query_timeout_s;
    SQLULEN rowset_size; /* SQL_ROWSET_SIZE, SQLExtendedFetch's */
    SQLPOINTER fetch_bookmark;
    struct event *event; /* SQL_ATTR_ASYNC_STMT_EVENT, one reference; NULL: none */
    SQLRETURN(SQL_API *callback)(SQLPOINTER context, BOOL is_last); /* attribute 30 */
    SQLPOINTER callback_context;                                    /* attribute 31 */
    SQL_ATHENA_PROGRESS_CALLBACK progress_callback;                 /* athena_odbc.h */
    SQLPOINTER progress_context;
};

struct stmt {
    struct handle base;
    struct dbc *dbc;
    struct log_subject log; /* its query: the last one whose outcome is known */
    struct list link;       /* in dbc->stmts, under the connection's `shared` */
    struct stmt_attributes attr;
    struct desc own_ard, own_apd, own_ird, own_ipd;
    struct desc *ard, *apd, *ird, *ipd; /* in force: own ones, or explicit ones */
    atomic_bool has_explicit_desc;      /* one of them may be the application's */
    bool holds_descs;                   /* the function has taken explicit_descs */
    char *cursor_name; /* NULL: none yet; written under the connection's `shared` */

    enum stmt_state state;
    SQLUSMALLINT pending; /* SQL_API_... of the function that is still executing; 0: none */

    /* exec/ */
    char *sql;           /* prepared text, UTF-8; owned; NULL: none is prepared */
    struct query *probe; /* what the prepared text returns (exec/describe.h); NULL: not asked */
    struct sql_native native;     /* of the text prepared or executed last: Athena's, its markers */
    struct params *params;        /* exec/params.h: data at execution; NULL: none is waited for */
    struct param_sets *sets;      /* exec/param_sets.h: arrays of parameters; NULL: one set */
    atomic_bool needs_data;       /* states S8 to S10; written under the lock */
    struct query *query;          /* the execution, one reference; NULL: none */
    struct rows *rows;            /* open cursor; owned by query or, when own_page_rows, by us */
    const struct column *columns; /* of the result; owned by query or static */
    unsigned column_count;
    bool owns_rows;        /* rows (a catalog result) are freed with the cursor */
    SQLLEN row_count;      /* SQLRowCount: -1 unknown */
    SQLULEN rowset_count;  /* rows of the current rowset, 0 before the first fetch */
    SQLULEN rowset_row;    /* 0-based row in it that SQLGetData reads */
    uint64_t rowset_first; /* 1-based number of its first row */
    bool is_past_end;
    struct fault late_fault;  /* what the next fetch has to report (a failed download, a cancel) */
    unsigned getdata_column;  /* exec/getdata.c: the one read last, from 1; 0: none */
    struct sql2c_part part;   /* how far SQLGetData has come in getdata_column */
    struct sql2c_way *ways;   /* how it converted each column last; owned; NULL: none */
    SQLUSMALLINT *row_status; /* where the status of the rowset's rows stands; NULL: nowhere */
    struct scroll *scroll;    /* exec/scroll.h; NULL: the cursor runs forward only */
    struct refill *refill;    /* the fetch that is pending; NULL: none */
    struct fetch_plan *plan;  /* exec/fetch.c: bindings and row status, memory kept for the next */
    struct catalog_call *catalog; /* exec/catalog.c: the catalog function pending; NULL: none */
    struct notice *notice;        /* exec/notice.h: who is told of the pending end; NULL: nobody */

    /* what SQLCancel reaches without the handle's lock */
    struct mutex running_lock;
    struct op *running UNDER(running_lock); /* borrowed; NULL when nothing can be cancelled */
    atomic_bool is_cursor_given_up;         /* by SQLCancel; see stmt_has_cursor() */
};

/* A statement of d with d's defaults, in its list. NULL: no memory. */
struct stmt *stmt_new(struct dbc *d);

/*
 * Frees a statement that exec_discard() has emptied. Takes the connection's `shared`; the caller
 * holds no lock, and no other thread uses the statement.
 */
void stmt_free(struct stmt *s);

/*
 * Ends a statement that SQLDisconnect found, its lock held: it is no handle any more, but its
 * memory stays until the connection is freed. The driver manager frees no driver statement after a
 * disconnect, and a thread whose blocking call the disconnect has ended still asks the handle for
 * diagnostics.
 */
void stmt_bury(struct stmt *s);

/*
 * Leaves a statement to its fate that SQLDisconnect found locked by a thread that may be no more:
 * it is no handle any more, and its memory is lost.
 */
void stmt_abandon(struct stmt *s);

/* Frees the memory of those; when the connection is freed. */
void stmt_release_buried(struct dbc *d);

/*
 * The bracket of an entry point (handle.h), the state table included. *s is NULL when hstmt was no
 * statement; stmt_leave() takes that too.
 */
SQLRETURN stmt_enter(SQLHSTMT hstmt, SQLUSMALLINT function, struct stmt **s);
SQLRETURN stmt_leave(struct stmt *s, SQLRETURN rc);

/*
 * A statement that uses a descriptor of the application holds those of the connection (handle/dbc.h)
 * from enter to leave, and lets go of them while it waits. Without one these do nothing.
 */
void stmt_take_descs(struct stmt *s);
void stmt_drop_descs(struct stmt *s);

/*
 * Whether a cursor is open in the way of another execution. An SQLCancel that finds nothing to
 * cancel leaves an open cursor as it is (ODBC 3), but unixODBC's manager takes it for
 * SQLFreeStmt(SQL_CLOSE), as ODBC 2 did, and does not let the application close it any more: so
 * the next execution may close it.
 */
bool stmt_has_cursor(const struct stmt *s);

/*
 * SQLSetStmtAttr and SQLGetStmtAttr for what ODBC defines, between enter and leave; they push
 * their diagnostics.
 */
SQLRETURN stmt_set_attribute(struct stmt *s, SQLINTEGER attribute, SQLPOINTER value);
SQLRETURN stmt_get_attribute(struct stmt *s, SQLINTEGER attribute, const struct text_room *out);

/* The cursor's name, made up ("SQL_CUR1") when the application gave none. NULL: no memory. */
const char *stmt_cursor_name(struct stmt *s);

/* SQLSetCursorName: takes name (UTF-8). 34000 for a bad one, 3C000 for one that is in use. */
SQLRETURN stmt_set_cursor_name(struct stmt *s, char *name);

#endif
