/*
 * SQL_ATTR_MAX_LENGTH: what a text or binary value is cut to. No warning is given: the application
 * has asked for it.
 */
#ifndef ATHENA_EXEC_MAX_LENGTH_H
#define ATHENA_EXEC_MAX_LENGTH_H

#include <stdbool.h>
#include <sql.h>
#include <sqlext.h>

#include "base/value.h"

/* Whether the limit concerns a column read as c_type: text and bytes that stay text and bytes. */
bool max_length_applies(const struct column *column, SQLSMALLINT c_type);

/* The beginning of a value that has max_bytes bytes, or fewer so as not to cut a character. */
struct cell max_length_cut(const struct column *column, struct cell cell, SQLULEN max_bytes);

#endif
