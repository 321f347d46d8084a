/*
 * exec/fetch.c: rowsets, and above all the row that is held back: a fetch that has answered
 * SQL_STILL_EXECUTING ends in SQL_SUCCESS whatever happens, and nothing is lost by it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "exec/cancel.h"
#include "exec/execute.h"
#include "exec/fetch.h"
#include "unit/exec_scene.h"

static int open_scene(void **state)
{
    static struct exec_scene scene;

    exec_scene_open(&scene, NULL);
    *state = &scene;
    return 0;
}

static int close_scene(void **state)
{
    exec_scene_close(*state);
    return 0;
}

static void go_async(struct exec_scene *scene)
{
    scene->stmt->attr.async_enable = SQL_ASYNC_ENABLE_ON;
}

/* One fetch and what it must give: count rows from number first on. */
static void expect_rows(struct exec_scene *scene, SQLULEN rowset_size, long long first,
                        SQLULEN count)
{
    assert_int_equal(exec_scene_fetch_all_the_way(scene, rowset_size), SQL_SUCCESS);
    assert_int_equal(scene->fetched, count);
    for (SQLULEN i = 0; i < count; i++) {
        assert_int_equal(scene->numbers[i], first + (long long)i);
        assert_int_equal(scene->status[i], SQL_ROW_SUCCESS);
    }
    for (SQLULEN i = count; i < rowset_size; i++) {
        assert_int_equal(scene->status[i], SQL_ROW_NOROW);
    }
}

static void expect_end(struct exec_scene *scene)
{
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_NO_DATA);
    assert_int_equal(scene->fetched, 0);
    assert_int_equal(scene->status[0], SQL_ROW_NOROW);
}

static void rowsets_to_the_end(void **state)
{
    struct exec_scene *scene = *state;

    exec_scene_cursor(scene, 7);
    exec_scene_arrive(scene, 7, ROWS_END);
    expect_rows(scene, 3, 1, 3);
    expect_rows(scene, 3, 4, 3);
    expect_rows(scene, 3, 7, 1);
    expect_end(scene);
    expect_end(scene);
}

static void no_rows(void **state)
{
    struct exec_scene *scene = *state;

    exec_scene_cursor(scene, 0);
    exec_scene_arrive(scene, 0, ROWS_END);
    go_async(scene);
    expect_end(scene);
}

static void last_row_then_end(void **state)
{
    struct exec_scene *scene = *state;

    exec_scene_cursor(scene, 1);
    go_async(scene);
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_STILL_EXECUTING);
    assert_int_equal(scene->stmt->pending, SQL_API_SQLFETCH);
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_STILL_EXECUTING);
    exec_scene_arrive(scene, 1, ROWS_END);
    expect_rows(scene, 1, 1, 1);
    assert_int_equal(scene->stmt->pending, 0);
    expect_end(scene);
}

static void last_row_then_failure(void **state)
{
    struct exec_scene *scene = *state;

    exec_scene_cursor(scene, 1);
    go_async(scene);
    assert_int_equal(exec_scene_fetch(scene, 5), SQL_STILL_EXECUTING);
    exec_scene_arrive(scene, 1, ROWS_FAILED);
    expect_rows(scene, 5, 1, 1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(exec_scene_fetch(scene, 5), SQL_ERROR);
        assert_string_equal(exec_scene_state(scene), "08S01");
    }
}

static void enough_rows_are_given_at_once(void **state)
{
    struct exec_scene *scene = *state;

    exec_scene_cursor(scene, 3);
    go_async(scene);
    assert_int_equal(exec_scene_fetch(scene, 2), SQL_SUCCESS);
    assert_int_equal(scene->fetched, 2);
    assert_int_equal(exec_scene_fetch(scene, 2), SQL_STILL_EXECUTING);
    exec_scene_arrive(scene, 5, ROWS_MORE); /* 3, 4 and the one to hold back */
    expect_rows(scene, 2, 3, 2);
    assert_int_equal(exec_scene_fetch(scene, 2), SQL_STILL_EXECUTING);
    exec_scene_arrive(scene, 6, ROWS_END);
    expect_rows(scene, 2, 5, 2);
    expect_end(scene);
}

static void cancel_gives_what_is_there(void **state)
{
    struct exec_scene *scene = *state;

    exec_scene_cursor(scene, 3);
    go_async(scene);
    assert_int_equal(exec_scene_fetch(scene, 10), SQL_STILL_EXECUTING);
    assert_int_equal(exec_cancel(scene->stmt), SQL_SUCCESS);
    expect_rows(scene, 10, 1, 2); /* one is held back */
    assert_int_equal(exec_scene_fetch(scene, 10), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "HY008");
    assert_int_equal(exec_scene_fetch(scene, 10), SQL_STILL_EXECUTING); /* and goes on */
    exec_scene_arrive(scene, 5, ROWS_END);
    expect_rows(scene, 10, 3, 3);
    expect_end(scene);
}

static void cancel_with_one_row(void **state)
{
    struct exec_scene *scene = *state;

    exec_scene_cursor(scene, 1);
    go_async(scene);
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_STILL_EXECUTING);
    exec_cancel(scene->stmt);
    expect_rows(scene, 1, 1, 1);
    for (int i = 0; i < 3; i++) { /* nothing in hand: cannot be deferred */
        assert_int_equal(exec_scene_fetch(scene, 1), SQL_ERROR);
        assert_string_equal(exec_scene_state(scene), "HY008");
    }
    exec_scene_arrive(scene, 3, ROWS_END);
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_ERROR); /* is told once more, and it is over */
    expect_rows(scene, 1, 2, 1);
    expect_rows(scene, 1, 3, 1);
    expect_end(scene);
}

static void cancel_of_nothing(void **state)
{
    struct exec_scene *scene = *state;

    exec_scene_cursor(scene, 2);
    exec_scene_arrive(scene, 2, ROWS_END);
    assert_int_equal(exec_cancel(scene->stmt), SQL_SUCCESS);
    expect_rows(scene, 1, 1, 1);
    assert_int_equal(exec_cancel(scene->stmt), SQL_SUCCESS);
    expect_rows(scene, 1, 2, 1);
}

/* ---- synchronous --------------------------------------------------------------------------- */

static void *cancel_soon(void *context)
{
    struct exec_scene *scene = context;
    bool is_running = false;

    while (!is_running) {
        usleep(1000);
        mutex_lock(&scene->stmt->running_lock);
        is_running = scene->stmt->running != NULL;
        mutex_unlock(&scene->stmt->running_lock);
    }
    exec_cancel(scene->stmt);
    return NULL;
}

/* The rows stay: what a synchronous fetch could not give, the next one gives. */
static void cancel_of_a_waiting_fetch(void **state)
{
    struct exec_scene *scene = *state;
    pthread_t thread;

    exec_scene_cursor(scene, 2);
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, scene), 0);
    assert_int_equal(exec_scene_fetch(scene, 4), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "HY008");
    pthread_join(thread, NULL);
    exec_scene_arrive(scene, 3, ROWS_END);
    expect_rows(scene, 4, 1, 3);
    expect_end(scene);
}

static void *arrive_soon(void *context)
{
    struct exec_scene *scene = context;
    bool is_running = false;

    while (!is_running) {
        usleep(1000);
        mutex_lock(&scene->stmt->running_lock);
        is_running = scene->stmt->running != NULL;
        if (is_running) {
            mutex_lock(&scene->source.lock);
            scene->source.arrived = 4;
            scene->source.behind = ROWS_END;
            mutex_unlock(&scene->source.lock);
            op_wake_from_anywhere(scene->stmt->running);
        }
        mutex_unlock(&scene->stmt->running_lock);
    }
    return NULL;
}

static void a_function_that_is_not_known_to_be_safe_waits(void **state)
{
    struct exec_scene *scene = *state;
    pthread_t thread;

    exec_scene_cursor(scene, 2);
    go_async(scene);
    assert_int_equal(pthread_create(&thread, NULL, arrive_soon, scene), 0);
    assert_int_equal(exec_fetch(scene->stmt, SQL_API_SQLSETPOS, 10, &scene->fetched, scene->status),
                     SQL_SUCCESS);
    assert_int_equal(scene->fetched, 4);
    pthread_join(thread, NULL);
}

static void discarded_while_pending(void **state)
{
    struct exec_scene *scene = *state;

    exec_scene_cursor(scene, 1);
    go_async(scene);
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_STILL_EXECUTING);
    exec_close(scene->stmt);
    assert_int_equal(scene->stmt->pending, 0);
    assert_null(scene->stmt->refill);
    assert_int_equal(scene->stmt->state, STMT_ALLOCATED);
}

/* ---- limits and bindings ------------------------------------------------------------------- */

/* Behind the last row that may be given nothing is waited for. */
static void max_rows(void **state)
{
    struct exec_scene *scene = *state;

    exec_scene_cursor(scene, 3);
    go_async(scene);
    scene->stmt->attr.max_rows = 3;
    assert_int_equal(exec_scene_fetch(scene, 2), SQL_SUCCESS);
    assert_int_equal(scene->fetched, 2);
    assert_int_equal(exec_scene_fetch(scene, 2), SQL_SUCCESS);
    assert_int_equal(scene->fetched, 1);
    assert_int_equal(scene->numbers[0], 3);
    assert_int_equal(scene->status[1], SQL_ROW_NOROW);
    expect_end(scene);
}

static void one_bad_row(void **state)
{
    struct exec_scene *scene = *state;
    const struct diag_record *r;

    exec_scene_cursor(scene, 3);
    exec_scene_put(scene, 2, 1, "99999999999999999999");
    exec_scene_arrive(scene, 3, ROWS_END);
    assert_int_equal(exec_scene_fetch(scene, 3), SQL_SUCCESS_WITH_INFO);
    assert_int_equal(scene->fetched, 3);
    assert_int_equal(scene->status[0], SQL_ROW_SUCCESS);
    assert_int_equal(scene->status[1], SQL_ROW_ERROR);
    assert_int_equal(scene->status[2], SQL_ROW_SUCCESS);
    assert_int_equal(scene->numbers[2], 3);
    r = &scene->stmt->base.diag.records[0];
    assert_string_equal(sqlstate_code(r->state), "22003");
    assert_int_equal(r->row, 2);
    assert_int_equal(r->column, 1);
}

static void only_bad_rows(void **state)
{
    struct exec_scene *scene = *state;

    exec_scene_cursor(scene, 2);
    exec_scene_put(scene, 1, 1, "99999999999999999999");
    exec_scene_arrive(scene, 2, ROWS_END);
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "22003");
    assert_int_equal(scene->fetched, 1);
    expect_rows(scene, 1, 2, 1);
}

/* A deferred fetch may not say SQL_ERROR: the next one does, and then the rows go on. */
static void only_bad_rows_deferred(void **state)
{
    struct exec_scene *scene = *state;

    exec_scene_cursor(scene, 1);
    go_async(scene);
    exec_scene_put(scene, 1, 1, "99999999999999999999");
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_STILL_EXECUTING);
    exec_scene_arrive(scene, 2, ROWS_END);
    assert_int_equal(exec_scene_fetch_all_the_way(scene, 1), SQL_SUCCESS_WITH_INFO);
    assert_string_equal(exec_scene_state(scene), "22003");
    assert_int_equal(scene->status[0], SQL_ROW_ERROR);
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "22003");
    expect_rows(scene, 1, 2, 1);
    expect_end(scene);
}

static void impossible_bindings_cost_no_row(void **state)
{
    struct exec_scene *scene = *state;

    exec_scene_cursor(scene, 2);
    exec_scene_arrive(scene, 2, ROWS_END);
    scene->stmt->ard->records[1].concise_type = SQL_C_TYPE_DATE;
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "07006");
    scene->stmt->ard->records[1].concise_type = 12345;
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "HY003");
    scene->stmt->ard->records[1].concise_type = SQL_C_SBIGINT;
    expect_rows(scene, 1, 1, 1);
}

static void row_wise_with_offset(void **state)
{
    struct exec_scene *scene = *state;
    struct row {
        char text[12];
        SQLLEN text_bytes;
        int n;
        SQLLEN n_bytes;
    } rows[4];
    SQLLEN offset = sizeof(struct row); /* the first element stays as it is */
    struct desc *ard = scene->stmt->ard;
    struct desc_record *r;

    memset(rows, 'x', sizeof rows);
    exec_scene_cursor(scene, 3);
    exec_scene_put(scene, 2, 1, NULL);
    exec_scene_arrive(scene, 3, ROWS_END);
    ard->bind_type = sizeof(struct row);
    ard->bind_offset_ptr = &offset;
    r = desc_record(ard, 2);
    assert_non_null(r);
    r->concise_type = SQL_C_CHAR;
    r->data_ptr = rows[0].text;
    r->octet_length = sizeof rows[0].text;
    r->octet_length_ptr = r->indicator_ptr = &rows[0].text_bytes;
    r = &ard->records[1];
    r->concise_type = SQL_C_SLONG;
    r->data_ptr = &rows[0].n;
    r->octet_length_ptr = r->indicator_ptr = &rows[0].n_bytes;
    assert_int_equal(exec_scene_fetch(scene, 3), SQL_SUCCESS);
    assert_int_equal(rows[0].text[0], 'x');
    assert_string_equal(rows[1].text, "row 1");
    assert_int_equal(rows[1].text_bytes, 5);
    assert_int_equal(rows[1].n, 1);
    assert_int_equal(rows[2].n_bytes, SQL_NULL_DATA);
    assert_string_equal(rows[3].text, "row 3");
    assert_int_equal(rows[3].n, 3);
}

static void truncation_is_a_warning(void **state)
{
    struct exec_scene *scene = *state;
    char text[2][4];
    SQLLEN bytes[2];
    struct desc_record *r;

    exec_scene_cursor(scene, 2);
    exec_scene_put(scene, 1, 2, "abc");
    exec_scene_arrive(scene, 2, ROWS_END);
    r = desc_record(scene->stmt->ard, 2);
    r->concise_type = SQL_C_CHAR;
    r->data_ptr = text;
    r->octet_length = sizeof text[0];
    r->octet_length_ptr = r->indicator_ptr = bytes;
    assert_int_equal(exec_scene_fetch(scene, 2), SQL_SUCCESS_WITH_INFO);
    assert_string_equal(exec_scene_state(scene), "01004");
    assert_int_equal(scene->stmt->base.diag.records[0].row, 2);
    assert_int_equal(scene->stmt->base.diag.records[0].column, 2);
    assert_int_equal(scene->status[0], SQL_ROW_SUCCESS);
    assert_int_equal(scene->status[1], SQL_ROW_SUCCESS_WITH_INFO);
    assert_string_equal(text[1], "row");
    assert_int_equal(bytes[1], 5);
}

static void max_length_is_no_warning(void **state)
{
    struct exec_scene *scene = *state;
    char text[2][16];
    SQLLEN bytes[2];
    struct desc_record *r;

    exec_scene_cursor(scene, 2);
    exec_scene_put(scene, 2, 2, "ab\xc3\xa4z"); /* 4 bytes would cut the letter in two */
    exec_scene_arrive(scene, 2, ROWS_END);
    scene->stmt->attr.max_length = 3;
    r = desc_record(scene->stmt->ard, 2);
    r->concise_type = SQL_C_CHAR;
    r->data_ptr = text;
    r->octet_length = sizeof text[0];
    r->octet_length_ptr = r->indicator_ptr = bytes;
    assert_int_equal(exec_scene_fetch(scene, 2), SQL_SUCCESS);
    assert_string_equal(text[0], "row");
    assert_string_equal(text[1], "ab");
    assert_int_equal(bytes[1], 2);
    assert_int_equal(scene->numbers[1], 2);
}

static void retrieve_data_off(void **state)
{
    struct exec_scene *scene = *state;

    exec_scene_cursor(scene, 2);
    exec_scene_arrive(scene, 2, ROWS_END);
    scene->numbers[0] = -7;
    scene->stmt->attr.retrieve_data = SQL_RD_OFF;
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_SUCCESS);
    assert_int_equal(scene->fetched, 1);
    assert_int_equal(scene->numbers[0], -7);
}

static void without_status_array(void **state)
{
    struct exec_scene *scene = *state;

    exec_scene_cursor(scene, 3);
    exec_scene_put(scene, 1, 1, "99999999999999999999");
    exec_scene_arrive(scene, 3, ROWS_END);
    assert_int_equal(exec_fetch(scene->stmt, SQL_API_SQLFETCH, 2, NULL, NULL),
                     SQL_SUCCESS_WITH_INFO);
    assert_int_equal(scene->numbers[1], 2);
    assert_int_equal(exec_fetch(scene->stmt, SQL_API_SQLFETCH, 2, NULL, NULL), SQL_SUCCESS);
    assert_int_equal(scene->numbers[0], 3);
    assert_int_equal(exec_fetch(scene->stmt, SQL_API_SQLFETCH, 2, NULL, NULL), SQL_NO_DATA);
}

/* ---- SQLGetData ---------------------------------------------------------------------------- */

static SQLRETURN get(struct exec_scene *scene, SQLUSMALLINT column, SQLSMALLINT type, void *data,
                     SQLLEN room, SQLLEN *length)
{
    diag_clear(&scene->stmt->base.diag);
    return exec_get_data(scene->stmt, column, type, data, room, length);
}

/* SQLCancel on an idle statement: rows go on, and another execution may take the cursor's place. */
static void idle_cancel(void **state)
{
    struct exec_scene *scene = *state;

    exec_scene_cursor(scene, 3);
    assert_true(stmt_has_cursor(scene->stmt));
    assert_int_equal(exec_cancel(scene->stmt), SQL_SUCCESS);
    assert_false(stmt_has_cursor(scene->stmt));
    assert_int_equal(scene->stmt->state, STMT_CURSOR);
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_SUCCESS);
    assert_int_equal(scene->numbers[0], 1);
    assert_int_equal(exec_prepare(scene->stmt, "SELECT 2"), SQL_SUCCESS);
    assert_int_equal(scene->stmt->state, STMT_PREPARED);
    assert_true(scene->source.is_freed);
}

/* SQL_ATTR_QUERY_TIMEOUT holds for a wait for rows as well; none is lost by it. */
static void a_wait_for_rows_is_timed_out(void **state)
{
    struct exec_scene *scene = *state;

    exec_scene_cursor(scene, 2);
    scene->stmt->attr.query_timeout_s = 1;
    expect_rows(scene, 1, 1, 1);
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "HYT00");
    exec_scene_arrive(scene, 3, ROWS_END);
    expect_rows(scene, 1, 2, 1);
    expect_rows(scene, 1, 3, 1);
    expect_end(scene);
}

static void get_data_in_parts(void **state)
{
    struct exec_scene *scene = *state;
    char text[4];
    int number = 0;
    SQLLEN length = 0;

    exec_scene_cursor(scene, 2);
    exec_scene_arrive(scene, 2, ROWS_END);
    expect_rows(scene, 1, 1, 1);
    assert_int_equal(get(scene, 2, SQL_C_CHAR, text, sizeof text, &length), SQL_SUCCESS_WITH_INFO);
    assert_string_equal(exec_scene_state(scene), "01004");
    assert_string_equal(text, "row");
    assert_int_equal(length, 5);
    assert_int_equal(get(scene, 2, SQL_C_CHAR, text, sizeof text, &length), SQL_SUCCESS);
    assert_string_equal(text, " 1");
    assert_int_equal(length, 2);
    assert_int_equal(get(scene, 2, SQL_C_CHAR, text, sizeof text, &length), SQL_NO_DATA);
    /* a bound column, an earlier one, and then the other from its beginning */
    assert_int_equal(get(scene, 1, SQL_C_SLONG, &number, 0, &length), SQL_SUCCESS);
    assert_int_equal(number, 1);
    assert_int_equal(get(scene, 1, SQL_C_SLONG, &number, 0, &length), SQL_NO_DATA);
    assert_int_equal(get(scene, 2, SQL_C_CHAR, text, sizeof text, &length), SQL_SUCCESS_WITH_INFO);
    assert_string_equal(text, "row");
    /* the next row begins anew */
    expect_rows(scene, 1, 2, 1);
    assert_int_equal(get(scene, 2, SQL_C_CHAR, text, sizeof text, &length), SQL_SUCCESS_WITH_INFO);
    assert_int_equal(length, 5);
}

static void get_data_types(void **state)
{
    struct exec_scene *scene = *state;
    long long number = 0;
    short small = 0;
    SQLLEN length = 0;

    exec_scene_cursor(scene, 1);
    exec_scene_arrive(scene, 1, ROWS_END);
    expect_rows(scene, 1, 1, 1);
    assert_int_equal(get(scene, 1, SQL_C_DEFAULT, &number, 0, &length), SQL_SUCCESS);
    assert_int_equal(number, 1);
    assert_int_equal(length, sizeof number);
    scene->stmt->ard->records[1].concise_type = SQL_C_SSHORT;
    assert_int_equal(get(scene, 1, SQL_ARD_TYPE, &small, 0, &length), SQL_SUCCESS);
    assert_int_equal(small, 1);
    assert_int_equal(length, sizeof small);
    assert_int_equal(get(scene, 1, SQL_C_TYPE_DATE, &number, 0, &length), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "07006");
    assert_int_equal(get(scene, 1, 12345, &number, 0, &length), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "HY003");
}

static void get_data_misuse(void **state)
{
    struct exec_scene *scene = *state;
    int number;
    SQLLEN length;

    exec_scene_cursor(scene, 1);
    exec_scene_arrive(scene, 1, ROWS_END);
    assert_int_equal(get(scene, 1, SQL_C_SLONG, &number, 0, &length), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "24000");
    expect_rows(scene, 1, 1, 1);
    for (SQLUSMALLINT column = 0; column <= 3; column = (SQLUSMALLINT)(column + 3)) {
        assert_int_equal(get(scene, column, SQL_C_SLONG, &number, 0, &length), SQL_ERROR);
        assert_string_equal(exec_scene_state(scene), "07009");
    }
    assert_int_equal(get(scene, 1, SQL_C_SLONG, NULL, 0, &length), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "HY009");
    assert_int_equal(get(scene, 2, SQL_C_CHAR, &number, -1, &length), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "HY090");
    expect_end(scene);
    assert_int_equal(get(scene, 1, SQL_C_SLONG, &number, 0, &length), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "24000");
}

#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(rowsets_to_the_end),
        SCENE_TEST(no_rows),
        SCENE_TEST(last_row_then_end),
        SCENE_TEST(last_row_then_failure),
        SCENE_TEST(enough_rows_are_given_at_once),
        SCENE_TEST(cancel_gives_what_is_there),
        SCENE_TEST(cancel_with_one_row),
        SCENE_TEST(cancel_of_nothing),
        SCENE_TEST(cancel_of_a_waiting_fetch),
        SCENE_TEST(a_function_that_is_not_known_to_be_safe_waits),
        SCENE_TEST(discarded_while_pending),
        SCENE_TEST(max_rows),
        SCENE_TEST(one_bad_row),
        SCENE_TEST(only_bad_rows),
        SCENE_TEST(only_bad_rows_deferred),
        SCENE_TEST(impossible_bindings_cost_no_row),
        SCENE_TEST(row_wise_with_offset),
        SCENE_TEST(truncation_is_a_warning),
        SCENE_TEST(max_length_is_no_warning),
        SCENE_TEST(retrieve_data_off),
        SCENE_TEST(without_status_array),
        SCENE_TEST(idle_cancel),
        SCENE_TEST(a_wait_for_rows_is_timed_out),
        SCENE_TEST(get_data_in_parts),
        SCENE_TEST(get_data_types),
        SCENE_TEST(get_data_misuse),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
