/*
 * Keys as JSON: {"AccessKeyId", "SecretAccessKey", a token, "Expiration"}, the form that programs
 * and hosts share but for a few members.
 *
 * Pure. Texts of faults quote nothing but "Code" and "Message"; what was read is wiped.
 */
#ifndef ATHENA_AWS_CREDS_JSON_H
#define ATHENA_AWS_CREDS_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "aws/credentials.h"
#include "base/fault.h"
#include "base/status.h"

struct creds_json_form {
    const char *doing; /* messages begin with it */
    const char *what;  /* "the answer": what the JSON is, for messages */
    const char *token; /* the member that holds the session token */
    bool has_version;  /* "Version" has to be 1 */
    bool has_code;     /* "Code", where it is given, has to be "Success" */
};

/* 28000 for what is no JSON or has no pair of keys; a token and an end are optional. */
enum status creds_json_parse(struct aws_credentials *c, const struct creds_json_form *form,
                             const char *bytes, size_t count, struct fault *f);

#endif
