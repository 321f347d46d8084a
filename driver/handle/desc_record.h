/*
 * Whole records of descriptors: SQLSetDescRec, SQLCopyDesc, and the record that is to be written.
 *
 * Called between desc_enter() and desc_leave(); diagnostics go where the caller says.
 */
#ifndef ATHENA_HANDLE_DESC_RECORD_H
#define ATHENA_HANDLE_DESC_RECORD_H

#include "handle/desc.h"

/* Makes the record if it is not there yet. 07009 for one that cannot be written, HY001. */
SQLRETURN desc_make_writable(struct desc *d, struct diag *diag, SQLSMALLINT record);

/* SQLSetDescRec without its handle. */
SQLRETURN desc_set_record(struct desc *d, struct diag *diag, SQLSMALLINT record, SQLSMALLINT type,
                          SQLSMALLINT subtype, SQLLEN length, SQLSMALLINT precision,
                          SQLSMALLINT scale, SQLPOINTER data, SQLLEN *octet_length,
                          SQLLEN *indicator);

/*
 * SQLCopyDesc: all fields but SQL_DESC_ALLOC_TYPE and the texts of columns other than their names.
 * HY016 when the target is an IRD, HY021 when what is bound is not consistent there, HY001.
 */
SQLRETURN desc_copy(const struct desc *from, struct desc *to, struct diag *diag);

#endif
