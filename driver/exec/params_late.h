/*
 * Data at execution: what SQLPutData has brought, until the statement runs. The states S8 to S10 of
 * ODBC's appendix B. Private to exec/; the entry points use params.h.
 *
 *     S8   begun: params_late_begin() has said SQL_NEED_DATA     no value yet
 *     S9   params_next() has named a parameter                   has_part is false
 *     S10  params_put() has brought a part of it                 has_part is true
 *
 * Of an array the sets are asked for one after the other, each parameter by parameter. The token is
 * the address of the parameter's element in its array, and SQL_ATTR_PARAMS_PROCESSED_PTR is told the
 * number of the set, for applications whose arrays have elements of no size.
 *
 * An error other than HY010 ends it (appendix B: S1 or S2), as SQLCancel does.
 */
#ifndef ATHENA_EXEC_PARAMS_LATE_H
#define ATHENA_EXEC_PARAMS_LATE_H

#include "convert/c2sql.h"
#include "handle/param.h"

/* S8, with a copy of text, for sets of count parameters. SQL_NEED_DATA or SQL_ERROR. */
SQLRETURN params_late_begin(struct stmt *s, const char *text, unsigned count, size_t set_count);

/* The value that has come for a parameter of a set; it stays here. */
SQLRETURN params_late_source(struct stmt *s, size_t set, unsigned number,
                             const struct param_value *value, struct c_source *out);

#endif
