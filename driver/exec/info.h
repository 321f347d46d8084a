/*
 * Execution information: what Athena tells about a statement's execution, by the driver-defined
 * attribute numbers of include/athena_odbc.h.
 *
 * There from the end of SQLExecute or SQLExecDirect, failed ones too, until the statement is
 * executed again or closed. Under the statement's lock.
 */
#ifndef ATHENA_EXEC_INFO_H
#define ATHENA_EXEC_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "handle/stmt.h"

enum exec_info_kind { EXEC_INFO_NONE, EXEC_INFO_TEXT, EXEC_INFO_NUMBER };

/* Whether an attribute number is one of these, and what it gives. Any thread. */
enum exec_info_kind exec_info_kind(SQLINTEGER attribute);

/*
 * The text of an attribute of kind EXEC_INFO_TEXT: UTF-8, borrowed until the query ends, "" when
 * there is nothing to tell. False for any other attribute.
 */
bool exec_info_text(struct stmt *s, SQLINTEGER attribute, const char **text);

/*
 * The same for EXEC_INFO_NUMBER: bytes, milliseconds, milliseconds since 1970, or 0 and 1 for a
 * flag; -1 when Athena has not told.
 */
bool exec_info_number(struct stmt *s, SQLINTEGER attribute, int64_t *number);

#endif
