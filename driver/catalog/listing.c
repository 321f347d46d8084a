/* Rows made while they are read. See listing.h. */
#include "catalog/listing.h"

#include <stdlib.h>

enum { ROWS_AT_ONCE = 256 };

static enum feed_state next_page(struct page_feed *feed, struct page **item, struct fault *fault)
{
    struct listing *l = container_of(feed, struct listing, feed);
    struct sheet sheet;
    unsigned rows = 0;

    sheet_init(&sheet, l->column_count);
    while (rows < ROWS_AT_ONCE && l->put(l, &sheet)) {
        rows++;
    }
    *item = sheet_take(&sheet, fault);
    if (!*item) return FEED_FAILED;
    if (rows) return FEED_ITEM;
    page_free(*item);
    return FEED_END;
}

static void close_feed(struct page_feed *feed)
{
    struct listing *l = container_of(feed, struct listing, feed);

    op_release(&l->metadata->op);
    free(l);
}

void listing_init(struct listing *l, struct metadata *m, unsigned column_count, listing_put_fn *put)
{
    l->feed = (struct page_feed){.next = next_page, .close = close_feed};
    op_hold(&m->op);
    l->metadata = m;
    l->column_count = column_count;
    l->put = put;
}

const struct athena_table *listing_table(struct listing *l)
{
    while (l->list < l->metadata->out.count) {
        const struct metadata_list *list = l->metadata->out.lists[l->list];

        if (l->table < list->count) return list->tables[l->table];
        l->list++;
        l->table = 0;
    }
    return NULL;
}

const struct metadata_list *listing_list(const struct listing *l)
{
    return l->metadata->out.lists[l->list];
}
