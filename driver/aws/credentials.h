/*
 * A set of AWS keys.
 *
 * Thread: one owner at a time. Secrets are wiped when a set is cleared; none is ever logged.
 */
#ifndef ATHENA_AWS_CREDENTIALS_H
#define ATHENA_AWS_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/status.h"

struct aws_credentials {
    char *key_id; /* NULL: no credentials */
    char *secret;
    char *token;          /* NULL unless temporary */
    int64_t expires_at_s; /* wall clock, seconds of 1970; 0: never */
};

/* Copies; an empty token means none. Clears what c held. HY001. c must be zeroed or set before. */
enum status credentials_set(struct aws_credentials *c, const char *key_id, const char *secret,
                            const char *token, int64_t expires_at_s, struct fault *f);

enum status credentials_copy(struct aws_credentials *to, const struct aws_credentials *from,
                             struct fault *f);

/* Wipes and frees; c is as good as zeroed. */
void credentials_clear(struct aws_credentials *c);

/* True when they end before now_s + margin_s; never for keys that do not expire. */
bool credentials_expire_within(const struct aws_credentials *c, int64_t now_s, int64_t margin_s);

/* "2026-11-22T12:00:00Z" (fraction, +hh:mm allowed) in seconds of 1970; false when it is none. */
bool credentials_parse_time(const char *text, int64_t *seconds);

/* The same the other way round. */
enum { CREDENTIALS_TIME_BYTES = 32 };
void credentials_write_time(char text[CREDENTIALS_TIME_BYTES], int64_t seconds);

#endif
