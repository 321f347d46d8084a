/* The columns of a result by its metadata file. See result_columns.h for the format. */
#include "aws/result_columns.h"

#include <stdbool.h>
#include <stdint.h>

/* What is left to be read. */
struct span {
    const unsigned char *at, *end;
};

enum wire { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

struct field {
    uint64_t number, value; /* value: WIRE_VARINT */
    enum wire wire;
    struct span bytes; /* WIRE_BYTES */
};

static bool read_varint(struct span *s, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64 && s->at < s->end; shift += 7) {
        unsigned char byte = *s->at++;

        *value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) return true;
    }
    return false;
}

static bool read_bytes(struct span *s, uint64_t count, struct span *out)
{
    if (count > (uint64_t)(s->end - s->at)) return false;
    *out = (struct span){s->at, s->at + count};
    s->at += count;
    return true;
}

static bool read_field(struct span *s, struct field *f)
{
    uint64_t key, count;

    *f = (struct field){0};
    if (!read_varint(s, &key)) return false;
    f->number = key >> 3;
    f->wire = (enum wire)(key & 7);
    switch (f->wire) {
    case WIRE_VARINT:
        return read_varint(s, &f->value);
    case WIRE_BYTES:
        return read_varint(s, &count) && read_bytes(s, count, &f->bytes);
    case WIRE_64:
        return read_bytes(s, 8, &f->bytes);
    case WIRE_32:
        return read_bytes(s, 4, &f->bytes);
    default:
        return false;
    }
}

static bool set_text(const struct field *f, struct arena *a, const char **text)
{
    if (f->wire != WIRE_BYTES) return false;
    *text = arena_copy(a, f->bytes.at, (size_t)(f->bytes.end - f->bytes.at));
    return *text != NULL;
}

/* A field of a column. False: not what it should be. */
static bool set_member(struct column *c, const struct field *f, struct arena *a)
{
    const char **texts[] = {NULL,     &c->catalog, &c->schema,   &c->table,
                            &c->name, &c->label,   &c->type_name};

    if (f->number >= 1 && f->number <= 6) return set_text(f, a, texts[f->number]);
    if (f->number > 10) return true;
    if (f->wire != WIRE_VARINT || f->value > INT32_MAX) return false;
    if (f->number == 7) c->precision = (int32_t)f->value;
    if (f->number == 8) c->scale = (int32_t)f->value;
    if (f->number == 9) c->nullable = (int8_t)(f->value == 1 ? 0 : f->value == 2 ? 1 : 2);
    if (f->number == 10) c->is_case_sensitive = f->value != 0;
    return true;
}

static bool read_column(struct column *c, struct span s, struct arena *a)
{
    struct field f;

    *c = (struct column){.name = "",
                         .label = "",
                         .catalog = "",
                         .schema = "",
                         .table = "",
                         .type_name = "",
                         .nullable = 2};
    while (s.at < s.end) {
        if (!read_field(&s, &f) || !set_member(c, &f, a)) return false;
    }
    if (!*c->label) c->label = c->name;
    c->type = athena_type_of(c->type_name);
    return *c->name && (c->type != ATHENA_UNKNOWN);
}

/* How many columns there are; false when the bytes are no such message. */
static bool count_columns(struct span s, size_t *count)
{
    struct field f;

    *count = 0;
    while (s.at < s.end) {
        if (!read_field(&s, &f)) return false;
        if (f.number == 4 && f.wire != WIRE_BYTES) return false;
        *count += f.number == 4;
    }
    return *count > 0;
}

static enum status not_such_a_file(struct fault *f)
{
    return fault_set(f, SQLSTATE_08S01, 0,
                     "reading the result's metadata: the file is not what it should be");
}

enum status result_columns_parse(struct column **columns, unsigned *count, struct arena *a,
                                 const void *bytes, size_t size, struct fault *f)
{
    struct span s = {bytes, (const unsigned char *)bytes + size};
    struct field field;
    size_t total, at = 0;

    if (!count_columns(s, &total)) return not_such_a_file(f);
    *columns = arena_array(a, total, sizeof **columns);
    if (!*columns) return fault_no_memory(f);
    while (s.at < s.end && read_field(&s, &field)) {
        if (field.number != 4) continue;
        if (!read_column(&(*columns)[at++], field.bytes, a)) return not_such_a_file(f);
    }
    *count = (unsigned)total;
    return ST_OK;
}
