/*
 * Text, bytes and GUIDs as literals: see c2sql_kernel.h.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "convert/c2sql_kernel.h"
#include "convert/utf16.h"

enum { GUID_CHARS = 36 };

/* ---- reading ------------------------------------------------------------------------------ */

enum status c2sql_read_char(const struct c2sql_run *run, const struct c_source *in,
                            struct c_value *value)
{
    (void)run;
    value->text = in->data;
    value->bytes = in->bytes;
    value->is_character = true;
    return ST_OK;
}

enum status c2sql_read_binary(const struct c2sql_run *run, const struct c_source *in,
                              struct c_value *value)
{
    return c2sql_read_char(run, in, value);
}

static uint16_t unit_at(const char *units, size_t i)
{
    uint16_t unit;

    memcpy(&unit, units + 2 * i, sizeof unit);
    return unit;
}

static bool has_half_pair(const char *units, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint16_t unit = unit_at(units, i);

        if (unit < 0xD800 || unit > 0xDFFF) continue;
        if (unit > 0xDBFF || i + 1 == count) return true;
        unit = unit_at(units, ++i);
        if (unit < 0xDC00 || unit > 0xDFFF) return true;
    }
    return false;
}

/* In pieces, since the units need not be aligned; pairs are not parted. */
static void put_wide(struct buf *out, const char *units, size_t count)
{
    enum { PIECE_CHARS = 256 };
    uint16_t piece[PIECE_CHARS];
    char utf8[3 * PIECE_CHARS];

    for (size_t i = 0, chars; i < count; i += chars) {
        chars = count - i < PIECE_CHARS ? count - i : PIECE_CHARS;
        if (chars == PIECE_CHARS && (unit_at(units, i + chars - 1) & 0xFC00) == 0xD800) chars--;
        memcpy(piece, units + 2 * i, 2 * chars);
        buf_put(out, utf8, utf16_to_utf8(piece, chars, utf8, sizeof utf8, NULL));
    }
}

enum status c2sql_read_wchar(const struct c2sql_run *run, const struct c_source *in,
                             struct c_value *value)
{
    size_t count = in->bytes / sizeof(SQLWCHAR);

    if (has_half_pair(in->data, count)) {
        return fault_set(run->fault, SQLSTATE_22018, 0,
                         "the text has half a surrogate pair and is not UTF-16");
    }
    put_wide(value->wide, in->data, count);
    if (!buf_ok(value->wide)) return fault_no_memory(run->fault);
    value->text = value->wide->bytes;
    value->bytes = value->wide->count;
    value->is_character = true;
    return ST_OK;
}

enum status c2sql_read_guid(const struct c2sql_run *run, const struct c_source *in,
                            struct c_value *value)
{
    SQLGUID g;

    (void)run;
    memcpy(&g, in->data, sizeof g);
    snprintf(value->room, sizeof value->room, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
             (unsigned)g.Data1, g.Data2, g.Data3, g.Data4[0], g.Data4[1], g.Data4[2], g.Data4[3],
             g.Data4[4], g.Data4[5], g.Data4[6], g.Data4[7]);
    value->text = value->room;
    value->bytes = GUID_CHARS;
    return ST_OK;
}

/* ---- text --------------------------------------------------------------------------------- */

/* The length of the well-formed character at text (RFC 3629, section 4); 0: there is none. */
static size_t character_bytes(const unsigned char *text, size_t bytes)
{
    unsigned char lead = text[0];
    unsigned low = 0x80, high = 0xBF;
    size_t count = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    if (count == 1) return 1;
    if (lead < 0xC2 || lead > 0xF4 || count > bytes) return 0;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
    if (text[1] < low || text[1] > high) return 0;
    for (size_t i = 2; i < count; i++) {
        if ((text[i] & 0xC0) != 0x80) return 0;
    }
    return count;
}

/* Whether it is UTF-8 without NUL, and of how many characters. */
static bool count_characters(const char *text, size_t bytes, size_t *count)
{
    *count = 0;
    for (size_t i = 0, step; i < bytes; i += step, ++*count) {
        step = character_bytes((const unsigned char *)text + i, bytes - i);
        if (step == 0 || text[i] == '\0') return false;
    }
    return true;
}

/* In Trino's literals only the quote means anything; Hive's are unescaped like those of C. */
static const char *escape_of(char c, enum c2sql_dialect dialect)
{
    if (dialect == C2SQL_TRINO) return c == '\'' ? "''" : NULL;
    switch (c) {
    case '\'':
        return "\\'";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return NULL;
    }
}

enum status c2sql_put_text(const struct c2sql_run *run, const char *text, size_t bytes)
{
    size_t done = 0;

    buf_putc(run->out, '\'');
    for (size_t i = 0; i < bytes; i++) {
        const char *escape = escape_of(text[i], run->to->dialect);

        if (!escape) continue;
        buf_put(run->out, text + done, i - done);
        buf_puts(run->out, escape);
        done = i + 1;
    }
    buf_put(run->out, text + done, bytes - done);
    buf_putc(run->out, '\'');
    return ST_OK;
}

enum status c2sql_text_text(const struct c2sql_run *run, const struct c_value *value)
{
    size_t chars;

    if (!count_characters(value->text, value->bytes, &chars)) {
        return fault_set(run->fault, SQLSTATE_22018, 0,
                         memchr(value->text, '\0', value->bytes)
                             ? "the text has a NUL in it, which no SQL literal can say"
                             : "the text is not UTF-8");
    }
    if (c2sql_check_length(run, value, chars)) return ST_ERR;
    return c2sql_put_text(run, value->text, value->bytes);
}

/* ---- bytes -------------------------------------------------------------------------------- */

/* SQL_C_CHAR to binary: two digits a byte. */
enum status c2sql_text_binary(const struct c2sql_run *run, const struct c_value *value)
{
    bool is_hex = value->bytes % 2 == 0;

    for (size_t i = 0; i < value->bytes && is_hex; i++)
        is_hex = ascii_hex_value(value->text[i]) >= 0;
    if (!is_hex) return c2sql_fail(run, SQLSTATE_22018, value, "is not in hexadecimal digits");
    if (c2sql_check_length(run, value, value->bytes / 2)) return ST_ERR;
    buf_puts(run->out, "X'");
    buf_put(run->out, value->text, value->bytes);
    buf_putc(run->out, '\'');
    return ST_OK;
}

enum status c2sql_bytes_binary(const struct c2sql_run *run, const struct c_value *value)
{
    static const char digits[] = "0123456789abcdef";

    if (c2sql_check_length(run, value, value->bytes)) return ST_ERR;
    buf_puts(run->out, "X'");
    for (size_t i = 0; i < value->bytes; i++) {
        unsigned char byte = (unsigned char)value->text[i];

        buf_put(run->out, (char[]){digits[byte >> 4], digits[byte & 15]}, 2);
    }
    buf_putc(run->out, '\'');
    return ST_OK;
}

/* ---- GUIDs -------------------------------------------------------------------------------- */

static bool is_guid(const char *text, size_t bytes)
{
    if (bytes != GUID_CHARS) return false;
    for (size_t i = 0; i < GUID_CHARS; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (is_dash ? text[i] != '-' : ascii_hex_value(text[i]) < 0) return false;
    }
    return true;
}

enum status c2sql_guid_guid(const struct c2sql_run *run, const struct c_value *value)
{
    bool is_hive = run->to->dialect == C2SQL_HIVE; /* which has no such type */

    buf_puts(run->out, is_hive ? "" : "UUID ");
    return c2sql_put_text(run, value->text, value->bytes);
}

/* {...} around are how Windows writes them. */
enum status c2sql_text_guid(const struct c2sql_run *run, const struct c_value *value)
{
    struct c_value bare = *value;

    if (bare.bytes == GUID_CHARS + 2 && bare.text[0] == '{' && bare.text[bare.bytes - 1] == '}') {
        bare.text++;
        bare.bytes -= 2;
    }
    if (!is_guid(bare.text, bare.bytes)) {
        return c2sql_fail(run, SQLSTATE_22018, value, "is no GUID");
    }
    return c2sql_guid_guid(run, &bare);
}

enum status c2sql_guid_text(const struct c2sql_run *run, const struct c_value *value)
{
    if (c2sql_check_length(run, value, value->bytes)) return ST_ERR;
    return c2sql_put_text(run, value->text, value->bytes);
}
