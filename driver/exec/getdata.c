/* SQLGetData: one value of the current row, in parts. See fetch.h. */
#include "exec/fetch.h"

#include "exec/bookmark.h"
#include "exec/max_length.h"
#include "exec/plan.h"
#include "handle/desc_type.h"

static bool has_digits(SQLSMALLINT c_type)
{
    return c_type == SQL_C_NUMERIC ||
           (c_type >= SQL_C_INTERVAL_YEAR && c_type <= SQL_C_INTERVAL_MINUTE_TO_SECOND);
}

static void set_digits(struct c_target *t, const struct desc_record *r)
{
    t->precision = r->precision;
    t->scale = r->scale;
    t->leading_precision = r->datetime_interval_precision;
}

/*
 * SQL_ARD_TYPE and SQL_C_DEFAULT become what they stand for; digits are those of the descriptor with
 * SQL_ARD_TYPE, otherwise those that SQLBindCol would set. Most types need neither.
 */
static void resolve(const struct stmt *s, SQLUSMALLINT column, struct c_target *t)
{
    if (t->c_type == SQL_ARD_TYPE) {
        t->c_type = s->ard->records[column].concise_type;
        set_digits(t, &s->ard->records[column]);
    } else if (has_digits(t->c_type)) {
        struct desc_record defaults = {0};

        desc_set_type(&defaults, t->c_type);
        set_digits(t, &defaults);
    }
    if (t->c_type != SQL_C_DEFAULT) return;
    t->c_type = column ? plan_c_type(s, &s->columns[column - 1], t->c_type)
                       : bookmark_c_type(s, t->c_type);
}

static SQLRETURN check(struct stmt *s, SQLUSMALLINT column, SQLSMALLINT c_type, SQLPOINTER data,
                       SQLLEN buffer_bytes)
{
    struct diag *d = &s->base.diag;

    if (s->state != STMT_CURSOR || s->rowset_count == 0 || s->is_past_end) {
        return diag_push(d, SQLSTATE_24000, 0, "the cursor is not on a row: %s",
                         s->state == STMT_CURSOR && s->is_past_end ? "it is past the end"
                                                                   : "fetch one first");
    }
    if (column > s->column_count || (column == 0 && s->attr.use_bookmarks == SQL_UB_OFF)) {
        return diag_push(d, SQLSTATE_07009, 0, "there is no column %u: the result has 1 to %u",
                         column, s->column_count);
    }
    if (c_type == SQL_ARD_TYPE && !desc_find_record(s->ard, (SQLSMALLINT)column)) {
        return diag_push(d, SQLSTATE_07009, 0, "the descriptor has no record %u, only %d", column,
                         s->ard->count);
    }
    if (!data) return diag_push(d, SQLSTATE_HY009, 0, "no buffer for column %u", column);
    if (buffer_bytes < 0) {
        return diag_push(d, SQLSTATE_HY090, 0, "buffer length %ld", (long)buffer_bytes);
    }
    return SQL_SUCCESS;
}

struct reporter {
    struct stmt *s;
    SQLINTEGER column;
};

static void report(void *context, size_t row, enum sqlstate state, const char *detail)
{
    const struct reporter *r = context;

    (void)row;
    diag_push_at(&r->s->base.diag, state, (SQLLEN)r->s->rowset_row + 1, r->column, detail);
}

/* The value asked for; a bookmark's text goes to the room given for it. */
static struct cell value_of(struct stmt *s, SQLUSMALLINT column, SQLSMALLINT c_type,
                            char text[BOOKMARK_TEXT_BYTES])
{
    const struct column *source;
    struct cell cell;

    if (column == 0) return bookmark_cell(s->rowset_first + s->rowset_row, text);
    source = &s->columns[column - 1];
    cell = rows_column(s->rows, column - 1U)[s->rowset_row];
    if (!s->attr.max_length || !max_length_applies(source, c_type)) return cell;
    return max_length_cut(source, cell, s->attr.max_length);
}

/* s->getdata_column is the column's number and 1, since 0 stands for none. */
static void begin_value(struct stmt *s, SQLUSMALLINT column)
{
    if (s->getdata_column == (unsigned)column + 1) return;
    s->getdata_column = (unsigned)column + 1;
    s->part = (struct sql2c_part){.taken_bytes = 0};
}

SQLRETURN exec_get_data(struct stmt *s, SQLUSMALLINT column, SQLSMALLINT c_type, SQLPOINTER data,
                        SQLLEN buffer_bytes, SQLLEN *indicator)
{
    struct reporter reporter = {.s = s, .column = column};
    SQLRETURN rc = check(s, column, c_type, data, buffer_bytes);
    const struct column *source;
    struct c_target target = {.c_type = c_type};
    char text[BOOKMARK_TEXT_BYTES];
    struct cell cell;

    if (rc) return rc;
    source = column ? &s->columns[column - 1] : &bookmark_column;
    resolve(s, column, &target);
    if (!sql2c_kernel(source->type, target.c_type)) return plan_refuse(s, column, target.c_type);
    target.data = data;
    target.buffer_bytes = buffer_bytes;
    target.octet_length = target.indicator = indicator;
    begin_value(s, column);
    cell = value_of(s, column, target.c_type, text);
    return sql2c_get(source, &cell, &target, &s->part, report, &reporter);
}
