/* Bindings of parameters. See param.h. */
#include "handle/param.h"

#include <stdint.h>

#include "convert/sqltype.h"
#include "handle/desc_type.h"

enum { SECONDS_PRECISION = 6 }; /* of intervals in C, when no descriptor says */

static bool is_text(SQLSMALLINT sql_type)
{
    return sql_type == SQL_CHAR || sql_type == SQL_VARCHAR || sql_type == SQL_LONGVARCHAR ||
           sql_type == SQL_WCHAR || sql_type == SQL_WVARCHAR || sql_type == SQL_WLONGVARCHAR;
}

static bool is_exact(SQLSMALLINT sql_type)
{
    return sql_type == SQL_DECIMAL || sql_type == SQL_NUMERIC;
}

static bool has_seconds(SQLSMALLINT sql_type)
{
    return sql_type == SQL_TYPE_TIME || sql_type == SQL_TYPE_TIMESTAMP;
}

static SQLRETURN check_direction(struct diag *d, unsigned number, SQLSMALLINT direction)
{
    switch (direction) {
    case SQL_PARAM_INPUT:
        return SQL_SUCCESS;
    case SQL_PARAM_OUTPUT:
    case SQL_PARAM_INPUT_OUTPUT:
    case SQL_PARAM_OUTPUT_STREAM:
    case SQL_PARAM_INPUT_OUTPUT_STREAM:
        return diag_push(d, SQLSTATE_HYC00, 0,
                         "parameter %u: Athena's statements have no output parameters", number);
    default:
        return diag_push(d, SQLSTATE_HY105, 0, "parameter %u: %d is no parameter type", number,
                         direction);
    }
}

static SQLRETURN check_types(struct diag *d, const struct param_binding *b)
{
    if (b->c_type != SQL_C_DEFAULT && sqltype_c_bytes(b->c_type) < 0) {
        return diag_push(d, SQLSTATE_HY003, 0, "parameter %u: %d is no C type", b->number,
                         b->c_type);
    }
    if (!c2sql_is_sql_type(b->sql_type)) {
        return diag_push(d, SQLSTATE_HY004, 0, "parameter %u: %d is no SQL type", b->number,
                         b->sql_type);
    }
    if (!c2sql_is_allowed(b->c_type, b->sql_type)) {
        return diag_push(d, SQLSTATE_07006, 0, "parameter %u: C type %d cannot become SQL type %d",
                         b->number, b->c_type, b->sql_type);
    }
    return SQL_SUCCESS;
}

static SQLRETURN check(struct diag *d, const struct param_binding *b)
{
    SQLRETURN rc;

    if (b->number < 1 || b->number >= INT16_MAX) {
        return diag_push(d, SQLSTATE_07009, 0, "there is no parameter %u", b->number);
    }
    rc = check_direction(d, b->number, b->direction);
    if (!rc) rc = check_types(d, b);
    if (rc) return rc;
    if (b->buffer_bytes < 0) {
        return diag_push(d, SQLSTATE_HY090, 0, "parameter %u: the buffer's length is %ld",
                         b->number, (long)b->buffer_bytes);
    }
    if (!b->data && !b->length_or_indicator) {
        return diag_push(d, SQLSTATE_HY009, 0, "parameter %u has neither a value nor an indicator",
                         b->number);
    }
    if (is_exact(b->sql_type) &&
        (b->column_size > 38 ||
         (b->column_size && (SQLLEN)b->decimal_digits > (SQLLEN)b->column_size))) {
        return diag_push(d, SQLSTATE_HY104, 0,
                         "parameter %u: no decimal has %lu digits, %d of them "
                         "behind the point",
                         b->number, (unsigned long)b->column_size, b->decimal_digits);
    }
    return SQL_SUCCESS;
}

/* SQLBindParameter, "ColumnSize argument", "DecimalDigits argument": the fields they set */
static void declare(struct desc_record *r, const struct param_binding *b)
{
    SQLSMALLINT sql_type = sqltype_odbc3(b->sql_type);

    desc_set_type(r, sql_type);
    r->parameter_type = b->direction;
    r->length = r->column_size = b->column_size;
    r->decimal_digits = b->decimal_digits;
    if (is_exact(sql_type)) {
        r->precision = (SQLSMALLINT)b->column_size;
        r->scale = b->decimal_digits;
    } else if (has_seconds(sql_type) || r->type == SQL_INTERVAL) {
        r->precision = b->decimal_digits;
    }
}

static void point_to(struct desc_record *r, const struct param_binding *b)
{
    desc_set_type(r, sqltype_odbc3(b->c_type));
    r->octet_length = b->buffer_bytes;
    r->data_ptr = b->data;
    r->octet_length_ptr = r->indicator_ptr = b->length_or_indicator;
}

SQLRETURN param_bind(struct stmt *s, const struct param_binding *b)
{
    struct diag *d = &s->base.diag;
    SQLRETURN rc = check(d, b);
    struct desc_record *buffer, *type;

    if (rc) return rc;
    buffer = desc_record(s->apd, (SQLSMALLINT)b->number);
    type = desc_record(s->ipd, (SQLSMALLINT)b->number);
    if (!buffer || !type) return diag_push(d, SQLSTATE_HY001, 0, "no memory for a binding");
    declare(type, b);
    point_to(buffer, b);
    return SQL_SUCCESS;
}

/*
 * Where the value of a set stands: "address + bind offset + set number * element size", of which
 * the element is one of the array's, or with binding by row the whole structure.
 */
static void *moved(const struct desc *apd, void *pointer, size_t set, size_t element_bytes)
{
    const size_t stride = apd->bind_type == SQL_PARAM_BIND_BY_COLUMN ? element_bytes
                                                                     : (size_t)apd->bind_type;
    const SQLLEN offset = desc_read_length(apd->bind_offset_ptr, 0);

    return pointer ? (char *)pointer + offset + set * stride : NULL;
}

static size_t element_bytes(SQLSMALLINT c_type, const struct desc_record *r)
{
    const SQLLEN fixed = sqltype_c_bytes(c_type);

    if (fixed > 0) return (size_t)fixed;
    return r->octet_length > 0 ? (size_t)r->octet_length : 0;
}

/* "If StrLen_or_IndPtr is a null pointer ... non-NULL and ... null-terminated" */
static void read_lengths(const struct desc *apd, size_t set, const struct desc_record *r,
                         struct param_value *out)
{
    const SQLLEN indicator =
        desc_read_length(moved(apd, r->indicator_ptr, set, sizeof(SQLLEN)), SQL_NTS);

    out->length = desc_read_length(moved(apd, r->octet_length_ptr, set, sizeof(SQLLEN)), SQL_NTS);
    out->is_null = indicator == SQL_NULL_DATA || out->length == SQL_NULL_DATA;
    out->is_late = !out->is_null &&
                   (out->length == SQL_DATA_AT_EXEC || out->length <= SQL_LEN_DATA_AT_EXEC_OFFSET);
}

static void read_target(const struct desc_record *r, struct param_value *out)
{
    struct sql_target *to = &out->target;

    *to = (struct sql_target){.sql_type = r->concise_type, .column_size = r->length};
    if (is_exact(r->concise_type)) {
        to->column_size = (SQLULEN)(r->precision > 0 ? r->precision : 0);
        to->decimal_digits = r->scale;
    } else if (has_seconds(r->concise_type)) {
        to->decimal_digits = r->precision;
    }
    if (r->concise_type == PARAM_DESCRIBED_TYPE && r->length == PARAM_DESCRIBED_SIZE &&
        !is_text(c2sql_natural_type(out->c_type))) {
        to->sql_type = c2sql_natural_type(out->c_type);
        to->column_size = 0;
        to->is_guessed = true;
    }
}

bool param_is_ignored(const struct stmt *s, size_t set)
{
    const SQLUSMALLINT *operations = s->apd->array_status_ptr;

    return operations && operations[set] == SQL_PARAM_IGNORE;
}

SQLRETURN param_read(struct stmt *s, size_t set, SQLSMALLINT number, struct param_value *out)
{
    const struct desc_record *buffer = desc_find_record(s->apd, number);
    const struct desc_record *type = desc_find_record(s->ipd, number);
    SQLRETURN rc;

    if (!buffer || !type ||
        (!buffer->data_ptr && !buffer->indicator_ptr && !buffer->octet_length_ptr)) {
        return diag_push(&s->base.diag, SQLSTATE_07002, 0,
                         "parameter %d of the statement is not bound", number);
    }
    rc = check_direction(&s->base.diag, (unsigned)number, type->parameter_type);
    if (rc) return rc;
    *out = (struct param_value){.c_type = buffer->concise_type, .precision = SECONDS_PRECISION};
    if (out->c_type == SQL_C_DEFAULT) out->c_type = c2sql_default_c_type(type->concise_type);
    if (buffer->type == SQL_INTERVAL || out->c_type == SQL_C_NUMERIC) {
        out->precision = buffer->precision;
        out->scale = buffer->scale;
    }
    out->data = moved(s->apd, buffer->data_ptr, set, element_bytes(out->c_type, buffer));
    read_lengths(s->apd, set, buffer, out);
    read_target(type, out);
    return SQL_SUCCESS;
}
