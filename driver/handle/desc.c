/* Descriptors and their records. See desc.h. */
#include "handle/desc.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "convert/sqltype.h"
#include "handle/dbc.h"
#include "handle/desc_type.h"
#include "handle/function.h"
#include "handle/stmt.h"

static _Atomic uint64_t last_stamp;

/* For whoever remembers what the records were: they may be other ones from now on. */
static void stamp(struct desc *d)
{
    d->stamp = atomic_fetch_add_explicit(&last_stamp, 1, memory_order_relaxed) + 1;
}

void desc_init(struct desc *d, enum desc_kind kind, struct dbc *dbc, struct stmt *owner)
{
    *d = (struct desc){
        .dbc = dbc, .owner = owner, .kind = kind, .is_explicit = !owner, .array_size = 1};
    handle_init(&d->base, HANDLE_DESC, owner ? &owner->log : dbc ? &dbc->log : NULL);
    list_init(&d->link);
    stamp(d);
}

void desc_clear(struct desc *d)
{
    for (int i = 0; i < d->room; i++)
        free(d->records[i].own_name);
    free(d->records);
    d->records = NULL;
    d->count = d->room = 0;
    handle_clear(&d->base);
}

struct desc *desc_new(struct dbc *dbc)
{
    struct desc *d = malloc(sizeof *d);

    if (!d) return NULL;
    desc_init(d, DESC_ARD, dbc, NULL);
    mutex_lock(&dbc->shared);
    list_append(&dbc->descs, &d->link);
    mutex_unlock(&dbc->shared);
    return d;
}

void desc_free(struct desc *d)
{
    struct dbc *dbc = d->dbc;

    mutex_lock(&dbc->explicit_descs);
    mutex_lock(&dbc->shared);
    list_remove(&d->link);
    list_each(link, &dbc->stmts) {
        struct stmt *s = container_of(link, struct stmt, link);

        if (s->ard == d) s->ard = &s->own_ard;
        if (s->apd == d) s->apd = &s->own_apd;
    }
    mutex_unlock(&dbc->shared);
    mutex_unlock(&dbc->explicit_descs);
    desc_clear(d);
    free(d);
}

static struct mutex *lock_of(struct desc *d)
{
    return d->owner ? &d->owner->base.lock : &d->base.lock;
}

enum use { USE_NONE, USE_BUSY, USE_EXECUTING };

/* BUSY: another thread is in a function of it, and may be reading or writing the records. */
static NO_THREAD_CHECK enum use use_by(struct stmt *s)
{
    enum use use;

    if (!mutex_try_lock(&s->base.lock)) return USE_BUSY;
    use = s->pending || atomic_load(&s->needs_data) ? USE_EXECUTING : USE_NONE;
    mutex_unlock(&s->base.lock);
    return use;
}

/* What the statements do that share a descriptor of the application. */
static enum use use_of(struct desc *d)
{
    enum use most = USE_NONE;

    mutex_lock(&d->dbc->shared);
    list_each(link, &d->dbc->stmts) {
        struct stmt *s = container_of(link, struct stmt, link);
        enum use use = s->ard == d || s->apd == d ? use_by(s) : USE_NONE;

        if (use > most) most = use;
    }
    mutex_unlock(&d->dbc->shared);
    return most;
}

static SQLRETURN check_shared(struct desc *d, SQLUSMALLINT function)
{
    bool is_reader = function == SQL_API_SQLGETDESCFIELD || function == SQL_API_SQLGETDESCREC;
    enum use use = use_of(d);

    if (use == USE_NONE || (use == USE_BUSY && is_reader)) return SQL_SUCCESS;
    return diag_push(&d->base.diag, SQLSTATE_HY010, 0, "a statement that uses it is executing");
}

static SQLRETURN check_owner(struct desc *d)
{
    if (atomic_load(&d->owner->needs_data)) {
        return diag_push(&d->base.diag, SQLSTATE_HY010, 0, "data at execution is waited for");
    }
    if (!d->owner->pending) return SQL_SUCCESS;
    return diag_push(&d->base.diag, SQLSTATE_HY010, 0, "%s is still executing",
                     function_name(d->owner->pending));
}

NO_THREAD_CHECK SQLRETURN desc_enter(SQLHDESC hdesc, SQLUSMALLINT function, struct desc **out)
{
    struct desc *d = handle_is(hdesc, HANDLE_DESC) ? hdesc : NULL;

    *out = d;
    if (!d) return SQL_INVALID_HANDLE;
    mutex_lock(lock_of(d));
    handle_begin(&d->base, function);
    if (!d->owner) mutex_lock(&d->dbc->explicit_descs);
    return d->owner ? check_owner(d) : check_shared(d, function);
}

NO_THREAD_CHECK SQLRETURN desc_leave(struct desc *d, SQLRETURN rc)
{
    if (!d) return rc;
    if (!d->owner) mutex_unlock(&d->dbc->explicit_descs);
    handle_end(&d->base, rc);
    mutex_unlock(lock_of(d));
    return rc;
}

static void default_record(const struct desc *d, struct desc_record *r)
{
    bool is_application = d->kind == DESC_ARD || d->kind == DESC_APD;

    free(r->own_name);
    *r = (struct desc_record){.name = "",
                              .label = "",
                              .base_column = "",
                              .base_table = "",
                              .table = "",
                              .schema = "",
                              .catalog = "",
                              .type_name = "",
                              .literal_prefix = "",
                              .literal_suffix = "",
                              .parameter_type = SQL_PARAM_INPUT,
                              .nullable = SQL_NULLABLE,
                              .is_unnamed = SQL_UNNAMED};
    if (is_application) r->concise_type = r->type = SQL_C_DEFAULT;
}

static bool make_room(struct desc *d, SQLSMALLINT number)
{
    int room = d->room ? d->room : 8;
    struct desc_record *records;

    if (number < d->room) return true;
    while (room <= number) {
        room = room * 2;
    }
    if (room > INT16_MAX) room = INT16_MAX;
    if (number >= room) return false;
    records = realloc(d->records, (size_t)room * sizeof *records);
    if (!records) return false;
    memset(records + d->room, 0, (size_t)(room - d->room) * sizeof *records);
    if (!d->records) default_record(d, &records[0]);
    d->records = records;
    d->room = (SQLSMALLINT)room;
    return true;
}

struct desc_record *desc_record(struct desc *d, SQLSMALLINT number)
{
    stamp(d);
    if (!make_room(d, number)) return NULL;
    while (d->count < number) {
        default_record(d, &d->records[++d->count]);
    }
    return &d->records[number];
}

const struct desc_record *desc_find_record(const struct desc *d, SQLSMALLINT number)
{
    if (number < 0 || number > d->count || !d->records) return NULL;
    return &d->records[number];
}

void desc_set_count(struct desc *d, SQLSMALLINT count)
{
    if (count > d->count) {
        desc_record(d, count);
    } else {
        stamp(d);
        d->count = count;
        if (!count && d->records && d->kind == DESC_IRD) default_record(d, &d->records[0]);
    }
}

bool desc_set_name(struct desc_record *r, const char *name)
{
    char *copy = *name ? strdup(name) : NULL;

    if (*name && !copy) return false;
    free(r->own_name);
    r->own_name = copy;
    r->name = copy ? copy : "";
    r->is_unnamed = copy ? SQL_NAMED : SQL_UNNAMED;
    return true;
}

/* SQL_DESC_COUNT falls to the highest record that is still bound. */
static void drop_unbound_tail(struct desc *d)
{
    SQLSMALLINT count = d->count;

    while (count > 0 && !d->records[count].data_ptr && !d->records[count].octet_length_ptr) {
        count--;
    }
    desc_set_count(d, count);
}

void desc_set_data(struct desc *d, SQLSMALLINT number, SQLPOINTER data)
{
    d->records[number].data_ptr = data;
    if (!data && number && number == d->count) drop_unbound_tail(d);
}

static SQLRETURN check_binding(struct diag *diag, SQLUSMALLINT column, SQLSMALLINT c_type,
                               SQLLEN buffer_bytes)
{
    if (column >= INT16_MAX) return diag_push(diag, SQLSTATE_07009, 0, "no column %u", column);
    if (c_type != SQL_C_DEFAULT && sqltype_c_bytes(c_type) < 0) {
        return diag_push(diag, SQLSTATE_HY003, 0, "%d is no C type", c_type);
    }
    if (buffer_bytes < 0) {
        return diag_push(diag, SQLSTATE_HY090, 0, "the buffer's length is %ld", (long)buffer_bytes);
    }
    return SQL_SUCCESS;
}

SQLRETURN desc_bind_column(struct desc *ard, struct diag *diag, SQLUSMALLINT column,
                           SQLSMALLINT c_type, SQLPOINTER data, SQLLEN buffer_bytes,
                           SQLLEN *length_or_indicator)
{
    SQLRETURN rc = check_binding(diag, column, c_type, buffer_bytes);
    SQLSMALLINT number = (SQLSMALLINT)column;
    struct desc_record *r;

    if (rc) return rc;
    if (!data && !length_or_indicator && number > ard->count) return SQL_SUCCESS;
    r = desc_record(ard, number);
    if (!r) return diag_push(diag, SQLSTATE_HY001, 0, "no memory for a binding");

    desc_set_type(r, sqltype_odbc3(c_type));
    r->octet_length = buffer_bytes;
    r->length = (SQLULEN)buffer_bytes;
    r->octet_length_ptr = r->indicator_ptr = length_or_indicator;
    desc_set_data(ard, number, data);
    return SQL_SUCCESS;
}

/*
 * Athena names no table for a column, and then always the catalog "hive", which there is none of:
 * an application that qualified a name with it would get an error.
 */
static void describe_origin(struct desc_record *r, const struct column *c)
{
    if (!*c->table) return;
    r->base_column = c->name;
    r->table = r->base_table = c->table;
    r->schema = c->schema;
    r->catalog = c->catalog;
}

static void describe_record(struct desc_record *r, const struct column *c,
                            const struct sqltype_settings *settings)
{
    struct sqltype t;

    sqltype_describe(c, settings, &t);
    r->concise_type = t.concise_type;
    r->type = t.verbose_type;
    r->datetime_interval_code = t.datetime_code;
    r->length = t.column_size;
    r->octet_length = t.octet_length;
    r->precision = t.precision;
    r->scale = t.scale;
    r->column_size = t.column_size;
    r->decimal_digits = t.decimal_digits;
    r->nullable = (SQLSMALLINT)(unsigned char)c->nullable; /* 0, 1 or 2 */
    r->display_size = t.display_size;
    r->is_unsigned = t.is_unsigned;
    r->searchable = t.searchable;
    r->is_fixed_precision_scale = t.is_fixed_precision_scale;
    r->is_case_sensitive = t.is_case_sensitive;
    r->num_prec_radix = t.precision_radix;
    r->is_unnamed = *c->name ? SQL_NAMED : SQL_UNNAMED;
    r->name = c->name;
    r->label = *c->label ? c->label : c->name;
    describe_origin(r, c);
    r->type_name = t.type_name;
    r->literal_prefix = t.literal_prefix;
    r->literal_suffix = t.literal_suffix;
}

/* Record 0, when bookmarks are on (exec/bookmark.h). */
static void describe_bookmark(struct desc *ird, SQLULEN use_bookmarks)
{
    const bool is_number = use_bookmarks == SQL_UB_FIXED;
    struct desc_record *r = &ird->records[0];

    default_record(ird, r);
    r->concise_type = r->type = is_number ? SQL_INTEGER : SQL_BINARY;
    r->length = r->column_size = sizeof(SQLULEN);
    r->octet_length = sizeof(SQLULEN);
    r->display_size = is_number ? 20 : 2 * (SQLLEN)sizeof(SQLULEN);
    r->nullable = SQL_NO_NULLS;
    r->is_unsigned = SQL_TRUE;
    r->searchable = SQL_PRED_NONE;
    r->num_prec_radix = is_number ? 10 : 0;
    r->type_name = is_number ? "bigint" : "varbinary";
}

bool desc_describe(struct desc *ird, const struct column *columns, unsigned count,
                   const struct sqltype_settings *settings)
{
    desc_set_count(ird, 0);
    if (count >= INT16_MAX) return false;
    for (unsigned i = 0; i < count; i++) {
        struct desc_record *r = desc_record(ird, (SQLSMALLINT)(i + 1));

        if (!r) return false;
        default_record(ird, r);
        describe_record(r, &columns[i], settings);
    }
    if (count && ird->owner && ird->owner->attr.use_bookmarks != SQL_UB_OFF) {
        describe_bookmark(ird, ird->owner->attr.use_bookmarks);
    }
    return true;
}
