/* What kind of statement was executed. See dynamic_function.h. */
#include "handle/dynamic_function.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/ascii.h"

static const struct {
    const char *first, *second; /* keywords; second "" when one decides */
    const char *name;
    SQLINTEGER code;
} statements[] = {
    /* clang-format off */
    {"SELECT", "",       "SELECT CURSOR",   SQL_DIAG_SELECT_CURSOR},
    {"WITH",   "",       "SELECT CURSOR",   SQL_DIAG_SELECT_CURSOR},
    {"VALUES", "",       "SELECT CURSOR",   SQL_DIAG_SELECT_CURSOR},
    {"TABLE",  "",       "SELECT CURSOR",   SQL_DIAG_SELECT_CURSOR},
    {"INSERT", "",       "INSERT",          SQL_DIAG_INSERT},
    {"UPDATE", "",       "UPDATE WHERE",    SQL_DIAG_UPDATE_WHERE},
    {"DELETE", "",       "DELETE WHERE",    SQL_DIAG_DELETE_WHERE},
    {"ALTER",  "TABLE",  "ALTER TABLE",     SQL_DIAG_ALTER_TABLE},
    {"CREATE", "TABLE",  "CREATE TABLE",    SQL_DIAG_CREATE_TABLE},
    {"CREATE", "EXTERNAL", "CREATE TABLE",  SQL_DIAG_CREATE_TABLE},
    {"CREATE", "VIEW",   "CREATE VIEW",     SQL_DIAG_CREATE_VIEW},
    {"CREATE", "OR",     "CREATE VIEW",     SQL_DIAG_CREATE_VIEW}, /* OR REPLACE VIEW alone */
    {"CREATE", "SCHEMA", "CREATE SCHEMA",   SQL_DIAG_CREATE_SCHEMA},
    {"CREATE", "DATABASE", "CREATE SCHEMA", SQL_DIAG_CREATE_SCHEMA},
    {"DROP",   "TABLE",  "DROP TABLE",      SQL_DIAG_DROP_TABLE},
    {"DROP",   "VIEW",   "DROP VIEW",       SQL_DIAG_DROP_VIEW},
    {"DROP",   "SCHEMA", "DROP SCHEMA",     SQL_DIAG_DROP_SCHEMA},
    {"DROP",   "DATABASE", "DROP SCHEMA",   SQL_DIAG_DROP_SCHEMA},
    /* clang-format on */
};

static const char *behind(const char *text, const char *mark, size_t mark_bytes)
{
    const char *found = strstr(text, mark);

    return found ? found + mark_bytes : text + strlen(text);
}

/* Past blanks, comments and the parentheses that a query may stand in. */
static const char *skip_to_word(const char *sql)
{
    for (;;) {
        if (ascii_is_blank(*sql) || *sql == '(') {
            sql++;
        } else if (strncmp(sql, "--", 2) == 0) {
            sql = behind(sql, "\n", 1);
        } else if (strncmp(sql, "/*", 2) == 0) {
            sql = behind(sql + 2, "*/", 2);
        } else {
            return sql;
        }
    }
}

static size_t word_bytes(const char *sql)
{
    size_t bytes = 0;

    while (ascii_is_letter(sql[bytes]) || sql[bytes] == '_') {
        bytes++;
    }
    return bytes;
}

static bool is_word(const char *sql, size_t bytes, const char *word)
{
    return strlen(word) == bytes && ascii_same_bytes(sql, word, bytes);
}

const char *dynamic_function(const char *sql, SQLINTEGER *code)
{
    const char *first = skip_to_word(sql ? sql : "");
    size_t first_bytes = word_bytes(first);
    const char *second = skip_to_word(first + first_bytes);
    size_t second_bytes = word_bytes(second);

    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        if (!is_word(first, first_bytes, statements[i].first)) continue;
        if (*statements[i].second && !is_word(second, second_bytes, statements[i].second)) continue;
        *code = statements[i].code;
        return statements[i].name;
    }
    *code = SQL_DIAG_UNKNOWN_STATEMENT;
    return "";
}
