/*
 * Text as it crosses the ODBC interface.
 *
 * ANSI functions carry UTF-8 here, always; W functions carry UTF-16. Inside the driver there is
 * UTF-8 alone: an entry point says in a struct text what the application has passed and takes it
 * in with text_take(); what goes out passes text_give() with the application's buffer described by
 * a struct text_room.
 *
 * ODBC counts lengths in bytes for ANSI functions and, function by function, in characters or in
 * bytes for W functions: who describes the room says which (text_wide_bytes, text_wide_chars).
 *
 * Plain functions; any thread.
 */
#ifndef ATHENA_HANDLE_TEXT_H
#define ATHENA_HANDLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sql.h>
#include <sqlext.h>

#include "handle/diag.h"

/* An argument: length in bytes or SQLWCHARs, or SQL_NTS. */
struct text {
    const void *units;
    SQLINTEGER length;
    bool is_wide;
};

static inline struct text text_ansi(const SQLCHAR *bytes, SQLINTEGER length)
{
    return (struct text){bytes, length, false};
}

static inline struct text text_wide(const SQLWCHAR *chars, SQLINTEGER length)
{
    return (struct text){chars, length, true};
}

/* A length that is none: half a character is left over. */
#define TEXT_ODD_LENGTH INT32_MIN

/* An argument whose length is in bytes though it is UTF-16: attributes and descriptor fields. */
static inline struct text text_wide_bytes(const void *chars, SQLINTEGER bytes)
{
    SQLINTEGER count = bytes / (SQLINTEGER)sizeof(SQLWCHAR);

    if (bytes < 0) count = bytes;
    if (bytes > 0 && bytes % (SQLINTEGER)sizeof(SQLWCHAR)) count = TEXT_ODD_LENGTH;
    return (struct text){chars, count, true};
}

/*
 * Copies an argument as UTF-8 with a NUL behind; *out is the caller's to free(), NULL when the
 * argument was a null pointer. HY090 for a negative length other than SQL_NTS and for an odd number
 * of bytes of UTF-16, HY001.
 */
SQLRETURN text_take(struct diag *d, struct text in, char **out);

/* The same for an argument that must be there: HY009 for a null pointer. */
SQLRETURN text_need(struct diag *d, struct text in, char **out);

/* A buffer of the application for text or for a value of fixed size. */
struct text_room {
    void *buffer; /* NULL: the application wants the length alone */
    SQLLEN room;  /* in what lengths are counted */
    bool is_wide;
    bool counts_bytes;
    SQLSMALLINT *small_length; /* one of the two, or neither, points where the length goes */
    SQLINTEGER *long_length;
};

static inline struct text_room text_room_ansi(void *buffer, SQLLEN bytes)
{
    return (struct text_room){.buffer = buffer, .room = bytes, .counts_bytes = true};
}

static inline struct text_room text_room_chars(void *buffer, SQLLEN chars)
{
    return (struct text_room){.buffer = buffer, .room = chars, .is_wide = true};
}

static inline struct text_room text_room_bytes(void *buffer, SQLLEN bytes)
{
    return (struct text_room){
        .buffer = buffer, .room = bytes, .is_wide = true, .counts_bytes = true};
}

/*
 * Gives UTF-8 text to the application: whole characters as fit, always a terminator when there is
 * room for one, and the full length. SQL_SUCCESS_WITH_INFO with 01004 when it was cut; HY090 for a
 * negative room. d may be NULL (the diagnostic functions record nothing). text NULL counts as "".
 */
SQLRETURN text_give(struct diag *d, const struct text_room *out, const char *text);

/* Gives a value of fixed size; the length, if asked for, is its size. Any alignment. */
SQLRETURN text_give_value(const struct text_room *out, const void *value, size_t bytes);

#endif
