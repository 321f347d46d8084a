/*
 * From varbinary, whose text is pairs of hex digits with a blank between ("31 32 33"; pairs without
 * blanks are taken too), and to SQL_C_BINARY from types of fixed size.
 *
 * Appendix D: as text a byte is two digits in upper case, and no byte is cut in half; a value of
 * fixed size has the form of its default C type and fits or is 22003.
 */
#include "base/ascii.h"
#include "convert/kernel.h"
#include "convert/sqltype.h"

/* The digits of a text that are left, blanks between them skipped. */
struct pairs {
    const char *at, *end;
};

/* The next byte; -1 at the end, -2 for what is no pair of digits. */
static int next_byte(struct pairs *p)
{
    int high, low;

    while (p->at < p->end && *p->at == ' ')
        p->at++;
    if (p->at == p->end) return -1;
    high = ascii_hex_value(*p->at++);
    low = p->at < p->end ? ascii_hex_value(*p->at++) : -1;
    return high < 0 || low < 0 ? -2 : high << 4 | low;
}

/* The bytes that are left; -1 after having told that they are none. */
static SQLLEN count_bytes(const struct run *run, const struct cell *cell, struct pairs p)
{
    SQLLEN count = 0;
    int byte;

    while ((byte = next_byte(&p)) >= 0)
        count++;
    if (byte == -1) return count;
    run_issue(run, SQLSTATE_22018, cell, "is not pairs of hexadecimal digits");
    return -1;
}

/* Writes a byte as units of its two digits, or as it is. */
typedef void put_byte_fn(char *out, SQLLEN index, int byte);

static char digit_of(int value)
{
    return "0123456789ABCDEF"[value];
}

static void put_raw(char *out, SQLLEN index, int byte)
{
    out[index] = (char)byte;
}

static void put_digits(char *out, SQLLEN index, int byte)
{
    out[2 * index] = digit_of(byte >> 4);
    out[2 * index + 1] = digit_of(byte & 15);
}

static void put_wide_digits(char *out, SQLLEN index, int byte)
{
    uint16_t digits[2] = {(uint16_t)digit_of(byte >> 4), (uint16_t)digit_of(byte & 15)};

    memcpy(out + (size_t)index * sizeof digits, digits, sizeof digits);
}

/* unit_bytes: of a byte in the output; terminator_bytes: behind the last. */
static bool put_piece(const struct run *run, const struct cell *cell, char *out,
                      struct piece *piece, SQLLEN unit_bytes, SQLLEN terminator_bytes,
                      put_byte_fn *put)
{
    struct pairs p = {cell->text + piece->from_bytes, cell->text + cell->bytes};
    SQLLEN count = count_bytes(run, cell, p), room = run->target->buffer_bytes - terminator_bytes;
    SQLLEN fitting = room > 0 ? room / unit_bytes : 0;

    if (count < 0) return false;
    if (fitting > count) fitting = count;
    piece->left_bytes = count * unit_bytes;
    piece->is_cut = fitting < count || room < 0;
    if (!out) return true;
    for (SQLLEN i = 0; i < fitting; i++)
        put(out, i, next_byte(&p));
    if (room >= 0 && terminator_bytes) {
        memset(out + fitting * unit_bytes, 0, (size_t)terminator_bytes);
    }
    piece->from_bytes = (size_t)(p.at - cell->text);
    return true;
}

bool sql2c_piece_hex_binary(const struct run *run, const struct cell *cell, void *out,
                            struct piece *piece)
{
    return put_piece(run, cell, out, piece, 1, 0, put_raw);
}

bool sql2c_piece_hex_char(const struct run *run, const struct cell *cell, void *out,
                          struct piece *piece)
{
    return put_piece(run, cell, out, piece, 2, 1, put_digits);
}

bool sql2c_piece_hex_wchar(const struct run *run, const struct cell *cell, void *out,
                           struct piece *piece)
{
    return put_piece(run, cell, out, piece, 4, 2, put_wide_digits);
}

/* An issue of the kernel that makes the fixed value is an issue of this row. */
static void pass_issue(void *context, size_t row, enum sqlstate state, const char *detail)
{
    const struct run *run = context;

    (void)row;
    run->issue(run->context, run->row, state, detail);
}

bool sql2c_piece_native_binary(const struct run *run, const struct cell *cell, void *out,
                               struct piece *piece)
{
    static const struct sqltype_settings settings;
    struct run outer = *run;
    struct c_target inner = {0};
    struct sqltype type;
    SQLLEN length = RUN_FAILED;
    char value[64];

    sqltype_describe(run->column, &settings, &type);
    inner.c_type = type.default_c_type;
    piece->left_bytes = sqltype_c_bytes(inner.c_type);
    piece->is_cut = piece->left_bytes > run->target->buffer_bytes;
    if (out && piece->is_cut && run->target->buffer_bytes > 0) {
        run_issue(run, SQLSTATE_22003, cell, "does not fit the buffer");
        return false;
    }
    inner.data = value;
    inner.octet_length = inner.indicator = &length;
    sql2c_kernel(run->column->type, inner.c_type)(run->column, cell, 1, &inner, pass_issue, &outer);
    if (length == RUN_FAILED) return false;

    if (out && !piece->is_cut) {
        memcpy(out, value, (size_t)length);
        piece->from_bytes = cell->bytes;
    }
    return true;
}

SQL2C_PIECE_KERNEL(sql2c_hex_binary, sql2c_piece_hex_binary)
SQL2C_PIECE_KERNEL(sql2c_hex_char, sql2c_piece_hex_char)
SQL2C_PIECE_KERNEL(sql2c_hex_wchar, sql2c_piece_hex_wchar)
SQL2C_PIECE_KERNEL(sql2c_native_binary, sql2c_piece_native_binary)
