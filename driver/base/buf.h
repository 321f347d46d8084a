/*
 * A growing byte buffer that fails sticky.
 *
 * Appends need no check: when memory or the limit given at init runs out, the buffer turns
 * failed, further appends do nothing, and buf_ok() is asked once, where it matters. The bytes are
 * always followed by a NUL that is not counted, so text can be passed on as a C string.
 *
 * Thread: one owner at a time.
 */
#ifndef ATHENA_BASE_BUF_H
#define ATHENA_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *bytes; /* never NULL after buf_init(); "" while empty or failed */
    size_t count;
    size_t room;
    size_t limit_bytes;
    bool has_failed;
    bool is_secret;
};

/* An empty buffer that will hold at most limit_bytes; allocates nothing. */
void buf_init(struct buf *b, size_t limit_bytes);

/* The same for keys, tokens, passwords: memory is wiped when the buffer grows out of it or is cleared. */
void buf_init_secret(struct buf *b, size_t limit_bytes);

/* Frees the memory; the buffer is empty, sound and usable again with the same limit. */
void buf_clear(struct buf *b);

/* Forgets the content and a failure, keeps the memory. */
void buf_reset(struct buf *b);

bool buf_ok(const struct buf *b);

void buf_put(struct buf *b, const void *bytes, size_t count);
void buf_putc(struct buf *b, char c);
void buf_puts(struct buf *b, const char *text);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Moves the bytes to the caller, who free()s them (and wipes what is secret); NULL when the buffer has failed. */
char *buf_take(struct buf *b);

#endif
