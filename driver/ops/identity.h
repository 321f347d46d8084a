/*
 * Who signs: credentials shared by all connections that sign in the same way, and what Athena
 * allows that signer.
 *
 * Connections whose authentication options, region and endpoints agree share one identity, so a
 * thousand connections of one profile run its credential_process once and are watched by one
 * watcher. Credentials are found when the first call needs them, and again shortly before they
 * expire.
 *
 *     EMPTY -> SEARCH -> VALID -> SEARCH ...      a search that fails is reported to everybody who
 *                 |                               waits for it, and tried again by the next call
 *                 +-> EMPTY (fault)
 *
 * Thread: identity_acquire and identity_release anywhere; the rest on the I/O thread.
 */
#ifndef ATHENA_OPS_IDENTITY_H
#define ATHENA_OPS_IDENTITY_H

#include "aws/credentials.h"
#include "aws/sigv4.h"
#include "base/fault.h"
#include "base/list.h"
#include "base/status.h"
#include "base/thread.h"
#include "config/options.h"
#include "engine/op.h"
#include "ops/start_queue.h"

struct catalog_cache;
struct identity;
struct names_refusal;
struct quota;
struct session;
struct watcher;

/* One that waits for credentials; embedded in a call. Zeroed: waits for nothing. */
struct identity_waiter {
    struct list link;
    struct identity *identity;
    struct op *owner; /* woken when the search is over; NULL: not waiting */
    bool has_waited;  /* a search has ended since it asked: its outcome is the answer */
};

/*
 * The identity these options describe, made when there is none like it: then with the session's
 * network settings and region, which are copied. NULL with a fault.
 */
struct identity *identity_acquire(const struct options *o, const struct session *s,
                                  const char *scope, struct fault *f);
void identity_hold(struct identity *id);
void identity_release(struct identity *id);

/*
 * ST_OK: *credentials are valid for some minutes; borrowed until the next call of identity_*.
 * ST_WAIT: a search is under way, waiter->owner will be woken. ST_ERR: f says why there are none
 * (28000 and what to do about it).
 */
enum status identity_ready(struct identity *id, struct identity_waiter *waiter, struct op *owner,
                           const struct aws_credentials **credentials, struct fault *f)
    RUNS_ON(io_thread);

/*
 * It does not wait any more. A search that asks a person ends when nobody else waits for it: a browser
 * that is still open then leads nowhere.
 */
void identity_forget_waiter(struct identity_waiter *waiter) RUNS_ON(io_thread);

/* The service refused the credentials as expired: search anew before the next use. */
void identity_expire(struct identity *id) RUNS_ON(io_thread);

/* The service took the credentials. */
void identity_accepted(struct identity *id) RUNS_ON(io_thread);

/*
 * Whether the credentials were refused as expired, or none could be found, and nothing has worked
 * since: what a connection pool asks for. Any thread.
 */
bool identity_is_shut_out(struct identity *id);

/* The derived signing key of (credentials, day, region, service), cached. */
struct sigv4_key *identity_signing_key(struct identity *id, const char *service) RUNS_ON(io_thread);

/* Seconds to add to the wall clock so that it agrees with the service's. */
int64_t identity_clock_offset_s(const struct identity *id) RUNS_ON(io_thread);
void identity_set_clock_offset_s(struct identity *id, int64_t offset_s) RUNS_ON(io_thread);

/* What is shared by this identity's queries; as old as the identity itself, never NULL. */
struct watcher *identity_watcher(struct identity *id); /* ops/watcher.h */
struct quota *identity_quota(struct identity *id);     /* ops/quota.h */
struct start_queue *identity_starts(struct identity *id, enum start_kind kind);
/* ops/catalog_cache.h; never NULL. */
struct catalog_cache *identity_catalog_cache(struct identity *id) RUNS_ON(io_thread);
/* ops/names_refusal.h; never NULL. */
struct names_refusal *identity_names_refusal(struct identity *id) RUNS_ON(io_thread);

#endif
