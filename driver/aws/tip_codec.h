/*
 * Trusted identity propagation in bytes: tags of resources, the exchange of a person's token for an
 * identity context, and what of it is kept (Athena and IAM Identity Center API References,
 * ListTagsForResource; IAM Identity Center OIDC API Reference, CreateTokenWithIAM).
 *
 * Pure. Texts of faults quote nothing of a body. What is written and read is secret but for tags: the
 * caller wipes it.
 */
#ifndef ATHENA_AWS_TIP_CODEC_H
#define ATHENA_AWS_TIP_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"

/* Names the ARN of an application at a workgroup, and that of a role at an application. */
#define TIP_TAG "AthenaDriverOidcAppArn"

/* A page of tags. member: what the service calls the resource; next: of the page before, or NULL. */
void tip_write_tags(struct buf *b, const char *member, const char *arn, const char *next);

/* *value is that of TIP_TAG, *next of the page behind, both in the arena; NULL: none. 08S01, HY001. */
enum status tip_read_tags(const char **value, const char **next, struct arena *a, const char *body,
                          size_t bytes, const char *doing, struct fault *f);

void tip_write_exchange(struct buf *b, const char *application, const char *token);

/*
 * *context, in the arena, is that of the answer's details, else of its id token; *life_s is for how
 * long it is good, 0: not said. 28000 when there is none.
 */
enum status tip_read_exchange(const char **context, int64_t *life_s, struct arena *a,
                              const char *body, size_t bytes, const char *doing, struct fault *f);

/* What a sign-in leaves for the next. Texts may be "", or NULL to be left out. */
struct tip_kept {
    const char *context;
    int64_t context_ends_s; /* wall clock */
    const char *application, *access_role;
    struct aws_credentials keys; /* of the application's role; borrowed when written */
};

void tip_write_kept(struct buf *b, const struct tip_kept *kept);

/*
 * Texts in the arena, never NULL; kept->keys are the caller's to clear. False, with nothing in *kept,
 * for what is none.
 */
bool tip_read_kept(struct tip_kept *kept, struct arena *a, const char *bytes, size_t count);

#endif
