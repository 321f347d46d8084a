/*
 * Connection attributes: SQLSetConnectAttr and SQLGetConnectAttr. ODBC Programmer's Reference,
 * "SQLSetConnectAttr Function".
 *
 * An attribute is a row of the table: a number in struct dbc with its greatest legal value, or a
 * pair of functions. Those that Athena has no use for keep the one value the driver supports and
 * say so (01S02). Autocommit can be turned off, though Athena has no transactions: applications do
 * it by habit, some take a warning for a failure, and the commit that follows has nothing to do.
 */
#include <stdint.h>
#include <stdlib.h>

#include <sql.h>
#include <sqlext.h>
#include <sqlspi.h>

#include "handle/dbc.h"
#include "handle/event.h"
#include "ops/identity.h"
#include "ops/session.h"

enum width { WIDTH_NONE, WIDTH_32, WIDTH_64 };

enum rule {
    RULE_ANY = 0,
    RULE_FIXED = 1,     /* the value stays what it is; another legal one: 01S02 */
    RULE_READ_ONLY = 2, /* HY092 when set */
    RULE_CLOSED = 4     /* HY011 when set on an open connection */
};

struct attribute {
    SQLINTEGER id;
    const char *name;
    enum width width;
    size_t offset; /* in struct dbc */
    SQLULEN most;
    unsigned rules;
    SQLRETURN (*set)(struct dbc *d, struct text value);
    SQLRETURN (*get)(struct dbc *d, const struct text_room *out);
};

static SQLRETURN set_catalog(struct dbc *d, struct text value)
{
    char *catalog, *old;
    SQLRETURN rc = text_need(&d->base.diag, value, &catalog);

    if (rc) return rc;
    mutex_lock(&d->shared);
    old = d->catalog;
    d->catalog = catalog;
    mutex_unlock(&d->shared);
    free(old);
    return SQL_SUCCESS;
}

static SQLRETURN get_catalog(struct dbc *d, const struct text_room *out)
{
    char *catalog = dbc_catalog(d);
    SQLRETURN rc;

    if (!catalog) return diag_push(&d->base.diag, SQLSTATE_HY001, 0, "no memory for a name");
    rc = text_give(&d->base.diag, out, catalog);
    free(catalog);
    return rc;
}

/* There is no session to lose: the connection lives as long as the handle says so. */
/* Connections have nothing that could break but their credentials, which may have run out. */
static SQLRETURN get_dead(struct dbc *d, const struct text_room *out)
{
    const bool is_shut_out = d->session && identity_is_shut_out(d->session->identity);
    SQLUINTEGER dead = d->is_connected && !is_shut_out ? (SQLUINTEGER)SQL_CD_FALSE
                                                       : (SQLUINTEGER)SQL_CD_TRUE;

    return text_give_value(out, &dead, sizeof dead);
}

static SQLRETURN get_auto_ipd(struct dbc *d, const struct text_room *out)
{
    SQLUINTEGER automatic = SQL_FALSE;

    (void)d;
    return text_give_value(out, &automatic, sizeof automatic);
}

static SQLRETURN set_connection_timeout(struct dbc *d, struct text value)
{
    d->connection_timeout_s = (SQLUINTEGER)(uintptr_t)value.units;
    dbc_apply_network_timeout(d);
    return SQL_SUCCESS;
}

/* No level can be kept, and none is needed: the attribute stays 0, as SQL_TXN_ISOLATION_OPTION. */
static SQLRETURN set_isolation(struct dbc *d, struct text value)
{
    SQLUINTEGER level = (SQLUINTEGER)(uintptr_t)value.units;

    switch (level) {
    case SQL_TXN_READ_UNCOMMITTED:
    case SQL_TXN_READ_COMMITTED:
    case SQL_TXN_REPEATABLE_READ:
    case SQL_TXN_SERIALIZABLE:
        return diag_warn(&d->base.diag, SQLSTATE_01S02,
                         "Athena has no transactions, and no isolation of them");
    default:
        return diag_push(&d->base.diag, SQLSTATE_HY024, 0, "no isolation level %u", level);
    }
}

static SQLRETURN set_event(struct dbc *d, struct text value)
{
    return event_set(&d->defaults.event, &d->base.diag, (SQLPOINTER)(uintptr_t)value.units);
}

static SQLRETURN get_event(struct dbc *d, const struct text_room *out)
{
    SQLPOINTER as_set = d->defaults.event ? d->defaults.event->as_set : NULL;

    return text_give_value(out, &as_set, sizeof as_set);
}

/* SQL_ATTR_ANSI_APP: the manager tells; both kinds of application get the same. */
static SQLRETURN set_nothing(struct dbc *d, struct text value)
{
    (void)d;
    (void)value;
    return SQL_SUCCESS;
}

/* The cursor that later statements open: see cursor_attribute.h. */
static SQLRETURN set_cursor_type(struct dbc *d, struct text value)
{
    const SQLULEN type = (SQLULEN)(uintptr_t)value.units;

    if (type > SQL_CURSOR_STATIC) {
        return diag_push(&d->base.diag, SQLSTATE_HY024, 0, "no cursor type %llu",
                         (unsigned long long)type);
    }
    d->defaults.cursor_type = type == SQL_CURSOR_FORWARD_ONLY ? type : SQL_CURSOR_STATIC;
    if (type == d->defaults.cursor_type) return SQL_SUCCESS;
    return diag_warn(&d->base.diag, SQLSTATE_01S02, "SQL_ATTR_CURSOR_TYPE is SQL_CURSOR_STATIC");
}

static SQLRETURN set_rowset_size(struct dbc *d, struct text value)
{
    if (!value.units) {
        return diag_push(&d->base.diag, SQLSTATE_HY024, 0, "SQL_ROWSET_SIZE cannot be 0");
    }
    d->defaults.rowset_size = (SQLULEN)(uintptr_t)value.units;
    return SQL_SUCCESS;
}

#define FIELD(width, field) width, offsetof(struct dbc, field)
#define NO_FIELD            WIDTH_NONE, 0
#define ANY_32              UINT32_MAX
#define ANY_64              ((SQLULEN)-1)

static const struct attribute attributes[] = {
    /* clang-format off */
    {SQL_ATTR_ACCESS_MODE, "SQL_ATTR_ACCESS_MODE",
     FIELD(WIDTH_32, access_mode), SQL_MODE_READ_ONLY, RULE_ANY, NULL, NULL},
    {SQL_ATTR_AUTOCOMMIT, "SQL_ATTR_AUTOCOMMIT",
     FIELD(WIDTH_32, autocommit), SQL_AUTOCOMMIT_ON, RULE_ANY, NULL, NULL},
    {SQL_ATTR_LOGIN_TIMEOUT, "SQL_ATTR_LOGIN_TIMEOUT",
     FIELD(WIDTH_32, login_timeout_s), ANY_32, RULE_ANY, NULL, NULL},
    {SQL_ATTR_CONNECTION_TIMEOUT, "SQL_ATTR_CONNECTION_TIMEOUT",
     FIELD(WIDTH_32, connection_timeout_s), ANY_32, RULE_ANY, set_connection_timeout, NULL},
    {SQL_ATTR_PACKET_SIZE, "SQL_ATTR_PACKET_SIZE",
     FIELD(WIDTH_32, packet_size), ANY_32, RULE_FIXED | RULE_CLOSED, NULL, NULL},
    {SQL_ATTR_TXN_ISOLATION, "SQL_ATTR_TXN_ISOLATION",
     FIELD(WIDTH_32, txn_isolation), 0, RULE_ANY, set_isolation, NULL},
    {SQL_ATTR_CURRENT_CATALOG, "SQL_ATTR_CURRENT_CATALOG",
     NO_FIELD, 0, RULE_ANY, set_catalog, get_catalog},
    {SQL_ATTR_QUIET_MODE, "SQL_ATTR_QUIET_MODE",
     FIELD(WIDTH_64, quiet_window), ANY_64, RULE_ANY, NULL, NULL},
    {SQL_ATTR_METADATA_ID, "SQL_ATTR_METADATA_ID",
     FIELD(WIDTH_64, metadata_id), SQL_TRUE, RULE_ANY, NULL, NULL},
    {SQL_ATTR_ASYNC_ENABLE, "SQL_ATTR_ASYNC_ENABLE",
     FIELD(WIDTH_64, async_enable), SQL_ASYNC_ENABLE_ON, RULE_ANY, NULL, NULL},
    {SQL_ATTR_ASYNC_DBC_FUNCTIONS_ENABLE, "SQL_ATTR_ASYNC_DBC_FUNCTIONS_ENABLE",
     FIELD(WIDTH_64, async_dbc_enable), SQL_ASYNC_DBC_ENABLE_ON, RULE_ANY, NULL, NULL},
    {SQL_ATTR_CONNECTION_DEAD, "SQL_ATTR_CONNECTION_DEAD",
     NO_FIELD, 0, RULE_READ_ONLY, NULL, get_dead},
    {SQL_ATTR_AUTO_IPD, "SQL_ATTR_AUTO_IPD",
     NO_FIELD, 0, RULE_READ_ONLY, NULL, get_auto_ipd},
    {SQL_ATTR_ANSI_APP, "SQL_ATTR_ANSI_APP",
     NO_FIELD, 0, RULE_ANY, set_nothing, NULL},

    /* ODBC 2: statement options set on the connection are defaults of later statements */
    {SQL_ATTR_QUERY_TIMEOUT, "SQL_ATTR_QUERY_TIMEOUT",
     FIELD(WIDTH_64, defaults.query_timeout_s), ANY_64, RULE_ANY, NULL, NULL},
    {SQL_ATTR_MAX_ROWS, "SQL_ATTR_MAX_ROWS",
     FIELD(WIDTH_64, defaults.max_rows), ANY_64, RULE_ANY, NULL, NULL},
    {SQL_ATTR_NOSCAN, "SQL_ATTR_NOSCAN",
     FIELD(WIDTH_64, defaults.noscan), SQL_NOSCAN_ON, RULE_ANY, NULL, NULL},
    {SQL_ATTR_MAX_LENGTH, "SQL_ATTR_MAX_LENGTH",
     FIELD(WIDTH_64, defaults.max_length), ANY_64, RULE_ANY, NULL, NULL},
    {SQL_ATTR_CURSOR_TYPE, "SQL_ATTR_CURSOR_TYPE",
     FIELD(WIDTH_64, defaults.cursor_type), ANY_64, RULE_ANY, set_cursor_type, NULL},
    {SQL_ATTR_CONCURRENCY, "SQL_ATTR_CONCURRENCY",
     FIELD(WIDTH_64, defaults.concurrency), SQL_CONCUR_VALUES, RULE_FIXED, NULL, NULL},
    {SQL_ATTR_KEYSET_SIZE, "SQL_ATTR_KEYSET_SIZE",
     FIELD(WIDTH_64, defaults.keyset_size), ANY_64, RULE_FIXED, NULL, NULL},
    {SQL_ATTR_SIMULATE_CURSOR, "SQL_ATTR_SIMULATE_CURSOR",
     FIELD(WIDTH_64, defaults.simulate_cursor), SQL_SC_UNIQUE, RULE_FIXED, NULL, NULL},
    {SQL_ATTR_USE_BOOKMARKS, "SQL_ATTR_USE_BOOKMARKS",
     FIELD(WIDTH_64, defaults.use_bookmarks), SQL_UB_VARIABLE, RULE_ANY, NULL, NULL},
    {SQL_ATTR_RETRIEVE_DATA, "SQL_ATTR_RETRIEVE_DATA",
     FIELD(WIDTH_64, defaults.retrieve_data), SQL_RD_ON, RULE_ANY, NULL, NULL},
    {SQL_ROWSET_SIZE, "SQL_ROWSET_SIZE",
     FIELD(WIDTH_64, defaults.rowset_size), ANY_64, RULE_ANY, set_rowset_size, NULL},
    {SQL_BIND_TYPE, "SQL_BIND_TYPE",
     FIELD(WIDTH_64, defaults.bind_type), ANY_64, RULE_ANY, NULL, NULL},

    /* the driver's own liberty, of the same kind; iODBC refuses them on statements */
    {SQL_ATTR_ASYNC_STMT_EVENT, "SQL_ATTR_ASYNC_STMT_EVENT",
     NO_FIELD, 0, RULE_ANY, set_event, get_event},
    {SQL_ATTR_ASYNC_STMT_NOTIFICATION_CALLBACK, "SQL_ATTR_ASYNC_STMT_NOTIFICATION_CALLBACK",
     FIELD(WIDTH_64, defaults.callback), ANY_64, RULE_ANY, NULL, NULL},
    {SQL_ATTR_ASYNC_STMT_NOTIFICATION_CONTEXT, "SQL_ATTR_ASYNC_STMT_NOTIFICATION_CONTEXT",
     FIELD(WIDTH_64, defaults.callback_context), ANY_64, RULE_ANY, NULL, NULL},
    {SQL_ATHENA_ATTR_PROGRESS_CALLBACK, "SQL_ATHENA_ATTR_PROGRESS_CALLBACK",
     FIELD(WIDTH_64, defaults.progress_callback), ANY_64, RULE_ANY, NULL, NULL},
    {SQL_ATHENA_ATTR_PROGRESS_CONTEXT, "SQL_ATHENA_ATTR_PROGRESS_CONTEXT",
     FIELD(WIDTH_64, defaults.progress_context), ANY_64, RULE_ANY, NULL, NULL},
    /* clang-format on */
};

_Static_assert(sizeof(SQLULEN) == sizeof(SQLPOINTER), "64-bit fields hold numbers or pointers");

/* Attributes that ODBC defines and this driver does not have: HYC00 where others get HY092. */
static const SQLINTEGER unsupported[] = {
    SQL_ATTR_TRANSLATE_LIB,
    SQL_ATTR_TRANSLATE_OPTION,
    SQL_ATTR_ENLIST_IN_DTC,
    SQL_ATTR_ENLIST_IN_XA,
};

static const struct attribute *find_attribute(SQLINTEGER id)
{
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        if (attributes[i].id == id) return &attributes[i];
    }
    return NULL;
}

static SQLRETURN unknown_attribute(struct dbc *d, SQLINTEGER id)
{
    for (size_t i = 0; i < sizeof unsupported / sizeof unsupported[0]; i++) {
        if (unsupported[i] != id) continue;
        return diag_push(&d->base.diag, SQLSTATE_HYC00, 0,
                         "connection attribute %d is not implemented", (int)id);
    }
    return diag_push(&d->base.diag, SQLSTATE_HY092, 0, "no connection attribute %d", (int)id);
}

static SQLULEN number_in(const struct dbc *d, const struct attribute *a)
{
    const char *place = (const char *)d + a->offset;

    return a->width == WIDTH_32 ? *(const SQLUINTEGER *)(const void *)place
                                : *(const SQLULEN *)(const void *)place;
}

static void put_number(struct dbc *d, const struct attribute *a, SQLULEN number)
{
    void *place = (char *)d + a->offset;

    if (a->width == WIDTH_32) {
        *(SQLUINTEGER *)place = (SQLUINTEGER)number;
    } else {
        *(SQLULEN *)place = number;
    }
}

static SQLRETURN set_number(struct dbc *d, const struct attribute *a, SQLULEN number)
{
    /* Applications pass SQLUINTEGERs in a pointer, with whatever is in its upper half. */
    if (a->width == WIDTH_32) number = (SQLUINTEGER)number;
    if (number > a->most) {
        return diag_push(&d->base.diag, SQLSTATE_HY024, 0, "%s cannot be %llu", a->name,
                         (unsigned long long)number);
    }
    if (a->rules & RULE_FIXED && number != number_in(d, a)) {
        return diag_warn(&d->base.diag, SQLSTATE_01S02, "%s stays %llu", a->name,
                         (unsigned long long)number_in(d, a));
    }
    put_number(d, a, number);
    return SQL_SUCCESS;
}

SQLRETURN dbc_set_attribute(struct dbc *d, SQLINTEGER attribute, struct text value)
{
    const struct attribute *a = find_attribute(attribute);

    if (!a) return unknown_attribute(d, attribute);
    if (a->rules & RULE_READ_ONLY) {
        return diag_push(&d->base.diag, SQLSTATE_HY092, 0, "%s can only be read", a->name);
    }
    if (a->rules & RULE_CLOSED && d->is_connected) {
        return diag_push(&d->base.diag, SQLSTATE_HY011, 0, "%s must be set before connecting",
                         a->name);
    }
    if (a->set) return a->set(d, value);
    return set_number(d, a, (SQLULEN)value.units);
}

SQLRETURN dbc_get_attribute(struct dbc *d, SQLINTEGER attribute, const struct text_room *out)
{
    const struct attribute *a = find_attribute(attribute);

    if (!a) return unknown_attribute(d, attribute);
    if (a->get) return a->get(d, out);
    if (a->width == WIDTH_NONE) {
        return diag_push(&d->base.diag, SQLSTATE_HY092, 0, "%s can only be set", a->name);
    }
    return text_give_value(out, (const char *)d + a->offset,
                           a->width == WIDTH_32 ? sizeof(SQLUINTEGER) : sizeof(SQLULEN));
}
