/*
 * Where each service of AWS is for a connection: its region and its endpoint options, read once.
 *
 *     athena               EndpointOverride
 *     s3                   S3EndpointOverride
 *     sts                  StsEndpointOverride
 *     lakeformation        LakeFormationEndpointOverride
 *     portal.sso           SSOEndpointOverride
 *     oidc                 SSOOIDCEndpointOverride
 *     sso                  SSOAdminEndpointOverride
 *     datazone             SageMakerEndpointOverride
 *
 * UseFipsEndpoint and UseDualStackEndpoint concern all of them. Read-only after places_read().
 */
#ifndef ATHENA_AUTH_PLACES_H
#define ATHENA_AUTH_PLACES_H

#include <stdbool.h>

#include "aws/region.h"
#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"
#include "config/options.h"

struct places {
    const char *region;                       /* NULL: none known */
    const char *overrides[AWS_SERVICE_COUNT]; /* NULL: none */
    bool use_fips, use_dual_stack;
};

/*
 * AwsRegion, else the environment's region, else that of the profile (AWSProfile, or the environment's)
 * in the AWS files, for which the disk is read; strings in arena. HY001.
 */
enum status places_read(struct places *p, struct arena *a, const struct options *o,
                        struct fault *f);

/* A copy that outlives the original's arena. HY001. */
enum status places_copy(struct places *to, struct arena *a, const struct places *from,
                        struct fault *f);

/*
 * The endpoint of a service, strings in arena; region NULL: the connection's own. Faults as
 * region_endpoint().
 */
enum status places_endpoint(struct endpoint *out, struct arena *a, const struct places *p,
                            enum aws_service service, const char *region, struct fault *f);

#endif
