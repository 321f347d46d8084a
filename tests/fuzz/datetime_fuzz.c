/*
 * Dates and times: the form is that of a regular expression, the fields those of its parts, the
 * calendar that of timegm(); blanks around, which keep the quick way from being taken, change
 * nothing.
 */
#include <time.h>

#include "convert/datetime.h"
#include "form.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

#define DAY   "([+-]?)([0-9]{4,9})-([0-9]{2})-([0-9]{2})"
#define CLOCK "([0-9]{2}):([0-9]{2})(:([0-9]{2})(\\.([0-9]+))?)?"
#define ZONE  "( ?([A-Za-z+-][A-Za-z0-9+:/_-]*))?"

/* where the parts of DAY and of CLOCK and ZONE begin */
static struct {
    struct form form;
    unsigned day, clock;
} forms[] = {
    {{.pattern = "^ *" DAY " *$"}, 1, 0},
    {{.pattern = "^ *" CLOCK ZONE " *$"}, 0, 1},
    {{.pattern = "^ *" DAY "[ T]" CLOCK ZONE " *$"}, 1, 5},
};

static void read_day(const struct form_parts *p, unsigned first, struct datetime *out)
{
    out->has_date = true;
    out->year = (int64_t)form_number(p, first + 1);
    if (*form_text(p, first) == '-') out->year = -out->year;
    out->month = (uint16_t)form_number(p, first + 2);
    out->day = (uint16_t)form_number(p, first + 3);
}

static void read_clock(const struct form_parts *p, unsigned first, struct datetime *out)
{
    out->has_time = true;
    out->hour = (uint16_t)form_number(p, first);
    out->minute = (uint16_t)form_number(p, first + 1);
    out->second = (uint16_t)form_number(p, first + 3);
    out->nanosecond = form_nanoseconds(p, first + 5, &out->is_cut);
    out->zone_bytes = form_bytes(p, first + 7);
    if (out->zone_bytes) out->zone = form_text(p, first + 7);
}

/* timegm() makes another day of one that does not exist; the calendar repeats after 400 years. */
static bool is_day(const struct datetime *d)
{
    struct tm tm = {
        .tm_year = (int)(d->year % 400 + 2000 - 1900), .tm_mon = d->month - 1, .tm_mday = d->day};

    timegm(&tm);
    return tm.tm_mon == d->month - 1 && tm.tm_mday == d->day;
}

static enum datetime_outcome twin(const char *text, struct datetime *out)
{
    struct form_parts p;

    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (!form_matches(&forms[i].form, text, &p)) continue;
        if (forms[i].day) read_day(&p, forms[i].day, out);
        if (forms[i].clock) read_clock(&p, forms[i].clock, out);
        if (out->has_date && !is_day(out)) return DATETIME_RANGE;
        if (out->hour > 23 || out->minute > 59 || out->second > 61) return DATETIME_RANGE;
        return DATETIME_OK;
    }
    return DATETIME_BAD;
}

static bool is_same(const struct datetime *a, const struct datetime *b)
{
    return a->year == b->year && a->month == b->month && a->day == b->day && a->hour == b->hour &&
           a->minute == b->minute && a->second == b->second && a->nanosecond == b->nanosecond &&
           a->has_date == b->has_date && a->has_time == b->has_time && a->is_cut == b->is_cut &&
           a->zone_bytes == b->zone_bytes &&
           (!a->zone_bytes || memcmp(a->zone, b->zone, a->zone_bytes) == 0);
}

static void check(const char *text, size_t count, enum datetime_outcome expected,
                  const struct datetime *fields)
{
    struct datetime d;

    form_expect(datetime_parse(text, count, &d) == expected, text, "another outcome");
    if (expected == DATETIME_OK) form_expect(is_same(&d, fields), text, "other fields");
}

static void check_days(const char *text, const struct datetime *d)
{
    int64_t days = datetime_days(d->year, d->month, d->day);
    struct datetime back;

    datetime_of_days(days, &back);
    form_expect(back.year == d->year && back.month == d->month && back.day == d->day, text,
                "is another day when counted");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    char text[FORM_MOST_BYTES + 1], padded[FORM_MOST_BYTES + 3];
    enum datetime_outcome expected;
    struct datetime fields;

    if (!form_copy(bytes, count, text)) return 0;
    expected = twin(text, &fields);
    check(text, count, expected, &fields);
    snprintf(padded, sizeof padded, " %s ", text);
    check(padded, count + 2, expected, &fields);
    if (expected == DATETIME_OK && fields.has_date) check_days(text, &fields);
    return 0;
}
