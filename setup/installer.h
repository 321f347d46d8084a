/*
 * What the entry points of the setup library share: the installer's lists of attributes, its errors,
 * its two alphabets.
 *
 * A list is "KEY=value\0KEY=value\0\0" (ODBC Programmer's Reference, "ConfigDSN Function"): what a
 * value holds is the value, braces and semicolons too.
 *
 * An error goes where SQLInstallerError finds it. odbcinst clears what is there at the beginning of
 * most of its functions, so an error is posted when nothing of the kind is called any more.
 *
 * Plain functions; any thread (odbcinst has locks of its own).
 */
#ifndef ATHENA_SETUP_INSTALLER_H
#define ATHENA_SETUP_INSTALLER_H

#include <odbcinst.h>
#include <stdbool.h>

#include "config/slice.h"

/* Value and key of a line of an ini file: odbcinst reads lines of 1000 bytes, and cuts what is longer. */
enum { INSTALLER_LINE_BYTES = 980 };

struct attribute {
    struct slice key, value;
    bool has_value; /* there is "=", and a key before it */
};

/* The next attribute, and the list behind it; false at its end, and for NULL. */
bool installer_next(const char **list, struct attribute *a);

/* Posts ODBC_ERROR_..., with a text that is cut to what SQLInstallerError gives out. Returns false. */
bool installer_error(DWORD code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether the value can stand in a line of an ini file as it is; else says why not. */
const char *installer_unfit(const char *key, struct slice value);

/* The UTF-8 of a text, or of a list with its two NULs; free() it. NULL for NULL and without memory. */
char *installer_text(const SQLWCHAR *text);
char *installer_list(const SQLWCHAR *list);

#endif
