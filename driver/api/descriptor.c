/* Descriptors by hand: SQLGetDescField and its like. Texts of fields are counted in bytes. */
#include <string.h>

#include "exec/describe.h"
#include "handle/desc.h"
#include "handle/desc_field.h"
#include "handle/desc_record.h"
#include "handle/stmt.h"
#include "handle/text.h"

/*
 * The columns of a prepared statement are asked for when somebody wants them (exec/describe.h). The
 * statement's own diagnostics are another handle's and stay as they are.
 */
static SQLRETURN describe(struct desc *d)
{
    struct diag saved;
    SQLRETURN rc;

    if (d->kind != DESC_IRD || !d->owner || d->owner->state != STMT_PREPARED) return SQL_SUCCESS;
    saved = d->owner->base.diag;
    diag_init(&d->owner->base.diag);
    rc = exec_describe(d->owner);
    diag_move(&d->base.diag, &d->owner->base.diag);
    d->owner->base.diag = saved;
    return rc;
}

static SQLRETURN get_field(SQLHDESC hdesc, SQLSMALLINT record, SQLSMALLINT field,
                           struct text_room room, SQLINTEGER *value_bytes)
{
    struct desc *d;
    SQLRETURN rc = desc_enter(hdesc, SQL_API_SQLGETDESCFIELD, &d);

    room.long_length = value_bytes;
    if (!rc && desc_field_is_of_columns(field)) rc = describe(d);
    if (!rc) rc = desc_get_field(d, &d->base.diag, record, field, &room);
    return desc_leave(d, rc);
}

SQLRETURN SQL_API SQLGetDescField(SQLHDESC hdesc, SQLSMALLINT record, SQLSMALLINT field,
                                  SQLPOINTER value, SQLINTEGER room_bytes, SQLINTEGER *value_bytes)
{
    return get_field(hdesc, record, field, text_room_ansi(value, room_bytes), value_bytes);
}

SQLRETURN SQL_API SQLGetDescFieldW(SQLHDESC hdesc, SQLSMALLINT record, SQLSMALLINT field,
                                   SQLPOINTER value, SQLINTEGER room_bytes, SQLINTEGER *value_bytes)
{
    return get_field(hdesc, record, field, text_room_bytes(value, room_bytes), value_bytes);
}

static SQLRETURN set_field(SQLHDESC hdesc, SQLSMALLINT record, SQLSMALLINT field, struct text value)
{
    struct desc *d;
    SQLRETURN rc = desc_enter(hdesc, SQL_API_SQLSETDESCFIELD, &d);

    if (!rc) rc = desc_set_field(d, &d->base.diag, record, field, value);
    return desc_leave(d, rc);
}

SQLRETURN SQL_API SQLSetDescField(SQLHDESC hdesc, SQLSMALLINT record, SQLSMALLINT field,
                                  SQLPOINTER value, SQLINTEGER value_bytes)
{
    return set_field(hdesc, record, field, text_ansi(value, value_bytes));
}

SQLRETURN SQL_API SQLSetDescFieldW(SQLHDESC hdesc, SQLSMALLINT record, SQLSMALLINT field,
                                   SQLPOINTER value, SQLINTEGER value_bytes)
{
    return set_field(hdesc, record, field, text_wide_bytes(value, value_bytes));
}

/* Where SQLGetDescRec's answer goes; each pointer may be NULL. */
struct record_out {
    SQLSMALLINT *type, *subtype;
    SQLLEN *length;
    SQLSMALLINT *precision, *scale, *nullable;
};

static void give_record(const struct desc_record *r, const struct record_out *out)
{
    if (out->type) *out->type = r->type;
    if (out->subtype) *out->subtype = r->datetime_interval_code;
    if (out->length) *out->length = r->octet_length;
    if (out->precision) *out->precision = r->precision;
    if (out->scale) *out->scale = r->scale;
    if (out->nullable) *out->nullable = r->nullable;
}

static SQLRETURN get_record(SQLHDESC hdesc, SQLSMALLINT number, struct text_room name,
                            const struct record_out *out)
{
    const struct desc_record *r = NULL;
    struct desc *d;
    SQLRETURN rc = desc_enter(hdesc, SQL_API_SQLGETDESCREC, &d);

    if (!rc) rc = describe(d);
    if (!rc) rc = desc_find_readable(d, &d->base.diag, number, &r);
    if (!rc) {
        give_record(r, out);
        rc = text_give(&d->base.diag, &name, r->name);
    }
    return desc_leave(d, rc);
}

SQLRETURN SQL_API SQLGetDescRec(SQLHDESC hdesc, SQLSMALLINT number, SQLCHAR *name,
                                SQLSMALLINT room_bytes, SQLSMALLINT *name_bytes, SQLSMALLINT *type,
                                SQLSMALLINT *subtype, SQLLEN *length, SQLSMALLINT *precision,
                                SQLSMALLINT *scale, SQLSMALLINT *nullable)
{
    struct text_room room = text_room_ansi(name, room_bytes);

    room.small_length = name_bytes;
    return get_record(hdesc, number, room,
                      &(struct record_out){type, subtype, length, precision, scale, nullable});
}

SQLRETURN SQL_API SQLGetDescRecW(SQLHDESC hdesc, SQLSMALLINT number, SQLWCHAR *name,
                                 SQLSMALLINT room_chars, SQLSMALLINT *name_chars, SQLSMALLINT *type,
                                 SQLSMALLINT *subtype, SQLLEN *length, SQLSMALLINT *precision,
                                 SQLSMALLINT *scale, SQLSMALLINT *nullable)
{
    struct text_room room = text_room_chars(name, room_chars);

    room.small_length = name_chars;
    return get_record(hdesc, number, room,
                      &(struct record_out){type, subtype, length, precision, scale, nullable});
}

SQLRETURN SQL_API SQLSetDescRec(SQLHDESC hdesc, SQLSMALLINT record, SQLSMALLINT type,
                                SQLSMALLINT subtype, SQLLEN length, SQLSMALLINT precision,
                                SQLSMALLINT scale, SQLPOINTER data, SQLLEN *octet_length,
                                SQLLEN *indicator)
{
    struct desc *d;
    SQLRETURN rc = desc_enter(hdesc, SQL_API_SQLSETDESCREC, &d);

    if (!rc) {
        rc = desc_set_record(d, &d->base.diag, record, type, subtype, length, precision, scale,
                             data, octet_length, indicator);
    }
    return desc_leave(d, rc);
}

/*
 * By way of a third descriptor, so that the two are never locked together. What is wrong with the
 * source is told by the target's diagnostics too.
 */
static SQLRETURN copy_out(SQLHDESC source, struct desc *between)
{
    struct desc *from;
    SQLRETURN rc = desc_enter(source, SQL_API_SQLCOPYDESC, &from);

    if (!rc) rc = describe(from);
    if (!rc) rc = desc_check_described(from, &from->base.diag);
    if (!rc) between->kind = from->kind == DESC_IRD ? DESC_ARD : from->kind;
    if (!rc) rc = desc_copy(from, between, &from->base.diag);
    if (rc == SQL_ERROR) diag_move(&between->base.diag, &from->base.diag);
    return desc_leave(from, rc);
}

static SQLRETURN copy_in(struct desc *between, SQLHDESC target, SQLRETURN rc)
{
    struct desc *to;
    SQLRETURN entered = desc_enter(target, SQL_API_SQLCOPYDESC, &to);

    if (!entered && rc) diag_move(&to->base.diag, &between->base.diag);
    if (entered) rc = entered;
    if (!rc) rc = desc_copy(between, to, &to->base.diag);
    return desc_leave(to, rc);
}

SQLRETURN SQL_API SQLCopyDesc(SQLHDESC source, SQLHDESC target)
{
    struct desc between;
    SQLRETURN rc;

    desc_init(&between, DESC_ARD, NULL, NULL);
    rc = copy_out(source, &between);
    if (rc != SQL_INVALID_HANDLE) rc = copy_in(&between, target, rc);
    desc_clear(&between);
    return rc;
}
