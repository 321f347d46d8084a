#include "aws/json_bind.h"

#include <string.h>

static void *field(void *base, size_t offset)
{
    return (char *)base + offset;
}

static void set_missing(void *to, const struct json_member *members)
{
    for (const struct json_member *m = members; m->name; m++) {
        void *at = field(to, m->offset);

        switch (m->kind) {
        case JSON_TEXT:
            *(const char **)at = "";
            break;
        case JSON_INTEGER:
            *(int64_t *)at = m->missing;
            break;
        case JSON_INT:
            *(int *)at = m->missing;
            break;
        case JSON_DOUBLE:
            *(double *)at = m->missing;
            break;
        case JSON_BOOL:
            *(bool *)at = false;
            break;
        case JSON_PRESENT:
            *(bool *)at = false;
            set_missing(to, m->inner);
            break;
        case JSON_OBJECT:
            set_missing(to, m->inner);
            break;
        case JSON_LIST:
            *(void **)at = NULL;
            *(size_t *)field(to, m->count_offset) = 0;
            break;
        }
    }
}

static bool read_object(void *to, const struct json_member *members, struct arena *a,
                        struct json *j);

/* A place for item number count; the array doubles when it is full (at 0 and each power of two). */
static void *new_item(void **items, size_t count, size_t item_bytes, struct arena *a)
{
    bool is_full = !(count & (count - 1));

    if (is_full) {
        void *wider = arena_array(a, count ? 2 * count : 1, item_bytes);

        if (!wider) return NULL;
        if (count) memcpy(wider, *items, count * item_bytes);
        *items = wider;
    }
    return (char *)*items + count * item_bytes;
}

static void read_list(void *to, const struct json_member *m, struct arena *a, struct json *j)
{
    void **items = field(to, m->offset);
    size_t *count = field(to, m->count_offset);

    if (!json_enter_array(j)) return;
    while (json_next_item(j)) {
        void *item = new_item(items, *count, m->item_bytes, a);

        if (!item) {
            j->has_failed = j->has_no_memory = true;
            return;
        }
        json_bind_value(item, m->inner, a, j);
        ++*count;
    }
}

static void read_member(void *to, const struct json_member *m, struct arena *a, struct json *j)
{
    void *at = field(to, m->offset);
    const char *text;

    switch (m->kind) {
    case JSON_TEXT:
        text = json_text(j, a);
        if (text) *(const char **)at = text;
        break;
    case JSON_INTEGER:
        *(int64_t *)at = json_integer(j, m->missing);
        break;
    case JSON_INT: {
        int64_t n = json_integer(j, m->missing);

        *(int *)at = n >= INT32_MIN && n <= INT32_MAX ? (int)n : m->missing;
        break;
    }
    case JSON_DOUBLE:
        *(double *)at = json_double(j, m->missing);
        break;
    case JSON_BOOL:
        *(bool *)at = json_bool(j, false);
        break;
    case JSON_PRESENT:
        *(bool *)at = read_object(to, m->inner, a, j);
        break;
    case JSON_OBJECT:
        read_object(to, m->inner, a, j);
        break;
    case JSON_LIST:
        read_list(to, m, a, j);
        break;
    }
}

/* False when the value is no object. */
static bool read_object(void *to, const struct json_member *members, struct arena *a,
                        struct json *j)
{
    struct json_raw key;

    if (!json_enter_object(j)) return false;
    while (json_next_key(j, &key)) {
        const struct json_member *m = members;

        while (m->name && !json_is(key, m->name))
            m++;
        if (m->name)
            read_member(to, m, a, j);
        else
            json_skip(j);
    }
    return true;
}

void json_bind_value(void *to, const struct json_member *members, struct arena *a, struct json *j)
{
    set_missing(to, members);
    read_object(to, members, a, j);
}

enum status json_bind(void *to, const struct json_member *members, struct arena *a,
                      const char *bytes, size_t count, const char *doing, struct fault *f)
{
    struct json j;

    json_open(&j, bytes, count);
    set_missing(to, members);
    if (read_object(to, members, a, &j) && json_ok(&j)) return ST_OK;
    if (j.has_no_memory) return fault_no_memory(f);
    return fault_set(
        f, SQLSTATE_08S01, 0,
        "%s: the answer is not the JSON it should be (%zu bytes, cut short or not from "
        "Athena)",
        doing, count);
}
