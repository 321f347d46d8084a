/*
 * The driver-defined numbers of include/athena_odbc.h as an entry point gives them out: for
 * SQLGetStmtAttr and for SQLGetDiagField alike. Under the statement's lock.
 */
#ifndef ATHENA_API_EXECUTION_INFO_H
#define ATHENA_API_EXECUTION_INFO_H

#include <stdbool.h>

#include "handle/stmt.h"
#include "handle/text.h"

/* Whether number is one of them. Any thread. */
bool execution_info_is(SQLINTEGER number);

/* Gives the value; d may be NULL (SQLGetDiagField records nothing). */
SQLRETURN execution_info_give(struct stmt *s, struct diag *d, SQLINTEGER number,
                              const struct text_room *out);

#endif
