/*
 * From JSON into a struct, by a table that says which member goes where.
 *
 * A table ends with a row without name. Members that no row names are stepped over, whatever their
 * size. Before reading, every field a table names gets what an absent member means: "" for text,
 * the row's missing for numbers, false, an empty list.
 */
#ifndef ATHENA_AWS_JSON_BIND_H
#define ATHENA_AWS_JSON_BIND_H

#include <stddef.h>

#include "aws/json_read.h"
#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"

enum json_kind {
    JSON_TEXT,    /* const char * */
    JSON_INTEGER, /* int64_t */
    JSON_INT,     /* int */
    JSON_DOUBLE,  /* double */
    JSON_BOOL,    /* bool */
    JSON_PRESENT, /* bool: the member is there, an object; its members go by inner */
    JSON_OBJECT,  /* nothing by itself: inner puts its members into the same struct */
    JSON_LIST     /* pointer to an array in the arena of structs of item_bytes, each by inner */
};

struct json_member {
    const char *name;
    enum json_kind kind;
    size_t offset; /* in the struct; of the pointer for a list */
    const struct json_member *inner;
    size_t count_offset; /* of a list's size_t */
    size_t item_bytes;
    int missing;
};

/* Reads the object in bytes into *to. Faults: 08S01 "doing: not the JSON ...", HY001. */
enum status json_bind(void *to, const struct json_member *members, struct arena *a,
                      const char *bytes, size_t count, const char *doing, struct fault *f);

/* The same for the next value of a reader; the caller asks json_ok(). */
void json_bind_value(void *to, const struct json_member *members, struct arena *a, struct json *j);

#endif
