/*
 * The AWS configuration files on disk: which they are, and what they say (config/profile.h).
 *
 * Any thread; reading waits for the disk.
 */
#ifndef ATHENA_AUTH_PROFILE_FILES_H
#define ATHENA_AUTH_PROFILE_FILES_H

#include "aws/creds_env.h"
#include "config/profile.h"

/*
 * Adds ~/.aws/config and ~/.aws/credentials, or the files that the environment names instead. A file
 * that is missing, no regular file or unreasonably large counts as empty. The fault is HY001 alone.
 */
enum status profile_files_read(struct profiles *p, const struct creds_env *env, struct fault *f);

#endif
