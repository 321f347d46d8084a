/* What kind of statement was executed. See dynamic_function.h. */
#include "handle/dynamic_function.h"

#include <stddef.h>
#include <string.h>

#include "sql/scan.h"

struct statement_name {
    const char *name;
    SQLINTEGER code;
};

/* Where the first word decides. */
static const struct statement_name by_kind[] = {
    [SQL_KIND_SELECT] = {"SELECT CURSOR", SQL_DIAG_SELECT_CURSOR},
    [SQL_KIND_INSERT] = {"INSERT", SQL_DIAG_INSERT},
    [SQL_KIND_CTAS] = {"CREATE TABLE", SQL_DIAG_CREATE_TABLE},
    [SQL_KIND_UPDATE] = {"UPDATE WHERE", SQL_DIAG_UPDATE_WHERE},
    [SQL_KIND_DELETE] = {"DELETE WHERE", SQL_DIAG_DELETE_WHERE},
    [SQL_KIND_CALL] = {"CALL", SQL_DIAG_CALL},
};

/* What is made, changed or dropped. */
static const struct {
    enum sql_kind kind;
    const char *verb, *object; /* object "": any */
    struct statement_name is;
} definitions[] = {
    /* clang-format off */
    {SQL_KIND_VIEW, "CREATE", "",         {"CREATE VIEW",   SQL_DIAG_CREATE_VIEW}},
    {SQL_KIND_VIEW, "DROP",   "",         {"DROP VIEW",     SQL_DIAG_DROP_VIEW}},
    {SQL_KIND_DDL,  "CREATE", "TABLE",    {"CREATE TABLE",  SQL_DIAG_CREATE_TABLE}},
    {SQL_KIND_DDL,  "CREATE", "EXTERNAL", {"CREATE TABLE",  SQL_DIAG_CREATE_TABLE}},
    {SQL_KIND_DDL,  "CREATE", "SCHEMA",   {"CREATE SCHEMA", SQL_DIAG_CREATE_SCHEMA}},
    {SQL_KIND_DDL,  "CREATE", "DATABASE", {"CREATE SCHEMA", SQL_DIAG_CREATE_SCHEMA}},
    {SQL_KIND_DDL,  "ALTER",  "TABLE",    {"ALTER TABLE",   SQL_DIAG_ALTER_TABLE}},
    {SQL_KIND_DDL,  "DROP",   "TABLE",    {"DROP TABLE",    SQL_DIAG_DROP_TABLE}},
    {SQL_KIND_DDL,  "DROP",   "SCHEMA",   {"DROP SCHEMA",   SQL_DIAG_DROP_SCHEMA}},
    {SQL_KIND_DDL,  "DROP",   "DATABASE", {"DROP SCHEMA",   SQL_DIAG_DROP_SCHEMA}},
    /* clang-format on */
};

static const struct statement_name unknown = {"", SQL_DIAG_UNKNOWN_STATEMENT};

static const struct statement_name *find_definition(const char *sql,
                                                    const struct sql_statement *statement)
{
    struct scan scan;
    struct scan_token verb, object;

    scan_init(&scan, sql + statement->word, strlen(sql + statement->word), statement->is_hive);
    scan_next_word(&scan, &verb);
    scan_next_word(&scan, &object);
    for (size_t i = 0; i < sizeof definitions / sizeof definitions[0]; i++) {
        if (definitions[i].kind != statement->kind) continue;
        if (!scan_is(scan.text, &verb, definitions[i].verb)) continue;
        if (*definitions[i].object && !scan_is(scan.text, &object, definitions[i].object)) continue;
        return &definitions[i].is;
    }
    return &unknown;
}

const char *dynamic_function(const char *sql, SQLINTEGER *code)
{
    const struct statement_name *found = &unknown;
    struct sql_statement statement;

    if (sql) {
        scan_statement(sql, strlen(sql), &statement);
        found = find_definition(sql, &statement);
        if (statement.kind < sizeof by_kind / sizeof by_kind[0] && by_kind[statement.kind].name) {
            found = &by_kind[statement.kind];
        }
    }
    *code = found->code;
    return found->name;
}
