/*
 * exec/execute.c against a scripted Athena: the states of a statement, what executing does to
 * them, waiting and polling, and what can be read about an execution afterwards.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "athena_odbc.h"
#include "aws/athena_codec.h"
#include "exec/cancel.h"
#include "exec/execute.h"
#include "exec/fetch.h"
#include "exec/info.h"
#include "unit/exec_scene.h"
#include "unit/scripted_athena.h"

#define ID "11111111-2222-3333-4444-555555555555"
#define EXECUTION(state, type, more) \
    "{\"QueryExecution\":{\"QueryExecutionId\":\"" ID "\",\"StatementType\":\"DML\"," \
    "\"SubstatementType\":\"" type "\",\"ResultConfiguration\":{\"OutputLocation\":" \
    "\"s3://bucket/out/id.csv\"},\"Statistics\":{\"DataScannedInBytes\":4711}," \
    "\"Status\":{\"State\":\"" state "\"" more "}}}"
#define ROW(text) "{\"Data\":[{\"VarCharValue\":\"" text "\"}]}"
#define COLUMNS   "\"ResultSetMetadata\":{\"ColumnInfo\":[{\"Name\":\"n\",\"Type\":\"integer\"}]}"

/* clang-format off */
#define STARTS {.operation = "StartQueryExecution", .status = 200, \
                .body = "{\"QueryExecutionId\":\"" ID "\"}", .times = 9}
#define NO_BATCH {.operation = "BatchGetQueryExecution", .status = 400, \
                  .body = "{\"__type\":\"AccessDeniedException\"}", .times = 9}
#define TELLS(text) {.operation = "GetQueryExecution", .status = 200, .body = (text), .times = 99}
#define STOPS {.operation = "StopQueryExecution", .status = 200, .body = "{}", .times = 9}
#define GIVES(text) {.operation = "GetQueryResults", .status = 200, .body = (text), .times = 9}
/* clang-format on */

#define ROWS "{\"ResultSet\":{\"Rows\":[" ROW("n") "," ROW("1") "," ROW("2") "]," COLUMNS "}}"
#define UPDATED(count) \
    "{\"UpdateCount\":" count ",\"ResultSet\":{\"Rows\":[],\"ResultSetMetadata\":{\"ColumnInfo\":" \
    "[]}}}"

static const struct script_line selects[] = {STARTS,
                                             NO_BATCH,
                                             TELLS(EXECUTION("SUCCEEDED", "SELECT", "")),
                                             GIVES(ROWS),
                                             {.operation = NULL}};
static const struct script_line fails[] = {
    STARTS,
    NO_BATCH,
    TELLS(EXECUTION("FAILED", "SELECT",
                    ",\"StateChangeReason\":\"TABLE_NOT_FOUND: line 1:15: Table 'x' does not "
                    "exist\",\"AthenaError\":{\"ErrorCategory\":2,\"ErrorType\":1301,"
                    "\"Retryable\":false,\"ErrorMessage\":\"TABLE_NOT_FOUND: Table 'x' does not "
                    "exist\"}")),
    {.operation = NULL}};
static const struct script_line runs_on[] = {
    STARTS, NO_BATCH, TELLS(EXECUTION("RUNNING", "SELECT", "")), STOPS, {.operation = NULL}};

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

static void expect_error(SQLRETURN rc, const char *state)
{
    assert_int_equal(rc, SQL_ERROR);
    assert_string_equal(exec_scene_state(&scene), state);
    diag_clear(&scene.stmt->base.diag);
}

static long long number_of(SQLINTEGER attribute)
{
    SQLBIGINT number = 0;
    SQLINTEGER bytes = 0;
    struct text_room room = text_room_ansi(&number, 0); /* the room for a number is not looked at */

    room.long_length = &bytes;
    assert_true(exec_info_is(attribute));
    assert_int_equal(exec_info_give(scene.stmt, NULL, attribute, &room), SQL_SUCCESS);
    assert_int_equal(bytes, sizeof number);
    return number;
}

static const char *text_of(SQLINTEGER attribute)
{
    static char text[256];
    SQLINTEGER bytes = 0;
    struct text_room room = text_room_ansi(text, sizeof text);

    room.long_length = &bytes;
    assert_true(exec_info_is(attribute));
    assert_int_equal(exec_info_give(scene.stmt, NULL, attribute, &room), SQL_SUCCESS);
    assert_int_equal(bytes, strlen(text));
    return text;
}

static void direct(void **state)
{
    struct stmt *s;
    int n = 0;
    SQLLEN length;

    (void)state;
    open_with(selects);
    s = scene.stmt;
    assert_int_equal(exec_direct(s, "SELECT n FROM t"), SQL_SUCCESS);
    assert_int_equal(s->state, STMT_CURSOR);
    assert_int_equal(s->column_count, 1);
    assert_int_equal(s->ird->count, 1);
    assert_string_equal(s->ird->records[1].name, "n");
    assert_int_equal(s->row_count, -1);
    assert_null(s->running);
    for (int i = 1; i <= 2; i++) {
        assert_int_equal(exec_fetch(s, SQL_API_SQLFETCH, 1, NULL, NULL), SQL_SUCCESS);
        assert_int_equal(exec_get_data(s, 1, SQL_C_SLONG, &n, 0, &length), SQL_SUCCESS);
        assert_int_equal(n, i);
    }
    assert_int_equal(exec_fetch(s, SQL_API_SQLFETCH, 1, NULL, NULL), SQL_NO_DATA);
    expect_error(exec_direct(s, "SELECT 1"), "24000");
    expect_error(exec_prepare(s, "SELECT 1"), "24000");
    assert_int_equal(exec_more_results(s), SQL_NO_DATA);
    assert_int_equal(s->state, STMT_ALLOCATED);
    assert_int_equal(s->ird->count, 0);
    expect_error(exec_fetch(s, SQL_API_SQLFETCH, 1, NULL, NULL), "24000");
    assert_int_equal(exec_direct(s, "SELECT n FROM t"), SQL_SUCCESS);
    close_all(); /* with the cursor open */
}

static void prepared(void **state)
{
    struct stmt *s;

    (void)state;
    open_with(selects);
    s = scene.stmt;
    expect_error(exec_execute(s), "HY010");
    assert_int_equal(exec_prepare(s, "SELECT n FROM t"), SQL_SUCCESS);
    assert_int_equal(s->state, STMT_PREPARED);
    assert_int_equal(scripted_athena_count(athena, "StartQueryExecution"), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(exec_execute(s), SQL_SUCCESS);
        expect_error(exec_execute(s), "24000");
        exec_close(s);
        exec_close(s);
        assert_int_equal(s->state, STMT_PREPARED);
    }
    assert_int_equal(scripted_athena_count(athena, "StartQueryExecution"), 2);
    assert_int_equal(exec_direct(s, "SELECT 1"), SQL_SUCCESS); /* forgets what was prepared */
    exec_close(s);
    assert_int_equal(s->state, STMT_ALLOCATED);
    close_all();
}

static void bad_texts(void **state)
{
    static const char *const blanks[] = {"", " \t\n", ";", " ; ;\r\n"};
    char *text = malloc(ATHENA_SQL_BYTES_MAX + 2);

    (void)state;
    open_with(selects);
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
        expect_error(exec_direct(scene.stmt, blanks[i]), "42000");
        expect_error(exec_prepare(scene.stmt, blanks[i]), "42000");
    }
    assert_non_null(text);
    memset(text, 'x', ATHENA_SQL_BYTES_MAX + 1);
    text[ATHENA_SQL_BYTES_MAX + 1] = '\0';
    expect_error(exec_direct(scene.stmt, text), "42000");
    assert_int_equal(scripted_athena_count(athena, "StartQueryExecution"), 0);
    text[ATHENA_SQL_BYTES_MAX] = '\0';
    assert_int_equal(exec_prepare(scene.stmt, text), SQL_SUCCESS);
    free(text);
    close_all();
}

static void failure(void **state)
{
    struct stmt *s;

    (void)state;
    open_with(fails);
    s = scene.stmt;
    expect_error(exec_direct(s, "SELECT * FROM x"), "42S02");
    assert_int_equal(s->state, STMT_ALLOCATED);
    assert_string_equal(text_of(SQL_ATHENA_ATTR_QUERY_EXECUTION_ID), ID);
    assert_string_equal(text_of(SQL_ATHENA_ATTR_STATE), "FAILED");
    assert_non_null(strstr(text_of(SQL_ATHENA_ATTR_STATE_CHANGE_REASON), "line 1:15"));
    assert_int_equal(number_of(SQL_ATHENA_ATTR_ERROR_CATEGORY), 2);
    assert_int_equal(number_of(SQL_ATHENA_ATTR_ERROR_TYPE), 1301);
    assert_int_equal(number_of(SQL_ATHENA_ATTR_ERROR_RETRYABLE), 0);
    assert_int_equal(exec_prepare(s, "SELECT * FROM x"), SQL_SUCCESS);
    expect_error(exec_execute(s), "42S02");
    assert_int_equal(s->state, STMT_PREPARED); /* may be tried again */
    expect_error(exec_execute(s), "42S02");
    close_all();
}

static void information(void **state)
{
    (void)state;
    open_with(selects);
    assert_string_equal(text_of(SQL_ATHENA_ATTR_QUERY_EXECUTION_ID), "");
    assert_int_equal(number_of(SQL_ATHENA_ATTR_RESULT_REUSED), -1);
    assert_string_equal(text_of(SQL_ATHENA_ATTR_STATE), "");
    assert_int_equal(number_of(SQL_ATHENA_ATTR_DATA_SCANNED_BYTES), -1);
    assert_int_equal(exec_direct(scene.stmt, "SELECT n FROM t"), SQL_SUCCESS);
    assert_string_equal(text_of(SQL_ATHENA_ATTR_QUERY_EXECUTION_ID), ID);
    assert_string_equal(text_of(SQL_ATHENA_ATTR_STATE), "SUCCEEDED");
    assert_string_equal(text_of(SQL_ATHENA_ATTR_OUTPUT_LOCATION), "s3://bucket/out/id.csv");
    assert_string_equal(text_of(SQL_ATHENA_ATTR_SUBSTATEMENT_TYPE), "SELECT");
    assert_int_equal(number_of(SQL_ATHENA_ATTR_DATA_SCANNED_BYTES), 4711);
    assert_int_equal(number_of(SQL_ATHENA_ATTR_QUEUE_MS), -1);
    assert_int_equal(number_of(SQL_ATHENA_ATTR_SUBMISSION_TIME), -1);
    assert_int_equal(number_of(SQL_ATHENA_ATTR_RESULT_REUSED), 0);
    assert_int_equal(number_of(SQL_ATHENA_ATTR_ERROR_TYPE), -1);
    assert_false(exec_info_is(SQL_ATTR_QUERY_TIMEOUT));
    assert_false(exec_info_is(SQL_ATHENA_ATTR_ERROR_RETRYABLE + 1));
    assert_false(exec_info_is(SQL_ATHENA_ATTR_PROGRESS_CALLBACK));
    close_all();
}

static void rows_written(void **state)
{
    static const struct script_line deletes_none[] = {STARTS,
                                                      NO_BATCH,
                                                      TELLS(EXECUTION("SUCCEEDED", "DELETE", "")),
                                                      GIVES(UPDATED("0")),
                                                      {.operation = NULL}};
    static const struct script_line inserts[] = {STARTS,
                                                 NO_BATCH,
                                                 TELLS(EXECUTION("SUCCEEDED", "INSERT", "")),
                                                 GIVES(UPDATED("7")),
                                                 {.operation = NULL}};

    (void)state;
    open_with(inserts);
    assert_int_equal(exec_direct(scene.stmt, "INSERT INTO t VALUES 1"), SQL_SUCCESS);
    assert_int_equal(scene.stmt->state, STMT_EXECUTED);
    assert_int_equal(scene.stmt->row_count, 7);
    assert_int_equal(scene.stmt->base.diag.row_count, 7);
    close_all();
    open_with(deletes_none);
    assert_int_equal(exec_direct(scene.stmt, "DELETE FROM t WHERE false"), SQL_NO_DATA);
    assert_int_equal(scene.stmt->state, STMT_EXECUTED);
    assert_int_equal(scene.stmt->row_count, 0);
    scene.env->odbc_version = SQL_OV_ODBC2;
    assert_int_equal(exec_direct(scene.stmt, "DELETE FROM t WHERE false"), SQL_SUCCESS);
    close_all();
}

static SQLRETURN poll_direct(void)
{
    SQLRETURN rc;

    do {
        usleep(1000);
        rc = exec_direct(scene.stmt, NULL); /* arguments are not looked at any more */
    } while (rc == SQL_STILL_EXECUTING);
    return rc;
}

static void polled(void **state)
{
    (void)state;
    open_with(selects);
    scripted_athena_silence(athena, true);
    scene.stmt->attr.async_enable = SQL_ASYNC_ENABLE_ON;
    assert_int_equal(exec_direct(scene.stmt, "SELECT n FROM t"), SQL_STILL_EXECUTING);
    assert_int_equal(scene.stmt->pending, SQL_API_SQLEXECDIRECT);
    assert_string_equal(text_of(SQL_ATHENA_ATTR_STATE), "");
    scripted_athena_silence(athena, false);
    assert_int_equal(poll_direct(), SQL_SUCCESS);
    assert_int_equal(scene.stmt->pending, 0);
    /* what follows needs no network: both rows are in hand */
    assert_int_equal(exec_fetch(scene.stmt, SQL_API_SQLFETCH, 2, NULL, NULL), SQL_SUCCESS);
    assert_int_equal(scene.stmt->rowset_count, 2);
    assert_int_equal(exec_fetch(scene.stmt, SQL_API_SQLFETCH, 2, NULL, NULL), SQL_NO_DATA);
    close_all();
}

static void cancelled(void **state)
{
    (void)state;
    open_with(runs_on);
    scene.stmt->attr.async_enable = SQL_ASYNC_ENABLE_ON;
    assert_int_equal(exec_direct(scene.stmt, "SELECT n FROM t"), SQL_STILL_EXECUTING);
    while (!scripted_athena_count(athena, "GetQueryExecution"))
        usleep(1000);
    assert_int_equal(exec_cancel(scene.stmt), SQL_SUCCESS);
    expect_error(poll_direct(), "HY008");
    assert_int_equal(scene.stmt->state, STMT_ALLOCATED);
    exec_scene_close(&scene); /* lets the stop go out */
    assert_int_equal(scripted_athena_count(athena, "StopQueryExecution"), 1);
    scripted_athena_stop(athena);
}

static void timed_out(void **state)
{
    (void)state;
    open_with(runs_on);
    scene.stmt->attr.query_timeout_s = 1;
    expect_error(exec_direct(scene.stmt, "SELECT n FROM t"), "HYT00");
    exec_scene_close(&scene);
    assert_int_equal(scripted_athena_count(athena, "StopQueryExecution"),
                     scripted_athena_count(athena, "StartQueryExecution"));
    scripted_athena_stop(athena);
}

/* SQLDisconnect frees statements whose functions are pending. */
static void discarded_while_pending(void **state)
{
    (void)state;
    open_with(runs_on);
    scene.stmt->attr.async_enable = SQL_ASYNC_ENABLE_ON;
    assert_int_equal(exec_direct(scene.stmt, "SELECT n FROM t"), SQL_STILL_EXECUTING);
    while (!scripted_athena_count(athena, "GetQueryExecution"))
        usleep(1000);
    exec_scene_close(&scene);
    assert_int_equal(scripted_athena_count(athena, "StopQueryExecution"), 1);
    scripted_athena_stop(athena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(direct),      cmocka_unit_test(prepared),
        cmocka_unit_test(bad_texts),   cmocka_unit_test(failure),
        cmocka_unit_test(information), cmocka_unit_test(rows_written),
        cmocka_unit_test(polled),      cmocka_unit_test(cancelled),
        cmocka_unit_test(timed_out),   cmocka_unit_test(discarded_while_pending),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
