/*
 * Data at execution: what SQLPutData has brought, until the statement runs. The states S8 to S10 of
 * ODBC's appendix B. Private to exec/; the entry points use params.h.
 *
 *     S8   begun: params_late_begin() has said SQL_NEED_DATA     current is 0
 *     S9   params_next() has named a parameter                   has_part is false
 *     S10  params_put() has brought a part of it                 has_part is true
 *
 * An error other than HY010 ends it (appendix B: S1 or S2), as SQLCancel does.
 */
#ifndef ATHENA_EXEC_PARAMS_LATE_H
#define ATHENA_EXEC_PARAMS_LATE_H

#include "convert/c2sql.h"
#include "handle/param.h"

/* S8, with a copy of text. SQL_NEED_DATA or SQL_ERROR. */
SQLRETURN params_late_begin(struct stmt *s, const char *text, unsigned count);

/* The value that has come for a parameter; it stays here. */
SQLRETURN params_late_source(struct stmt *s, unsigned number, const struct param_value *value,
                             struct c_source *out);

#endif
