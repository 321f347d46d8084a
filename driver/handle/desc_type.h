/*
 * The types of descriptor records: which there are for each kind of descriptor, what setting one
 * brings along, and whether a record's fields go together (ODBC Programmer's Reference,
 * "SQLSetDescField", comments to SQL_DESC_TYPE; "SQLSetDescRec", "Consistency Checks").
 *
 * Plain functions over a record, under its descriptor's lock.
 */
#ifndef ATHENA_HANDLE_DESC_TYPE_H
#define ATHENA_HANDLE_DESC_TYPE_H

#include "handle/desc.h"

/* Sets concise and verbose type, and the fields that ODBC makes follow from a C or SQL type. */
void desc_set_type(struct desc_record *r, SQLSMALLINT concise_type);

/*
 * SQL_DESC_CONCISE_TYPE (ODBC 2's date codes too). False, and nothing done: descriptors of this
 * kind have no such type.
 */
bool desc_set_concise_type(struct desc_record *r, enum desc_kind kind, SQLSMALLINT type);

/*
 * SQL_DESC_TYPE with SQL_DESC_DATETIME_INTERVAL_CODE. Dates and intervals may come with code 0: the
 * type is whole when the code is set too. False, and nothing done, as above.
 */
bool desc_set_verbose_type(struct desc_record *r, enum desc_kind kind, SQLSMALLINT type,
                           SQLSMALLINT code);

/* The consistency check: HY021 when the fields do not go together. */
SQLRETURN desc_check(const struct desc_record *r, enum desc_kind kind, struct diag *diag);

#endif
