/*
 * What programs that read results say of them: sums and NULLs of the columns, time, memory. One line
 * of JSON that tests/bench checks against what the server says of the same rows. Shared by
 * bulk_fetch.c and tests/bench/limit.c, whose figures are compared.
 */
#ifndef ATHENA_CLIENTS_MEASURE_H
#define ATHENA_CLIENTS_MEASURE_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sql.h>
#include <sqlext.h>

enum { COLUMNS_MAX = 64, TEXT_ROOM = 256 };

struct column {
    SQLSMALLINT c_type;
    size_t bytes_each;
    char *values;
    SQLLEN *lengths;
    uint64_t nulls;
    double sum;
};

static inline double clock_s(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Not ru_maxrss: that starts at the peak of the process that started this one. */
static inline long peak_kib(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[128];
    long kib = 0;

    if (!status) return 0;
    while (!kib && fgets(line, sizeof line, status))
        if (strncmp(line, "VmHWM:", 6) == 0) kib = strtol(line + 6, NULL, 10);
    fclose(status);
    return kib;
}

static inline size_t bytes_of(SQLSMALLINT c_type)
{
    switch (c_type) {
    case SQL_C_BIT:
    case SQL_C_STINYINT:
        return 1;
    case SQL_C_SSHORT:
        return sizeof(SQLSMALLINT);
    case SQL_C_SLONG:
        return sizeof(SQLINTEGER);
    case SQL_C_SBIGINT:
        return sizeof(SQLBIGINT);
    case SQL_C_FLOAT:
        return sizeof(SQLREAL);
    case SQL_C_DOUBLE:
        return sizeof(SQLDOUBLE);
    case SQL_C_TYPE_DATE:
        return sizeof(SQL_DATE_STRUCT);
    case SQL_C_TYPE_TIMESTAMP:
        return sizeof(SQL_TIMESTAMP_STRUCT);
    case SQL_C_WCHAR:
        return TEXT_ROOM * sizeof(SQLWCHAR);
    default:
        return TEXT_ROOM;
    }
}

/* What a column is read as: mode is "native", "char" or "wide". */
static inline SQLSMALLINT mode_type(const char *mode, SQLSMALLINT native)
{
    if (strcmp(mode, "native") == 0) return native;
    return strcmp(mode, "wide") == 0 ? SQL_C_WCHAR : SQL_C_CHAR;
}

/* Buffers for a rowset, which the caller frees. */
static inline void column_room(struct column *c, SQLSMALLINT c_type, size_t rowset)
{
    *c = (struct column){.c_type = c_type, .bytes_each = bytes_of(c_type)};
    c->values = calloc(rowset, c->bytes_each);
    c->lengths = calloc(rowset, sizeof *c->lengths);
    if (!c->values || !c->lengths) exit(1);
}

/* Days since 1970-01-01 of the proleptic Gregorian calendar. */
static inline int64_t days(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static inline double seconds(const SQL_TIMESTAMP_STRUCT *t)
{
    return (double)(days(t->year, t->month, t->day) * 86400 + t->hour * 3600 + t->minute * 60 +
                    t->second) +
           (double)t->fraction / 1e9;
}

#define SUM_AS(type) \
    do { \
        const type *v = (const type *)(const void *)c->values; \
        for (SQLULEN i = 0; i < count; i++) \
            if (c->lengths[i] != SQL_NULL_DATA) c->sum += (double)v[i]; \
    } while (0)

static inline void sum_structs(struct column *c, SQLULEN count)
{
    for (SQLULEN i = 0; i < count; i++) {
        const char *at = c->values + i * c->bytes_each;

        if (c->lengths[i] == SQL_NULL_DATA) continue;
        if (c->c_type == SQL_C_TYPE_TIMESTAMP) {
            c->sum += seconds((const SQL_TIMESTAMP_STRUCT *)(const void *)at);
        } else if (c->c_type == SQL_C_TYPE_DATE) {
            const SQL_DATE_STRUCT *d = (const SQL_DATE_STRUCT *)(const void *)at;

            c->sum += (double)(days(d->year, d->month, d->day) * 86400);
        } else {
            c->sum += (double)(c->lengths[i] / (c->c_type == SQL_C_WCHAR ? 2 : 1));
        }
    }
}

static inline void add_up(struct column *c, SQLULEN count)
{
    for (SQLULEN i = 0; i < count; i++)
        c->nulls += c->lengths[i] == SQL_NULL_DATA;
    switch (c->c_type) {
    case SQL_C_BIT:
    case SQL_C_STINYINT:
        SUM_AS(int8_t);
        break;
    case SQL_C_SSHORT:
        SUM_AS(SQLSMALLINT);
        break;
    case SQL_C_SLONG:
        SUM_AS(SQLINTEGER);
        break;
    case SQL_C_SBIGINT:
        SUM_AS(SQLBIGINT);
        break;
    case SQL_C_FLOAT:
        SUM_AS(SQLREAL);
        break;
    case SQL_C_DOUBLE:
        SUM_AS(SQLDOUBLE);
        break;
    default:
        sum_structs(c, count);
    }
}

/* What the whole took: of the clocks, from an earlier call on. */
struct took {
    double wall_s, cpu_s;
    long before_kib;
};

static inline struct took took_begin(void)
{
    return (struct took){clock_s(CLOCK_MONOTONIC), clock_s(CLOCK_PROCESS_CPUTIME_ID), peak_kib()};
}

static inline void took_print(const struct took *begun, double execute_s, uint64_t rows,
                              const struct column *columns, int count)
{
    printf("{\"rows\": %" PRIu64 ", \"execute_s\": %.4f, \"fetch_s\": %.4f, \"cpu_s\": %.4f, "
           "\"peak_before_kib\": %ld, \"peak_kib\": %ld, \"columns\": [",
           rows, execute_s, clock_s(CLOCK_MONOTONIC) - begun->wall_s,
           clock_s(CLOCK_PROCESS_CPUTIME_ID) - begun->cpu_s, begun->before_kib, peak_kib());
    for (int i = 0; i < count; i++)
        printf("%s{\"nulls\": %" PRIu64 ", \"sum\": %.17g}", i ? ", " : "", columns[i].nulls,
               columns[i].sum);
    printf("]}\n");
}

#endif
