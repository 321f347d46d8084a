/*
 * Rows of a result file: see csv.h.
 *
 * Text is scanned (results/csv_scan.h) in blocks that fit a processor's cache; the positions found
 * are then read into cells, a record of them at a time. Memory, of which only pointers move:
 *
 *     run      spans that follow each other in memory; the last one is being read
 *     record   start, in the run, of the record being read; all before it are rows already
 *     stitch   what the record had in former runs, when it must be put together
 *     holds    spans and stitched records, oldest first, each until no row in hand is in it
 *
 * Rows are counted from 0 through the whole file, so "no row in hand is in it" is one comparison
 * with rows.dropped. Dropped cells stay valid until the next gather or drop, so both begin with
 * release_holds().
 */
#include "results/csv.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "results/cells.h"
#include "results/csv_scan.h"

enum {
    BLOCK_BYTES = 16 * 1024,
    STITCH_BLOCK_BYTES = 1024, /* positions of a stitched record are on the stack */
    BATCH_ROWS = 64            /* read at least so many, as far as they have been scanned */
};

#define STILL_READ UINT64_MAX

struct hold {
    char *text;        /* memory of our own; NULL for a span of the feed */
    const char *end;   /* of the span */
    uint64_t rows_end; /* the row after the last one that is in it, or STILL_READ */
};

struct csv {
    struct rows rows;
    struct cells cells;
    struct byte_feed *feed;
    csv_scan_fn *scan;
    struct csv_scan scan_state;

    const char *run_end;
    const char *scanned; /* the run is scanned to here */
    const char *record;
    const char *field;    /* the next one to be read */
    unsigned field_count; /* fields of the record that are cells already */
    bool has_header;
    bool is_at_end; /* of the file */

    const char *base; /* positions count from here */
    uint32_t *positions;
    size_t position_count, position_next;

    char *stitch;
    size_t stitch_bytes, stitch_room;

    struct hold *holds;                                /* a queue: hold_first ... hold_end - 1 */
    size_t hold_first, hold_open, hold_end, hold_room; /* hold_open: first that is STILL_READ */
};

/* Failures. Rows in hand stay; the record being read and all behind it are lost. */

static bool fail(struct csv *c, const char *what)
{
    /* The line of names is no row. People count rows from 1. */
    unsigned long long row = c->rows.dropped + c->rows.in_hand + (c->has_header ? 1 : 0);

    fault_set(&c->rows.fault, c->is_at_end ? SQLSTATE_08S01 : SQLSTATE_HY000, 0,
              "reading the result file, row %llu: %s%s", row, what,
              c->is_at_end ? "; the file seems to be cut off" : "");
    c->rows.more = ROWS_FAILED;
    return false;
}

static bool fail_count(struct csv *c, const char *more_or_fewer)
{
    char what[80];

    snprintf(what, sizeof what, "%s values than the %u columns", more_or_fewer,
             c->rows.column_count);
    return fail(c, what);
}

static bool fail_memory(struct csv *c)
{
    fault_no_memory(&c->rows.fault);
    c->rows.more = ROWS_FAILED;
    return false;
}

/* Holds */

static bool reserve_hold(struct csv *c)
{
    size_t count = c->hold_end - c->hold_first;
    size_t room = c->hold_room ? 2 * c->hold_room : 8;
    struct hold *holds;

    if (c->hold_end < c->hold_room) return true;
    if (count <= c->hold_room / 2 && c->hold_room) {
        memmove(c->holds, c->holds + c->hold_first, count * sizeof *c->holds);
        c->hold_open -= c->hold_first;
        c->hold_first = 0;
        c->hold_end = count;
        return true;
    }
    holds = realloc(c->holds, room * sizeof *holds);
    if (!holds) return fail_memory(c);
    c->holds = holds;
    c->hold_room = room;
    return true;
}

static void end_hold(struct csv *c, const struct hold *h)
{
    if (h->text) {
        free(h->text);
    } else {
        c->feed->release(c->feed);
    }
}

static void release_holds(struct csv *c)
{
    while (c->hold_first < c->hold_end && c->holds[c->hold_first].rows_end <= c->rows.dropped) {
        end_hold(c, &c->holds[c->hold_first++]);
    }
    if (c->hold_open < c->hold_first) c->hold_open = c->hold_first;
}

/* Tells the spans that lie before the record being read which rows are in them. */
static void close_spans(struct csv *c, bool is_run_over)
{
    for (; c->hold_open < c->hold_end; c->hold_open++) {
        struct hold *h = &c->holds[c->hold_open];

        if (h->text) continue;
        if (!is_run_over && h->end > c->record) break;
        h->rows_end = c->rows.dropped + c->rows.in_hand;
    }
}

/* Records */

/* The number of doubled quotes in a value; -1 when a quote stands alone. */
static long count_doubled(const char *text, size_t bytes)
{
    const char *end = text + bytes;
    long count = 0;

    while (text < end && (text = memchr(text, '"', (size_t)(end - text))) != NULL) {
        if (end - text < 2 || text[1] != '"') return -1;
        text += 2;
        count++;
    }
    return count;
}

static inline bool put_field(struct csv *c, const char *end, bool is_odd)
{
    struct rows *r = &c->rows;
    const char *text = c->field;
    size_t bytes = (size_t)(end - text);
    struct cell *cell;
    long doubled = 0;

    if (c->field_count == r->column_count) return fail_count(c, "more");
    cell = &r->cells[c->field_count++][r->first + r->in_hand];
    *cell = (struct cell){NULL, 0, 0};
    if (bytes == 0) return true;
    if (bytes < 2 || text[0] != '"' || end[-1] != '"') return fail(c, "text outside quotes");
    if (is_odd) doubled = count_doubled(text + 1, bytes - 2);
    if (doubled < 0) return fail(c, "a quote that is not doubled");
    *cell = (struct cell){text + 1, (uint32_t)(bytes - 2), doubled ? CELL_DOUBLED_QUOTES : 0};
    return true;
}

static inline bool end_record(struct csv *c)
{
    struct rows *r = &c->rows;

    if (c->field_count != r->column_count) return fail_count(c, "fewer");
    c->field_count = 0;
    c->record = c->field;
    if (!c->has_header) {
        c->has_header = true;
        return true;
    }
    r->in_hand++;
    return !cells_is_full(&c->cells, r) || cells_reserve(&c->cells, r, 1) || fail_memory(c);
}

/*
 * A record from its start to its line feed, a position for each column, if nothing about it is
 * special: that is most of them. False: it is, and all of it is yet to be read, by read_fields().
 */
static inline bool read_plain_record(struct csv *c, const char *base, const uint32_t *positions)
{
    const unsigned count = c->rows.column_count;
    const size_t row = c->rows.first + c->rows.in_hand;
    struct cell *const *cells = c->rows.cells;
    const char *text = c->field;
    uint32_t seen = 0;

    for (unsigned i = 0; i < count; i++) {
        const char *end = base + (positions[i] & CSV_SCAN_POSITION);
        size_t bytes = (size_t)(end - text);

        seen |= positions[i];
        if (*end != (i + 1 < count ? ',' : '\n')) return false;
        if (bytes >= 2) {
            if (text[0] != '"' || end[-1] != '"') return false;
            cells[i][row] = (struct cell){text + 1, (uint32_t)(bytes - 2), 0};
        } else {
            if (bytes) return false;
            cells[i][row] = (struct cell){NULL, 0, 0};
        }
        text = end + 1;
    }
    if (seen & CSV_SCAN_ODD) return false;
    c->field = text;
    c->field_count = count;
    return true;
}

/* Returns how many positions have been read: all, or those until goal rows are in hand. */
static size_t read_fields(struct csv *c, const char *base, const uint32_t *positions, size_t count,
                          size_t goal)
{
    size_t next = 0;

    while (next < count && c->rows.in_hand < goal) {
        if (c->field_count == 0 && count - next >= c->rows.column_count &&
            read_plain_record(c, base, positions + next)) {
            next += c->rows.column_count;
            if (!end_record(c)) break;
            continue;
        }
        const char *separator = base + (positions[next] & CSV_SCAN_POSITION);
        bool is_last = *separator == '\n';
        const char *end = separator;

        if (is_last && end > c->field && end[-1] == '\r') end--;
        if (!put_field(c, end, positions[next] & CSV_SCAN_ODD)) break;
        c->field = separator + 1;
        next++;
        if (is_last && !end_record(c)) break;
    }
    return next;
}

/* Records in two or more runs */

static bool append_to_stitch(struct csv *c, const char *text, size_t bytes)
{
    size_t needed = c->stitch_bytes + bytes;

    if (needed > c->stitch_room) {
        size_t room = needed + needed / 2;
        char *stitch = realloc(c->stitch, room);

        if (!stitch) return fail_memory(c);
        c->stitch = stitch;
        c->stitch_room = room;
    }
    if (bytes) memcpy(c->stitch + c->stitch_bytes, text, bytes);
    c->stitch_bytes = needed;
    return true;
}

/* Reads the stitch, which is one record with its line feed, and hands its memory to the holds. */
static void read_stitch(struct csv *c)
{
    struct csv_scan state = CSV_SCAN_INITIAL;
    uint32_t positions[STITCH_BLOCK_BYTES + CSV_SCAN_SLACK];
    const char *text = c->stitch, *end = c->stitch + c->stitch_bytes;

    if (!reserve_hold(c)) return;
    c->holds[c->hold_end] = (struct hold){c->stitch, NULL, 0};
    c->stitch = NULL;
    c->stitch_bytes = c->stitch_room = 0;
    c->field = text;
    c->field_count = 0;
    while (text < end && c->rows.more == ROWS_MORE) {
        size_t bytes = (size_t)(end - text) < STITCH_BLOCK_BYTES ? (size_t)(end - text)
                                                                 : STITCH_BLOCK_BYTES;
        size_t count = c->scan(&state, text, bytes, positions);

        read_fields(c, text, positions, count, SIZE_MAX);
        text += bytes;
    }
    c->holds[c->hold_end++].rows_end = c->rows.dropped + c->rows.in_hand;
}

/* Looks for the end of the record whose beginning is in the stitch. False: not scanned yet. */
static bool finish_stitched(struct csv *c)
{
    while (c->position_next < c->position_count) {
        const char *at = c->base + (c->positions[c->position_next++] & CSV_SCAN_POSITION);

        if (*at != '\n') continue;
        if (append_to_stitch(c, c->record, (size_t)(at + 1 - c->record))) read_stitch(c);
        c->record = c->field = at + 1;
        return true;
    }
    return false;
}

/* Where the bytes come from */

static bool begin_run(struct csv *c, const char *start)
{
    if (!append_to_stitch(c, c->record, (size_t)(c->run_end - c->record))) return false;
    close_spans(c, true);
    c->scanned = c->record = c->field = start;
    c->field_count = 0;
    return true;
}

static bool take_span(struct csv *c, const struct span *span)
{
    bool is_good = span->bytes == c->run_end || begin_run(c, span->bytes);

    c->run_end = span->bytes + span->count;
    c->holds[c->hold_end++] = (struct hold){NULL, c->run_end, STILL_READ};
    return is_good;
}

/*
 * The last line may come without its line feed when it ends in a quote; anything else that is left
 * over is a cut.
 */
static void end_file(struct csv *c)
{
    size_t rest = (size_t)(c->run_end - c->record);

    c->is_at_end = true;
    if (c->scan_state.is_quoted) {
        fail(c, "the last value has no closing quote");
    } else if (rest && c->run_end[-1] != '"') {
        fail(c, "the last line does not end");
    } else if (rest || c->stitch_bytes) {
        if (append_to_stitch(c, c->record, rest) && append_to_stitch(c, "\n", 1)) read_stitch(c);
        c->record = c->run_end;
    } else if (!c->has_header) {
        fail(c, "there is not even a line of column names");
    }
    if (c->rows.more == ROWS_MORE) c->rows.more = ROWS_END;
}

static bool next_span(struct csv *c)
{
    struct span span;

    release_holds(c);
    if (!reserve_hold(c)) return false; /* before the feed gives what we then could not return */
    switch (c->feed->next(c->feed, &span, &c->rows.fault)) {
    case FEED_ITEM:
        return take_span(c, &span);
    case FEED_WAIT:
        return false;
    case FEED_END:
        end_file(c);
        return false;
    case FEED_FAILED:
        break;
    }
    fault_set(&c->rows.fault, SQLSTATE_08S01, 0, "reading the result file: the download failed");
    c->rows.more = ROWS_FAILED;
    return false;
}

/* Scans the next block, once the positions of the last one are used up. False: nothing to scan. */
static bool scan_block(struct csv *c)
{
    size_t bytes;

    if (c->scanned == c->run_end && !next_span(c)) return false;
    if ((size_t)(c->scanned - c->record) + c->stitch_bytes > CSV_RECORD_MAX_BYTES) {
        return fail(c, "longer than any row can be");
    }
    bytes = (size_t)(c->run_end - c->scanned);
    if (bytes > BLOCK_BYTES) bytes = BLOCK_BYTES;
    c->base = c->scanned;
    c->position_next = 0;
    c->position_count = c->scan(&c->scan_state, c->scanned, bytes, c->positions);
    c->scanned += bytes;
    return true;
}

/* Reads the block's positions until goal rows are in hand. */
static void read_block(struct csv *c, size_t goal)
{
    if (c->rows.in_hand >= goal || (c->stitch_bytes && !finish_stitched(c))) return;
    if (c->rows.more != ROWS_MORE) return;
    c->position_next += read_fields(c, c->base, c->positions + c->position_next,
                                    c->position_count - c->position_next, goal);
    close_spans(c, false);
}

/* A row source's three functions */

static void gather(struct rows *r, size_t want)
{
    struct csv *c = container_of(r, struct csv, rows);
    size_t goal = want > BATCH_ROWS ? want : BATCH_ROWS;

    release_holds(c);
    if (c->field_count == 0) cells_rewind(r); /* else the beginning of a row is there */
    if (cells_is_full(&c->cells, r) && !cells_reserve(&c->cells, r, 1)) {
        fail_memory(c);
        return;
    }
    do {
        read_block(c, goal);
    } while (r->more == ROWS_MORE && r->in_hand < want && scan_block(c));
}

static void drop(struct rows *r, size_t count)
{
    struct csv *c = container_of(r, struct csv, rows);

    assert(count <= r->in_hand);
    release_holds(c);
    cells_drop(r, count);
}

static void csv_free(struct rows *r)
{
    struct csv *c = container_of(r, struct csv, rows);

    while (c->hold_first < c->hold_end)
        end_hold(c, &c->holds[c->hold_first++]);
    cells_clear(&c->cells, r);
    free(c->holds);
    free(c->stitch);
    free(c->positions);
    free(c);
}

static const struct rows_class csv_class = {"csv", gather, drop, csv_free};

struct rows *csv_new(const struct column *columns, unsigned column_count, struct byte_feed *feed,
                     struct fault *f)
{
    struct csv *c = calloc(1, sizeof *c);

    if (!c) goto out;
    c->rows.class = &csv_class;
    c->rows.columns = columns;
    c->rows.column_count = column_count;
    c->rows.more = ROWS_MORE;
    c->feed = feed;
    c->scan = csv_scan_best();
    c->scan_state = (struct csv_scan)CSV_SCAN_INITIAL;
    c->positions = malloc((BLOCK_BYTES + CSV_SCAN_SLACK) * sizeof *c->positions);
    if (!c->positions || !cells_init(&c->cells, &c->rows)) goto out;
    return &c->rows;

out:
    fault_no_memory(f);
    if (c) csv_free(&c->rows);
    return NULL;
}
