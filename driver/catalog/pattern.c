/* Search patterns. See pattern.h. */
#include "catalog/pattern.h"

#include <stddef.h>
#include <string.h>

static const char escape = '\\';

enum token_kind { TOKEN_END, TOKEN_ANY_TEXT, TOKEN_ANY_CHARACTER, TOKEN_BYTE };

/* Reads the token at *at and steps over it; *byte is TOKEN_BYTE's. A last \ stands for itself. */
static enum token_kind next_token(const char **at, char *byte)
{
    const char c = **at;

    if (c == '\0') return TOKEN_END;
    ++*at;
    if (c == '%') return TOKEN_ANY_TEXT;
    if (c == '_') return TOKEN_ANY_CHARACTER;
    *byte = c;
    if (c == escape && **at) *byte = *(*at)++;
    return TOKEN_BYTE;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The character after the one at name, which is not its end. */
static const char *skip_character(const char *name)
{
    name++;
    while (((unsigned char)*name & 0xC0) == 0x80) {
        name++;
    }
    return name;
}

/*
 * One pass with a single way back: behind the last % seen, which may swallow one character more.
 * An earlier % need not be tried again, for what it could give the later one can take.
 */
bool pattern_matches(const char *pattern, const char *name)
{
    const char *back_pattern = NULL, *back_name = NULL;

    for (;;) {
        const char *at = pattern;
        char byte = '\0';
        const enum token_kind token = next_token(&at, &byte);

        if (token == TOKEN_ANY_TEXT) {
            back_pattern = pattern = at;
            back_name = name;
            continue;
        }
        if (token == TOKEN_END && *name == '\0') return true;
        if (token == TOKEN_ANY_CHARACTER && *name) {
            pattern = at;
            name = skip_character(name);
        } else if (token == TOKEN_BYTE && *name && lower(byte) == lower(*name)) {
            pattern = at;
            name++;
        } else {
            if (!back_pattern || *back_name == '\0') return false;
            pattern = back_pattern;
            name = back_name = skip_character(back_name);
        }
    }
}

bool pattern_is_open(const char *pattern)
{
    char byte;

    for (;;) {
        const enum token_kind token = next_token(&pattern, &byte);

        if (token == TOKEN_END) return false;
        if (token != TOKEN_BYTE) return true;
    }
}

bool pattern_is_any(const char *pattern)
{
    return !pattern || pattern[strspn(pattern, "%")] == '\0';
}

void pattern_plain(struct buf *b, const char *pattern)
{
    for (;;) {
        const char here = *pattern;
        char byte = '\0';
        const enum token_kind token = next_token(&pattern, &byte);

        if (token == TOKEN_END) return;
        buf_putc(b, token == TOKEN_BYTE ? byte : here);
    }
}

static bool is_literal(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/*
 * What stands behind a character that regular expressions may take for something else is not
 * described: ".*" takes it, and pattern_matches() has the last word on every name anyway.
 */
void pattern_expression(struct buf *b, const char *pattern)
{
    char text[PATTERN_EXPRESSION_CHARS + 1];
    size_t count = 0;
    bool has_literals = false;
    char byte;

    for (;;) {
        const enum token_kind token = next_token(&pattern, &byte);

        if (token == TOKEN_END) break;
        if (token == TOKEN_ANY_CHARACTER) {
            text[count++] = '.';
        } else if (token == TOKEN_BYTE && is_literal(lower(byte))) {
            text[count++] = lower(byte);
            has_literals = true;
        } else {
            text[count++] = '.';
            text[count++] = '*';
        }
        if (token == TOKEN_BYTE && !is_literal(lower(byte))) break;
        if (count > PATTERN_EXPRESSION_CHARS - 4) {
            text[count++] = '.';
            text[count++] = '*';
            break;
        }
    }
    if (has_literals) buf_put(b, text, count);
}
