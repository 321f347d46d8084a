/*
 * The person's browser is opened at an address.
 *
 * Which one: each command of $BROWSER in turn (colons between; "%s" in it becomes the address, else that
 * comes last; "%c" is a colon, "%%" a percent), then xdg-open where there is a display. No shell is
 * asked. A command that fails at once is followed by the next; when none is left, the address is
 * written to standard error, for the person to open. It is never logged: it holds the state.
 *
 * The browser outlives the sign-in, the connection and the driver. I/O thread.
 */
#ifndef ATHENA_AUTH_BROWSER_H
#define ATHENA_AUTH_BROWSER_H

#include <stdbool.h>

#include "aws/creds_env.h"
#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/op.h"
#include "engine/process.h"

/* Zeroed: nothing is opened. */
struct browser {
    struct op *owner;
    struct arena arena;
    const char *url;
    const char *commands; /* those of $BROWSER that are left */
    bool may_ask_desktop; /* xdg-open has not been tried yet */
    bool is_told;         /* the address has been written */
    struct process process;
};

/*
 * Opens url. 28000 when it is no http or https address with a host (what: the option it comes from,
 * or "the sign-in page"), HY001.
 */
enum status browser_open(struct browser *b, struct op *owner, const struct creds_env *env,
                         const char *url, const char *what, struct fault *f) RUNS_ON(io_thread);

/* To be called when owner is woken: a command that has failed is followed by the next. */
void browser_go_on(struct browser *b) RUNS_ON(io_thread);

/* Lets go of it; what runs goes on. */
void browser_clear(struct browser *b) RUNS_ON(io_thread);

/* Whether a browser may be sent there: http or https, a host, no blanks or controls. Pure. */
bool browser_may_open(const char *url);

/*
 * The first command of a list such as $BROWSER with url in it, NULL-terminated and in arena; advances the
 * list, to NULL behind the last. NULL for a command that is empty or has an open quote. Pure.
 */
char *const *browser_command(struct arena *a, const char **list, const char *url);

#endif
