/*
 * Reading JSON front to back, value by value, without building a tree (RFC 8259).
 *
 * An answer of GetQueryResults is a megabyte of tiny objects, one of BatchGetQueryExecution
 * carries 50 query texts of up to 256 KiB that nobody wants: a tree of them costs more than all the
 * rest of the answer's processing. Usage:
 *
 *     if (json_enter_object(&j)) {
 *         while (json_next_key(&j, &key)) {
 *             if (json_is(key, "Name")) name = json_text(&j, arena);
 *             else json_skip(&j);
 *         }
 *     }
 *     ... json_ok(&j)
 *
 * Errors are sticky: after one, every function says "no more", and json_ok() is asked once. Each
 * key or item must be followed by exactly one call that reads a value; a value of another kind than
 * asked for is stepped over and counts as absent, as null does.
 *
 * Borrows the bytes. One thread at a time.
 */
#ifndef ATHENA_AWS_JSON_READ_H
#define ATHENA_AWS_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct json {
    const char *at, *end;
    bool has_failed;
    bool has_no_memory; /* why it has failed */
    bool is_first;      /* no comma is due before the next member or item */
    unsigned depth;
};

/* Raw bytes of a string between its quotes, escapes and all. */
struct json_raw {
    const char *bytes;
    size_t count;
    bool has_escapes;
};

void json_open(struct json *j, const char *bytes, size_t count);

/* True when all went well and nothing but blanks is left. */
bool json_ok(struct json *j);

/* Goes into the value when it is an object (an array); else steps over it and says false. */
bool json_enter_object(struct json *j);
bool json_enter_array(struct json *j);

/* The next member's key; false behind the last, and the object is left. */
bool json_next_key(struct json *j, struct json_raw *key);

/* Whether there is a next item; false behind the last, and the array is left. */
bool json_next_item(struct json *j);

/* Keys with escapes are equal to nothing: AWS writes none. */
bool json_is(struct json_raw key, const char *name);

/* A string; false when the value is none. */
bool json_string(struct json *j, struct json_raw *s);

/* A string as a C string in arena (cut at an encoded NUL); NULL for other values, or no memory,
   which also fails j. */
const char *json_text(struct json *j, struct arena *a);

/* A number, or a string with a number in it; missing for anything else. Fractions are cut off. */
int64_t json_integer(struct json *j, int64_t missing);
double json_double(struct json *j, double missing);
bool json_bool(struct json *j, bool missing);

/* Steps over a value of any kind and size. */
void json_skip(struct json *j);

/*
 * Writes the text that a string's raw bytes stand for, and returns its length, at most count; out
 * may be the raw bytes themselves. Half a surrogate pair becomes U+FFFD, a \u without
 * its four digits a u.
 */
size_t json_unescape(char *out, struct json_raw raw);

#endif
