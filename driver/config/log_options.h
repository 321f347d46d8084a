/*
 * What options and environment say about the log, and what the log may show of the options.
 *
 * Any thread that may read the options.
 */
#ifndef ATHENA_CONFIG_LOG_OPTIONS_H
#define ATHENA_CONFIG_LOG_OPTIONS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/log_file.h"
#include "config/options.h"

/* The log that a connection asks for; level LOG_OFF for none. Strings are the options'. */
void log_options_read(struct log_wish *wish, const struct options *o);

/*
 * The log that value, of the environment's ATHENA_ODBC_LOG, asks for: LEVEL or LEVEL:PATH, the level
 * by any of LogLevel's names and numbers. It takes the place of what all connections ask for, and
 * begins with the environment handle. False for NULL and what is no level. path is value's.
 */
bool log_options_read_environment(struct log_wish *wish, const char *value);

/*
 * The options that somebody has set, "AwsRegion=us-east-1; PWD=***", appended to out. Secrets are
 * ***, and so is what stands in front of an "@" (a proxy's user and password) or behind a "?" in
 * other values.
 */
void log_options_show(const struct options *o, struct buf *out);

#endif
