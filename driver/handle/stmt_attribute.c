/*
 * Statement attributes: SQLSetStmtAttr and SQLGetStmtAttr. ODBC Programmer's Reference,
 * "SQLSetStmtAttr Function".
 *
 * All are 64 bits wide: a number or a pointer. An attribute is a row of the table: a field of the
 * statement or of one of its descriptors in force, with the range of its legal values, or a pair of
 * functions.
 *
 * Nobody changes the results that cursors are opened on. A legal value of an attribute that would
 * mean more is answered as ODBC says: 01S02, and reading it gives what there is.
 */
#include <sql.h>
#include <sqlext.h>
#include <sqlspi.h>

#include "handle/cursor_attribute.h"
#include "handle/dbc.h"
#include "handle/event.h"
#include "handle/stmt.h"

enum place { IN_STMT, IN_ARD, IN_APD, IN_IRD, IN_IPD, NOWHERE };

enum rule {
    RULE_ANY = 0,
    RULE_FIXED = 1,     /* the value stays what it is; another legal one: 01S02 */
    RULE_READ_ONLY = 2, /* HY092 when set */
    RULE_EARLY = 4,     /* HY011 when prepared or executed, 24000 when a cursor is open */
    RULE_ONLY = 8       /* with RULE_FIXED: another legal value is HYC00, not 01S02 */
};

struct attribute {
    SQLINTEGER id;
    const char *name;
    enum place place;
    size_t offset;
    SQLULEN least, most;
    unsigned rules;
    SQLRETURN (*set)(struct stmt *s, SQLPOINTER value);
    SQLRETURN (*get)(struct stmt *s, const struct text_room *out);
};

/* Other threads look which statements use a descriptor (handle/desc.c). */
static void put_in_force(struct stmt *s, struct desc **in_force, struct desc *d,
                         enum desc_kind kind)
{
    const bool held_them = s->holds_descs;

    if (d->is_explicit) {
        atomic_store(&s->has_explicit_desc, true);
        stmt_take_descs(s);
        d->kind = kind; /* an explicit descriptor is what it is used as */
    }
    mutex_lock(&s->dbc->shared);
    *in_force = d;
    mutex_unlock(&s->dbc->shared);
    if (!held_them) stmt_drop_descs(s);
    atomic_store(&s->has_explicit_desc, s->ard->is_explicit || s->apd->is_explicit);
}

/* A null handle gives the statement its own descriptor back. */
static SQLRETURN set_desc(struct stmt *s, SQLPOINTER value, struct desc **in_force,
                          struct desc *own)
{
    struct desc *d = value;

    if (!value || value == own) {
        put_in_force(s, in_force, own, own->kind);
        return SQL_SUCCESS;
    }
    if (!handle_is(value, HANDLE_DESC) || d->dbc != s->dbc) {
        return diag_push(&s->base.diag, SQLSTATE_HY024, 0,
                         "this is no descriptor of the statement's connection");
    }
    if (!d->is_explicit) {
        return diag_push(&s->base.diag, SQLSTATE_HY017, 0,
                         "the descriptor belongs to another statement");
    }
    put_in_force(s, in_force, d, own->kind);
    return SQL_SUCCESS;
}

static SQLRETURN set_ard(struct stmt *s, SQLPOINTER value)
{
    return set_desc(s, value, &s->ard, &s->own_ard);
}

static SQLRETURN set_apd(struct stmt *s, SQLPOINTER value)
{
    return set_desc(s, value, &s->apd, &s->own_apd);
}

static SQLRETURN refuse_desc(struct stmt *s, SQLPOINTER value)
{
    (void)value;
    return diag_push(&s->base.diag, SQLSTATE_HY017, 0,
                     "the implementation's descriptors cannot be replaced");
}

static SQLRETURN set_event(struct stmt *s, SQLPOINTER value)
{
    return event_set(&s->attr.event, &s->base.diag, value);
}

static SQLRETURN get_event(struct stmt *s, const struct text_room *out)
{
    SQLPOINTER as_set = s->attr.event ? s->attr.event->as_set : NULL;

    return text_give_value(out, &as_set, sizeof as_set);
}

#define STMT_ATTR(field)         IN_STMT, offsetof(struct stmt, attr.field)
#define STMT_FIELD(field)        IN_STMT, offsetof(struct stmt, field)
#define DESC_FIELD(place, field) place, offsetof(struct desc, field)
#define ID(id)                   id, #id
#define ANY                      0, (SQLULEN)-1, RULE_ANY, NULL, NULL
#define UP_TO(most)              0, most, RULE_ANY, NULL, NULL
#define AT_LEAST(least)          least, (SQLULEN)-1, RULE_ANY, NULL, NULL
#define FIXED(least, most)       least, most, RULE_FIXED, NULL, NULL
#define ONLY(least, most)        least, most, RULE_FIXED | RULE_ONLY, NULL, NULL
#define FIXED_EARLY(least, most) least, most, RULE_FIXED | RULE_EARLY, NULL, NULL
#define EARLY(set)               0, 0, RULE_EARLY, set, NULL

static const struct attribute attributes[] = {
    /* clang-format off */
    {ID(SQL_ATTR_QUERY_TIMEOUT),        STMT_ATTR(query_timeout_s),    ANY},
    {ID(SQL_ATTR_MAX_ROWS),             STMT_ATTR(max_rows),           ANY},
    {ID(SQL_ATTR_NOSCAN),               STMT_ATTR(noscan),             UP_TO(SQL_NOSCAN_ON)},
    {ID(SQL_ATTR_MAX_LENGTH),           STMT_ATTR(max_length),         ANY},
    {ID(SQL_ATTR_ASYNC_ENABLE),         STMT_ATTR(async_enable),       UP_TO(SQL_ASYNC_ENABLE_ON)},
    {ID(SQL_ATTR_METADATA_ID),          STMT_ATTR(metadata_id),        UP_TO(SQL_TRUE)},
    {ID(SQL_ROWSET_SIZE),               STMT_ATTR(rowset_size),        AT_LEAST(1)},
    {ID(SQL_ATTR_FETCH_BOOKMARK_PTR),   STMT_ATTR(fetch_bookmark),     ANY},

    {ID(SQL_ATTR_CURSOR_TYPE),          STMT_ATTR(cursor_type),        EARLY(cursor_set_type)},
    {ID(SQL_ATTR_CURSOR_SCROLLABLE),    STMT_ATTR(cursor_scrollable),  EARLY(cursor_set_scrollable)},
    {ID(SQL_ATTR_CURSOR_SENSITIVITY),   STMT_ATTR(cursor_sensitivity), EARLY(cursor_set_sensitivity)},
    {ID(SQL_ATTR_CONCURRENCY),          STMT_ATTR(concurrency),
     FIXED_EARLY(SQL_CONCUR_READ_ONLY, SQL_CONCUR_VALUES)},
    {ID(SQL_ATTR_SIMULATE_CURSOR),      STMT_ATTR(simulate_cursor),
     FIXED_EARLY(SQL_SC_NON_UNIQUE, SQL_SC_UNIQUE)},
    {ID(SQL_ATTR_USE_BOOKMARKS),        STMT_ATTR(use_bookmarks),
     SQL_UB_OFF, SQL_UB_VARIABLE, RULE_EARLY, NULL, NULL},
    {ID(SQL_ATTR_KEYSET_SIZE),          STMT_ATTR(keyset_size),        FIXED(0, (SQLULEN)-1)},
    {ID(SQL_ATTR_RETRIEVE_DATA),        STMT_ATTR(retrieve_data),      UP_TO(SQL_RD_ON)},
    {ID(SQL_ATTR_ENABLE_AUTO_IPD),      STMT_ATTR(enable_auto_ipd),    ONLY(SQL_FALSE, SQL_TRUE)},

    {ID(SQL_ATTR_ROW_ARRAY_SIZE),       DESC_FIELD(IN_ARD, array_size),         AT_LEAST(1)},
    {ID(SQL_ATTR_ROW_BIND_TYPE),        DESC_FIELD(IN_ARD, bind_type),          ANY},
    {ID(SQL_ATTR_ROW_BIND_OFFSET_PTR),  DESC_FIELD(IN_ARD, bind_offset_ptr),    ANY},
    {ID(SQL_ATTR_ROW_OPERATION_PTR),    DESC_FIELD(IN_ARD, array_status_ptr),   ANY},
    {ID(SQL_ATTR_ROW_STATUS_PTR),       DESC_FIELD(IN_IRD, array_status_ptr),   ANY},
    {ID(SQL_ATTR_ROWS_FETCHED_PTR),     DESC_FIELD(IN_IRD, rows_processed_ptr), ANY},
    {ID(SQL_ATTR_PARAMSET_SIZE),        DESC_FIELD(IN_APD, array_size),         AT_LEAST(1)},
    {ID(SQL_ATTR_PARAM_BIND_TYPE),      DESC_FIELD(IN_APD, bind_type),          ANY},
    {ID(SQL_ATTR_PARAM_BIND_OFFSET_PTR),DESC_FIELD(IN_APD, bind_offset_ptr),    ANY},
    {ID(SQL_ATTR_PARAM_OPERATION_PTR),  DESC_FIELD(IN_APD, array_status_ptr),   ANY},
    {ID(SQL_ATTR_PARAM_STATUS_PTR),     DESC_FIELD(IN_IPD, array_status_ptr),   ANY},
    {ID(SQL_ATTR_PARAMS_PROCESSED_PTR), DESC_FIELD(IN_IPD, rows_processed_ptr), ANY},

    {ID(SQL_ATTR_APP_ROW_DESC),   STMT_FIELD(ard), 0, 0, RULE_ANY, set_ard, NULL},
    {ID(SQL_ATTR_APP_PARAM_DESC), STMT_FIELD(apd), 0, 0, RULE_ANY, set_apd, NULL},
    {ID(SQL_ATTR_IMP_ROW_DESC),   STMT_FIELD(ird), 0, 0, RULE_ANY, refuse_desc, NULL},
    {ID(SQL_ATTR_IMP_PARAM_DESC), STMT_FIELD(ipd), 0, 0, RULE_ANY, refuse_desc, NULL},
    {ID(SQL_ATTR_ROW_NUMBER),     NOWHERE, 0, 0, 0, RULE_READ_ONLY, NULL, cursor_get_row_number},
    {ID(SQL_GET_BOOKMARK),        NOWHERE, 0, 0, 0, RULE_READ_ONLY, NULL, cursor_get_bookmark},

    {ID(SQL_ATTR_ASYNC_STMT_EVENT), NOWHERE, 0, 0, 0, RULE_ANY, set_event, get_event},
    {ID(SQL_ATTR_ASYNC_STMT_NOTIFICATION_CALLBACK), STMT_ATTR(callback), ANY},
    {ID(SQL_ATTR_ASYNC_STMT_NOTIFICATION_CONTEXT), STMT_ATTR(callback_context), ANY},
    {ID(SQL_ATHENA_ATTR_PROGRESS_CALLBACK), STMT_ATTR(progress_callback), ANY},
    {ID(SQL_ATHENA_ATTR_PROGRESS_CONTEXT), STMT_ATTR(progress_context), ANY},
    /* clang-format on */
};

_Static_assert(sizeof(SQLULEN) == sizeof(SQLPOINTER), "fields hold numbers or pointers");

static const struct attribute *find_attribute(SQLINTEGER id)
{
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        if (attributes[i].id == id) return &attributes[i];
    }
    return NULL;
}

static void *place_of(struct stmt *s, const struct attribute *a)
{
    switch (a->place) {
    case IN_STMT:
        return (char *)s + a->offset;
    case IN_ARD:
        return (char *)s->ard + a->offset;
    case IN_APD:
        return (char *)s->apd + a->offset;
    case IN_IRD:
        return (char *)s->ird + a->offset;
    case IN_IPD:
        return (char *)s->ipd + a->offset;
    case NOWHERE:
        break;
    }
    return NULL;
}

static SQLRETURN check_rules(struct stmt *s, const struct attribute *a)
{
    if (a->rules & RULE_READ_ONLY) {
        return diag_push(&s->base.diag, SQLSTATE_HY092, 0, "%s can only be read", a->name);
    }
    if (a->rules & RULE_EARLY && s->state == STMT_CURSOR) {
        return diag_push(&s->base.diag, SQLSTATE_24000, 0, "%s: a cursor is open", a->name);
    }
    if (a->rules & RULE_EARLY && s->state != STMT_ALLOCATED) {
        return diag_push(&s->base.diag, SQLSTATE_HY011, 0,
                         "%s must be set before the statement is prepared", a->name);
    }
    return SQL_SUCCESS;
}

static SQLRETURN set_number(struct stmt *s, const struct attribute *a, SQLULEN number)
{
    SQLULEN *place = place_of(s, a);

    if (number < a->least || number > a->most) {
        return diag_push(&s->base.diag, SQLSTATE_HY024, 0, "%s cannot be %llu", a->name,
                         (unsigned long long)number);
    }
    if (!(a->rules & RULE_FIXED) || number == *place) {
        *place = number;
        return SQL_SUCCESS;
    }
    if (a->rules & RULE_ONLY) {
        return diag_push(&s->base.diag, SQLSTATE_HYC00, 0, "%s can only be %llu", a->name,
                         (unsigned long long)*place);
    }
    return diag_warn(&s->base.diag, SQLSTATE_01S02, "%s stays %llu", a->name,
                     (unsigned long long)*place);
}

SQLRETURN stmt_set_attribute(struct stmt *s, SQLINTEGER attribute, SQLPOINTER value)
{
    const struct attribute *a = find_attribute(attribute);
    SQLRETURN rc;

    if (!a) {
        return diag_push(&s->base.diag, SQLSTATE_HY092, 0, "no statement attribute %d",
                         (int)attribute);
    }
    rc = check_rules(s, a);
    if (rc) return rc;
    return a->set ? a->set(s, value) : set_number(s, a, (SQLULEN)value);
}

SQLRETURN stmt_get_attribute(struct stmt *s, SQLINTEGER attribute, const struct text_room *out)
{
    const struct attribute *a = find_attribute(attribute);

    if (!a) {
        return diag_push(&s->base.diag, SQLSTATE_HY092, 0, "no statement attribute %d",
                         (int)attribute);
    }
    if (a->get) return a->get(s, out);
    return text_give_value(out, place_of(s, a), sizeof(SQLULEN));
}
