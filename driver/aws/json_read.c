#include "aws/json_read.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"

enum { DEPTH_MAX = 64 };

void json_open(struct json *j, const char *bytes, size_t count)
{
    *j = (struct json){.at = bytes, .end = bytes + count, .is_first = true};
}

static void fail(struct json *j)
{
    j->has_failed = true;
    j->at = j->end;
}

/* The next byte that is no blank, not consumed; NUL at the end. */
static char peek(struct json *j)
{
    while (j->at < j->end &&
           (*j->at == ' ' || *j->at == '\n' || *j->at == '\r' || *j->at == '\t')) {
        j->at++;
    }
    return j->at < j->end ? *j->at : '\0';
}

bool json_ok(struct json *j)
{
    return peek(j) == '\0' && j->at == j->end && !j->has_failed && !j->depth;
}

/* ---- strings ---- */

/* The quote that ends the string whose first byte is at. */
static const char *closing_quote(const char *at, const char *end)
{
    const char *from = at;

    while ((at = memchr(at, '"', (size_t)(end - at)))) {
        const char *slash = at;

        while (slash > from && slash[-1] == '\\')
            slash--;
        if (!((at - slash) & 1)) return at;
        at++;
    }
    return NULL;
}

static bool take_string(struct json *j, struct json_raw *s)
{
    const char *from = j->at + 1;
    const char *to = from <= j->end ? closing_quote(from, j->end) : NULL;

    if (!to) {
        fail(j);
        return false;
    }
    s->bytes = from;
    s->count = (size_t)(to - from);
    s->has_escapes = memchr(from, '\\', s->count) != NULL;
    j->at = to + 1;
    return true;
}

/* Four hex digits; -1 when they are not there. */
static int32_t hex4(const char *at, const char *end)
{
    int32_t n = 0;

    if (end - at < 4) return -1;
    for (int i = 0; i < 4; i++) {
        int digit = ascii_hex_value(at[i]);

        if (digit < 0) return -1;
        n = n * 16 + digit;
    }
    return n;
}

/*
 * at is behind "\u"; moves it behind what was read. Without four digits it is a u: no more bytes than
 * were read, since texts are unescaped in place: a \uXXXX is six bytes, of UTF-8 there are four.
 */
static int32_t take_code_point(const char **at, const char *end)
{
    int32_t c = hex4(*at, end), low;

    if (c < 0) return 'u';
    *at += 4;
    if (c < 0xd800 || c > 0xdfff) return c;
    if (c > 0xdbff || end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u') return 0xfffd;
    low = hex4(*at + 2, end);
    if (low < 0xdc00 || low > 0xdfff) return 0xfffd;
    *at += 6;
    return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

size_t json_unescape(char *out, struct json_raw raw)
{
    static const char names[] = "bfnrt", values[] = "\b\f\n\r\t";
    const char *at = raw.bytes, *end = raw.bytes + raw.count;
    char *from = out;

    while (at < end) {
        const char *slash = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((slash ? slash : end) - at);
        const char *name;

        memmove(out, at, plain);
        out += plain;
        at += plain;
        if (end - at < 2) break;
        at++;
        name = memchr(names, *at, sizeof names - 1);
        if (*at == 'u') {
            at++;
            out += utf8_put(out, (uint32_t)take_code_point(&at, end));
        } else {
            *out++ = name ? values[name - names] : *at; /* \" \\ \/ and what nobody writes */
            at++;
        }
    }
    return (size_t)(out - from);
}

/* ---- structure ---- */

static bool enter(struct json *j, char bracket)
{
    if (peek(j) != bracket) {
        json_skip(j);
        return false;
    }
    if (j->depth == DEPTH_MAX) {
        fail(j);
        return false;
    }
    j->at++;
    j->depth++;
    j->is_first = true;
    return true;
}

bool json_enter_object(struct json *j)
{
    return enter(j, '{');
}

bool json_enter_array(struct json *j)
{
    return enter(j, '[');
}

/* Whether something follows before the bracket; takes the comma or the bracket. */
static bool goes_on(struct json *j, char bracket)
{
    char c = peek(j);

    if (c == bracket && j->at < j->end) {
        j->at++;
        j->depth--;
        j->is_first = false;
        return false;
    }
    if (!j->is_first) {
        if (c != ',') {
            fail(j);
            return false;
        }
        j->at++;
        c = peek(j);
    }
    if (c == '\0') fail(j);
    return !j->has_failed;
}

bool json_next_key(struct json *j, struct json_raw *key)
{
    if (!goes_on(j, '}')) return false;
    if (*j->at != '"' || !take_string(j, key)) {
        fail(j);
        return false;
    }
    if (peek(j) != ':') {
        fail(j);
        return false;
    }
    j->at++;
    return true;
}

bool json_next_item(struct json *j)
{
    return goes_on(j, ']');
}

bool json_is(struct json_raw key, const char *name)
{
    return !key.has_escapes && strlen(name) == key.count && !memcmp(key.bytes, name, key.count);
}

/* ---- values ---- */

/* Begins as a number does, or is true, false or null. */
static bool is_literal(struct json_raw word)
{
    if (!word.count) return false;
    return *word.bytes == '-' || (*word.bytes >= '0' && *word.bytes <= '9') ||
           json_is(word, "true") || json_is(word, "false") || json_is(word, "null");
}

/* A number, true, false or null: everything up to what may follow a value. */
static struct json_raw take_word(struct json *j)
{
    struct json_raw word = {.bytes = j->at};

    while (j->at < j->end && !strchr(",]} \t\r\n:\"{[", *j->at))
        j->at++;
    word.count = (size_t)(j->at - word.bytes);
    if (!is_literal(word)) fail(j);
    return word;
}

/* Steps over what is nested without entering it: only strings can hide a bracket. */
static void skip_nested(struct json *j)
{
    size_t depth = 0;
    struct json_raw ignored;

    do {
        switch (peek(j)) {
        case '{':
        case '[':
            depth++;
            j->at++;
            break;
        case '}':
        case ']':
            depth--;
            j->at++;
            break;
        case '"':
            take_string(j, &ignored);
            break;
        default:
            if (j->at == j->end)
                fail(j);
            else
                j->at++;
        }
    } while (depth && !j->has_failed);
}

void json_skip(struct json *j)
{
    struct json_raw ignored;
    char c = peek(j);

    j->is_first = false;
    if (c == '{' || c == '[')
        skip_nested(j);
    else if (c == '"')
        take_string(j, &ignored);
    else
        take_word(j);
}

bool json_string(struct json *j, struct json_raw *s)
{
    if (peek(j) != '"') {
        json_skip(j);
        return false;
    }
    j->is_first = false;
    return take_string(j, s);
}

const char *json_text(struct json *j, struct arena *a)
{
    struct json_raw s;
    char *text;

    if (!json_string(j, &s)) return NULL;
    text = arena_copy(a, s.bytes, s.count);
    if (!text) {
        j->has_no_memory = true;
        fail(j);
        return NULL;
    }
    if (s.has_escapes) text[json_unescape(text, s)] = '\0';
    return text;
}

/* The bytes of a number, in quotes or not; count 0 for anything else. */
static struct json_raw take_number(struct json *j)
{
    struct json_raw none = {0}, s;
    char c = peek(j);

    if (c == '"') return json_string(j, &s) ? s : none;
    if (c != '-' && (c < '0' || c > '9')) {
        json_skip(j);
        return none;
    }
    j->is_first = false;
    return take_word(j);
}

int64_t json_integer(struct json *j, int64_t missing)
{
    struct json_raw s = take_number(j);
    size_t i = s.count && *s.bytes == '-';
    bool is_negative = i == 1;
    int64_t n = 0;

    if (i == s.count) return missing;
    for (; i < s.count && s.bytes[i] >= '0' && s.bytes[i] <= '9'; i++) {
        if (n > (INT64_MAX - 9) / 10) return missing;
        n = n * 10 + (s.bytes[i] - '0');
    }
    if (i < s.count && s.bytes[i] == '.') i++;
    while (i < s.count && s.bytes[i] >= '0' && s.bytes[i] <= '9')
        i++;
    if (i < s.count) return missing; /* exponents are json_double's */
    return is_negative ? -n : n;
}

static double power_of_10(int exponent)
{
    double value = 1, base = exponent < 0 ? 0.1 : 10;

    for (unsigned n = (unsigned)(exponent < 0 ? -exponent : exponent); n; n >>= 1, base *= base) {
        if (n & 1) value *= base;
    }
    return value;
}

/*
 * Times and small statistics, to 18 digits; not for result values, which stay text. (strtod would
 * ask the host's locale what a decimal point is.)
 */
double json_double(struct json *j, double missing)
{
    struct json_raw s = take_number(j);
    size_t i = s.count && *s.bytes == '-';
    bool is_negative = i == 1, has_point = false, is_negative_exponent = false;
    int64_t digits = 0;
    int scale = 0, exponent = 0;
    double value;

    if (i == s.count) return missing;
    for (; i < s.count; i++) {
        char c = s.bytes[i];

        if (c == '.' && !has_point) {
            has_point = true;
        } else if (c >= '0' && c <= '9') {
            bool has_room = digits < 100000000000000000;

            if (has_room) digits = digits * 10 + (c - '0');
            if (has_room == has_point) scale += has_point ? -1 : 1;
        } else {
            break;
        }
    }
    if (i < s.count && (s.bytes[i] == 'e' || s.bytes[i] == 'E')) {
        i++;
        if (i < s.count && (s.bytes[i] == '-' || s.bytes[i] == '+')) {
            is_negative_exponent = s.bytes[i++] == '-';
        }
        for (; i < s.count && s.bytes[i] >= '0' && s.bytes[i] <= '9' && exponent < 1000; i++) {
            exponent = exponent * 10 + (s.bytes[i] - '0');
        }
    }
    if (i < s.count) return missing;
    scale += is_negative_exponent ? -exponent : exponent;
    if (scale < -400) scale = -400;
    if (scale > 400) scale = 400;
    value = scale < 0 ? (double)digits / power_of_10(-scale) : (double)digits * power_of_10(scale);
    return is_negative ? -value : value;
}

bool json_bool(struct json *j, bool missing)
{
    char c = peek(j);
    const char *at = j->at;

    json_skip(j);
    if (c == 't' && j->at - at == 4) return true;
    if (c == 'f' && j->at - at == 5) return false;
    return missing;
}
