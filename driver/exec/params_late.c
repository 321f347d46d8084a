/* Data at execution. See params_late.h. */
#include "exec/params_late.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/athena_codec.h"
#include "base/buf.h"
#include "convert/sqltype.h"
#include "exec/params.h"

/* A value as UTF-16 takes at most twice the bytes that Athena takes of a text in all. */
enum { VALUE_BYTES_MAX = 2 * ATHENA_SQL_BYTES_MAX };

struct late_value {
    size_t set;
    unsigned number;
    bool is_null;
    struct buf bytes;
};

struct params {
    char *text;
    size_t set_count;
    unsigned count; /* parameters of a set */
    size_t set;     /* of the current parameter */
    unsigned number;
    bool has_part;
    struct late_value *values; /* in the order they are asked for; the last is the current one */
    size_t value_count, room;
};

SQLRETURN params_late_begin(struct stmt *s, const char *text, unsigned count, size_t set_count)
{
    struct params *p = calloc(1, sizeof *p);
    char *copy = strdup(text);

    if (!p || !copy) {
        free(p);
        free(copy);
        return diag_push(&s->base.diag, SQLSTATE_HY001, 0, "no memory for parameters");
    }
    p->text = copy;
    p->count = count;
    p->set_count = set_count;
    params_end(s);
    s->params = p;
    atomic_store(&s->needs_data, true);
    return SQL_NEED_DATA;
}

void params_end(struct stmt *s)
{
    struct params *p = s->params;

    atomic_store(&s->needs_data, false);
    s->params = NULL;
    if (!p) return;
    for (size_t i = 0; i < p->value_count; i++)
        buf_clear(&p->values[i].bytes);
    free(p->values);
    free(p->text);
    free(p);
}

const char *params_text(const struct stmt *s)
{
    return s->params->text;
}

static SQLRETURN out_of_sequence(struct stmt *s, const char *what)
{
    return diag_push(&s->base.diag, SQLSTATE_HY010, 0, "%s", what);
}

static struct late_value *current_value(struct params *p)
{
    return p->value_count ? &p->values[p->value_count - 1] : NULL;
}

/* Room for the data of the current parameter. */
static SQLRETURN add_value(struct stmt *s)
{
    struct params *p = s->params;
    struct late_value *values = p->values;

    if (p->value_count == p->room) {
        p->room = p->room ? p->room * 2 : 4;
        values = realloc(p->values, p->room * sizeof *values);
        if (!values) return diag_push(&s->base.diag, SQLSTATE_HY001, 0, "no memory for parameters");
        p->values = values;
    }
    values[p->value_count] = (struct late_value){.set = p->set, .number = p->number};
    buf_init(&values[p->value_count++].bytes, VALUE_BYTES_MAX);
    p->has_part = false;
    return SQL_NEED_DATA;
}

/* Goes on to the next parameter; false behind the last one of the last set. */
static bool step(const struct stmt *s)
{
    struct params *p = s->params;

    if (p->number < p->count && !param_is_ignored(s, p->set)) {
        p->number++;
        return true;
    }
    do {
        if (++p->set >= p->set_count) return false;
    } while (param_is_ignored(s, p->set));
    p->number = 1;
    return true;
}

/* "The application can determine the row ... by SQL_ATTR_PARAMS_PROCESSED_PTR" */
static void tell_set(const struct stmt *s)
{
    desc_tell_count(s->ipd->rows_processed_ptr, s->params->set + 1);
}

SQLRETURN params_next(struct stmt *s, SQLPOINTER *token)
{
    struct params *p = s->params;
    struct param_value value;
    SQLRETURN rc;

    if (!p) return out_of_sequence(s, "no parameter wants data at execution");
    if (p->value_count && !p->has_part) {
        return out_of_sequence(s, "SQLPutData has not been called for this parameter");
    }
    while (step(s)) {
        rc = param_read(s, p->set, (SQLSMALLINT)p->number, &value);
        if (!rc && value.is_late) rc = add_value(s);
        if (rc == SQL_ERROR) params_end(s);
        if (rc == SQL_SUCCESS) continue;
        if (rc == SQL_NEED_DATA) tell_set(s);
        if (rc == SQL_NEED_DATA && token) *token = (SQLPOINTER)(uintptr_t)value.data;
        return rc;
    }
    return SQL_SUCCESS;
}

/* The bytes of a part; -1 after having told what is wrong. */
static SQLLEN part_bytes(struct stmt *s, SQLSMALLINT c_type, const char *data, SQLLEN length)
{
    SQLLEN fixed = sqltype_c_bytes(c_type);
    SQLLEN bytes = fixed > 0 ? fixed : length;

    if (fixed <= 0 && length < 0 && length != SQL_NTS) {
        diag_push(&s->base.diag, SQLSTATE_HY090, 0, "length %ld", (long)length);
        return -1;
    }
    if (!data && bytes != 0) {
        diag_push(&s->base.diag, SQLSTATE_HY009, 0, "no data, and a length that is not 0");
        return -1;
    }
    if (bytes != SQL_NTS || fixed > 0) return bytes;
    if (c_type != SQL_C_WCHAR) return (SQLLEN)strlen(data);
    for (bytes = 0; data[bytes] || data[bytes + 1];)
        bytes += (SQLLEN)sizeof(SQLWCHAR);
    return bytes;
}

/* What may not come after what has come. */
static SQLRETURN check_part(struct stmt *s, const struct late_value *v, SQLSMALLINT c_type,
                            SQLLEN length)
{
    if (length == SQL_DEFAULT_PARAM) {
        return diag_push(&s->base.diag, SQLSTATE_07S01, 0, "there is no default value");
    }
    if (!s->params->has_part) return SQL_SUCCESS;
    if (v->is_null || length == SQL_NULL_DATA) {
        return diag_push(&s->base.diag, SQLSTATE_HY020, 0, "NULL comes alone");
    }
    if (sqltype_c_bytes(c_type) != 0) {
        return diag_push(&s->base.diag, SQLSTATE_HY019, 0,
                         "only text and bytes come in more than one part");
    }
    return SQL_SUCCESS;
}

static SQLRETURN keep_part(struct stmt *s, struct late_value *v, const char *data, size_t bytes)
{
    if (bytes > VALUE_BYTES_MAX - v->bytes.count) {
        return diag_push(&s->base.diag, SQLSTATE_22001, 0,
                         "the value is longer than a statement of Athena's may be (%d bytes)",
                         ATHENA_SQL_BYTES_MAX);
    }
    buf_put(&v->bytes, data, bytes);
    if (buf_ok(&v->bytes)) return SQL_SUCCESS;
    return diag_push(&s->base.diag, SQLSTATE_HY001, 0, "no memory for a parameter");
}

static SQLRETURN put(struct stmt *s, SQLPOINTER data, SQLLEN length)
{
    struct params *p = s->params;
    struct late_value *v = current_value(p);
    struct param_value value;
    SQLLEN bytes;
    SQLRETURN rc = param_read(s, p->set, (SQLSMALLINT)p->number, &value);

    if (!rc) rc = check_part(s, v, value.c_type, length);
    if (rc) return rc;
    p->has_part = true;
    if (length == SQL_NULL_DATA) {
        v->is_null = true;
        return SQL_SUCCESS;
    }
    bytes = part_bytes(s, value.c_type, data, length);
    return bytes < 0 ? SQL_ERROR : keep_part(s, v, data, (size_t)bytes);
}

SQLRETURN params_put(struct stmt *s, SQLPOINTER data, SQLLEN length)
{
    SQLRETURN rc;

    if (!s->params || !current_value(s->params)) {
        return out_of_sequence(s, "SQLParamData comes before SQLPutData");
    }
    rc = put(s, data, length);
    if (rc) params_end(s);
    return rc;
}

static const struct late_value *find_value(const struct params *p, size_t set, unsigned number)
{
    size_t low = 0, high = p ? p->value_count : 0;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct late_value *v = &p->values[middle];

        if (v->set == set && v->number == number) return v;
        if (v->set < set || (v->set == set && v->number < number)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

SQLRETURN params_late_source(struct stmt *s, size_t set, unsigned number,
                             const struct param_value *value, struct c_source *out)
{
    const struct late_value *v = find_value(s->params, set, number);

    if (!v) {
        return out_of_sequence(s, "the length of a parameter has changed since it was asked for");
    }
    *out = (struct c_source){.c_type = value->c_type,
                             .data = v->is_null ? NULL : v->bytes.bytes,
                             .bytes = v->bytes.count,
                             .precision = value->precision,
                             .scale = value->scale};
    if (out->data && (SQLLEN)out->bytes < sqltype_c_bytes(value->c_type)) {
        return out_of_sequence(s, "a parameter has got no data");
    }
    return SQL_SUCCESS;
}
