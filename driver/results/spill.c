/* Rows that may be asked for again. See spill.h. */
#include "results/spill.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/tempfile.h"

#define NULL_VALUE     UINT32_MAX
#define DOUBLED_QUOTES (UINT32_C(1) << 31)

struct block {
    uint64_t first_row;
    uint64_t offset; /* in the file */
    char *bytes;     /* in memory; NULL: in the file */
    size_t count;
};

struct spill {
    unsigned column_count;
    uint64_t row_count;
    int fd; /* -1: nothing has been written */
    uint64_t file_bytes;
    size_t memory_bytes; /* of the blocks that are not in the file */

    struct block *blocks; /* in order; the last one is being filled and always in memory */
    size_t block_count, block_room;
    size_t written; /* blocks before this one are in the file */
    size_t filling_room;

    char *cache; /* the block read last, out of the file */
    size_t cache_room;
    size_t cached;     /* its index, or SIZE_MAX */
    size_t walk_block; /* where the last walk has ended */
    uint64_t walk_row;
    size_t walk_at;
};

static uint32_t get_u32(const char *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

static char *put_u32(char *at, uint32_t value)
{
    memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

struct spill *spill_new(unsigned column_count)
{
    struct spill *s = calloc(1, sizeof *s);

    if (!s) return NULL;
    s->column_count = column_count;
    s->fd = -1;
    s->cached = s->walk_block = SIZE_MAX;
    return s;
}

void spill_free(struct spill *s)
{
    if (!s) return;
    for (size_t i = 0; i < s->block_count; i++) {
        free(s->blocks[i].bytes);
    }
    tempfile_close(s->fd);
    free(s->blocks);
    free(s->cache);
    free(s);
}

uint64_t spill_count(const struct spill *s)
{
    return s->row_count;
}

uint64_t spill_bytes(const struct spill *s)
{
    return s->file_bytes + s->memory_bytes;
}

uint64_t spill_file_bytes(const struct spill *s)
{
    return s->file_bytes;
}

/* ---- adding ------------------------------------------------------------------------------- */

static enum status write_block(struct spill *s, struct block *b, struct fault *f)
{
    if (s->fd < 0) s->fd = tempfile_open(f);
    if (s->fd < 0) return ST_ERR;
    if (tempfile_write(s->fd, s->file_bytes, b->bytes, b->count, f)) return ST_ERR;
    b->offset = s->file_bytes;
    s->file_bytes += b->count;
    s->memory_bytes -= b->count;
    free(b->bytes);
    b->bytes = NULL;
    return ST_OK;
}

/* Full blocks leave memory, the oldest first, when there are too many of them. */
static enum status write_blocks(struct spill *s, struct fault *f)
{
    while (s->memory_bytes > SPILL_MEMORY_BYTES && s->written + 1 < s->block_count) {
        if (write_block(s, &s->blocks[s->written], f)) return ST_ERR;
        s->written++;
    }
    return ST_OK;
}

/* Gives what a full block has too much of memory back: there may be sixteen of them. */
static void trim(struct block *b)
{
    char *bytes = realloc(b->bytes, b->count);

    if (bytes) b->bytes = bytes;
}

static enum status begin_block(struct spill *s, struct fault *f)
{
    if (s->block_count == s->block_room) {
        const size_t room = s->block_room ? 2 * s->block_room : 16;
        struct block *blocks = realloc(s->blocks, room * sizeof *blocks);

        if (!blocks) return fault_no_memory(f);
        s->blocks = blocks;
        s->block_room = room;
    }
    assert(s->blocks);
    if (s->block_count) trim(&s->blocks[s->block_count - 1]);
    s->blocks[s->block_count++] = (struct block){.first_row = s->row_count};
    s->filling_room = 0;
    return ST_OK;
}

/* Room for a record at the end of the block that is being filled. NULL: the fault says why. */
static char *make_room(struct spill *s, size_t bytes, struct fault *f)
{
    struct block *b;

    if (write_blocks(s, f) || (!s->block_count && begin_block(s, f))) return NULL;
    assert(s->blocks);
    b = &s->blocks[s->block_count - 1];
    if (b->count && b->count + bytes > SPILL_BLOCK_BYTES) {
        if (begin_block(s, f)) return NULL;
        b = &s->blocks[s->block_count - 1];
    }
    if (b->count + bytes > s->filling_room) {
        const size_t room = bytes > SPILL_BLOCK_BYTES ? bytes : SPILL_BLOCK_BYTES;
        char *block = realloc(b->bytes, room);

        if (!block) {
            fault_no_memory(f);
            return NULL;
        }
        b->bytes = block;
        s->filling_room = room;
    }
    return b->bytes + b->count;
}

static size_t measure(const struct spill *s, const struct rows *r, size_t row)
{
    size_t bytes = (s->column_count + 1) * sizeof(uint32_t);

    for (unsigned c = 0; c < s->column_count; c++) {
        const struct cell *cell = &rows_column(r, c)[row];

        if (cell->text) bytes += cell->bytes;
    }
    return bytes;
}

static void put_record(const struct spill *s, const struct rows *r, size_t row, size_t bytes,
                       char *at)
{
    char *text = at + (s->column_count + 1) * sizeof(uint32_t);

    at = put_u32(at, (uint32_t)bytes);
    for (unsigned c = 0; c < s->column_count; c++) {
        const struct cell *cell = &rows_column(r, c)[row];
        const bool has_quotes = cell->flags & CELL_DOUBLED_QUOTES;

        if (!cell->text) {
            at = put_u32(at, NULL_VALUE);
            continue;
        }
        at = put_u32(at, cell->bytes | (has_quotes ? DOUBLED_QUOTES : 0));
        memcpy(text, cell->text, cell->bytes);
        text += cell->bytes;
    }
}

enum status spill_add(struct spill *s, const struct rows *r, size_t count, struct fault *f)
{
    for (size_t row = 0; row < count; row++) {
        const size_t bytes = measure(s, r, row);
        char *at;

        if (bytes >= DOUBLED_QUOTES) {
            return fault_set(f, SQLSTATE_HY000, 0,
                             "row %llu of %zu bytes is longer than any can be",
                             (unsigned long long)s->row_count + 1, bytes);
        }
        at = make_room(s, bytes, f);
        if (!at) return ST_ERR;
        put_record(s, r, row, bytes, at);
        s->blocks[s->block_count - 1].count += bytes;
        s->memory_bytes += bytes;
        s->row_count++;
    }
    return ST_OK;
}

/* ---- reading ------------------------------------------------------------------------------ */

/* The last block that begins at or before a row. */
static size_t find_block(const struct spill *s, uint64_t row)
{
    size_t low = 0, high = s->block_count;

    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;

        if (s->blocks[middle].first_row <= row) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The bytes of a block, out of the file when they are there. */
static const char *load(struct spill *s, size_t index, struct fault *f)
{
    const struct block *b = &s->blocks[index];

    if (b->bytes) return b->bytes;
    if (s->cached == index) return s->cache;
    if (b->count > s->cache_room) {
        char *cache = realloc(s->cache, b->count);

        if (!cache) {
            fault_no_memory(f);
            return NULL;
        }
        s->cache = cache;
        s->cache_room = b->count;
    }
    s->cached = SIZE_MAX;
    if (tempfile_read(s->fd, b->offset, s->cache, b->count, f)) return NULL;
    s->cached = index;
    return s->cache;
}

const char *spill_record(struct spill *s, uint64_t row, size_t *bytes, struct fault *f)
{
    size_t index;
    const char *block;

    assert(row < s->row_count);
    index = find_block(s, row);
    block = load(s, index, f);
    if (!block) return NULL;
    if (s->walk_block != index || s->walk_row > row) {
        s->walk_block = index;
        s->walk_row = s->blocks[index].first_row;
        s->walk_at = 0;
    }
    for (; s->walk_row < row; s->walk_row++) {
        s->walk_at += get_u32(block + s->walk_at);
    }
    *bytes = get_u32(block + s->walk_at);
    return block + s->walk_at;
}

void spill_cells(const char *record, unsigned column_count, struct cell *const *columns, size_t row)
{
    const char *lengths = record + sizeof(uint32_t);
    const char *text = lengths + column_count * sizeof(uint32_t);

    for (unsigned c = 0; c < column_count; c++) {
        const uint32_t length = get_u32(lengths + c * sizeof(uint32_t));
        struct cell *cell = &columns[c][row];

        if (length == NULL_VALUE) {
            *cell = (struct cell){NULL, 0, 0};
            continue;
        }
        *cell = (struct cell){text, length & ~DOUBLED_QUOTES, 0};
        if (length & DOUBLED_QUOTES) cell->flags = CELL_DOUBLED_QUOTES;
        text += cell->bytes;
    }
}
