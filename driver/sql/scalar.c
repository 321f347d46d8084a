/* The tables of scalar.def, and their readers. See scalar.h. */
#include "sql/scalar.h"

#include <string.h>
#include <sql.h>
#include <sqlext.h>

#include "base/ascii.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

#define SCALAR_WORD(set, bit, name, count, word, form) \
    {name, SCALAR_##set, bit, count, SCALAR_##word, form},
#define SCALAR(set, bit, name, count, form) SCALAR_WORD(set, bit, name, count, PLAIN, form)
#define ALSO(set, name, count, form)        SCALAR_WORD(set, 0, name, count, PLAIN, form)
#define UNIT(name, bit, add, diff)
#define TYPE(name, athena)
static const struct scalar scalars[] = {
#include "sql/scalar.def"
};
#undef SCALAR_WORD
#undef SCALAR
#undef ALSO
#undef UNIT
#undef TYPE

#define SCALAR_WORD(set, bit, name, count, word, form)
#define SCALAR(set, bit, name, count, form)
#define ALSO(set, name, count, form)
#define UNIT(name, bit, add, diff) {name, bit, add, diff},
#define TYPE(name, athena)
static const struct scalar_unit units[] = {
#include "sql/scalar.def"
};
#undef UNIT
#undef TYPE

#define UNIT(name, bit, add, diff)
#define TYPE(name, athena) {name, athena},
static const struct {
    const char *name, *athena;
} types[] = {
#include "sql/scalar.def"
};

uint32_t scalar_mask(enum scalar_set set)
{
    uint32_t mask = 0;

    if (set == SCALAR_ADD_UNITS || set == SCALAR_DIFF_UNITS) {
        for (size_t i = 0; i < COUNT_OF(units); i++)
            mask |= units[i].bit;
        return mask;
    }
    for (size_t i = 0; i < COUNT_OF(scalars); i++) {
        if (scalars[i].set == set) mask |= scalars[i].bit;
    }
    return mask;
}

static bool is_named(const char *known, const char *name, size_t bytes)
{
    return strlen(known) == bytes && ascii_same_bytes(known, name, bytes);
}

const struct scalar *scalar_find(const char *name, size_t bytes, unsigned argument_count)
{
    for (size_t i = 0; i < COUNT_OF(scalars); i++) {
        if (scalars[i].argument_count != argument_count) continue;
        if (is_named(scalars[i].name, name, bytes)) return &scalars[i];
    }
    return NULL;
}

bool scalar_is_known(const char *name, size_t bytes)
{
    for (size_t i = 0; i < COUNT_OF(scalars); i++) {
        if (is_named(scalars[i].name, name, bytes)) return true;
    }
    return false;
}

const struct scalar_unit *scalar_unit_find(const char *name, size_t bytes)
{
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (is_named(units[i].name, name, bytes)) return &units[i];
    }
    return NULL;
}

const char *scalar_type_find(const char *name, size_t bytes)
{
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (is_named(types[i].name, name, bytes)) return types[i].athena;
    }
    return NULL;
}
