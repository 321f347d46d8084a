/* The diagnostics of a handle. See diag.h. */
#include "handle/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/utf8.h"

void diag_free_records(struct diag *d)
{
    for (unsigned i = 0; i < d->count; i++) {
        free(d->records[i].text);
    }
    free(d->records);
}

void diag_move(struct diag *to, struct diag *from)
{
    diag_clear(to);
    *to = *from;
    diag_init(from);
}

static bool is_warning(enum sqlstate state)
{
    return memcmp(sqlstate_code(state), "01", 2) == 0;
}

/* Whether record a is shown before record b ("Sequence of status records"). */
static bool goes_before(const struct diag_record *a, const struct diag_record *b)
{
    if (a->row != b->row) return a->row < b->row; /* unknown is -2, none is -1 */
    return !is_warning(a->state) && is_warning(b->state);
}

/* The place behind every record that does not go after r, so that equals keep their order. */
static unsigned place_for(const struct diag *d, const struct diag_record *r)
{
    unsigned low = 0, high = d->count;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;

        if (goes_before(r, &d->records[middle])) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

static bool make_room(struct diag *d)
{
    unsigned room = d->room ? d->room * 2 : 4;
    struct diag_record *records;

    if (d->count >= DIAG_MAX_RECORDS) return false;
    if (d->count < d->room) return true;
    records = realloc(d->records, room * sizeof *records);
    if (!records) return false;
    d->records = records;
    d->room = room;
    return true;
}

/* Data that is cut is the application's wish as often as not, and comes once a value. */
static enum log_level level_of(enum sqlstate state)
{
    if (state == SQLSTATE_01004 || state == SQLSTATE_01S07) return LOG_TRACE;
    return is_warning(state) ? LOG_WARN : LOG_ERROR;
}

static void insert(struct diag *d, struct diag_record r, const char *text)
{
    unsigned place;

    log_as(level_of(r.state), "api", "%s (%d): %s", sqlstate_code(r.state), r.native, text);
    if (!make_room(d)) return;
    r.text = strdup(text);
    if (!r.text) return;
    place = place_for(d, &r);
    memmove(d->records + place + 1, d->records + place, (d->count - place) * sizeof r);
    d->records[place] = r;
    d->count++;
}

static void insert_formatted(struct diag *d, enum sqlstate state, int native, const char *format,
                             va_list arguments)
{
    char text[sizeof(((struct fault *)0)->text)];
    int bytes = vsnprintf(text, sizeof text, format, arguments);

    if (bytes >= (int)sizeof text) text[utf8_whole(text, sizeof text - 1)] = '\0';
    insert(d,
           (struct diag_record){.state = state,
                                .native = native,
                                .row = SQL_NO_ROW_NUMBER,
                                .column = SQL_NO_COLUMN_NUMBER},
           bytes > 0 ? text : sqlstate_text(state));
}

SQLRETURN diag_push(struct diag *d, enum sqlstate state, int native, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    insert_formatted(d, state, native, format, arguments);
    va_end(arguments);
    return SQL_ERROR;
}

SQLRETURN diag_warn(struct diag *d, enum sqlstate state, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    insert_formatted(d, state, 0, format, arguments);
    va_end(arguments);
    return SQL_SUCCESS_WITH_INFO;
}

void diag_push_at(struct diag *d, enum sqlstate state, SQLLEN row, SQLINTEGER column,
                  const char *text)
{
    insert(d, (struct diag_record){.state = state, .row = row, .column = column},
           text && *text ? text : sqlstate_text(state));
}

SQLRETURN diag_fault(struct diag *d, const struct fault *f)
{
    /* A failure without a fault is a bug below; the application must not see success for it. */
    if (!fault_is_set(f)) return diag_push(d, SQLSTATE_HY000, 0, "the operation failed silently");
    insert(d,
           (struct diag_record){.state = f->state,
                                .native = f->native,
                                .row = SQL_NO_ROW_NUMBER,
                                .column = SQL_NO_COLUMN_NUMBER,
                                .is_told = f->is_told},
           *f->text ? f->text : sqlstate_text(f->state));
    return SQL_ERROR;
}

void diag_fault_at(struct diag *d, const struct fault *f, SQLLEN row)
{
    insert(d,
           (struct diag_record){
               .state = f->state, .native = f->native, .row = row, .column = SQL_NO_COLUMN_NUMBER},
           f->text);
}
