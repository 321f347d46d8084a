/* Reading diagnostics. See diag_field.h. */
#include "handle/diag_field.h"

#include <string.h>

#include "base/buf.h"
#include "handle/dbc.h"
#include "handle/desc.h"
#include "handle/dynamic_function.h"
#include "handle/env.h"
#include "handle/odbc2_state.h"
#include "handle/stmt.h"
#include "ops/query.h"
#include "ops/session.h"

/* [vendor][ODBC component], and the data source when it is the one that says so */
#define DRIVER_SAYS "[Athena][ODBC Driver] "
#define AWS_SAYS    "[Athena][ODBC Driver][AWS] "

static enum handle_kind kind_of(SQLSMALLINT handle_type)
{
    switch (handle_type) {
    case SQL_HANDLE_ENV:
        return HANDLE_ENV;
    case SQL_HANDLE_DBC:
        return HANDLE_DBC;
    case SQL_HANDLE_STMT:
        return HANDLE_STMT;
    case SQL_HANDLE_DESC:
        return HANDLE_DESC;
    default:
        return HANDLE_FREED;
    }
}

/* A statement's own descriptors are under the statement's lock. */
static struct mutex *lock_of(struct handle *h)
{
    struct desc *d = (struct desc *)(void *)h;

    return h->kind == HANDLE_DESC && d->owner ? &d->owner->base.lock : &h->lock;
}

NO_THREAD_CHECK struct handle *diag_lock(SQLSMALLINT handle_type, SQLHANDLE pointer)
{
    enum handle_kind kind = kind_of(handle_type);
    struct handle *h = pointer;

    if (kind == HANDLE_FREED || !handle_is(pointer, kind)) return NULL;
    mutex_lock(lock_of(h));
    return h;
}

NO_THREAD_CHECK void diag_unlock(struct handle *h)
{
    mutex_unlock(lock_of(h));
}

static const struct dbc *dbc_of(const struct handle *h)
{
    switch (h->kind) {
    case HANDLE_DBC:
        return (const struct dbc *)(const void *)h;
    case HANDLE_STMT:
        return ((const struct stmt *)(const void *)h)->dbc;
    case HANDLE_DESC:
        return ((const struct desc *)(const void *)h)->dbc;
    case HANDLE_ENV:
    case HANDLE_FREED:
        break;
    }
    return NULL;
}

static bool is_odbc2(const struct handle *h)
{
    const struct env *e = (const struct env *)(const void *)h;

    if (h->kind != HANDLE_ENV) e = dbc_of(h) ? dbc_of(h)->env : NULL;
    return e && e->odbc_version == SQL_OV_ODBC2;
}

static const char *state_name(const struct handle *h, const struct diag_record *r)
{
    return is_odbc2(h) ? odbc2_state(r->state, h->function) : sqlstate_code(r->state);
}

static const struct stmt *stmt_of(const struct handle *h)
{
    return h->kind == HANDLE_STMT ? (const struct stmt *)(const void *)h : NULL;
}

static SQLRETURN give_message(const struct text_room *out, const struct diag_record *r)
{
    struct buf message;
    SQLRETURN rc;

    buf_init(&message, sizeof AWS_SAYS + sizeof(((struct fault *)0)->text));
    buf_puts(&message, r->is_told ? AWS_SAYS : DRIVER_SAYS);
    buf_puts(&message, r->text);
    rc = text_give(NULL, out, buf_ok(&message) ? message.bytes : r->text);
    buf_clear(&message);
    return rc;
}

static SQLRETURN find_record(const struct handle *h, SQLSMALLINT number,
                             const struct diag_record **r)
{
    if (number < 1) return SQL_ERROR;
    if ((unsigned)number > h->diag.count) return SQL_NO_DATA;
    *r = &h->diag.records[number - 1];
    return SQL_SUCCESS;
}

SQLRETURN diag_get_record(struct handle *h, SQLSMALLINT number, const struct text_room *state,
                          SQLINTEGER *native, const struct text_room *text)
{
    const struct diag_record *r;
    SQLRETURN rc = find_record(h, number, &r);

    if (rc) return rc;
    text_give(NULL, state, state_name(h, r));
    if (native) *native = r->native;
    return give_message(text, r);
}

/* Limits: a class that neither ISO/IEC 9075 nor ODBC has. */
static const char *class_origin(enum sqlstate state)
{
    return memcmp(sqlstate_code(state), "53", 2) == 0 ? "PostgreSQL" : "ISO 9075";
}

/* Those that ODBC itself has defined, not ISO/IEC 9075 ("SQLGetDiagField Function"). */
static const char *subclass_origin(enum sqlstate state)
{
    static const char *const odbc[] = {"HY095", "HY097", "HY098", "HY099", "HY100",
                                       "HY101", "HY105", "HY107", "HY109", "HY110",
                                       "HY111", "HYT00", "HYT01"};
    const char *code = sqlstate_code(state);

    if (code[2] == 'S') return "ODBC 3.0";
    for (size_t i = 0; i < sizeof odbc / sizeof odbc[0]; i++) {
        if (strcmp(code, odbc[i]) == 0) return "ODBC 3.0";
    }
    return class_origin(state);
}

static const char *server_name(const struct handle *h)
{
    const struct dbc *d = dbc_of(h);

    return d ? options_text(&d->options, OPTION_DSN) : NULL;
}

/* A connection has no name of its own: the region it is connected to. */
static const char *connection_name(const struct handle *h)
{
    const struct dbc *d = dbc_of(h);

    return d && d->session ? d->session->places.region : NULL;
}

static const char *executed_sql(const struct handle *h)
{
    const struct stmt *s = stmt_of(h);

    return s && s->query && !s->pending ? s->query->in.sql : NULL;
}

static SQLRETURN give_integer(const struct text_room *out, SQLINTEGER number)
{
    return text_give_value(out, &number, sizeof number);
}

static SQLRETURN give_length(const struct text_room *out, SQLLEN number)
{
    return text_give_value(out, &number, sizeof number);
}

/* Numbers that only a statement has: SQL_ERROR for other handles. -1: not known, or no cursor. */
static SQLRETURN give_cursor_row_count(const struct handle *h, const struct text_room *out)
{
    const struct stmt *s = stmt_of(h);

    return s ? give_length(out, s->state == STMT_CURSOR ? s->row_count : -1) : SQL_ERROR;
}

static SQLRETURN give_row_count(const struct handle *h, const struct text_room *out)
{
    const struct stmt *s = stmt_of(h);

    return s ? give_length(out, s->row_count) : SQL_ERROR;
}

static SQLRETURN get_header_field(const struct handle *h, SQLSMALLINT field,
                                  const struct text_room *out, bool *is_header)
{
    SQLINTEGER code;

    *is_header = true;
    switch (field) {
    case SQL_DIAG_NUMBER:
        return give_integer(out, (SQLINTEGER)h->diag.count);
    case SQL_DIAG_RETURNCODE:
        return text_give_value(out, &h->diag.return_code, sizeof h->diag.return_code);
    case SQL_DIAG_ROW_COUNT:
        return give_row_count(h, out);
    case SQL_DIAG_CURSOR_ROW_COUNT:
        return give_cursor_row_count(h, out);
    case SQL_DIAG_DYNAMIC_FUNCTION:
        if (!stmt_of(h)) return SQL_ERROR;
        return text_give(NULL, out, dynamic_function(executed_sql(h), &code));
    case SQL_DIAG_DYNAMIC_FUNCTION_CODE:
        if (!stmt_of(h)) return SQL_ERROR;
        dynamic_function(executed_sql(h), &code);
        return give_integer(out, code);
    default:
        break;
    }
    *is_header = false;
    return SQL_SUCCESS;
}

static SQLRETURN get_record_field(const struct handle *h, const struct diag_record *r,
                                  SQLSMALLINT field, const struct text_room *out)
{
    switch (field) {
    case SQL_DIAG_SQLSTATE:
        return text_give(NULL, out, state_name(h, r));
    case SQL_DIAG_NATIVE:
        return give_integer(out, r->native);
    case SQL_DIAG_MESSAGE_TEXT:
        return give_message(out, r);
    case SQL_DIAG_CLASS_ORIGIN:
        return text_give(NULL, out, class_origin(r->state));
    case SQL_DIAG_SUBCLASS_ORIGIN:
        return text_give(NULL, out, subclass_origin(r->state));
    case SQL_DIAG_CONNECTION_NAME:
        return text_give(NULL, out, connection_name(h));
    case SQL_DIAG_SERVER_NAME:
        return text_give(NULL, out, server_name(h));
    case SQL_DIAG_ROW_NUMBER:
        return give_length(out, r->row);
    case SQL_DIAG_COLUMN_NUMBER:
        return give_integer(out, r->column);
    default:
        return SQL_ERROR;
    }
}

SQLRETURN diag_get_field(struct handle *h, SQLSMALLINT number, SQLSMALLINT field,
                         const struct text_room *out)
{
    const struct diag_record *r;
    bool is_header;
    SQLRETURN rc = get_header_field(h, field, out, &is_header);

    if (is_header) return rc;
    rc = find_record(h, number, &r);
    return rc ? rc : get_record_field(h, r, field, out);
}
