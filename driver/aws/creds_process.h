/*
 * credential_process: the command line into words, the program's output into keys.
 *
 * Pure; running the program is engine/process.h's.
 */
#ifndef ATHENA_AWS_CREDS_PROCESS_H
#define ATHENA_AWS_CREDS_PROCESS_H

#include <stddef.h>

#include "aws/credentials.h"
#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"

enum { CREDS_PROCESS_OUTPUT_MAX = 1 << 20, CREDS_PROCESS_TIMEOUT_MS = 60000 };

/*
 * Splits as a POSIX shell would, with quotes and backslashes and nothing else: no variables, no
 * globs, no operators. argv is NULL-terminated in arena. 28000 for an open quote or an empty line.
 */
enum status creds_process_split(char *const **argv, struct arena *a, const char *command,
                                struct fault *f);

/* {"Version":1,"AccessKeyId",...}. 28000 for anything else; the text is never quoted (secrets). */
enum status creds_process_parse(struct aws_credentials *c, const char *output, size_t bytes,
                                struct fault *f);

#endif
