/* The search for credentials. See search.h for the drawing. */
#include "ops/search.h"

#include <stdlib.h>

#include "aws/creds_process.h"
#include "aws/creds_profile.h"
#include "base/arena.h"
#include "config/options.h"
#include "config/profile.h"
#include "engine/op.h"
#include "engine/process.h"
#include "ops/host_keys.h"
#include "ops/profile_files.h"
#include "ops/role_call.h"

enum search_step { SEARCH_PLAN, SEARCH_PROCESS, SEARCH_HOST, SEARCH_ROLE, SEARCH_END };

struct search {
    struct op op;
    const struct search_wish *wish;
    enum search_step step ONLY_ON(io_thread);
    struct arena arena;
    struct profiles profiles;
    struct creds_plan plan; /* keys: those found last, which assume the next role */
    struct process process;
    struct host_keys host;
    struct endpoint sts;
    struct sts_place place;
    struct role_call role;
    size_t roles_done;
};

/* ---- the plan ----------------------------------------------------------------------------- */

static const char *profile_value(void *context, const char *profile, const char *key)
{
    return profile_get(context, PROFILE_PROFILE, profile, key);
}

static bool profile_is_there(void *context, const char *profile)
{
    return profile_exists(context, PROFILE_PROFILE, profile);
}

static enum status plan_from_files(struct search *s)
{
    const struct search_wish *w = s->wish;
    struct fault *f = &s->op.fault;
    struct creds_files files = {profile_value, profile_is_there, &s->profiles};
    enum status st = profile_files_read(&s->profiles, w->env, f);

    if (st) return st;
    if (w->authentication == AUTHENTICATION_IAM_PROFILE) {
        return creds_profile_plan(&s->plan, &s->arena, &files, w->env,
                                  creds_env_profile(w->env, w->profile), f);
    }
    return creds_default_plan(&s->plan, &s->arena, &files, w->env, f);
}

static enum status make_plan(struct search *s)
{
    const struct search_wish *w = s->wish;

    if (w->authentication == AUTHENTICATION_INSTANCE_PROFILE) {
        return creds_instance_plan(&s->plan, &s->arena, w->env, &s->op.fault);
    }
    if (w->authentication != AUTHENTICATION_IAM_CREDENTIALS) return plan_from_files(s);
    s->plan.source = CREDS_KEYS;
    return credentials_copy(&s->plan.keys, w->given, &s->op.fault);
}

/* ---- credential_process ------------------------------------------------------------------- */

static enum status refuse_process(struct search *s, const struct fault *why)
{
    return fault_set(&s->op.fault, SQLSTATE_28000, 0, "credential_process of %s: %s",
                     s->plan.origin, why->text);
}

static enum status start_process(struct search *s) RUNS_ON(io_thread);
static enum status start_process(struct search *s)
{
    struct fault why = {0};

    if (!process_start(&s->process, &s->op, s->plan.argv, CREDS_PROCESS_OUTPUT_MAX,
                       CREDS_PROCESS_TIMEOUT_MS, &why)) {
        return ST_OK;
    }
    return refuse_process(s, &why);
}

static enum status finish_process(struct search *s) RUNS_ON(io_thread);
static enum status finish_process(struct search *s)
{
    enum status st = process_ready(&s->process);

    if (st == ST_ERR) return refuse_process(s, &s->process.fault);
    if (st) return st;
    return creds_process_parse(&s->plan.keys, s->process.output.bytes, s->process.output.count,
                               &s->op.fault);
}

/* ---- container and instance --------------------------------------------------------------- */

static enum status start_host(struct search *s) RUNS_ON(io_thread);
static enum status start_host(struct search *s)
{
    const struct search_wish *w = s->wish;

    return host_keys_start(&s->host, &s->op,
                           &(struct host_place){.plan = &s->plan,
                                                .env = w->env,
                                                .http = w->http,
                                                .may_use_metadata_v1 = w->may_use_metadata_v1},
                           &s->op.fault);
}

static enum status finish_host(struct search *s) RUNS_ON(io_thread);
static enum status finish_host(struct search *s)
{
    struct fault why = {0};
    enum status st = host_keys_ready(&s->host, &s->plan.keys, &why);

    if (st != ST_ERR) return st;
    if (!s->plan.guess) {
        fault_copy(&s->op.fault, &why);
        return ST_ERR;
    }
    return fault_set(&s->op.fault, SQLSTATE_28000, why.native, "%s (%s)", s->plan.guess, why.text);
}

/* ---- roles -------------------------------------------------------------------------------- */

static enum status start_role(struct search *s) RUNS_ON(io_thread);
static enum status start_role(struct search *s)
{
    if (!s->place.endpoint) {
        enum status st =
            places_endpoint(&s->sts, &s->arena, s->wish->places, AWS_STS, NULL, &s->op.fault);

        if (st) return st;
        s->place = (struct sts_place){s->wish->http, &s->sts, s->wish->max_retries,
                                      s->wish->clock_offset_s};
    }
    return role_call_start(&s->role, &s->op, &s->place, &s->plan.roles[s->roles_done],
                           &s->plan.keys, &s->op.fault);
}

static enum status finish_role(struct search *s) RUNS_ON(io_thread);
static enum status finish_role(struct search *s)
{
    struct aws_credentials keys = {0};
    enum status st = role_call_ready(&s->role, &keys, &s->op.fault);

    if (!st) {
        role_call_clear(&s->role);
        credentials_clear(&s->plan.keys);
        s->plan.keys = keys;
        s->roles_done++;
    }
    return st;
}

/* The next role, or the end: the keys are those that were looked for. */
static enum status go_on(struct search *s) RUNS_ON(io_thread);
static enum status go_on(struct search *s)
{
    bool has_role = s->roles_done < s->plan.role_count;

    s->step = has_role ? SEARCH_ROLE : SEARCH_END;
    return has_role ? start_role(s) : ST_OK;
}

/* To where the plan says that keys are. */
static enum status start_source(struct search *s) RUNS_ON(io_thread);
static enum status start_source(struct search *s)
{
    switch (s->plan.source) {
    case CREDS_PROCESS:
        s->step = SEARCH_PROCESS;
        return start_process(s);
    case CREDS_CONTAINER:
    case CREDS_INSTANCE:
        s->step = SEARCH_HOST;
        return start_host(s);
    case CREDS_KEYS:
        break;
    }
    return go_on(s);
}

/* ---- the machine -------------------------------------------------------------------------- */

static enum status search_step(struct search *s) RUNS_ON(io_thread);
static enum status search_step(struct search *s)
{
    enum status st;

    if (op_cancelled(&s->op)) {
        return fault_set(&s->op.fault, SQLSTATE_HY008, 0, "the search for credentials was ended");
    }
    switch (s->step) {
    case SEARCH_PLAN:
        st = make_plan(s);
        return st ? st : start_source(s);

    case SEARCH_PROCESS:
        st = finish_process(s);
        return st ? st : go_on(s);

    case SEARCH_HOST:
        st = finish_host(s);
        return st ? st : go_on(s);

    case SEARCH_ROLE:
        st = finish_role(s);
        return st ? st : go_on(s);

    case SEARCH_END:
        break;
    }
    return ST_OK;
}

static enum status search_advance(struct op *op)
{
    struct search *s = container_of(op, struct search, op);
    enum status st = ST_OK;

    engine_assert();
    while (!st && s->step != SEARCH_END)
        st = search_step(s);
    if (st == ST_WAIT) return st;
    role_call_clear(&s->role);
    host_keys_clear(&s->host);
    process_clear(&s->process);
    s->wish->done(s->wish->context, st, &s->plan.keys, &op->fault);
    return st;
}

static void search_free(struct op *op) NO_THREAD_CHECK;
static void search_free(struct op *op)
{
    struct search *s = container_of(op, struct search, op);

    creds_plan_clear(&s->plan);
    profile_clear(&s->profiles);
    arena_clear(&s->arena);
    s->wish->release(s->wish->context);
    free(s);
}

enum status search_start(struct engine *e, const struct search_wish *wish, struct fault *f)
{
    struct search *s = calloc(1, sizeof *s);

    if (!s) return fault_no_memory(f);
    op_init(&s->op, e, search_advance, search_free);
    arena_init(&s->arena);
    profile_init(&s->profiles);
    s->wish = wish;
    op_submit(&s->op);
    op_release(&s->op);
    return ST_OK;
}
