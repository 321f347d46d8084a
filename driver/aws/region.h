/*
 * Regions, partitions and host names (AWS General Reference).
 *
 * Pure; results live in the caller's arena.
 */
#ifndef ATHENA_AWS_REGION_H
#define ATHENA_AWS_REGION_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"

enum aws_service {
    AWS_ATHENA,
    AWS_S3,
    AWS_STS,
    AWS_LAKE_FORMATION,
    AWS_SSO_PORTAL, /* IAM Identity Center: GetRoleCredentials */
    AWS_SSO_OIDC,   /* IAM Identity Center: RegisterClient, CreateToken */
    AWS_SSO_ADMIN,  /* IAM Identity Center: its administration */
    AWS_DATAZONE,   /* SageMaker Unified Studio */
    AWS_SERVICE_COUNT
};

struct region_partition {
    const char *name;              /* "aws", "aws-cn" ... as in ARNs */
    const char *dns_suffix;        /* "amazonaws.com" */
    const char *dual_stack_suffix; /* "api.aws" */
};

/* The partition of a region; "aws" for a region nobody has heard of. Static storage. */
const struct region_partition *region_partition(const char *region);

/* Whether it could be a region's name: lower-case letters, digits and hyphens, with a hyphen. */
bool region_is_name(const char *region);

struct region_wish {
    const char *region;   /* "us-east-1" */
    const char *override; /* URL or host[:port] from an EndpointOverride; NULL or "": none */
    bool use_fips, use_dual_stack;
};

/* Where a service is. All strings non-NULL. */
struct endpoint {
    const char *scheme;    /* "https" or "http" */
    const char *host;      /* Host header: name, or [v6], with :port unless the scheme's own */
    const char *base_path; /* "" or "/something" without slash at the end */
    const char *url;       /* scheme://host base_path, no slash at the end */
    const char *region;    /* to sign for */
    const char *service;   /* to sign for: "athena", "s3", "sso-oauth" ... */
    bool is_override;
    bool needs_path_style; /* S3: an IP address, localhost: there are no bucket names in DNS */
};

/*
 * Works out an endpoint. A scheme missing from an override means https; what is signed for is the
 * wish's region whatever the override's host is called (a VPC endpoint, say), but for the global
 * sts.amazonaws.com, which wants us-east-1. Faults: HY024 for a
 * missing or impossible region, an override that is no URL, FIPS or dual-stack together with an
 * override, FIPS where the service has none.
 */
enum status region_endpoint(struct endpoint *e, struct arena *a, enum aws_service service,
                            const struct region_wish *wish, struct fault *f);

#endif
