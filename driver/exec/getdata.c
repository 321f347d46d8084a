/* SQLGetData: one value of the current row, in parts. See fetch.h. */
#include "exec/fetch.h"

#include <stdlib.h>

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

/* ---- what was found out for the value before -------------------------------------------------- */

/* NULL: it has to be looked for. */
static const struct sql2c_way *known_way(const struct stmt *s, SQLUSMALLINT column,
                                         SQLSMALLINT c_type)
{
    const struct sql2c_way *way;

    if (!s->ways || column - 1U >= s->column_count) return NULL;
    way = &s->ways[column - 1];
    return way->c_type == c_type && way->whole ? way : NULL;
}

/* For types that mean the same each time; without memory nothing is remembered. */
static void remember(struct stmt *s, SQLUSMALLINT column, SQLSMALLINT asked,
                     const struct sql2c_way *way)
{
    if (!column || asked != way->c_type || has_digits(asked)) return;
    if (!s->ways) s->ways = calloc(s->column_count, sizeof *s->ways);
    if (s->ways) s->ways[column - 1] = *way;
}

/* Nothing to complain of, and the value is given as it is. */
static bool is_plain(const struct stmt *s, const void *data, SQLLEN buffer_bytes)
{
    return s->state == STMT_CURSOR && s->rowset_count && !s->is_past_end && data &&
           buffer_bytes >= 0 && !s->attr.max_length;
}

/* The first value of a column, and whatever is not plain. Apart, lest all calls pay for its room. */
static __attribute__((noinline)) SQLRETURN get_carefully(struct stmt *s, SQLUSMALLINT column,
                                                         struct c_target *target,
                                                         struct reporter *reporter)
{
    SQLSMALLINT asked = target->c_type;
    SQLRETURN rc = check(s, column, asked, target->data, target->buffer_bytes);
    const struct column *source;
    struct sql2c_way way;
    char text[BOOKMARK_TEXT_BYTES];
    struct cell cell;

    if (rc) return rc;
    source = column ? &s->columns[column - 1] : &bookmark_column;
    resolve(s, column, target);
    way = sql2c_way(source->type, target->c_type);
    if (!way.whole) return plan_refuse(s, column, target->c_type);
    remember(s, column, asked, &way);
    begin_value(s, column);
    cell = value_of(s, column, target->c_type, text);
    return sql2c_get(&way, source, &cell, target, &s->part, report, reporter);
}

SQLRETURN exec_get_data(struct stmt *s, SQLUSMALLINT column, SQLSMALLINT c_type, SQLPOINTER data,
                        SQLLEN buffer_bytes, SQLLEN *indicator)
{
    struct reporter reporter = {.s = s, .column = column};
    struct c_target target = {.c_type = c_type, .data = data, .buffer_bytes = buffer_bytes};
    const struct sql2c_way *way = known_way(s, column, c_type);
    unsigned index = column - 1U;

    target.octet_length = target.indicator = indicator;
    if (!way || !is_plain(s, data, buffer_bytes)) {
        return get_carefully(s, column, &target, &reporter);
    }
    begin_value(s, column);
    return sql2c_get(way, &s->columns[index], &rows_column(s->rows, index)[s->rowset_row], &target,
                     &s->part, report, &reporter);
}
