/*
 * The search for credentials: from what a connection asks for to keys that can sign.
 *
 *     PLAN -> SOURCE -> ROLE -> END
 *             ^ |        | |
 *             | +-> SAML + |
 *             +------------+  once, where a way goes on from keys (SageMakerIam)
 *
 *   PLAN     the AWS files and the environment are read: where keys are, which roles follow
 *   SOURCE   waits for a way to credentials (auth/sign_in.h): a program, a host, a provider
 *   SAML     waits for the keys of a role, where the source has given a SAML assertion
 *   ROLE     waits for STS, once for each role of the chain
 *   END      wish->done has been called
 *
 * It is an operation that nobody waits for with op_wait(): what it finds it tells on the I/O thread.
 */
#ifndef ATHENA_AUTH_SEARCH_H
#define ATHENA_AUTH_SEARCH_H

#include <stdbool.h>

#include "auth/wish.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/engine.h"

struct search;

/*
 * Starts one, *search, which is there until wish->done or wish->release is called. wish is part of
 * what asks (ops/identity.c), and unchanged while the search runs. ST_ERR with HY001; otherwise
 * wish->release will be called. I/O thread.
 */
enum status search_start(struct search **search, struct engine *e, const struct search_wish *wish,
                         struct fault *f) RUNS_ON(io_thread);

/* Whether it waits for a person now. */
bool search_asks_person(const struct search *s) RUNS_ON(io_thread);

/* Nobody wants it any more: wish->done will be called with HY008. */
void search_cancel(struct search *s) RUNS_ON(io_thread);

#endif
