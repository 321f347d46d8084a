/*
 * Connection strings: "KEY=value;KEY={value with ; and }} in it};..." in both directions.
 *
 * Rules (ODBC's, and what AWS's own samples take for granted): keys in any case, blanks around keys
 * and values dropped (options.h; from secrets only outside of braces), a value in braces taken as it
 * is with }} for }, the first occurrence of a key wins, an empty value is no value, a key nobody
 * knows is a warning. Of DSN and DRIVER the one that comes first counts, the other is ignored.
 *
 * Plain functions; any thread.
 */
#ifndef ATHENA_CONFIG_CONNSTR_H
#define ATHENA_CONFIG_CONNSTR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"
#include "config/options.h"

/*
 * Sets options from UTF-8 text, as OPTION_FROM_STRING. Unknown keys and parts without "=" become
 * warnings 01S00 (w may be NULL). Faults: those of options_set, HY000 for a brace that is never
 * closed.
 */
enum status connstr_parse(struct options *o, const char *text, size_t bytes,
                          struct option_warnings *w, struct fault *f);

/*
 * Appends the completed connection string: DSN or DRIVER first, then every option that the string
 * or SQLConnect gave, under its canonical name, values braced where needed. What the data source
 * says is left to the data source, and FILEDSN and SAVEFILE to the driver manager. Parsing the result gives the same options. Contains secrets
 * when they were given; it is for the application alone, never for a log.
 */
void connstr_write(const struct options *o, struct buf *out);

#endif
