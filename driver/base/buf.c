/*
 * The growing buffer: see buf.h.
 *
 * While room is 0 nothing is allocated and bytes points at a shared NUL that nobody writes to.
 */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM_BYTES = 64 };

static char nothing[1];

void buf_init(struct buf *b, size_t limit_bytes)
{
    *b = (struct buf){.bytes = nothing, .limit_bytes = limit_bytes};
}

void buf_init_secret(struct buf *b, size_t limit_bytes)
{
    buf_init(b, limit_bytes);
    b->is_secret = true;
}

/* Empty, as it was made. */
static void init_again(struct buf *b)
{
    const bool is_secret = b->is_secret;

    buf_init(b, b->limit_bytes);
    b->is_secret = is_secret;
}

static void release(const struct buf *b)
{
    if (b->room == 0) return;
    if (b->is_secret) explicit_bzero(b->bytes, b->room);
    free(b->bytes);
}

void buf_clear(struct buf *b)
{
    release(b);
    init_again(b);
}

void buf_reset(struct buf *b)
{
    if (b->room > 0) b->bytes[0] = '\0';
    b->count = 0;
    b->has_failed = false;
}

bool buf_ok(const struct buf *b)
{
    return !b->has_failed;
}

static void fail(struct buf *b)
{
    buf_clear(b);
    b->has_failed = true;
}

/* realloc() leaves what it has moved where it was: a secret moves by our own hand. */
static char *grow(const struct buf *b, size_t room)
{
    char *bytes;

    if (!b->is_secret) return realloc(b->room > 0 ? b->bytes : NULL, room);
    bytes = malloc(room);
    if (bytes == NULL) return NULL;
    memcpy(bytes, b->bytes, b->count + 1);
    release(b);
    return bytes;
}

/* Room for count more bytes and the NUL; false (and failed) when there is none to be had. */
static bool make_room(struct buf *b, size_t count)
{
    size_t needed, room;
    char *bytes;

    if (b->has_failed) return false;
    if (count > b->limit_bytes - b->count || b->count + count > SIZE_MAX / 2) {
        fail(b);
        return false;
    }
    needed = b->count + count + 1;
    if (needed <= b->room) return true;
    room = b->room > 0 ? b->room * 2 : FIRST_ROOM_BYTES;
    if (room > b->limit_bytes) room = b->limit_bytes + 1; /* the limit does not count the NUL */
    if (room < needed) room = needed;
    bytes = grow(b, room);
    if (bytes == NULL) {
        fail(b);
        return false;
    }
    b->bytes = bytes;
    b->room = room;
    return true;
}

void buf_put(struct buf *b, const void *bytes, size_t count)
{
    if (count == 0 || !make_room(b, count)) return;
    memcpy(b->bytes + b->count, bytes, count);
    b->count += count;
    b->bytes[b->count] = '\0';
}

void buf_putc(struct buf *b, char c)
{
    buf_put(b, &c, 1);
}

void buf_puts(struct buf *b, const char *text)
{
    buf_put(b, text, strlen(text));
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    int needed;

    va_start(args, format);
    needed = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (needed < 0) {
        fail(b);
        return;
    }
    if (needed == 0 || !make_room(b, (size_t)needed)) return;
    va_start(args, format);
    vsnprintf(b->bytes + b->count, (size_t)needed + 1, format, args);
    va_end(args);
    b->count += (size_t)needed;
}

char *buf_take(struct buf *b)
{
    char *bytes;

    if (b->has_failed) return NULL;
    if (b->room == 0) return calloc(1, 1);
    bytes = b->bytes;
    init_again(b);
    return bytes;
}
