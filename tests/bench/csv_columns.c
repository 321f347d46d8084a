/* See csv_columns.h. */
#include "csv_columns.h"

#include <sys/stat.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "convert/datetime.h"
#include "convert/double.h"
#include "convert/integer.h"
#include "convert/utf16.h"

enum { BLOCK_BYTES = 64 * 1024, PADDING = 64 };

static const struct {
    const char *name;
    SQLSMALLINT sql_type, c_type;
} types[] = {
    {"bigint", SQL_BIGINT, SQL_C_SBIGINT},
    {"integer", SQL_INTEGER, SQL_C_SLONG},
    {"tinyint", SQL_TINYINT, SQL_C_STINYINT},
    {"double", SQL_DOUBLE, SQL_C_DOUBLE},
    {"decimal", SQL_DECIMAL, SQL_C_DOUBLE},
    {"timestamp", SQL_TYPE_TIMESTAMP, SQL_C_TYPE_TIMESTAMP},
    {"date", SQL_TYPE_DATE, SQL_C_TYPE_DATE},
    {"varchar", SQL_VARCHAR, SQL_C_CHAR},
};

enum { TYPE_COUNT = sizeof types / sizeof types[0] };

static void stop(const char *what, const char *which)
{
    fprintf(stderr, "%s: %s\n", what, which);
    exit(1);
}

SQLSMALLINT csv_columns_native(SQLSMALLINT sql_type)
{
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (types[i].sql_type == sql_type) return types[i].c_type;
    return SQL_C_CHAR;
}

static void read_types(struct csv_columns *c, const char *names)
{
    while (*names) {
        size_t bytes = strcspn(names, ","), i = 0;

        while (i < TYPE_COUNT &&
               (strlen(types[i].name) != bytes || memcmp(types[i].name, names, bytes) != 0))
            i++;
        if (i == TYPE_COUNT || c->width == COLUMNS_MAX) stop("no type for the limit", names);
        c->sql_types[c->width++] = types[i].sql_type;
        names += bytes + (names[bytes] == ',');
    }
}

void csv_columns_init(struct csv_columns *c, const char *type_names)
{
    memset(c, 0, sizeof *c);
    c->positions = malloc((BLOCK_BYTES + CSV_SCAN_SLACK) * sizeof *c->positions);
    if (!c->positions) stop("no memory", "");
    read_types(c, type_names);
    c->scan = csv_scan_best();
}

void csv_columns_feed(struct csv_columns *c, const char *bytes, size_t count)
{
    c->bytes = bytes;
    c->count = count;
    c->at = 0;
    c->first = c->records = 0;
}

void csv_columns_open(struct csv_columns *c, const char *path, const char *type_names)
{
    FILE *file = fopen(path, "rb");
    struct stat about;
    size_t bytes;

    csv_columns_init(c, type_names);
    if (!file || fstat(fileno(file), &about) != 0) stop("opening", path);
    bytes = (size_t)about.st_size;
    c->file = malloc(bytes + PADDING);
    if (!c->file) stop("no memory for", path);
    if (fread(c->file, 1, bytes, file) != bytes) stop("reading", path);
    memset(c->file + bytes, 0, PADDING);
    fclose(file);
    csv_columns_feed(c, c->file, bytes);
    csv_columns_next(c, 1); /* the line of names */
}

void csv_columns_close(struct csv_columns *c)
{
    free(c->file);
    free(c->positions);
}

/* Scans from the first record that is not converted; one that the block cuts is scanned again. */
static bool next_block(struct csv_columns *c)
{
    struct csv_scan state = CSV_SCAN_INITIAL;
    size_t bytes = c->count - c->at < BLOCK_BYTES ? c->count - c->at : BLOCK_BYTES;

    c->block = c->bytes + c->at;
    c->first = 0;
    c->records = bytes ? c->scan(&state, c->block, bytes, c->positions) / c->width : 0;
    if (!c->records) {
        if (bytes == BLOCK_BYTES) stop("a record longer than a block", "");
        return false;
    }
    c->at += (c->positions[c->records * c->width - 1] & CSV_SCAN_POSITION) + 1;
    return true;
}

size_t csv_columns_next(struct csv_columns *c, size_t most)
{
    size_t count;

    if (c->first == c->records && !next_block(c)) return 0;
    count = c->records - c->first < most ? c->records - c->first : most;
    c->first += count;
    return count;
}

/* ---- one column --------------------------------------------------------------------------- */

struct value {
    const char *text; /* between the quotes; NULL for NULL */
    size_t bytes;
    bool is_odd; /* quotes in it are doubled */
};

static inline struct value value_at(const struct csv_columns *c, size_t place)
{
    size_t start = place ? (c->positions[place - 1] & CSV_SCAN_POSITION) + 1 : 0;
    size_t end = c->positions[place] & CSV_SCAN_POSITION;

    if (start == end) return (struct value){NULL, 0, false};
    return (struct value){c->block + start + 1, end - start - 2,
                          c->positions[place] & CSV_SCAN_ODD};
}

static size_t copy_odd(const struct value *v, char *out)
{
    size_t count = 0;

    for (size_t i = 0; i < v->bytes; i++) {
        out[count++] = v->text[i];
        i += v->text[i] == '"';
    }
    return count;
}

/* In steps of 16, beyond the end of both: there is room. */
static inline size_t copy_text(const struct value *v, char *out)
{
    if (v->is_odd) return copy_odd(v, out);
    for (size_t i = 0; i < v->bytes; i += 16)
        memcpy(out + i, v->text + i, 16);
    return v->bytes;
}

static inline size_t widen(const struct value *v, SQLWCHAR *out)
{
    char plain[TEXT_ROOM];
    struct value w = *v;
#if defined(__SSE2__)
    const __m128i zero = _mm_setzero_si128();
    size_t i = 0;

    for (; !v->is_odd && i < v->bytes; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(v->text + i));

        if (_mm_movemask_epi8(bytes) & (v->bytes - i < 16 ? (1 << (v->bytes - i)) - 1 : -1)) break;
        _mm_storeu_si128((__m128i *)(void *)(out + i), _mm_unpacklo_epi8(bytes, zero));
        _mm_storeu_si128((__m128i *)(void *)(out + i + 8), _mm_unpackhi_epi8(bytes, zero));
    }
    if (!v->is_odd && i >= v->bytes) return v->bytes;
#endif
    if (w.is_odd) {
        w.bytes = copy_odd(v, plain);
        w.text = plain;
    }
    return utf16_from_utf8(w.text, w.bytes, out, TEXT_ROOM, NULL);
}

#define EACH(convert) \
    for (size_t i = 0; i < count; i++) { \
        struct value v = value_at(c, place + i * c->width); \
        char *at = out->values + i * out->bytes_each; \
\
        out->lengths[i] = SQL_NULL_DATA; \
        if (v.text) { \
            convert; \
        } \
    }

#define INTEGER_AS(type) \
    EACH(int64_t number = 0; if (!integer_parse(v.text, v.bytes, &number)) stop("no number", ""); \
         type small = (type)number; memcpy(at, &small, sizeof small); \
         out->lengths[i] = sizeof small)

static void put_time(const struct value *v, SQLSMALLINT c_type, char *at)
{
    struct datetime d;

    if (datetime_parse(v->text, v->bytes, &d) != DATETIME_OK) stop("no date", "");
    if (c_type == SQL_C_TYPE_DATE) {
        SQL_DATE_STRUCT date = {(SQLSMALLINT)d.year, d.month, d.day};

        memcpy(at, &date, sizeof date);
    } else {
        SQL_TIMESTAMP_STRUCT time = {
            (SQLSMALLINT)d.year, d.month, d.day, d.hour, d.minute, d.second, d.nanosecond};

        memcpy(at, &time, sizeof time);
    }
}

void csv_columns_convert(const struct csv_columns *c, unsigned column, size_t count,
                         struct column *out)
{
    const size_t place = (c->first - count) * c->width + column;

    switch (out->c_type) {
    case SQL_C_STINYINT:
        INTEGER_AS(int8_t)
        break;
    case SQL_C_SLONG:
        INTEGER_AS(int32_t)
        break;
    case SQL_C_SBIGINT:
        INTEGER_AS(int64_t)
        break;
    case SQL_C_DOUBLE:
        EACH(double number; if (double_parse(v.text, v.bytes, &number)) stop("no number", "");
             memcpy(at, &number, sizeof number); out->lengths[i] = sizeof number)
        break;
    case SQL_C_TYPE_DATE:
    case SQL_C_TYPE_TIMESTAMP:
        EACH(put_time(&v, out->c_type, at); out->lengths[i] = (SQLLEN)out->bytes_each)
        break;
    case SQL_C_WCHAR:
        EACH(size_t units = widen(&v, (SQLWCHAR *)(void *)at);
             out->lengths[i] = (SQLLEN)(2 * units); memset(at + 2 * units, 0, 2))
        break;
    default:
        EACH(size_t bytes = copy_text(&v, at); out->lengths[i] = (SQLLEN)bytes; at[bytes] = 0)
        break;
    }
}

/* ---- all of them -------------------------------------------------------------------------- */

void csv_columns_room(const struct csv_columns *c, const char *mode, size_t rowset,
                      struct column *columns)
{
    for (unsigned i = 0; i < c->width; i++)
        column_room(&columns[i], mode_type(mode, csv_columns_native(c->sql_types[i])), rowset);
}

uint64_t csv_columns_convert_all(struct csv_columns *c, size_t rowset, struct column *columns,
                                 bool is_checked)
{
    uint64_t records = 0;
    size_t count;

    while ((count = csv_columns_next(c, rowset)) > 0) {
        records += count;
        for (unsigned i = 0; i < c->width; i++) {
            csv_columns_convert(c, i, count, &columns[i]);
            if (is_checked) add_up(&columns[i], count);
        }
    }
    return records;
}
