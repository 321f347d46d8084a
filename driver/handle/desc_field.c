/*
 * Descriptor fields by number. See desc_field.h.
 *
 * A field is found in the table; reading copies it out in its own size, writing checks what the
 * field means (set_... below) and copies it in. SQLColAttribute reads the same table and widens.
 */
#include "handle/desc_field.h"

#include <stdint.h>
#include <string.h>

#include "convert/sqltype.h"
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

SQLRETURN desc_get_field(struct desc *d, struct diag *diag, SQLSMALLINT record, SQLSMALLINT field,
                         const struct text_room *out)
{
    const struct field *f = find_field(field);
    const void *base = d;

    if (!f) return no_such_field(diag, field, "does not exist");
    if (!(f->readable & kind_bit(d))) {
        return no_such_field(diag, field, "is not of this kind of descriptor");
    }
    if (d->kind == DESC_IRD && d->owner && d->owner->state == STMT_ALLOCATED) {
        return diag_push(diag, SQLSTATE_HY007, 0, "the statement is not prepared");
    }
    if (f->scope == RECORD) {
        if (record < 0) return diag_push(diag, SQLSTATE_07009, 0, "no record %d", record);
        base = desc_find_record(d, record);
        if (!base) return SQL_NO_DATA;
    }
    if (field == SQL_DESC_ALLOC_TYPE && d->is_explicit) {
        return give_number(out, f, SQL_DESC_ALLOC_USER);
    }
    if (f->type == TEXT) return text_give(diag, out, text_at(f, base));
    return give_number(out, f, number_at(f, base));
}

/* SQL_DESC_TYPE and SQL_DESC_DATETIME_INTERVAL_CODE make the concise type together. */
static void set_verbose_type(struct desc_record *r, SQLSMALLINT type, SQLSMALLINT code)
{
    SQLSMALLINT concise = sqltype_join(type, code);

    if (concise && (code || (type != SQL_DATETIME && type != SQL_INTERVAL))) {
        desc_set_type(r, concise);
    } else { /* the subcode is still to come */
        r->concise_type = r->type = type;
        r->datetime_interval_code = code;
    }
}

static bool is_consistent(const struct desc_record *r)
{
    bool is_numeric = r->type == SQL_NUMERIC || r->type == SQL_DECIMAL;

    if (is_numeric && (r->precision < 1 || r->precision > 38)) return false;
    if (is_numeric && r->scale > r->precision) return false;
    if (r->concise_type == SQL_C_DEFAULT) return true;
    return sqltype_c_bytes(r->concise_type) >= 0;
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

static SQLRETURN set_header_field(struct desc *d, struct diag *diag, const struct field *f,
                                  int64_t number)
{
    if (f->id == SQL_DESC_ARRAY_SIZE && number < 1) {
        return diag_push(diag, SQLSTATE_HY024, 0, "SQL_DESC_ARRAY_SIZE cannot be %lld",
                         (long long)number);
    }
    if (f->id != SQL_DESC_COUNT) {
        write_number(f, d, number);
        return SQL_SUCCESS;
    }
    if ((SQLSMALLINT)number < 0) {
        return diag_push(diag, SQLSTATE_07009, 0, "SQL_DESC_COUNT cannot be negative");
    }
    desc_set_count(d, (SQLSMALLINT)number);
    if (d->count == (SQLSMALLINT)number) return SQL_SUCCESS;
    return diag_push(diag, SQLSTATE_HY001, 0, "no memory for records");
}

static SQLRETURN set_record_field(struct desc *d, struct diag *diag, struct desc_record *r,
                                  const struct field *f, int64_t number)
{
    SQLSMALLINT small = (SQLSMALLINT)number;
    SQLPOINTER data = r->data_ptr;

    r->data_ptr = NULL; /* what changes a binding ends it, the three pointers excepted */
    switch (f->id) {
    case SQL_DESC_CONCISE_TYPE:
        desc_set_type(r, sqltype_odbc3(small));
        break;
    case SQL_DESC_TYPE:
        set_verbose_type(r, small, 0);
        break;
    case SQL_DESC_DATETIME_INTERVAL_CODE:
        set_verbose_type(r, r->type, small);
        break;
    case SQL_DESC_INDICATOR_PTR:
    case SQL_DESC_OCTET_LENGTH_PTR:
        write_number(f, r, number);
        r->data_ptr = data;
        break;
    case SQL_DESC_DATA_PTR:
        if (number && d->kind != DESC_IPD && !is_consistent(r)) {
            return diag_push(diag, SQLSTATE_HY021, 0,
                             "type %d, precision %d and scale %d do not go together",
                             r->concise_type, r->precision, r->scale);
        }
        write_number(f, r, number);
        break;
    default:
        write_number(f, r, number);
        break;
    }
    return SQL_SUCCESS;
}

SQLRETURN desc_set_field(struct desc *d, struct diag *diag, SQLSMALLINT record, SQLSMALLINT field,
                         struct text value)
{
    const struct field *f = find_field(field);
    int64_t number = (int64_t)(intptr_t)value.units;
    struct desc_record *r;

    if (!f) return no_such_field(diag, field, "does not exist");
    if (!(f->writable & kind_bit(d))) {
        if (d->kind != DESC_IRD) return no_such_field(diag, field, "cannot be set here");
        return diag_push(diag, SQLSTATE_HY016, 0, "%s of an IRD cannot be set", f->name);
    }
    if (f->scope == HEADER) return set_header_field(d, diag, f, number);
    if (record < 1) return diag_push(diag, SQLSTATE_07009, 0, "no record %d", record);
    if (f->id == SQL_DESC_UNNAMED && (SQLSMALLINT)number != SQL_UNNAMED) {
        return diag_push(diag, SQLSTATE_HY092, 0, "SQL_DESC_UNNAMED can only be SQL_UNNAMED");
    }
    r = desc_record(d, record);
    if (!r) return diag_push(diag, SQLSTATE_HY001, 0, "no memory for a record");
    return set_record_field(d, diag, r, f, number);
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
    if (column >= 1 && column <= INT16_MAX) r = desc_find_record(ird, (SQLSMALLINT)column);
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

SQLRETURN desc_set_record(struct desc *d, struct diag *diag, SQLSMALLINT record, SQLSMALLINT type,
                          SQLSMALLINT subtype, SQLLEN length, SQLSMALLINT precision,
                          SQLSMALLINT scale, SQLPOINTER data, SQLLEN *octet_length,
                          SQLLEN *indicator)
{
    struct desc_record *r;

    if (d->kind == DESC_IRD) return diag_push(diag, SQLSTATE_HY016, 0, "an IRD cannot be set");
    if (record < 1) return diag_push(diag, SQLSTATE_07009, 0, "no record %d", record);
    r = desc_record(d, record);
    if (!r) return diag_push(diag, SQLSTATE_HY001, 0, "no memory for a record");

    set_verbose_type(r, type, subtype);
    r->octet_length = length;
    r->precision = precision;
    r->scale = scale;
    r->octet_length_ptr = octet_length;
    r->indicator_ptr = indicator;
    r->data_ptr = NULL;
    if (!is_consistent(r)) {
        return diag_push(diag, SQLSTATE_HY021, 0,
                         "type %d, precision %d and scale %d do not go together", r->concise_type,
                         precision, scale);
    }
    r->data_ptr = data;
    return SQL_SUCCESS;
}

/* Texts of an IRD are borrowed from its result, which the copy may outlive. */
static void forget_texts(struct desc_record *r)
{
    r->name = r->label = r->base_column = r->base_table = r->table = r->schema = r->catalog = "";
    r->type_name = r->literal_prefix = r->literal_suffix = "";
}

SQLRETURN desc_copy(const struct desc *from, struct desc *to, struct diag *diag)
{
    if (to->kind == DESC_IRD) {
        return diag_push(diag, SQLSTATE_HY016, 0, "an IRD cannot be the target of a copy");
    }
    desc_set_count(to, 0);
    desc_set_count(to, from->count);
    if (to->count != from->count) return diag_push(diag, SQLSTATE_HY001, 0, "no memory to copy");
    for (SQLSMALLINT i = 1; i <= from->count; i++) {
        to->records[i] = from->records[i];
        forget_texts(&to->records[i]);
    }
    to->array_size = from->array_size;
    to->array_status_ptr = from->array_status_ptr;
    to->bind_offset_ptr = from->bind_offset_ptr;
    to->bind_type = from->bind_type;
    to->rows_processed_ptr = from->rows_processed_ptr;
    return SQL_SUCCESS;
}
