/*
 * What the log makes of foreign text: sizes with units against a regular expression, the
 * environment's wish, and lines, which must be printable whatever the text is.
 */
#include <inttypes.h>

#include "base/printable.h"
#include "config/log_options.h"
#include "form.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

/* The whole; digits; the letter of the unit. 15 digits and 2^30 are within an int64_t. */
static struct form size = {
    .pattern = "^[ \t\r\n]*([0-9]{1,18})[ \t\r\n]*(([kKmMgG]?)([iI]?[bB])?)[ \t\r\n]*$"};

static bool twin(const char *text, uint64_t *value)
{
    static const char letters[] = "kmg";
    struct form_parts p;
    char letter;

    if (!form_matches(&size, text, &p)) return false;
    *value = form_number(&p, 1);
    if (!form_bytes(&p, 3)) return form_bytes(&p, 4) < 2; /* "iB" is no unit */
    letter = (char)(*form_text(&p, 3) | 0x20);
    for (const char *at = letters; at <= strchr(letters, letter); at++) {
        if (*value >> 54) return false;
        *value *= 1024;
    }
    return true;
}

/* A "#" behind a blank begins a comment, which is another rule's. */
static void check_size(const char *text)
{
    const struct option_info *info = options_info(OPTION_LOG_FILE_SIZE);
    struct options o = {0};
    struct fault f = {0};
    uint64_t value = 0;
    bool fits = twin(text, &value) && value <= (uint64_t)info->max;

    if (strchr(text, '#')) return;
    if (options_set(&o, OPTION_LOG_FILE_SIZE, text, strlen(text), OPTION_FROM_STRING, &f)) {
        form_expect(!fits, text, "refused");
    } else if (options_is_set(&o, OPTION_LOG_FILE_SIZE)) {
        struct form_parts p;
        bool is_long = !form_matches(&size, text, &p); /* zeros in front, beyond 18 digits */

        form_expect(is_long || fits, text, "taken");
        form_expect(is_long || options_number(&o, OPTION_LOG_FILE_SIZE) == (int64_t)value, text,
                    "another size");
    }
    options_clear(&o);
}

static void check_environment(const char *text)
{
    struct log_wish wish;

    if (!log_options_read_environment(&wish, text)) return;
    form_expect(wish.level >= LOG_OFF && wish.level <= LOG_TRACE, text, "no level");
    form_expect(!wish.path || strchr(text, ':') + 1 == wish.path, text, "another path");
}

/* No control character, and all of it, when there is room for four bytes each. */
static void check_line(const char *text, size_t count)
{
    const size_t room = 4 * count + 1;
    char *out = malloc(room), *cut = malloc(count + 1);
    size_t whole = printable_copy(out, room, text, count);
    size_t part = printable_copy(cut, count, text, count);

    form_expect(whole < room && whole >= count, text, "bytes are missing");
    form_expect(part <= count, text, "too long");
    for (size_t i = 0; i < whole; i++)
        form_expect((unsigned char)out[i] >= ' ' && out[i] != 0x7f, text, "a control character");
    if (whole <= count) form_expect(part == whole && !memcmp(out, cut, whole), text, "cut");
    free(out);
    free(cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    char text[FORM_MOST_BYTES + 1];

    check_line((const char *)bytes, count);
    if (!form_copy(bytes, count, text)) return 0;
    check_size(text);
    check_environment(text);
    return 0;
}
