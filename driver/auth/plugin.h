/*
 * plugin_name: a profile of the AWS files that signs in as an AuthenticationType does.
 *
 * Any thread.
 */
#ifndef ATHENA_AUTH_PLUGIN_H
#define ATHENA_AUTH_PLUGIN_H

#include "base/fault.h"
#include "base/status.h"
#include "config/options.h"
#include "config/profile.h"

/*
 * Fills *out, which is clear: the connection's options, with AuthenticationType as the plug-in's name
 * says, and with what the profile says where the connection says nothing. A profile's keys are the
 * options' names, but for aws_... and role_arn, which are AWS's own. 28000 for a plug-in that there is
 * not, for one that itself reads profiles, and when something is missing; as options_set() for values.
 */
enum status plugin_options(struct options *out, const struct options *connection,
                           const struct profiles *profiles, const char *profile, const char *plugin,
                           struct fault *f);

#endif
