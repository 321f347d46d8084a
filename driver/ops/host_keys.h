/*
 * The keys that a host gives: a container's endpoint, or an instance's metadata service.
 *
 *     TOKEN -> ROLE -> KEYS -> DONE      an instance
 *                      KEYS -> DONE      a container
 *
 *   TOKEN  waits for a session token (IMDSv2); where version 1 is allowed it is done without
 *   ROLE   waits for the name of the role that the instance has
 *   KEYS   waits for the keys
 *
 * Each step asks again, after a pause, what failed for a reason that passes. Nobody far away is
 * asked, so time-outs are short, and a proxy is never used.
 *
 * Part of the search for credentials (ops/search.h). I/O thread.
 */
#ifndef ATHENA_OPS_HOST_KEYS_H
#define ATHENA_OPS_HOST_KEYS_H

#include "aws/creds_env.h"
#include "aws/creds_profile.h"
#include "aws/credentials.h"
#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/http.h"
#include "engine/op.h"
#include "engine/timer.h"

/* Whom to ask, and how; what it points to is borrowed until the machine is cleared. */
struct host_place {
    const struct creds_plan *plan;    /* CREDS_CONTAINER or CREDS_INSTANCE */
    const struct creds_env *env;      /* a container's authorization */
    const struct http_settings *http; /* certificates and user agent are taken from it */
    bool may_use_metadata_v1;
};

enum host_step { HOST_IDLE, HOST_TOKEN, HOST_ROLE, HOST_KEYS, HOST_DONE };

/* Zeroed: idle. */
struct host_keys {
    enum host_step step;
    bool is_pausing; /* before the step's next attempt */
    struct op *owner;
    struct host_place place;
    struct http_settings settings;
    struct arena arena;
    const char *header; /* the session token's, or the authorization's; in the arena, wiped */
    const char *role;
    char doing[160];
    struct http http;
    struct timer pause;
    unsigned attempts; /* of the step */
};

enum status host_keys_start(struct host_keys *h, struct op *owner, const struct host_place *place,
                            struct fault *f) RUNS_ON(io_thread);

/*
 * ST_WAIT; ST_OK: *out are the keys, which the caller clears; ST_ERR: f, 28000 when there are none
 * to be had, 08xxx and HYT01 when nobody answers.
 */
enum status host_keys_ready(struct host_keys *h, struct aws_credentials *out, struct fault *f)
    RUNS_ON(io_thread);

/* Ends it; idle again. */
void host_keys_clear(struct host_keys *h) RUNS_ON(io_thread);

#endif
