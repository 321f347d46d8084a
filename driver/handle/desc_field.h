/*
 * Descriptor fields by number: SQLGetDescField, SQLSetDescField, SQLGetDescRec, SQLSetDescRec,
 * SQLCopyDesc, and SQLColAttribute, which reads an IRD. The table of fields with their types and
 * who may read and write them is in desc_field.def.
 *
 * Called between desc_enter() (or stmt_enter()) and leave; diagnostics go where the caller says.
 */
#ifndef ATHENA_HANDLE_DESC_FIELD_H
#define ATHENA_HANDLE_DESC_FIELD_H

#include "handle/desc.h"
#include "handle/text.h"

/*
 * SQL_NO_DATA for a record above SQL_DESC_COUNT; HY091 for a field this kind of descriptor does
 * not have, 07009 for a bad record, HY007 for an IRD before anything is described.
 */
SQLRETURN desc_get_field(struct desc *d, struct diag *diag, SQLSMALLINT record, SQLSMALLINT field,
                         const struct text_room *out);

/*
 * value.units is the field's value itself where that is no text. HY016 for an IRD, HY091 for what
 * cannot be written, HY021, HY024, HY105, 07009, HY001.
 */
SQLRETURN desc_set_field(struct desc *d, struct diag *diag, SQLSMALLINT record, SQLSMALLINT field,
                         struct text value);

/*
 * SQLColAttribute: a field of an IRD by a SQL_DESC_ or (ODBC 2) SQL_COLUMN_ number. Text goes to
 * out, a number to *number (may be NULL). is_odbc2: types by their ODBC 2 codes. 07009 for a column
 * that is not there, HY091 for an unknown field. With an ANSI out, SQL_DESC_DISPLAY_SIZE of text is
 * in bytes of UTF-8.
 */
SQLRETURN desc_column_attribute(struct desc *ird, struct diag *diag, SQLUSMALLINT column,
                                SQLUSMALLINT field, bool is_odbc2, const struct text_room *out,
                                SQLLEN *number);

/* SQLSetDescRec without its handle. */
SQLRETURN desc_set_record(struct desc *d, struct diag *diag, SQLSMALLINT record, SQLSMALLINT type,
                          SQLSMALLINT subtype, SQLLEN length, SQLSMALLINT precision,
                          SQLSMALLINT scale, SQLPOINTER data, SQLLEN *octet_length,
                          SQLLEN *indicator);

/* SQLCopyDesc: all fields but SQL_DESC_ALLOC_TYPE. HY016 when the target is an IRD, HY001. */
SQLRETURN desc_copy(const struct desc *from, struct desc *to, struct diag *diag);

#endif
