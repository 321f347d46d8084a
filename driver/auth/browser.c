/* Opening a browser. See browser.h. */
#include "auth/browser.h"

#include <stdlib.h>
#include <string.h>

#include "aws/creds_process.h"
#include "base/ascii.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/quiet.h"

enum { URL_BYTES_MAX = 16 << 10 };

/* ---- addresses and commands --------------------------------------------------------------- */

bool browser_may_open(const char *url)
{
    const char *host = ascii_begins(url, "https://")  ? url + 8
                       : ascii_begins(url, "http://") ? url + 7
                                                      : NULL;

    if (!host || strlen(url) > URL_BYTES_MAX || !*host || strchr("/?#:@", *host)) return false;
    for (const char *c = url; *c; c++) {
        if (*c <= ' ' || *c >= 0x7f || strchr("\"<>\\^`{|}", *c)) return false;
    }
    return true;
}

/* A word of a command with what '%' stands for; has_url is set when it was the address. */
static char *fill_in(struct arena *a, const char *word, const char *url, bool *has_url)
{
    struct buf b;
    char *filled;

    buf_init_secret(&b, 2 * URL_BYTES_MAX);
    for (; *word; word++) {
        if (word[0] == '%' && word[1] && strchr("sc%", word[1])) {
            word++;
            if (*word == 's') *has_url = true;
            buf_puts(&b, *word == 's' ? url : *word == 'c' ? ":" : "%");
        } else {
            buf_putc(&b, *word);
        }
    }
    filled = buf_ok(&b) ? arena_text(a, b.bytes) : NULL;
    buf_clear(&b);
    return filled;
}

char *const *browser_command(struct arena *a, const char **list, const char *url)
{
    const char *colon = strchr(*list, ':');
    char *command = arena_copy(a, *list, colon ? (size_t)(colon - *list) : strlen(*list));
    char *const *words;
    char **argv;
    size_t count = 0;
    bool has_url = false;

    *list = colon ? colon + 1 : NULL;
    if (!command || creds_process_split(&words, a, command, NULL)) return NULL;
    while (words[count])
        count++;
    argv = arena_array(a, count + 2, sizeof *argv);
    for (size_t i = 0; argv && i < count; i++) {
        argv[i] = fill_in(a, words[i], url, &has_url);
        if (!argv[i]) return NULL;
    }
    if (argv && !has_url) argv[count] = arena_text(a, url);
    return argv;
}

/* ---- trying ------------------------------------------------------------------------------- */

static void tell(struct browser *b)
{
    struct buf text;

    if (b->is_told) return;
    b->is_told = true;
    log_info("no browser could be opened; the address to sign in at is written to standard error");
    buf_init_secret(&text, 2 * URL_BYTES_MAX);
    buf_printf(&text, "To sign in to Amazon Athena, open this address in a browser:\n%s\n", b->url);
    quiet_tell(text.bytes, text.count);
    buf_clear(&text);
}

static char *const *next_command(struct browser *b)
{
    char *const *argv = NULL;

    while (!argv && b->commands)
        argv = browser_command(&b->arena, &b->commands, b->url);
    if (!argv && b->may_ask_desktop) {
        const char *desktop = "xdg-open";

        b->may_ask_desktop = false;
        argv = browser_command(&b->arena, &desktop, b->url);
    }
    return argv;
}

static void try_next(struct browser *b) RUNS_ON(io_thread);
static void try_next(struct browser *b)
{
    char *const *argv;

    while ((argv = next_command(b))) {
        struct fault why = {0};

        if (!process_start_detached(&b->process, b->owner, argv, &why)) {
            log_info("opening a browser with %s", argv[0]);
            return;
        }
        log_info("opening a browser: %s", why.text);
    }
    tell(b);
}

enum status browser_open(struct browser *b, struct op *owner, const struct creds_env *env,
                         const char *url, const char *what, struct fault *f)
{
    if (!browser_may_open(url)) {
        return fault_set(f, SQLSTATE_28000, 0,
                         "%s is no address that a browser may be sent to: http or https and a host",
                         what);
    }
    browser_clear(b);
    b->owner = owner;
    b->url = arena_text(&b->arena, url);
    b->commands = env->values[ENV_BROWSER];
    b->may_ask_desktop = env->values[ENV_DISPLAY] || env->values[ENV_WAYLAND_DISPLAY];
    if (!b->url) return fault_no_memory(f);
    try_next(b);
    return ST_OK;
}

void browser_go_on(struct browser *b)
{
    enum status st;

    if (b->process.phase == PROCESS_IDLE) return;
    st = process_ready(&b->process);
    if (st == ST_WAIT) return;
    if (st == ST_ERR) log_info("opening a browser: %s", b->process.fault.text);
    process_clear(&b->process);
    if (st == ST_ERR) try_next(b);
}

void browser_clear(struct browser *b)
{
    if (!b->owner) return;
    process_clear(&b->process);
    arena_clear(&b->arena);
    *b = (struct browser){0};
}
