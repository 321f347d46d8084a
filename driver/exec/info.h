/*
 * Execution information: what Athena tells about a statement's execution, by the driver-defined
 * numbers of include/athena_odbc.h, for SQLGetStmtAttr and SQLGetDiagField alike.
 *
 * There from the moment Athena has answered, while the execution is pending too, until the
 * statement is executed again or closed. Under the statement's lock.
 */
#ifndef ATHENA_EXEC_INFO_H
#define ATHENA_EXEC_INFO_H

#include <stdbool.h>

#include "handle/diag.h"
#include "handle/stmt.h"
#include "handle/text.h"

/* Whether number is one of them. Any thread. */
bool exec_info_is(SQLINTEGER number);

/*
 * Gives the value: a text, or an SQLBIGINT (-1: not told). Of the execution that is pending it is
 * what was heard last. d may be NULL (SQLGetDiagField records nothing).
 */
SQLRETURN exec_info_give(struct stmt *s, struct diag *d, SQLINTEGER number,
                         const struct text_room *out);

#endif
