/* Rows by number. See picked.h. Records stand one behind the other in `text`, as in the store. */
#include "results/picked.h"

#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "results/cells.h"

struct picked {
    struct rows rows;
    struct cells cells;
    struct spill *store;
    char *text;
    size_t text_bytes, text_room;
    size_t *starts; /* of the records, in text */
    size_t count, start_room;
};

static struct picked *picked_of(struct rows *r)
{
    return container_of(r, struct picked, rows);
}

void picked_begin(struct rows *r)
{
    struct picked *p = picked_of(r);

    r->in_hand = r->first = 0;
    p->count = p->text_bytes = 0;
}

/* Room for at least needed items, grown so that one more does not mean another move. */
static bool reserve(void **items, size_t *room, size_t needed, size_t item_bytes)
{
    size_t wanted = needed + needed / 2;
    void *moved;

    if (needed <= *room) return true;
    if (wanted > SIZE_MAX / item_bytes) return false;
    moved = realloc(*items, wanted * item_bytes);
    if (!moved) return false;
    *items = moved;
    *room = wanted;
    return true;
}

enum status picked_add(struct rows *r, uint64_t row, struct fault *f)
{
    struct picked *p = picked_of(r);
    size_t bytes;
    const char *record = spill_record(p->store, row, &bytes, f);
    void *starts = p->starts, *text = p->text;
    bool is_good;

    if (!record) return ST_ERR;
    is_good = reserve(&starts, &p->start_room, p->count + 1, sizeof *p->starts) &&
              reserve(&text, &p->text_room, p->text_bytes + bytes, 1);
    p->starts = starts;
    p->text = text;
    if (!is_good) return fault_no_memory(f);
    p->starts[p->count++] = p->text_bytes;
    memcpy(p->text + p->text_bytes, record, bytes);
    p->text_bytes += bytes;
    return ST_OK;
}

enum status picked_end(struct rows *r, struct fault *f)
{
    struct picked *p = picked_of(r);

    if (p->count && !cells_reserve(&p->cells, r, p->count)) return fault_no_memory(f);
    for (size_t row = 0; row < p->count; row++) {
        spill_cells(p->text + p->starts[row], r->column_count, r->cells, row);
    }
    r->in_hand = p->count;
    return ST_OK;
}

static void gather(struct rows *r, size_t want)
{
    (void)r;
    (void)want;
}

static void drop(struct rows *r, size_t count)
{
    (void)count;
    picked_begin(r);
}

static void picked_free(struct rows *r)
{
    struct picked *p = picked_of(r);

    cells_clear(&p->cells, r);
    free(p->starts);
    free(p->text);
    free(p);
}

static const struct rows_class picked_class = {"picked", gather, drop, picked_free};

struct rows *picked_new(const struct column *columns, unsigned column_count, struct spill *store)
{
    struct picked *p = calloc(1, sizeof *p);

    if (!p) return NULL;
    p->rows.class = &picked_class;
    p->rows.columns = columns;
    p->rows.column_count = column_count;
    p->rows.more = ROWS_END;
    p->store = store;
    if (cells_init(&p->cells, &p->rows)) return &p->rows;
    free(p);
    return NULL;
}
