/*
 * results/csv.c against a reader of one page, which takes the file a byte at a time by its grammar.
 *
 *     byte 0   columns      byte 1   seed of the cuts     byte 2   rows asked for at a time
 *     rest     the file
 *
 * Both must give the same rows and agree whether the file is whole, for any file, cut anywhere.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "results/csv.h"
#include "unit/memory_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

enum { MOST_COLUMNS = 8, MOST_FILE_BYTES = 4000, HEADER_BYTES = 3, MOST_TEXT = 1 << 20 };

static const struct column columns[MOST_COLUMNS];
static uint32_t random_state;

static size_t random_piece(size_t left)
{
    size_t bytes;

    random_state = random_state * 1664525u + 1013904223u;
    bytes = 1 + (random_state >> 16) % (random_state & 0x8000 ? 9 : 300);
    return bytes < left ? bytes : left;
}

/* The grammar: file = line { line }, line = value { "," value } [CR] LF, value = [ quoted ] */

struct reader {
    const char *at, *end;
};

/* Appends a value as the printed rows have it. False when it is not well formed. */
static bool read_value(struct reader *r, struct buf *out)
{
    if (r->at == r->end || *r->at != '"') {
        buf_puts(out, "NULL");
        return true;
    }
    buf_putc(out, '\'');
    for (r->at++; r->at < r->end; r->at++) {
        if (*r->at == '"') {
            if (r->at + 1 == r->end || r->at[1] != '"') break;
            r->at++;
        }
        buf_putc(out, *r->at);
    }
    buf_putc(out, '\'');
    if (r->at == r->end) return false;
    r->at++;
    return true;
}

static bool read_line(struct reader *r, unsigned column_count, struct buf *out)
{
    for (unsigned c = 0; c < column_count; c++) {
        if (c && (r->at == r->end || *r->at++ != ',')) return false;
        if (!read_value(r, out)) return false;
    }
    buf_putc(out, ';');
    if (r->at == r->end) return r->at[-1] == '"'; /* the last line may do without its end */
    if (*r->at == '\r' && r->at + 1 < r->end && r->at[1] == '\n') r->at++;
    return *r->at++ == '\n';
}

/* The good rows, and whether the file is nothing else. */
static bool read_simply(const char *text, size_t count, unsigned column_count, struct buf *out)
{
    struct reader r = {text, text + count};
    bool has_header = false;

    while (r.at < r.end) {
        struct buf line;
        bool is_good;

        buf_init(&line, MOST_TEXT);
        is_good = read_line(&r, column_count, &line);
        if (is_good && has_header) buf_put(out, line.bytes, line.count);
        buf_clear(&line);
        if (!is_good) return false;
        has_header = true;
    }
    return has_header;
}

static void print_cell(struct buf *out, const struct cell *cell)
{
    if (!cell->text) {
        buf_puts(out, "NULL");
        return;
    }
    buf_putc(out, '\'');
    for (uint32_t i = 0; i < cell->bytes; i++) {
        buf_putc(out, cell->text[i]);
        if (cell->text[i] == '"' && (cell->flags & CELL_DOUBLED_QUOTES)) i++;
    }
    buf_putc(out, '\'');
}

static bool read_by_source(struct memory_feed *m, unsigned column_count, size_t want,
                           struct buf *out)
{
    struct rows *r = csv_new(columns, column_count, &m->feed, NULL);
    bool is_good;

    if (!r) abort();
    while (r->more == ROWS_MORE || r->in_hand) {
        rows_gather(r, want);
        for (size_t row = 0; row < r->in_hand; row++) {
            for (unsigned c = 0; c < column_count; c++)
                print_cell(out, &rows_column(r, c)[row]);
            buf_putc(out, ';');
        }
        rows_drop(r, r->in_hand);
    }
    is_good = r->more == ROWS_END;
    if (!is_good && !fault_is_set(&r->fault)) abort();
    rows_free(r);
    if (m->held_count) abort();
    return is_good;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    unsigned column_count;
    struct memory_feed m;
    struct buf expected, out;
    bool is_whole;

    if (count < HEADER_BYTES || count > MOST_FILE_BYTES) return 0;
    column_count = 1 + bytes[0] % MOST_COLUMNS;
    random_state = bytes[1];
    buf_init(&expected, MOST_TEXT);
    buf_init(&out, MOST_TEXT);
    is_whole = read_simply((const char *)bytes + HEADER_BYTES, count - HEADER_BYTES, column_count,
                           &expected);
    memory_feed_init(&m, (const char *)bytes + HEADER_BYTES, count - HEADER_BYTES);
    m.piece = random_piece;
    m.waits = bytes[1] & 1;
    m.is_contiguous = bytes[1] & 2;
    if (read_by_source(&m, column_count, bytes[2] ? bytes[2] : 1, &out) != is_whole ||
        strcmp(out.bytes, expected.bytes) != 0) {
        fprintf(stderr, "by grammar (%d): %s\nby csv.c: %s\n", is_whole, expected.bytes, out.bytes);
        abort();
    }
    buf_clear(&expected);
    buf_clear(&out);
    return 0;
}
