/*
 * Which buckets are in another region than their connection: learnt from S3's redirects, so that
 * the detour is made once and not for every part of every result.
 *
 * A connection reads from few buckets: the oldest of eight is forgotten. I/O thread.
 */
#ifndef ATHENA_OPS_BUCKET_REGIONS_H
#define ATHENA_OPS_BUCKET_REGIONS_H

#include <stddef.h>

#include "base/thread.h"

enum { BUCKET_REGIONS = 8, BUCKET_NAME_BYTES = 64, REGION_NAME_BYTES = 32 };

/* Zeroed: nothing is known. */
struct bucket_regions {
    struct {
        char bucket[BUCKET_NAME_BYTES]; /* "": free */
        char region[REGION_NAME_BYTES];
    } known[BUCKET_REGIONS];
    unsigned next; /* to be overwritten */
};

/* The bucket's region, good until something is learnt; NULL: as far as is known the connection's. */
const char *bucket_regions_find(const struct bucket_regions *r, const char *bucket)
    RUNS_ON(io_thread);

/* Does nothing with a name that is too long for a bucket or is no region's. */
void bucket_regions_learn(struct bucket_regions *r, const char *bucket, const char *region)
    RUNS_ON(io_thread);

#endif
