/*
 * Listening on this machine's own addresses, 127.0.0.1 and ::1, for a few short connections: what a
 * browser brings back from a sign-in.
 *
 *     READ --peer_answer()--> SEND -> LINGER -> gone
 *      |                       |        |
 *      +-- too long, too much, broken --+
 *
 *   READ    what comes is collected; the owner looks at it after each piece
 *   SEND    the answer goes out
 *   LINGER  it is out; what still comes is thrown away until the other side closes, which would
 *           lose the answer if it were met by a reset
 *
 * Nobody from another machine can connect, and nobody else can listen there meanwhile. When there are
 * too many connections the oldest goes. I/O thread.
 */
#ifndef ATHENA_ENGINE_LISTENER_H
#define ATHENA_ENGINE_LISTENER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/list.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/engine.h"

struct door;
struct peer;

/* More has come from p; in holds all of it. May call peer_answer(), and must not close the listener. */
typedef void listener_fn(void *context, struct peer *p, const struct buf *in);

struct listener_wish {
    unsigned port;       /* 0: any that is free */
    size_t max_in_bytes; /* a connection that brings more is closed */
    unsigned max_peers;
    int64_t patience_ms; /* for a connection, from its first to its last byte */
    listener_fn *received;
    void *context;
};

/* Zeroed: closed. */
struct listener {
    struct engine *engine;
    struct listener_wish wish;
    unsigned port;      /* that is listened on */
    struct door *doors; /* one for each address; NULL: closed */
    struct list peers;
    unsigned peer_count;
};

/*
 * Opens it. HY001; 08001 with errno as native when the port is taken (EADDRINUSE) or may not be had.
 */
enum status listener_open(struct listener *l, struct engine *e, const struct listener_wish *wish,
                          struct fault *f) RUNS_ON(io_thread);

/* Sends an answer, copied, and closes when it is out. Once for a peer; what has come is wiped. */
void peer_answer(struct peer *p, const char *bytes, size_t count) RUNS_ON(io_thread);

/* Closes everything; the port is free. What has come is wiped. Harmless when closed. */
void listener_close(struct listener *l) RUNS_ON(io_thread);

#endif
