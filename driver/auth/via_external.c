/*
 * External Credentials: a program of the user's prints a SAML response in base64.
 *
 * Started without a shell: ArgumentList is split at blanks, with quotes as a shell has them. What it
 * says on standard error is shown when it fails; it has a minute.
 */
#include <string.h>

#include "auth/via.h"
#include "aws/creds_process.h"
#include "engine/process.h"

enum { OUTPUT_BYTES_MAX = 2 << 20, TIMEOUT_MS = 60 * 1000 };

struct via_external {
    struct sign_in base;
    struct process process;
};

/* argv[0], then what ArgumentList holds. */
static enum status make_arguments(char ***argv, const struct sign_in *in, struct fault *f)
{
    const char *program = options_text(in->options, OPTION_EXECUTABLE_PATH);
    const char *list = options_text(in->options, OPTION_ARGUMENT_LIST);
    char *const *words = NULL;
    struct fault why = {0};
    size_t count = 0;
    enum status st = list ? creds_process_split(&words, in->arena, list, &why) : ST_OK;

    if (st) return fault_set(f, why.state, 0, "ArgumentList: a quote in it is never closed");
    while (words && words[count])
        count++;
    *argv = arena_array(in->arena, count + 2, sizeof **argv);
    if (!*argv) return fault_no_memory(f);
    (*argv)[0] = arena_text(in->arena, program);
    for (size_t i = 0; i < count; i++)
        (*argv)[i + 1] = words[i];
    return (*argv)[0] ? ST_OK : fault_no_memory(f);
}

static enum status refuse(const struct fault *why, struct fault *f)
{
    return fault_set(f, SQLSTATE_28000, why->native, "the program of ExecutablePath: %s",
                     why->text);
}

static enum status start(struct sign_in *in, struct fault *f) RUNS_ON(io_thread);
static enum status start(struct sign_in *in, struct fault *f)
{
    struct via_external *e = container_of(in, struct via_external, base);
    struct fault why = {0};
    char **argv = NULL;
    enum status st = make_arguments(&argv, in, f);

    if (st) return st;
    if (!process_start(&e->process, in->owner, argv, OUTPUT_BYTES_MAX, TIMEOUT_MS, &why)) {
        return ST_OK;
    }
    return refuse(&why, f);
}

static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
    RUNS_ON(io_thread);
static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
{
    struct via_external *e = container_of(in, struct via_external, base);
    const struct buf *output = &e->process.output;
    enum status st = process_ready(&e->process);

    if (st == ST_ERR) return refuse(&e->process.fault, f);
    if (st) return st;
    buf_put(&out->assertion, output->bytes, output->count);
    if (!buf_ok(&out->assertion)) return fault_no_memory(f);
    if (output->count) return ST_OK;
    return fault_set(
        f, SQLSTATE_28000, 0,
        "the program of ExecutablePath printed nothing; it has to print a SAML response "
        "in base64");
}

static void clear(struct sign_in *in) RUNS_ON(io_thread);
static void clear(struct sign_in *in)
{
    struct via_external *e = container_of(in, struct via_external, base);

    if (e->process.output.count) {
        explicit_bzero(e->process.output.bytes, e->process.output.count);
    }
    process_clear(&e->process);
}

const struct sign_in_kind via_external = {
    .name = "External Credentials",
    .bytes = sizeof(struct via_external),
    .start = start,
    .ready = ready,
    .clear = clear,
};
