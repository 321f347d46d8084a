/*
 * convert/sql2c.c, by data: each line of tests/data/convert/NAME.in is a value, a C type, and what
 * ODBC says must come of it (README there). Each line is run as a bound column of several rows with
 * odd strides, and as a SQLGetData. At the end, each pair of types that the driver allows must have
 * been converted by some line, and each pair it refuses is in refused.in or never asked.
 */
#include <ctype.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "convert/sql2c.h"
#include "convert/sqltype.h"
#include "convert/utf16.h"

#include <cmocka.h>

enum { FIELD_COUNT = 8, ROW_COUNT = 3, MOST_BYTES = 512, UNTOUCHED = 0xA5 };

/* clang-format off */
static const struct c_name { const char *name; SQLSMALLINT c_type; } c_names[] = {
    {"CHAR", SQL_C_CHAR}, {"WCHAR", SQL_C_WCHAR}, {"BINARY", SQL_C_BINARY}, {"BIT", SQL_C_BIT},
    {"TINYINT", SQL_C_TINYINT}, {"STINYINT", SQL_C_STINYINT}, {"UTINYINT", SQL_C_UTINYINT},
    {"SHORT", SQL_C_SHORT}, {"SSHORT", SQL_C_SSHORT}, {"USHORT", SQL_C_USHORT},
    {"LONG", SQL_C_LONG}, {"SLONG", SQL_C_SLONG}, {"ULONG", SQL_C_ULONG},
    {"SBIGINT", SQL_C_SBIGINT}, {"UBIGINT", SQL_C_UBIGINT},
    {"FLOAT", SQL_C_FLOAT}, {"DOUBLE", SQL_C_DOUBLE}, {"NUMERIC", SQL_C_NUMERIC},
    {"TYPE_DATE", SQL_C_TYPE_DATE}, {"TYPE_TIME", SQL_C_TYPE_TIME},
    {"TYPE_TIMESTAMP", SQL_C_TYPE_TIMESTAMP},
    {"DATE", SQL_C_DATE}, {"TIME", SQL_C_TIME}, {"TIMESTAMP", SQL_C_TIMESTAMP},
    {"GUID", SQL_C_GUID},
    {"INTERVAL_YEAR", SQL_C_INTERVAL_YEAR}, {"INTERVAL_MONTH", SQL_C_INTERVAL_MONTH},
    {"INTERVAL_DAY", SQL_C_INTERVAL_DAY}, {"INTERVAL_HOUR", SQL_C_INTERVAL_HOUR},
    {"INTERVAL_MINUTE", SQL_C_INTERVAL_MINUTE}, {"INTERVAL_SECOND", SQL_C_INTERVAL_SECOND},
    {"INTERVAL_YEAR_TO_MONTH", SQL_C_INTERVAL_YEAR_TO_MONTH},
    {"INTERVAL_DAY_TO_HOUR", SQL_C_INTERVAL_DAY_TO_HOUR},
    {"INTERVAL_DAY_TO_MINUTE", SQL_C_INTERVAL_DAY_TO_MINUTE},
    {"INTERVAL_DAY_TO_SECOND", SQL_C_INTERVAL_DAY_TO_SECOND},
    {"INTERVAL_HOUR_TO_MINUTE", SQL_C_INTERVAL_HOUR_TO_MINUTE},
    {"INTERVAL_HOUR_TO_SECOND", SQL_C_INTERVAL_HOUR_TO_SECOND},
    {"INTERVAL_MINUTE_TO_SECOND", SQL_C_INTERVAL_MINUTE_TO_SECOND},
};
/* clang-format on */

enum { C_TYPE_COUNT = sizeof c_names / sizeof c_names[0] };

static bool is_covered[ATHENA_TYPE_COUNT][C_TYPE_COUNT];

struct line {
    const char *file;
    int number;
    char *fields[FIELD_COUNT]; /* type, text, C type, buffer, return, state, value, indicator */
    struct column column;
    struct cell cell;
    size_t c_index;
    struct c_target target; /* without pointers */
};

struct outcome {
    enum sqlstate state;
    unsigned issue_count;
    size_t last_row;
};

static void note_issue(void *context, size_t row, enum sqlstate state, const char *detail)
{
    struct outcome *o = context;

    assert_non_null(detail);
    assert_true(*detail != '\0');
    o->state = state;
    o->issue_count++;
    o->last_row = row;
}

static void say_line(const struct line *l, const char *what, const char *got)
{
    print_error("%s:%d: %s: got [%s]\n", l->file, l->number, what, got);
}

/* Reading a line */

static char *trim(char *text)
{
    char *end = text + strlen(text);

    while (isspace((unsigned char)*text))
        text++;
    while (end > text && isspace((unsigned char)end[-1]))
        *--end = '\0';
    return text;
}

static bool split(char *text, struct line *l)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        char *bar = strchr(text, '|');

        if (!bar && i < FIELD_COUNT - 1) return false;
        if (bar) *bar = '\0';
        l->fields[i] = trim(text);
        text = bar ? bar + 1 : text;
    }
    return true;
}

/* \n, \\, \p for a bar, \xHH; in place. Returns the number of bytes. */
static size_t unescape(char *text)
{
    char *out = text, *at = text;

    while (*at) {
        if (*at != '\\') {
            *out++ = *at++;
        } else if (at[1] == 'x') {
            char hex[3] = {at[2], at[3], '\0'};

            *out++ = (char)strtol(hex, NULL, 16);
            at += 4;
        } else {
            *out++ = at[1] == 'n' ? '\n' : at[1] == 'p' ? '|' : at[1];
            at += 2;
        }
    }
    *out = '\0';
    return (size_t)(out - text);
}

/* NULL, 'text' (also q'text' with doubled quotes still in it), or bare text without blanks around. */
static void read_cell(struct line *l)
{
    char *text = l->fields[1];
    size_t bytes;

    if (strcmp(text, "NULL") == 0) return;
    if (text[0] == 'q' && text[1] == '\'') {
        l->cell.flags = CELL_DOUBLED_QUOTES;
        text++;
    }
    bytes = strlen(text);
    if (bytes >= 2 && text[0] == '\'' && text[bytes - 1] == '\'') {
        text[bytes - 1] = '\0';
        text++;
    }
    l->cell.bytes = (uint32_t)unescape(text);
    l->cell.text = text;
}

/* "NUMERIC(precision, scale)", "INTERVAL_DAY(leading, seconds)" */
static void read_c_type(struct line *l)
{
    char *name = l->fields[2], *parameters = strchr(name, '(');
    int first = 0, second = 0;

    if (parameters) {
        *parameters = '\0';
        assert_int_equal(sscanf(parameters + 1, "%d,%d", &first, &second), 2);
    }
    for (l->c_index = 0; l->c_index < C_TYPE_COUNT; l->c_index++) {
        if (strcmp(c_names[l->c_index].name, name) == 0) break;
    }
    if (l->c_index == C_TYPE_COUNT) say_line(l, "no such C type", name);
    assert_in_range(l->c_index, 0, C_TYPE_COUNT - 1);
    l->target.c_type = c_names[l->c_index].c_type;
    if (l->target.c_type == SQL_C_NUMERIC) {
        l->target.precision = (SQLSMALLINT)first;
        l->target.scale = (SQLSMALLINT)second;
    } else {
        l->target.leading_precision = first;
        l->target.precision = parameters ? (SQLSMALLINT)second : 6;
    }
}

static void read_line(struct line *l)
{
    enum athena_type type = ATHENA_UNKNOWN;
    char *parameters = strchr(l->fields[0], '('); /* "decimal(4,2)" */

    if (parameters) *parameters = '\0';
    while (type < ATHENA_TYPE_COUNT && strcmp(athena_type_name(type), l->fields[0]) != 0)
        type++;
    if (type == ATHENA_TYPE_COUNT) say_line(l, "no such type", l->fields[0]);
    assert_int_not_equal(type, ATHENA_TYPE_COUNT);
    l->column.type = type;
    if (parameters) l->column.precision = (int32_t)strtol(parameters + 1, &parameters, 10);
    if (parameters && *parameters == ',')
        l->column.scale = (int32_t)strtol(parameters + 1, NULL, 10);
    read_cell(l);
    read_c_type(l);
    l->target.buffer_bytes = strtol(l->fields[3], NULL, 10);
}

/* Printing what came out */

static void print_bytes(struct buf *out, const char *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)data[i];

        if (c < 0x20 || c == '\\' || c == '|') {
            buf_printf(out, "\\x%02X", c);
        } else {
            buf_putc(out, (char)c);
        }
    }
}

/* The bytes of half a character at the end in hex. */
static void print_char(struct buf *out, const struct line *l, const char *data)
{
    size_t bytes, whole;

    if (l->target.buffer_bytes < 1) return;
    bytes = strnlen(data, (size_t)l->target.buffer_bytes);
    whole = utf8_whole(data, bytes);
    buf_putc(out, '\'');
    print_bytes(out, data, whole);
    for (size_t i = whole; i < bytes; i++)
        buf_printf(out, "\\x%02X", (unsigned char)data[i]);
    buf_putc(out, '\'');
}

static void print_wchar(struct buf *out, const struct line *l, const char *data)
{
    size_t room = (size_t)l->target.buffer_bytes / sizeof(uint16_t), chars = 0;
    uint16_t units[MOST_BYTES];
    char text[4 * MOST_BYTES];

    if (room < 1) return;
    memcpy(units, data, room * sizeof units[0]);
    while (chars < room && units[chars])
        chars++;
    assert_in_range(chars, 0, room - 1);
    buf_putc(out, '\'');
    print_bytes(out, text, utf16_to_utf8(units, chars, text, sizeof text, NULL));
    buf_putc(out, '\'');
}

static void print_binary(struct buf *out, const struct line *l, const char *data, SQLLEN length)
{
    SQLLEN bytes = length < l->target.buffer_bytes ? length : l->target.buffer_bytes;

    for (SQLLEN i = 0; i < bytes; i++)
        buf_printf(out, "%02X", (unsigned char)data[i]);
}

#define READ(type, name) \
    type name; \
    memcpy(&name, data, sizeof name)

static void print_integer(struct buf *out, SQLSMALLINT c_type, const char *data)
{
    switch (c_type) {
    case SQL_C_BIT:
    case SQL_C_UTINYINT:
        buf_printf(out, "%u", (unsigned char)*data);
        break;
    case SQL_C_TINYINT:
    case SQL_C_STINYINT:
        buf_printf(out, "%d", (signed char)*data);
        break;
    case SQL_C_SHORT:
    case SQL_C_SSHORT: {
        READ(int16_t, v);
        buf_printf(out, "%d", v);
        break;
    }
    case SQL_C_USHORT: {
        READ(uint16_t, v);
        buf_printf(out, "%u", v);
        break;
    }
    case SQL_C_LONG:
    case SQL_C_SLONG: {
        READ(int32_t, v);
        buf_printf(out, "%" PRId32, v);
        break;
    }
    case SQL_C_ULONG: {
        READ(uint32_t, v);
        buf_printf(out, "%" PRIu32, v);
        break;
    }
    case SQL_C_SBIGINT: {
        READ(int64_t, v);
        buf_printf(out, "%" PRId64, v);
        break;
    }
    default: {
        READ(uint64_t, v);
        buf_printf(out, "%" PRIu64, v);
        break;
    }
    }
}

/* sign, integer, scale and precision: -12345e-2 of 10 */
static void print_numeric(struct buf *out, const char *data)
{
    READ(SQL_NUMERIC_STRUCT, n);
    char digits[48], *at = digits + sizeof digits - 1;
    __extension__ unsigned __int128 value = 0;

    for (size_t i = sizeof n.val; i-- > 0;)
        value = value << 8 | n.val[i];
    *at = '\0';
    do {
        *--at = (char)('0' + (int)(value % 10));
        value /= 10;
    } while (value);
    buf_printf(out, "%s%se%d of %d", n.sign ? "+" : "-", at, -n.scale, n.precision);
}

static void print_interval(struct buf *out, const char *data)
{
    READ(SQL_INTERVAL_STRUCT, v);
    const SQL_DAY_SECOND_STRUCT *d = &v.intval.day_second;

    buf_putc(out, v.interval_sign ? '-' : '+');
    if (v.interval_type <= SQL_IS_MONTH || v.interval_type == SQL_IS_YEAR_TO_MONTH) {
        buf_printf(out, "%uy %um", v.intval.year_month.year, v.intval.year_month.month);
    } else {
        buf_printf(out, "%ud %uh %um %us %u", d->day, d->hour, d->minute, d->second, d->fraction);
    }
    buf_printf(out, " of %d", (int)v.interval_type);
}

static void print_date(struct buf *out, const char *data)
{
    READ(SQL_DATE_STRUCT, d);
    buf_printf(out, "%d-%02u-%02u", d.year, d.month, d.day);
}

static void print_time(struct buf *out, const char *data)
{
    READ(SQL_TIME_STRUCT, t);
    buf_printf(out, "%02u:%02u:%02u", t.hour, t.minute, t.second);
}

static void print_timestamp(struct buf *out, const char *data)
{
    READ(SQL_TIMESTAMP_STRUCT, t);
    print_date(out, data);
    buf_printf(out, " %02u:%02u:%02u.%09u", t.hour, t.minute, t.second, t.fraction);
}

static void print_guid(struct buf *out, const char *data)
{
    READ(SQLGUID, g);
    buf_printf(out, "%08x %04x %04x ", (unsigned)g.Data1, g.Data2, g.Data3);
    for (unsigned i = 0; i < 8; i++)
        buf_printf(out, "%02x", g.Data4[i]);
}

static void print_float(struct buf *out, SQLSMALLINT c_type, const char *data)
{
    if (c_type == SQL_C_FLOAT) {
        READ(float, f);
        buf_printf(out, "%.9g", (double)f);
    } else {
        READ(double, d);
        buf_printf(out, "%.17g", d);
    }
}

static void print_value(struct buf *out, const struct line *l, const char *data, SQLLEN length)
{
    SQLSMALLINT c_type = sqltype_odbc3(l->target.c_type);

    if (length == SQL_NULL_DATA) return;
    switch (c_type) {
    case SQL_C_CHAR:
        print_char(out, l, data);
        break;
    case SQL_C_WCHAR:
        print_wchar(out, l, data);
        break;
    case SQL_C_BINARY:
        print_binary(out, l, data, length);
        break;
    case SQL_C_FLOAT:
    case SQL_C_DOUBLE:
        print_float(out, c_type, data);
        break;
    case SQL_C_NUMERIC:
        print_numeric(out, data);
        break;
    case SQL_C_TYPE_DATE:
        print_date(out, data);
        break;
    case SQL_C_TYPE_TIME:
        print_time(out, data);
        break;
    case SQL_C_TYPE_TIMESTAMP:
        print_timestamp(out, data);
        break;
    case SQL_C_GUID:
        print_guid(out, data);
        break;
    default:
        if (c_type >= SQL_C_INTERVAL_YEAR) {
            print_interval(out, data);
        } else {
            print_integer(out, c_type, data);
        }
    }
}

/* Running a line */

static const char *return_name(const struct outcome *o)
{
    if (o->state == SQLSTATE_NONE) return "SUCCESS";
    return sql2c_is_warning(o->state) ? "INFO" : "ERROR";
}

/*
 * Whether what came out is what the line says; TODAY in it stands for this day's date, and where
 * SQLGetData gives something else than a bound column does, that stands behind " or ".
 */
static bool is_expected(const struct line *l, const char *value, bool is_part)
{
    const char *expected = l->fields[6], *other = strstr(expected, " or ");
    time_t now = time(NULL);
    struct tm today;
    char text[64];

    if (other && is_part) return strcmp(other + 4, value) == 0;
    if (other) {
        return strlen(value) == (size_t)(other - expected) &&
               memcmp(expected, value, strlen(value)) == 0;
    }
    if (strncmp(expected, "TODAY", 5) != 0) return strcmp(expected, value) == 0;
    assert_non_null(localtime_r(&now, &today));
    snprintf(text, sizeof text, "%d-%02d-%02d%s", today.tm_year + 1900, today.tm_mon + 1,
             today.tm_mday, expected + 5);
    return strcmp(text, value) == 0;
}

static void check(const struct line *l, const struct outcome *o, const char *data, SQLLEN length,
                  const char *way)
{
    struct buf value;
    char indicator[32] = "NULL";

    buf_init(&value, 1 << 16);
    if (strcmp(l->fields[4], "ERROR") != 0) print_value(&value, l, data, length);
    if (length != SQL_NULL_DATA) snprintf(indicator, sizeof indicator, "%ld", (long)length);
    if (strcmp(l->fields[4], return_name(o)) || strcmp(l->fields[5], sqlstate_code(o->state)) ||
        !is_expected(l, value.bytes, strcmp(way, "SQLGetData") == 0) ||
        (strcmp(l->fields[4], "ERROR") && strcmp(l->fields[7], indicator))) {
        print_error("%s:%d: %s: got | %s | %s | %s | %s\n", l->file, l->number, way, return_name(o),
                    sqlstate_code(o->state), value.bytes, indicator);
        buf_clear(&value);
        fail();
    }
    buf_clear(&value);
}

static size_t value_bytes(const struct line *l)
{
    SQLLEN fixed = sqltype_c_bytes(l->target.c_type);

    return fixed ? (size_t)fixed : (size_t)l->target.buffer_bytes;
}

static void check_untouched(const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal((unsigned char)bytes[i], UNTOUCHED);
}

/* Row-wise binding with an odd size of row: a value in the middle, NULL before and behind it. */
static void run_bound(struct line *l, sql2c_fn *kernel)
{
    struct cell cells[ROW_COUNT] = {{0}, l->cell, {0}};
    size_t bytes = value_bytes(l), stride = bytes + sizeof(SQLLEN) + 3;
    char *rows = malloc(ROW_COUNT * stride);
    struct outcome o = {0};
    SQLLEN length;

    assert_non_null(rows);
    memset(rows, UNTOUCHED, ROW_COUNT * stride);
    l->target.data = rows + 1;
    l->target.octet_length = l->target.indicator = (void *)(rows + 1 + bytes);
    l->target.data_stride = l->target.length_stride = l->target.indicator_stride = stride;
    kernel(&l->column, cells, ROW_COUNT, &l->target, note_issue, &o);

    assert_in_range(o.issue_count, 0, 1);
    if (o.issue_count) assert_int_equal(o.last_row, 1);
    for (size_t row = 0; row < ROW_COUNT; row += 2) {
        memcpy(&length, rows + row * stride + 1 + bytes, sizeof length);
        assert_int_equal(length, SQL_NULL_DATA);
        check_untouched(rows + row * stride + 1, bytes);
    }
    for (size_t row = 0; row < ROW_COUNT; row++) {
        check_untouched(rows + row * stride, 1);
        check_untouched(rows + (row + 1) * stride - 2, 2);
    }
    memcpy(&length, rows + stride + 1 + bytes, sizeof length);
    check(l, &o, rows + stride + 1, length, "bound");
    free(rows);
}

/* Column-wise, with a length and an indicator each for itself, in memory that ends behind them. */
static void run_apart(struct line *l, sql2c_fn *kernel)
{
    size_t bytes = value_bytes(l);
    char *data = malloc(bytes ? bytes : 1);
    SQLLEN length = 77, indicator = 77;
    struct outcome o = {0};

    assert_non_null(data);
    l->target.data = data;
    l->target.octet_length = &length;
    l->target.indicator = &indicator;
    l->target.data_stride = bytes;
    l->target.length_stride = l->target.indicator_stride = sizeof(SQLLEN);
    kernel(&l->column, &l->cell, 1, &l->target, note_issue, &o);
    if (!o.state || sql2c_is_warning(o.state)) {
        assert_int_equal(indicator, l->cell.text ? 0 : SQL_NULL_DATA);
    }
    check(l, &o, data, length, "length and indicator apart");
    free(data);
}

static void run_get(struct line *l)
{
    size_t bytes = value_bytes(l);
    char *data = malloc(bytes ? bytes : 1);
    struct sql2c_part part = {0};
    struct sql2c_way way = sql2c_way(l->column.type, l->target.c_type);
    struct outcome o = {0};
    SQLLEN length = 77;
    SQLRETURN rc;

    assert_non_null(data);
    l->target.data = data;
    l->target.octet_length = l->target.indicator = &length;
    rc = sql2c_get(&way, &l->column, &l->cell, &l->target, &part, note_issue, &o);
    assert_int_equal(rc, !o.state                    ? SQL_SUCCESS
                         : sql2c_is_warning(o.state) ? SQL_SUCCESS_WITH_INFO
                                                     : SQL_ERROR);
    check(l, &o, data, length, "SQLGetData");
    if (rc == SQL_SUCCESS) {
        assert_int_equal(sql2c_get(&way, &l->column, &l->cell, &l->target, &part, note_issue, &o),
                         SQL_NO_DATA);
    }
    free(data);
}

static void run_line(struct line *l)
{
    sql2c_fn *kernel = sql2c_kernel(l->column.type, l->target.c_type);
    struct sql2c_way way = sql2c_way(l->column.type, l->target.c_type);
    struct sql2c_part part = {0};
    struct outcome o = {0};

    is_covered[l->column.type][l->c_index] = true;
    if (strcmp(l->fields[4], "REFUSED") == 0) {
        if (kernel) say_line(l, "this pair should be refused", "a kernel");
        assert_null(kernel);
        assert_string_equal(l->fields[5], "07006");
        assert_int_equal(sql2c_get(&way, &l->column, &l->cell, &l->target, &part, note_issue, &o),
                         SQL_ERROR);
        assert_int_equal(o.state, SQLSTATE_07006);
        return;
    }
    if (!kernel) say_line(l, "this pair should be allowed", "no kernel");
    assert_non_null(kernel);
    run_bound(l, kernel);
    run_apart(l, kernel);
    run_get(l);
}

static void run_file(const char *name)
{
    char path[128], text[1024];
    int number = 0;
    FILE *in;

    snprintf(path, sizeof path, "tests/data/convert/%s.in", name);
    in = fopen(path, "r");
    if (!in) print_error("%s cannot be read: run in the project's folder\n", path);
    assert_non_null(in);
    while (fgets(text, sizeof text, in)) {
        struct line l = {path, ++number, {0}, {0}, {0}, 0, {0}};
        char *start = trim(text);

        if (*start == '#' || *start == '\0') continue;
        if (!split(start, &l)) say_line(&l, "a line has 8 fields", start);
        assert_non_null(l.fields[FIELD_COUNT - 1]);
        read_line(&l);
        run_line(&l);
    }
    assert_true(number > 0);
    fclose(in);
}

static void test_file(void **state)
{
    run_file(*state);
}

static void test_all_pairs_are_covered(void **state)
{
    unsigned missing = 0;

    (void)state;
    for (unsigned type = 0; type < ATHENA_TYPE_COUNT; type++) {
        for (unsigned c = 0; c < C_TYPE_COUNT; c++) {
            if (is_covered[type][c] || !sql2c_kernel(type, c_names[c].c_type)) continue;
            /* the types that are nothing but text convert as varchar, which covers them */
            if (sql2c_kernel(type, SQL_C_GUID) && is_covered[ATHENA_VARCHAR][c]) continue;
            print_error("no line converts %s to %s\n", athena_type_name(type), c_names[c].name);
            missing++;
        }
    }
    assert_int_equal(missing, 0);
}

#define FILE_TEST(name) \
    { \
#name, test_file, NULL, NULL, (void *)(uintptr_t) #name \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(text),
        FILE_TEST(integer),
        FILE_TEST(decimal),
        FILE_TEST(float),
        FILE_TEST(boolean),
        FILE_TEST(binary),
        FILE_TEST(datetime),
        FILE_TEST(interval),
        FILE_TEST(guid),
        FILE_TEST(refused),
        cmocka_unit_test(test_all_pairs_are_covered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
