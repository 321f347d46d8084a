/*
 * Intervals: forms by regular expressions, the value from their parts, and the parts again from the
 * struct that interval_put() fills.
 *
 *     byte 0   kind        byte 1   digits of seconds and of the first field        rest   the text
 */
#include "convert/interval.h"
#include "form.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

enum { HEADER_BYTES = 2, MOST_DIGITS = 14 };

enum form_kind { YEAR_MONTH, DAY_TIME, CLOCK, SHORT_CLOCK, ONE_FIELD, TOO_LONG, FORM_COUNT };

#define SIGN "^ *([+-]?)"
static struct form forms[FORM_COUNT] = {
    [YEAR_MONTH] = {.pattern = SIGN "([0-9]{1,14})-([0-9]{1,2}) *$"},
    [DAY_TIME] = {.pattern = SIGN
                  "([0-9]{1,14}) ([0-9]{1,2})(:([0-9]{1,2})(:([0-9]{1,2})(\\.([0-9]+))?)?)? *$"},
    [CLOCK] = {.pattern = SIGN "([0-9]{1,14}):([0-9]{1,2})(:([0-9]{1,2})(\\.([0-9]+))?)? *$"},
    [SHORT_CLOCK] = {.pattern = SIGN "([0-9]{1,14}):([0-9]{1,2})(\\.([0-9]+))? *$"},
    [ONE_FIELD] = {.pattern = SIGN "([0-9]{1,14})(\\.([0-9]+))? *$"},
    [TOO_LONG] = {.pattern = SIGN "[0-9]{15}"},
};

static bool is_minute(SQLINTERVAL kind)
{
    return kind == SQL_IS_MINUTE || kind == SQL_IS_MINUTE_TO_SECOND;
}

static bool has_year_month(const struct form_parts *p, SQLINTERVAL kind, struct interval *out)
{
    out->is_year_month = true;
    out->total = form_number(p, 2) * 12 + form_number(p, 3);
    return form_number(p, 3) < 12 && interval_is_year_month(kind);
}

/* hours, minutes, seconds and the fraction: the parts that hold them */
static bool has_clock(const struct form_parts *p, const unsigned parts[4], struct interval *out)
{
    uint64_t hours = form_number(p, parts[0]), minutes = form_number(p, parts[1]);
    uint64_t seconds = form_number(p, parts[2]);

    out->total += hours * 3600 + minutes * 60 + seconds;
    out->nanosecond = form_nanoseconds(p, parts[3], &out->is_cut);
    return minutes < 60 && seconds < 60;
}

static bool has_one_field(const struct form_parts *p, SQLINTERVAL kind, struct interval *out)
{
    out->is_year_month = interval_is_year_month(kind);
    out->total = form_number(p, 2) * interval_unit(kind);
    out->nanosecond = form_nanoseconds(p, 4, &out->is_cut);
    return interval_is_single(kind) && (kind == SQL_IS_SECOND || !form_has(p, 3));
}

static bool has_form(enum form_kind form, const struct form_parts *p, SQLINTERVAL kind,
                     struct interval *out)
{
    static const unsigned of_day[] = {3, 5, 7, 9}, of_clock[] = {2, 3, 5, 7};
    static const unsigned of_short[] = {0, 2, 3, 5};

    out->is_negative = *form_text(p, 1) == '-';
    switch (form) {
    case YEAR_MONTH:
        return has_year_month(p, kind, out);
    case DAY_TIME:
        out->total = form_number(p, 2) * 86400;
        return !interval_is_year_month(kind) && form_number(p, 3) < 24 && has_clock(p, of_day, out);
    case CLOCK:
        return !interval_is_year_month(kind) && (!is_minute(kind) || form_has(p, 4)) &&
               has_clock(p, of_clock, out);
    case SHORT_CLOCK:
        out->total = form_number(p, 2) * 60 + form_number(p, 3);
        out->nanosecond = form_nanoseconds(p, of_short[3], &out->is_cut);
        return is_minute(kind) && form_number(p, 3) < 60;
    case ONE_FIELD:
        return has_one_field(p, kind, out);
    case TOO_LONG:
    case FORM_COUNT:
        break;
    }
    return false;
}

static enum interval_outcome twin(const char *text, SQLINTERVAL kind, struct interval *out)
{
    struct form_parts p;

    if (form_matches(&forms[TOO_LONG], text, &p)) return INTERVAL_OVERFLOW;
    for (enum form_kind form = YEAR_MONTH; form < TOO_LONG; form++) {
        memset(out, 0, sizeof *out);
        if (form_matches(&forms[form], text, &p) && has_form(form, &p, kind, out)) {
            return INTERVAL_OK;
        }
    }
    return INTERVAL_BAD;
}

/* The fields that a kind has, put together again. */
static uint64_t total_of(const SQL_INTERVAL_STRUCT *s)
{
    const SQL_DAY_SECOND_STRUCT *d = &s->intval.day_second;

    if (interval_is_year_month(s->interval_type)) {
        return (uint64_t)s->intval.year_month.year * 12 + s->intval.year_month.month;
    }
    return (uint64_t)d->day * 86400 + (uint64_t)d->hour * 3600 + (uint64_t)d->minute * 60 +
           d->second;
}

static void check_put(const char *text, const struct interval *v, SQLINTERVAL kind, int precision,
                      int leading)
{
    SQL_INTERVAL_STRUCT s;
    enum interval_outcome outcome = interval_put(v, kind, precision, leading, &s);
    uint64_t limit = 1, unit = 1, kept;

    for (int i = 0; i < leading; i++)
        limit *= 10;
    if (leading == 0 || limit > UINT64_C(1) << 32) limit = UINT64_C(1) << 32;
    form_expect((outcome == INTERVAL_OVERFLOW) == (v->total / interval_unit(kind) >= limit), text,
                "fits or not");
    if (outcome == INTERVAL_OVERFLOW) return;
    for (int i = precision; i < 9; i++)
        unit *= 10;
    form_expect(s.interval_type == kind && s.interval_sign == v->is_negative, text, "kind or sign");
    kept = total_of(&s);
    form_expect(kept <= v->total && v->total - kept < interval_unit(kind), text, "another value");
    form_expect((outcome == INTERVAL_CUT) ==
                    (v->is_cut || kept != v->total ||
                     s.intval.day_second.fraction * unit * !v->is_year_month != v->nanosecond),
                text, "cut or not");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    char text[FORM_MOST_BYTES + 1];
    enum interval_outcome expected;
    struct interval v, fields;
    SQLINTERVAL kind;

    if (count < HEADER_BYTES) return 0;
    if (!form_copy(bytes + HEADER_BYTES, count - HEADER_BYTES, text)) return 0;
    kind = (SQLINTERVAL)(SQL_IS_YEAR + bytes[0] % 13);
    expected = twin(text, kind, &fields);
    form_expect(interval_parse(text, count - HEADER_BYTES, kind, &v) == expected, text,
                "another outcome");
    if (expected != INTERVAL_OK) return 0;
    form_expect(v.total == fields.total && v.nanosecond == fields.nanosecond &&
                    v.is_negative == fields.is_negative && v.is_cut == fields.is_cut &&
                    v.is_year_month == fields.is_year_month,
                text, "another value");
    check_put(text, &v, kind, bytes[1] % 10, bytes[1] / 10 % 10);
    return 0;
}
