/* See exec_scene.h. */
#include "unit/exec_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/engine.h"
#include "exec/execute.h"
#include "exec/fetch.h"
#include "ops/query.h"
#include "ops/refill.h"
#include "ops/session.h"
#include "unit/sample_columns.h"

static const struct column *const columns = &sample_columns[SAMPLE_N]; /* and SAMPLE_TEXT */

/* ---- rows ---------------------------------------------------------------------------------- */

static void gather(struct rows *r, size_t want)
{
    struct scripted_rows *s = container_of(r, struct scripted_rows, rows);
    size_t there;

    mutex_lock(&s->lock);
    there = s->arrived - (size_t)r->dropped;
    r->in_hand = there < want ? there : want;
    if (there <= want) r->more = s->behind;
    mutex_unlock(&s->lock);
    if (r->more == ROWS_FAILED) fault_set(&r->fault, SQLSTATE_08S01, 0, "the file is gone");
}

static void drop(struct rows *r, size_t count)
{
    assert_in_range(count, 0, r->in_hand);
    r->first += count;
    r->in_hand -= count;
    r->dropped += count;
}

static void forget(struct rows *r)
{
    container_of(r, struct scripted_rows, rows)->is_freed = true;
}

static const struct rows_class scripted = {"scripted", gather, drop, forget};

void exec_scene_put(struct exec_scene *scene, size_t row, unsigned column, const char *text)
{
    char *place = scene->source.texts[column - 1][row - 1];
    struct cell *cell = &scene->source.cells[column - 1][row - 1];

    snprintf(place, sizeof scene->source.texts[0][0], "%s", text ? text : "");
    *cell = (struct cell){.text = text ? place : NULL, .bytes = (uint32_t)strlen(place)};
}

static void fill(struct exec_scene *scene)
{
    struct scripted_rows *s = &scene->source;
    char text[32];

    memset(s, 0, sizeof *s);
    mutex_init(&s->lock);
    s->rows = (struct rows){
        .class = &scripted, .columns = columns, .column_count = SCENE_COLUMNS, .more = ROWS_MORE};
    s->rows.cells = s->cell_columns;
    for (unsigned c = 0; c < SCENE_COLUMNS; c++) {
        s->cell_columns[c] = s->cells[c];
    }
    for (size_t row = 1; row <= SCENE_ROWS_MAX; row++) {
        snprintf(text, sizeof text, "%zu", row);
        exec_scene_put(scene, row, 1, text);
        snprintf(text, sizeof text, "row %zu", row);
        exec_scene_put(scene, row, 2, text);
    }
}

void exec_scene_arrive(struct exec_scene *scene, size_t arrived, enum rows_more behind)
{
    struct scripted_rows *s = &scene->source;

    mutex_lock(&s->lock);
    s->arrived = arrived;
    s->behind = behind;
    mutex_unlock(&s->lock);
    if (scene->stmt->refill) op_wake_from_anywhere(&scene->stmt->refill->op);
}

/* ---- handles ------------------------------------------------------------------------------- */

static void set(struct options *o, enum option_id id, const char *value)
{
    struct fault f = {0};

    if (options_set(o, id, value, strlen(value), OPTION_FROM_STRING, &f)) fail_msg("%s", f.text);
}

void exec_scene_open(struct exec_scene *scene, const char *url)
{
    struct fault f = {0};
    struct dbc *d;

    memset(scene, 0, sizeof *scene);
    scene->env = env_new();
    scene->env->odbc_version = SQL_OV_ODBC3_80;
    d = scene->dbc = dbc_new(scene->env);
    d->types = (struct sqltype_settings){255, 65535, false};
    set(&d->options, OPTION_AWS_REGION, "us-east-1");
    set(&d->options, OPTION_UID, "AKID");
    set(&d->options, OPTION_PWD, "secret");
    set(&d->options, OPTION_NUM_RETRIES, "0");
    set(&d->options, OPTION_ENDPOINT_OVERRIDE, url ? url : "http://127.0.0.1:1");
    d->engine = engine_acquire(&f);
    if (!d->engine) fail_msg("%s", f.text);
    d->session = session_new(&d->options, d->engine, &f);
    if (!d->session) fail_msg("%s", f.text);
    d->is_connected = true;
    scene->stmt = stmt_new(d);
    assert_non_null(scene->stmt);
}

void exec_scene_close(struct exec_scene *scene)
{
    exec_discard(scene->stmt);
    stmt_free(scene->stmt);
    session_release(scene->dbc->session);
    engine_release(scene->dbc->engine, 20000);
    dbc_free(scene->dbc);
    env_free(scene->env);
    if (scene->source.rows.class) {
        assert_true(scene->source.is_freed);
        mutex_clear(&scene->source.lock);
    }
}

void exec_scene_cursor(struct exec_scene *scene, size_t arrived)
{
    struct stmt *s = scene->stmt;
    struct desc_record *r;

    fill(scene);
    scene->source.arrived = arrived;
    s->query = query_new(scene->dbc->session, "SELECT", "c", "s", NULL);
    assert_non_null(s->query);
    s->query->out.rows = s->rows = &scene->source.rows;
    s->columns = columns;
    s->column_count = SCENE_COLUMNS;
    s->state = STMT_CURSOR;
    s->rowset_first = 1;
    assert_true(desc_describe(s->ird, columns, SCENE_COLUMNS, &scene->dbc->types));
    rows_gather(s->rows, 1); /* as the query leaves it */
    r = desc_record(s->ard, 1);
    assert_non_null(r);
    r->concise_type = r->type = SQL_C_SBIGINT;
    r->data_ptr = scene->numbers;
    r->octet_length_ptr = r->indicator_ptr = scene->lengths;
}

SQLRETURN exec_scene_fetch(struct exec_scene *scene, SQLULEN rowset_size)
{
    diag_clear(&scene->stmt->base.diag);
    return exec_fetch(scene->stmt, SQL_API_SQLFETCH, rowset_size, &scene->fetched, scene->status);
}

SQLRETURN exec_scene_fetch_all_the_way(struct exec_scene *scene, SQLULEN rowset_size)
{
    SQLRETURN rc;

    while ((rc = exec_scene_fetch(scene, rowset_size)) == SQL_STILL_EXECUTING) {
        usleep(1000);
    }
    return rc;
}

const char *exec_scene_state(const struct exec_scene *scene)
{
    const struct diag *d = &scene->stmt->base.diag;

    return d->count ? sqlstate_code(d->records[0].state) : "";
}
