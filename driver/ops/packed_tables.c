/* Packed tables. See packed_tables.h. */
#include "ops/packed_tables.h"

#include <string.h>

enum { TABLE_TEXTS = 4, COLUMN_TEXTS = 5 };

/* ---- putting ------------------------------------------------------------------------------- */

static void put_text(struct buf *b, const char *text)
{
    buf_put(b, text, strlen(text) + 1);
}

void packed_tables_put(struct buf *b, const struct athena_table *table)
{
    put_text(b, "");
    put_text(b, table->name);
    put_text(b, table->type);
    put_text(b, table->comment);
}

/* A NUL within would be taken for the end. The cell's bytes are those before end. */
static void put_part(struct buf *b, const struct cell *cell, uint32_t first, uint32_t end)
{
    const bool is_doubled = cell->flags & CELL_DOUBLED_QUOTES;

    for (uint32_t i = first; cell->text && i < end; i++) {
        if (cell->text[i]) buf_putc(b, cell->text[i]);
        if (is_doubled && cell->text[i] == '"') i++;
    }
    buf_putc(b, '\0');
}

static void put_cell(struct buf *b, const struct cell *cell)
{
    put_part(b, cell, 0, cell->bytes);
}

/* information_schema has "BASE TABLE" and "VIEW"; Glue has names of its own. */
static const char *type_of_cell(const struct cell *cell)
{
    const bool is_view = cell->bytes == 4 && memcmp(cell->text, "VIEW", 4) == 0;

    return is_view ? "VIRTUAL_VIEW" : "";
}

/* Behind the name that begins at first. */
static uint32_t end_of_name(const struct cell *names, uint32_t first)
{
    const char *end = memchr(names->text + first, '\n', names->bytes - first);

    return end ? (uint32_t)(end - names->text) : names->bytes;
}

/* Database, type, names with a line each: a row for each name. */
static void put_names(struct buf *b, const struct cell *const *cells)
{
    const struct cell *names = cells[2];
    uint32_t end;

    for (uint32_t first = 0; names->text && first < names->bytes; first = end + 1) {
        end = end_of_name(names, first);
        put_cell(b, cells[0]);
        put_part(b, names, first, end);
        put_text(b, type_of_cell(cells[1]));
        put_text(b, "");
    }
}

bool packed_tables_put_row(void *buf, const struct cell *const *cells, unsigned count)
{
    struct buf *b = buf;

    if (count == 1) {
        put_text(b, "");
        put_cell(b, cells[0]);
        put_text(b, "");
        put_text(b, "");
    } else if (count == 3) {
        put_names(b, cells);
    } else if (count == COLUMN_TEXTS) {
        for (unsigned i = 0; i < count; i++) {
            put_cell(b, cells[i]);
        }
    }
    return buf_ok(b);
}

/* ---- reading ------------------------------------------------------------------------------- */

static const char *unpack(const char *at, const char **texts, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        texts[i] = at;
        at += strlen(at) + 1;
    }
    return at;
}

/* Behind the rows of the column's table that the one at is of; *count is how many they are. */
static const char *behind_table(const char *at, const char *end, size_t *count)
{
    const char *const database = at, *const name = at + strlen(at) + 1;

    for (*count = 0; at < end; ++*count) {
        const char *texts[COLUMN_TEXTS];
        const char *next = unpack(at, texts, COLUMN_TEXTS);

        if (strcmp(texts[0], database) != 0 || strcmp(texts[1], name) != 0) break;
        at = next;
    }
    return at;
}

static bool next_with_columns(struct packed_table *out, const char **at, const char *end,
                              struct arena *scratch)
{
    size_t count;
    const char *behind = behind_table(*at, end, &count);
    struct athena_table_column *columns = arena_array(scratch, count, sizeof *columns);

    if (!columns) return false;
    for (size_t i = 0; i < count; i++) {
        const char *texts[COLUMN_TEXTS];

        *at = unpack(*at, texts, COLUMN_TEXTS);
        columns[i] =
            (struct athena_table_column){.name = texts[2], .type = texts[3], .comment = texts[4]};
        out->database = texts[0];
        out->table.name = texts[1];
    }
    *at = behind;
    out->table.columns = columns;
    out->table.column_count = count;
    return true;
}

bool packed_tables_next(struct packed_table *out, const char **at, const char *end,
                        bool has_columns, struct arena *scratch)
{
    const char *texts[TABLE_TEXTS];

    *out = (struct packed_table){
        .database = "", .table = {.name = "", .type = "", .comment = "", .table_type = ""}};
    if (has_columns) return next_with_columns(out, at, end, scratch);
    *at = unpack(*at, texts, TABLE_TEXTS);
    out->database = texts[0];
    out->table.name = texts[1];
    out->table.type = texts[2];
    out->table.comment = texts[3];
    return true;
}
