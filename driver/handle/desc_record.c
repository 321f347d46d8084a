/* Whole records of descriptors. See desc_record.h. */
#include "handle/desc_record.h"

#include "handle/desc_type.h"
#include "handle/stmt.h"

static SQLRETURN no_memory(struct diag *diag)
{
    return diag_push(diag, SQLSTATE_HY001, 0, "no memory for records");
}

/* The bookmark is bound in an ARD: a statement's own one has it when SQLBindCol has it. */
static SQLSMALLINT first_writable(const struct desc *d)
{
    if (d->kind != DESC_ARD) return 1;
    return d->owner && d->owner->attr.use_bookmarks == SQL_UB_OFF;
}

SQLRETURN desc_make_writable(struct desc *d, struct diag *diag, SQLSMALLINT record)
{
    if (record < first_writable(d)) {
        return diag_push(diag, SQLSTATE_07009, 0, "no record %d", record);
    }
    return desc_record(d, record) ? SQL_SUCCESS : no_memory(diag);
}

SQLRETURN desc_set_record(struct desc *d, struct diag *diag, SQLSMALLINT record, SQLSMALLINT type,
                          SQLSMALLINT subtype, SQLLEN length, SQLSMALLINT precision,
                          SQLSMALLINT scale, SQLPOINTER data, SQLLEN *octet_length,
                          SQLLEN *indicator)
{
    struct desc_record *r;
    SQLRETURN rc;

    if (d->kind == DESC_IRD) return diag_push(diag, SQLSTATE_HY016, 0, "an IRD cannot be set");
    rc = desc_make_writable(d, diag, record);
    if (rc) return rc;
    r = &d->records[record];
    r->data_ptr = NULL;
    if (!desc_set_verbose_type(r, d->kind, type, subtype)) {
        return diag_push(diag, SQLSTATE_HY021, 0,
                         "this kind of descriptor has no type %d with subtype %d", type, subtype);
    }
    r->octet_length = length;
    r->precision = precision;
    r->scale = scale;
    rc = desc_check(r, d->kind, diag);
    if (rc || d->kind == DESC_IPD) return rc; /* an IPD has no buffers */
    r->octet_length_ptr = octet_length;
    r->indicator_ptr = indicator;
    desc_set_data(d, record, data);
    return SQL_SUCCESS;
}

/* Texts of an IRD are borrowed from its result, which the copy may outlive; a name is kept. */
static bool copy_record(const struct desc_record *from, struct desc_record *to)
{
    char *own_name = to->own_name;

    *to = *from;
    to->own_name = own_name;
    to->label = to->base_column = to->base_table = to->table = to->schema = to->catalog = "";
    to->type_name = to->literal_prefix = to->literal_suffix = "";
    return desc_set_name(to, from->name);
}

static SQLRETURN check_copy(const struct desc *d, struct diag *diag)
{
    for (SQLSMALLINT i = 1; i <= d->count; i++) {
        SQLRETURN rc = SQL_SUCCESS;

        if (d->records[i].data_ptr) rc = desc_check(&d->records[i], d->kind, diag);
        if (rc) return rc;
    }
    return SQL_SUCCESS;
}

SQLRETURN desc_copy(const struct desc *from, struct desc *to, struct diag *diag)
{
    if (to->kind == DESC_IRD) {
        return diag_push(diag, SQLSTATE_HY016, 0, "an IRD cannot be the target of a copy");
    }
    desc_set_count(to, 0);
    desc_set_count(to, from->count);
    if (to->count != from->count) return no_memory(diag);
    if (from->records && !desc_record(to, 0)) return no_memory(diag); /* the bookmark's */
    for (SQLSMALLINT i = 0; from->records && i <= from->count; i++) {
        if (!copy_record(&from->records[i], &to->records[i])) return no_memory(diag);
        if (to->kind == DESC_IPD) to->records[i].data_ptr = NULL;
    }
    to->array_size = from->array_size;
    to->array_status_ptr = from->array_status_ptr;
    to->bind_offset_ptr = from->bind_offset_ptr;
    to->bind_type = from->bind_type;
    to->rows_processed_ptr = from->rows_processed_ptr;
    return check_copy(to, diag);
}
