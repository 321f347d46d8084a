/*
 * credential_process: a program of the profile's prints keys as JSON (AWS SDKs and Tools Reference
 * Guide, "Process credential provider").
 */
#include "auth/via.h"
#include "aws/creds_process.h"
#include "engine/process.h"

struct via_process {
    struct sign_in base;
    struct process process;
};

static enum status refuse(const struct sign_in *in, const struct fault *why, struct fault *f)
{
    return fault_set(f, SQLSTATE_28000, 0, "credential_process of %s: %s", in->plan->origin,
                     why->text);
}

static enum status start(struct sign_in *in, struct fault *f) RUNS_ON(io_thread);
static enum status start(struct sign_in *in, struct fault *f)
{
    struct via_process *p = container_of(in, struct via_process, base);
    struct fault why = {0};

    if (!process_start(&p->process, in->owner, in->plan->argv, CREDS_PROCESS_OUTPUT_MAX,
                       CREDS_PROCESS_TIMEOUT_MS, &why)) {
        return ST_OK;
    }
    return refuse(in, &why, f);
}

static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
    RUNS_ON(io_thread);
static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
{
    struct via_process *p = container_of(in, struct via_process, base);
    enum status st = process_ready(&p->process);

    if (st == ST_ERR) return refuse(in, &p->process.fault, f);
    if (st) return st;
    return creds_process_parse(&out->keys, p->process.output.bytes, p->process.output.count, f);
}

static void clear(struct sign_in *in) RUNS_ON(io_thread);
static void clear(struct sign_in *in)
{
    process_clear(&container_of(in, struct via_process, base)->process);
}

const struct sign_in_kind via_process = {
    .name = "credential_process",
    .bytes = sizeof(struct via_process),
    .start = start,
    .ready = ready,
    .clear = clear,
};
