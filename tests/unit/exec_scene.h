/*
 * A connected statement without network, and a cursor on rows that arrive when the test says so.
 *
 * The rows have two columns: "n" (bigint) counts from 1, "text" (varchar) says "row 1" and so on
 * unless the test puts something else there.
 */
#ifndef ATHENA_TESTS_UNIT_EXEC_SCENE_H
#define ATHENA_TESTS_UNIT_EXEC_SCENE_H

#include "handle/dbc.h"
#include "handle/env.h"
#include "handle/stmt.h"
#include "results/rows.h"

struct engine;

enum { SCENE_ROWS_MAX = 64, SCENE_COLUMNS = 2 };

struct scripted_rows {
    struct rows rows;
    struct mutex lock;
    size_t arrived UNDER(lock);        /* rows that a gather finds */
    enum rows_more behind UNDER(lock); /* what follows the last of them */
    struct cell *cell_columns[SCENE_COLUMNS];
    struct cell cells[SCENE_COLUMNS][SCENE_ROWS_MAX];
    char texts[SCENE_COLUMNS][SCENE_ROWS_MAX][32];
    bool is_freed;
};

struct exec_scene {
    struct env *env;
    struct dbc *dbc;
    struct stmt *stmt;
    struct scripted_rows source;
    long long numbers[SCENE_ROWS_MAX]; /* for SQL_C_SBIGINT, where fetches of the test go */
    SQLLEN lengths[SCENE_ROWS_MAX];
    SQLUSMALLINT status[SCENE_ROWS_MAX];
    SQLULEN fetched;
};

/* url: of both endpoints; NULL for one that nobody listens at. */
void exec_scene_open(struct exec_scene *scene, const char *url);
void exec_scene_close(struct exec_scene *scene);

/* Opens the cursor, with so many rows there and more to come; n is bound to numbers. */
void exec_scene_cursor(struct exec_scene *scene, size_t arrived);

/* So many rows have arrived in all, and what follows them. Wakes a pending fetch. */
void exec_scene_arrive(struct exec_scene *scene, size_t arrived, enum rows_more behind);

/* What stands in a row (from 1) of a column (from 1) instead; NULL for NULL. */
void exec_scene_put(struct exec_scene *scene, size_t row, unsigned column, const char *text);

/* SQLFetch, once, with a rowset of so many rows. */
SQLRETURN exec_scene_fetch(struct exec_scene *scene, SQLULEN rowset_size);

/* The same, called until it is not executing any more. */
SQLRETURN exec_scene_fetch_all_the_way(struct exec_scene *scene, SQLULEN rowset_size);

/* The SQLSTATE of the statement's first record, "" when there is none. */
const char *exec_scene_state(const struct exec_scene *scene);

#endif
