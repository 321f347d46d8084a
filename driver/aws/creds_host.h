/*
 * Credentials that the host gives: where to ask a container's endpoint (ECS, EKS Pod Identity) and
 * the instance metadata service (EC2), and what they answer (AWS SDKs and Tools Reference Guide,
 * "Container credential provider", "IMDS credential provider").
 *
 * Pure; asking is auth/via_host.c's. Texts of faults hold neither paths, which may be secret, nor
 * anything of an answer but AWS's own error code.
 */
#ifndef ATHENA_AWS_CREDS_HOST_H
#define ATHENA_AWS_CREDS_HOST_H

#include <stdbool.h>
#include <stddef.h>

#include "aws/creds_env.h"
#include "aws/credentials.h"
#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"

/* Whether the environment names an endpoint of the container. */
bool creds_host_has_container(const struct creds_env *env);

/* AWS_EC2_METADATA_DISABLED=true. */
bool creds_host_is_instance_disabled(const struct creds_env *env);

/* AWS_EC2_METADATA_V1_DISABLED=true. */
bool creds_host_is_v1_disabled(const struct creds_env *env);

/*
 * The container's endpoint, in the arena: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI at ECS's address,
 * else AWS_CONTAINER_CREDENTIALS_FULL_URI. Without TLS the authorization token may go to nobody but
 * this machine and the addresses of ECS and EKS. 28000 when it is not set or not allowed.
 */
enum status creds_host_container(const char **url, struct arena *a, const struct creds_env *env,
                                 struct fault *f);

/*
 * The base of the metadata service, without a slash at its end, in the arena. 28000 when the
 * environment forbids to ask it, or what it says of the endpoint is none.
 */
enum status creds_host_instance(const char **url, struct arena *a, const struct creds_env *env,
                                struct fault *f);

/*
 * A token as it was received or read, blanks around it dropped; NULL when it is empty or cannot be
 * the value of a header, or when memory has run out.
 */
const char *creds_host_token(struct arena *a, const char *token, size_t bytes);

/* The role that the metadata service names in its first line; NULL when that is no role's name. */
const char *creds_host_role(struct arena *a, const char *body, size_t bytes);

/*
 * {"AccessKeyId","SecretAccessKey","Token","Expiration"}, with "Code" from an instance. 28000 for
 * anything else.
 */
enum status creds_host_parse(struct aws_credentials *c, const char *body, size_t bytes,
                             const char *doing, struct fault *f);

#endif
