/*
 * Downloads. See download.h for the window.
 *
 * A part is one small machine, the download its parent:
 *
 *     ASK -> FULL             a transfer that breaks goes on where it broke, after a pause
 *      ^ |
 *      | v
 *     PAUSE
 *
 * The I/O thread writes a part's bytes behind `filled` and then moves `filled` under the lock; the
 * reader reads before it. So bytes are never looked at while they are being written.
 */
#include "ops/download.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/s3_codec.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "engine/budget.h"
#include "engine/engine.h"
#include "engine/timer.h"
#include "ops/call.h"
#include "ops/pace.h"

enum { FIRST_PART_BYTES = 1 << 20, SMALLEST_PART_BYTES = 64 << 10, LARGEST_PART_BYTES = 8 << 20 };
/* Of the window, besides those on their way: one that is read, and some that have come early. */
enum { PARTS_AT_REST = 4 };

enum part_step { PART_ASK, PART_PAUSE, PART_FULL };

struct part {
    struct list link; /* in download.parts, in the order of the file; under the lock */
    struct download *download;
    uint64_t first;
    size_t size, room;
    char *bytes;

    enum part_step step ONLY_ON(io_thread);
    struct call call ONLY_ON(io_thread);
    struct timer pause ONLY_ON(io_thread);
    unsigned failures ONLY_ON(io_thread);

    size_t filled, given; /* under the download's lock; filled is written by the I/O thread only */
    unsigned spans_out;   /* under the lock */
    bool is_settled;      /* under the lock: the transfer is over, the I/O thread is done with it */
};

struct download {
    struct op op;
    struct byte_feed feed;
    struct session *session;
    char *bucket, *key;
    size_t window_bytes;

    struct op *reader ONLY_ON(io_thread);
    char etag[128] ONLY_ON(io_thread);
    uint64_t asked ONLY_ON(io_thread); /* bytes of the file that parts stand for */
    bool is_size_known ONLY_ON(io_thread);
    uint64_t size ONLY_ON(io_thread);
    struct pace pace ONLY_ON(io_thread);
    struct budget_waiter memory ONLY_ON(io_thread); /* waits for some */

    struct mutex lock; /* guards what follows */
    struct list parts;
    struct list spare; /* parts whose memory waits to be used again */
    size_t held_bytes;
    bool is_starved; /* the reader has all of the window and needs more */
    bool is_over;    /* no part will be added */
    struct fault fault;
};

/* ---- the reader's side -------------------------------------------------------------------- */

/* The first part that still has something to give, now or later; NULL when all is given. */
static struct part *first_unread(struct download *d) NEEDS_LOCK(d->lock);
static struct part *first_unread(struct download *d)
{
    list_each(item, &d->parts) {
        struct part *p = container_of(item, struct part, link);

        if (p->given < p->size) return p;
    }
    return NULL;
}

static enum feed_state next_span(struct byte_feed *feed, struct span *item, struct fault *fault)
{
    struct download *d = container_of(feed, struct download, feed);
    enum feed_state state = FEED_WAIT;
    bool is_starved = false;
    struct part *p;

    mutex_lock(&d->lock);
    p = first_unread(d);
    if (p && p->filled > p->given) {
        item->bytes = p->bytes + p->given;
        item->count = p->filled - p->given;
        p->given = p->filled;
        p->spans_out++;
        state = FEED_ITEM;
    } else if (fault_is_set(&d->fault)) {
        fault_copy(fault, &d->fault);
        state = FEED_FAILED;
    } else if (!p && d->is_over) {
        state = FEED_END;
    } else if (!p) {
        is_starved = d->is_starved = true;
    }
    mutex_unlock(&d->lock);
    if (is_starved) op_wake_from_anywhere(&d->op);
    return state;
}

/*
 * Takes a part away that the reader has done with. All its bytes may be there, and read, before the
 * transfer has come to its end: then the I/O thread still needs it, and does this in settle().
 */
static bool retire(struct download *d, struct part *p) NEEDS_LOCK(d->lock);
static bool retire(struct download *d, struct part *p)
{
    if (p->spans_out || p->given != p->size || !p->is_settled) return false;
    list_remove(&p->link);
    list_append(&d->spare, &p->link);
    d->held_bytes -= p->size;
    return true;
}

static void release_span(struct byte_feed *feed)
{
    struct download *d = container_of(feed, struct download, feed);
    bool has_room = false;

    mutex_lock(&d->lock);
    list_each(item, &d->parts) {
        struct part *p = container_of(item, struct part, link);

        if (!p->spans_out) continue;
        p->spans_out--;
        has_room = retire(d, p) && !d->is_over;
        break;
    }
    mutex_unlock(&d->lock);
    if (has_room) op_wake_from_anywhere(&d->op);
}

/* ---- a part ------------------------------------------------------------------------------- */

static enum status fail(struct part *p, const char *why) RUNS_ON(io_thread);

/*
 * Whether an answer that begins is the range that was asked for, of the object that was begun with.
 * S3 sees to both; a gateway that ignores Range or If-Match would put bytes where others belong.
 */
static enum status check_answer(struct part *p) RUNS_ON(io_thread);
static enum status check_answer(struct part *p)
{
    const struct http *h = &p->call.http;
    const char *etag = p->download->etag;
    struct s3_range range;
    char text[128];

    if (h->status != 206) {
        return p->call.get.first ? fail(p, "the server does not give parts of a file") : ST_OK;
    }
    if (!http_header(h, "content-range", text, sizeof text) || !s3_parse_range(&range, text) ||
        (uint64_t)range.first != p->call.get.first) {
        return fail(p, "the answer is not the part that was asked for");
    }
    if (*etag && http_header(h, "etag", text, sizeof text) && strcmp(etag, text) != 0) {
        return fail(p, "the file has changed meanwhile");
    }
    return ST_OK;
}

/* CSE_KMS, or a client of S3's own: what comes is ciphertext, and the key is not ours to unwrap. */
static enum status check_readable(struct part *p) RUNS_ON(io_thread);
static enum status check_readable(struct part *p)
{
    static const char *const envelopes[] = {"x-amz-meta-x-amz-key-v2", "x-amz-meta-x-amz-key"};
    const struct download *d = p->download;
    char key[8];

    for (size_t i = 0; i < sizeof envelopes / sizeof *envelopes; i++) {
        if (!http_header(&p->call.http, envelopes[i], key, sizeof key)) continue;
        return fault_set(&p->download->op.fault, SQLSTATE_HYC00, 0,
                         "downloading the result: s3://%s/%s is encrypted on the client's side "
                         "(CSE_KMS), which Athena alone can read; ResultFetcher=auto or "
                         "GetQueryResults has it read the rows",
                         d->bucket, d->key);
    }
    return ST_OK;
}

static size_t part_sink(void *context, const char *bytes, size_t count)
{
    struct part *p = context;
    struct download *d = p->download;
    bool is_begin;

    engine_assert();
    is_begin = p->call.sunk_bytes == count; /* these bytes are counted already */
    if (is_begin && (check_readable(p) || check_answer(p))) return 0;
    if (count > p->size - p->filled) return 0;
    memcpy(p->bytes + p->filled, bytes, count);
    mutex_lock(&d->lock);
    p->filled += count;
    mutex_unlock(&d->lock);
    if (d->reader) op_wake(d->reader);
    return count;
}

static void ask(struct part *p) RUNS_ON(io_thread);
static void ask(struct part *p)
{
    struct download *d = p->download;
    struct call_get get = {.bucket = d->bucket,
                           .key = d->key,
                           .first = p->first + p->filled,
                           .last = p->first + p->size - 1,
                           .if_match = d->etag,
                           .sink = part_sink,
                           .sink_context = p};

    p->step = PART_ASK;
    call_start_get(&p->call, &d->op, d->session, "downloading the result", &get);
}

static enum status fail(struct part *p, const char *why)
{
    return fault_set(&p->download->op.fault, SQLSTATE_08S01, p->call.http.status,
                     "downloading the result from byte %llu of s3://%s/%s: %s",
                     (unsigned long long)p->first, p->download->bucket, p->download->key, why);
}

/* Reads size and ETag from the answer to the first GET and cuts the part to the file's size. */
static enum status learn_size(struct part *p) RUNS_ON(io_thread);
static enum status learn_size(struct part *p)
{
    struct download *d = p->download;
    char text[80];
    struct s3_range range = {0, 0, -1};

    http_header(&p->call.http, "etag", d->etag, sizeof d->etag);
    if (p->call.http.status == 200) {
        d->size = p->filled;
    } else if (http_header(&p->call.http, "content-range", text, sizeof text) &&
               s3_parse_range(&range, text) && range.total >= 0 &&
               (uint64_t)range.first == p->call.get.first) {
        d->size = (uint64_t)range.total;
    } else {
        return fail(p, "the answer has no usable Content-Range");
    }
    d->is_size_known = true;
    mutex_lock(&d->lock);
    if (p->size > d->size) {
        d->held_bytes -= p->size - (size_t)d->size;
        p->size = (size_t)d->size;
    }
    mutex_unlock(&d->lock);
    d->asked = p->size;
    return ST_OK;
}

/* Whether the reader has read all that has come, up to a gap or the end. */
static bool is_awaiting(struct download *d) NEEDS_LOCK(d->lock);
static bool is_awaiting(struct download *d)
{
    const struct part *p = first_unread(d);

    return !p || p->filled == p->given;
}

/* What an answer teaches about the number of requests. */
static void learn_pace(struct part *p, bool is_awaited) RUNS_ON(io_thread);
static void learn_pace(struct part *p, bool is_awaited)
{
    struct pace *pace = &p->download->pace;

    if (p->call.was_throttled)
        pace_slow_down(pace, clock_now_ms());
    else
        pace_arrived(pace, p->size, is_awaited, clock_now_ms());
}

/* The transfer is over, and the part is as long as it should be. */
static void settle(struct part *p) RUNS_ON(io_thread);
static void settle(struct part *p)
{
    struct download *d = p->download;
    bool is_awaited;

    p->step = PART_FULL;
    mutex_lock(&d->lock);
    p->is_settled = true;
    is_awaited = is_awaiting(d);
    mutex_unlock(&d->lock);
    learn_pace(p, is_awaited);
    call_clear(&p->call);
    mutex_lock(&d->lock);
    retire(d, p);
    mutex_unlock(&d->lock);
}

static enum status finish(struct part *p) RUNS_ON(io_thread);
static enum status finish(struct part *p)
{
    if (!p->download->is_size_known && learn_size(p)) return ST_ERR;
    if (p->filled != p->size) return fail(p, "the answer is shorter than the file");
    settle(p);
    return ST_OK;
}

static bool is_empty_file(const struct part *p) RUNS_ON(io_thread);
static bool is_empty_file(const struct part *p)
{
    return p->first == 0 && !p->filled && p->call.http.status == 416;
}

/* A transfer that broke: goes on after a pause, or fails the download. */
static enum status mend(struct part *p) RUNS_ON(io_thread);
static enum status mend(struct part *p)
{
    struct download *d = p->download;
    bool is_progress = p->call.sunk_bytes > 0;

    if (fault_is_set(&d->op.fault)) return ST_ERR; /* the answer was refused */
    if (is_empty_file(p)) {
        mutex_lock(&d->lock);
        d->held_bytes -= p->size;
        p->size = 0;
        mutex_unlock(&d->lock);
        d->is_size_known = true;
        settle(p);
        return ST_OK;
    }
    if (is_progress) p->failures = 0;
    if (!call_is_worth_another(&p->call) || ++p->failures > d->session->max_retries + 1) {
        fault_copy(&d->op.fault, &p->call.fault);
        return ST_ERR;
    }
    if (is_progress && !d->is_size_known && !*d->etag) {
        /* going on is safe only against the same object */
        if (!http_header(&p->call.http, "etag", d->etag, sizeof d->etag)) {
            fault_copy(&d->op.fault, &p->call.fault);
            return ST_ERR;
        }
    }
    log_debug("part at %llu: %s; going on at byte %llu", (unsigned long long)p->first,
              p->call.fault.text, (unsigned long long)(p->first + p->filled));
    call_clear(&p->call);
    timer_start(&p->pause, &d->op, retry_delay_ms(RETRY_BACKOFF, p->failures, random_u32()));
    p->step = PART_PAUSE;
    return ST_OK;
}

static enum status part_step(struct part *p) RUNS_ON(io_thread);
static enum status part_step(struct part *p)
{
    enum status st;

    switch (p->step) {
    case PART_ASK:
        st = call_ready(&p->call);
        if (st == ST_WAIT) return st;
        return st ? mend(p) : finish(p);

    case PART_PAUSE:
        st = timer_ready(&p->pause);
        if (!st) ask(p);
        return st;

    case PART_FULL:
        break;
    }
    return ST_WAIT;
}

/* ---- the window --------------------------------------------------------------------------- */

static struct part *spare_part(struct download *d)
{
    struct list *item;

    mutex_lock(&d->lock);
    item = list_shift(&d->spare);
    mutex_unlock(&d->lock);
    return item ? container_of(item, struct part, link) : NULL;
}

/* In a fork()ed child the budget's lock may be held by a thread of the parent, for ever. */
static void part_free(struct part *p)
{
    struct engine *e = p->download->op.engine;

    if (engine_is_usable(e)) budget_give(engine_budget(e), p->room);
    free(p->bytes);
    free(p);
}

static void free_parts(struct list *parts)
{
    struct list *item;

    while ((item = list_shift(parts)))
        part_free(container_of(item, struct part, link));
}

/* For others, who wait for memory. */
static void free_spare(struct download *d)
{
    struct part *p;

    while ((p = spare_part(d)))
        part_free(p);
}

static size_t part_bytes(const struct download *d) RUNS_ON(io_thread);
static size_t part_bytes(const struct download *d)
{
    size_t bytes = d->window_bytes / (d->pace.requests + PARTS_AT_REST);

    if (bytes < SMALLEST_PART_BYTES) return SMALLEST_PART_BYTES;
    return bytes > LARGEST_PART_BYTES ? LARGEST_PART_BYTES : bytes;
}

/* Whether the window lets one more part be asked for, with so many transfers under way. */
enum room { ROOM_NONE, ROOM_SOME, ROOM_NEEDED };

static enum room find_room(struct download *d, unsigned transfers) RUNS_ON(io_thread);
static enum room find_room(struct download *d, unsigned transfers)
{
    enum room room = ROOM_NONE;

    if (!d->is_size_known || d->asked >= d->size) return ROOM_NONE;
    mutex_lock(&d->lock);
    if ((d->is_starved && !transfers) || list_is_empty(&d->parts)) {
        room = ROOM_NEEDED;
    } else if (transfers < d->pace.requests && d->held_bytes + part_bytes(d) <= d->window_bytes) {
        room = ROOM_SOME;
    }
    mutex_unlock(&d->lock);
    return room;
}

/*
 * Takes the process's budget for a part's memory. A part that is needed is small rather than not
 * there. ST_WAIT: there is none, the operation is woken when there may be.
 */
static enum status take_memory(struct download *d, enum room room, size_t *bytes)
    RUNS_ON(io_thread);
static enum status take_memory(struct download *d, enum room room, size_t *bytes)
{
    struct budget *budget = engine_budget(d->op.engine);

    if (budget_take(budget, *bytes)) return ST_OK;
    if (room != ROOM_NEEDED) {
        budget_wait(budget, &d->memory, &d->op);
        return ST_WAIT;
    }
    if (*bytes > SMALLEST_PART_BYTES) *bytes = SMALLEST_PART_BYTES;
    budget_charge(budget, *bytes);
    return ST_OK;
}

static struct part *part_new(struct download *d, size_t bytes)
{
    struct part *p = calloc(1, sizeof *p);

    if (p) p->bytes = malloc(bytes);
    if (!p || !p->bytes) {
        free(p);
        budget_give(engine_budget(d->op.engine), bytes);
        return NULL;
    }
    p->room = bytes;
    p->download = d;
    list_init(&p->link);
    return p;
}

/* Memory for at most *bytes, which may become fewer: of a part that has been read, or new. */
static enum status find_part(struct download *d, enum room room, size_t *bytes, struct part **out)
    RUNS_ON(io_thread);
static enum status find_part(struct download *d, enum room room, size_t *bytes, struct part **out)
{
    struct part *p = spare_part(d);
    enum status st;

    if (p && p->room < *bytes) {
        part_free(p);
        p = NULL;
    }
    if (!p) {
        st = take_memory(d, room, bytes);
        if (st) return st;
        p = part_new(d, *bytes);
    }
    *out = p;
    return p ? ST_OK : fault_no_memory(&d->op.fault);
}

static enum status add_part(struct download *d, enum room room, size_t bytes) RUNS_ON(io_thread);
static enum status add_part(struct download *d, enum room room, size_t bytes)
{
    struct part *p = NULL;
    enum status st = find_part(d, room, &bytes, &p);

    if (st) return st;
    p->first = d->asked;
    p->size = bytes;
    p->filled = p->given = 0;
    p->spans_out = p->failures = 0;
    p->is_settled = false;
    mutex_lock(&d->lock);
    list_append(&d->parts, &p->link);
    d->held_bytes += bytes;
    d->is_starved = false;
    mutex_unlock(&d->lock);
    d->asked += bytes;
    ask(p);
    return ST_OK;
}

/* The parts on their way; full ones are left alone, the reader may take them away at any time. */
static unsigned moving_parts(struct download *d, struct part *moving[PACE_MOST]) RUNS_ON(io_thread);
static unsigned moving_parts(struct download *d, struct part *moving[PACE_MOST])
{
    unsigned count = 0;

    mutex_lock(&d->lock);
    list_each(item, &d->parts) {
        struct part *p = container_of(item, struct part, link);

        if (p->step != PART_FULL && count < PACE_MOST) moving[count++] = p;
    }
    mutex_unlock(&d->lock);
    return count;
}

/* Moves what is on its way; *transfers: how many parts still are. */
static enum status move_parts(struct download *d, unsigned *transfers) RUNS_ON(io_thread);
static enum status move_parts(struct download *d, unsigned *transfers)
{
    struct part *moving[PACE_MOST];
    unsigned count = moving_parts(d, moving);

    *transfers = 0;
    for (unsigned i = 0; i < count; i++) {
        enum status st;

        do {
            st = part_step(moving[i]);
        } while (!st);
        if (st == ST_ERR) return st;
        if (moving[i]->step != PART_FULL) ++*transfers;
    }
    return ST_OK;
}

static enum status download_step(struct download *d) RUNS_ON(io_thread);
static enum status download_step(struct download *d)
{
    unsigned transfers;
    enum room room;
    enum status st = ST_OK;

    if (op_cancelled(&d->op)) {
        return fault_set(&d->op.fault, SQLSTATE_HY008, 0, "downloading the result: cancelled");
    }
    if (!d->asked && !d->is_size_known) {
        size_t bytes = part_bytes(d);

        if (bytes > FIRST_PART_BYTES) bytes = FIRST_PART_BYTES;
        if (add_part(d, ROOM_NEEDED, bytes)) return ST_ERR;
    }
    if (move_parts(d, &transfers)) return ST_ERR;
    if (budget_is_short(engine_budget(d->op.engine))) free_spare(d);
    while (!st && (room = find_room(d, transfers)) != ROOM_NONE) {
        uint64_t left = d->size - d->asked;

        st = add_part(d, room, left < part_bytes(d) ? (size_t)left : part_bytes(d));
        if (!st && move_parts(d, &transfers)) st = ST_ERR;
    }
    if (st == ST_ERR) return st;
    return transfers || !d->is_size_known || d->asked < d->size ? ST_WAIT : ST_OK;
}

static void end_transfers(struct download *d) RUNS_ON(io_thread);
static void end_transfers(struct download *d)
{
    struct part *moving[PACE_MOST];
    unsigned count = moving_parts(d, moving);

    for (unsigned i = 0; i < count; i++) {
        call_clear(&moving[i]->call);
        timer_stop(&moving[i]->pause, d->op.engine);
    }
}

static enum status download_advance(struct op *op)
{
    struct download *d = container_of(op, struct download, op);
    enum status st;

    engine_assert();
    st = download_step(d);
    if (st == ST_WAIT) return st;
    log_debug("s3://%s/%s: %s, %llu of %llu bytes asked for", d->bucket, d->key,
              st == ST_OK ? "complete" : op->fault.text, (unsigned long long)d->asked,
              (unsigned long long)d->size);
    end_transfers(d);
    budget_forget(engine_budget(op->engine), &d->memory);
    mutex_lock(&d->lock);
    d->is_over = true;
    fault_copy(&d->fault, &op->fault);
    mutex_unlock(&d->lock);
    if (d->reader) op_wake(d->reader);
    return st;
}

/* ---- beginning and end -------------------------------------------------------------------- */

static void download_free(struct op *op) NO_THREAD_CHECK;
static void download_free(struct op *op)
{
    struct download *d = container_of(op, struct download, op);

    free_parts(&d->parts);
    free_parts(&d->spare);
    if (engine_is_usable(op->engine)) budget_forget(engine_budget(op->engine), &d->memory);
    mutex_clear(&d->lock);
    session_release(d->session);
    free(d->bucket);
    free(d->key);
    free(d);
}

static struct download *download_new(struct session *s, const char *bucket, const char *key,
                                     size_t window_bytes) NO_THREAD_CHECK;
static struct download *download_new(struct session *s, const char *bucket, const char *key,
                                     size_t window_bytes)
{
    struct download *d = calloc(1, sizeof *d);

    if (!d) return NULL;
    op_init(&d->op, s->engine, download_advance, download_free);
    mutex_init(&d->lock);
    list_init(&d->parts);
    list_init(&d->spare);
    d->feed.next = next_span;
    d->feed.release = release_span;
    session_hold(s);
    d->session = s;
    d->bucket = strdup(bucket);
    d->key = strdup(key);
    d->window_bytes = window_bytes;
    pace_init(&d->pace, s->download_requests, clock_now_ms());
    if (d->bucket && d->key) return d;
    op_release(&d->op);
    return NULL;
}

struct download *download_start(struct session *s, const char *bucket, const char *key,
                                size_t window_bytes, struct fault *f)
{
    struct download *d = download_new(s, bucket, key, window_bytes);

    if (!d) {
        fault_no_memory(f);
        return NULL;
    }
    log_debug("s3://%s/%s: the download begins, with a window of %zu bytes", bucket, key,
              window_bytes);
    op_submit(&d->op);
    return d;
}

struct byte_feed *download_feed(struct download *d)
{
    return &d->feed;
}

void download_set_reader(struct download *d, struct op *reader)
{
    d->reader = reader;
}

void download_close(struct download *d)
{
    if (!d) return;
    op_cancel(&d->op);
    op_release(&d->op);
}
