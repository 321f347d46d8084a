/* What a query for names was refused. See names_refusal.h. */
#include "ops/names_refusal.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"

enum { REMEMBERED_MS = 10 * 60 * 1000, PLACE_BYTES_MAX = 4096 };

static char *place_of(const struct session *s)
{
    struct buf place;

    buf_init(&place, PLACE_BYTES_MAX);
    buf_printf(&place, "%s %s", s->workgroup ? s->workgroup : "",
               s->output_location ? s->output_location : "");
    return buf_take(&place);
}

bool names_refusal_stands(const struct names_refusal *r, const struct session *s)
{
    char *place;
    bool stands;

    if (!r->place || clock_now_ms() >= r->until_ms) return false;
    place = place_of(s);
    stands = place && strcmp(place, r->place) == 0;
    free(place);
    return stands;
}

/* By the class of its SQLSTATE. */
static bool passes(enum sqlstate state)
{
    static const char *const passing[] = {"08", "53", "HYT", "HY008", "HY001", NULL};
    const char *code = sqlstate_code(state);

    for (size_t i = 0; passing[i]; i++) {
        if (strncmp(code, passing[i], strlen(passing[i])) == 0) return true;
    }
    return false;
}

void names_refusal_remember(struct names_refusal *r, const struct session *s, const struct fault *f)
{
    if (passes(f->state)) return;
    free(r->place);
    r->place = place_of(s);
    r->until_ms = clock_now_ms() + REMEMBERED_MS;
}

void names_refusal_clear(struct names_refusal *r)
{
    free(r->place);
    *r = (struct names_refusal){.place = NULL};
}
