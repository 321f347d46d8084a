/*
 * AWS Signature Version 4 for headers (AWS IAM User Guide).
 *
 * The key of a day, region and service takes four HMACs to derive and is kept by the caller in a
 * struct sigv4_key; with it a signature costs one SHA-256 of the canonical request and one HMAC.
 *
 * Pure: the time is passed in. Any thread; a key has one user at a time.
 */
#ifndef ATHENA_AWS_SIGV4_H
#define ATHENA_AWS_SIGV4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"

struct sigv4_tools;

/*
 * A derived signing key with what it was derived for; derived again when key id, day, region or
 * service differ. Zeroed: none yet. Clear it when the secret changes under the same key id, and in
 * the end: it holds memory.
 */
struct sigv4_key {
    struct sigv4_tools *tools; /* libcrypto's side, made at the first signature */
    char key_id[132];
    char day[9]; /* YYYYMMDD */
    char region[40];
    char service[20];
    unsigned char bytes[32];
};

/* Wipes and frees; as good as zeroed. */
void sigv4_key_clear(struct sigv4_key *k);

struct sigv4_header {
    const char *name, *value;
};

enum sigv4_payload {
    SIGV4_BODY,        /* hash of the body, in the signature only (Athena, STS) */
    SIGV4_BODY_HEADER, /* the same, and sent as x-amz-content-sha256 (S3) */
    SIGV4_UNSIGNED     /* UNSIGNED-PAYLOAD, sent as x-amz-content-sha256 (S3 over https) */
};

struct sigv4_request {
    const char *method;
    const char *host;  /* as curl will send it: with :port unless it is the scheme's own */
    const char *path;  /* as sent: percent-encoded, begins with '/' */
    const char *query; /* as sent, without '?'; NULL or "" for none */
    const struct sigv4_header *headers; /* further headers; sent, and signed unless on the list of
                                           those that never are */
    size_t header_count;
    const void *body;
    size_t body_bytes;
    enum sigv4_payload payload;
    bool is_s3; /* the path is signed as it is: no dot segments removed, not encoded twice */
};

/*
 * Makes the headers to send: the request's own, X-Amz-Date, the token and content hash where due,
 * and Authorization, as a NULL-terminated array of "Name: value" lines in arena, ready for struct
 * http_request. Host is signed and left to curl to send. wall_s: seconds of 1970, corrected for the
 * server's clock. Faults: HY001, HY000 when libcrypto fails.
 */
enum status sigv4_sign(const char *const **header_lines, struct arena *arena, struct sigv4_key *key,
                       const struct aws_credentials *credentials, const char *region,
                       const char *service, const struct sigv4_request *request, int64_t wall_s,
                       struct fault *f);

/* Lower-case hex SHA-256 and its NUL. False when libcrypto fails. */
bool sigv4_hash(char hex[65], const void *bytes, size_t count);

/* The two texts a signature stands on, in arena (for tests and for traces: they hold no secret). */
struct sigv4_trace {
    const char *canonical_request;
    const char *string_to_sign;
    const char *authorization;
};
enum status sigv4_explain(struct sigv4_trace *trace, struct arena *arena, struct sigv4_key *key,
                          const struct aws_credentials *credentials, const char *region,
                          const char *service, const struct sigv4_request *request, int64_t wall_s,
                          struct fault *f);

#endif
