/*
 * Numbers in text: double, float and 64-bit integers are those of the C library, decimals those of
 * digits that are shifted and cut as text; blanks around, which keep the quick ways from being
 * taken, change nothing.
 *
 *     byte 0   scale        rest   the text
 */
#include <errno.h>
#include <math.h>

#include "convert/decimal.h"
#include "convert/double.h"
#include "convert/integer.h"
#include "form.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

enum { HEADER_BYTES = 1, MOST_EXPONENT = 2000, SHIFTED_BYTES = 8000 };

static struct form number = {.pattern = "^ *([+-]?)(([0-9]+)\\.?([0-9]*)|\\.([0-9]+))"
                                        "([eE]([+-]?[0-9]+))? *$"};
static struct form integer = {.pattern = "^-?[0-9]{1,19}$"};
static struct form word = {.pattern = "^ *(NaN|[+-]?Infinity) *$"};

/* ---- binary floating point ---- */

static void check_double(const char *text, size_t count, bool is_number, bool is_word)
{
    double value = 0, expected = strtod(text, NULL);
    enum double_outcome outcome = double_parse(text, count, &value);

    if (!is_number && !is_word) {
        form_expect(outcome == DOUBLE_BAD, text, "is no double");
        return;
    }
    form_expect(outcome == (is_number && isinf(expected) ? DOUBLE_RANGE : DOUBLE_OK), text,
                "another outcome of a double");
    form_expect(memcmp(&value, &expected, sizeof value) == 0 || (isnan(value) && isnan(expected)),
                text, "another double");
}

static void check_float(const char *text, size_t count, bool is_number, bool is_word)
{
    float value = 0, expected = strtof(text, NULL);
    enum double_outcome outcome = double_parse_float(text, count, &value);

    if (!is_number && !is_word) {
        form_expect(outcome == DOUBLE_BAD, text, "is no float");
        return;
    }
    form_expect(outcome == (is_number && isinf(expected) ? DOUBLE_RANGE : DOUBLE_OK), text,
                "another outcome of a float");
    form_expect(memcmp(&value, &expected, sizeof value) == 0 || (isnan(value) && isnan(expected)),
                text, "another float");
}

/* ---- integers ---- */

static void check_integer(const char *text, size_t count)
{
    struct form_parts p;
    int64_t value = 0;
    bool is_integer = form_matches(&integer, text, &p);
    long long expected;

    errno = 0;
    expected = strtoll(text, NULL, 10);
    is_integer = is_integer && errno == 0;
    form_expect(integer_parse(text, count, &value) == is_integer, text, "is an integer or not");
    if (is_integer) form_expect(value == expected, text, "another integer");
}

/* ---- decimals ---- */

static const char *without_zeros(const char *digits)
{
    return digits + strspn(digits, "0");
}

/* Whether a run of digits is more than another, both without zeros in front. */
static bool is_more(const char *a, const char *b)
{
    size_t count_a = strlen(a), count_b = strlen(b);

    return count_a != count_b ? count_a > count_b : strcmp(a, b) > 0;
}

static const char *print_uint(decimal_uint value, char out[50])
{
    char *at = out + 49;

    *at = '\0';
    for (; value; value /= 10)
        *--at = (char)('0' + (int)(value % 10));
    return at;
}

/* whole . fraction with the point moved by so many places; what is cut is told apart */
static void shift(const char *whole, const char *fraction, long places, char *kept, bool *is_cut)
{
    static char digits[SHIFTED_BYTES];
    long point = MOST_EXPONENT + (long)strlen(whole) + places;

    memset(digits, '0', MOST_EXPONENT);
    snprintf(digits + MOST_EXPONENT, sizeof digits - MOST_EXPONENT, "%s%s", whole, fraction);
    strncat(digits, "", 1);
    for (size_t end = strlen(digits); (long)end < point; end++) {
        digits[end] = '0';
        digits[end + 1] = '\0';
    }
    *is_cut = strspn(digits + point, "0") < strlen(digits + point);
    memcpy(kept, digits, (size_t)point);
    kept[point] = '\0';
}

static void check_decimal(const char *text, size_t count, const struct form_parts *p, int scale)
{
    static char kept[SHIFTED_BYTES];
    char whole[FORM_MOST_BYTES + 1], fraction[FORM_MOST_BYTES + 1], printed[50];
    unsigned behind = form_has(p, 5) ? 5 : 4;
    long exponent = form_has(p, 7) ? strtol(form_text(p, 7), NULL, 10) : 0;
    const char *most = print_uint(~(decimal_uint)0, (char[50]){0});
    struct decimal d;
    decimal_uint value;
    bool is_cut, is_cut_here, fits;

    form_expect(decimal_parse(text, count, &d), text, "is a decimal");
    if (exponent < -MOST_EXPONENT / 2 || exponent > MOST_EXPONENT / 2) return;
    snprintf(whole, sizeof whole, "%.*s", (int)form_bytes(p, 3), form_text(p, 3));
    snprintf(fraction, sizeof fraction, "%.*s", (int)form_bytes(p, behind), form_text(p, behind));
    shift(whole, fraction, exponent + scale, kept, &is_cut);
    fits = !is_more(without_zeros(kept), most);
    form_expect(decimal_scaled(&d, scale, &value, &is_cut_here) == fits, text, "fits or not");
    if (!fits) return;
    form_expect(strcmp(print_uint(value, printed), without_zeros(kept)) == 0, text, "other digits");
    form_expect(is_cut == is_cut_here, text, "cut or not");
    form_expect(d.is_negative == (*form_text(p, 1) == '-'), text, "another sign");
}

static void check(const char *text, size_t count, int scale)
{
    struct form_parts p;
    struct decimal d;
    bool is_word = form_matches(&word, text, &p), is_number = form_matches(&number, text, &p);

    check_double(text, count, is_number, is_word);
    check_float(text, count, is_number, is_word);
    check_integer(text, count);
    if (is_number) {
        check_decimal(text, count, &p, scale);
    } else {
        form_expect(!decimal_parse(text, count, &d), text, "is no decimal");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    char text[FORM_MOST_BYTES + 1], padded[FORM_MOST_BYTES + 3];
    int scale;

    if (count < HEADER_BYTES) return 0;
    if (!form_copy(bytes + HEADER_BYTES, count - HEADER_BYTES, text)) return 0;
    scale = bytes[0] % 80 - 40;
    check(text, count - HEADER_BYTES, scale);
    snprintf(padded, sizeof padded, " %s ", text);
    check(padded, count - HEADER_BYTES + 2, scale);
    return 0;
}
