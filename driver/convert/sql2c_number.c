/*
 * To the numeric C types from numbers, from text that holds one, and from boolean.
 *
 * Appendix D: a fraction is cut with 01S07, what does not fit is 22003, what is no number 22018.
 * Integer columns have a kernel of their own, which falls back on the one for any number.
 */
#include "convert/decimal.h"
#include "convert/double.h"
#include "convert/integer.h"
#include "convert/kernel.h"

__extension__ typedef __int128 wide_int;

struct whole {
    wide_int value;
    bool is_cut, is_negative;
};

static SQLLEN out_of_range(const struct run *run, const struct cell *cell)
{
    return run_issue(run, SQLSTATE_22003, cell, "is out of range");
}

static SQLLEN not_a_number(const struct run *run, const struct cell *cell)
{
    double word;

    if (double_parse(cell->text, cell->bytes, &word) != DOUBLE_BAD) return out_of_range(run, cell);
    return run_issue(run, SQLSTATE_22018, cell, "is not a number");
}

static bool whole_of_number(const struct run *run, const struct cell *cell, struct whole *out)
{
    struct decimal d;
    decimal_uint value;

    if (!decimal_parse(cell->text, cell->bytes, &d)) {
        not_a_number(run, cell);
        return false;
    }
    if (!decimal_scaled(&d, 0, &value, &out->is_cut) || value >> 127) {
        out_of_range(run, cell);
        return false;
    }
    out->is_negative = d.is_negative;
    out->value = d.is_negative ? -(wide_int)value : (wide_int)value;
    return true;
}

static SQLLEN boolean_value(const struct run *run, const struct cell *cell)
{
    int value = run_boolean(cell);

    return value < 0 ? run_issue(run, SQLSTATE_22018, cell, "is neither true nor false") : value;
}

static void tell_cut(const struct run *run, const struct cell *cell)
{
    run_issue(run, SQLSTATE_01S07, cell, "has lost its fraction");
}

static inline bool is_between(wide_int value, wide_int least, wide_int most)
{
    return value >= least && value <= most;
}

/* What both families below have in common; number_to_ and integer_to_ come before it. */
#define NUMBER_KERNELS(name, type) \
    static SQLLEN boolean_to_##name(const struct run *run, const struct cell *cell, void *out) \
    { \
        SQLLEN truth = boolean_value(run, cell); \
        type value = (type)truth; \
\
        if (truth == RUN_FAILED) return RUN_FAILED; \
        memcpy(out, &value, sizeof value); \
        return sizeof value; \
    } \
    SQL2C_KERNEL(sql2c_number_##name, true, number_to_##name) \
    SQL2C_KERNEL(sql2c_integer_##name, true, integer_to_##name) \
    SQL2C_KERNEL(sql2c_boolean_##name, true, boolean_to_##name)

/* The three kernels of an integer type. */
#define INTEGER_KERNELS(name, type, least, most) \
    static SQLLEN number_to_##name(const struct run *run, const struct cell *cell, void *out) \
    { \
        struct whole whole; \
        type value; \
\
        if (!whole_of_number(run, cell, &whole)) return RUN_FAILED; \
        if (!is_between(whole.value, least, most)) return out_of_range(run, cell); \
        value = (type)whole.value; \
        memcpy(out, &value, sizeof value); \
        if (whole.is_cut) tell_cut(run, cell); \
        return sizeof value; \
    } \
    static SQLLEN integer_to_##name(const struct run *run, const struct cell *cell, void *out) \
    { \
        int64_t whole; \
        type value; \
\
        if (!integer_parse(cell->text, cell->bytes, &whole)) { \
            return number_to_##name(run, cell, out); \
        } \
        if (!is_between(whole, least, most)) return out_of_range(run, cell); \
        value = (type)whole; \
        memcpy(out, &value, sizeof value); \
        return sizeof value; \
    } \
    NUMBER_KERNELS(name, type)

INTEGER_KERNELS(stinyint, int8_t, INT8_MIN, INT8_MAX)
INTEGER_KERNELS(utinyint, uint8_t, 0, UINT8_MAX)
INTEGER_KERNELS(sshort, int16_t, INT16_MIN, INT16_MAX)
INTEGER_KERNELS(ushort, uint16_t, 0, UINT16_MAX)
INTEGER_KERNELS(slong, int32_t, INT32_MIN, INT32_MAX)
INTEGER_KERNELS(ulong, uint32_t, 0, UINT32_MAX)
INTEGER_KERNELS(sbigint, int64_t, INT64_MIN, INT64_MAX)
INTEGER_KERNELS(ubigint, uint64_t, 0, UINT64_MAX)

/* SQL_C_BIT: 0 and 1 are exact, what lies between 0 and 2 is cut, all else is out of range. */
static SQLLEN number_to_bit(const struct run *run, const struct cell *cell, void *out)
{
    struct whole whole;

    if (!whole_of_number(run, cell, &whole)) return RUN_FAILED;
    if (whole.value < 0 || whole.value > 1 || (whole.is_negative && whole.is_cut)) {
        return out_of_range(run, cell);
    }
    *(unsigned char *)out = (unsigned char)whole.value;
    if (whole.is_cut) tell_cut(run, cell);
    return 1;
}

static SQLLEN boolean_to_bit(const struct run *run, const struct cell *cell, void *out)
{
    SQLLEN truth = boolean_value(run, cell);

    if (truth == RUN_FAILED) return RUN_FAILED;
    *(unsigned char *)out = (unsigned char)truth;
    return 1;
}

SQL2C_KERNEL(sql2c_number_bit, true, number_to_bit)
SQL2C_KERNEL(sql2c_integer_bit, true, number_to_bit)
SQL2C_KERNEL(sql2c_boolean_bit, true, boolean_to_bit)

/* The three kernels of a binary floating point type. */
#define FLOAT_KERNELS(name, type, parse) \
    static SQLLEN number_to_##name(const struct run *run, const struct cell *cell, void *out) \
    { \
        type value; \
\
        switch (parse(cell->text, cell->bytes, &value)) { \
        case DOUBLE_OK: \
            break; \
        case DOUBLE_BAD: \
            return not_a_number(run, cell); \
        case DOUBLE_RANGE: \
            return out_of_range(run, cell); \
        } \
        memcpy(out, &value, sizeof value); \
        return sizeof value; \
    } \
    static SQLLEN integer_to_##name(const struct run *run, const struct cell *cell, void *out) \
    { \
        int64_t whole; \
        type value; \
\
        if (!integer_parse(cell->text, cell->bytes, &whole)) { \
            return number_to_##name(run, cell, out); \
        } \
        value = (type)whole; \
        memcpy(out, &value, sizeof value); \
        return sizeof value; \
    } \
    NUMBER_KERNELS(name, type)

FLOAT_KERNELS(float, float, double_parse_float)
FLOAT_KERNELS(double, double, double_parse)

/* SQL_NUMERIC_STRUCT: the integer value * 10^scale, lowest byte first. */
static SQLLEN put_numeric(const struct run *run, const struct cell *cell, const struct decimal *d,
                          void *out)
{
    SQLSMALLINT precision = run->target->precision;
    SQL_NUMERIC_STRUCT numeric = {0};
    decimal_uint value, limit = 1;
    bool is_cut;

    if (precision < 1 || precision > DECIMAL_MOST_DIGITS) precision = DECIMAL_MOST_DIGITS;
    for (SQLSMALLINT i = 0; i < precision; i++)
        limit *= 10;
    if (!decimal_scaled(d, run->target->scale, &value, &is_cut) || value >= limit) {
        return out_of_range(run, cell);
    }
    numeric.precision = (SQLCHAR)precision;
    numeric.scale = (SQLSCHAR)run->target->scale;
    numeric.sign = !(d->is_negative && value);
    for (size_t i = 0; i < sizeof numeric.val; i++)
        numeric.val[i] = (SQLCHAR)(value >> (8 * i));
    memcpy(out, &numeric, sizeof numeric);
    if (is_cut) tell_cut(run, cell);
    return sizeof numeric;
}

static SQLLEN number_to_numeric(const struct run *run, const struct cell *cell, void *out)
{
    struct decimal d;

    if (!decimal_parse(cell->text, cell->bytes, &d)) return not_a_number(run, cell);
    return put_numeric(run, cell, &d, out);
}

static SQLLEN boolean_to_numeric(const struct run *run, const struct cell *cell, void *out)
{
    SQLLEN truth = boolean_value(run, cell);
    struct decimal d = {false, truth ? "1" : "0", "", 1, 0, 0};

    return truth == RUN_FAILED ? RUN_FAILED : put_numeric(run, cell, &d, out);
}

SQL2C_KERNEL(sql2c_number_numeric, true, number_to_numeric)
SQL2C_KERNEL(sql2c_boolean_numeric, true, boolean_to_numeric)
