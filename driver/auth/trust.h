/*
 * Whose certificates are trusted. The first that is given counts, instead of the system's:
 *
 *     TrustedCerts                       the connection's option
 *     AWS_CA_BUNDLE                      as AWS's tools have it
 *     ca_bundle                          of the profile, where credentials come from one
 *     CURL_CA_BUNDLE                     as curl has it
 *     SSL_CERT_FILE and SSL_CERT_DIR     as OpenSSL has it, both
 *
 * A file holds certificates in PEM; a folder has them under OpenSSL's names (openssl rehash). A file
 * is read once for all connections, a folder again and again: where there is a choice, a file.
 */
#ifndef ATHENA_AUTH_TRUST_H
#define ATHENA_AUTH_TRUST_H

#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"
#include "config/options.h"

struct trust {
    const char *file, *folder; /* both NULL: the system's */
};

/*
 * Strings in arena. HY024, naming option or variable, for what cannot be read; HY001. Reads files of
 * AWS's configuration; application threads.
 */
enum status trust_find(struct trust *t, struct arena *a, const struct options *o, struct fault *f);

#endif
