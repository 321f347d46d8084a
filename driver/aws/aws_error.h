/*
 * What an AWS service said when it said no: the same struct for Athena (JSON), S3 and STS (XML).
 *
 * Strings live in the arena they were parsed into and are never NULL.
 */
#ifndef ATHENA_AWS_AWS_ERROR_H
#define ATHENA_AWS_AWS_ERROR_H

#include <stddef.h>

#include "base/arena.h"

struct aws_error {
    int http_status;
    const char *code;        /* without namespace: "InvalidRequestException"; the HTTP status as
                                text when the body says none */
    const char *message;     /* "" when there is none; raw text of an unreadable body, cut; never
                                the signed request that AWS repeats behind "Canonical String" */
    const char *athena_code; /* AthenaErrorCode: "MALFORMED_QUERY", or "" */
    const char *reason;      /* Reason of TooManyRequestsException, or "" */
    const char *region;      /* S3: where the bucket is, or "" */
    const char *request_id;  /* of the body, or "" (else header x-amzn-requestid) */
};

/*
 * Reads the body of an answer that is not 2xx. Any body is fine: what cannot be read leaves the
 * HTTP status as code. header_type is the answer's x-amzn-errortype or NULL. Memory running out
 * leaves empty strings.
 */
void aws_error_parse_json(struct aws_error *e, struct arena *a, int http_status,
                          const char *header_type, const char *body, size_t bytes);

/* The same for XML; bucket_region is the header x-amz-bucket-region or NULL, which wins. */
void aws_error_parse_xml(struct aws_error *e, struct arena *a, int http_status,
                         const char *bucket_region, const char *body, size_t bytes);

#endif
