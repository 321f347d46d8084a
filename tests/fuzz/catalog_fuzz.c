/*
 * What catalog functions are given: search patterns, lists of table types, and the names of types
 * that Athena tells. The input is a pattern, a line end, and a name.
 *
 * The matcher agrees with one that tries everything; the regular expression for ListTableMetadata
 * is made of nothing but letters, digits, _ and dots, fits, and takes every name that the pattern
 * means; a pattern of a name that is escaped means that name alone.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "catalog/columns.h"
#include "catalog/pattern.h"
#include "catalog/tables.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

enum { TEXT_MAX = 40 };

static void demand(int holds)
{
    if (!holds) abort();
}

static int is_inner(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

static const char *behind(const char *name)
{
    for (name++; is_inner(*name); name++)
        continue;
    return name;
}

/* All the places in a name, in bytes from its begin, where what was read of a pattern can end. */
struct ends {
    const char *name;
    bool is_one[2 * TEXT_MAX + 2];
};

static struct ends ends_at_begin(const char *name)
{
    return (struct ends){.name = name, .is_one = {true}};
}

static void take_any_text(struct ends *p)
{
    for (const char *c = p->name; *c; c = behind(c))
        if (p->is_one[c - p->name]) p->is_one[behind(c) - p->name] = true;
}

static void take_character(struct ends *p)
{
    struct ends before = *p;

    memset(p->is_one, 0, sizeof p->is_one);
    for (const char *c = p->name; *c; c = behind(c))
        if (before.is_one[c - p->name]) p->is_one[behind(c) - p->name] = true;
}

static void take_byte(struct ends *p, char byte)
{
    for (size_t i = strlen(p->name); i > 0; i--)
        p->is_one[i] = p->is_one[i - 1] && ascii_lower(p->name[i - 1]) == ascii_lower(byte);
    p->is_one[0] = false;
}

/* By trying everything, all at once. */
static bool matches(const char *pattern, const char *name)
{
    struct ends p = ends_at_begin(name);

    for (; *pattern; pattern++) {
        if (*pattern == '%') {
            take_any_text(&p);
        } else if (*pattern == '_') {
            take_character(&p);
        } else {
            if (*pattern == '\\' && pattern[1]) pattern++;
            take_byte(&p, *pattern);
        }
    }
    return p.is_one[strlen(name)];
}

/* Literals, "." and ".*" alone, as Java's matcher would read them. */
static bool regex_takes(const char *expression, const char *name)
{
    struct ends p = ends_at_begin(name);

    for (; *expression; expression++) {
        if (expression[0] == '.' && expression[1] == '*') {
            take_any_text(&p);
            expression++;
        } else if (*expression == '.') {
            take_character(&p);
        } else {
            take_byte(&p, *expression);
        }
    }
    return p.is_one[strlen(name)];
}

/* No character is cut off: what a pattern of half characters means does not matter. */
static int is_whole(const char *text)
{
    while (*text) {
        const unsigned char lead = (unsigned char)*text;
        const int inner = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        const char *next = behind(text);

        if (is_inner(*text) || next - text != 1 + inner) return 0;
        text = next;
    }
    return 1;
}

static void check_expression(const char *pattern, const char *name, int is_meant)
{
    struct buf b;

    buf_init(&b, 1 << 16);
    pattern_expression(&b, pattern);
    demand(buf_ok(&b) && b.count <= PATTERN_EXPRESSION_CHARS);
    for (size_t i = 0; i < b.count; i++) {
        const char c = b.bytes[i];

        demand((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("_.*", c));
        demand(c != '*' || (i && b.bytes[i - 1] == '.'));
    }
    if (is_meant && b.count) demand(regex_takes(b.bytes, name));
    buf_clear(&b);
}

static void check_plain(const char *name)
{
    struct buf escaped, plain;

    buf_init(&escaped, 1 << 16);
    buf_init(&plain, 1 << 16);
    for (const char *c = name; *c; c++) {
        if (strchr("%_\\", *c)) buf_putc(&escaped, '\\');
        buf_putc(&escaped, *c);
    }
    demand(!pattern_is_open(escaped.bytes));
    demand(pattern_matches(escaped.bytes, name));
    pattern_plain(&plain, escaped.bytes);
    demand(strcmp(plain.bytes, name) == 0);
    buf_clear(&escaped);
    buf_clear(&plain);
}

static void check_type(const char *name)
{
    struct column c;

    columns_read_type(name, &c);
    demand(c.type < ATHENA_TYPE_COUNT);
    demand(c.precision >= 0 && c.scale >= 0);
    demand((tables_kinds(name) & ~(unsigned)TABLE_KIND_ALL) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    char text[2 * TEXT_MAX + 2];
    char *name;
    bool is_meant;

    if (count > sizeof text - 1) count = sizeof text - 1;
    memcpy(text, bytes, count);
    text[count] = '\0';
    name = strchr(text, '\n');
    check_type(text);
    if (!name) return 0;
    *name++ = '\0';
    is_meant = pattern_matches(text, name);
    if (!is_whole(text) || !is_whole(name)) return 0;
    demand(is_meant == matches(text, name));
    if (pattern_is_any(text) && *text) demand(is_meant);
    check_expression(text, name, is_meant);
    check_plain(name);
    return 0;
}
