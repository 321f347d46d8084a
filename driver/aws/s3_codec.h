/*
 * S3 in bytes: locations, URLs, ranges. (Its error bodies: aws_error.h.)
 *
 * Pure; results live in the caller's arena. Any thread.
 */
#ifndef ATHENA_AWS_S3_CODEC_H
#define ATHENA_AWS_S3_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/region.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"

struct s3_location {
    const char *bucket;
    const char *key; /* as it is, not encoded; may be "" */
};

/* Splits "s3://bucket/key". HY024 when it is something else. */
enum status s3_split(struct s3_location *l, struct arena *a, const char *uri, struct fault *f);

/* Where to send a request for an object, and what to sign: byte for byte the same path. */
struct s3_target {
    const char *url;  /* for http_request */
    const char *host; /* for sigv4_request */
    const char *path; /* for sigv4_request, encoded */
};

/*
 * Builds it: the bucket in the host name, or in the path when asked to, when the bucket has dots
 * (no certificate matches it under TLS) or characters no host name has, or when the endpoint needs
 * it. HY001.
 */
enum status s3_target(struct s3_target *t, struct arena *a, const struct endpoint *e,
                      const struct s3_location *l, bool use_path_style, struct fault *f);

/* Appends a key percent-encoded as S3 wants it signed: all but A-Za-z0-9-_.~/ */
void s3_encode_key(struct buf *b, const char *key);

struct s3_range {
    int64_t first, last; /* both inclusive; -1 in "bytes * /total" of a 416 answer */
    int64_t total;       /* -1: not told */
};

/* Reads the value of a Content-Range header; false when it is none. */
bool s3_parse_range(struct s3_range *r, const char *text);

#endif
