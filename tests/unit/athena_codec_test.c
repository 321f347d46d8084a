/* aws/athena_codec.h, athena_results.h, athena_metadata.h, aws_error.h: Athena's JSON both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/athena_codec.h"
#include "aws/athena_metadata.h"
#include "aws/athena_results.h"
#include "aws/aws_error.h"
#include "unit/arena_fixture.h"

/* ---- requests ---- */

static void check_start(const struct athena_start *s, const char *expected)
{
    struct buf b;

    buf_init(&b, 1 << 20);
    athena_write_start(&b, s);
    assert_true(buf_ok(&b));
    assert_string_equal(b.bytes, expected);
    buf_clear(&b);
}

static void start_requests(void **state)
{
    static const char *const parameters[] = {"1", "'it''s'"};
    struct athena_start s = {.sql = "SELECT 1", .sql_bytes = 8};

    (void)state;
    check_start(&s, "{\"QueryString\":\"SELECT 1\"}");
    s.client_token = "token";
    s.database = "db";
    s.catalog = "cat";
    s.workgroup = "primary";
    s.encryption_option = "NOT_SET";
    s.kms_key = "key";
    check_start(&s, "{\"QueryString\":\"SELECT 1\",\"ClientRequestToken\":\"token\","
                    "\"QueryExecutionContext\":{\"Database\":\"db\",\"Catalog\":\"cat\"},"
                    "\"WorkGroup\":\"primary\"}");
    s = (struct athena_start){.sql = "SELECT '\"\n'",
                              .sql_bytes = 11,
                              .output_location = "s3://b/p/",
                              .encryption_option = "SSE_KMS",
                              .kms_key = "key",
                              .expected_bucket_owner = "123456789012",
                              .acl_option = "BUCKET_OWNER_FULL_CONTROL",
                              .parameters = parameters,
                              .parameter_count = 2,
                              .reuse_results = true,
                              .reuse_max_age_min = 60};
    check_start(&s,
                "{\"QueryString\":\"SELECT '\\\"\\n'\",\"ResultConfiguration\":{\"OutputLocation\":"
                "\"s3://b/p/\",\"EncryptionConfiguration\":{\"EncryptionOption\":\"SSE_KMS\","
                "\"KmsKey\":\"key\"},\"ExpectedBucketOwner\":\"123456789012\",\"AclConfiguration\":"
                "{\"S3AclOption\":\"BUCKET_OWNER_FULL_CONTROL\"}},"
                "\"ExecutionParameters\":[\"1\",\"'it''s'\"],"
                "\"ResultReuseConfiguration\":{\"ResultReuseByAgeConfiguration\":{\"Enabled\":true,"
                "\"MaxAgeInMinutes\":60}}}");
    s = (struct athena_start){
        .sql = "x", .sql_bytes = 1, .encryption_option = "SSE_S3", .kms_key = "key"};
    check_start(&s, "{\"QueryString\":\"x\",\"ResultConfiguration\":{\"EncryptionConfiguration\":"
                    "{\"EncryptionOption\":\"SSE_S3\"}}}");
}

static void other_requests(void **state)
{
    static const char *const ids[] = {"a", "b"};
    struct buf b;

    (void)state;
    buf_init(&b, 4096);
    athena_write_query_id(&b, "q");
    athena_write_batch_get(&b, ids, 2);
    athena_write_get_results(&b, "q", "", 1000);
    athena_write_get_results(&b, "q", "t", 0);
    athena_write_get_work_group(&b, "primary");
    athena_write_list_catalogs(&b, "wg", NULL, 50);
    athena_write_list_databases(&b, "c", NULL, "t", 0);
    athena_write_list_tables(&b, "c", "d", "x.*", "", "", 0);
    athena_write_get_table(&b, "c", "d", "t", NULL);
    assert_string_equal(b.bytes,
                        "{\"QueryExecutionId\":\"q\"}"
                        "{\"QueryExecutionIds\":[\"a\",\"b\"]}"
                        "{\"QueryExecutionId\":\"q\",\"MaxResults\":1000}"
                        "{\"QueryExecutionId\":\"q\",\"NextToken\":\"t\"}"
                        "{\"WorkGroup\":\"primary\"}"
                        "{\"WorkGroup\":\"wg\",\"MaxResults\":50}"
                        "{\"CatalogName\":\"c\",\"NextToken\":\"t\"}"
                        "{\"CatalogName\":\"c\",\"DatabaseName\":\"d\",\"Expression\":\"x.*\"}"
                        "{\"CatalogName\":\"c\",\"DatabaseName\":\"d\",\"TableName\":\"t\"}");
    buf_clear(&b);
}

/* ---- executions ---- */

#define EXECUTION \
    "{\"QueryExecutionId\":\"id-1\",\"Query\":\"SELECT \\\"}]\\\"\",\"StatementType\":\"DML\"," \
    "\"SubstatementType\":\"SELECT\",\"ResultConfiguration\":{\"OutputLocation\":" \
    "\"s3://b/id-1.csv\",\"EncryptionConfiguration\":{\"EncryptionOption\":\"CSE_KMS\"}}," \
    "\"ResultReuseConfiguration\":{\"ResultReuseByAgeConfiguration\":{\"Enabled\":false}}," \
    "\"QueryExecutionContext\":{\"Database\":\"db\",\"Catalog\":\"cat\"}," \
    "\"Status\":{\"State\":\"SUCCEEDED\",\"SubmissionDateTime\":1565649050.175," \
    "\"CompletionDateTime\":1.565649056229E9},\"Statistics\":{\"EngineExecutionTimeInMillis\":" \
    "5100,\"DataScannedInBytes\":\"7000000000\",\"DataManifestLocation\":\"s3://b/m.csv\"," \
    "\"TotalExecutionTimeInMillis\":6000,\"QueryQueueTimeInMillis\":10," \
    "\"ServicePreProcessingTimeInMillis\":11,\"QueryPlanningTimeInMillis\":12," \
    "\"ServiceProcessingTimeInMillis\":13,\"ResultReuseInformation\":" \
    "{\"ReusedPreviousResult\":true},\"DpuCount\":1.5},\"WorkGroup\":\"primary\"," \
    "\"EngineVersion\":{\"SelectedEngineVersion\":\"AUTO\",\"EffectiveEngineVersion\":" \
    "\"Athena engine version 3\"},\"NewThing\":{\"a\":[1,2,{}]}}"

static void a_whole_execution(void **state)
{
    static const char body[] = "{\"QueryExecution\":" EXECUTION "}";
    struct athena_execution x;

    (void)state;
    assert_int_equal(athena_parse_execution(&x, &arena, body, strlen(body), NULL), ST_OK);
    assert_string_equal(x.id, "id-1");
    assert_int_equal(x.state, ATHENA_STATE_SUCCEEDED);
    assert_true(athena_state_is_final(x.state));
    assert_string_equal(x.statement_type, "DML");
    assert_string_equal(x.substatement_type, "SELECT");
    assert_string_equal(x.output_location, "s3://b/id-1.csv");
    assert_string_equal(x.encryption_option, "CSE_KMS");
    assert_string_equal(x.data_manifest_location, "s3://b/m.csv");
    assert_string_equal(x.workgroup, "primary");
    assert_string_equal(x.database, "db");
    assert_string_equal(x.catalog, "cat");
    assert_string_equal(x.engine_version, "Athena engine version 3");
    assert_string_equal(x.state_change_reason, "");
    assert_true(x.has_reused_result);
    assert_false(x.has_managed_results);
    assert_false(x.has_error);
    assert_int_equal(x.engine_ms, 5100);
    assert_true(x.data_scanned_bytes == 7000000000);
    assert_int_equal(x.total_ms, 6000);
    assert_int_equal(x.queue_ms, 10);
    assert_int_equal(x.preprocessing_ms, 11);
    assert_int_equal(x.planning_ms, 12);
    assert_int_equal(x.service_ms, 13);
    assert_true(x.dpu_count > 1.49 && x.dpu_count < 1.51);
    assert_true(x.submitted_at_s > 1565649050.174 && x.submitted_at_s < 1565649050.176);
    assert_true(x.completed_at_s > 1565649056.228 && x.completed_at_s < 1565649056.230);
}

static void a_failed_execution(void **state)
{
    static const char body[] =
        "{\"QueryExecution\":{\"QueryExecutionId\":\"q\",\"Status\":{\"State\":\"FAILED\","
        "\"StateChangeReason\":\"TABLE_NOT_FOUND: x\",\"AthenaError\":{\"ErrorCategory\":2,"
        "\"ErrorType\":1110,\"Retryable\":true,\"ErrorMessage\":\"no such table\"}},"
        "\"ManagedQueryResultsConfiguration\":{\"Enabled\":true}}}";
    struct athena_execution x;

    (void)state;
    assert_int_equal(athena_parse_execution(&x, &arena, body, strlen(body), NULL), ST_OK);
    assert_int_equal(x.state, ATHENA_STATE_FAILED);
    assert_true(x.has_error && x.is_error_retryable && x.has_managed_results);
    assert_int_equal(x.error_category, 2);
    assert_int_equal(x.error_type, 1110);
    assert_string_equal(athena_failure_text(&x), "no such table");
    assert_int_equal(x.data_scanned_bytes, -1);
    assert_string_equal(x.output_location, "");
    x.error_message = "";
    assert_string_equal(athena_failure_text(&x), "TABLE_NOT_FOUND: x");
}

static void states(void **state)
{
    static const struct {
        const char *name;
        enum athena_state state;
        bool is_final;
    } cases[] = {
        {"QUEUED", ATHENA_STATE_QUEUED, false},      {"RUNNING", ATHENA_STATE_RUNNING, false},
        {"SUCCEEDED", ATHENA_STATE_SUCCEEDED, true}, {"FAILED", ATHENA_STATE_FAILED, true},
        {"CANCELLED", ATHENA_STATE_CANCELLED, true}, {"SOMETHING", ATHENA_STATE_UNKNOWN, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct athena_execution x;
        const char *body =
            arena_printf(&arena,
                         "{\"QueryExecution\":{\"QueryExecutionId\":\"q\",\"Status\":{\"State\":"
                         "\"%s\",\"AthenaError\":null}}}",
                         cases[i].name);

        assert_int_equal(athena_parse_execution(&x, &arena, body, strlen(body), NULL), ST_OK);
        assert_int_equal(x.state, cases[i].state);
        assert_int_equal(athena_state_is_final(x.state), cases[i].is_final);
        assert_false(x.has_error);
    }
    assert_string_equal(athena_state_name(ATHENA_STATE_CANCELLED), "CANCELLED");
}

/* The texts of the queries, megabytes of them, leave no trace in memory. */
static void a_batch_does_not_keep_query_texts(void **state)
{
    struct athena_batch batch;
    struct fault f = {0};
    struct buf b;
    size_t before;

    (void)state;
    buf_init(&b, 64 << 20);
    buf_puts(&b, "{\"QueryExecutions\":[");
    for (int i = 0; i < 50; i++) {
        buf_printf(&b, "%s{\"QueryExecutionId\":\"q%d\",\"Query\":\"", i ? "," : "", i);
        for (int k = 0; k < 200000; k += 10)
            buf_puts(&b, "\\\\\\\"{}[],x");
        buf_printf(&b, "\",\"Status\":{\"State\":\"RUNNING\"}}");
    }
    buf_puts(&b, "],\"UnprocessedQueryExecutionIds\":[{\"QueryExecutionId\":\"u\",\"ErrorCode\":"
                 "\"INVALID_INPUT\",\"ErrorMessage\":\"no\"}]}");
    before = arena.total_bytes;
    assert_int_equal(athena_parse_batch(&batch, &arena, b.bytes, b.count, &f), ST_OK);
    assert_true(arena.total_bytes - before < 256 << 10);
    assert_int_equal(batch.execution_count, 50);
    assert_string_equal(batch.executions[49].id, "q49");
    assert_int_equal(batch.executions[49].state, ATHENA_STATE_RUNNING);
    assert_int_equal(batch.unprocessed_count, 1);
    assert_string_equal(batch.unprocessed[0].id, "u");
    assert_string_equal(batch.unprocessed[0].code, "INVALID_INPUT");

    /* every answer cut short is an error, not a shorter batch */
    for (size_t cut = 1; cut < 200; cut += 7) {
        fault_clear(&f);
        assert_int_equal(athena_parse_batch(&batch, &arena, b.bytes, b.count - cut, &f), ST_ERR);
        assert_int_equal(f.state, SQLSTATE_08S01);
        assert_int_equal(batch.execution_count, 0);
    }
    buf_clear(&b);
}

static void start_answers(void **state)
{
    struct fault f = {0};
    const char *id;

    (void)state;
    assert_int_equal(athena_parse_start(&id, &arena, "{\"QueryExecutionId\":\"abc\"}", 26, &f),
                     ST_OK);
    assert_string_equal(id, "abc");
    assert_int_equal(athena_parse_start(&id, &arena, "{}", 2, &f), ST_ERR);
    assert_int_equal(f.state, SQLSTATE_08S01);
    fault_clear(&f);
    assert_int_equal(athena_parse_start(&id, &arena, "<html>", 6, &f), ST_ERR);
    assert_int_equal(f.state, SQLSTATE_08S01);
}

static void work_groups(void **state)
{
    static const char body[] =
        "{\"WorkGroup\":{\"Name\":\"wg\",\"State\":\"DISABLED\",\"Configuration\":{"
        "\"ResultConfiguration\":{\"OutputLocation\":\"s3://o/\"},"
        "\"EnforceWorkGroupConfiguration\":true,\"ManagedQueryResultsConfiguration\":{\"Enabled\":"
        "true},\"EngineVersion\":{\"EffectiveEngineVersion\":\"Athena engine version 3\"}}}}";
    struct athena_work_group w;

    (void)state;
    assert_int_equal(athena_parse_work_group(&w, &arena, body, strlen(body), NULL), ST_OK);
    assert_string_equal(w.name, "wg");
    assert_string_equal(w.output_location, "s3://o/");
    assert_string_equal(w.engine_version, "Athena engine version 3");
    assert_true(w.is_enforced && w.has_managed_results && !w.is_enabled);
    assert_int_equal(athena_parse_work_group(&w, &arena, "{\"WorkGroup\":{}}", 16, NULL), ST_OK);
    assert_true(w.is_enabled && !w.is_enforced);
}

/* ---- rows ---- */

static void parse(struct athena_results *r, const char *rows, const char *columns)
{
    /* malloc'ed to its very length: nothing may be read behind it or kept of it */
    char *body = NULL;
    struct fault f = {0};
    int count = asprintf(&body,
                         "{\"NextToken\":\"n\\/1\",\"ResultSet\":{\"Rows\":%s,"
                         "\"ResultSetMetadata\":{\"ColumnInfo\":%s},\"ResultRows\":[]},"
                         "\"UpdateCount\":7}",
                         rows, columns);

    if (athena_parse_results(r, &arena, body, (size_t)count, &f)) fail_msg("%s: %s", body, f.text);
    memset(body, 'x', (size_t)count);
    free(body);
}

static void check_cell(const struct athena_results *r, size_t row, unsigned column,
                       const char *expected)
{
    const struct cell *cell = &r->page->cells[row * r->page->column_count + column];

    if (!expected) {
        assert_null(cell->text);
        return;
    }
    assert_non_null(cell->text);
    assert_int_equal(cell->bytes, strlen(expected));
    assert_memory_equal(cell->text, expected, cell->bytes);
    assert_int_equal(cell->flags, 0);
}

#define TWO_COLUMNS \
    "[{\"CatalogName\":\"hive\",\"SchemaName\":\"\",\"TableName\":\"t\",\"Name\":\"a\"," \
    "\"Label\":\"A\",\"Type\":\"varchar\",\"Precision\":2147483647,\"Scale\":0," \
    "\"Nullable\":\"UNKNOWN\",\"CaseSensitive\":true},{\"Name\":\"b\",\"Type\":\"decimal\"," \
    "\"Precision\":18,\"Scale\":4,\"Nullable\":\"NOT_NULL\",\"CaseSensitive\":false}]"

static void columns(void **state)
{
    struct athena_results r;

    (void)state;
    parse(&r, "[]", TWO_COLUMNS);
    assert_int_equal(r.column_count, 2);
    assert_string_equal(r.columns[0].name, "a");
    assert_string_equal(r.columns[0].label, "A");
    assert_string_equal(r.columns[0].catalog, "hive");
    assert_string_equal(r.columns[0].table, "t");
    assert_string_equal(r.columns[0].type_name, "varchar");
    assert_int_equal(r.columns[0].type, ATHENA_VARCHAR);
    assert_int_equal(r.columns[0].precision, 2147483647);
    assert_true(r.columns[0].is_case_sensitive);
    assert_int_equal(r.columns[0].nullable, 2);
    assert_string_equal(r.columns[1].label, "b");
    assert_string_equal(r.columns[1].schema, "");
    assert_int_equal(r.columns[1].type, ATHENA_DECIMAL);
    assert_int_equal(r.columns[1].scale, 4);
    assert_int_equal(r.columns[1].nullable, 0);
    assert_string_equal(r.next_token, "n/1");
    assert_int_equal(r.update_count, 7);
    assert_int_equal(r.page->row_count, 0);
    page_free(r.page);
}

static void cells(void **state)
{
    struct athena_results r;

    (void)state;
    parse(&r,
          "[{\"Data\":[{\"VarCharValue\":\"x\"},{\"VarCharValue\":\"\"}]},"
          "{\"Data\":[{},{\"VarCharValue\":null}]},"
          "{\"Data\":[{\"VarCharValue\":\"a\\\"b\\\\n\\ud83d\\ude00\\u00e9\"},"
          "{\"New\":[1],\"VarCharValue\":\"1.5\"}]},"
          "{\"Data\":[{\"VarCharValue\":\"short\"}]},"
          "{\"Data\":[]},{},null,"
          "{\"Data\":[{\"VarCharValue\":\"1\"},{\"VarCharValue\":\"2\"},{\"VarCharValue\":\"3\"}]}"
          "]",
          TWO_COLUMNS);
    assert_int_equal(r.page->row_count, 8);
    assert_int_equal(r.page->column_count, 2);
    check_cell(&r, 0, 0, "x");
    check_cell(&r, 0, 1, "");
    check_cell(&r, 1, 0, NULL);
    check_cell(&r, 1, 1, NULL);
    check_cell(&r, 2, 0, "a\"b\\n\xf0\x9f\x98\x80\xc3\xa9");
    check_cell(&r, 2, 1, "1.5");
    check_cell(&r, 3, 0, "short");
    check_cell(&r, 3, 1, NULL);
    for (size_t row = 4; row < 7; row++) {
        check_cell(&r, row, 0, NULL);
        check_cell(&r, row, 1, NULL);
    }
    check_cell(&r, 7, 0, "1");
    check_cell(&r, 7, 1, "2");
    page_free(r.page);
}

static void lines_of_describe_are_split(void **state)
{
    static const char three[] =
        "[{\"Name\":\"col_name\",\"Type\":\"string\"},{\"Name\":\"data_type\",\"Type\":\"string\"},"
        "{\"Name\":\"comment\",\"Type\":\"string\"}]";
    struct athena_results r;

    (void)state;
    parse(&r,
          "[{\"Data\":[{\"VarCharValue\":\"id   \\tbigint \\t   \"}]},"
          "{\"Data\":[{\"VarCharValue\":\"x\\tstring\"}]},"
          "{\"Data\":[{\"VarCharValue\":\"a\\tb\\tc\\td\"}]},"
          "{\"Data\":[{\"VarCharValue\":\"# Partition Information\"}]},"
          "{\"Data\":[{\"VarCharValue\":\"\"}]}]",
          three);
    check_cell(&r, 0, 0, "id");
    check_cell(&r, 0, 1, "bigint");
    check_cell(&r, 0, 2, "");
    check_cell(&r, 1, 1, "string");
    check_cell(&r, 1, 2, "");
    check_cell(&r, 2, 2, "c\td");
    check_cell(&r, 3, 0, "# Partition Information");
    check_cell(&r, 3, 1, NULL);
    check_cell(&r, 4, 0, "");
    page_free(r.page);
}

/* Under one column a tab is a tab. */
static void a_single_column_keeps_its_tabs(void **state)
{
    struct athena_results r;

    (void)state;
    parse(&r, "[{\"Data\":[{\"VarCharValue\":\" a\\tb \"}]}]", "[{\"Name\":\"x\",\"Type\":\"s\"}]");
    check_cell(&r, 0, 0, " a\tb ");
    page_free(r.page);
}

static void headers_are_dropped_when_they_are_ones(void **state)
{
    struct athena_results r;

    (void)state;
    parse(&r,
          "[{\"Data\":[{\"VarCharValue\":\"a\"},{\"VarCharValue\":\"b\"}]},"
          "{\"Data\":[{\"VarCharValue\":\"a\"},{\"VarCharValue\":\"b\"}]},"
          "{\"Data\":[{\"VarCharValue\":\"a\"},{}]}]",
          TWO_COLUMNS);
    assert_true(athena_results_drop_header(&r));
    assert_int_equal(r.page->row_count, 2);
    check_cell(&r, 0, 1, "b");
    assert_true(athena_results_drop_header(&r));
    assert_false(athena_results_drop_header(&r));
    assert_int_equal(r.page->row_count, 1);
    check_cell(&r, 0, 1, NULL);
    page_free(r.page);
    parse(&r, "[]", "[]");
    assert_int_equal(r.column_count, 0);
    assert_false(athena_results_drop_header(&r));
    page_free(r.page);
}

static void results_cut_short_are_faults(void **state)
{
    static const char whole[] =
        "{\"ResultSet\":{\"Rows\":[{\"Data\":[{\"VarCharValue\":\"x\"},{}]}],"
        "\"ResultSetMetadata\":{\"ColumnInfo\":" TWO_COLUMNS "}}}";

    (void)state;
    for (size_t count = 0; count < strlen(whole); count++) {
        char *body = malloc(count + 1);
        struct athena_results r;
        struct fault f = {0};

        memcpy(body, whole, count);
        assert_int_equal(athena_parse_results(&r, &arena, body, count, &f), ST_ERR);
        assert_int_equal(f.state, SQLSTATE_08S01);
        assert_null(r.page);
        free(body);
    }
}

static void a_thousand_rows(void **state)
{
    struct athena_results r;
    struct fault f = {0};
    struct buf b;

    (void)state;
    buf_init(&b, 16 << 20);
    buf_puts(&b, "{\"ResultSet\":{\"Rows\":[");
    for (int i = 0; i < 1000; i++) {
        buf_printf(&b, "%s{\"Data\":[{\"VarCharValue\":\"%d\"},{\"VarCharValue\":\"r\\\"%d\"}]}",
                   i ? "," : "", i, i);
    }
    buf_puts(&b, "],\"ResultSetMetadata\":{\"ColumnInfo\":" TWO_COLUMNS "}}}");
    assert_int_equal(athena_parse_results(&r, &arena, b.bytes, b.count, &f), ST_OK);
    buf_clear(&b);
    assert_int_equal(r.page->row_count, 1000);
    check_cell(&r, 999, 0, "999");
    check_cell(&r, 999, 1, "r\"999");
    assert_string_equal(r.next_token, "");
    assert_int_equal(r.update_count, -1);
    page_free(r.page);
}

/* ---- metadata ---- */

static void catalogs_and_databases(void **state)
{
    static const char catalogs[] =
        "{\"DataCatalogsSummary\":[{\"CatalogName\":\"AwsDataCatalog\",\"Type\":\"GLUE\"},"
        "{\"CatalogName\":\"other\",\"Type\":\"LAMBDA\",\"Status\":\"x\"}],\"NextToken\":\"t\"}";
    static const char databases[] = "{\"DatabaseList\":[{\"Name\":\"default\"},{\"Name\":\"d2\","
                                    "\"Description\":\"two\",\"Parameters\":{\"a\":\"b\"}}]}";
    struct athena_catalogs c;
    struct athena_databases d;

    (void)state;
    assert_int_equal(athena_parse_catalogs(&c, &arena, catalogs, strlen(catalogs), NULL), ST_OK);
    assert_int_equal(c.count, 2);
    assert_string_equal(c.items[1].name, "other");
    assert_string_equal(c.items[1].type, "LAMBDA");
    assert_string_equal(c.next_token, "t");
    assert_int_equal(athena_parse_databases(&d, &arena, databases, strlen(databases), NULL), ST_OK);
    assert_int_equal(d.count, 2);
    assert_string_equal(d.items[0].description, "");
    assert_string_equal(d.items[1].description, "two");
    assert_string_equal(d.next_token, "");
}

#define TABLE_JSON \
    "{\"Name\":\"t\",\"TableType\":\"EXTERNAL_TABLE\",\"CreateTime\":1.5,\"Columns\":[{\"Name\":" \
    "\"id\",\"Type\":\"bigint\",\"Comment\":\"key\"},{\"Name\":\"s\",\"Type\":" \
    "\"struct<a:int,b:array<string>>\"}],\"PartitionKeys\":[{\"Name\":\"day\",\"Type\":\"date\"}]," \
    "\"Parameters\":{\"comment\":\"a table\",\"table_type\":\"ICEBERG\",\"EXTERNAL\":\"TRUE\"}}"

static void check_table(const struct athena_table *t)
{
    assert_string_equal(t->name, "t");
    assert_string_equal(t->type, "EXTERNAL_TABLE");
    assert_string_equal(t->comment, "a table");
    assert_string_equal(t->table_type, "ICEBERG");
    assert_int_equal(t->column_count, 3);
    assert_string_equal(t->columns[0].comment, "key");
    assert_string_equal(t->columns[1].type, "struct<a:int,b:array<string>>");
    assert_string_equal(t->columns[1].comment, "");
    assert_false(t->columns[1].is_partition_key);
    assert_string_equal(t->columns[2].name, "day");
    assert_true(t->columns[2].is_partition_key);
}

static void tables(void **state)
{
    static const char list[] = "{\"TableMetadataList\":[" TABLE_JSON
                               ",{\"Name\":\"v\",\"TableType\":"
                               "\"VIRTUAL_VIEW\"}," TABLE_JSON "],\"NextToken\":\"t\"}";
    static const char one[] = "{\"TableMetadata\":" TABLE_JSON "}";
    static const char empty_page[] = "{\"TableMetadataList\":[],\"NextToken\":\"go on\"}";
    struct athena_tables t;
    struct athena_table single;

    (void)state;
    assert_int_equal(athena_parse_tables(&t, &arena, list, strlen(list), NULL), ST_OK);
    assert_int_equal(t.count, 3);
    check_table(&t.items[0]);
    assert_string_equal(t.items[1].type, "VIRTUAL_VIEW");
    assert_int_equal(t.items[1].column_count, 0);
    check_table(&t.items[2]);
    assert_int_equal(athena_parse_table(&single, &arena, one, strlen(one), NULL), ST_OK);
    check_table(&single);
    assert_int_equal(athena_parse_tables(&t, &arena, empty_page, strlen(empty_page), NULL), ST_OK);
    assert_int_equal(t.count, 0);
    assert_string_equal(t.next_token, "go on");
}

/* ---- errors ---- */

static void json_errors(void **state)
{
    static const struct {
        const char *body, *header;
        const char *code, *message, *athena_code, *reason;
    } cases[] = {
        {"{\"__type\":\"InvalidRequestException\",\"message\":\"m\",\"AthenaErrorCode\":"
         "\"MALFORMED_QUERY\"}",
         NULL, "InvalidRequestException", "m", "MALFORMED_QUERY", ""},
        {"{\"__type\":\"com.amazonaws.athena#TooManyRequestsException\",\"Message\":\"M\","
         "\"Reason\":\"CONCURRENT_QUERY_LIMIT_EXCEEDED\"}",
         NULL, "TooManyRequestsException", "M", "", "CONCURRENT_QUERY_LIMIT_EXCEEDED"},
        {"{\"message\":\"m\"}", "ThrottlingException:http://x/", "ThrottlingException", "m", "",
         ""},
        {"{\"message\":\"m\"}", NULL, "400", "m", "", ""},
        {"", NULL, "400", "", "", ""},
        {"<html>\nBad gateway</html>", NULL, "400", "<html> Bad gateway</html>", "", ""},
        {"[]", NULL, "400", "[]", "", ""},
        {"{\"__type\":\"InvalidSignatureException\",\"message\":\"Check your key.\\n\\nThe "
         "Canonical String for this request should have been\\n'POST\\n/\\n\\n"
         "x-amz-security-token:TOKEN'\\n\\nThe String-to-Sign should have been\\n''\\n\"}",
         NULL, "InvalidSignatureException", "Check your key.", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct aws_error e;

        aws_error_parse_json(&e, &arena, 400, cases[i].header, cases[i].body,
                             strlen(cases[i].body));
        assert_string_equal(e.code, cases[i].code);
        assert_string_equal(e.message, cases[i].message);
        assert_string_equal(e.athena_code, cases[i].athena_code);
        assert_string_equal(e.reason, cases[i].reason);
        assert_int_equal(e.http_status, 400);
    }
}

static void raw_messages_are_cut_between_characters(void **state)
{
    char body[600];
    struct aws_error e;

    (void)state;
    for (size_t i = 0; i + 3 <= sizeof body; i += 3)
        memcpy(body + i, "\xe2\x82\xac", 3);
    aws_error_parse_json(&e, &arena, 502, NULL, body, sizeof body);
    assert_int_equal(strlen(e.message), 399);
    assert_string_equal(e.code, "502");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(start_requests),
        TEST(other_requests),
        TEST(a_whole_execution),
        TEST(a_failed_execution),
        TEST(states),
        TEST(a_batch_does_not_keep_query_texts),
        TEST(start_answers),
        TEST(work_groups),
        TEST(columns),
        TEST(cells),
        TEST(lines_of_describe_are_split),
        TEST(a_single_column_keeps_its_tabs),
        TEST(headers_are_dropped_when_they_are_ones),
        TEST(results_cut_short_are_faults),
        TEST(a_thousand_rows),
        TEST(catalogs_and_databases),
        TEST(tables),
        TEST(json_errors),
        TEST(raw_messages_are_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
