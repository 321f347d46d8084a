/*
 * What went wrong below the ODBC API: an SQLSTATE, a native number and a text.
 *
 * A fault has a fixed size and lives in its owner (an operation, a stack frame), so reporting an
 * error allocates nothing and cannot fail. The first fault set wins; later ones, met while
 * cleaning up, are dropped (and logged by whoever cares).
 *
 * Secrets (keys, tokens, passwords, presigned URLs) never enter a fault.
 *
 * Thread: a fault has one owner at a time; no locking.
 */
#ifndef ATHENA_BASE_FAULT_H
#define ATHENA_BASE_FAULT_H

#include <stdbool.h>

#include "base/status.h"

/* One constant per row of sqlstate.def: SQLSTATE_NONE (no fault), SQLSTATE_HY000 ... */
enum sqlstate {
    SQLSTATE_NONE,
#define SQLSTATE(code, text) SQLSTATE_##code,
#include "base/sqlstate.def"
#undef SQLSTATE
    SQLSTATE_COUNT
};

struct fault {
    enum sqlstate state; /* SQLSTATE_NONE while nothing has gone wrong */
    int native;          /* HTTP status or curl error number, 0 when neither */
    bool is_told;        /* AWS said so; otherwise it was met here */
    char text[1024];     /* UTF-8, NUL-terminated, "doing what: what failed (detail)" */
};

/*
 * Records what went wrong, printf-like, and returns ST_ERR. A text that does not fit is cut at a
 * character boundary. Does nothing to a fault that is set already. f may be NULL.
 */
enum status fault_set(struct fault *f, enum sqlstate state, int native, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Out of memory, HY001. */
enum status fault_no_memory(struct fault *f);

/* Back to "nothing has gone wrong". */
void fault_clear(struct fault *f);

/* Puts src into *dst when dst has no fault yet. */
void fault_copy(struct fault *dst, const struct fault *src);

static inline bool fault_is_set(const struct fault *f)
{
    return f->state != SQLSTATE_NONE;
}

/* "HY000": the five characters of a state. Static storage. "00000" for SQLSTATE_NONE. */
const char *sqlstate_code(enum sqlstate state);

/* The state's default English text, from the table. Static storage. */
const char *sqlstate_text(enum sqlstate state);

#endif
