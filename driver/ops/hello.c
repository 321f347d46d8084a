/* The connection test. See hello.h. */
#include "ops/hello.h"

#include <stdlib.h>
#include <string.h>

#include "aws/athena_codec.h"
#include "base/log.h"

static void ask(struct hello *h) RUNS_ON(io_thread);
static void ask(struct hello *h)
{
    struct buf body;

    buf_init(&body, 1 << 20); /* a workgroup's name is as long as the option says */
    athena_write_get_work_group(&body, h->session->workgroup ? h->session->workgroup : "primary");
    call_start(&h->call, &h->op, h->session, "connecting to Athena", "GetWorkGroup", &body, 0);
    h->is_asked = true;
}

static bool proves_signature(const struct aws_error *e)
{
    return e->code && strcmp(e->code, "AccessDeniedException") == 0;
}

static enum status read_answer(struct hello *h)
{
    struct athena_work_group group = {0};
    const struct buf *body = &h->call.http.body;
    struct arena arena;
    enum status st;

    arena_init(&arena);
    st = athena_parse_work_group(&group, &arena, body->bytes, body->count, &h->op.fault);
    if (!st && !group.is_enabled) {
        st = fault_set(&h->op.fault, SQLSTATE_08004, 0,
                       "connecting to Athena: workgroup %s is disabled; choose another with the "
                       "option Workgroup, or have it enabled",
                       group.name);
    }
    if (!st) {
        session_set_engine_version(h->session, group.engine_version);
        atomic_store(&h->session->has_managed_results, group.has_managed_results);
        log_info("workgroup %s: %s%s%s", group.name, group.engine_version,
                 group.has_managed_results ? ", managed results" : "",
                 group.is_enforced ? ", its output location is enforced" : "");
    }
    arena_clear(&arena);
    return st;
}

static enum status give_up(struct op *op)
{
    bool is_late = op_cancelled(op) == OP_TIMED_OUT;

    return fault_set(&op->fault, is_late ? SQLSTATE_HYT00 : SQLSTATE_HY008, 0,
                     is_late ? "connecting to Athena: no answer within the login time-out"
                             : "connecting to Athena: cancelled by the application");
}

static enum status hello_advance(struct op *op)
{
    struct hello *h = container_of(op, struct hello, op);
    enum status st;

    engine_assert();
    if (!h->is_asked) ask(h);
    st = op_cancelled(op) ? give_up(op) : call_ready(&h->call);
    if (st == ST_WAIT) return st;
    if (st == ST_ERR && proves_signature(&h->call.error)) {
        log_info("athena:GetWorkGroup is denied; the signature was accepted");
        st = ST_OK;
    } else if (st == ST_ERR) {
        fault_copy(&op->fault, &h->call.fault);
    } else {
        st = read_answer(h);
    }
    call_clear(&h->call);
    return st;
}

static void hello_free(struct op *op)
{
    struct hello *h = container_of(op, struct hello, op);

    session_release(h->session);
    free(h);
}

struct hello *hello_new(struct session *s)
{
    struct hello *h = calloc(1, sizeof *h);

    if (!h) return NULL;
    op_init(&h->op, s->engine, hello_advance, hello_free);
    session_hold(s);
    h->session = s;
    return h;
}
