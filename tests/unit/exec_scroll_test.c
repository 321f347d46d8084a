/*
 * exec/scroll.c: when a fetch of a scrollable cursor is deferred, how it may end then, and that what
 * cuts a wait short loses no row. Where the moves lead is position_test.c's and test_cursors.py's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "exec/cancel.h"
#include "exec/execute.h"
#include "exec/scroll.h"
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

/* A scrollable, asynchronous cursor with so many rows there. */
static void begin(struct exec_scene *scene, size_t arrived)
{
    exec_scene_cursor(scene, arrived);
    assert_true(scroll_open(scene->stmt));
    scene->stmt->attr.async_enable = SQL_ASYNC_ENABLE_ON;
}

static SQLRETURN fetch(struct exec_scene *scene, SQLUSMALLINT function, int orientation,
                       SQLLEN offset, SQLULEN size)
{
    const struct scroll_ask ask = {.function = function,
                                   .orientation = orientation,
                                   .offset = offset,
                                   .rowset_size = size,
                                   .rows_fetched = &scene->fetched,
                                   .row_status = scene->status};

    diag_clear(&scene->stmt->base.diag);
    return exec_fetch_scroll(scene->stmt, &ask);
}

static SQLRETURN next(struct exec_scene *scene, SQLULEN size)
{
    return fetch(scene, SQL_API_SQLFETCH, SQL_FETCH_NEXT, 0, size);
}

static SQLRETURN scroll_to(struct exec_scene *scene, int orientation, SQLLEN offset, SQLULEN size)
{
    return fetch(scene, SQL_API_SQLFETCHSCROLL, orientation, offset, size);
}

/* The same call until it is not executing any more. */
static SQLRETURN poll(struct exec_scene *scene, SQLUSMALLINT function, int orientation,
                      SQLLEN offset, SQLULEN size)
{
    SQLRETURN rc;

    while ((rc = fetch(scene, function, orientation, offset, size)) == SQL_STILL_EXECUTING) {
        usleep(1000);
    }
    return rc;
}

static void expect_rows(const struct exec_scene *scene, long long first, SQLULEN count)
{
    assert_int_equal(scene->fetched, count);
    assert_int_equal(scene->stmt->rowset_first, first);
    for (SQLULEN i = 0; i < count; i++) {
        assert_int_equal(scene->numbers[i], first + (long long)i);
        assert_int_equal(scene->status[i], SQL_ROW_SUCCESS);
    }
}

/* An error of the rowset's first row, and the cursor on no row. */
static void expect_row_error(const struct exec_scene *scene, const char *sqlstate)
{
    assert_string_equal(exec_scene_state(scene), sqlstate);
    assert_int_equal(scene->fetched, 1);
    assert_int_equal(scene->status[0], SQL_ROW_ERROR);
    assert_int_equal(scene->stmt->rowset_count, 0);
}

static void a_row_is_held_back(void **state)
{
    struct exec_scene *scene = *state;

    begin(scene, 3);
    assert_int_equal(next(scene, 2), SQL_SUCCESS);
    expect_rows(scene, 1, 2);
    assert_int_equal(next(scene, 2), SQL_STILL_EXECUTING); /* with row 3 in hand */
    assert_int_equal(scene->stmt->pending, SQL_API_SQLFETCH);
    exec_scene_arrive(scene, 3, ROWS_END);
    assert_int_equal(poll(scene, SQL_API_SQLFETCH, SQL_FETCH_NEXT, 0, 2), SQL_SUCCESS);
    expect_rows(scene, 3, 1);
    assert_int_equal(next(scene, 2), SQL_NO_DATA);
    assert_int_equal(scroll_to(scene, SQL_FETCH_PRIOR, 0, 2), SQL_SUCCESS);
    expect_rows(scene, 2, 2);
}

static void fetch_ends_with_rows_when_cancelled(void **state)
{
    struct exec_scene *scene = *state;

    begin(scene, 3);
    assert_int_equal(next(scene, 10), SQL_STILL_EXECUTING);
    exec_cancel(scene->stmt);
    assert_int_equal(poll(scene, SQL_API_SQLFETCH, SQL_FETCH_NEXT, 0, 10), SQL_SUCCESS);
    expect_rows(scene, 1, 2); /* one is held back */
    assert_int_equal(next(scene, 10), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "HY008");
    assert_int_equal(next(scene, 10), SQL_STILL_EXECUTING);
    exec_scene_arrive(scene, 5, ROWS_END);
    assert_int_equal(poll(scene, SQL_API_SQLFETCH, SQL_FETCH_NEXT, 0, 10), SQL_SUCCESS);
    expect_rows(scene, 3, 3); /* goes on behind those delivered, not behind those asked for */
}

static void the_fault_is_told_until_a_row_has_come(void **state)
{
    struct exec_scene *scene = *state;

    begin(scene, 1);
    assert_int_equal(next(scene, 1), SQL_STILL_EXECUTING);
    exec_cancel(scene->stmt);
    assert_int_equal(poll(scene, SQL_API_SQLFETCH, SQL_FETCH_NEXT, 0, 1), SQL_SUCCESS);
    expect_rows(scene, 1, 1);
    for (int i = 0; i < 3; i++) { /* nothing in hand: an SQLFetch could not be deferred */
        assert_int_equal(next(scene, 1), SQL_ERROR);
        assert_string_equal(exec_scene_state(scene), "HY008");
    }
    exec_scene_arrive(scene, 2, ROWS_END);
    assert_int_equal(next(scene, 1), SQL_ERROR);
    assert_int_equal(next(scene, 1), SQL_SUCCESS);
    expect_rows(scene, 2, 1);
    assert_int_equal(next(scene, 1), SQL_NO_DATA);
}

static void a_move_that_is_cancelled_has_not_been_made(void **state)
{
    struct exec_scene *scene = *state;

    begin(scene, 5);
    assert_int_equal(next(scene, 2), SQL_SUCCESS);
    assert_int_equal(scroll_to(scene, SQL_FETCH_LAST, 0, 2), SQL_STILL_EXECUTING);
    exec_cancel(scene->stmt);
    assert_int_equal(poll(scene, SQL_API_SQLFETCHSCROLL, SQL_FETCH_LAST, 0, 2),
                     SQL_SUCCESS_WITH_INFO);
    expect_row_error(scene, "HY008");
    assert_int_equal(scroll_to(scene, SQL_FETCH_NEXT, 0, 2), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "HY008");
    assert_int_equal(scroll_to(scene, SQL_FETCH_NEXT, 0, 2), SQL_SUCCESS);
    expect_rows(scene, 3, 2);
}

static void a_download_that_fails(void **state)
{
    struct exec_scene *scene = *state;

    begin(scene, 2);
    assert_int_equal(scroll_to(scene, SQL_FETCH_LAST, 0, 3), SQL_STILL_EXECUTING);
    exec_scene_arrive(scene, 7, ROWS_FAILED);
    assert_int_equal(poll(scene, SQL_API_SQLFETCHSCROLL, SQL_FETCH_LAST, 0, 3),
                     SQL_SUCCESS_WITH_INFO);
    expect_row_error(scene, "08S01");
    assert_int_equal(scroll_to(scene, SQL_FETCH_LAST, 0, 3), SQL_ERROR);
    assert_int_equal(scroll_to(scene, SQL_FETCH_LAST, 0, 3), SQL_ERROR); /* at once, and for ever */
    assert_string_equal(exec_scene_state(scene), "08S01");
    assert_int_equal(scroll_to(scene, SQL_FETCH_ABSOLUTE, 6, 3), SQL_SUCCESS);
    expect_rows(scene, 6, 2);
    assert_int_equal(next(scene, 3), SQL_ERROR);
    assert_int_equal(scroll_to(scene, SQL_FETCH_ABSOLUTE, 8, 1), SQL_ERROR);
    assert_int_equal(scroll_to(scene, SQL_FETCH_FIRST, 0, 3), SQL_SUCCESS);
    expect_rows(scene, 1, 3);
    assert_int_equal(scroll_to(scene, SQL_FETCH_PRIOR, 0, 3), SQL_NO_DATA);
}

static void extended_fetch_may_fail(void **state)
{
    struct exec_scene *scene = *state;

    begin(scene, 2);
    assert_int_equal(fetch(scene, SQL_API_SQLEXTENDEDFETCH, SQL_FETCH_LAST, 0, 1),
                     SQL_STILL_EXECUTING);
    exec_scene_arrive(scene, 2, ROWS_FAILED);
    assert_int_equal(poll(scene, SQL_API_SQLEXTENDEDFETCH, SQL_FETCH_LAST, 0, 1), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "08S01");
    assert_int_equal(scene->stmt->pending, 0);
}

/* Each part that comes may be a pause of the call; the answer is that of all of them. */
static void rows_come_in_parts(void **state)
{
    struct exec_scene *scene = *state;

    begin(scene, 1);
    for (size_t arrived = 1; arrived <= 40; arrived++) {
        exec_scene_arrive(scene, arrived, ROWS_MORE);
        assert_int_equal(scroll_to(scene, SQL_FETCH_ABSOLUTE, -3, 2), SQL_STILL_EXECUTING);
    }
    exec_scene_arrive(scene, 40, ROWS_END);
    assert_int_equal(poll(scene, SQL_API_SQLFETCHSCROLL, SQL_FETCH_ABSOLUTE, -3, 2), SQL_SUCCESS);
    expect_rows(scene, 38, 2);
}

/* A move that leads to no row needs none. */
static void nowhere_needs_no_row(void **state)
{
    struct exec_scene *scene = *state;

    begin(scene, 0);
    assert_int_equal(scroll_to(scene, SQL_FETCH_ABSOLUTE, 0, 5), SQL_NO_DATA);
    assert_int_equal(scroll_to(scene, SQL_FETCH_PRIOR, 0, 5), SQL_NO_DATA);
    assert_int_equal(scroll_to(scene, SQL_FETCH_FIRST, 0, 1), SQL_STILL_EXECUTING);
    exec_scene_arrive(scene, 1, ROWS_END);
    assert_int_equal(poll(scene, SQL_API_SQLFETCHSCROLL, SQL_FETCH_FIRST, 0, 1), SQL_SUCCESS);
    expect_rows(scene, 1, 1);
}

/* A synchronous fetch waits for the row to hold back, but does without it when the wait ends badly. */
static void rows_that_are_there_are_delivered(void **state)
{
    struct exec_scene *scene = *state;

    begin(scene, 3);
    scene->stmt->attr.async_enable = SQL_ASYNC_ENABLE_OFF;
    scene->stmt->attr.query_timeout_s = 1;
    assert_int_equal(scroll_to(scene, SQL_FETCH_ABSOLUTE, 2, 2), SQL_SUCCESS);
    expect_rows(scene, 2, 2);
    assert_int_equal(scroll_to(scene, SQL_FETCH_ABSOLUTE, 2, 3), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "HYT00");
    assert_int_equal(scene->stmt->rowset_count, 2); /* as it was */
    exec_scene_arrive(scene, 4, ROWS_END);
    assert_int_equal(next(scene, 2), SQL_SUCCESS);
    expect_rows(scene, 4, 1);
}

/* Only what is asked for is read: the rest stays with its source. */
static void no_more_than_needed(void **state)
{
    struct exec_scene *scene = *state;

    begin(scene, 60);
    assert_int_equal(scroll_to(scene, SQL_FETCH_ABSOLUTE, 10, 5), SQL_SUCCESS);
    expect_rows(scene, 10, 5);
    assert_int_equal(scene->source.rows.dropped, 15);
    assert_int_equal(scroll_to(scene, SQL_FETCH_RELATIVE, -9, 5), SQL_SUCCESS);
    expect_rows(scene, 1, 5);
    assert_int_equal(scene->source.rows.dropped, 15);
}

static void max_rows_is_the_end(void **state)
{
    struct exec_scene *scene = *state;

    scene->stmt->attr.max_rows = 7;
    begin(scene, 20);
    assert_int_equal(scroll_to(scene, SQL_FETCH_LAST, 0, 3), SQL_SUCCESS);
    expect_rows(scene, 5, 3);
    assert_int_equal(next(scene, 1), SQL_NO_DATA);
    assert_int_equal(scene->source.rows.dropped, 7);
}

static void discarded_while_pending(void **state)
{
    struct exec_scene *scene = *state;

    begin(scene, 1);
    assert_int_equal(scroll_to(scene, SQL_FETCH_LAST, 0, 1), SQL_STILL_EXECUTING);
    exec_close(scene->stmt);
    assert_null(scene->stmt->scroll);
    assert_null(scene->stmt->rows);
}

/* An SQLCancel that has met nothing to cancel is not one of the fetch that follows. */
static void idle_cancel(void **state)
{
    struct exec_scene *scene = *state;

    begin(scene, 5);
    exec_scene_arrive(scene, 5, ROWS_END);
    exec_cancel(scene->stmt);
    assert_int_equal(scroll_to(scene, SQL_FETCH_LAST, 0, 1), SQL_SUCCESS);
    expect_rows(scene, 5, 1);
    assert_false(stmt_has_cursor(scene->stmt)); /* and still lets the next execution close it */
}

static void refusals(void **state)
{
    struct exec_scene *scene = *state;

    begin(scene, 5);
    assert_int_equal(scroll_to(scene, 7, 0, 1), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "HY106");
    assert_int_equal(scroll_to(scene, SQL_FETCH_BOOKMARK, 0, 1), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "HY106");
    scene->stmt->attr.use_bookmarks = SQL_UB_VARIABLE;
    assert_int_equal(scroll_to(scene, SQL_FETCH_BOOKMARK, 0, 1), SQL_ERROR);
    assert_string_equal(exec_scene_state(scene), "HY111");
    assert_int_equal(next(scene, 1), SQL_SUCCESS);
    expect_rows(scene, 1, 1);
}

#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_row_is_held_back),
        SCENE_TEST(fetch_ends_with_rows_when_cancelled),
        SCENE_TEST(the_fault_is_told_until_a_row_has_come),
        SCENE_TEST(a_move_that_is_cancelled_has_not_been_made),
        SCENE_TEST(a_download_that_fails),
        SCENE_TEST(extended_fetch_may_fail),
        SCENE_TEST(rows_come_in_parts),
        SCENE_TEST(nowhere_needs_no_row),
        SCENE_TEST(rows_that_are_there_are_delivered),
        SCENE_TEST(no_more_than_needed),
        SCENE_TEST(max_rows_is_the_end),
        SCENE_TEST(discarded_while_pending),
        SCENE_TEST(idle_cancel),
        SCENE_TEST(refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
