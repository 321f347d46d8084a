/* ops/query.c: the way of a query, and what a cancel, a time-out or a fault does at each step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "config/options.h"
#include "engine/engine.h"
#include "ops/query.h"
#include "ops/refill.h"
#include "ops/session.h"
#include "unit/scripted_athena.h"

#define START "{\"QueryExecutionId\":\"11111111-2222-3333-4444-555555555555\"}"
#define EXECUTION(state, more) \
    "{\"QueryExecution\":{\"QueryExecutionId\":\"11111111-2222-3333-4444-555555555555\"," \
    "\"StatementType\":\"DML\",\"SubstatementType\":\"SELECT\"," \
    "\"ResultConfiguration\":{\"OutputLocation\":\"s3://bucket/out/id.csv\"}," \
    "\"Status\":{\"State\":\"" state "\"" more "}}}"
#define COLUMNS             "\"ResultSetMetadata\":{\"ColumnInfo\":[{\"Name\":\"n\",\"Type\":\"integer\"}]}"
#define ROW(text)           "{\"Data\":[{\"VarCharValue\":\"" text "\"}]}"
#define RESULTS(rows, more) "{\"ResultSet\":{\"Rows\":[" rows "]," COLUMNS "}" more "}"
#define FILE_RANGE          "Content-Range: bytes 0-11/12\r\nETag: \"e\"\r\n"
#define REFUSED(code)       "{\"__type\":\"" code "\",\"message\":\"scripted\"}"

/* More than a busy machine needs. */
enum { PATIENCE_MS = 60000 };

struct scene {
    struct engine *engine;
    struct session *session;
    struct scripted_athena *athena;
    struct query *query;
};

static void set(struct options *o, enum option_id id, const char *value)
{
    struct fault f = {0};

    assert_int_equal(options_set(o, id, value, strlen(value), OPTION_FROM_STRING, &f), ST_OK);
}

static void open_scene(struct scene *s, const struct script_line *script)
{
    struct options o;
    struct fault f = {0};
    char url[64];

    options_init(&o);
    s->athena = scripted_athena_start(script);
    assert_non_null(s->athena);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", scripted_athena_port(s->athena));
    set(&o, OPTION_AWS_REGION, "us-east-1");
    set(&o, OPTION_UID, "AKID");
    set(&o, OPTION_PWD, "secret");
    set(&o, OPTION_ENDPOINT_OVERRIDE, url);
    set(&o, OPTION_S3_ENDPOINT_OVERRIDE, url);
    set(&o, OPTION_MIN_POLL_MS, "5");
    set(&o, OPTION_NUM_RETRIES, "2");
    s->engine = engine_acquire(&f);
    assert_non_null(s->engine);
    s->session = session_new(&o, s->engine, &f);
    if (!s->session) fail_msg("%s", f.text);
    options_clear(&o);
    s->query = query_new(s->session, "SELECT n FROM t", "AwsDataCatalog", "default", NULL);
    assert_non_null(s->query);
}

static void close_scene(struct scene *s)
{
    query_release(s->query);
    session_release(s->session);
    engine_release(s->engine, 20000);
    scripted_athena_stop(s->athena);
}

static enum status run(struct scene *s)
{
    op_submit(&s->query->op);
    return op_wait(&s->query->op, clock_now_ms() + PATIENCE_MS);
}

static void assert_asked(struct scene *s, const char *expected)
{
    char asked[1024];

    scripted_athena_asked(s->athena, asked, sizeof asked);
    assert_string_equal(asked, expected);
}

static void wait_until_asked(struct scene *s, const char *operation)
{
    for (int ms = 0; ms < PATIENCE_MS && !scripted_athena_count(s->athena, operation); ms += 5)
        usleep(5000);
}

/* The background stop goes out after the operation is done. */
static void assert_stopped(struct scene *s, int times)
{
    for (int ms = 0; times && ms < PATIENCE_MS; ms += 5) {
        if (scripted_athena_count(s->athena, "StopQueryExecution") >= times) break;
        usleep(5000);
    }
    assert_int_equal(scripted_athena_count(s->athena, "StopQueryExecution"), times);
}

static const char *text_of(struct rows *r, size_t row)
{
    static char text[64];
    const struct cell *cell = &rows_column(r, 0)[row];

    snprintf(text, sizeof text, "%.*s", (int)cell->bytes, cell->text ? cell->text : "");
    return text;
}

static void a_small_result_takes_three_calls(void **state)
{
    static const struct script_line script[] = {
        {"StartQueryExecution", 200, START, 0, NULL, 0},
        {"GetQueryExecution", 200, EXECUTION("QUEUED", ""), 0, NULL, 0},
        {"GetQueryExecution", 200, EXECUTION("RUNNING", ""), 0, NULL, 0},
        {"GetQueryExecution", 200, EXECUTION("SUCCEEDED", ""), 0, NULL, 0},
        {"GetQueryResults", 200, RESULTS(ROW("n") "," ROW("7") "," ROW("8"), ""), 0, NULL, 0},
        {NULL, 0, NULL, 0, NULL, 0}};
    struct scene s;

    (void)state;
    open_scene(&s, script);
    assert_int_equal(run(&s), ST_OK);
    assert_asked(&s, "StartQueryExecution GetQueryExecution GetQueryResults");
    assert_string_equal(s.query->out.id, "11111111-2222-3333-4444-555555555555");
    assert_int_equal(s.query->out.column_count, 1);
    rows_gather(s.query->out.rows, 10);
    assert_int_equal(s.query->out.rows->in_hand, 2);
    assert_int_equal(s.query->out.rows->more, ROWS_END);
    assert_string_equal(text_of(s.query->out.rows, 0), "7");
    assert_string_equal(text_of(s.query->out.rows, 1), "8");
    close_scene(&s);
}

static void a_larger_result_is_read_from_its_file(void **state)
{
    static const struct script_line script[] = {
        {"StartQueryExecution", 200, START, 0, NULL, 0},
        {"GetQueryExecution", 200, EXECUTION("SUCCEEDED", ""), 0, NULL, 0},
        {"GetQueryResults", 200, RESULTS(ROW("n") "," ROW("7"), ",\"NextToken\":\"t\""), 0, NULL,
         0},
        {"GetObject", 206, "\"n\"\n\"7\"\n\"8\"\n", 0, FILE_RANGE, 0},
        {NULL, 0, NULL, 0, NULL, 0}};
    struct scene s;

    (void)state;
    open_scene(&s, script);
    assert_int_equal(run(&s), ST_OK);
    assert_asked(&s, "StartQueryExecution GetQueryExecution GetQueryResults GetObject");
    rows_gather(s.query->out.rows, 10);
    assert_int_equal(s.query->out.rows->in_hand, 2);
    close_scene(&s);
}

enum { LATE_ROWS = 5461, LATE_BYTES = 64 << 10 }; /* 4 bytes of heading, 12 each row */

/* All bytes of the part that was asked for are there, and read, before the transfer has ended. */
static void a_file_that_ends_late(void **state)
{
    static char file[LATE_BYTES + 1] = "\"n\"\n";
    static const struct script_line script[] = {
        {"StartQueryExecution", 200, START, 0, NULL, 0},
        {"GetQueryExecution", 200, EXECUTION("SUCCEEDED", ""), 0, NULL, 0},
        {"GetQueryResults", 200, RESULTS(ROW("n") "," ROW("7"), ",\"NextToken\":\"t\""), 0, NULL,
         0},
        {"GetObject", 206, file, 0, "Content-Range: bytes 0-65535/65536\r\n" LATE_END, 0},
        {NULL, 0, NULL, 0, NULL, 0}};
    struct scene s;
    struct rows *r;
    size_t rows = 0;

    (void)state;
    for (size_t at = 4; at < LATE_BYTES; at += 12)
        memcpy(file + at, "\"123456789\"\n", 12);
    open_scene(&s, script);
    s.session->window_bytes = LATE_BYTES; /* so that the file is one part */
    assert_int_equal(run(&s), ST_OK);
    r = s.query->out.rows;
    for (int ms = 0; ms < PATIENCE_MS; ms += 5) {
        rows_gather(r, 1000);
        rows += r->in_hand;
        rows_drop(r, r->in_hand);
        if (r->more == ROWS_MORE) usleep(5000);
        if (r->more != ROWS_MORE && !r->in_hand) break;
    }
    assert_int_equal(rows, LATE_ROWS);
    assert_int_equal(r->more, ROWS_END);
    close_scene(&s);
}

static void a_denied_file_comes_through_the_api(void **state)
{
    static const struct script_line script[] = {
        {"StartQueryExecution", 200, START, 0, NULL, 0},
        {"GetQueryExecution", 200, EXECUTION("SUCCEEDED", ""), 0, NULL, 0},
        {"GetQueryResults", 200, RESULTS(ROW("n") "," ROW("7"), ",\"NextToken\":\"t\""), 0, NULL,
         0},
        {"GetObject", 403, "<Error><Code>AccessDenied</Code></Error>", 0, NULL, 0},
        {"GetQueryResults", 200, RESULTS(ROW("8"), ""), 0, NULL, 0},
        {NULL, 0, NULL, 0, NULL, 0}};
    struct scene s;
    struct refill *refill;

    (void)state;
    open_scene(&s, script);
    assert_int_equal(run(&s), ST_OK);
    refill = refill_new(s.query, 10);
    op_submit(&refill->op);
    assert_int_equal(op_wait(&refill->op, clock_now_ms() + PATIENCE_MS), ST_OK);
    assert_int_equal(s.query->out.rows->in_hand, 2);
    assert_int_equal(s.query->out.rows->more, ROWS_END);
    assert_asked(&s,
                 "StartQueryExecution GetQueryExecution GetQueryResults GetObject GetQueryResults");
    op_release(&refill->op);
    close_scene(&s);
}

static void a_failed_query_is_told_in_athenas_words(void **state)
{
    static const struct script_line script[] = {
        {"StartQueryExecution", 200, START, 0, NULL, 0},
        {"GetQueryExecution", 200,
         EXECUTION("FAILED", ",\"StateChangeReason\":\"TABLE_NOT_FOUND: line 1:15: Table 't' does "
                             "not exist\""),
         0, NULL, 0},
        {NULL, 0, NULL, 0, NULL, 0}};
    struct scene s;

    (void)state;
    open_scene(&s, script);
    assert_int_equal(run(&s), ST_ERR);
    assert_int_equal(s.query->op.fault.state, SQLSTATE_42S02);
    assert_non_null(strstr(s.query->op.fault.text, "Table 't' does not exist"));
    assert_asked(&s, "StartQueryExecution GetQueryExecution");
    close_scene(&s);
}

static void a_start_that_is_lost_is_repeated(void **state)
{
    static const struct script_line script[] = {
        {"StartQueryExecution", 0, "", 0, NULL, 0},
        {"StartQueryExecution", 400, REFUSED("ThrottlingException"), 0, NULL, 0},
        {"StartQueryExecution", 200, START, 0, NULL, 0},
        {"GetQueryExecution", 200, EXECUTION("SUCCEEDED", ""), 0, NULL, 0},
        {"GetQueryResults", 200, RESULTS(ROW("n"), ""), 0, NULL, 0},
        {NULL, 0, NULL, 0, NULL, 0}};
    struct scene s;

    (void)state;
    open_scene(&s, script);
    assert_int_equal(run(&s), ST_OK);
    assert_int_equal(scripted_athena_count(s.athena, "StartQueryExecution"), 3);
    assert_int_equal(s.query->out.rows->in_hand, 0);
    assert_int_equal(s.query->out.rows->more, ROWS_END);
    close_scene(&s);
}

/* Where the script holds the query up, what is then done to it, and what must come of it. */
struct interruption {
    struct script_line held;
    int stops; /* StopQueryExecution requests that must follow */
};

static void interrupt_at(const struct interruption *i, enum op_cancel how, enum sqlstate expected)
{
    struct script_line script[6] = {
        i->held,
        {"StartQueryExecution", 200, START, 0, NULL, 0},
        {"GetQueryExecution", 200, EXECUTION("SUCCEEDED", ""), 0, NULL, 0},
        {"GetQueryResults", 200, RESULTS(ROW("n"), ",\"NextToken\":\"t\""), 0, NULL, 0},
        {"StopQueryExecution", 200, "{}", 0, NULL, 0},
        {NULL, 0, NULL, 0, NULL, 0}};
    struct scene s;

    open_scene(&s, script);
    op_submit(&s.query->op);
    if (how != OP_GO_ON) wait_until_asked(&s, i->held.operation);
    if (how == OP_CANCELLED) op_cancel(&s.query->op);
    if (how == OP_TIMED_OUT) op_expire(&s.query->op);
    scripted_athena_silence(s.athena, false);
    assert_int_equal(op_wait(&s.query->op, clock_now_ms() + PATIENCE_MS), ST_ERR);
    assert_int_equal(s.query->op.fault.state, expected);
    assert_stopped(&s, i->stops);
    close_scene(&s);
}

static const struct interruption interruptions[] = {
    {{"StartQueryExecution", 200, START, FALLS_SILENT, NULL, 0}, 1},
    {{"GetQueryExecution", 200, EXECUTION("RUNNING", ""), FALLS_SILENT, NULL, 0}, 1},
    {{"GetQueryExecution", 200, EXECUTION("RUNNING", ""), 0, NULL, 100000}, 1},
    {{"GetQueryResults", 200, RESULTS(ROW("n"), ""), FALLS_SILENT, NULL, 0}, 0},
    {{"GetObject", 206, "\"n\"\n", FALLS_SILENT, "Content-Range: bytes 0-3/4\r\n", 0}, 0},
};

static void a_cancel_at_each_step(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof interruptions / sizeof *interruptions; i++) {
        interrupt_at(&interruptions[i], OP_CANCELLED, SQLSTATE_HY008);
    }
}

static void a_time_out_at_each_step(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof interruptions / sizeof *interruptions; i++) {
        interrupt_at(&interruptions[i], OP_TIMED_OUT, SQLSTATE_HYT00);
    }
}

static void a_fault_at_each_step(void **state)
{
    static const struct interruption refusals[] = {
        {{"StartQueryExecution", 400, REFUSED("AccessDeniedException"), 0, NULL, 0}, 0},
        {{"GetQueryExecution", 400, REFUSED("AccessDeniedException"), 0, NULL, 0}, 1},
        {{"GetQueryResults", 400, REFUSED("AccessDeniedException"), 0, NULL, 0}, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        interrupt_at(&refusals[i], OP_GO_ON, SQLSTATE_42501);
    }
}

/* Statement and connection are gone while the answer to the start is on its way. */
static void a_query_that_is_let_go_while_it_starts_is_stopped(void **state)
{
    static const struct script_line script[] = {{"StartQueryExecution", 200, START, 300, NULL, 0},
                                                {"StopQueryExecution", 200, "{}", 0, NULL, 0},
                                                {NULL, 0, NULL, 0, NULL, 0}};
    struct scene s;

    (void)state;
    open_scene(&s, script);
    op_submit(&s.query->op);
    wait_until_asked(&s, "StartQueryExecution");
    query_release(s.query);
    session_release(s.session);
    engine_release(s.engine, 20000);
    assert_asked(&s, "StartQueryExecution StopQueryExecution");
    scripted_athena_stop(s.athena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_result_takes_three_calls),
        cmocka_unit_test(a_larger_result_is_read_from_its_file),
        cmocka_unit_test(a_file_that_ends_late),
        cmocka_unit_test(a_denied_file_comes_through_the_api),
        cmocka_unit_test(a_failed_query_is_told_in_athenas_words),
        cmocka_unit_test(a_start_that_is_lost_is_repeated),
        cmocka_unit_test(a_cancel_at_each_step),
        cmocka_unit_test(a_time_out_at_each_step),
        cmocka_unit_test(a_fault_at_each_step),
        cmocka_unit_test(a_query_that_is_let_go_while_it_starts_is_stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
