/*
 * A text on its way to Athena's SQL: what the translation of escape clauses (sql/escape.h) has in
 * common with that of the functions in them (sql/scalar_call.h).
 *
 * Nothing is built in between: a clause is a range of the application's text, found by its braces;
 * its arguments are ranges in it, which are written, translated in turn, wherever a form names
 * them. So a marker that is written knows the place it had, which tells its parameter, in whatever
 * order and however often a form uses it.
 *
 * What nests is bounded twice: by NESTING_MAX, since each level is a recursion, and by the
 * output's limit, since a form that names an argument twice doubles what is in it.
 *
 * Plain functions, any thread.
 */
#ifndef ATHENA_SQL_TRANSLATION_H
#define ATHENA_SQL_TRANSLATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/fault.h"
#include "sql/scan.h"

/* A part of the application's text. */
struct range {
    size_t start, end;
};

static inline bool range_is_empty(struct range r)
{
    return r.start == r.end;
}

struct translation {
    const char *sql;
    bool is_hive;
    const struct sql_markers *given; /* of sql */
    struct buf out;
    struct sql_markers *markers; /* of out */
    unsigned depth;              /* of the clause that is being written */
    bool has_clauses;            /* one was met */
    enum status (*clause)(struct translation *t, struct range r); /* writes what braces hold */
    struct fault *f;
};

/* Copies a range, its clauses written by t->clause. */
enum status translation_emit(struct translation *t, struct range r);

/* A walk over a range of the text. */
void translation_scan(const struct translation *t, struct range r, struct scan *s);

/* Blanks and comments at both ends go; with a line comment's end goes what ends it. */
struct range translation_trim(const struct translation *t, struct range r);

/* Characters are counted as an application sees its text: from 1, bytes that begin one. */
size_t translation_position(const struct translation *t, size_t offset);

/* 42000, with the place. ST_ERR. */
enum status translation_refuse(struct translation *t, size_t offset, const char *why);

/* A clause must not grow together with what was written before it. */
void translation_gap(struct translation *t);

#endif
