/*
 * Names of types: one table of all spellings, one of the names to print.
 *
 * A name is first reduced to its base words: "Timestamp(3)  With Time Zone" becomes
 * "timestamp with time zone", "array<struct<a:int>>" becomes "array". Spellings: Amazon
 * Athena User Guide, "Data types"; Hive's LanguageManual "Types", Trino's "Data types".
 */
#include "base/value.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST_NAME_BYTES = 64 };

/* clang-format off */
/* In strcmp() order, for bsearch(). */
static const struct spelling { const char *name; enum athena_type type; } spellings[] = {
    {"array",                          ATHENA_ARRAY},
    {"bigint",                         ATHENA_BIGINT},
    {"binary",                         ATHENA_VARBINARY}, /* Hive */
    {"boolean",                        ATHENA_BOOLEAN},
    {"char",                           ATHENA_CHAR},
    {"character",                      ATHENA_CHAR},
    {"character varying",              ATHENA_VARCHAR},
    {"date",                           ATHENA_DATE},
    {"dec",                            ATHENA_DECIMAL},   /* Trino, Hive */
    {"decimal",                        ATHENA_DECIMAL},
    {"double",                         ATHENA_DOUBLE},
    {"double precision",               ATHENA_DOUBLE},
    {"float",                          ATHENA_REAL},      /* Hive, and ColumnInfo */
    {"geometry",                       ATHENA_GEOMETRY},
    {"int",                            ATHENA_INTEGER},   /* Hive */
    {"integer",                        ATHENA_INTEGER},
    {"interval day to second",         ATHENA_INTERVAL_DAY_SECOND},
    {"interval year to month",         ATHENA_INTERVAL_YEAR_MONTH},
    {"interval_day_time",              ATHENA_INTERVAL_DAY_SECOND}, /* Hive */
    {"interval_year_month",            ATHENA_INTERVAL_YEAR_MONTH}, /* Hive */
    {"ipaddress",                      ATHENA_IPADDRESS},
    {"json",                           ATHENA_JSON},
    {"map",                            ATHENA_MAP},
    {"numeric",                        ATHENA_DECIMAL},   /* Hive */
    {"real",                           ATHENA_REAL},
    {"row",                            ATHENA_ROW},
    {"smallint",                       ATHENA_SMALLINT},
    {"string",                         ATHENA_VARCHAR},   /* Hive */
    {"struct",                         ATHENA_ROW},       /* Hive */
    {"time",                           ATHENA_TIME},
    {"time with time zone",            ATHENA_TIME_TZ},
    {"time without time zone",         ATHENA_TIME},
    {"timestamp",                      ATHENA_TIMESTAMP},
    {"timestamp with local time zone", ATHENA_TIMESTAMP_TZ}, /* Hive */
    {"timestamp with time zone",       ATHENA_TIMESTAMP_TZ},
    {"timestamp without time zone",    ATHENA_TIMESTAMP},
    {"timestamptz",                    ATHENA_TIMESTAMP_TZ}, /* Iceberg */
    {"tinyint",                        ATHENA_TINYINT},
    {"uuid",                           ATHENA_UUID},
    {"varbinary",                      ATHENA_VARBINARY},
    {"varchar",                        ATHENA_VARCHAR},
};

static const char *const names[ATHENA_TYPE_COUNT] = {
    [ATHENA_UNKNOWN]             = "unknown",
    [ATHENA_BOOLEAN]             = "boolean",
    [ATHENA_TINYINT]             = "tinyint",
    [ATHENA_SMALLINT]            = "smallint",
    [ATHENA_INTEGER]             = "integer",
    [ATHENA_BIGINT]              = "bigint",
    [ATHENA_REAL]                = "real",
    [ATHENA_DOUBLE]              = "double",
    [ATHENA_DECIMAL]             = "decimal",
    [ATHENA_CHAR]                = "char",
    [ATHENA_VARCHAR]             = "varchar",
    [ATHENA_VARBINARY]           = "varbinary",
    [ATHENA_DATE]                = "date",
    [ATHENA_TIME]                = "time",
    [ATHENA_TIME_TZ]             = "time with time zone",
    [ATHENA_TIMESTAMP]           = "timestamp",
    [ATHENA_TIMESTAMP_TZ]        = "timestamp with time zone",
    [ATHENA_INTERVAL_YEAR_MONTH] = "interval year to month",
    [ATHENA_INTERVAL_DAY_SECOND] = "interval day to second",
    [ATHENA_JSON]                = "json",
    [ATHENA_UUID]                = "uuid",
    [ATHENA_IPADDRESS]           = "ipaddress",
    [ATHENA_ARRAY]               = "array",
    [ATHENA_MAP]                 = "map",
    [ATHENA_ROW]                 = "row",
    [ATHENA_GEOMETRY]            = "geometry",
};
/* clang-format on */

/*
 * Writes the base words of name: lower case, parameters dropped, one space between words, none at
 * the ends. "" when they do not fit, which no known type does.
 */
static void reduce(const char *name, char base[LONGEST_NAME_BYTES])
{
    size_t count = 0;
    int depth = 0;

    for (const char *at = name; *at != '\0'; at++) {
        char c = *at;

        if (c == '(' || c == '<') depth++;
        if (depth > 0 || c == '\t' || c == '\n' || c == '\r') c = ' ';
        if ((*at == ')' || *at == '>') && depth > 0) depth--;
        if (c == ' ' && (count == 0 || base[count - 1] == ' ')) continue;
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        if (count == LONGEST_NAME_BYTES - 1) {
            count = 0;
            break;
        }
        base[count++] = c;
    }
    if (count > 0 && base[count - 1] == ' ') count--;
    base[count] = '\0';
}

static int compare_spelling(const void *key, const void *item)
{
    const struct spelling *spelling = item;

    return strcmp(key, spelling->name);
}

enum athena_type athena_type_of(const char *name)
{
    char base[LONGEST_NAME_BYTES];
    const struct spelling *found;

    reduce(name, base);
    found = bsearch(base, spellings, sizeof spellings / sizeof spellings[0], sizeof spellings[0],
                    compare_spelling);
    return found == NULL ? ATHENA_UNKNOWN : found->type;
}

const char *athena_type_name(enum athena_type type)
{
    return type < ATHENA_TYPE_COUNT ? names[type] : names[ATHENA_UNKNOWN];
}

void page_free(struct page *page)
{
    if (page == NULL) return;
    arena_clear(&page->arena);
    free(page);
}
