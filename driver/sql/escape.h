/*
 * ODBC's escape clauses, translated to Athena's SQL.
 *
 * ODBC Programmer's Reference, appendix C "SQL Grammar" (escape sequences) and appendix E "Scalar
 * Functions":
 *     {d '...'} {t '...'} {ts '...'} {guid '...'}     typed literals
 *     {interval [-]'...' DAY TO SECOND}              interval literals
 *     {fn NAME(arguments)}                            scalar.def; clauses nest
 *     {oj t LEFT OUTER JOIN u ON ...}                 the braces go
 *     {escape 'c'}                                    ESCAPE 'c'
 *     {call ...} {?=call ...}                         refused: Athena has no procedures (HYC00)
 * An unknown clause or function, a wrong number of arguments and unbalanced braces are 42000 and
 * name what is meant and where it stands (1-based character of the application's text).
 *
 * Literals, quoted names and comments stay as they are, and a text without `{` is not copied.
 *
 * Plain functions, any thread.
 */
#ifndef ATHENA_SQL_ESCAPE_H
#define ATHENA_SQL_ESCAPE_H

#include "sql/scan.h"

/* A statement as Athena gets it. Zeroed: empty, and may be cleared. */
struct sql_native {
    struct sql_statement statement; /* of the application's text */
    char *text;                     /* owned, NUL-terminated; NULL: the application's own text */
    struct sql_markers markers;     /* of text, or of the application's when text is NULL */
};

/*
 * Translates; is_scanned false (SQL_ATTR_NOSCAN is on) leaves the text as it is and only finds its
 * markers. sql need not end in NUL. Fills *out, which sql_native_clear() frees; on failure it is
 * empty and the fault says 42000, HYC00 or HY001.
 */
enum status escape_translate(const char *sql, size_t bytes, bool is_scanned, struct sql_native *out,
                             struct fault *f);

void sql_native_clear(struct sql_native *native);

#endif
