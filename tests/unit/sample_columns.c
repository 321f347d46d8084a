/* See sample_columns.h. */
#include "unit/sample_columns.h"

#include <sql.h>
#include <sqlext.h>

#define NOWHERE    .catalog = "hive", .schema = "", .table = ""
#define NAMED(n)   .name = (n), .label = ""
#define TYPE(t, n) .type = (t), .type_name = (n)

/* clang-format off */
const struct column sample_columns[SAMPLE_COLUMNS] = {
    [SAMPLE_ID]   = {NAMED("id"), NOWHERE, TYPE(ATHENA_INTEGER, "integer"), .precision = 10,
                     .nullable = SQL_NULLABLE_UNKNOWN},
    [SAMPLE_FARE] = {.name = "fare", .label = "the fare", .catalog = "c", .schema = "s", .table = "t",
                     TYPE(ATHENA_DECIMAL, "decimal"), .precision = 12, .scale = 2,
                     .nullable = SQL_NULLABLE},
    [SAMPLE_AT]   = {NAMED("at"), NOWHERE, TYPE(ATHENA_TIMESTAMP, "timestamp"), .precision = 3,
                     .nullable = SQL_NULLABLE},
    [SAMPLE_CAFE] = {NAMED("caf\xc3\xa9"), NOWHERE, TYPE(ATHENA_VARCHAR, "varchar"),
                     .precision = INT32_MAX, .is_case_sensitive = true, .nullable = SQL_NULLABLE},
    [SAMPLE_N]    = {NAMED("n"), NOWHERE, TYPE(ATHENA_BIGINT, "bigint"), .precision = 19,
                     .nullable = SQL_NULLABLE},
    [SAMPLE_TEXT] = {NAMED("text"), NOWHERE, TYPE(ATHENA_VARCHAR, "varchar"),
                     .precision = INT32_MAX, .nullable = SQL_NULLABLE},
};
/* clang-format on */
