/*
 * Rows that come as pages: see pages.h.
 *
 * Pages whose cells are in hand wait in a list, each with the number (counted through the whole
 * result) of the row behind its last; gather and drop first free those that lie before what has
 * been dropped, so that dropped cells stay valid until then.
 */
#include "results/pages.h"

#include <assert.h>
#include <stdlib.h>

#include "base/list.h"
#include "results/cells.h"

struct pages {
    struct rows rows;
    struct cells cells;
    struct page_feed *feed; /* NULL for rows in memory */
    struct page *oldest, *newest;
    uint64_t oldest_rows_end;
};

static void fail_memory(struct pages *p)
{
    fault_no_memory(&p->rows.fault);
    p->rows.more = ROWS_FAILED;
}

static void free_oldest(struct pages *p)
{
    struct page *page = p->oldest;

    p->oldest = page->next;
    if (p->oldest) p->oldest_rows_end += p->oldest->row_count;
    page_free(page);
}

static void release_pages(struct pages *p)
{
    while (p->oldest && p->oldest_rows_end <= p->rows.dropped)
        free_oldest(p);
}

static void append_page(struct pages *p, struct page *page)
{
    page->next = NULL;
    if (p->oldest) {
        p->newest->next = page;
    } else {
        p->oldest = page;
        p->oldest_rows_end = p->rows.dropped + p->rows.in_hand + page->row_count;
    }
    p->newest = page;
}

/* From row by row to column by column; there is room for the rows. */
static void transpose(struct rows *r, const struct page *page)
{
    for (unsigned c = 0; c < r->column_count; c++) {
        struct cell *to = r->cells[c] + r->first + r->in_hand;
        const struct cell *from = page->cells + c;

        for (size_t row = 0; row < page->row_count; row++)
            to[row] = from[row * r->column_count];
    }
    r->in_hand += page->row_count;
}

/* Takes page. */
static void take_page(struct pages *p, struct page *page)
{
    struct rows *r = &p->rows;

    if (page->column_count != r->column_count) {
        fault_set(&r->fault, SQLSTATE_HY000, 0,
                  "reading a page of results: rows of %u values where the result has %u columns",
                  page->column_count, r->column_count);
        r->more = ROWS_FAILED;
        page_free(page);
    } else if (page->row_count && !cells_reserve(&p->cells, r, page->row_count)) {
        fail_memory(p);
        page_free(page);
    } else {
        append_page(p, page);
        transpose(r, page);
    }
}

static bool next_page(struct pages *p)
{
    struct page *page;

    switch (p->feed->next(p->feed, &page, &p->rows.fault)) {
    case FEED_ITEM:
        take_page(p, page);
        return p->rows.more == ROWS_MORE;
    case FEED_WAIT:
        return false;
    case FEED_END:
        p->rows.more = ROWS_END;
        return false;
    case FEED_FAILED:
        break;
    }
    fault_set(&p->rows.fault, SQLSTATE_08S01, 0, "reading a page of results failed");
    p->rows.more = ROWS_FAILED;
    return false;
}

static void gather(struct rows *r, size_t want)
{
    struct pages *p = container_of(r, struct pages, rows);

    release_pages(p);
    cells_rewind(r);
    while (r->in_hand < want && next_page(p))
        continue;
}

static void drop(struct rows *r, size_t count)
{
    struct pages *p = container_of(r, struct pages, rows);

    assert(count <= r->in_hand);
    release_pages(p);
    cells_drop(r, count);
}

static void pages_free(struct rows *r)
{
    struct pages *p = container_of(r, struct pages, rows);

    while (p->oldest)
        free_oldest(p);
    cells_clear(&p->cells, r);
    if (p->feed && p->feed->close) p->feed->close(p->feed);
    free(p);
}

static const struct rows_class pages_class = {"pages", gather, drop, pages_free};

struct rows *pages_new(const struct column *columns, unsigned column_count, struct page_feed *feed,
                       struct fault *f)
{
    struct pages *p = calloc(1, sizeof *p);

    if (p) {
        p->rows.class = &pages_class;
        p->rows.columns = columns;
        p->rows.column_count = column_count;
        p->rows.more = ROWS_MORE;
        p->feed = feed;
    }
    if (p && cells_init(&p->cells, &p->rows)) return &p->rows;
    free(p);
    fault_no_memory(f);
    return NULL;
}

struct rows *pages_new_in_memory(const struct column *columns, unsigned column_count,
                                 struct page *only_page, struct fault *f)
{
    struct rows *r = pages_new(columns, column_count, NULL, f);

    if (r && only_page) {
        take_page(container_of(r, struct pages, rows), only_page);
    } else {
        page_free(only_page);
    }
    if (r && r->more == ROWS_MORE) r->more = ROWS_END;
    return r;
}
