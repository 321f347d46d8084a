/*
 * The body is copied once into the page's arena and read there; a cell's text is the very bytes
 * between its quotes, escapes undone in place. So a page costs one allocation for its bytes and a
 * doubling array for its cells.
 */
#include "aws/athena_results.h"

#include <stdlib.h>
#include <string.h>

#include "aws/json_bind.h"
#include "aws/json_read.h"

/* ---- columns ---- */

struct raw_column {
    const char *catalog, *schema, *table, *name, *label, *type, *nullable;
    int precision, scale;
    bool is_case_sensitive;
};

struct raw_columns {
    struct raw_column *items;
    size_t count;
};

/* clang-format off */
#define AT(field) offsetof(struct raw_column, field)
static const struct json_member column_members[] = {
    {.name = "CatalogName",   .kind = JSON_TEXT, .offset = AT(catalog)},
    {.name = "SchemaName",    .kind = JSON_TEXT, .offset = AT(schema)},
    {.name = "TableName",     .kind = JSON_TEXT, .offset = AT(table)},
    {.name = "Name",          .kind = JSON_TEXT, .offset = AT(name)},
    {.name = "Label",         .kind = JSON_TEXT, .offset = AT(label)},
    {.name = "Type",          .kind = JSON_TEXT, .offset = AT(type)},
    {.name = "Precision",     .kind = JSON_INT,  .offset = AT(precision)},
    {.name = "Scale",         .kind = JSON_INT,  .offset = AT(scale)},
    {.name = "Nullable",      .kind = JSON_TEXT, .offset = AT(nullable)},
    {.name = "CaseSensitive", .kind = JSON_BOOL, .offset = AT(is_case_sensitive)},
    {0}};

static const struct json_member metadata_members[] = {
    {.name = "ColumnInfo", .kind = JSON_LIST, .inner = column_members,
     .offset = offsetof(struct raw_columns, items),
     .count_offset = offsetof(struct raw_columns, count),
     .item_bytes = sizeof(struct raw_column)},
    {0}};
/* clang-format on */

static int8_t nullable_of(const char *word)
{
    if (!strcmp(word, "NOT_NULL")) return 0;
    return strcmp(word, "NULLABLE") ? 2 : 1;
}

static bool make_columns(struct athena_results *r, struct arena *a, const struct raw_columns *raw)
{
    r->columns = arena_array(a, raw->count + 1, sizeof *r->columns);
    if (!r->columns) return false;
    r->column_count = (unsigned)raw->count;
    for (size_t i = 0; i < raw->count; i++) {
        const struct raw_column *from = &raw->items[i];

        r->columns[i] = (struct column){
            .name = from->name,
            .label = *from->label ? from->label : from->name,
            .catalog = from->catalog,
            .schema = from->schema,
            .table = from->table,
            .type_name = from->type,
            .type = athena_type_of(from->type),
            .precision = from->precision,
            .scale = from->scale,
            .is_case_sensitive = from->is_case_sensitive,
            .nullable = nullable_of(from->nullable),
        };
    }
    return true;
}

/* ---- rows ---- */

/*
 * Rows come before the columns in the answer, so how many cells a row is to have is not known while
 * they are read: cells are collected one after the other, and rows remembered by where they begin.
 */
struct collected {
    struct cell *cells;
    size_t *starts; /* of rows, in cells; one more than rows, the last is the count of cells */
    size_t cell_count, cell_room;
    size_t row_count, row_room;
};

static void collected_clear(struct collected *c)
{
    free(c->cells);
    free(c->starts);
}

static bool widen(void **items, size_t count, size_t *room, size_t item_bytes)
{
    size_t wider = *room ? 2 * *room : 256;
    void *moved;

    if (count < *room) return true;
    moved = realloc(*items, wider * item_bytes);
    if (!moved) return false;
    *items = moved;
    *room = wider;
    return true;
}

static bool add_cell(struct collected *c, struct cell cell)
{
    void *cells = c->cells;

    if (!widen(&cells, c->cell_count, &c->cell_room, sizeof *c->cells)) return false;
    c->cells = cells;
    c->cells[c->cell_count++] = cell;
    return true;
}

/* Call with the cells of a row in place. */
static bool end_row(struct collected *c)
{
    void *starts = c->starts;

    if (!widen(&starts, c->row_count + 1, &c->row_room, sizeof *c->starts)) return false;
    c->starts = starts;
    c->starts[++c->row_count] = c->cell_count;
    c->starts[0] = 0;
    return true;
}

/* {"VarCharValue": "..."}, or {} for NULL. The bytes read are our own copy, hence the cast. */
static struct cell read_datum(struct json *j)
{
    struct cell cell = {0};
    struct json_raw key, value;

    if (!json_enter_object(j)) return cell;
    while (json_next_key(j, &key)) {
        if (!json_is(key, "VarCharValue")) {
            json_skip(j);
        } else if (json_string(j, &value)) {
            cell.text = value.bytes;
            cell.bytes = (uint32_t)(value.has_escapes ? json_unescape((char *)value.bytes, value)
                                                      : value.count);
        }
    }
    return cell;
}

static bool read_row(struct collected *c, struct json *j)
{
    struct json_raw key;

    if (!json_enter_object(j)) return end_row(c);
    while (json_next_key(j, &key)) {
        if (!json_is(key, "Data") || !json_enter_array(j)) {
            if (!json_is(key, "Data")) json_skip(j);
            continue;
        }
        while (json_next_item(j)) {
            if (!add_cell(c, read_datum(j))) return false;
        }
    }
    return end_row(c);
}

static bool read_rows(struct collected *c, struct json *j)
{
    if (!json_enter_array(j)) return true;
    while (json_next_item(j)) {
        if (!read_row(c, j)) return false;
    }
    return true;
}

/* ---- page ---- */

static struct cell trimmed(struct cell cell)
{
    while (cell.bytes && cell.text[cell.bytes - 1] == ' ')
        cell.bytes--;
    while (cell.bytes && *cell.text == ' ')
        cell.text++, cell.bytes--;
    return cell;
}

/* DESCRIBE and SHOW COLUMNS: "name    \tstring    \t  " in one datum. */
static void split_at_tabs(struct cell *to, unsigned column_count, struct cell whole)
{
    for (unsigned i = 0; i < column_count; i++) {
        const char *tab = whole.bytes ? memchr(whole.text, '\t', whole.bytes) : NULL;
        bool is_last = i + 1 == column_count || !tab;
        uint32_t bytes = is_last ? whole.bytes : (uint32_t)(tab - whole.text);

        to[i] = trimmed((struct cell){.text = whole.text, .bytes = bytes});
        whole.text += bytes + !is_last;
        whole.bytes -= bytes + !is_last;
    }
}

/*
 * Under several columns one datum with tabs is a padded line. Without a tab it is a row of its own
 * kind (a heading of DESCRIBE): it goes into the first column, and the others are NULL.
 */
static void place_row(struct page *page, size_t row, const struct cell *from, size_t count)
{
    struct cell *to = page->cells + row * page->column_count;

    if (count == 1 && page->column_count > 1 && from->text &&
        memchr(from->text, '\t', from->bytes)) {
        split_at_tabs(to, page->column_count, *from);
        return;
    }
    if (count > page->column_count) count = page->column_count;
    memcpy(to, from, count * sizeof *to);
}

static bool fill_page(struct page *page, unsigned column_count, const struct collected *c)
{
    page->column_count = column_count;
    page->row_count = c->row_count;
    page->cells = arena_array(&page->arena, c->row_count * column_count + 1, sizeof *page->cells);
    if (!page->cells) return false;
    for (size_t i = 0; i < c->row_count; i++) {
        size_t cells = c->starts[i + 1] - c->starts[i];

        if (cells) place_row(page, i, c->cells + c->starts[i], cells);
    }
    return true;
}

/* ---- the answer ---- */

struct answer {
    struct raw_columns columns;
    struct collected rows;
    const char *next_token;
    int64_t update_count;
    bool has_memory;
};

static void read_result_set(struct answer *x, struct arena *a, struct json *j)
{
    struct json_raw key;

    if (!json_enter_object(j)) return;
    while (json_next_key(j, &key)) {
        if (json_is(key, "Rows")) {
            if (!read_rows(&x->rows, j)) {
                x->has_memory = false;
                return;
            }
        } else if (json_is(key, "ResultSetMetadata")) {
            json_bind_value(&x->columns, metadata_members, a, j);
        } else {
            json_skip(j);
        }
    }
}

static void read_answer(struct answer *x, struct arena *a, struct json *j)
{
    struct json_raw key;

    if (!json_enter_object(j)) return;
    while (x->has_memory && json_next_key(j, &key)) {
        if (json_is(key, "ResultSet"))
            read_result_set(x, a, j);
        else if (json_is(key, "NextToken"))
            x->next_token = json_text(j, a);
        else if (json_is(key, "UpdateCount"))
            x->update_count = json_integer(j, -1);
        else
            json_skip(j);
    }
}

static enum status parse(struct athena_results *r, struct arena *a, char *copy, size_t bytes,
                         struct fault *f)
{
    struct answer x = {.update_count = -1, .has_memory = true};
    enum status st = ST_OK;
    struct json j;

    json_open(&j, copy, bytes);
    read_answer(&x, a, &j);
    if (!x.has_memory || j.has_no_memory) {
        st = fault_no_memory(f);
    } else if (!json_ok(&j) || *copy != '{') {
        st =
            fault_set(f, SQLSTATE_08S01, 0,
                      "reading rows: the answer is not the JSON it should be (%zu bytes, cut short "
                      "or not from Athena)",
                      bytes);
    } else if (!make_columns(r, a, &x.columns) || !fill_page(r->page, r->column_count, &x.rows)) {
        st = fault_no_memory(f);
    }
    r->next_token = x.next_token ? x.next_token : "";
    r->update_count = x.update_count;
    collected_clear(&x.rows);
    return st;
}

enum status athena_parse_results(struct athena_results *r, struct arena *a, const char *body,
                                 size_t bytes, struct fault *f)
{
    enum status st;
    char *copy;

    *r = (struct athena_results){.next_token = "", .page = calloc(1, sizeof *r->page)};
    if (!r->page) return fault_no_memory(f);
    arena_init(&r->page->arena);
    copy = arena_copy(&r->page->arena, body, bytes);
    st = copy ? parse(r, a, copy, bytes, f) : fault_no_memory(f);
    if (st) {
        page_free(r->page);
        r->page = NULL;
    }
    return st;
}

bool athena_results_drop_header(struct athena_results *r)
{
    struct page *page = r->page;

    if (!page->row_count || !page->column_count) return false;
    for (unsigned i = 0; i < page->column_count; i++) {
        const struct cell *cell = &page->cells[i];

        if (!cell->text || strlen(r->columns[i].name) != cell->bytes ||
            memcmp(cell->text, r->columns[i].name, cell->bytes) != 0) {
            return false;
        }
    }
    page->cells += page->column_count;
    page->row_count--;
    return true;
}
