/*
 * Amazon DataZone in bytes, as far as SageMaker Unified Studio gives credentials of a project by it
 * (Amazon DataZone API Reference: ListConnections, GetConnection).
 *
 *     POST /sso/redeem-token                                   datazone_write_redeem()
 *     GET  /v2/domains/D/connections?projectIdentifier=P ...   datazone_list_path()
 *     GET  /v2/domains/D/connections/C?withSecret=true         datazone_connection_path()
 *
 * The first is not in that reference: it is how AWS's toolkit for Visual Studio Code, which is open,
 * turns a token of IAM Identity Center into keys of the domain's execution role. That an Athena
 * driver asks in this order is inferred, not documented.
 *
 * Pure. Faults are 28000 "doing: ..." without anything of the answer; HY001.
 */
#ifndef ATHENA_AWS_DATAZONE_CODEC_H
#define ATHENA_AWS_DATAZONE_CODEC_H

#include <stddef.h>

#include "aws/credentials.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"

#define DATAZONE_REDEEM_PATH "/sso/redeem-token"

struct datazone_connection {
    const char *id, *name, *type; /* never NULL */
};

struct datazone_connections {
    struct datazone_connection *items;
    size_t count;
    const char *next_token; /* "": this was the last page */
};

/* {"domainId", "accessToken"}; b is one for secrets. */
void datazone_write_redeem(struct buf *b, const char *domain, const char *access_token);

/* Paths with their queries, in the arena; NULL when memory has run out. next_token may be "". */
const char *datazone_list_path(struct arena *a, const char *domain, const char *project,
                               const char *next_token);
const char *datazone_connection_path(struct arena *a, const char *domain, const char *id);

/* Everything in the arena. */
enum status datazone_read_connections(struct datazone_connections *out, struct arena *a,
                                      const char *body, size_t bytes, const char *doing,
                                      struct fault *f);

/* The keys of either answer; what says when they end may be a time or seconds of 1970. */
enum status datazone_read_keys(struct aws_credentials *c, const char *body, size_t bytes,
                               const char *doing, struct fault *f);

#endif
