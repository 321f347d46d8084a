/*
 * Addresses of pages: a link or a form's action, read where it stands (RFC 3986, section 5).
 *
 * Only what leads over http and https is an address here, and none that holds a user name, a control
 * character or a blank: the rest is refused rather than repaired.
 *
 * Pure. Any thread.
 */
#ifndef ATHENA_AWS_WEB_URL_H
#define ATHENA_AWS_WEB_URL_H

#include <stdbool.h>

#include "base/arena.h"

/*
 * What reference means on the page at base, in arena; without fragment, dots in its path resolved.
 * NULL when either is no address, or memory has run out.
 */
const char *web_url_resolve(struct arena *a, const char *base, const char *reference);

/* Scheme, host and port are the same, in whatever case and whether or not a port is said. */
bool web_url_same_origin(const char *a, const char *b);

bool web_url_is_https(const char *url);

/* "https://host:port", as "https://idp_host:idp_port" in arena: host without port, or with one, which
   then wins, or as an address with scheme and a slash. NULL when that is no host. */
const char *web_url_of_host(struct arena *a, const char *host, int port);

#endif
