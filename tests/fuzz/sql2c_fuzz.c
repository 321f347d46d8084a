/*
 * Every conversion of any text: nothing is read or written outside, errors are told, and the pieces
 * of SQLGetData come to an end and make up the value. What values must be say the targets of the
 * readers: number_fuzz.c, datetime_fuzz.c, interval_fuzz.c, hex_fuzz.c.
 *
 *     byte 0   Athena type       byte 1   C type          byte 2   buffer in bytes
 *     byte 3   flags, precision  byte 4   scale
 *     rest     the text
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/sql2c.h"
#include "convert/sqltype.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

enum { HEADER_BYTES = 5, MOST_TEXT_BYTES = 2000, MOST_PIECES = 20000, MOST_WHOLE_BYTES = 10000 };

struct told {
    unsigned count;
    bool has_failed;
};

static void note_issue(void *context, size_t row, enum sqlstate state, const char *detail)
{
    struct told *told = context;

    if (row != 0 || !detail || strlen(detail) == 0 || state == SQLSTATE_NONE) abort();
    told->count++;
    told->has_failed |= !sql2c_is_warning(state);
}

/* A quote of a flagged cell has its twin behind it; that is csv.c's promise. */
static bool is_doubled(const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        if (text[i] != '"') continue;
        if (i + 1 == bytes || text[i + 1] != '"') return false;
        i++;
    }
    return true;
}

static size_t buffer_bytes_of(const struct c_target *target)
{
    SQLLEN fixed = sqltype_c_bytes(target->c_type);

    return fixed ? (size_t)fixed : (size_t)target->buffer_bytes;
}

static void run_kernel(const struct column *column, const struct cell *cell,
                       const struct c_target *model)
{
    struct c_target target = *model;
    struct told told = {0, false};
    size_t bytes = buffer_bytes_of(&target);
    SQLLEN length = -12345;

    target.data = malloc(bytes ? bytes : 1);
    target.octet_length = target.indicator = &length;
    sql2c_kernel(column->type, target.c_type)(column, cell, 1, &target, note_issue, &told);
    /* a time cut to a struct, and the struct too large for a binary buffer */
    if (told.count > 2 || (!told.has_failed && length < 0)) abort();
    free(target.data);
}

/* The value in a buffer that is large enough; -1 when there is none. */
static SQLLEN convert_whole(const struct column *column, const struct cell *cell,
                            const struct c_target *model, char whole[MOST_WHOLE_BYTES])
{
    struct c_target target = *model;
    struct told told = {0, false};
    SQLLEN length = -1;

    target.data = whole;
    target.buffer_bytes = MOST_WHOLE_BYTES;
    target.octet_length = target.indicator = &length;
    sql2c_kernel(column->type, target.c_type)(column, cell, 1, &target, note_issue, &told);
    return told.has_failed ? -1 : length;
}

/*
 * In pieces of the buffer's size, which must end. A piece goes as far as the next one's length says,
 * and they are the value that a large buffer holds.
 */
static void run_get(const struct column *column, const struct cell *cell,
                    const struct c_target *model)
{
    static char whole[MOST_WHOLE_BYTES];
    struct c_target target = *model;
    size_t bytes = buffer_bytes_of(&target);
    struct sql2c_way way = sql2c_way(column->type, target.c_type);
    struct sql2c_part part = {0};
    SQLRETURN rc = SQL_SUCCESS_WITH_INFO;
    SQLLEN all = convert_whole(column, cell, model, whole), length = -1, before = INT64_MAX;
    char *piece = malloc(bytes ? bytes : 1), *last = malloc(bytes ? bytes : 1);

    if (sqltype_c_bytes(target.c_type) == 0 && bytes < 6) rc = SQL_NO_DATA; /* two wide digits, 0 */
    for (unsigned i = 0; rc != SQL_NO_DATA && rc != SQL_ERROR; i++) {
        struct told told = {0, false};

        if (i == MOST_PIECES) abort();
        target.data = piece;
        target.octet_length = target.indicator = &length;
        rc = sql2c_get(&way, column, cell, &target, &part, note_issue, &told);
        if (rc == SQL_ERROR) continue;
        if (rc == SQL_NO_DATA) length = 0;
        if (rc != SQL_NO_DATA && (told.count > 0) != (rc == SQL_SUCCESS_WITH_INFO)) abort();
        /* each piece leaves less, but for an empty one */
        if (length < 0 || (length >= before && rc != SQL_NO_DATA)) abort();
        if (i == 0 && length != all) abort();
        if (i > 0 && memcmp(last, whole + (all - before), (size_t)(before - length)) != 0) abort();
        if (rc != SQL_NO_DATA) memcpy(last, piece, bytes);
        before = length;
    }
    free(piece);
    free(last);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct column column = {.name = "", .type_name = ""};
    struct c_target target = {0};
    struct cell cell;

    if (count < HEADER_BYTES || count - HEADER_BYTES > MOST_TEXT_BYTES) return 0;
    column.type = (enum athena_type)(bytes[0] % ATHENA_TYPE_COUNT);
    target.c_type = (SQLSMALLINT)(bytes[1] % 142 - 28); /* SQL_C_UTINYINT and up */
    target.buffer_bytes = bytes[2];
    target.precision = (SQLSMALLINT)(bytes[3] & 0x3f);
    target.leading_precision = bytes[3] >> 6;
    target.scale = (SQLSMALLINT)(bytes[4] - 128);
    cell.text = (const char *)bytes + HEADER_BYTES;
    cell.bytes = (uint32_t)(count - HEADER_BYTES);
    cell.flags = is_doubled(cell.text, cell.bytes) ? CELL_DOUBLED_QUOTES : 0;

    if (!sql2c_kernel(column.type, target.c_type)) return 0;
    run_kernel(&column, &cell, &target);
    run_get(&column, &cell, &target);
    return 0;
}
