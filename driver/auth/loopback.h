/*
 * Where a browser brings what a person's sign-in has given: http://localhost:PORT/athena.
 *
 *     LISTENING -> ANSWERED      the one answer that was waited for; its proof stands in l->proof
 *         |  ^
 *         |  +-- anything else is told so and forgotten
 *         +-----> REFUSED        the provider says why nobody has signed in
 *
 * A web server for one answer: GET or POST, with fields in the query or in a form. The answer is the
 * right one when it says again what only the provider and we know (state, RelayState). What comes from elsewhere
 * (a page that guesses, a name that was made to point here) changes nothing. The pages that are shown
 * repeat nothing of what has come. I/O thread.
 */
#ifndef ATHENA_AUTH_LOOPBACK_H
#define ATHENA_AUTH_LOOPBACK_H

#include <stdint.h>

#include "aws/pkce.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/listener.h"
#include "engine/op.h"
#include "engine/timer.h"

struct loopback_wish {
    const char *doing;          /* "signing in with the browser": how faults begin; static */
    int64_t port;               /* listen_port; 0: any that is free */
    int64_t timeout_s;          /* how long a person has */
    const char *timeout_option; /* its option's name, for the fault; static */
    const char *proof;          /* the field that is waited for: "code", "SAMLResponse"; static */
    const char *echo; /* the field that says l->state again: "state", "RelayState"; static */
};

enum loopback_step { LOOPBACK_IDLE, LOOPBACK_LISTENING, LOOPBACK_ANSWERED, LOOPBACK_REFUSED };

/* Zeroed: idle. */
struct loopback {
    enum loopback_step step;
    struct op *owner;
    struct loopback_wish wish;
    struct listener listener;
    struct timer limit;
    char state[PKCE_TEXT_BYTES]; /* made by loopback_start(); to be sent along */
    char redirect_uri[48];       /* "http://localhost:7890/athena" */
    struct buf proof;            /* secret; wiped by loopback_clear() */
    struct fault fault;          /* REFUSED */
    unsigned strangers;          /* answers without the right echo */
};

/*
 * Listens. owner is woken when it is over. 08001 when the port is taken, with the option to change;
 * HY000 without random bits, HY001.
 */
enum status loopback_start(struct loopback *l, struct op *owner, const struct loopback_wish *wish,
                           struct fault *f) RUNS_ON(io_thread);

/* ST_WAIT; ST_OK: l->proof; ST_ERR: 28000 what the provider says, HYT00 nobody came in time. */
enum status loopback_ready(struct loopback *l, struct fault *f) RUNS_ON(io_thread);

/* Ends it in any state: the port is free, the proof wiped. Idle again. */
void loopback_clear(struct loopback *l) RUNS_ON(io_thread);

#endif
