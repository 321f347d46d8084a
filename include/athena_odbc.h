/*
 * What the Athena ODBC driver understands beyond ODBC.
 *
 * Information about an execution: statement attributes, to be read with SQLGetStmtAttr (or
 * SQLGetStmtAttrW) once SQLExecute or SQLExecDirect has ended, however it ended, until the
 * statement is executed again, closed (SQLFreeStmt, SQL_CLOSE) or freed. The same numbers are
 * identifiers for SQLGetDiagField (or SQLGetDiagFieldW) with record 1, where they may be read in
 * addition to what ODBC defines. Of a statement that is still executing they are what Athena has
 * told last: unixODBC refuses SQLGetStmtAttr and SQLGetDiagFieldW then and lets SQLGetDiagField
 * through, to be called with SQL_IS_POINTER as length for numbers. Any record number from 1 does, so
 * take a great one (1000): the first belong to the manager when it has refused a call.
 *
 *   text     UTF-8 from ANSI functions, UTF-16 from W functions; "" while Athena has not told.
 *            unixODBC: W functions after SQLDriverConnectW, else they hand out UTF-8 too
 *   number   SQLBIGINT, 8 bytes; -1 while Athena has not told
 *   time     SQLBIGINT, milliseconds since 1970-01-01T00:00:00Z; -1 while Athena has not told
 *
 *     SQLBIGINT scanned;
 *     SQLGetStmtAttr(stmt, SQL_ATHENA_ATTR_DATA_SCANNED_BYTES, &scanned, SQL_IS_POINTER, NULL);
 *
 * Being told how a query gets on: SQL_ATHENA_ATTR_PROGRESS_CALLBACK and _CONTEXT, attributes of a
 * statement, or of a connection for the statements that are allocated on it afterwards. They count
 * for executions that begin later. The callback is called when the query's id is known and whenever
 * Athena has told of another state or other figures, the final ones included; in synchronous
 * executions too. After the function that executes has returned its outcome, and after SQLFreeStmt,
 * SQLFreeHandle or SQLDisconnect have returned, it is not called any more.
 *
 * It is called on the driver's own thread, which does the work of every statement of the process:
 * it should be quick, must not wait for anything, and of ODBC it may call SQLCancel alone. The
 * driver holds no lock while it calls.
 *
 * Being told that a statement is ready (ODBC 3.8, Athena's driver on POSIX systems): statement
 * attribute SQL_ATTR_ASYNC_STMT_EVENT takes a file descriptor (an eventfd, the writing end of a
 * pipe, a socket; 0 or -1 for none). The driver duplicates it and writes the 8-byte integer 1 to
 * it, without blocking, when a function that has returned SQL_STILL_EXECUTING has its outcome; call
 * the function again to get it. Set on a connection it is the default of the statements that are
 * allocated on it afterwards, which then share the one duplicate. The same goes for the callback of
 * attributes SQL_ATTR_ASYNC_STMT_NOTIFICATION_CALLBACK and _CONTEXT.
 */
#ifndef ATHENA_ODBC_H
#define ATHENA_ODBC_H

#include <sql.h>
#include <sqlext.h>

/* clang-format off */
#define SQL_ATHENA_ATTR_QUERY_EXECUTION_ID     0x4000 /* text: the id in Athena's console */
#define SQL_ATHENA_ATTR_STATE                  0x4001 /* text: QUEUED, RUNNING, SUCCEEDED, FAILED,
                                                         CANCELLED */
#define SQL_ATHENA_ATTR_STATE_CHANGE_REASON    0x4002 /* text: why it failed, in Athena's words */
#define SQL_ATHENA_ATTR_SUBMISSION_TIME        0x4003 /* time */
#define SQL_ATHENA_ATTR_COMPLETION_TIME        0x4004 /* time */
#define SQL_ATHENA_ATTR_DATA_SCANNED_BYTES     0x4005 /* number: what Athena bills */
#define SQL_ATHENA_ATTR_ENGINE_EXECUTION_MS    0x4006 /* number, milliseconds */
#define SQL_ATHENA_ATTR_QUEUE_MS               0x4007 /* number, milliseconds in the queue */
#define SQL_ATHENA_ATTR_PLANNING_MS            0x4008 /* number, milliseconds of planning */
#define SQL_ATHENA_ATTR_SERVICE_PROCESSING_MS  0x4009 /* number, milliseconds of publishing */
#define SQL_ATHENA_ATTR_TOTAL_EXECUTION_MS     0x400a /* number, milliseconds in all */
#define SQL_ATHENA_ATTR_OUTPUT_LOCATION        0x400b /* text: s3:// of the result object */
#define SQL_ATHENA_ATTR_DATA_MANIFEST_LOCATION 0x400c /* text: s3:// of the list of files written */
#define SQL_ATHENA_ATTR_STATEMENT_TYPE         0x400d /* text: DDL, DML, UTILITY */
#define SQL_ATHENA_ATTR_SUBSTATEMENT_TYPE      0x400e /* text: SELECT, INSERT, CREATE_TABLE ... */
#define SQL_ATHENA_ATTR_WORKGROUP              0x400f /* text */
#define SQL_ATHENA_ATTR_CATALOG                0x4010 /* text: what unqualified names meant */
#define SQL_ATHENA_ATTR_DATABASE               0x4011 /* text */
#define SQL_ATHENA_ATTR_ENGINE_VERSION         0x4012 /* text: "Athena engine version 3" */
#define SQL_ATHENA_ATTR_RESULT_REUSED          0x4013 /* number: 1 when an earlier result came back */
#define SQL_ATHENA_ATTR_ERROR_CATEGORY         0x4014 /* number: 1 system, 2 user, 3 other */
#define SQL_ATHENA_ATTR_ERROR_TYPE             0x4015 /* number: Athena's error type */
#define SQL_ATHENA_ATTR_ERROR_RETRYABLE        0x4016 /* number: 1 when trying again may help */

#define SQL_ATHENA_ATTR_PROGRESS_CALLBACK      0x4040 /* SQL_ATHENA_PROGRESS_CALLBACK or NULL */
#define SQL_ATHENA_ATTR_PROGRESS_CONTEXT       0x4041 /* SQLPOINTER: its first argument */
/* clang-format on */

/*
 * What a progress callback is told. Texts and times as above: UTF-8, "" or -1 while Athena has not
 * told. Texts end with the call. Members may be added at the end: struct_bytes says how many there
 * are, so ask for `progress->struct_bytes >= offsetof(struct athena_progress, member) + 8` before
 * reading one that is newer than the oldest driver you want to run with.
 */
struct athena_progress {
    SQLULEN struct_bytes;
    const char *query_execution_id;
    const char *state; /* "" at first: the query has been started, and nothing else is known */
    const char *state_change_reason;
    SQLBIGINT submission_time;
    SQLBIGINT completion_time;
    SQLBIGINT data_scanned_bytes;
    SQLBIGINT engine_execution_ms;
    SQLBIGINT queue_ms;
    SQLBIGINT planning_ms;
    SQLBIGINT service_processing_ms;
    SQLBIGINT total_execution_ms;
};

typedef void(SQL_API *SQL_ATHENA_PROGRESS_CALLBACK)(SQLPOINTER context,
                                                    const struct athena_progress *progress);

#endif
