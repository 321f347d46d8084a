/*
 * Escape clauses to Athena's SQL. See escape.h.
 *
 * Nothing is built in between: a clause is a range of the application's text, found by its braces;
 * its arguments are ranges in it, and a form of scalar.def writes each of them, translated in turn,
 * wherever it names them. So a marker that is written knows the place it had, which tells its
 * parameter, in whatever order and however often a form uses it.
 *
 * What nests is bounded twice: by NESTING_MAX, since each level is a recursion, and by the
 * output's limit, since a form that names an argument twice doubles what is in it.
 */
#include "sql/escape.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "sql/scalar.h"

enum {
    NESTING_MAX = 100,
    GROWTH_BYTES_MAX = 1 << 20 /* four times the longest statement that Athena takes */
};

/* A part of the application's text. */
struct range {
    size_t start, end;
};

struct translation {
    const char *sql;
    bool is_hive;
    const struct sql_markers *given; /* of sql */
    struct buf out;
    struct sql_markers *markers; /* of out */
    unsigned depth;
    bool has_clauses;
    struct fault *f;
};

static enum status emit(struct translation *t, struct range r);

/* Characters are counted as an application sees its text: bytes that begin one. */
static size_t position(const struct translation *t, size_t offset)
{
    size_t count = 1;

    for (size_t i = 0; i < offset; i++)
        count += ((unsigned char)t->sql[i] & 0xC0) != 0x80;
    return count;
}

static enum status refuse(struct translation *t, size_t offset, const char *why)
{
    return fault_set(t->f, SQLSTATE_42000, 0, "escape clause at character %zu: %s",
                     position(t, offset), why);
}

static void scan_range(const struct translation *t, struct range r, struct scan *s)
{
    scan_init(s, t->sql, r.end, t->is_hive);
    s->at = r.start;
}

/* Blanks and comments at both ends go; with a line comment's end goes what ends it. */
static struct range trim(const struct translation *t, struct range r)
{
    struct scan s;
    struct scan_token token;
    struct range inner = {r.end, r.end};

    scan_range(t, r, &s);
    while (scan_next_word(&s, &token)) {
        if (inner.start == r.end) inner.start = token.start;
        inner.end = token.end;
    }
    return inner;
}

static bool is_empty(struct range r)
{
    return r.start == r.end;
}

/* A clause must not grow together with what stands before it or behind it. */
static void put_gap(struct translation *t)
{
    const char last = t->out.count ? t->out.bytes[t->out.count - 1] : ' ';

    if (!ascii_is_blank(last) && last != '(' && last != ',') buf_putc(&t->out, ' ');
}

static void put_gap_behind(struct translation *t, size_t at, size_t end)
{
    const char next = at < end ? t->sql[at] : ' ';

    if (!ascii_is_blank(next) && next != ')' && next != ',') buf_putc(&t->out, ' ');
}

/* {d '...'}: a word and the literal. */
static enum status emit_literal(struct translation *t, struct range r, const char *prefix)
{
    struct scan s;
    struct scan_token literal, rest;

    scan_range(t, r, &s);
    if (scan_next_word(&s, &literal) != SCAN_STRING) {
        return refuse(t, r.start, "a literal in single quotes must follow");
    }
    if (scan_next_word(&s, &rest) != SCAN_END) {
        return refuse(t, rest.start, "nothing may follow the literal");
    }
    buf_puts(&t->out, prefix);
    buf_put(&t->out, t->sql + literal.start, literal.end - literal.start);
    return ST_OK;
}

static bool is_interval_word(const char *sql, const struct scan_token *token)
{
    static const char *const words[] = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "TO"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (scan_is(sql, token, words[i])) return true;
    }
    return false;
}

static bool is_symbol(const char *sql, const struct scan_token *token, char symbol)
{
    return token->kind == SCAN_SYMBOL && sql[token->start] == symbol;
}

/* DAY(3) TO SECOND(6): Athena's intervals have one precision, so what is in parentheses goes. */
static enum status emit_interval_fields(struct translation *t, struct scan *s)
{
    struct scan_token token;
    unsigned fields = 0;

    while (scan_next_word(s, &token)) {
        if (is_symbol(t->sql, &token, '(')) {
            while (scan_next_word(s, &token) && !is_symbol(t->sql, &token, ')')) {}
            continue;
        }
        if (!is_interval_word(t->sql, &token)) {
            return refuse(t, token.start,
                          "an interval's fields are YEAR, MONTH, DAY, HOUR, "
                          "MINUTE and SECOND");
        }
        buf_putc(&t->out, ' ');
        buf_put(&t->out, t->sql + token.start, token.end - token.start);
        fields++;
    }
    return fields ? ST_OK : refuse(t, s->at, "an interval needs its fields: DAY TO SECOND");
}

static enum status emit_interval(struct translation *t, struct range r, const char *prefix)
{
    struct scan s;
    struct scan_token token;

    scan_range(t, r, &s);
    buf_puts(&t->out, prefix);
    scan_next_word(&s, &token);
    if (is_symbol(t->sql, &token, '-') || is_symbol(t->sql, &token, '+')) {
        buf_putc(&t->out, t->sql[token.start]);
        scan_next_word(&s, &token);
    }
    if (token.kind != SCAN_STRING) {
        return refuse(t, r.start, "a literal in single quotes must follow");
    }
    buf_put(&t->out, t->sql + token.start, token.end - token.start);
    return emit_interval_fields(t, &s);
}

static enum status emit_join(struct translation *t, struct range r, const char *prefix)
{
    (void)prefix;
    if (is_empty(r)) return refuse(t, r.start, "a joined table must follow");
    return emit(t, r);
}

static enum status refuse_call(struct translation *t, struct range r, const char *prefix)
{
    (void)prefix;
    return fault_set(t->f, SQLSTATE_HYC00, 0,
                     "escape clause at character %zu: Athena has no procedures to call",
                     position(t, r.start));
}

/* A call in {fn ...}. */
struct call {
    struct range name;
    unsigned count;
    struct range arguments[SCALAR_ARGUMENTS_MAX];
};

static int nesting(const char *sql, const struct scan_token *token)
{
    if (token->kind == SCAN_OPEN) return 1;
    if (token->kind == SCAN_CLOSE) return -1;
    if (is_symbol(sql, token, '(') || is_symbol(sql, token, '[')) return 1;
    return is_symbol(sql, token, ')') || is_symbol(sql, token, ']') ? -1 : 0;
}

static void add_argument(struct translation *t, struct call *call, size_t start, size_t end)
{
    if (call->count < SCALAR_ARGUMENTS_MAX) {
        call->arguments[call->count] = trim(t, (struct range){start, end});
    }
    call->count++;
}

/* From behind the opening parenthesis to behind the closing one. */
static enum status split_arguments(struct translation *t, struct scan *s, struct call *call)
{
    struct scan_token token;
    size_t start = s->at;
    int depth = 1;

    while (scan_next(s, &token)) {
        depth += nesting(t->sql, &token);
        if (!depth) break;
        if (depth > 1 || !is_symbol(t->sql, &token, ',')) continue;
        add_argument(t, call, start, token.start);
        start = token.end;
    }
    if (token.kind == SCAN_END) return refuse(t, start, "a parenthesis is not closed");
    add_argument(t, call, start, token.start);
    if (call->count == 1 && is_empty(call->arguments[0])) call->count = 0;
    return ST_OK;
}

static enum status read_call(struct translation *t, struct range r, struct call *call)
{
    struct scan s;
    struct scan_token token;

    *call = (struct call){.name = r};
    scan_range(t, r, &s);
    if (scan_next_word(&s, &token) != SCAN_WORD) {
        return refuse(t, r.start, "the name of a function must follow");
    }
    call->name = (struct range){token.start, token.end};
    if (scan_next_word(&s, &token) == SCAN_END) return ST_OK; /* {fn CURRENT_DATE} */
    if (!is_symbol(t->sql, &token, '(')) {
        return refuse(t, token.start, "the arguments of the function must follow in parentheses");
    }
    if (split_arguments(t, &s, call)) return ST_ERR;
    if (scan_next_word(&s, &token) == SCAN_END) return ST_OK;
    return refuse(t, token.start, "nothing may follow the function's arguments");
}

static enum status refuse_function(struct translation *t, const struct call *call)
{
    const char *name = t->sql + call->name.start;
    const size_t bytes = call->name.end - call->name.start;
    const int shown = bytes < 64 ? (int)bytes : 64;

    if (scalar_is_known(name, bytes)) {
        return fault_set(t->f, SQLSTATE_42000, 0,
                         "escape clause at character %zu: the function %.*s does not take %u "
                         "argument%s",
                         position(t, call->name.start), shown, name, call->count,
                         call->count == 1 ? "" : "s");
    }
    return fault_set(t->f, SQLSTATE_42000, 0,
                     "escape clause at character %zu: ODBC has no scalar function %.*s; Athena's "
                     "own functions are written without {fn }",
                     position(t, call->name.start), shown, name);
}

/* SQL_VARCHAR, and SQL_DECIMAL(10, 2), whose length is taken for the type's own. */
static enum status emit_type(struct translation *t, struct range r)
{
    struct scan s;
    struct scan_token word, rest;
    const char *athena;
    size_t bytes;

    scan_range(t, r, &s);
    scan_next_word(&s, &word);
    scan_next_word(&s, &rest);
    bytes = word.end - word.start;
    athena = scalar_type_find(t->sql + word.start, bytes);
    if (!athena) {
        return fault_set(t->f, SQLSTATE_42000, 0,
                         "escape clause at character %zu: %.*s is no data type of ODBC "
                         "(SQL_INTEGER, SQL_VARCHAR ...)",
                         position(t, word.start), bytes < 64 ? (int)bytes : 64,
                         t->sql + word.start);
    }
    if (rest.kind == SCAN_END) {
        buf_puts(&t->out, athena);
        return ST_OK;
    }
    if (!is_symbol(t->sql, &rest, '(')) return refuse(t, rest.start, "no data type of ODBC");
    buf_put(&t->out, athena, strcspn(athena, "("));
    return emit(t, (struct range){rest.start, r.end});
}

/* {t '...'}, TIME '...', {fn CURTIME()} and {fn CURRENT_TIME}: what is a time of day at sight. */
static bool is_time(const struct translation *t, struct range r)
{
    struct scan s;
    struct scan_token token;

    scan_range(t, r, &s);
    if (scan_next_word(&s, &token) != SCAN_OPEN) {
        return scan_is(t->sql, &token, "TIME") && scan_next_word(&s, &token) == SCAN_STRING;
    }
    scan_next_word(&s, &token);
    if (!scan_is(t->sql, &token, "fn")) return scan_is(t->sql, &token, "t");
    scan_next_word(&s, &token);
    return scan_is(t->sql, &token, "CURTIME") || scan_is(t->sql, &token, "CURRENT_TIME");
}

/*
 * An argument as a timestamp. Athena refuses hours of a date; coalesce() makes a timestamp of it in
 * a way that leaves a timestamp its precision and its zone. It does not take a time, which the cast
 * puts into today, as ODBC has it.
 */
static enum status emit_moment(struct translation *t, struct range r)
{
    const bool is_cast = is_time(t, r);
    enum status st;

    buf_puts(&t->out, is_cast ? "CAST(" : "coalesce(");
    st = emit(t, r);
    buf_puts(&t->out, is_cast ? " AS timestamp)" : ", CAST(NULL AS timestamp))");
    return st;
}

static enum status emit_form(struct translation *t, const struct call *call, const char *form)
{
    while (*form) {
        const size_t plain = strcspn(form, "$");
        enum status st = ST_OK;

        buf_put(&t->out, form, plain);
        form += plain;
        if (!*form) break;
        if (form[1] == 't') {
            st = emit_type(t, call->arguments[1]);
        } else if (form[1] == 'm') {
            form++;
            st = emit_moment(t, call->arguments[form[1] - '1']);
        } else {
            st = emit(t, call->arguments[form[1] - '1']);
        }
        if (st) return st;
        form += 2;
    }
    return ST_OK;
}

static const char *form_of(const struct translation *t, const struct call *call,
                           const struct scalar *scalar)
{
    const struct range word = call->arguments[0];
    const struct scalar_unit *unit;

    if (scalar->word != SCALAR_ADD && scalar->word != SCALAR_DIFF) return scalar->form;
    unit = scalar_unit_find(t->sql + word.start, word.end - word.start);
    if (!unit) return NULL;
    return scalar->word == SCALAR_ADD ? unit->add : unit->diff;
}

static enum status emit_function(struct translation *t, struct range r, const char *prefix)
{
    const struct scalar *scalar;
    const char *form;
    struct call call;

    (void)prefix;
    if (read_call(t, r, &call)) return ST_ERR;
    scalar = scalar_find(t->sql + call.name.start, call.name.end - call.name.start, call.count);
    if (!scalar) return refuse_function(t, &call);
    for (unsigned i = 0; i < call.count; i++) {
        if (is_empty(call.arguments[i])) {
            return refuse(t, call.name.start, "an argument of the function is empty");
        }
    }
    form = form_of(t, &call, scalar);
    if (!form) {
        return refuse(t, call.arguments[0].start,
                      "the unit must be SQL_TSI_FRAC_SECOND, _SECOND, _MINUTE, _HOUR, _DAY, "
                      "_WEEK, _MONTH, _QUARTER or _YEAR");
    }
    return emit_form(t, &call, form);
}

static const struct clause {
    const char *word;
    enum status (*emit)(struct translation *t, struct range r, const char *prefix);
    const char *prefix;
} clauses[] = {
    {"d", emit_literal, "DATE "},        {"t", emit_literal, "TIME "},
    {"ts", emit_literal, "TIMESTAMP "},  {"guid", emit_literal, "UUID "},
    {"fn", emit_function, ""},           {"oj", emit_join, ""},
    {"escape", emit_literal, "ESCAPE "}, {"interval", emit_interval, "INTERVAL "},
    {"call", refuse_call, ""},
};

/* What is between the braces: a word that says which clause it is, and its content. */
static enum status emit_clause(struct translation *t, struct range r)
{
    struct scan s;
    struct scan_token word;
    size_t shown;

    t->has_clauses = true;
    scan_range(t, r, &s);
    scan_next_word(&s, &word);
    if (word.kind == SCAN_MARKER) return refuse_call(t, r, ""); /* {?=call f()} */
    for (size_t i = 0; i < sizeof clauses / sizeof *clauses; i++) {
        if (!scan_is(t->sql, &word, clauses[i].word)) continue;
        put_gap(t);
        return clauses[i].emit(t, trim(t, (struct range){s.at, r.end}), clauses[i].prefix);
    }
    if (word.kind != SCAN_WORD) return refuse(t, r.start, "no word says what it is");
    shown = word.end - word.start;
    return fault_set(t->f, SQLSTATE_42000, 0, "escape clause at character %zu: there is no {%.*s}",
                     position(t, r.start), shown < 64 ? (int)shown : 64, t->sql + word.start);
}

/* The offset of the brace that closes the one before r; r.end: there is none. */
static size_t find_close(const struct translation *t, struct range r)
{
    struct scan s;
    struct scan_token token;
    size_t depth = 1;

    scan_range(t, r, &s);
    while (scan_next(&s, &token)) {
        if (token.kind == SCAN_OPEN) depth++;
        if (token.kind == SCAN_CLOSE && --depth == 0) return token.start;
    }
    return r.end;
}

static enum status emit_braces(struct translation *t, struct range r, size_t *behind)
{
    const size_t close = find_close(t, (struct range){r.start + 1, r.end});
    enum status st;

    if (close == r.end) return refuse(t, r.start, "the brace { is not closed");
    if (t->depth == NESTING_MAX) return refuse(t, r.start, "nested too deep");
    t->depth++;
    st = emit_clause(t, (struct range){r.start + 1, close});
    t->depth--;
    *behind = close + 1;
    if (!st) put_gap_behind(t, *behind, r.end);
    return st;
}

static int compare_offsets(const void *key, const void *item)
{
    const size_t offset = *(const size_t *)key;
    const struct sql_marker *marker = item;

    return offset < marker->offset ? -1 : offset > marker->offset;
}

/* In a part of a PATTERN that a clause cuts out, ? may stand where the whole text has no marker. */
static enum status emit_marker(struct translation *t, size_t offset)
{
    const struct sql_marker *given = NULL;
    enum status st = ST_OK;

    if (t->given->count) {
        given = bsearch(&offset, t->given->list, t->given->count, sizeof *given, compare_offsets);
    }
    if (given) st = scan_add_marker(t->markers, t->out.count, given->parameter, t->f);
    buf_putc(&t->out, '?');
    return st;
}

/* Copies a range, its clauses translated. */
static enum status emit(struct translation *t, struct range r)
{
    struct scan s;
    struct scan_token token;
    enum status st = ST_OK;

    scan_range(t, r, &s);
    while (!st && buf_ok(&t->out) && scan_next(&s, &token)) {
        if (token.kind == SCAN_OPEN) {
            st = emit_braces(t, (struct range){token.start, r.end}, &s.at);
        } else if (token.kind == SCAN_CLOSE) {
            st = refuse(t, token.start, "the brace } was not opened");
        } else if (token.kind == SCAN_MARKER) {
            st = emit_marker(t, token.start);
        } else {
            buf_put(&t->out, t->sql + token.start, token.end - token.start);
        }
    }
    return st;
}

static bool has_braces(const char *sql, size_t bytes)
{
    return bytes && (memchr(sql, '{', bytes) || memchr(sql, '}', bytes));
}

static enum status translate(const char *sql, size_t bytes, struct sql_native *out,
                             struct sql_markers *markers, struct fault *f)
{
    struct translation t = {.sql = sql,
                            .is_hive = out->statement.is_hive,
                            .given = &out->markers,
                            .markers = markers,
                            .f = f};
    enum status st;

    buf_init(&t.out, bytes + GROWTH_BYTES_MAX);
    st = emit(&t, (struct range){0, bytes});
    if (!st && !buf_ok(&t.out)) {
        st = fault_set(f, SQLSTATE_HY001, 0,
                       "translating escape clauses: no memory, or more than %zu bytes",
                       bytes + GROWTH_BYTES_MAX);
    }
    if (!st && t.has_clauses) {
        out->text = buf_take(&t.out);
        markers->parameter_count = out->markers.parameter_count;
    }
    buf_clear(&t.out);
    return st;
}

enum status escape_translate(const char *sql, size_t bytes, bool is_scanned, struct sql_native *out,
                             struct fault *f)
{
    struct sql_markers markers = {0};
    enum status st;

    *out = (struct sql_native){0};
    scan_statement(sql, bytes, &out->statement);
    st = scan_markers(sql, bytes, &out->markers, f);
    if (st || !is_scanned || !has_braces(sql, bytes)) return st;
    st = translate(sql, bytes, out, &markers, f);
    if (out->text) {
        scan_markers_clear(&out->markers);
        out->markers = markers;
    } else {
        scan_markers_clear(&markers);
    }
    if (st) sql_native_clear(out);
    return st;
}

void sql_native_clear(struct sql_native *native)
{
    free(native->text);
    scan_markers_clear(&native->markers);
    *native = (struct sql_native){0};
}
