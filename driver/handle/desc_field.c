/*
 * Descriptor fields by number. See desc_field.h.
 *
 * A field is found in the table; reading copies it out in its own size, writing checks what the
 * field means (set_... below) and copies it in. SQLColAttribute reads the same table and widens.
 */
#include "handle/desc_field.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "convert/sqltype.h"
#include "handle/desc_record.h"
#include "handle/desc_type.h"
#include "handle/stmt.h"

enum scope { HEADER, RECORD };
enum field_type { SMALL, INT, LEN, WIDE, TEXT };
enum { A = 1, R = 2, P = 4 }; /* kinds of descriptor, as in desc_field.def */

struct field {
    SQLSMALLINT id;
    const char *name;
    enum scope scope;
    enum field_type type;
    bool is_constant;
    size_t offset; /* in struct desc or struct desc_record; or the constant */
    unsigned readable, writable;
};

#define SCOPE_STRUCT_HEADER struct desc
#define SCOPE_STRUCT_RECORD struct desc_record
#define FIELD(id, scope, type, member, read, write) \
    {id, #id, scope, type, false, offsetof(SCOPE_STRUCT_##scope, member), read, write},
#define CONSTANT(id, scope, type, number, read) {id, #id, scope, type, true, number, read, 0},
static const struct field fields[] = {
#include "handle/desc_field.def"
};
#undef FIELD
#undef CONSTANT

/* ODBC 2's SQLColAttributes numbers that are not also a descriptor field's. */
static const struct {
    SQLUSMALLINT id;
    SQLSMALLINT field;
} odbc2_fields[] = {
    {SQL_COLUMN_COUNT, SQL_DESC_COUNT},
    {SQL_COLUMN_NAME, SQL_DESC_NAME},
    {SQL_COLUMN_LENGTH, SQL_DESC_OCTET_LENGTH},
    {SQL_COLUMN_NULLABLE, SQL_DESC_NULLABLE},
};

static const struct field *find_field(SQLSMALLINT id)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (fields[i].id == id) return &fields[i];
    }
    return NULL;
}

static unsigned kind_bit(const struct desc *d)
{
    switch (d->kind) {
    case DESC_IRD:
        return R;
    case DESC_IPD:
        return P;
    case DESC_ARD:
    case DESC_APD:
        break;
    }
    return A;
}

static size_t size_of(enum field_type type)
{
    switch (type) {
    case SMALL:
        return sizeof(SQLSMALLINT);
    case INT:
    case WIDE:
        return sizeof(SQLINTEGER);
    case LEN:
    case TEXT:
        break;
    }
    return sizeof(SQLLEN);
}

static int64_t number_at(const struct field *f, const void *base)
{
    const void *place = (const char *)base + f->offset;

    if (f->is_constant) return (int64_t)f->offset;
    switch (f->type) {
    case SMALL:
        return *(const SQLSMALLINT *)place;
    case INT:
        return *(const SQLINTEGER *)place;
    case WIDE:
    case LEN:
        return *(const SQLLEN *)place;
    case TEXT:
        break;
    }
    return 0;
}

static const char *text_at(const struct field *f, const void *base)
{
    return *(const char *const *)(const void *)((const char *)base + f->offset);
}

static SQLRETURN give_number(const struct text_room *out, const struct field *f, int64_t number)
{
    SQLSMALLINT small = (SQLSMALLINT)number;
    SQLINTEGER integer = (SQLINTEGER)number;
    SQLLEN length = (SQLLEN)number;
    const void *value = &length;

    if (f->type == SMALL) value = &small;
    if (f->type == INT || f->type == WIDE) value = &integer;
    return text_give_value(out, value, size_of(f->type));
}

static SQLRETURN no_such_field(struct diag *diag, SQLSMALLINT id, const char *what)
{
    return diag_push(diag, SQLSTATE_HY091, 0, "descriptor field %d %s", id, what);
}

bool desc_field_is_of_columns(SQLSMALLINT field)
{
    const struct field *f = find_field(field);

    return field == SQL_DESC_COUNT || (f && f->scope == RECORD);
}

SQLRETURN desc_check_described(const struct desc *d, struct diag *diag)
{
    if (d->kind != DESC_IRD || !d->owner || d->owner->state != STMT_ALLOCATED) return SQL_SUCCESS;
    return diag_push(diag, SQLSTATE_HY007, 0, "the statement is not prepared");
}

/* Record 0 is the bookmark column: parameters have none, results when it was asked for. */
static SQLSMALLINT first_record(const struct desc *d)
{
    if (d->kind == DESC_IPD) return 1;
    return d->kind == DESC_IRD && d->owner && d->owner->attr.use_bookmarks == SQL_UB_OFF;
}

SQLRETURN desc_find_readable(const struct desc *d, struct diag *diag, SQLSMALLINT number,
                             const struct desc_record **r)
{
    SQLRETURN rc = desc_check_described(d, diag);

    if (rc) return rc;
    if (number < first_record(d)) {
        return diag_push(diag, SQLSTATE_07009, 0, "no record %d", number);
    }
    *r = desc_find_record(d, number);
    return *r ? SQL_SUCCESS : SQL_NO_DATA;
}

SQLRETURN desc_get_field(struct desc *d, struct diag *diag, SQLSMALLINT record, SQLSMALLINT field,
                         const struct text_room *out)
{
    const struct field *f = find_field(field);
    const struct desc_record *r = NULL;
    const void *base = d;
    SQLRETURN rc;

    if (!f) return no_such_field(diag, field, "does not exist");
    if (!(f->readable & kind_bit(d))) {
        return no_such_field(diag, field, "is not of this kind of descriptor");
    }
    if (f->scope == RECORD) {
        rc = desc_find_readable(d, diag, record, &r);
        if (rc || !r) return rc;
        base = r;
    }
    if (field == SQL_DESC_ALLOC_TYPE && d->is_explicit) {
        return give_number(out, f, SQL_DESC_ALLOC_USER);
    }
    if (f->type == TEXT) return text_give(diag, out, text_at(f, base));
    return give_number(out, f, number_at(f, base));
}

static void write_number(const struct field *f, void *base, int64_t number)
{
    void *place = (char *)base + f->offset;

    switch (f->type) {
    case SMALL:
        *(SQLSMALLINT *)place = (SQLSMALLINT)number;
        break;
    case INT:
        *(SQLINTEGER *)place = (SQLINTEGER)number;
        break;
    case WIDE:
    case LEN:
        *(SQLLEN *)place = (SQLLEN)number;
        break;
    case TEXT:
        break;
    }
}

static SQLRETURN bad_value(struct diag *diag, const struct field *f, int64_t number)
{
    return diag_push(diag, SQLSTATE_HY092, 0, "%s cannot be %lld", f->name, (long long)number);
}

static SQLRETURN no_memory(struct diag *diag)
{
    return diag_push(diag, SQLSTATE_HY001, 0, "no memory for records");
}

static SQLRETURN set_count(struct desc *d, struct diag *diag, SQLSMALLINT count)
{
    if (count < 0) return diag_push(diag, SQLSTATE_07009, 0, "SQL_DESC_COUNT cannot be negative");
    desc_set_count(d, count);
    return d->count == count ? SQL_SUCCESS : no_memory(diag);
}

static SQLRETURN set_header_field(struct desc *d, struct diag *diag, const struct field *f,
                                  int64_t number)
{
    if (f->id == SQL_DESC_COUNT) return set_count(d, diag, (SQLSMALLINT)number);
    if (f->id == SQL_DESC_ARRAY_SIZE && number < 1) return bad_value(diag, f, number);
    write_number(f, d, number);
    return SQL_SUCCESS;
}

/*
 * "Setting SQL_DESC_DATA_PTR ... in the IPD is done to force a consistency check": it is kept only
 * where there are buffers.
 */
static SQLRETURN set_data(struct desc *d, struct diag *diag, SQLSMALLINT number, SQLPOINTER data)
{
    SQLRETURN rc = data ? desc_check(&d->records[number], d->kind, diag) : SQL_SUCCESS;

    if (!rc && d->kind != DESC_IPD) desc_set_data(d, number, data);
    return rc;
}

static bool is_parameter_type(SQLSMALLINT type)
{
    switch (type) {
    case SQL_PARAM_INPUT:
    case SQL_PARAM_OUTPUT:
    case SQL_PARAM_INPUT_OUTPUT:
    case SQL_PARAM_OUTPUT_STREAM:
    case SQL_PARAM_INPUT_OUTPUT_STREAM:
        return true;
    default:
        return false;
    }
}

static SQLRETURN set_type(struct desc *d, struct diag *diag, struct desc_record *r,
                          const struct field *f, SQLSMALLINT value)
{
    bool is_set;

    if (f->id == SQL_DESC_CONCISE_TYPE) {
        is_set = desc_set_concise_type(r, d->kind, value);
    } else if (f->id == SQL_DESC_TYPE) {
        is_set = desc_set_verbose_type(r, d->kind, value, 0);
    } else {
        is_set = desc_set_verbose_type(r, d->kind, r->type, value);
    }
    if (is_set) return SQL_SUCCESS;
    return diag_push(diag, SQLSTATE_HY021, 0, "%s: this kind of descriptor has no type %d", f->name,
                     value);
}

static SQLRETURN set_record_field(struct desc *d, struct diag *diag, SQLSMALLINT record,
                                  const struct field *f, int64_t value)
{
    struct desc_record *r = &d->records[record];

    switch (f->id) {
    case SQL_DESC_DATA_PTR:
        r->data_ptr = NULL;
        return set_data(d, diag, record, (SQLPOINTER)(intptr_t)value);
    case SQL_DESC_INDICATOR_PTR:
    case SQL_DESC_OCTET_LENGTH_PTR:
        break;
    default:
        r->data_ptr = NULL; /* what changes a binding ends it, the three pointers excepted */
        break;
    }
    switch (f->id) {
    case SQL_DESC_CONCISE_TYPE:
    case SQL_DESC_TYPE:
    case SQL_DESC_DATETIME_INTERVAL_CODE:
        return set_type(d, diag, r, f, (SQLSMALLINT)value);
    case SQL_DESC_PARAMETER_TYPE:
        if (is_parameter_type((SQLSMALLINT)value)) break;
        return diag_push(diag, SQLSTATE_HY105, 0, "%d is no parameter type", (SQLSMALLINT)value);
    case SQL_DESC_UNNAMED: /* a name alone makes a record named */
        if ((SQLSMALLINT)value != SQL_UNNAMED) return bad_value(diag, f, value);
        return desc_set_name(r, "") ? SQL_SUCCESS : no_memory(diag);
    default:
        break;
    }
    write_number(f, r, value);
    return SQL_SUCCESS;
}

static SQLRETURN set_name(struct diag *diag, struct desc_record *r, struct text value)
{
    char *name;
    SQLRETURN rc = text_take(diag, value, &name);

    if (!rc && !desc_set_name(r, name ? name : "")) rc = no_memory(diag);
    free(name);
    return rc;
}

static SQLRETURN refuse_field(const struct desc *d, struct diag *diag, const struct field *f)
{
    if (d->kind != DESC_IRD) return no_such_field(diag, f->id, "cannot be set here");
    return diag_push(diag, SQLSTATE_HY016, 0, "%s of an IRD cannot be set", f->name);
}

SQLRETURN desc_set_field(struct desc *d, struct diag *diag, SQLSMALLINT record, SQLSMALLINT field,
                         struct text value)
{
    const struct field *f = find_field(field);
    int64_t plain = (int64_t)(intptr_t)value.units;
    SQLRETURN rc;

    if (!f) return no_such_field(diag, field, "does not exist");
    if (!(f->writable & kind_bit(d))) return refuse_field(d, diag, f);
    if (f->scope == HEADER) return set_header_field(d, diag, f, plain);
    rc = desc_make_writable(d, diag, record);
    if (rc) return rc;
    if (f->type == TEXT) return set_name(diag, &d->records[record], value);
    return set_record_field(d, diag, record, f, plain);
}

static SQLSMALLINT field_of_column(SQLUSMALLINT field)
{
    for (size_t i = 0; i < sizeof odbc2_fields / sizeof odbc2_fields[0]; i++) {
        if (odbc2_fields[i].id == field) return odbc2_fields[i].field;
    }
    return (SQLSMALLINT)field;
}

static SQLRETURN column_number(const struct field *f, const void *base, bool is_odbc2,
                               SQLLEN *number)
{
    int64_t value = number_at(f, base);

    if (f->id == SQL_DESC_CONCISE_TYPE && is_odbc2) value = sqltype_odbc2((SQLSMALLINT)value);
    if (number) *number = (SQLLEN)value;
    return SQL_SUCCESS;
}

/* What ODBC 2 called precision and scale is what SQLDescribeCol says, not the IRD's fields. */
static bool old_size(const struct desc_record *r, SQLUSMALLINT field, SQLLEN *number)
{
    SQLLEN value;

    if (field != SQL_COLUMN_PRECISION && field != SQL_COLUMN_SCALE) return false;
    value = field == SQL_COLUMN_PRECISION ? (SQLLEN)r->column_size : r->decimal_digits;
    if (number) *number = value;
    return true;
}

/*
 * An ANSI application makes its buffers of SQL_DESC_DISPLAY_SIZE bytes (isql does), and a character
 * is up to four of them in UTF-8.
 */
static bool display_size_ansi(const struct desc_record *r, SQLUSMALLINT field,
                              const struct text_room *out, SQLLEN *number)
{
    bool is_narrow = r->type == SQL_CHAR || r->type == SQL_VARCHAR;
    bool is_wide = r->type == SQL_WCHAR || r->type == SQL_WVARCHAR;
    SQLLEN bytes = is_wide ? r->octet_length * 2 : r->octet_length;

    if (field != SQL_DESC_DISPLAY_SIZE || out->is_wide || !(is_narrow || is_wide)) return false;
    if (number) *number = bytes > r->display_size ? bytes : r->display_size;
    return true;
}

SQLRETURN desc_column_attribute(struct desc *ird, struct diag *diag, SQLUSMALLINT column,
                                SQLUSMALLINT field, bool is_odbc2, const struct text_room *out,
                                SQLLEN *number)
{
    const struct field *f = find_field(field_of_column(field));
    const struct desc_record *r = NULL;

    if (f && f->id == SQL_DESC_COUNT) return column_number(f, ird, is_odbc2, number);
    if (column <= INT16_MAX && (SQLSMALLINT)column >= first_record(ird)) {
        r = desc_find_record(ird, (SQLSMALLINT)column);
    }
    if (!r) {
        return diag_push(diag, SQLSTATE_07009, 0, "no column %u; the result has %d", column,
                         ird->count);
    }
    if (old_size(r, field, number)) return SQL_SUCCESS;
    if (display_size_ansi(r, field, out, number)) return SQL_SUCCESS;
    if (!f || f->scope != RECORD || !(f->readable & R)) {
        return diag_push(diag, SQLSTATE_HY091, 0, "no column attribute %u", field);
    }
    if (f->type == TEXT) return text_give(diag, out, text_at(f, r));
    return column_number(f, r, is_odbc2, number);
}
