/*
 * The search for credentials: from what a connection asks for to keys that can sign.
 *
 *     PLAN -> PROCESS or HOST -> ROLE -> END
 *
 *   PLAN     the AWS files and the environment are read: where keys are, which roles follow
 *   PROCESS  waits for credential_process, where that is where they are
 *   HOST     waits for the container's endpoint or the instance's metadata service
 *   ROLE     waits for STS, once for each role of the chain
 *   END      wish->done has been called
 *
 * It is an operation that nobody waits for with op_wait(): what it finds it tells on the I/O thread.
 */
#ifndef ATHENA_OPS_SEARCH_H
#define ATHENA_OPS_SEARCH_H

#include "aws/credentials.h"
#include "aws/creds_env.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/engine.h"
#include "engine/http.h"
#include "ops/places.h"

/* Part of what asks (ops/identity.c), and unchanged while the search runs. */
struct search_wish {
    unsigned authentication;             /* enum option_authentication */
    const char *profile;                 /* as the option says, or NULL */
    const struct aws_credentials *given; /* with AUTHENTICATION_IAM_CREDENTIALS */
    const struct creds_env *env;
    const struct http_settings *http;
    const struct places *places;
    bool may_use_metadata_v1; /* of an instance, where it gives no session token */
    unsigned max_retries;
    int64_t *clock_offset_s; /* of AWS's clock against ours; a search may correct it */

    /*
     * Called once, on the I/O thread, unless the engine ends before: ST_OK with keys, which are
     * borrowed, or ST_ERR with why there are none.
     */
    void (*done)(void *context, enum status st, const struct aws_credentials *keys,
                 const struct fault *why);
    void (*release)(void *context); /* the search does not need the wish any more */
    void *context;
};

/* ST_ERR with HY001; otherwise release will be called. I/O thread. */
enum status search_start(struct engine *e, const struct search_wish *wish, struct fault *f)
    RUNS_ON(io_thread);

#endif
