/*
 * Cursor positions. See position.h; the tables of the reference are beside the functions, with
 *     C CurrRowsetStart   L LastResultRow   R RowsetSize   O FetchOffset   B BookmarkRow
 */
#include "exec/position.h"

#include <stddef.h>

/* Rows from 1; less is before the start. */
typedef int64_t row_number;

/* No result has so many rows, and sums of a few of these do not overflow. */
#define FAR_AWAY (INT64_MAX / 8)

struct target {
    enum place place;
    row_number first;
    bool is_overlap;
};

static const struct target before_start = {.place = PLACE_BEFORE};
static const struct target after_end = {.place = PLACE_AFTER};

static row_number clamp(uint64_t number)
{
    return number < FAR_AWAY ? (row_number)number : FAR_AWAY;
}

static row_number offset_of(const struct move *m)
{
    if (m->offset < -FAR_AWAY) return -FAR_AWAY;
    return m->offset > FAR_AWAY ? FAR_AWAY : m->offset;
}

static row_number size_of(const struct move *m)
{
    return clamp(m->size);
}

static struct target on(row_number first)
{
    return (struct target){.place = PLACE_ON, .first = first};
}

static const struct target first_instead = {.place = PLACE_ON, .first = 1, .is_overlap = true};

/* A rowset that would begin at a row before the first, reached by a step of so many rows back. */
static struct target before_first(row_number step, const struct move *m)
{
    return step > size_of(m) ? before_start : first_instead;
}

/*
 *     before start              1
 *     else                      C + R of the fetch before
 */
static struct target next(const struct position *from, const struct move *m, row_number last)
{
    (void)m;
    (void)last;
    if (from->place == PLACE_AFTER) return after_end;
    return on(from->place == PLACE_BEFORE ? 1 : clamp(from->first) + clamp(from->size));
}

/*
 *     before start, C = 1       before start
 *     1 < C <= R                1, 01S06
 *     C > R                     C - R
 *     after end, L < R          1, 01S06
 *     after end, L >= R         L - R + 1
 */
static struct target prior(const struct position *from, const struct move *m, row_number last)
{
    const row_number behind = from->place == PLACE_AFTER ? last + 1 : clamp(from->first);

    if (from->place == PLACE_BEFORE) return before_start;
    if (from->place == PLACE_ON && behind == 1) return before_start;
    return behind > size_of(m) ? on(behind - size_of(m)) : first_instead;
}

static struct target first(const struct position *from, const struct move *m, row_number last)
{
    (void)from;
    (void)m;
    (void)last;
    return on(1);
}

/* L - R + 1, and 1 when the result is shorter than a rowset. */
static struct target last_rowset(const struct position *from, const struct move *m, row_number last)
{
    (void)from;
    return on(last > size_of(m) ? last - size_of(m) + 1 : 1);
}

/*
 *     O = 0                     before start
 *     O > 0                     O
 *     O < 0, |O| <= L           L + O + 1
 *     O < 0, |O| > L, |O| > R   before start
 *     O < 0, |O| > L, |O| <= R  1, 01S06
 */
static struct target absolute(const struct position *from, const struct move *m, row_number last)
{
    const row_number offset = offset_of(m);

    (void)from;
    if (offset == 0) return before_start;
    if (offset > 0) return on(offset);
    return -offset <= last ? on(last + offset + 1) : before_first(-offset, m);
}

/*
 *     before start, O > 0 or after end, O < 0    as SQL_FETCH_ABSOLUTE
 *     before start, O <= 0                       before start
 *     after end, O >= 0                          after end
 *     C = 1, O < 0                               before start
 *     C > 1, C + O < 1, |O| > R                  before start
 *     C > 1, C + O < 1, |O| <= R                 1, 01S06
 *     else                                       C + O
 */
static struct target relative(const struct position *from, const struct move *m, row_number last)
{
    const row_number offset = offset_of(m), target = clamp(from->first) + offset;

    if (from->place == PLACE_BEFORE) return offset > 0 ? absolute(from, m, last) : before_start;
    if (from->place == PLACE_AFTER) return offset < 0 ? absolute(from, m, last) : after_end;
    if (target >= 1) return on(target);
    return from->first == 1 ? before_start : before_first(-offset, m);
}

/*
 *     B + O < 1                 before start
 *     else                      B + O
 */
static struct target bookmark(const struct position *from, const struct move *m, row_number last)
{
    const row_number target = clamp(m->bookmark) + offset_of(m);

    (void)from;
    (void)last;
    return target < 1 ? before_start : on(target);
}

typedef struct target rule_fn(const struct position *from, const struct move *m, row_number last);

static rule_fn *const rules[] = {
    [SQL_FETCH_NEXT] = next,         [SQL_FETCH_PRIOR] = prior,
    [SQL_FETCH_FIRST] = first,       [SQL_FETCH_LAST] = last_rowset,
    [SQL_FETCH_ABSOLUTE] = absolute, [SQL_FETCH_RELATIVE] = relative,
    [SQL_FETCH_BOOKMARK] = bookmark,
};

static bool counts_from_end(const struct position *from, const struct move *m)
{
    switch (m->orientation) {
    case SQL_FETCH_LAST:
        return true;
    case SQL_FETCH_ABSOLUTE:
        return m->offset < 0;
    case SQL_FETCH_PRIOR:
    case SQL_FETCH_RELATIVE:
        return from->place == PLACE_AFTER;
    default:
        return false;
    }
}

uint64_t position_needs(const struct position *from, const struct move *m)
{
    struct target to;

    if (counts_from_end(from, m)) return POSITION_NEEDS_ALL;
    to = rules[m->orientation](from, m, 0);
    return to.place == PLACE_ON ? (uint64_t)(to.first + size_of(m) - 1) : 0;
}

struct position position_move(const struct position *from, const struct move *m, uint64_t last,
                              bool *is_overlap)
{
    struct target to = rules[m->orientation](from, m, clamp(last));

    if (to.place == PLACE_ON && to.first > clamp(last)) to = after_end;
    *is_overlap = to.is_overlap;
    return (struct position){.place = to.place, .first = (uint64_t)to.first, .size = m->size};
}
