/*
 * To SQL_C_CHAR, SQL_C_WCHAR and SQL_C_BINARY from what is text already: strings, numbers, dates.
 *
 * Appendix D: strings are cut with 01004 wherever the buffer ends (here: of a bound column, at a
 * character's border; SQLGetData's callers join the pieces, and take each but the last to be full);
 * of numbers and times only a fraction may be cut, else 22003.
 */
#include "base/utf8.h"
#include "convert/kernel.h"
#include "convert/utf16.h"

/*
 * A value's text in parts that need no change: all of it, or, when it has doubled quotes, each part
 * up to and with the first quote of a pair.
 */
struct parts {
    const char *at, *end;
    bool has_doubled;
};

static struct parts parts_of(const struct cell *cell, size_t from)
{
    struct parts p = {cell->text + from, cell->text + cell->bytes,
                      (cell->flags & CELL_DOUBLED_QUOTES) != 0};

    return p;
}

static const char *part_end(const struct parts *p)
{
    const char *quote = NULL;

    if (p->has_doubled) quote = memchr(p->at, '"', (size_t)(p->end - p->at));
    return quote ? quote + 1 : p->end;
}

/* Behind a part of which taken bytes have been used. */
static void skip_part(struct parts *p, size_t part_bytes, size_t taken_bytes)
{
    p->at += taken_bytes;
    if (p->has_doubled && taken_bytes == part_bytes && p->at < p->end) p->at++;
}

/* The bytes of all parts. */
static size_t unescaped_bytes(struct parts p)
{
    size_t bytes = 0;

    while (p.at < p.end) {
        size_t part_bytes = (size_t)(part_end(&p) - p.at);

        bytes += part_bytes;
        skip_part(&p, part_bytes, part_bytes);
    }
    return bytes;
}

/*
 * A buffer with room for one unit only can be given half of a surrogate pair: then the place in the
 * text is the second byte of a character of four. The other half of that pair, or 0.
 */
static uint16_t low_half(const struct parts *p, const struct cell *cell)
{
    enum { PAIR_BYTES = 4 };
    uint16_t pair[2];

    if (p->at == cell->text || p->end - p->at < PAIR_BYTES - 1) return 0;
    if (utf16_from_utf8_chars(p->at - 1, PAIR_BYTES) != 2) return 0;
    utf16_from_utf8(p->at - 1, PAIR_BYTES, pair, 2, NULL);
    return pair[0] >= 0xD800 && pair[0] <= 0xDBFF ? pair[1] : 0;
}

static size_t unescaped_chars(struct parts p, const struct cell *cell)
{
    size_t chars = 0;

    if (low_half(&p, cell)) {
        p.at += 3;
        chars = 1;
    }
    while (p.at < p.end) {
        size_t part_bytes = (size_t)(part_end(&p) - p.at);

        chars += utf16_from_utf8_chars(p.at, part_bytes);
        skip_part(&p, part_bytes, part_bytes);
    }
    return chars;
}

/* Copies what fits; the place reached is left in p. */
static size_t copy_bytes(struct parts *p, char *out, size_t room, bool keeps_characters)
{
    size_t copied = 0;

    while (p->at < p->end) {
        size_t part_bytes = (size_t)(part_end(p) - p->at), bytes = part_bytes;

        if (bytes > room - copied) {
            bytes = room - copied;
            if (keeps_characters) bytes = utf8_whole(p->at, bytes);
            if (copied + bytes == 0) bytes = room; /* no room for one: better halves than nothing */
        }
        memcpy(out + copied, p->at, bytes);
        copied += bytes;
        skip_part(p, part_bytes, bytes);
        if (bytes < part_bytes) break;
    }
    return copied;
}

/* room is at least 1; fills: with half a pair where a pair does not fit */
static size_t copy_chars(struct parts *p, const struct cell *cell, utf16_loose *out, size_t room,
                         bool fills)
{
    size_t copied = 0;
    uint16_t low = low_half(p, cell);

    if (low) {
        out[copied++] = low;
        p->at += 3;
    }
    while (p->at < p->end) {
        size_t part_bytes = (size_t)(part_end(p) - p->at), taken;

        copied += utf16_from_utf8(p->at, part_bytes, out + copied, room - copied, &taken);
        skip_part(p, part_bytes, taken);
        if (taken < part_bytes) break;
    }
    if ((copied == 0 || fills) && copied < room &&
        p->at < p->end) { /* one unit, and a pair comes */
        uint16_t pair[2];

        utf16_from_utf8(p->at, (size_t)(p->end - p->at), pair, 2, NULL);
        out[copied++] = pair[0];
        p->at++;
    }
    return copied;
}

/* Room for text of a buffer, in units of unit_bytes, of which one is for the terminator. */
static size_t room_of(const struct c_target *t, size_t unit_bytes)
{
    size_t units = t->buffer_bytes > 0 ? (size_t)t->buffer_bytes / unit_bytes : 0;

    return units ? units - 1 : 0;
}

bool sql2c_piece_text_char(const struct run *run, const struct cell *cell, void *out,
                           struct piece *piece)
{
    struct parts p = parts_of(cell, piece->from_bytes);
    size_t room = room_of(run->target, 1), bytes = (size_t)(p.end - p.at), copied = 0;

    if (p.has_doubled) bytes = unescaped_bytes(p);
    piece->left_bytes = (SQLLEN)bytes;
    piece->is_cut = bytes > room || run->target->buffer_bytes < 1;
    if (!out) return true;
    if (!p.has_doubled && !piece->is_cut) {
        memcpy(out, p.at, bytes);
        p.at = p.end;
        copied = bytes;
    } else if (room) {
        copied = copy_bytes(&p, out, room, !run->is_part);
    }
    if (run->target->buffer_bytes > 0) ((char *)out)[copied] = '\0';
    piece->from_bytes = (size_t)(p.at - cell->text);
    return true;
}

bool sql2c_piece_text_wchar(const struct run *run, const struct cell *cell, void *out,
                            struct piece *piece)
{
    static const uint16_t terminator;
    struct parts p = parts_of(cell, piece->from_bytes);
    size_t room = room_of(run->target, sizeof terminator), chars = 0;
    bool has_terminator = run->target->buffer_bytes >= (SQLLEN)sizeof terminator;

    if (out && room) chars = copy_chars(&p, cell, out, room, run->is_part);
    if (out && has_terminator) {
        memcpy((char *)out + chars * sizeof terminator, &terminator, sizeof terminator);
    }
    piece->is_cut = p.at < p.end || !has_terminator;
    piece->left_bytes = (SQLLEN)((chars + unescaped_chars(p, cell)) * sizeof terminator);
    piece->from_bytes = (size_t)(p.at - cell->text);
    return true;
}

bool sql2c_piece_text_binary(const struct run *run, const struct cell *cell, void *out,
                             struct piece *piece)
{
    struct parts p = parts_of(cell, piece->from_bytes);
    size_t room = run->target->buffer_bytes > 0 ? (size_t)run->target->buffer_bytes : 0;
    size_t bytes = unescaped_bytes(p);

    piece->left_bytes = (SQLLEN)bytes;
    piece->is_cut = bytes > room;
    if (!out) return true;
    if (room) copy_bytes(&p, out, room, false);
    piece->from_bytes = (size_t)(p.at - cell->text);
    return true;
}

/* How much of a number or time may not be lost: up to the fraction, but all when there is a power
 * of ten behind it. */
static size_t whole_bytes(const struct cell *cell)
{
    const char *point = memchr(cell->text, '.', cell->bytes);

    if (!point || memchr(cell->text, 'E', cell->bytes)) return cell->bytes;
    return (size_t)(point - cell->text);
}

/*
 * Appendix D: "number of whole digits < BufferLength", else 22003. A buffer without any room is
 * not asked for a number but for its length.
 */
static bool keeps_whole(const struct run *run, const struct cell *cell, size_t unit_bytes,
                        const struct piece *piece)
{
    size_t room = room_of(run->target, unit_bytes);

    if (cell->bytes <= room || piece->from_bytes > 0 || run->target->buffer_bytes <= 0) return true;
    if (!run->target->data || whole_bytes(cell) <= room) return true;
    run_issue(run, SQLSTATE_22003, cell, "does not fit the buffer");
    return false;
}

/*
 * ODBC counts a sign, a point and the digits of a decimal, and applications bind just that; Athena
 * writes -0.9999 of a decimal(4,4). Without its zero it fits, where its last digit would be lost.
 */
struct shortened {
    char text[48];
    struct cell cell;
};

static const struct cell *fit_fraction(const struct run *run, const struct cell *cell,
                                       size_t unit_bytes, const struct piece *piece,
                                       struct shortened *out)
{
    const struct column *c = run->column;
    size_t sign = cell->bytes > 0 && *cell->text == '-';

    if (c->type != ATHENA_DECIMAL || c->scale < c->precision || !c->precision) return cell;
    if (piece->from_bytes > 0 || cell->bytes != room_of(run->target, unit_bytes) + 1) return cell;
    if (cell->bytes > sizeof out->text || cell->bytes < sign + 2) return cell;
    if (memcmp(cell->text + sign, "0.", 2) != 0) return cell;
    memcpy(out->text, cell->text, sign);
    memcpy(out->text + sign, cell->text + sign + 1, cell->bytes - sign - 1);
    out->cell = (struct cell){out->text, cell->bytes - 1, cell->flags};
    return &out->cell;
}

bool sql2c_piece_number_char(const struct run *run, const struct cell *cell, void *out,
                             struct piece *piece)
{
    struct shortened shortened;
    const struct cell *fit = fit_fraction(run, cell, 1, piece, &shortened);

    return keeps_whole(run, fit, 1, piece) && sql2c_piece_text_char(run, fit, out, piece);
}

bool sql2c_piece_number_wchar(const struct run *run, const struct cell *cell, void *out,
                              struct piece *piece)
{
    struct shortened shortened;
    const struct cell *fit = fit_fraction(run, cell, sizeof(uint16_t), piece, &shortened);

    return keeps_whole(run, fit, sizeof(uint16_t), piece) &&
           sql2c_piece_text_wchar(run, fit, out, piece);
}

bool sql2c_piece_number_binary(const struct run *run, const struct cell *cell, void *out,
                               struct piece *piece)
{
    SQLLEN room = run->target->buffer_bytes;

    if (out && room > 0 && piece->from_bytes == 0 && (SQLLEN)cell->bytes > room) {
        run_issue(run, SQLSTATE_22003, cell, "does not fit the buffer");
        return false;
    }
    return sql2c_piece_text_binary(run, cell, out, piece);
}

/* ODBC's text of a SQL_BIT: "1" or "0". */
static bool bit_text(const struct run *run, const struct cell *cell, struct cell *out)
{
    int value = run_boolean(cell);

    *out = (struct cell){value == 1 ? "1" : "0", 1, 0};
    if (value < 0) run_issue(run, SQLSTATE_22018, cell, "is neither true nor false");
    return value >= 0;
}

bool sql2c_piece_boolean_char(const struct run *run, const struct cell *cell, void *out,
                              struct piece *piece)
{
    struct cell bit;

    return bit_text(run, cell, &bit) && sql2c_piece_number_char(run, &bit, out, piece);
}

bool sql2c_piece_boolean_wchar(const struct run *run, const struct cell *cell, void *out,
                               struct piece *piece)
{
    struct cell bit;

    return bit_text(run, cell, &bit) && sql2c_piece_number_wchar(run, &bit, out, piece);
}

/* ---- whole values of bound columns -------------------------------------------------------- */

/* memcpy for what is mostly short: two copies that overlap, no loop and no call. */
static inline void copy_short(char *out, const char *text, size_t bytes)
{
    if (bytes > 16) {
        memcpy(out, text, bytes);
    } else if (bytes >= 8) {
        memcpy(out, text, 8);
        memcpy(out + bytes - 8, text + bytes - 8, 8);
    } else if (bytes >= 4) {
        memcpy(out, text, 4);
        memcpy(out + bytes - 4, text + bytes - 4, 4);
    } else {
        for (size_t i = 0; i < bytes; i++)
            out[i] = text[i];
    }
}

/* Most values: no quote in them, and room for all. False: the value is for the piece function. */
static inline bool copy_plain(const struct run *run, const struct cell *cell, void *out)
{
    if (!out || cell->flags || (SQLLEN)cell->bytes >= run->target->buffer_bytes) return false;
    copy_short(out, cell->text, cell->bytes);
    ((char *)out)[cell->bytes] = '\0';
    return true;
}

static inline void widen_8(utf16_loose *out, const char *text)
{
    uint16_t units[8];

    for (size_t i = 0; i < 8; i++)
        units[i] = (unsigned char)text[i];
    memcpy(out, units, sizeof units);
}

static inline bool are_8_ascii(const char *text)
{
    uint64_t bytes;

    memcpy(&bytes, text, sizeof bytes);
    return !(bytes & UINT64_C(0x8080808080808080));
}

/* Eight at a time; the last eight overlap those before. False: something is not ASCII. */
static inline bool widen_ascii(utf16_loose *out, const char *text, size_t bytes)
{
    size_t i = 0;

    if (bytes < 8) {
        for (; i < bytes && !(text[i] & 0x80); i++)
            out[i] = (unsigned char)text[i];
        return i == bytes;
    }
    for (; i + 8 <= bytes; i += 8) {
        if (!are_8_ascii(text + i)) return false;
        widen_8(out + i, text + i);
    }
    if (i == bytes) return true;
    if (!are_8_ascii(text + bytes - 8)) return false;
    widen_8(out + bytes - 8, text + bytes - 8);
    return true;
}

static inline bool widen_plain(const struct run *run, const struct cell *cell, void *out)
{
    utf16_loose *units = out;

    if (!out || cell->flags) return false;
    if ((SQLLEN)(cell->bytes + 1) * 2 > run->target->buffer_bytes) return false;
    if (!widen_ascii(units, cell->text, cell->bytes)) return false;
    units[cell->bytes] = 0;
    return true;
}

#define PLAIN_KERNEL(name, plain, unit_bytes, piece) \
    static SQLLEN name##_value(const struct run *run, const struct cell *cell, void *out) \
    { \
        if (plain(run, cell, out)) return (SQLLEN)(cell->bytes * unit_bytes); \
        return run_whole(run, cell, out, piece); \
    } \
    SQL2C_KERNEL(name, false, name##_value)

PLAIN_KERNEL(sql2c_text_char, copy_plain, 1, sql2c_piece_text_char)
PLAIN_KERNEL(sql2c_text_wchar, widen_plain, 2, sql2c_piece_text_wchar)
PLAIN_KERNEL(sql2c_number_char, copy_plain, 1, sql2c_piece_number_char)
PLAIN_KERNEL(sql2c_number_wchar, widen_plain, 2, sql2c_piece_number_wchar)
SQL2C_PIECE_KERNEL(sql2c_text_binary, sql2c_piece_text_binary)
SQL2C_PIECE_KERNEL(sql2c_number_binary, sql2c_piece_number_binary)
SQL2C_PIECE_KERNEL(sql2c_boolean_char, sql2c_piece_boolean_char)
SQL2C_PIECE_KERNEL(sql2c_boolean_wchar, sql2c_piece_boolean_wchar)
