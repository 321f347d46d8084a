/*
 * Calls in {fn ...}. See scalar_call.h.
 *
 * A call is read into ranges of the text, its name and its arguments; the function's form
 * (sql/scalar.def) then says where each of them is written.
 */
#include "sql/scalar_call.h"

#include <string.h>

#include "sql/scalar.h"

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
    if (scan_is_symbol(sql, token, '(') || scan_is_symbol(sql, token, '[')) return 1;
    return scan_is_symbol(sql, token, ')') || scan_is_symbol(sql, token, ']') ? -1 : 0;
}

static void add_argument(struct translation *t, struct call *call, size_t start, size_t end)
{
    if (call->count < SCALAR_ARGUMENTS_MAX) {
        call->arguments[call->count] = translation_trim(t, (struct range){start, end});
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
        if (depth > 1 || !scan_is_symbol(t->sql, &token, ',')) continue;
        add_argument(t, call, start, token.start);
        start = token.end;
    }
    if (token.kind == SCAN_END) return translation_refuse(t, start, "a parenthesis is not closed");
    add_argument(t, call, start, token.start);
    if (call->count == 1 && range_is_empty(call->arguments[0])) call->count = 0;
    return ST_OK;
}

static enum status read_call(struct translation *t, struct range r, struct call *call)
{
    struct scan s;
    struct scan_token token;

    *call = (struct call){.name = r};
    translation_scan(t, r, &s);
    if (scan_next_word(&s, &token) != SCAN_WORD) {
        return translation_refuse(t, r.start, "the name of a function must follow");
    }
    call->name = (struct range){token.start, token.end};
    if (scan_next_word(&s, &token) == SCAN_END) return ST_OK; /* {fn CURRENT_DATE} */
    if (!scan_is_symbol(t->sql, &token, '(')) {
        return translation_refuse(t, token.start,
                                  "the arguments of the function must follow in parentheses");
    }
    if (split_arguments(t, &s, call)) return ST_ERR;
    if (scan_next_word(&s, &token) == SCAN_END) return ST_OK;
    return translation_refuse(t, token.start, "nothing may follow the function's arguments");
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
                         translation_position(t, call->name.start), shown, name, call->count,
                         call->count == 1 ? "" : "s");
    }
    return fault_set(t->f, SQLSTATE_42000, 0,
                     "escape clause at character %zu: ODBC has no scalar function %.*s; Athena's "
                     "own functions are written without {fn }",
                     translation_position(t, call->name.start), shown, name);
}

/* SQL_VARCHAR, and SQL_DECIMAL(10, 2), whose length is taken for the type's own. */
static enum status emit_type(struct translation *t, struct range r)
{
    struct scan s;
    struct scan_token word, rest;
    const char *athena;
    size_t bytes;

    translation_scan(t, r, &s);
    scan_next_word(&s, &word);
    scan_next_word(&s, &rest);
    bytes = word.end - word.start;
    athena = scalar_type_find(t->sql + word.start, bytes);
    if (!athena) {
        return fault_set(t->f, SQLSTATE_42000, 0,
                         "escape clause at character %zu: %.*s is no data type of ODBC "
                         "(SQL_INTEGER, SQL_VARCHAR ...)",
                         translation_position(t, word.start), bytes < 64 ? (int)bytes : 64,
                         t->sql + word.start);
    }
    if (rest.kind == SCAN_END) {
        buf_puts(&t->out, athena);
        return ST_OK;
    }
    if (!scan_is_symbol(t->sql, &rest, '('))
        return translation_refuse(t, rest.start, "no data type of ODBC");
    buf_put(&t->out, athena, strcspn(athena, "("));
    return translation_emit(t, (struct range){rest.start, r.end});
}

/* {t '...'}, TIME '...', {fn CURTIME()} and {fn CURRENT_TIME}: what is a time of day at sight. */
static bool is_time(const struct translation *t, struct range r)
{
    struct scan s;
    struct scan_token token;

    translation_scan(t, r, &s);
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
    st = translation_emit(t, r);
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
            st = translation_emit(t, call->arguments[form[1] - '1']);
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

enum status scalar_call_emit(struct translation *t, struct range r)
{
    const struct scalar *scalar;
    const char *form;
    struct call call;

    if (read_call(t, r, &call)) return ST_ERR;
    scalar = scalar_find(t->sql + call.name.start, call.name.end - call.name.start, call.count);
    if (!scalar) return refuse_function(t, &call);
    for (unsigned i = 0; i < call.count; i++) {
        if (range_is_empty(call.arguments[i])) {
            return translation_refuse(t, call.name.start, "an argument of the function is empty");
        }
    }
    form = form_of(t, &call, scalar);
    if (!form) {
        return translation_refuse(
            t, call.arguments[0].start,
            "the unit must be SQL_TSI_FRAC_SECOND, _SECOND, _MINUTE, _HOUR, _DAY, "
            "_WEEK, _MONTH, _QUARTER or _YEAR");
    }
    return emit_form(t, &call, form);
}
