/*
 * The scalar functions of ODBC (Programmer's Reference, appendix E) in Athena's words.
 *
 * One table (scalar.def) says both what {fn ...} translates and what SQLGetInfo claims, so that
 * the two cannot part. Plain functions over constant tables; any thread.
 */
#ifndef ATHENA_SQL_SCALAR_H
#define ATHENA_SQL_SCALAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The information types that are answered from the table. */
enum scalar_set {
    SCALAR_STRING,    /* SQL_STRING_FUNCTIONS */
    SCALAR_NUMERIC,   /* SQL_NUMERIC_FUNCTIONS */
    SCALAR_TIMEDATE,  /* SQL_TIMEDATE_FUNCTIONS */
    SCALAR_SYSTEM,    /* SQL_SYSTEM_FUNCTIONS */
    SCALAR_CONVERT,   /* SQL_CONVERT_FUNCTIONS */
    SCALAR_ADD_UNITS, /* SQL_TIMEDATE_ADD_INTERVALS */
    SCALAR_DIFF_UNITS /* SQL_TIMEDATE_DIFF_INTERVALS */
};

enum { SCALAR_ARGUMENTS_MAX = 4 };

/* Which argument is a word of ODBC and no expression. */
enum scalar_word {
    SCALAR_PLAIN,
    SCALAR_ADD,  /* the first is an SQL_TSI_ unit, whose `add` is the template */
    SCALAR_DIFF, /* the same with `diff` */
    SCALAR_TYPE  /* the second is an SQL_ data type */
};

struct scalar {
    const char *name;
    enum scalar_set set;
    uint32_t bit; /* SQL_FN_... in its set's mask; 0: another form of a function that has one */
    unsigned argument_count;
    enum scalar_word word;
    const char *form; /* Athena's SQL: see scalar.def */
};

struct scalar_unit {
    const char *name; /* "SQL_TSI_DAY" */
    uint32_t bit;     /* SQL_FN_TSI_... */
    const char *add;  /* forms of TIMESTAMPADD and TIMESTAMPDIFF with this unit */
    const char *diff;
};

/* The mask that SQLGetInfo gives. */
uint32_t scalar_mask(enum scalar_set set);

/* A function with that many arguments, in any case. NULL: there is none. */
const struct scalar *scalar_find(const char *name, size_t bytes, unsigned argument_count);

/* Whether there is a function of that name with any number of arguments. */
bool scalar_is_known(const char *name, size_t bytes);

/* An SQL_TSI_ unit; NULL: there is none. */
const struct scalar_unit *scalar_unit_find(const char *name, size_t bytes);

/* What CAST calls an SQL_ data type; NULL: there is none that Athena has. */
const char *scalar_type_find(const char *name, size_t bytes);

#endif
