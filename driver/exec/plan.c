/* Bindings and their kernels. See plan.h. */
#include "exec/plan.h"

#include <stdlib.h>
#include <string.h>

#include "exec/bookmark.h"
#include "exec/max_length.h"
#include "handle/dbc.h"

struct binding {
    const struct column *column;
    unsigned number; /* from 1; 0: bookmarks */
    bool is_cut;     /* SQL_ATTR_MAX_LENGTH concerns it */
    sql2c_fn *kernel;
    struct c_target target;
};

/*
 * What a plan was made from. When nothing of it has changed, which is so for all rowsets but the
 * first of most programs, the plan stands: looking is an order of magnitude quicker than planning.
 */
struct basis {
    uint64_t ard_stamp, ird_stamp; /* desc.h; each result's columns give the IRD another one */
    unsigned count;
    SQLULEN bind_type, max_length, retrieve_data, use_bookmarks;
    SQLLEN moved; /* what the application's SQL_DESC_BIND_OFFSET_PTR points to */
};

struct fetch_plan {
    struct binding *bindings;
    unsigned count, room;
    struct binding bookmarks;
    bool has_bookmarks;
    struct basis basis;
    bool is_made;
    SQLUSMALLINT *status; /* where the application gives no room for it */
    size_t status_room;
    struct cell *cut; /* cells of a column after SQL_ATTR_MAX_LENGTH */
    size_t cut_room;
};

/* Rows of a run: so many cells from one on, to the buffers from another row on. */
struct span_of_rows {
    size_t cell_row, buffer_row, count;
};

/* What an issue is about, for report(). */
struct reporter {
    struct stmt *s;
    SQLUSMALLINT *status;
    struct span_of_rows span;
    unsigned number; /* of the column */
    struct plan_outcome *outcome;
};

SQLSMALLINT plan_c_type(const struct stmt *s, const struct column *column, SQLSMALLINT c_type)
{
    struct sqltype type;

    if (c_type != SQL_C_DEFAULT) return c_type;
    sqltype_describe(column, &s->dbc->types, &type);
    return type.default_c_type;
}

SQLRETURN plan_refuse(struct stmt *s, SQLUSMALLINT number, SQLSMALLINT c_type)
{
    const struct column *c = number ? &s->columns[number - 1] : &bookmark_column;

    if (sqltype_c_bytes(c_type) < 0) {
        return diag_push(&s->base.diag, SQLSTATE_HY003, 0, "column %u: %d is no C data type",
                         number, c_type);
    }
    return diag_push(&s->base.diag, SQLSTATE_07006, 0,
                     "column %u (\"%s\") is of type %s, which does not convert to C data type %d",
                     number, c->name, c->type_name, c_type);
}

static void *offset(void *pointer, SQLLEN bytes)
{
    return pointer ? (char *)pointer + bytes : NULL;
}

static bool is_bound(const struct desc_record *r)
{
    return r->data_ptr || r->octet_length_ptr || r->indicator_ptr;
}

static void aim(struct c_target *t, const struct desc *ard, SQLLEN moved,
                const struct desc_record *r, SQLSMALLINT c_type)
{
    const SQLLEN fixed_bytes = sqltype_c_bytes(c_type);
    const size_t element = (size_t)(fixed_bytes > 0 ? fixed_bytes : r->octet_length);
    const bool by_row = ard->bind_type != SQL_BIND_BY_COLUMN;

    *t = (struct c_target){
        .c_type = c_type,
        .data = offset(r->data_ptr, moved),
        .buffer_bytes = r->octet_length,
        .octet_length = offset(r->octet_length_ptr, moved),
        .indicator = offset(r->indicator_ptr, moved),
        .data_stride = by_row ? (size_t)ard->bind_type : element,
        .length_stride = by_row ? (size_t)ard->bind_type : sizeof(SQLLEN),
        .indicator_stride = by_row ? (size_t)ard->bind_type : sizeof(SQLLEN),
        .precision = r->precision,
        .scale = r->scale,
        .leading_precision = r->datetime_interval_precision,
    };
}

static bool make_room(struct stmt *s, unsigned count)
{
    struct binding *bindings;

    if (!s->plan) s->plan = calloc(1, sizeof *s->plan);
    if (!s->plan) return false;
    if (s->plan->room >= count) return true;
    bindings = realloc(s->plan->bindings, count * sizeof *bindings);
    if (!bindings) return false;
    s->plan->bindings = bindings;
    s->plan->room = count;
    return true;
}

static struct basis basis_of(const struct stmt *s)
{
    unsigned count = s->ard->count > 0 ? (unsigned)s->ard->count : 0;

    return (struct basis){
        .ard_stamp = s->ard->stamp,
        .ird_stamp = s->ird->stamp,
        .count = count < s->column_count ? count : s->column_count,
        .bind_type = s->ard->bind_type,
        .max_length = s->attr.max_length,
        .retrieve_data = s->attr.retrieve_data,
        .use_bookmarks = s->attr.use_bookmarks,
        .moved = desc_read_length(s->ard->bind_offset_ptr, 0),
    };
}

static bool still_stands(const struct fetch_plan *p, const struct basis *now)
{
    const struct basis *then = &p->basis;

    return p->is_made && then->ard_stamp == now->ard_stamp && then->ird_stamp == now->ird_stamp &&
           then->count == now->count && then->bind_type == now->bind_type &&
           then->max_length == now->max_length && then->retrieve_data == now->retrieve_data &&
           then->use_bookmarks == now->use_bookmarks && then->moved == now->moved;
}

static SQLRETURN bind_column(struct stmt *s, unsigned number)
{
    const struct desc_record *r = &s->ard->records[number];
    const struct column *column = &s->columns[number - 1];
    const SQLSMALLINT c_type = plan_c_type(s, column, r->concise_type);
    struct binding *b = &s->plan->bindings[s->plan->count];

    b->column = column;
    b->number = number;
    b->kernel = sql2c_kernel(column->type, c_type);
    if (!b->kernel) return plan_refuse(s, (SQLUSMALLINT)number, c_type);
    b->is_cut = s->attr.max_length && max_length_applies(column, c_type);
    aim(&b->target, s->ard, s->plan->basis.moved, r, c_type);
    s->plan->count++;
    return SQL_SUCCESS;
}

static SQLRETURN bind_bookmarks(struct stmt *s)
{
    const struct desc_record *r = s->ard->records;
    const SQLSMALLINT c_type = bookmark_c_type(s, r->concise_type);
    struct binding *b = &s->plan->bookmarks;

    *b = (struct binding){.column = &bookmark_column,
                          .kernel = sql2c_kernel(bookmark_column.type, c_type)};
    if (!b->kernel) return plan_refuse(s, 0, c_type);
    aim(&b->target, s->ard, s->plan->basis.moved, r, c_type);
    s->plan->has_bookmarks = true;
    return SQL_SUCCESS;
}

static SQLRETURN bind_all(struct stmt *s, const struct basis *basis)
{
    const struct desc_record *bookmarks = desc_find_record(s->ard, 0);
    SQLRETURN rc = SQL_SUCCESS;

    if (basis->use_bookmarks != SQL_UB_OFF && bookmarks && is_bound(bookmarks)) {
        rc = bind_bookmarks(s);
    }
    if (basis->retrieve_data == SQL_RD_OFF) return rc;
    for (unsigned number = 1; number <= basis->count && !rc; number++) {
        if (is_bound(&s->ard->records[number])) rc = bind_column(s, number);
    }
    return rc;
}

static SQLRETURN make_anew(struct stmt *s, const struct basis *basis)
{
    SQLRETURN rc;

    if (s->plan) s->plan->is_made = false;
    if (!make_room(s, basis->count ? basis->count : 1)) {
        return diag_push(&s->base.diag, SQLSTATE_HY001, 0, "out of memory");
    }
    s->plan->basis = *basis;
    s->plan->count = 0;
    s->plan->has_bookmarks = false;
    rc = bind_all(s, basis);
    s->plan->is_made = !rc;
    if (rc) s->plan->count = 0;
    return rc;
}

SQLRETURN plan_make(struct stmt *s)
{
    const struct basis basis = basis_of(s);

    return s->plan && still_stands(s->plan, &basis) ? SQL_SUCCESS : make_anew(s, &basis);
}

bool plan_take_bookmarks(struct stmt *s, struct c_target *target)
{
    if (!s->plan->has_bookmarks || !s->plan->bookmarks.target.data) return false;
    *target = s->plan->bookmarks.target;
    s->plan->has_bookmarks = s->plan->is_made = false; /* what is left serves this once */
    return true;
}

static void report(void *context, size_t row, enum sqlstate state, const char *detail)
{
    struct reporter *r = context;
    struct stmt *s = r->s;
    SQLUSMALLINT *status;

    row += r->span.buffer_row;
    diag_push_at(&s->base.diag, state, (SQLLEN)row + 1, (SQLINTEGER)r->number, detail);
    if (row >= r->span.buffer_row + r->span.count) return;
    status = &r->status[row];
    if (sql2c_is_warning(state)) {
        r->outcome->has_warnings = true;
        if (*status == SQL_ROW_SUCCESS) *status = SQL_ROW_SUCCESS_WITH_INFO;
        return;
    }
    if (*status != SQL_ROW_ERROR) r->outcome->bad_rows++;
    *status = SQL_ROW_ERROR;
    fault_set(&r->outcome->first_error, state, 0, "row %llu of the result, column %u: %s",
              (unsigned long long)(s->rowset_first + row), r->number, detail);
}

/* The column's cells as SQL_ATTR_MAX_LENGTH leaves them; NULL: no memory. */
static const struct cell *cut_cells(struct stmt *s, const struct binding *b,
                                    const struct cell *cells, size_t row_count)
{
    struct fetch_plan *p = s->plan;

    if (p->cut_room < row_count) {
        struct cell *cut = realloc(p->cut, row_count * sizeof *cut);

        if (!cut) return NULL;
        p->cut = cut;
        p->cut_room = row_count;
    }
    for (size_t row = 0; row < row_count; row++) {
        p->cut[row] = max_length_cut(b->column, cells[row], s->attr.max_length);
    }
    return p->cut;
}

static void *move(void *pointer, size_t rows, size_t stride)
{
    return offset(pointer, (SQLLEN)(rows * stride));
}

static void run_further_down(struct reporter *r, const struct binding *b, const struct cell *cells)
{
    const size_t first = r->span.buffer_row;
    struct c_target moved = b->target;

    moved.data = move(moved.data, first, moved.data_stride);
    moved.octet_length = move(moved.octet_length, first, moved.length_stride);
    moved.indicator = move(moved.indicator, first, moved.indicator_stride);
    b->kernel(b->column, cells, r->span.count, &moved, report, r);
}

/* Once a row and column when the rowset is one row: there is nothing here that could be before. */
static inline void run_binding(struct reporter *r, const struct binding *b,
                               const struct cell *cells)
{
    r->number = b->number;
    if (r->span.buffer_row == 0) {
        b->kernel(b->column, cells, r->span.count, &b->target, report, r);
    } else {
        run_further_down(r, b, cells);
    }
}

static void run_bookmarks(struct reporter *r)
{
    const struct span_of_rows all = r->span;

    r->span.count = 1;
    for (size_t row = 0; row < all.count; row++) {
        char text[BOOKMARK_TEXT_BYTES];
        const struct cell cell = bookmark_cell(r->s->rowset_first + all.cell_row + row, text);

        r->span.buffer_row = all.buffer_row + row;
        run_binding(r, &r->s->plan->bookmarks, &cell);
    }
    r->span = all;
}

static void run(struct stmt *s, struct span_of_rows span, SQLUSMALLINT *status,
                struct plan_outcome *outcome)
{
    struct reporter r = {.s = s, .status = status, .span = span, .outcome = outcome};

    for (size_t row = 0; row < span.count; row++) {
        status[span.buffer_row + row] = SQL_ROW_SUCCESS;
    }
    if (s->plan->has_bookmarks) run_bookmarks(&r);
    for (unsigned i = 0; i < s->plan->count; i++) {
        const struct binding *b = &s->plan->bindings[i];
        const struct cell *cells = rows_column(s->rows, b->number - 1) + span.cell_row;

        if (b->is_cut) cells = cut_cells(s, b, cells, span.count);
        if (cells) {
            run_binding(&r, b, cells);
        } else {
            r.number = b->number;
            for (size_t row = 0; row < span.count; row++) {
                report(&r, row, SQLSTATE_HY001, "out of memory");
            }
        }
    }
}

void plan_outcome_clear(struct plan_outcome *outcome)
{
    outcome->bad_rows = 0;
    outcome->has_warnings = false;
    outcome->first_error.state = SQLSTATE_NONE;
}

void plan_run(struct stmt *s, size_t row_count, SQLUSMALLINT *status, struct plan_outcome *outcome)
{
    plan_outcome_clear(outcome);
    run(s, (struct span_of_rows){.count = row_count}, status, outcome);
}

void plan_run_row(struct stmt *s, size_t cell_row, size_t buffer_row, SQLUSMALLINT *status,
                  struct plan_outcome *outcome)
{
    run(s, (struct span_of_rows){.cell_row = cell_row, .buffer_row = buffer_row, .count = 1},
        status, outcome);
}

SQLUSMALLINT *plan_status(struct stmt *s, size_t row_count)
{
    struct fetch_plan *p = s->plan;
    SQLUSMALLINT *status;

    if (row_count == 0) row_count = 1;
    if (p->status_room >= row_count) return p->status;
    status = realloc(p->status, row_count * sizeof *status);
    if (!status) return NULL;
    p->status = status;
    p->status_room = row_count;
    return status;
}

void plan_free(struct fetch_plan *plan)
{
    if (!plan) return;
    free(plan->bindings);
    free(plan->status);
    free(plan->cut);
    free(plan);
}
