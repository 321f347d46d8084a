/*
 * Reading diagnostics: SQLGetDiagRec and SQLGetDiagField. Neither records anything itself, nor
 * clears what is there.
 *
 * Thread: diag_lock() and diag_unlock() bracket them, for any kind of handle.
 */
#ifndef ATHENA_HANDLE_DIAG_FIELD_H
#define ATHENA_HANDLE_DIAG_FIELD_H

#include "handle/handle.h"
#include "handle/text.h"

/* Checks the handle against the kind that SQL_HANDLE_... names and locks it; NULL: no such. */
struct handle *diag_lock(SQLSMALLINT handle_type, SQLHANDLE pointer);
void diag_unlock(struct handle *h);

/*
 * Record number (1-based): state gets the five characters, text the message with its prefix,
 * either may be without buffer. SQL_NO_DATA behind the last one; SQL_ERROR for a number below 1 or
 * a negative room.
 */
SQLRETURN diag_get_record(struct handle *h, SQLSMALLINT number, const struct text_room *state,
                          SQLINTEGER *native, const struct text_room *text);

/*
 * A header field (number is ignored) or a field of a record. SQL_ERROR for an unknown field,
 * SQL_NO_DATA as above.
 */
SQLRETURN diag_get_field(struct handle *h, SQLSMALLINT number, SQLSMALLINT field,
                         const struct text_room *out);

#endif
