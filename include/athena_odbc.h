/*
 * What the Athena ODBC driver understands beyond ODBC. Include it after sql.h and sqlext.h.
 *
 * Information about an execution: statement attributes, to be read with SQLGetStmtAttr (or
 * SQLGetStmtAttrW) once SQLExecute or SQLExecDirect has ended, however it ended, until the
 * statement is executed again, closed (SQLFreeStmt, SQL_CLOSE) or freed. The same numbers are
 * identifiers for SQLGetDiagField (or SQLGetDiagFieldW) with record 1, where they may be read in
 * addition to what ODBC defines.
 *
 *   text     UTF-8 from ANSI functions, UTF-16 from W functions; "" while Athena has not told
 *   number   SQLBIGINT, 8 bytes; -1 while Athena has not told
 *   time     SQLBIGINT, milliseconds since 1970-01-01T00:00:00Z; -1 while Athena has not told
 *
 *     SQLBIGINT scanned;
 *     SQLGetStmtAttr(stmt, SQL_ATHENA_ATTR_DATA_SCANNED_BYTES, &scanned, SQL_IS_POINTER, NULL);
 *
 * Being told that a statement is ready (ODBC 3.8, Athena's driver on POSIX systems): statement
 * attribute SQL_ATTR_ASYNC_STMT_EVENT takes a file descriptor (an eventfd, the writing end of a
 * pipe, a socket; 0 or -1 for none). The driver duplicates it and writes the 8-byte integer 1 to
 * it, without blocking, when a function that has returned SQL_STILL_EXECUTING has its outcome; call
 * the function again to get it.
 */
#ifndef ATHENA_ODBC_H
#define ATHENA_ODBC_H

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
/* clang-format on */

#endif
