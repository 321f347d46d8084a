/*
 * {fn NAME(arguments)}: a call of one of ODBC's scalar functions, written in Athena's words
 * (sql/scalar.def). Plain functions, any thread.
 */
#ifndef ATHENA_SQL_SCALAR_CALL_H
#define ATHENA_SQL_SCALAR_CALL_H

#include "sql/translation.h"

/* r: what stands behind the word fn. 42000 for what is no such function, or not so called. */
enum status scalar_call_emit(struct translation *t, struct range r);

#endif
