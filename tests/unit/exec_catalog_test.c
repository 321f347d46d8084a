/*
 * The catalog functions from their arguments to their rows: exec/catalog.c, ops/metadata.c and
 * catalog/, against a scripted Athena.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "catalog/columns.h"
#include "catalog/tables.h"
#include "exec/cancel.h"
#include "exec/catalog.h"
#include "exec/execute.h"
#include "exec/fetch.h"
#include "unit/exec_scene.h"
#include "unit/scripted_athena.h"

#define TABLE(name, type) \
    "{\"Name\":\"" name "\",\"TableType\":\"" type "\",\"Columns\":[],\"Parameters\":" \
    "{\"comment\":\"of " name "\"}}"
#define TABLES(list, token)    "{\"TableMetadataList\":[" list "]" token "}"
#define DATABASES(list, token) "{\"DatabaseList\":[" list "]" token "}"
#define NAME(name)             "{\"Name\":\"" name "\"}"
#define NEXT                   ",\"NextToken\":\"more\""
#define LIST_OF(database)      "ListTableMetadata \"DatabaseName\":\"" database "\""
#define REFUSED(code, text)    "{\"__type\":\"" code "\",\"Message\":\"" text "\"}"

static struct exec_scene scene;
static struct scripted_athena *athena;

static void open_with(const struct script_line *script)
{
    char url[64];

    athena = scripted_athena_start(script);
    assert_non_null(athena);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", scripted_athena_port(athena));
    exec_scene_open(&scene, url);
}

static void close_all(void)
{
    exec_scene_close(&scene);
    scripted_athena_stop(athena);
}

static void set(enum option_id id, const char *value)
{
    struct fault f = {0};

    if (options_set(&scene.dbc->options, id, value, strlen(value), OPTION_FROM_ATTRIBUTE, &f)) {
        fail_msg("%s", f.text);
    }
}

static void expect_asked(const char *operations)
{
    char asked[1000];

    scripted_athena_asked(athena, asked, sizeof asked);
    assert_string_equal(asked, operations);
}

/* The open result as text: columns first to last of each row, '|' between, NULL as "-". */
static void expect_rows(SQLUSMALLINT first, SQLUSMALLINT last, const char *expected)
{
    struct buf b;
    SQLRETURN rc;

    buf_init(&b, 1 << 20);
    while ((rc = exec_fetch(scene.stmt, SQL_API_SQLFETCH, 1, NULL, NULL)) == SQL_SUCCESS) {
        for (SQLUSMALLINT column = first; column <= last; column++) {
            char text[200];
            SQLLEN length;

            assert_int_equal(
                exec_get_data(scene.stmt, column, SQL_C_CHAR, text, sizeof text, &length),
                SQL_SUCCESS);
            buf_printf(&b, "%s%s", column > first ? "|" : "", length == SQL_NULL_DATA ? "-" : text);
        }
        buf_putc(&b, '\n');
    }
    assert_int_equal(rc, SQL_NO_DATA);
    assert_string_equal(b.bytes, expected);
    buf_clear(&b);
}

static void expect_error(SQLRETURN rc, const char *state)
{
    assert_int_equal(rc, SQL_ERROR);
    assert_string_equal(exec_scene_state(&scene), state);
    diag_clear(&scene.stmt->base.diag);
}

/* ---- SQLTables ----------------------------------------------------------------------------- */

static void paging_goes_on_behind_an_empty_page(void **state)
{
    static const struct script_line script[] = {
        {.operation = "ListTableMetadata",
         .status = 200,
         .body = TABLES(TABLE("zones", "EXTERNAL_TABLE"), NEXT)},
        {.operation = "ListTableMetadata", .status = 200, .body = TABLES("", NEXT)},
        {.operation = "ListTableMetadata",
         .status = 200,
         .body = TABLES(TABLE("avg", "VIRTUAL_VIEW") "," TABLE("fares", ""), "")},
        {0},
    };

    (void)state;
    open_with(script);
    assert_int_equal(catalog_tables(scene.stmt, NULL, "taxi", NULL, NULL), SQL_SUCCESS);
    expect_rows(1, 5,
                "AwsDataCatalog|taxi|fares|TABLE|of fares\n"
                "AwsDataCatalog|taxi|zones|TABLE|of zones\n"
                "AwsDataCatalog|taxi|avg|VIEW|of avg\n");
    assert_int_equal(scripted_athena_count(athena, "ListTableMetadata"), 3);
    expect_asked("ListTableMetadata");
    close_all();
}

static void every_database_is_listed(void **state)
{
    static const struct script_line script[] = {
        {.operation = "ListDatabases",
         .status = 200,
         .body = DATABASES(NAME("b") "," NAME("other"), NEXT)},
        {.operation = "ListDatabases", .status = 200, .body = DATABASES(NAME("bb"), "")},
        {.operation = "ListTableMetadata",
         .status = 200,
         .body = TABLES(TABLE("x", "EXTERNAL_TABLE"), ""),
         .times = 2},
        {0},
    };

    (void)state;
    open_with(script);
    assert_int_equal(catalog_tables(scene.stmt, "", "b%", "", "'VIEW','TABLE'"), SQL_SUCCESS);
    expect_rows(2, 3, "b|x\nbb|x\n");
    close_all();
}

static void many_databases(void **state)
{
    static const struct script_line script[] = {
        {.operation = "ListDatabases",
         .status = 200,
         .body = DATABASES(
             NAME("a") "," NAME("b") "," NAME("c") "," NAME("d") "," NAME("e") "," NAME(
                 "f") "," NAME("g") "," NAME("h") "," NAME("i") "," NAME("j") "," NAME("k"),
             "")},
        {.operation = "ListTableMetadata",
         .status = 200,
         .body = TABLES(TABLE("t", "EXTERNAL_TABLE"), ""),
         .delay_ms = 10,
         .times = 11},
        {0},
    };

    (void)state;
    open_with(script);
    assert_int_equal(catalog_tables(scene.stmt, NULL, NULL, NULL, NULL), SQL_SUCCESS);
    expect_rows(2, 2, "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n");
    assert_int_equal(scripted_athena_count(athena, "ListTableMetadata"), 11);
    close_all();
}

static void kinds_of_tables(void **state)
{
    static const struct script_line script[] = {
        {.operation = "ListTableMetadata",
         .status = 200,
         .body = TABLES(TABLE("v", "VIRTUAL_VIEW") "," TABLE("t", "MANAGED_TABLE"), ""),
         .times = 2},
        {0},
    };

    (void)state;
    open_with(script);
    assert_int_equal(catalog_tables(scene.stmt, NULL, "d", "%", "view"), SQL_SUCCESS);
    expect_rows(3, 4, "v|VIEW\n");
    exec_close(scene.stmt);
    assert_int_equal(catalog_tables(scene.stmt, NULL, "d", "_", " TABLE , SYSTEM TABLE"),
                     SQL_SUCCESS);
    expect_rows(3, 4, "t|TABLE\n");
    exec_close(scene.stmt);
    assert_int_equal(catalog_tables(scene.stmt, NULL, "d", "t", "SYSTEM TABLE"), SQL_SUCCESS);
    expect_rows(3, 4, "");
    assert_int_equal(scripted_athena_count(athena, "ListTableMetadata"), 2);
    close_all();
}

static void a_name_costs_one_request(void **state)
{
    static const struct script_line script[] = {
        {.operation = "GetTableMetadata",
         .status = 200,
         .body = "{\"TableMetadata\":" TABLE("my_table", "EXTERNAL_TABLE") "}"},
        {0},
    };

    (void)state;
    open_with(script);
    assert_int_equal(catalog_tables(scene.stmt, "awsdatacatalog", "taxi", "my\\_table", NULL),
                     SQL_SUCCESS);
    expect_rows(3, 3, "my_table\n");
    expect_asked("GetTableMetadata");
    close_all();
}

static void what_is_not_there_is_not_found(void **state)
{
    static const struct script_line script[] = {
        {.operation = "GetTableMetadata",
         .status = 400,
         .body = REFUSED("MetadataException", "EntityNotFoundException: Entity Not Found")},
        {.operation = "ListTableMetadata",
         .status = 400,
         .body = REFUSED("MetadataException", "EntityNotFoundException: Database nope not found")},
        {0},
    };

    (void)state;
    open_with(script);
    assert_int_equal(catalog_tables(scene.stmt, NULL, "taxi", "nope", NULL), SQL_SUCCESS);
    expect_rows(1, 5, "");
    exec_close(scene.stmt);
    assert_int_equal(catalog_tables(scene.stmt, NULL, "nope", NULL, NULL), SQL_SUCCESS);
    expect_rows(1, 5, "");
    close_all();
}

static void enumerations(void **state)
{
    static const struct script_line script[] = {
        {.operation = "ListDatabases",
         .status = 200,
         .body = DATABASES(NAME("taxi") "," NAME("default"), "")},
        {0},
    };

    (void)state;
    open_with(script);
    assert_int_equal(catalog_tables(scene.stmt, "%", "", "", NULL), SQL_SUCCESS);
    expect_rows(1, 5, "AwsDataCatalog|-|-|-|-\n");
    exec_close(scene.stmt);
    assert_int_equal(catalog_tables(scene.stmt, "", "", "", "%"), SQL_SUCCESS);
    expect_rows(1, 5, "-|-|-|TABLE|-\n-|-|-|VIEW|-\n");
    exec_close(scene.stmt);
    expect_asked("");
    assert_int_equal(catalog_tables(scene.stmt, "", "%", "", NULL), SQL_SUCCESS);
    expect_rows(1, 5, "-|default|-|-|-\n-|taxi|-|-|-\n");
    close_all();
}

#define CATALOGS \
    "{\"DataCatalogsSummary\":[{\"CatalogName\":\"AwsDataCatalog\",\"Type\":\"GLUE\"}," \
    "{\"CatalogName\":\"redis\",\"Type\":\"LAMBDA\"}]}"

static void other_catalogs(void **state)
{
    static const struct script_line script[] = {
        {.operation = "ListDataCatalogs", .status = 200, .body = CATALOGS},
        {.operation = "ListDatabases", .status = 200, .body = DATABASES(NAME("d"), "")},
        {.operation = "ListTableMetadata",
         .status = 200,
         .body = TABLES(TABLE("t", "EXTERNAL_TABLE"), "")},
        {.operation = NULL},
    };
    static const struct script_line broken[] = {
        {.operation = "ListDataCatalogs", .status = 200, .body = CATALOGS},
        {.operation = "ListTableMetadata",
         .status = 400,
         .body = REFUSED("MetadataException", "the function timed out")},
        {.operation = NULL},
    };
    static const struct script_line named[] = {
        {.operation = "GetDataCatalog",
         .status = 200,
         .body = "{\"DataCatalog\":{\"Name\":\"my_redis\",\"Type\":\"HIVE\"}}"},
        {.operation = "ListTableMetadata", .status = 200, .body = TABLES(TABLE("keys", ""), "")},
        {.operation = NULL},
    };

    (void)state;
    open_with(script);
    set(OPTION_METADATA_RETRIEVAL_METHOD, "ProxyAPI");
    set(OPTION_USE_QUERY_TO_LIST_TABLES, "0");
    assert_int_equal(catalog_tables(scene.stmt, "red%", NULL, NULL, NULL), SQL_SUCCESS);
    expect_rows(1, 3, "redis|d|t\n");
    expect_asked("ListDataCatalogs ListDatabases ListTableMetadata");
    close_all();

    open_with(broken); /* nothing is left */
    set(OPTION_QUERY_EXTERNAL_CATALOGS, "1");
    set(OPTION_USE_QUERY_TO_LIST_TABLES, "0");
    expect_error(catalog_tables(scene.stmt, "red%", "d", NULL, NULL), "HY000");
    close_all();

    open_with(named); /* given by name, another catalog needs no option */
    assert_int_equal(catalog_tables(scene.stmt, "my_redis", "d", NULL, NULL), SQL_SUCCESS);
    expect_rows(1, 3, "my_redis|d|keys\n");
    close_all();
}

/* A catalog within a catalog is not among those that ListDataCatalogs names. */
static void the_current_catalog_is_always_there(void **state)
{
    static const struct script_line script[] = {
        {.operation = "ListDataCatalogs", .status = 200, .body = CATALOGS, .times = 2},
        {.operation = "ListTableMetadata",
         .status = 200,
         .body = TABLES(TABLE("t", "EXTERNAL_TABLE"), "")},
        {.operation = NULL},
    };

    (void)state;
    open_with(script);
    set(OPTION_QUERY_EXTERNAL_CATALOGS, "1");
    set(OPTION_CATALOG, "s3tablescatalog/lake");
    assert_int_equal(catalog_tables(scene.stmt, "%", "", "", NULL), SQL_SUCCESS);
    expect_rows(1, 1, "AwsDataCatalog\nredis\ns3tablescatalog/lake\n");
    exec_close(scene.stmt);
    assert_int_equal(catalog_tables(scene.stmt, "s3%", "d", NULL, NULL), SQL_SUCCESS);
    expect_rows(1, 3, "s3tablescatalog/lake|d|t\n");
    close_all();
}

static void denied_lists_leave_the_current_names(void **state)
{
    static const struct script_line script[] = {
        {.operation = "ListDataCatalogs",
         .status = 400,
         .body = REFUSED("AccessDeniedException", "not authorized"),
         .times = 2},
        {.operation = "ListDatabases",
         .status = 400,
         .body = REFUSED("AccessDeniedException", "not authorized"),
         .times = 3},
        {.operation = "ListTableMetadata",
         .status = 200,
         .body = TABLES(TABLE("t", "EXTERNAL_TABLE"), "")},
        {.operation = NULL},
    };

    (void)state;
    open_with(script);
    set(OPTION_SCHEMA, "taxi");
    assert_int_equal(catalog_tables(scene.stmt, "", "%", "", NULL), SQL_SUCCESS_WITH_INFO);
    assert_non_null(strstr(scene.stmt->base.diag.records[0].text,
                           "databases of AwsDataCatalog other than taxi are left out"));
    expect_rows(2, 2, "taxi\n");
    exec_close(scene.stmt);
    diag_clear(&scene.stmt->base.diag);
    set(OPTION_QUERY_EXTERNAL_CATALOGS, "1");
    assert_int_equal(catalog_tables(scene.stmt, "%", "", "", NULL), SQL_SUCCESS_WITH_INFO);
    assert_string_equal(exec_scene_state(&scene), "01000");
    expect_rows(1, 1, "AwsDataCatalog\n");
    exec_close(scene.stmt);
    diag_clear(&scene.stmt->base.diag);
    assert_int_equal(catalog_tables(scene.stmt, NULL, NULL, NULL, NULL), SQL_SUCCESS_WITH_INFO);
    expect_rows(1, 3, "AwsDataCatalog|taxi|t\n");
    exec_close(scene.stmt);
    diag_clear(&scene.stmt->base.diag);
    set(OPTION_QUERY_EXTERNAL_CATALOGS, "0");
    expect_error(catalog_tables(scene.stmt, NULL, "x%", NULL, NULL), "42501");
    close_all();
}

/* Longer names than the service takes are no mistake of the application's: there is none such. */
static void names_too_long_for_the_service(void **state)
{
    static const struct script_line script[] = {{.operation = NULL}};
    char name[201];

    (void)state;
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    open_with(script);
    assert_int_equal(catalog_tables(scene.stmt, NULL, name, NULL, NULL), SQL_SUCCESS);
    expect_rows(1, 3, "");
    expect_asked("");
    close_all();
}

/* ---- the cache ------------------------------------------------------------------------------ */

static void answers_are_kept(void **state)
{
    static const struct script_line script[] = {
        {.operation = "ListDatabases",
         .status = 200,
         .body = DATABASES(NAME("a") "," NAME("b"), "")},
        {.operation = LIST_OF("a"), .status = 200, .body = TABLES(TABLE("t1", ""), NEXT)},
        {.operation = LIST_OF("a"), .status = 200, .body = TABLES(TABLE("t2", "VIRTUAL_VIEW"), "")},
        {.operation = LIST_OF("b"), .status = 200, .body = TABLES(TABLE("t1", ""), NEXT)},
        {.operation = LIST_OF("b"), .status = 200, .body = TABLES(TABLE("t2", "VIRTUAL_VIEW"), "")},
        {.operation = "StartQueryExecution",
         .status = 400,
         .body = REFUSED("InvalidRequestException", "no")},
        {.operation = "ListTableMetadata", .status = 200, .body = TABLES(TABLE("t3", ""), "")},
        {.operation = NULL},
    };
    static const char *const all = "a|t1\nb|t1\na|t2\nb|t2\n";

    (void)state;
    open_with(script);
    set(OPTION_METADATA_CACHE_SECONDS, "60");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(catalog_tables(scene.stmt, NULL, NULL, NULL, NULL), SQL_SUCCESS);
        expect_rows(2, 3, all);
        exec_close(scene.stmt);
    }
    assert_int_equal(catalog_tables(scene.stmt, NULL, "a", NULL, "VIEW"), SQL_SUCCESS);
    expect_rows(2, 3, "a|t2\n"); /* the same list */
    exec_close(scene.stmt);
    assert_int_equal(scripted_athena_count(athena, "ListDatabases"), 1);
    assert_int_equal(scripted_athena_count(athena, "ListTableMetadata"), 4);
    expect_error(exec_direct(scene.stmt, "DROP TABLE t1"), "HY000");
    assert_int_equal(catalog_tables(scene.stmt, NULL, "a", NULL, NULL), SQL_SUCCESS);
    expect_rows(2, 3, "a|t3\n");
    close_all();
}

/* IAM may keep single databases closed, whose names are listed all the same. */
static void a_closed_database_is_left_out(void **state)
{
    static const struct script_line script[] = {
        {.operation = "ListDatabases",
         .status = 200,
         .body = DATABASES(NAME("a") "," NAME("b"), "")},
        {.operation = LIST_OF("a"),
         .status = 200,
         .body = TABLES(TABLE("t", "EXTERNAL_TABLE"), "")},
        {.operation = LIST_OF("b"),
         .status = 400,
         .body = REFUSED("AccessDeniedException", "not authorized"),
         .times = 2},
        {.operation = NULL},
    };

    (void)state;
    open_with(script);
    assert_int_equal(catalog_tables(scene.stmt, NULL, NULL, NULL, NULL), SQL_SUCCESS_WITH_INFO);
    assert_string_equal(exec_scene_state(&scene), "01000");
    assert_non_null(strstr(scene.stmt->base.diag.records[0].text, "is left out"));
    expect_rows(2, 3, "a|t\n");
    exec_close(scene.stmt);
    diag_clear(&scene.stmt->base.diag);
    expect_error(catalog_tables(scene.stmt, NULL, "b", NULL, NULL),
                 "42501"); /* asked for by name */
    close_all();
}

static void a_single_catalog_and_schema(void **state)
{
    static const struct script_line script[] = {
        {.operation = "ListTableMetadata",
         .status = 200,
         .body = TABLES(TABLE("t", "EXTERNAL_TABLE"), "")},
        {.operation = NULL},
    };

    (void)state;
    open_with(script);
    set(OPTION_USE_SINGLE_CATALOG_AND_SCHEMA, "1");
    set(OPTION_QUERY_EXTERNAL_CATALOGS, "1");
    set(OPTION_SCHEMA, "taxi");
    assert_int_equal(catalog_tables(scene.stmt, "%", "%", "%", NULL), SQL_SUCCESS);
    expect_rows(1, 3, "AwsDataCatalog|taxi|t\n");
    expect_asked("ListTableMetadata");
    close_all();
}

static void identifiers(void **state)
{
    static const struct script_line script[] = {
        {.operation = "GetTableMetadata",
         .status = 200,
         .body = "{\"TableMetadata\":" TABLE("my_table", "EXTERNAL_TABLE") "}"},
        {0},
    };

    (void)state;
    open_with(script);
    scene.stmt->attr.metadata_id = SQL_TRUE;
    assert_int_equal(catalog_tables(scene.stmt, "AwsDataCatalog", "TAXI  ", "\"My_Table\"", NULL),
                     SQL_SUCCESS);
    expect_rows(1, 3, "AwsDataCatalog|taxi|my_table\n");
    expect_asked("GetTableMetadata");
    close_all();
}

static void a_refusal_is_an_error(void **state)
{
    static const struct script_line script[] = {
        {.operation = "ListDatabases",
         .status = 400,
         .body = REFUSED("AccessDeniedException", "not authorized to perform this")},
        {.operation = "ListDatabases", .status = 200, .body = DATABASES("", "")},
        {0},
    };

    (void)state;
    open_with(script);
    expect_error(catalog_tables(scene.stmt, NULL, NULL, NULL, NULL), "42501");
    assert_int_equal(scene.stmt->state, STMT_ALLOCATED);
    assert_int_equal(catalog_tables(scene.stmt, NULL, NULL, NULL, NULL), SQL_SUCCESS);
    expect_rows(1, 1, "");
    expect_error(catalog_tables(scene.stmt, NULL, NULL, NULL, NULL),
                 "24000"); /* a cursor is open */
    close_all();
}

/* ---- deferred ------------------------------------------------------------------------------ */

static SQLRETURN poll_tables(void)
{
    SQLRETURN rc;

    do {
        usleep(1000);
        rc = catalog_tables(scene.stmt, NULL, NULL, NULL, NULL);
    } while (rc == SQL_STILL_EXECUTING);
    return rc;
}

static void deferred(void **state)
{
    static const struct script_line script[] = {
        {.operation = "ListTableMetadata",
         .status = 200,
         .body = TABLES(TABLE("t", "EXTERNAL_TABLE"), "")},
        {0},
    };

    (void)state;
    open_with(script);
    scripted_athena_silence(athena, true);
    scene.stmt->attr.async_enable = SQL_ASYNC_ENABLE_ON;
    assert_int_equal(catalog_tables(scene.stmt, NULL, "d", NULL, NULL), SQL_STILL_EXECUTING);
    assert_int_equal(scene.stmt->pending, SQL_API_SQLTABLES);
    scripted_athena_silence(athena, false);
    assert_int_equal(poll_tables(), SQL_SUCCESS);
    assert_int_equal(scene.stmt->pending, 0);
    expect_rows(3, 3, "t\n");
    close_all();
}

static void cancelled(void **state)
{
    static const struct script_line script[] = {
        {.operation = "ListDatabases", .status = 200, .body = DATABASES("", ""), .times = 3},
        {0},
    };

    (void)state;
    open_with(script);
    scripted_athena_silence(athena, true);
    scene.stmt->attr.async_enable = SQL_ASYNC_ENABLE_ON;
    assert_int_equal(catalog_tables(scene.stmt, NULL, NULL, NULL, NULL), SQL_STILL_EXECUTING);
    exec_cancel(scene.stmt);
    expect_error(poll_tables(), "HY008");
    assert_int_equal(catalog_tables(scene.stmt, NULL, NULL, NULL, NULL), SQL_STILL_EXECUTING);
    exec_close(scene.stmt); /* abandoned */
    assert_null(scene.stmt->catalog);
    assert_int_equal(scene.stmt->pending, 0);
    close_all();
}

static void timed_out(void **state)
{
    static const struct script_line script[] = {
        {.operation = "ListDatabases", .status = 200, .body = DATABASES("", "")},
        {0},
    };

    (void)state;
    open_with(script);
    scripted_athena_silence(athena, true);
    scene.stmt->attr.query_timeout_s = 1;
    expect_error(catalog_tables(scene.stmt, NULL, NULL, NULL, NULL), "HYT00");
    close_all();
}

/* ---- SQLColumns ---------------------------------------------------------------------------- */

#define COLUMN(name, type) "{\"Name\":\"" name "\",\"Type\":\"" type "\"}"
#define TRIPS \
    "{\"Name\":\"trips\",\"TableType\":\"EXTERNAL_TABLE\",\"Columns\":[" COLUMN("id", "bigint") "," COLUMN("fare", "decimal(10,2)") ",{\"Name\":\"note\",\"Type\":\"varchar(20)\",\"Comment\":\"what was said\"}," COLUMN( \
        "at", \
        "timestamp") "," COLUMN("tags", \
                                "array<struct<a:int,b:decimal(3,1)>>") "," COLUMN("odd", \
                                                                                  "hyperloglog") "],\"PartitionKeys\":[" COLUMN("day", \
                                                                                                                                "date") "]}"

static void columns_of_a_table(void **state)
{
    static const struct script_line script[] = {
        {.operation = "GetTableMetadata",
         .status = 200,
         .body = "{\"TableMetadata\":" TRIPS "}",
         .times = 3},
        {0},
    };

    (void)state;
    open_with(script);
    assert_int_equal(catalog_columns(scene.stmt, NULL, "taxi", "trips", NULL), SQL_SUCCESS);
    assert_int_equal(scene.stmt->column_count, 18);
    expect_rows(3, 12,
                "trips|id|-5|bigint|19|8|0|10|1|-\n"
                "trips|fare|3|decimal|10|12|2|10|1|-\n"
                "trips|note|12|varchar|20|80|-|-|1|what was said\n"
                "trips|at|93|timestamp|23|16|3|-|1|-\n"
                "trips|tags|12|array|65535|262140|-|-|1|-\n"
                "trips|odd|12|hyperloglog|255|1020|-|-|1|-\n"
                "trips|day|91|date|10|6|-|-|1|-\n");
    exec_close(scene.stmt);
    assert_int_equal(catalog_columns(scene.stmt, NULL, "taxi", "trips", "%a%"), SQL_SUCCESS);
    expect_rows(13, 18,
                "-|3|-|-|2|YES\n"
                "-|9|3|-|4|YES\n"
                "-|12|-|262140|5|YES\n"
                "-|9|1|-|7|YES\n");
    exec_close(scene.stmt);
    scene.env->odbc_version = SQL_OV_ODBC2;
    assert_int_equal(catalog_columns(scene.stmt, NULL, "taxi", "trips", "day"), SQL_SUCCESS);
    expect_rows(4, 5, "day|9\n");
    close_all();
}

static void a_denied_description_is_listed(void **state)
{
    static const struct script_line script[] = {
        {.operation = "GetTableMetadata",
         .status = 400,
         .body = REFUSED("AccessDeniedException", "no")},
        {.operation = "ListTableMetadata",
         .status = 200,
         .body = TABLES(TABLE("trips_old", "") "," TRIPS, "")},
        {0},
    };

    (void)state;
    open_with(script);
    assert_int_equal(catalog_columns(scene.stmt, NULL, "taxi", "trips", "id"), SQL_SUCCESS);
    expect_rows(3, 4, "trips|id\n");
    expect_asked("GetTableMetadata ListTableMetadata");
    close_all();
}

static const struct {
    const char *name;
    enum athena_type type;
    int precision, scale;
} type_names[] = {
    {"decimal(10,2)", ATHENA_DECIMAL, 10, 2},
    {"decimal( 38 , 18 )", ATHENA_DECIMAL, 38, 18},
    {"decimal(5)", ATHENA_DECIMAL, 5, 0},
    {"decimal", ATHENA_DECIMAL, 10, 0},
    {"DECIMAL(4,1)", ATHENA_DECIMAL, 4, 1},
    {"varchar(20)", ATHENA_VARCHAR, 20, 0},
    {"varchar", ATHENA_VARCHAR, INT32_MAX, 0},
    {"string", ATHENA_VARCHAR, INT32_MAX, 0},
    {"char(5)", ATHENA_CHAR, 5, 0},
    {"timestamp", ATHENA_TIMESTAMP, 3, 0},
    {"timestamp(6)", ATHENA_TIMESTAMP, 6, 0},
    {"timestamp(6) with time zone", ATHENA_TIMESTAMP_TZ, 6, 0},
    {"array<decimal(3,1)>", ATHENA_ARRAY, 0, 0},
    {"struct<a:decimal(3,1)>", ATHENA_ROW, 0, 0},
    {"int", ATHENA_INTEGER, 0, 0},
    {"uuid", ATHENA_UUID, 0, 0},
    {"decimal(99999999999999999999,1)", ATHENA_DECIMAL, 999999999, 1},
    {"decimal(", ATHENA_DECIMAL, 10, 0},
    {"", ATHENA_UNKNOWN, 0, 0},
};

static void names_of_types(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof type_names / sizeof *type_names; i++) {
        struct column c;

        columns_read_type(type_names[i].name, &c);
        if (c.type != type_names[i].type || c.precision != type_names[i].precision ||
            c.scale != type_names[i].scale) {
            fail_msg("\"%s\": %d, %d, %d", type_names[i].name, c.type, c.precision, c.scale);
        }
    }
}

/* ---- SQLGetTypeInfo, and results without rows ---------------------------------------------- */

static void type_info(void **state)
{
    static const struct script_line script[] = {{0}};

    (void)state;
    open_with(script);
    assert_int_equal(catalog_type_info(scene.stmt, SQL_ALL_TYPES), SQL_SUCCESS);
    assert_int_equal(scene.stmt->column_count, 19);
    expect_rows(1, 2,
                "boolean|-7\n"
                "tinyint|-6\n"
                "bigint|-5\n"
                "varbinary|-3\n"
                "char|1\n"
                "decimal|3\n"
                "integer|4\n"
                "smallint|5\n"
                "real|7\n"
                "double|8\n"
                "varchar|12\n"
                "json|12\n"
                "uuid|12\n"
                "ipaddress|12\n"
                "time with time zone|12\n"
                "timestamp with time zone|12\n"
                "interval year to month|12\n"
                "interval day to second|12\n"
                "array|12\n"
                "map|12\n"
                "row|12\n"
                "geometry|12\n"
                "date|91\n"
                "time|92\n"
                "timestamp|93\n");
    exec_close(scene.stmt);
    assert_int_equal(catalog_type_info(scene.stmt, SQL_DECIMAL), SQL_SUCCESS);
    expect_rows(1, 19,
                "decimal|3|38|DECIMAL '|'|precision,scale|1|0|2|0|0|0|decimal|0|38|3|-|10|-\n");
    exec_close(scene.stmt);
    assert_int_equal(catalog_type_info(scene.stmt, SQL_TYPE_DATE), SQL_SUCCESS);
    expect_rows(1, 5, "date|91|10|DATE '|'\n");
    exec_close(scene.stmt);
    assert_int_equal(catalog_type_info(scene.stmt, SQL_GUID), SQL_SUCCESS);
    expect_rows(1, 1, "");
    exec_close(scene.stmt);
    scene.env->odbc_version = SQL_OV_ODBC2;
    assert_int_equal(catalog_type_info(scene.stmt, SQL_DATE), SQL_SUCCESS);
    expect_rows(1, 2, "date|9\n");
    exec_close(scene.stmt);
    expect_error(catalog_type_info(scene.stmt, 77), "HY004");
    close_all();
}

static void results_without_rows(void **state)
{
    static const struct script_line script[] = {{0}};
    static const struct {
        SQLUSMALLINT function;
        unsigned columns;
        const char *last;
    } results[] = {
        {SQL_API_SQLSTATISTICS, 13, "FILTER_CONDITION"},
        {SQL_API_SQLPRIMARYKEYS, 6, "PK_NAME"},
        {SQL_API_SQLFOREIGNKEYS, 14, "DEFERRABILITY"},
        {SQL_API_SQLSPECIALCOLUMNS, 8, "PSEUDO_COLUMN"},
        {SQL_API_SQLPROCEDURES, 8, "PROCEDURE_TYPE"},
        {SQL_API_SQLPROCEDURECOLUMNS, 19, "IS_NULLABLE"},
        {SQL_API_SQLTABLEPRIVILEGES, 7, "IS_GRANTABLE"},
        {SQL_API_SQLCOLUMNPRIVILEGES, 8, "IS_GRANTABLE"},
    };

    (void)state;
    open_with(script);
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        assert_int_equal(catalog_empty(scene.stmt, results[i].function), SQL_SUCCESS);
        assert_int_equal(scene.stmt->column_count, results[i].columns);
        assert_int_equal(scene.stmt->ird->count, results[i].columns);
        assert_string_equal(scene.stmt->columns[results[i].columns - 1].name, results[i].last);
        expect_rows(1, 1, "");
        exec_close(scene.stmt);
    }
    expect_error(catalog_empty(scene.stmt, SQL_API_SQLTABLES), "HYC00");
    close_all();
}

static void lists_of_table_types(void **state)
{
    (void)state;
    assert_int_equal(tables_kinds(NULL), TABLE_KIND_ALL);
    assert_int_equal(tables_kinds(""), TABLE_KIND_ALL);
    assert_int_equal(tables_kinds("%"), TABLE_KIND_ALL);
    assert_int_equal(tables_kinds("TABLE"), TABLE_KIND_TABLE);
    assert_int_equal(tables_kinds("'TABLE'"), TABLE_KIND_TABLE);
    assert_int_equal(tables_kinds("'table', 'VIEW'"), TABLE_KIND_ALL);
    assert_int_equal(tables_kinds("VIEW,SYNONYM,"), TABLE_KIND_VIEW);
    assert_int_equal(tables_kinds("TABLES"), 0);
    assert_int_equal(tables_kinds(",,"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paging_goes_on_behind_an_empty_page),
        cmocka_unit_test(every_database_is_listed),
        cmocka_unit_test(many_databases),
        cmocka_unit_test(kinds_of_tables),
        cmocka_unit_test(a_name_costs_one_request),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(enumerations),
        cmocka_unit_test(other_catalogs),
        cmocka_unit_test(the_current_catalog_is_always_there),
        cmocka_unit_test(denied_lists_leave_the_current_names),
        cmocka_unit_test(names_too_long_for_the_service),
        cmocka_unit_test(answers_are_kept),
        cmocka_unit_test(a_closed_database_is_left_out),
        cmocka_unit_test(a_single_catalog_and_schema),
        cmocka_unit_test(identifiers),
        cmocka_unit_test(a_refusal_is_an_error),
        cmocka_unit_test(deferred),
        cmocka_unit_test(cancelled),
        cmocka_unit_test(timed_out),
        cmocka_unit_test(columns_of_a_table),
        cmocka_unit_test(a_denied_description_is_listed),
        cmocka_unit_test(names_of_types),
        cmocka_unit_test(type_info),
        cmocka_unit_test(results_without_rows),
        cmocka_unit_test(lists_of_table_types),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
