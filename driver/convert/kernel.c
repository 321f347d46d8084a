/*
 * The part of convert/kernel.h that is off the fast path: issues.
 */
#include "convert/kernel.h"

#include <stdio.h>

#include "base/utf8.h"

SQLLEN run_issue(const struct run *run, enum sqlstate state, const struct cell *cell,
                 const char *what)
{
    enum { MOST_BYTES = 60 };
    char detail[256];
    size_t shown = 0;

    if (!cell) {
        run->issue(run->context, run->row, state, what ? what : sqlstate_text(state));
        return RUN_FAILED;
    }
    shown = cell->bytes > MOST_BYTES ? utf8_whole(cell->text, MOST_BYTES) : cell->bytes;
    snprintf(detail, sizeof detail, "'%.*s%s' %s", (int)shown, cell->text,
             shown < cell->bytes ? "..." : "", what);
    run->issue(run->context, run->row, state, detail);
    return RUN_FAILED;
}
