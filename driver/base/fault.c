/*
 * Faults: see fault.h. The state tables are made from sqlstate.def.
 */
#include "base/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static const struct {
    const char *code;
    const char *text;
} states[SQLSTATE_COUNT] = {
    [SQLSTATE_NONE] = {"00000", "Success"},
#define SQLSTATE(code, text) [SQLSTATE_##code] = {#code, text},
#include "base/sqlstate.def"
#undef SQLSTATE
};

const char *sqlstate_code(enum sqlstate state)
{
    return state < SQLSTATE_COUNT ? states[state].code : states[SQLSTATE_HY000].code;
}

const char *sqlstate_text(enum sqlstate state)
{
    return state < SQLSTATE_COUNT ? states[state].text : states[SQLSTATE_HY000].text;
}

static void set_text(struct fault *f, const char *format, va_list args)
{
    int needed = vsnprintf(f->text, sizeof f->text, format, args);

    if (needed < 0) { /* the format met something it cannot print: better this than garbage */
        snprintf(f->text, sizeof f->text, "%s", sqlstate_text(f->state));
    } else if ((size_t)needed >= sizeof f->text) {
        f->text[utf8_whole(f->text, sizeof f->text - 1)] = '\0';
    }
}

enum status fault_set(struct fault *f, enum sqlstate state, int native, const char *format, ...)
{
    va_list args;

    if (f == NULL || fault_is_set(f)) return ST_ERR;
    f->state = state == SQLSTATE_NONE ? SQLSTATE_HY000 : state;
    f->native = native;
    f->is_told = false;
    va_start(args, format);
    set_text(f, format, args);
    va_end(args);
    return ST_ERR;
}

enum status fault_no_memory(struct fault *f)
{
    return fault_set(f, SQLSTATE_HY001, 0, "out of memory");
}

void fault_clear(struct fault *f)
{
    f->state = SQLSTATE_NONE;
    f->native = 0;
    f->is_told = false;
    f->text[0] = '\0';
}

void fault_copy(struct fault *dst, const struct fault *src)
{
    if (fault_is_set(dst) || !fault_is_set(src)) return;
    dst->state = src->state;
    dst->native = src->native;
    dst->is_told = src->is_told;
    memcpy(dst->text, src->text, strnlen(src->text, sizeof src->text - 1) + 1);
    dst->text[sizeof dst->text - 1] = '\0';
}
