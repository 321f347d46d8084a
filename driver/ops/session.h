/*
 * What every operation of a connection needs to know: where Athena and S3 are, how to reach them,
 * who signs, and the options that shape a query.
 *
 * Made once from the connection's options, then read-only but for the parts marked as the I/O
 * thread's, and counted: a query that is being stopped outlives its connection.
 */
#ifndef ATHENA_OPS_SESSION_H
#define ATHENA_OPS_SESSION_H

#include <stdatomic.h>

#include "auth/places.h"
#include "base/arena.h"
#include "base/fault.h"
#include "base/thread.h"
#include "config/options.h"
#include "engine/engine.h"
#include "engine/http.h"
#include "ops/bucket_regions.h"
#include "ops/start_queue.h"

struct identity;

struct session {
    atomic_int references;
    struct arena arena; /* holds the strings */
    struct engine *engine;
    struct http_settings http;
    struct identity *identity;

    struct places places;
    struct endpoint athena, s3;
    bool s3_path_style, requester_pays;

    const char *workgroup, *output_location; /* NULL: not said */
    const char *encryption_option, *kms_key, *expected_bucket_owner, *acl_option;
    bool reuse_results;
    int64_t reuse_max_age_minutes;

    enum option_fetcher fetcher;
    unsigned page_rows;                              /* MaxResults of GetQueryResults, 1 to 1000 */
    int64_t poll_min_ms, poll_max_ms, poll_limit_ms; /* poll_limit_ms 0: none */
    double poll_factor; /* growth of the interval; 0: by the query's age (ops/watcher.c) */
    int64_t request_timeout_ms;
    unsigned max_retries;
    size_t window_bytes;
    unsigned download_requests; /* of a result file, at once, at most */

    atomic_uint engine_version; /* of the workgroup; 0: not known (yet) */
    /* The workgroup is known to keep results itself: it refuses what says where and how to. */
    atomic_bool has_managed_results;

    struct start_line starts[START_KINDS] ONLY_ON(io_thread); /* those that wait to be started */
    struct bucket_regions bucket_regions ONLY_ON(io_thread);
};

/*
 * A session with one reference, the caller's. Fails with the fault of the option that is missing or
 * makes no sense (region, endpoints, authentication). No network, no files. Application threads.
 */
struct session *session_new(const struct options *o, struct engine *e, struct fault *f);

/* Where a bucket is reached, in this region or another; strings in arena. */
enum status session_s3_endpoint(const struct session *s, struct arena *arena, const char *bucket,
                                struct endpoint *out, struct fault *f) RUNS_ON(io_thread);

/*
 * The number of Athena's engine: 3 until a workgroup has said otherwise, and for no session. name
 * is as the workgroup says it, "Athena engine version 3"; one without a number changes nothing.
 * Any thread.
 */
unsigned session_engine_version(struct session *s);
void session_set_engine_version(struct session *s, const char *name);

void session_hold(struct session *s);
/* NULL is allowed. Any thread. */
void session_release(struct session *s);

#endif
