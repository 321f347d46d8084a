/*
 * The catalog functions. SQLTables, SQLColumns and SQLGetTypeInfo are answered by exec/catalog.h;
 * the others have nothing to list in Athena: they check their arguments as ODBC asks and give an
 * empty result with the columns that ODBC prescribes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exec/catalog.h"
#include "handle/stmt.h"
#include "handle/text.h"

enum { NAMES_MAX = 6 };

/* SQL_MAX_CATALOG_NAME_LEN, SQL_MAX_SCHEMA_NAME_LEN and so on, as SQLGetInfo tells them. */
static const size_t name_chars_max[] = {256, 255, 255, 255};

/* A small number that must be one of a range, or the state that says it is not. */
struct choice {
    SQLUSMALLINT value, least, most;
    enum sqlstate state;
};

/* What an application has asked. */
struct question {
    SQLUSMALLINT function;
    struct text names[NAMES_MAX]; /* catalog, schema, table, column; keys: two tables */
    unsigned name_count;
    unsigned needed; /* bit i: name i must not be a null pointer (HY009) */
    struct choice choices[3];
    unsigned choice_count;
};

/* Arguments as UTF-8; not looked at while the function is pending, when they may be gone. */
static SQLRETURN take_names(struct stmt *s, const struct text *in, unsigned count, char **names)
{
    SQLRETURN rc = SQL_SUCCESS;

    for (unsigned i = 0; i < count && !rc && !s->pending; i++) {
        rc = text_take(&s->base.diag, in[i], &names[i]);
    }
    return rc;
}

static void free_names(char **names, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        free(names[i]);
    }
}

static size_t count_chars(const char *utf8)
{
    size_t count = 0;

    for (; *utf8; utf8++) {
        count += ((unsigned char)*utf8 & 0xC0) != 0x80;
    }
    return count;
}

/* "The value of one of the name length arguments exceeded the maximum length": not of a pattern. */
static SQLRETURN check_length(struct stmt *s, unsigned i, const char *name, size_t most)
{
    if (!name || count_chars(name) <= most) return SQL_SUCCESS;
    if (s->attr.metadata_id != SQL_TRUE && strpbrk(name, "%_")) return SQL_SUCCESS;
    return diag_push(&s->base.diag, SQLSTATE_HY090, 0,
                     "name %u is longer than the %zu characters that such a name can have", i + 1,
                     most);
}

/* The last name of SQLTables is a list of types, all others are of a catalog, schema and so on. */
static size_t longest(const struct question *q, unsigned i)
{
    if (q->function == SQL_API_SQLFOREIGNKEYS) return name_chars_max[i % 3];
    return q->function == SQL_API_SQLTABLES && i == 3 ? SIZE_MAX : name_chars_max[i];
}

/* With SQL_ATTR_METADATA_ID names are identifiers, and those cannot be missing. */
static SQLRETURN check_names(struct stmt *s, const struct question *q, char *const *names)
{
    const bool are_identifiers = s->attr.metadata_id == SQL_TRUE;
    SQLRETURN rc = SQL_SUCCESS;

    for (unsigned i = 0; i < q->name_count && !rc; i++) {
        const bool is_types = longest(q, i) == SIZE_MAX;

        if (!names[i] && (q->needed & 1u << i || (are_identifiers && !is_types))) {
            return diag_push(&s->base.diag, SQLSTATE_HY009, 0, "name %u must be given%s", i + 1,
                             are_identifiers ? " with SQL_ATTR_METADATA_ID" : "");
        }
        rc = check_length(s, i, names[i], longest(q, i));
    }
    return rc;
}

static SQLRETURN check_choices(struct stmt *s, const struct question *q)
{
    for (unsigned i = 0; i < q->choice_count; i++) {
        const struct choice *c = &q->choices[i];

        if (c->value < c->least || c->value > c->most) {
            return diag_push(&s->base.diag, c->state, 0, "%u is out of range", c->value);
        }
    }
    return SQL_SUCCESS;
}

/* Answers a question with what SQLTables or SQLColumns list, or, without a lister, with nothing. */
typedef SQLRETURN list_fn(struct stmt *s, const char *catalog, const char *schema,
                          const char *table, const char *last);

static SQLRETURN answer(SQLHSTMT hstmt, const struct question *q, list_fn *list)
{
    char *names[NAMES_MAX] = {NULL};
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, q->function, &s);

    if (!rc) rc = check_choices(s, q);
    if (!rc) rc = take_names(s, q->names, q->name_count, names);
    if (!rc && !s->pending) rc = check_names(s, q, names);
    if (!rc) {
        rc = list ? list(s, names[0], names[1], names[2], names[3]) : catalog_empty(s, q->function);
    }
    free_names(names, NAMES_MAX);
    return stmt_leave(s, rc);
}

static SQLRETURN list(SQLHSTMT hstmt, SQLUSMALLINT function, const struct text in[4],
                      list_fn *lister)
{
    return answer(hstmt,
                  &(struct question){
                      .function = function, .names = {in[0], in[1], in[2], in[3]}, .name_count = 4},
                  lister);
}

SQLRETURN SQL_API SQLTables(SQLHSTMT hstmt, SQLCHAR *catalog, SQLSMALLINT catalog_bytes,
                            SQLCHAR *schema, SQLSMALLINT schema_bytes, SQLCHAR *table,
                            SQLSMALLINT table_bytes, SQLCHAR *types, SQLSMALLINT types_bytes)
{
    const struct text in[] = {text_ansi(catalog, catalog_bytes), text_ansi(schema, schema_bytes),
                              text_ansi(table, table_bytes), text_ansi(types, types_bytes)};

    return list(hstmt, SQL_API_SQLTABLES, in, catalog_tables);
}

SQLRETURN SQL_API SQLTablesW(SQLHSTMT hstmt, SQLWCHAR *catalog, SQLSMALLINT catalog_chars,
                             SQLWCHAR *schema, SQLSMALLINT schema_chars, SQLWCHAR *table,
                             SQLSMALLINT table_chars, SQLWCHAR *types, SQLSMALLINT types_chars)
{
    const struct text in[] = {text_wide(catalog, catalog_chars), text_wide(schema, schema_chars),
                              text_wide(table, table_chars), text_wide(types, types_chars)};

    return list(hstmt, SQL_API_SQLTABLES, in, catalog_tables);
}

SQLRETURN SQL_API SQLColumns(SQLHSTMT hstmt, SQLCHAR *catalog, SQLSMALLINT catalog_bytes,
                             SQLCHAR *schema, SQLSMALLINT schema_bytes, SQLCHAR *table,
                             SQLSMALLINT table_bytes, SQLCHAR *column, SQLSMALLINT column_bytes)
{
    const struct text in[] = {text_ansi(catalog, catalog_bytes), text_ansi(schema, schema_bytes),
                              text_ansi(table, table_bytes), text_ansi(column, column_bytes)};

    return list(hstmt, SQL_API_SQLCOLUMNS, in, catalog_columns);
}

SQLRETURN SQL_API SQLColumnsW(SQLHSTMT hstmt, SQLWCHAR *catalog, SQLSMALLINT catalog_chars,
                              SQLWCHAR *schema, SQLSMALLINT schema_chars, SQLWCHAR *table,
                              SQLSMALLINT table_chars, SQLWCHAR *column, SQLSMALLINT column_chars)
{
    const struct text in[] = {text_wide(catalog, catalog_chars), text_wide(schema, schema_chars),
                              text_wide(table, table_chars), text_wide(column, column_chars)};

    return list(hstmt, SQL_API_SQLCOLUMNS, in, catalog_columns);
}

static SQLRETURN type_info(SQLHSTMT hstmt, SQLSMALLINT sql_type)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLGETTYPEINFO, &s);

    if (!rc) rc = catalog_type_info(s, sql_type);
    return stmt_leave(s, rc);
}

SQLRETURN SQL_API SQLGetTypeInfo(SQLHSTMT hstmt, SQLSMALLINT sql_type)
{
    return type_info(hstmt, sql_type);
}

SQLRETURN SQL_API SQLGetTypeInfoW(SQLHSTMT hstmt, SQLSMALLINT sql_type)
{
    return type_info(hstmt, sql_type);
}

static SQLRETURN answer_nothing(SQLHSTMT hstmt, const struct question *q)
{
    return answer(hstmt, q, NULL);
}

enum { TABLE = 1u << 2 }; /* the third name */

static SQLRETURN statistics(SQLHSTMT hstmt, struct text catalog, struct text schema,
                            struct text table, SQLUSMALLINT unique, SQLUSMALLINT accuracy)
{
    return answer_nothing(
        hstmt,
        &(struct question){.function = SQL_API_SQLSTATISTICS,
                           .names = {catalog, schema, table},
                           .name_count = 3,
                           .needed = TABLE,
                           .choices = {{unique, SQL_INDEX_UNIQUE, SQL_INDEX_ALL, SQLSTATE_HY100},
                                       {accuracy, SQL_QUICK, SQL_ENSURE, SQLSTATE_HY101}},
                           .choice_count = 2});
}

SQLRETURN SQL_API SQLStatistics(SQLHSTMT hstmt, SQLCHAR *catalog, SQLSMALLINT catalog_bytes,
                                SQLCHAR *schema, SQLSMALLINT schema_bytes, SQLCHAR *table,
                                SQLSMALLINT table_bytes, SQLUSMALLINT unique, SQLUSMALLINT accuracy)
{
    return statistics(hstmt, text_ansi(catalog, catalog_bytes), text_ansi(schema, schema_bytes),
                      text_ansi(table, table_bytes), unique, accuracy);
}

SQLRETURN SQL_API SQLStatisticsW(SQLHSTMT hstmt, SQLWCHAR *catalog, SQLSMALLINT catalog_chars,
                                 SQLWCHAR *schema, SQLSMALLINT schema_chars, SQLWCHAR *table,
                                 SQLSMALLINT table_chars, SQLUSMALLINT unique,
                                 SQLUSMALLINT accuracy)
{
    return statistics(hstmt, text_wide(catalog, catalog_chars), text_wide(schema, schema_chars),
                      text_wide(table, table_chars), unique, accuracy);
}

static SQLRETURN special_columns(SQLHSTMT hstmt, SQLUSMALLINT kind, const struct text names[3],
                                 SQLUSMALLINT scope, SQLUSMALLINT nullable)
{
    return answer_nothing(
        hstmt,
        &(struct question){.function = SQL_API_SQLSPECIALCOLUMNS,
                           .names = {names[0], names[1], names[2]},
                           .name_count = 3,
                           .needed = TABLE,
                           .choices = {{kind, SQL_BEST_ROWID, SQL_ROWVER, SQLSTATE_HY097},
                                       {scope, SQL_SCOPE_CURROW, SQL_SCOPE_SESSION, SQLSTATE_HY098},
                                       {nullable, SQL_NO_NULLS, SQL_NULLABLE, SQLSTATE_HY099}},
                           .choice_count = 3});
}

SQLRETURN SQL_API SQLSpecialColumns(SQLHSTMT hstmt, SQLUSMALLINT kind, SQLCHAR *catalog,
                                    SQLSMALLINT catalog_bytes, SQLCHAR *schema,
                                    SQLSMALLINT schema_bytes, SQLCHAR *table,
                                    SQLSMALLINT table_bytes, SQLUSMALLINT scope,
                                    SQLUSMALLINT nullable)
{
    const struct text names[] = {text_ansi(catalog, catalog_bytes), text_ansi(schema, schema_bytes),
                                 text_ansi(table, table_bytes)};

    return special_columns(hstmt, kind, names, scope, nullable);
}

SQLRETURN SQL_API SQLSpecialColumnsW(SQLHSTMT hstmt, SQLUSMALLINT kind, SQLWCHAR *catalog,
                                     SQLSMALLINT catalog_chars, SQLWCHAR *schema,
                                     SQLSMALLINT schema_chars, SQLWCHAR *table,
                                     SQLSMALLINT table_chars, SQLUSMALLINT scope,
                                     SQLUSMALLINT nullable)
{
    const struct text names[] = {text_wide(catalog, catalog_chars), text_wide(schema, schema_chars),
                                 text_wide(table, table_chars)};

    return special_columns(hstmt, kind, names, scope, nullable);
}

static SQLRETURN primary_keys(SQLHSTMT hstmt, struct text catalog, struct text schema,
                              struct text table)
{
    return answer_nothing(hstmt, &(struct question){.function = SQL_API_SQLPRIMARYKEYS,
                                                    .names = {catalog, schema, table},
                                                    .name_count = 3,
                                                    .needed = TABLE});
}

SQLRETURN SQL_API SQLPrimaryKeys(SQLHSTMT hstmt, SQLCHAR *catalog, SQLSMALLINT catalog_bytes,
                                 SQLCHAR *schema, SQLSMALLINT schema_bytes, SQLCHAR *table,
                                 SQLSMALLINT table_bytes)
{
    return primary_keys(hstmt, text_ansi(catalog, catalog_bytes), text_ansi(schema, schema_bytes),
                        text_ansi(table, table_bytes));
}

SQLRETURN SQL_API SQLPrimaryKeysW(SQLHSTMT hstmt, SQLWCHAR *catalog, SQLSMALLINT catalog_chars,
                                  SQLWCHAR *schema, SQLSMALLINT schema_chars, SQLWCHAR *table,
                                  SQLSMALLINT table_chars)
{
    return primary_keys(hstmt, text_wide(catalog, catalog_chars), text_wide(schema, schema_chars),
                        text_wide(table, table_chars));
}

/* One of the two tables must be named. */
static SQLRETURN foreign_keys(SQLHSTMT hstmt, const struct text names[6])
{
    struct question q = {.function = SQL_API_SQLFOREIGNKEYS, .name_count = 6};

    for (unsigned i = 0; i < 6; i++) {
        q.names[i] = names[i];
    }
    q.needed = names[2].units || names[5].units ? 0 : TABLE;
    return answer_nothing(hstmt, &q);
}

SQLRETURN SQL_API SQLForeignKeys(SQLHSTMT hstmt, SQLCHAR *pk_catalog, SQLSMALLINT pk_catalog_bytes,
                                 SQLCHAR *pk_schema, SQLSMALLINT pk_schema_bytes, SQLCHAR *pk_table,
                                 SQLSMALLINT pk_table_bytes, SQLCHAR *fk_catalog,
                                 SQLSMALLINT fk_catalog_bytes, SQLCHAR *fk_schema,
                                 SQLSMALLINT fk_schema_bytes, SQLCHAR *fk_table,
                                 SQLSMALLINT fk_table_bytes)
{
    const struct text names[] = {
        text_ansi(pk_catalog, pk_catalog_bytes), text_ansi(pk_schema, pk_schema_bytes),
        text_ansi(pk_table, pk_table_bytes),     text_ansi(fk_catalog, fk_catalog_bytes),
        text_ansi(fk_schema, fk_schema_bytes),   text_ansi(fk_table, fk_table_bytes)};

    return foreign_keys(hstmt, names);
}

SQLRETURN SQL_API SQLForeignKeysW(SQLHSTMT hstmt, SQLWCHAR *pk_catalog,
                                  SQLSMALLINT pk_catalog_chars, SQLWCHAR *pk_schema,
                                  SQLSMALLINT pk_schema_chars, SQLWCHAR *pk_table,
                                  SQLSMALLINT pk_table_chars, SQLWCHAR *fk_catalog,
                                  SQLSMALLINT fk_catalog_chars, SQLWCHAR *fk_schema,
                                  SQLSMALLINT fk_schema_chars, SQLWCHAR *fk_table,
                                  SQLSMALLINT fk_table_chars)
{
    const struct text names[] = {
        text_wide(pk_catalog, pk_catalog_chars), text_wide(pk_schema, pk_schema_chars),
        text_wide(pk_table, pk_table_chars),     text_wide(fk_catalog, fk_catalog_chars),
        text_wide(fk_schema, fk_schema_chars),   text_wide(fk_table, fk_table_chars)};

    return foreign_keys(hstmt, names);
}

/* SQLProcedures, SQLProcedureColumns, SQLTablePrivileges, SQLColumnPrivileges: three or four. */
static SQLRETURN nothing_named(SQLHSTMT hstmt, SQLUSMALLINT function, unsigned count,
                               const struct text *names, unsigned needed)
{
    struct question q = {.function = function, .name_count = count, .needed = needed};

    for (unsigned i = 0; i < count; i++) {
        q.names[i] = names[i];
    }
    return answer_nothing(hstmt, &q);
}

SQLRETURN SQL_API SQLProcedures(SQLHSTMT hstmt, SQLCHAR *catalog, SQLSMALLINT catalog_bytes,
                                SQLCHAR *schema, SQLSMALLINT schema_bytes, SQLCHAR *procedure,
                                SQLSMALLINT procedure_bytes)
{
    const struct text names[] = {text_ansi(catalog, catalog_bytes), text_ansi(schema, schema_bytes),
                                 text_ansi(procedure, procedure_bytes)};

    return nothing_named(hstmt, SQL_API_SQLPROCEDURES, 3, names, 0);
}

SQLRETURN SQL_API SQLProceduresW(SQLHSTMT hstmt, SQLWCHAR *catalog, SQLSMALLINT catalog_chars,
                                 SQLWCHAR *schema, SQLSMALLINT schema_chars, SQLWCHAR *procedure,
                                 SQLSMALLINT procedure_chars)
{
    const struct text names[] = {text_wide(catalog, catalog_chars), text_wide(schema, schema_chars),
                                 text_wide(procedure, procedure_chars)};

    return nothing_named(hstmt, SQL_API_SQLPROCEDURES, 3, names, 0);
}

SQLRETURN SQL_API SQLProcedureColumns(SQLHSTMT hstmt, SQLCHAR *catalog, SQLSMALLINT catalog_bytes,
                                      SQLCHAR *schema, SQLSMALLINT schema_bytes, SQLCHAR *procedure,
                                      SQLSMALLINT procedure_bytes, SQLCHAR *column,
                                      SQLSMALLINT column_bytes)
{
    const struct text names[] = {text_ansi(catalog, catalog_bytes), text_ansi(schema, schema_bytes),
                                 text_ansi(procedure, procedure_bytes),
                                 text_ansi(column, column_bytes)};

    return nothing_named(hstmt, SQL_API_SQLPROCEDURECOLUMNS, 4, names, 0);
}

SQLRETURN SQL_API SQLProcedureColumnsW(SQLHSTMT hstmt, SQLWCHAR *catalog, SQLSMALLINT catalog_chars,
                                       SQLWCHAR *schema, SQLSMALLINT schema_chars,
                                       SQLWCHAR *procedure, SQLSMALLINT procedure_chars,
                                       SQLWCHAR *column, SQLSMALLINT column_chars)
{
    const struct text names[] = {text_wide(catalog, catalog_chars), text_wide(schema, schema_chars),
                                 text_wide(procedure, procedure_chars),
                                 text_wide(column, column_chars)};

    return nothing_named(hstmt, SQL_API_SQLPROCEDURECOLUMNS, 4, names, 0);
}

SQLRETURN SQL_API SQLTablePrivileges(SQLHSTMT hstmt, SQLCHAR *catalog, SQLSMALLINT catalog_bytes,
                                     SQLCHAR *schema, SQLSMALLINT schema_bytes, SQLCHAR *table,
                                     SQLSMALLINT table_bytes)
{
    const struct text names[] = {text_ansi(catalog, catalog_bytes), text_ansi(schema, schema_bytes),
                                 text_ansi(table, table_bytes)};

    return nothing_named(hstmt, SQL_API_SQLTABLEPRIVILEGES, 3, names, 0);
}

SQLRETURN SQL_API SQLTablePrivilegesW(SQLHSTMT hstmt, SQLWCHAR *catalog, SQLSMALLINT catalog_chars,
                                      SQLWCHAR *schema, SQLSMALLINT schema_chars, SQLWCHAR *table,
                                      SQLSMALLINT table_chars)
{
    const struct text names[] = {text_wide(catalog, catalog_chars), text_wide(schema, schema_chars),
                                 text_wide(table, table_chars)};

    return nothing_named(hstmt, SQL_API_SQLTABLEPRIVILEGES, 3, names, 0);
}

SQLRETURN SQL_API SQLColumnPrivileges(SQLHSTMT hstmt, SQLCHAR *catalog, SQLSMALLINT catalog_bytes,
                                      SQLCHAR *schema, SQLSMALLINT schema_bytes, SQLCHAR *table,
                                      SQLSMALLINT table_bytes, SQLCHAR *column,
                                      SQLSMALLINT column_bytes)
{
    const struct text names[] = {text_ansi(catalog, catalog_bytes), text_ansi(schema, schema_bytes),
                                 text_ansi(table, table_bytes), text_ansi(column, column_bytes)};

    return nothing_named(hstmt, SQL_API_SQLCOLUMNPRIVILEGES, 4, names, TABLE);
}

SQLRETURN SQL_API SQLColumnPrivilegesW(SQLHSTMT hstmt, SQLWCHAR *catalog, SQLSMALLINT catalog_chars,
                                       SQLWCHAR *schema, SQLSMALLINT schema_chars, SQLWCHAR *table,
                                       SQLSMALLINT table_chars, SQLWCHAR *column,
                                       SQLSMALLINT column_chars)
{
    const struct text names[] = {text_wide(catalog, catalog_chars), text_wide(schema, schema_chars),
                                 text_wide(table, table_chars), text_wide(column, column_chars)};

    return nothing_named(hstmt, SQL_API_SQLCOLUMNPRIVILEGES, 4, names, TABLE);
}
