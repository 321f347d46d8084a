/*
 * Descriptor fields by number: SQLGetDescField, SQLSetDescField, and SQLColAttribute, which reads
 * an IRD. The table of fields with their types and who may read and write them is in
 * desc_field.def; whole records are in desc_record.h.
 *
 * Called between desc_enter() (or stmt_enter()) and leave; diagnostics go where the caller says.
 */
#ifndef ATHENA_HANDLE_DESC_FIELD_H
#define ATHENA_HANDLE_DESC_FIELD_H

#include "handle/desc.h"
#include "handle/text.h"

/* Whether the field says something of columns: all of a record, and SQL_DESC_COUNT. */
bool desc_field_is_of_columns(SQLSMALLINT field);

/* HY007 for an IRD of a statement that is not even prepared. */
SQLRETURN desc_check_described(const struct desc *d, struct diag *diag);

/*
 * The record that SQLGetDescRec or SQLGetDescField is to read. SQL_NO_DATA for one above
 * SQL_DESC_COUNT; 07009 for a negative one and for one that only bookmarks have, HY007.
 */
SQLRETURN desc_find_readable(const struct desc *d, struct diag *diag, SQLSMALLINT number,
                             const struct desc_record **r);

/*
 * SQL_NO_DATA for a record above SQL_DESC_COUNT; HY091 for a field this kind of descriptor does
 * not have, 07009 for a bad record, HY007 for an IRD before anything is described.
 */
SQLRETURN desc_get_field(struct desc *d, struct diag *diag, SQLSMALLINT record, SQLSMALLINT field,
                         const struct text_room *out);

/*
 * value.units is the field's value itself where that is no text. HY016 for an IRD, HY091 for what
 * cannot be written, HY092 for a value that the field cannot have, HY105 for a parameter type, HY021
 * for a type that this kind of descriptor has not and (SQL_DESC_DATA_PTR) for fields that do not go
 * together, 07009, HY001.
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

#endif
