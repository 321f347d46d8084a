/*
 * A role by the options: role_arn, with external_id, role_session_name and duration, is assumed with
 * whatever keys were found, behind the roles of the profile; serial_number and MFAToken are the device
 * and the code that the first role asks for. A device without any role is shown for a session of the
 * keys themselves (GetSessionToken).
 *
 * Any thread.
 */
#ifndef ATHENA_AUTH_ROLE_OPTION_H
#define ATHENA_AUTH_ROLE_OPTION_H

#include "aws/creds_profile.h"
#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"
#include "config/options.h"

/* Adds to the plan what the options say, in the arena. HY001. */
enum status role_option_apply(struct creds_plan *plan, struct arena *a, const struct options *o,
                              struct fault *f);

/* Whether the plan has a role that asks for a code of an MFA device. */
bool role_option_needs_code(const struct creds_plan *plan);

/*
 * The code to show: *code is borrowed from the options. 28000 when there is none, when it is no code,
 * and when it has been used.
 */
enum status role_option_code(const char **code, const struct creds_plan *plan,
                             const struct options *o, bool has_been_used, struct fault *f);

#endif
