/*
 * A request as a small HTTP server reads it (RFC 9112): what a browser brings to the loopback
 * (auth/loopback.h).
 *
 * Strict, since whoever sends it may be anybody: HTTP/1.0 and 1.1, lines that end in CR LF, a path that
 * begins with '/', a body with its length said in front. Pure. Any thread.
 */
#ifndef ATHENA_AWS_SERVED_REQUEST_H
#define ATHENA_AWS_SERVED_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

enum { SERVED_HEAD_BYTES_MAX = 32 << 10, SERVED_BODY_BYTES_MAX = 4 << 20 };

/* Of the bytes that were read; not terminated. NULL and 0 for what is not there. */
struct served_text {
    const char *bytes;
    size_t count;
};

struct served_request {
    struct served_text method, path, query, host, content_type, body;
};

enum served_verdict {
    SERVED_PARTIAL, /* more has to come */
    SERVED_WHOLE,   /* the request stands in *r */
    SERVED_TOO_LARGE,
    SERVED_BAD
};

enum served_verdict served_request_read(struct served_request *r, const char *bytes, size_t count);

/* Whether it is that word; letters count as they are. */
bool served_text_is(struct served_text t, const char *word);

/* Whether it is a form, by its Content-Type. */
bool served_request_is_form(const struct served_request *r);

#endif
