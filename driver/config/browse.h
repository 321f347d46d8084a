/*
 * Browsing for a connection: which attributes SQLBrowseConnect still has to ask for.
 *
 * A browse has two levels: where Athena is, then the credentials that AuthenticationType calls
 * for. A level is asked as long as something that it requires is missing; what may be left out is
 * offered along with it, with an asterisk in front (ODBC Programmer's Reference, "SQLBrowseConnect
 * Function", the grammar of the browse result connection string).
 *
 * Plain functions; any thread.
 */
#ifndef ATHENA_CONFIG_BROWSE_H
#define ATHENA_CONFIG_BROWSE_H

#include <stdbool.h>

#include "base/buf.h"
#include "config/options.h"
#include "config/profile.h"

/* What the environment says where no option does. */
struct browse_environment {
    bool has_region;                 /* AWS_REGION, or the profile's */
    bool has_profile;                /* AWS_PROFILE */
    const struct profiles *profiles; /* to choose from; NULL: none are known */
};

/*
 * Appends the attributes of the first level that lacks something:
 * "AwsRegion:AWS region=?;*AuthenticationType:Authentication={IAM Credentials,IAM Profile};".
 * False, and nothing is appended, when all that is required is there.
 */
bool browse_write_needs(const struct options *o, const struct browse_environment *env,
                        struct buf *out);

/*
 * Forgets the credentials that were refused, so that they are asked for again. False when the
 * authentication type has none that could be asked for.
 */
bool browse_forget_credentials(struct options *o);

#endif
