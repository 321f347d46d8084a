/* Text as it crosses the ODBC interface. See text.h. */
#include "handle/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "convert/utf16.h"

static size_t units_of(struct text in)
{
    if (in.length != SQL_NTS) return (size_t)in.length;
    return in.is_wide ? utf16_length(in.units) : strlen(in.units);
}

SQLRETURN text_take(struct diag *d, struct text in, char **out)
{
    size_t units, bytes;

    *out = NULL;
    if (!in.units) return SQL_SUCCESS;
    if (in.length == TEXT_ODD_LENGTH) {
        return diag_push(d, SQLSTATE_HY090, 0, "the length of a UTF-16 text is an odd number");
    }
    if (in.length < 0 && in.length != SQL_NTS) {
        return diag_push(d, SQLSTATE_HY090, 0, "the text's length is %d", (int)in.length);
    }
    units = units_of(in);
    bytes = in.is_wide ? utf16_to_utf8_bytes(in.units, units) : units;
    *out = malloc(bytes + 1);
    if (!*out) return diag_push(d, SQLSTATE_HY001, 0, "no memory for a text");

    if (in.is_wide) {
        bytes = utf16_to_utf8(in.units, units, *out, bytes, NULL);
    } else {
        memcpy(*out, in.units, bytes);
    }
    (*out)[bytes] = '\0';
    return SQL_SUCCESS;
}

SQLRETURN text_need(struct diag *d, struct text in, char **out)
{
    *out = NULL;
    if (!in.units) return diag_push(d, SQLSTATE_HY009, 0, "a text must not be a null pointer");
    return text_take(d, in, out);
}

static void say_length(const struct text_room *out, size_t length)
{
    if (out->small_length) {
        *out->small_length = (SQLSMALLINT)(length > INT16_MAX ? INT16_MAX : length);
    }
    if (out->long_length) *out->long_length = (SQLINTEGER)(length > INT32_MAX ? INT32_MAX : length);
}

/* Room for units, one of them for the terminator; true when all of the text fitted. */
static bool copy_narrow(const struct text_room *out, const char *text, size_t bytes)
{
    size_t room = (size_t)out->room;
    size_t fits = bytes;
    char *to = out->buffer;

    if (!room) return false;
    if (bytes >= room) fits = utf8_whole(text, room - 1);
    memcpy(to, text, fits);
    to[fits] = '\0';
    return bytes < room;
}

static bool copy_wide(const struct text_room *out, const char *text, size_t bytes, size_t chars)
{
    size_t room = (size_t)out->room / (out->counts_bytes ? sizeof(SQLWCHAR) : 1);
    SQLWCHAR *to = out->buffer;

    if (!room) return false;
    to[utf16_from_utf8(text, bytes, to, room - 1, NULL)] = 0;
    return chars < room;
}

SQLRETURN text_give(struct diag *d, const struct text_room *out, const char *text)
{
    size_t bytes, chars;
    bool is_whole = true;

    if (out->buffer && out->room < 0) {
        if (!d) return SQL_ERROR;
        return diag_push(d, SQLSTATE_HY090, 0, "the buffer's length is %ld", (long)out->room);
    }
    if (!text) text = "";
    bytes = strlen(text);
    if (out->is_wide) {
        chars = utf16_from_utf8_chars(text, bytes);
        say_length(out, out->counts_bytes ? chars * sizeof(SQLWCHAR) : chars);
        if (out->buffer) is_whole = copy_wide(out, text, bytes, chars);
    } else {
        say_length(out, bytes);
        if (out->buffer) is_whole = copy_narrow(out, text, bytes);
    }
    if (is_whole) return SQL_SUCCESS;
    return d ? diag_warn(d, SQLSTATE_01004, "the text is longer than the buffer")
             : SQL_SUCCESS_WITH_INFO;
}

SQLRETURN text_give_value(const struct text_room *out, const void *value, size_t bytes)
{
    if (out->buffer) memcpy(out->buffer, value, bytes);
    say_length(out, bytes);
    return SQL_SUCCESS;
}
