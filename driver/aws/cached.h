/*
 * What the file cache of sign-ins holds, in bytes: temporary keys, in the form that a
 * credential_process prints, or a token.
 *
 *     {"Version":1,"AccessKeyId":"...","SecretAccessKey":"...","SessionToken":"...","Expiration":"..."}
 *     {"Version":1,"Token":"...","Expiration":"..."}
 *
 * Pure. Any thread. What is written or read is secret: the buffer's owner wipes it.
 */
#ifndef ATHENA_AWS_CACHED_H
#define ATHENA_AWS_CACHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "base/buf.h"

void cached_write_keys(struct buf *b, const struct aws_credentials *keys);

/* False for anything but whole keys that end some time. */
bool cached_read_keys(struct aws_credentials *keys, const char *bytes, size_t count);

void cached_write_token(struct buf *b, const char *token, int64_t expires_at_s);

/* The token is appended to out. False for anything but a token that ends some time. */
bool cached_read_token(struct buf *out, int64_t *expires_at_s, const char *bytes, size_t count);

#endif
