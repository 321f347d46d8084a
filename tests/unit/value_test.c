/* base/value.h: names of types in all spellings; pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/value.h"

/* clang-format off */
static const struct { const char *name; enum athena_type type; } spellings[] = {
    {"boolean",                       ATHENA_BOOLEAN},
    {"tinyint",                       ATHENA_TINYINT},
    {"smallint",                      ATHENA_SMALLINT},
    {"int",                           ATHENA_INTEGER},
    {"INTEGER",                       ATHENA_INTEGER},
    {"bigint",                        ATHENA_BIGINT},
    {"float",                         ATHENA_REAL},
    {"real",                          ATHENA_REAL},
    {"double",                        ATHENA_DOUBLE},
    {"double  precision",             ATHENA_DOUBLE},
    {"decimal",                       ATHENA_DECIMAL},
    {"decimal(10,2)",                 ATHENA_DECIMAL},
    {"Decimal( 38 , 0 )",             ATHENA_DECIMAL},
    {"char(3)",                       ATHENA_CHAR},
    {"varchar",                       ATHENA_VARCHAR},
    {"varchar(16)",                   ATHENA_VARCHAR},
    {"string",                        ATHENA_VARCHAR},
    {" String\t",                     ATHENA_VARCHAR},
    {"binary",                        ATHENA_VARBINARY},
    {"varbinary",                     ATHENA_VARBINARY},
    {"date",                          ATHENA_DATE},
    {"time",                          ATHENA_TIME},
    {"time(6)",                       ATHENA_TIME},
    {"time with time zone",           ATHENA_TIME_TZ},
    {"time(3) with time zone",        ATHENA_TIME_TZ},
    {"timestamp",                     ATHENA_TIMESTAMP},
    {"timestamp(9)",                  ATHENA_TIMESTAMP},
    {"timestamp(3) with time zone",   ATHENA_TIMESTAMP_TZ},
    {"TIMESTAMP (3)  With\nTime Zone", ATHENA_TIMESTAMP_TZ},
    {"timestamp with local time zone", ATHENA_TIMESTAMP_TZ},
    {"interval year to month",        ATHENA_INTERVAL_YEAR_MONTH},
    {"interval day to second",        ATHENA_INTERVAL_DAY_SECOND},
    {"interval day(2) to second(3)",  ATHENA_INTERVAL_DAY_SECOND},
    {"interval_year_month",           ATHENA_INTERVAL_YEAR_MONTH},
    {"interval_day_time",             ATHENA_INTERVAL_DAY_SECOND},
    {"json",                          ATHENA_JSON},
    {"uuid",                          ATHENA_UUID},
    {"ipaddress",                     ATHENA_IPADDRESS},
    {"array",                         ATHENA_ARRAY},
    {"array<struct<a:int,b:array<string>>>", ATHENA_ARRAY},
    {"array(row(a timestamp(3) with time zone))", ATHENA_ARRAY},
    {"map<string,int>",               ATHENA_MAP},
    {"row(a integer, \"b\" varchar)", ATHENA_ROW},
    {"struct<a:decimal(10,2)>",       ATHENA_ROW},
    {"geometry",                      ATHENA_GEOMETRY},
    {"unknown",                       ATHENA_UNKNOWN},
    {"hyperloglog",                   ATHENA_UNKNOWN},
    {"uniontype<int,string>",         ATHENA_UNKNOWN},
    {"",                              ATHENA_UNKNOWN},
    {"(10)",                          ATHENA_UNKNOWN},
    {"int)",                          ATHENA_UNKNOWN},
    {"inte",                          ATHENA_UNKNOWN},
    {"a type name that is longer than any that there is, by a good many characters", ATHENA_UNKNOWN},
};
/* clang-format on */

static void all_spellings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        if (athena_type_of(spellings[i].name) != spellings[i].type) {
            fail_msg("%s: %s", spellings[i].name,
                     athena_type_name(athena_type_of(spellings[i].name)));
        }
    }
}

static void every_type_knows_its_name(void **state)
{
    (void)state;
    for (int i = 0; i < ATHENA_TYPE_COUNT; i++) {
        const char *name = athena_type_name((enum athena_type)i);

        assert_non_null(name);
        assert_int_equal(athena_type_of(name), i);
    }
    assert_string_equal(athena_type_name(ATHENA_REAL), "real");
    assert_string_equal(athena_type_name(ATHENA_TYPE_COUNT), "unknown");
}

static void pages_are_freed(void **state)
{
    struct page *page = calloc(1, sizeof *page);

    (void)state;
    assert_non_null(page);
    page->cells = arena_array(&page->arena, 10, sizeof *page->cells);
    assert_non_null(page->cells);
    page_free(page); /* the leak checker sees the rest */
    page_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_spellings),
        cmocka_unit_test(every_type_knows_its_name),
        cmocka_unit_test(pages_are_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
