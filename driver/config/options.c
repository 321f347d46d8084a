#include "config/options.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/log.h"
#include "config/authentication.h"
#include "config/proxy.h"
#include "config/slice.h"

static const struct option_info infos[OPTION_COUNT] = {
#define OPTION(id, name_, aliases_, kind_, fallback_, min_, max_, choices_, state_, doc_) \
    [OPTION_##id] = {.name = (name_), \
                     .aliases = (aliases_), \
                     .kind = OPTION_KIND_##kind_, \
                     .fallback = (fallback_), \
                     .min = (min_), \
                     .max = (max_), \
                     .choices = (choices_), \
                     .state = OPTION_STATE_##state_, \
                     .doc = (doc_)},
#include "config/options.def"
#undef OPTION
};

/* AWS's samples of odbc.ini have "LogLevel=0 # ...": a blank and '#' end what is not free text. */
static struct slice without_comment(struct slice s)
{
    for (size_t i = 1; i < s.count; i++) {
        if (s.bytes[i] == '#' && slice_is_blank(s.bytes[i - 1])) {
            s.count = i;
            break;
        }
    }
    return slice_trim(s);
}

static bool says(struct slice s, const char *word)
{
    return strlen(word) == s.count && ascii_same_bytes(s.bytes, word, s.count);
}

/* ---- names ---- */

const struct option_info *options_info(enum option_id id)
{
    return &infos[id];
}

static bool is_called(const struct option_info *info, const char *name, size_t bytes)
{
    const char *aliases = info->aliases;
    struct slice alias;

    if (says((struct slice){name, bytes}, info->name)) return true;
    while (slice_next_item(&aliases, &alias)) {
        if (alias.count == bytes && ascii_same_bytes(alias.bytes, name, bytes)) return true;
    }
    return false;
}

enum option_id options_find(const char *name, size_t bytes)
{
    unsigned id = 0;

    while (id < OPTION_COUNT && !is_called(&infos[id], name, bytes))
        id++;
    return (enum option_id)id;
}

/* ---- one value from text ---- */

static bool read_flag(struct slice s, int64_t *number)
{
    static const struct {
        const char *word;
        int value;
    } words[] = {{"1", 1}, {"true", 1},  {"yes", 1}, {"on", 1},
                 {"0", 0}, {"false", 0}, {"no", 0},  {"off", 0}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!says(s, words[i].word)) continue;
        *number = words[i].value;
        return true;
    }
    return false;
}

/* Digits, then decimals more of them behind a point that may be missing, as one whole number. */
static bool read_digits(struct slice s, unsigned decimals, int64_t *number)
{
    const int64_t limit = (INT64_MAX - 9) / 10;
    bool has_point = false, has_digit = false;
    int64_t n = 0;

    for (size_t i = 0; i < s.count; i++) {
        char c = s.bytes[i];

        if (c == '.' && decimals && !has_point) {
            has_point = true;
            continue;
        }
        if (c < '0' || c > '9' || n > limit) return false;
        has_digit = true;
        if (has_point && !decimals) continue; /* finer than we keep */
        n = n * 10 + (c - '0');
        if (has_point) decimals--;
    }
    for (; decimals; decimals--) {
        if (n > limit) return false;
        n *= 10;
    }
    *number = n;
    return has_digit;
}

/* The power of 1024 that letters behind a number stand for: "", B, K, KB, KiB, M ... G; -1: none. */
static int unit_power(struct slice unit)
{
    static const char letters[] = "kmg";
    const char *letter;

    if (!unit.count || says(unit, "B")) return 0;
    letter = strchr(letters, ascii_lower(unit.bytes[0]));
    unit.bytes++, unit.count--;
    if (!letter || !*letter || !(!unit.count || says(unit, "B") || says(unit, "iB"))) return -1;
    return (int)(letter - letters) + 1;
}

static bool read_bytes(struct slice s, int64_t *number)
{
    struct slice digits = s, unit;
    int power;

    while (digits.count &&
           (digits.bytes[digits.count - 1] < '0' || digits.bytes[digits.count - 1] > '9'))
        digits.count--;
    unit = slice_trim((struct slice){s.bytes + digits.count, s.count - digits.count});
    power = unit_power(unit);
    if (power < 0 || !read_digits(digits, 0, number)) return false;
    if (*number > INT64_MAX >> (10 * power)) return false;
    *number <<= 10 * power;
    return true;
}

static bool is_free_text(enum option_kind kind)
{
    return kind == OPTION_KIND_TEXT || kind == OPTION_KIND_FILE || kind == OPTION_KIND_SECRET;
}

static bool read_choice(const char *choices, struct slice s, int64_t *number)
{
    struct slice choice;

    for (int64_t i = 0; slice_next_item(&choices, &choice); i++) {
        if (choice.count != s.count || !ascii_same_bytes(choice.bytes, s.bytes, s.count)) continue;
        *number = i;
        return true;
    }
    return false;
}

/* Whether the value fits its row. */
static bool read_value(const struct option_info *info, struct slice s, int64_t *number)
{
    bool is_read = true;

    *number = 0;
    switch (info->kind) {
    case OPTION_KIND_TEXT:
    case OPTION_KIND_FILE:
    case OPTION_KIND_SECRET:
        return true;
    case OPTION_KIND_CHOICE:
        return read_choice(info->choices, s, number);
    case OPTION_KIND_FLAG:
        is_read = read_flag(s, number);
        break;
    case OPTION_KIND_NUMBER:
        is_read = read_digits(s, 0, number);
        break;
    case OPTION_KIND_BYTES:
        is_read = read_bytes(s, number);
        break;
    case OPTION_KIND_FACTOR:
        is_read = read_digits(s, 3, number);
        break;
    }
    return is_read && *number >= info->min && *number <= info->max;
}

void options_describe_allowed(const struct option_info *info, char *out, size_t room)
{
    const char *choices = info->choices;
    struct slice choice;
    size_t used = 0;

    switch (info->kind) {
    case OPTION_KIND_FLAG:
        snprintf(out, room, "0 or 1");
        break;
    case OPTION_KIND_NUMBER:
        snprintf(out, room, "a number from %lld to %lld", (long long)info->min,
                 (long long)info->max);
        break;
    case OPTION_KIND_BYTES:
        snprintf(out, room, "a number from %lld to %lld, K, M or G behind it if you like",
                 (long long)info->min, (long long)info->max);
        break;
    case OPTION_KIND_FACTOR:
        snprintf(out, room, "a number from %lld to %lld, decimals allowed",
                 (long long)info->min / 1000, (long long)info->max / 1000);
        break;
    default:
        *out = '\0';
        while (slice_next_item(&choices, &choice) && used < room) {
            used += (size_t)snprintf(out + used, room - used, "%s%.*s", used ? ", " : "",
                                     (int)choice.count, choice.bytes);
        }
    }
}

/* A value in a message: whole while short; it never is a secret's, read_value takes those all. */
static enum status refuse_value(const struct option_info *info, struct slice s, struct fault *f)
{
    char allowed[400];

    options_describe_allowed(info, allowed, sizeof allowed);
    return fault_set(f, SQLSTATE_HY024, 0, "option %s: \"%.*s\" is not allowed; allowed: %s",
                     info->name, (int)(s.count < 100 ? s.count : 100), s.bytes, allowed);
}

/* ---- setting and clearing ---- */

void options_init(struct options *o)
{
    *o = (struct options){0};
}

static void value_clear(struct option_value *v)
{
    if (v->text) {
        explicit_bzero(v->text, strlen(v->text));
        free(v->text);
    }
    *v = (struct option_value){0};
}

void options_clear(struct options *o)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        value_clear(&o->values[i]);
}

static bool may_replace(const struct option_value *v, enum option_source source)
{
    return source > v->source || source == OPTION_FROM_ATTRIBUTE;
}

enum status options_set(struct options *o, enum option_id id, const char *value, size_t bytes,
                        enum option_source source, struct fault *f)
{
    const struct option_info *info = &infos[id];
    struct option_value *v = &o->values[id];
    struct slice s = {value, bytes};
    int64_t number;
    bool fits;
    char *text;

    if (info->kind != OPTION_KIND_SECRET) s = slice_trim(s);
    if (!is_free_text(info->kind)) s = without_comment(s);
    if (!s.count || !may_replace(v, source)) return ST_OK;
    fits = read_value(info, s, &number) || info->state == OPTION_STATE_ACCEPTED;
    if (!fits) return refuse_value(info, s, f);

    text = strndup(s.bytes, s.count);
    if (!text) return fault_no_memory(f);
    value_clear(v);
    *v = (struct option_value){.text = text, .number = number, .source = source};
    return ST_OK;
}

void options_forget(struct options *o, enum option_id id)
{
    value_clear(&o->values[id]);
}

enum status options_copy(struct options *to, const struct options *from, struct fault *f)
{
    options_clear(to);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (!from->values[i].text) continue;
        to->values[i] = from->values[i];
        to->values[i].text = strdup(from->values[i].text);
        if (!to->values[i].text) return fault_no_memory(f);
    }
    return ST_OK;
}

void options_override(struct options *o, struct options *from)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (!from->values[i].text) continue;
        value_clear(&o->values[i]);
        o->values[i] = from->values[i];
        from->values[i] = (struct option_value){0};
    }
}

/* ---- reading ---- */

bool options_is_set(const struct options *o, enum option_id id)
{
    return o->values[id].text != NULL;
}

const char *options_text(const struct options *o, enum option_id id)
{
    return o->values[id].text ? o->values[id].text : infos[id].fallback;
}

static int64_t fallback_number(const struct option_info *info)
{
    int64_t number = 0;

    if (info->fallback) {
        read_value(info, (struct slice){info->fallback, strlen(info->fallback)}, &number);
    }
    return number;
}

int64_t options_number(const struct options *o, enum option_id id)
{
    return o->values[id].text ? o->values[id].number : fallback_number(&infos[id]);
}

bool options_flag(const struct options *o, enum option_id id)
{
    return options_number(o, id) != 0;
}

unsigned options_choice(const struct options *o, enum option_id id)
{
    return (unsigned)options_number(o, id);
}

const char *options_choice_word(const struct options *o, enum option_id id, struct arena *a)
{
    const char *choices = infos[id].choices;
    struct slice choice = {0};

    for (unsigned i = 0; i <= options_choice(o, id); i++)
        slice_next_item(&choices, &choice);
    return arena_copy(a, choice.bytes, choice.count);
}

/* ---- what several options say together ---- */

enum option_fetcher options_fetcher(const struct options *o)
{
    /* in the order of ResultFetcher's choices */
    static const enum option_fetcher fetchers[] = {FETCHER_AUTO, FETCHER_S3, FETCHER_API,
                                                   FETCHER_API};

    if (options_is_set(o, OPTION_RESULT_FETCHER)) {
        return fetchers[options_choice(o, OPTION_RESULT_FETCHER)];
    }
    if (options_flag(o, OPTION_USE_RESULTSET_STREAMING)) return FETCHER_API;
    if (!options_is_set(o, OPTION_ENABLE_S3_FETCHER)) return FETCHER_AUTO;
    return options_flag(o, OPTION_ENABLE_S3_FETCHER) ? FETCHER_S3 : FETCHER_API;
}

unsigned options_page_rows(const struct options *o)
{
    int64_t rows = options_number(o, OPTION_ROWS_TO_FETCH_PER_BLOCK);

    return rows < 1 || rows > 1000 ? 1000 : (unsigned)rows; /* 0 is JDBC's "default" */
}

int options_log_level(const struct options *o)
{
    /* in the order of LogLevel's choices: names, their synonyms, Simba's 0 ... 6 */
    static const enum log_level levels[] = {
        LOG_OFF, LOG_ERROR, LOG_WARN,  LOG_INFO, LOG_DEBUG, LOG_TRACE, LOG_ERROR, LOG_WARN,
        LOG_OFF, LOG_ERROR, LOG_ERROR, LOG_WARN, LOG_INFO,  LOG_DEBUG, LOG_TRACE,
    };

    return (int)levels[options_choice(o, OPTION_LOG_LEVEL)];
}

/* ---- checks over everything ---- */

static bool is_account(const char *text)
{
    return strlen(text) == 12 && strspn(text, "0123456789") == 12;
}

static enum status check_output(const struct options *o, struct fault *f)
{
    static const char *const encryption_needs_key[] = {NULL, NULL, "SSE_KMS", "CSE_KMS"};
    const char *location = options_text(o, OPTION_S3_OUTPUT_LOCATION);
    const char *owner = options_text(o, OPTION_EXPECTED_BUCKET_OWNER);
    const char *encryption = encryption_needs_key[options_choice(o, OPTION_S3_OUTPUT_ENC_OPTION)];

    if (location && !ascii_begins(location, "s3://")) {
        return fault_set(f, SQLSTATE_HY024, 0,
                         "option S3OutputLocation: \"%.200s\" does not begin with s3://", location);
    }
    if (owner && !is_account(owner)) {
        return fault_set(f, SQLSTATE_HY024, 0,
                         "option ExpectedBucketOwner: \"%.100s\" is not an account of 12 digits",
                         owner);
    }
    if (encryption && !options_is_set(o, OPTION_S3_OUTPUT_ENC_KMS_KEY)) {
        return fault_set(f, SQLSTATE_HY024, 0, "S3OutputEncOption=%s needs S3OutputEncKMSKey",
                         encryption);
    }
    return ST_OK;
}

enum status options_check(const struct options *o, struct fault *f)
{
    enum status st = authentication_check(o, f);

    if (!st) st = check_output(o, f);
    if (!st) st = proxy_check(o, f);
    return st;
}

/* ---- warnings ---- */

void options_warn(struct option_warnings *w, enum sqlstate state, const char *format, ...)
{
    struct option_warning *warning;
    char text[512];
    va_list args;

    if (!w || w->count == OPTION_WARNINGS_MAX) return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);

    warning = arena_alloc(&w->arena, sizeof *warning);
    if (!warning) return;
    warning->state = state;
    warning->text = arena_text(&w->arena, text);
    if (!warning->text) return;
    if (w->last)
        w->last->next = warning;
    else
        w->first = warning;
    w->last = warning;
    w->count++;
}

static bool is_default(const struct option_info *info, const struct option_value *v)
{
    struct slice given = {v->text, strlen(v->text)};
    int64_t number;

    if (!info->fallback) return false;
    return ascii_same(v->text, info->fallback) ||
           (!is_free_text(info->kind) && read_value(info, given, &number) &&
            number == fallback_number(info));
}

void options_warn_of_ineffective(const struct options *o, struct option_warnings *w)
{
    for (unsigned id = 0; id < OPTION_COUNT; id++) {
        const struct option_info *info = &infos[id];
        const struct option_value *v = &o->values[id];

        if (info->state != OPTION_STATE_ACCEPTED || !v->text || is_default(info, v)) continue;
        options_warn(w, SQLSTATE_01000, "option %s has no effect in this driver (%s)", info->name,
                     info->doc);
    }
}

void options_warnings_clear(struct option_warnings *w)
{
    arena_clear(&w->arena);
    *w = (struct option_warnings){0};
}
