/*
 * A data source's section in odbc.ini, and the driver-wide [ATHENA_WIDE_SETTINGS].
 *
 * Which files those are (ODBCINI, ~/.odbc.ini, the system's) is odbcinst's business.
 */
#ifndef ATHENA_CONFIG_DSN_H
#define ATHENA_CONFIG_DSN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/status.h"
#include "config/options.h"

/*
 * SQLGetPrivateProfileString's contract in its own types: key NULL lists the section's keys, each
 * followed by NUL, the list by another; otherwise the value of the key, fallback when absent.
 * Returns the bytes put into value.
 */
typedef int dsn_get_fn(const char *section, const char *key, const char *fallback, char *value,
                       int value_bytes, const char *file);

/* odbcinst's. */
int dsn_get_from_odbcinst(const char *section, const char *key, const char *fallback, char *value,
                          int value_bytes, const char *file);

/* Whether a section's key is one that the driver manager or its editors put there for themselves. */
bool dsn_is_managers_key(const char *key, size_t bytes);

/*
 * Fills options that nobody stronger has set from section dsn, then the log options from the
 * driver-wide section. Unknown keys become warnings 01S00, except those that belong to the driver
 * manager. Faults: those of options_set; HY024 for a value that odbcinst has cut. dsn may be NULL
 * or "" (only the driver-wide section is read then).
 */
enum status dsn_read(struct options *o, const char *dsn, dsn_get_fn *get, struct option_warnings *w,
                     struct fault *f);

#endif
