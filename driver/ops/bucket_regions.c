/* Buckets elsewhere. See bucket_regions.h. */
#include "ops/bucket_regions.h"

#include <stdio.h>
#include <string.h>

#include "aws/region.h"

const char *bucket_regions_find(const struct bucket_regions *r, const char *bucket)
{
    for (size_t i = 0; i < BUCKET_REGIONS; i++) {
        if (*bucket && !strcmp(r->known[i].bucket, bucket)) return r->known[i].region;
    }
    return NULL;
}

void bucket_regions_learn(struct bucket_regions *r, const char *bucket, const char *region)
{
    size_t at = r->next;

    if (!*bucket || strlen(bucket) >= BUCKET_NAME_BYTES || !region_is_name(region)) return;
    for (size_t i = 0; i < BUCKET_REGIONS; i++) {
        if (!strcmp(r->known[i].bucket, bucket)) at = i;
    }
    if (at == r->next) r->next = (r->next + 1) % BUCKET_REGIONS;
    snprintf(r->known[at].bucket, BUCKET_NAME_BYTES, "%s", bucket);
    snprintf(r->known[at].region, REGION_NAME_BYTES, "%s", region);
}
