/* StopQueryExecution in the background. See stop.h. */
#include "ops/stop.h"

#include <stdio.h>
#include <stdlib.h>

#include "aws/athena_codec.h"
#include "base/clock.h"
#include "base/log.h"
#include "engine/engine.h"
#include "engine/op.h"
#include "ops/call.h"

enum { STOP_LIMIT_MS = 30 * 1000 };

struct stop {
    struct op op;
    struct session *session;
    char id[64];
    struct call call;
};

/* For another start, of whichever kind this was. */
static void make_room(const struct stop *s) RUNS_ON(io_thread);
static void make_room(const struct stop *s)
{
    for (int i = 0; i < START_KINDS; i++)
        start_queue_query_ended(identity_starts(s->session->identity, (enum start_kind)i));
}

/* A cancel (the process is about to end) does not end it: the engine's grace time does. */
static enum status stop_advance(struct op *op)
{
    struct stop *s = container_of(op, struct stop, op);
    enum status st;

    engine_assert();
    st = call_ready(&s->call);
    if (st == ST_WAIT && op_cancelled(op) != OP_TIMED_OUT) return ST_WAIT;
    if (st == ST_ERR) log_warn("query %s could not be stopped: %s", s->id, s->call.fault.text);
    if (st == ST_OK) make_room(s);
    call_clear(&s->call);
    return ST_OK;
}

/* On the I/O thread, as all of it: with the call still on its way when the grace time is over. */
static void stop_free(struct op *op)
{
    struct stop *s = container_of(op, struct stop, op);

    engine_assert();
    call_clear(&s->call);
    session_release(s->session);
    free(s);
}

void stop_in_background(struct session *session, const char *query_id)
{
    struct stop *s = calloc(1, sizeof *s);
    struct buf body;

    if (!s) return;
    op_init(&s->op, session->engine, stop_advance, stop_free);
    s->op.deadline_ms = clock_deadline_ms(STOP_LIMIT_MS);
    session_hold(session);
    s->session = session;
    snprintf(s->id, sizeof s->id, "%s", query_id);
    buf_init(&body, 1024);
    athena_write_query_id(&body, query_id);
    call_start(&s->call, &s->op, session, "stopping the query", "StopQueryExecution", &body,
               CALL_WAITS_FOR_THROTTLING);
    log_subject_set_query(&s->op.log, s->id);
    log_info("query %s: to be stopped", s->id);
    op_submit(&s->op);
    op_release(&s->op);
}
