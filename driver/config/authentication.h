/*
 * What each AuthenticationType asks for, and which options have a say in who signs in.
 *
 * Pure. Any thread.
 */
#ifndef ATHENA_CONFIG_AUTHENTICATION_H
#define ATHENA_CONFIG_AUTHENTICATION_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"
#include "config/options.h"

/*
 * Connections whose options agree in all of these sign in alike: authentication, endpoints of the
 * services that give credentials, the way to an identity provider.
 */
bool authentication_concerns(enum option_id id);

/*
 * All that concerns them, in an unambiguous form to be hashed. Secrets are among it, or a wrong one
 * would work as long as a right one is about: the caller wipes the buffer.
 */
void authentication_write(struct buf *b, const struct options *o);

/* How many seconds signing in may wait for a person; 0 when nobody is asked. */
int64_t authentication_person_s(const struct options *o);

/*
 * Which options the AuthenticationType needs and the options lack: how many, and the first of them in
 * *missing, which has room for AUTHENTICATION_NEEDS_MAX.
 */
enum { AUTHENTICATION_NEEDS_MAX = 8 };
unsigned authentication_missing(const struct options *o, enum option_id *missing);

/* 28000, naming all that is missing, when the options lack what their AuthenticationType needs. */
enum status authentication_check(const struct options *o, struct fault *f);

#endif
