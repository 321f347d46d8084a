/*
 * The proxy of a connection, out of UseProxy, ProxyHost, ProxyPort and NonProxyHost.
 *
 * ProxyHost is a name, an address or a URL: http (the default), https, socks4, socks4a, socks5 or
 * socks5h. A proxy that speaks HTTP resolves the names of hosts itself, as socks4a and socks5h do.
 * Pure.
 */
#ifndef ATHENA_CONFIG_PROXY_H
#define ATHENA_CONFIG_PROXY_H

#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"
#include "config/options.h"

/* "host:port" or "scheme://host:port" in arena; NULL when none is to be used. */
const char *proxy_address(const struct options *o, struct arena *a);

/* NonProxyHost as curl wants it: commas, no blanks, no "*" in front; NULL when there is none. */
const char *proxy_exempt_hosts(const struct options *o, struct arena *a);

/* HY024 for UseProxy=1 without ProxyHost, a ProxyHost that is no proxy's, one without a port. */
enum status proxy_check(const struct options *o, struct fault *f);

/* 01000 for a ProxyHost that nothing turns on. */
void proxy_warn(const struct options *o, struct option_warnings *w);

#endif
