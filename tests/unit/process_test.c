/* engine/process.h: output, failures in words, time limits, and nothing left behind. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "engine/engine.h"
#include "engine/op.h"
#include "engine/process.h"

enum { PATIENCE_MS = 30000 };

struct running {
    struct op op;
    struct process process;
    char *argv[4];
    size_t max_output_bytes;
    int64_t timeout_ms;
    bool has_begun;
    bool obeys; /* a cancel */
    int exit_status;
    char *output;
};

static struct engine *engine;

static void running_free(struct op *op)
{
    struct running *r = container_of(op, struct running, op);

    process_clear(&r->process);
    free(r->output);
    free(r);
}

static enum status running_advance(struct op *op)
{
    struct running *r = container_of(op, struct running, op);
    enum status st;

    engine_assert();
    if (r->obeys && op_cancelled(op)) {
        process_clear(&r->process);
        return fault_set(&op->fault, SQLSTATE_HY008, 0, "cancelled");
    }
    if (!r->has_begun) {
        r->has_begun = true;
        st =
            process_start(&r->process, op, r->argv, r->max_output_bytes, r->timeout_ms, &op->fault);
        return st == ST_OK ? ST_WAIT : st;
    }
    st = process_ready(&r->process);
    if (st == ST_WAIT) return st;
    r->exit_status = r->process.exit_status;
    r->output = buf_take(&r->process.output);
    if (st == ST_ERR) fault_copy(&op->fault, &r->process.fault);
    return st;
}

static struct running *shell(const char *script)
{
    struct running *r = calloc(1, sizeof *r);

    op_init(&r->op, engine, running_advance, running_free);
    r->argv[0] = (char *)(uintptr_t) "sh";
    r->argv[1] = (char *)(uintptr_t) "-c";
    r->argv[2] = (char *)(uintptr_t)script;
    r->max_output_bytes = 10000000;
    r->timeout_ms = PATIENCE_MS;
    r->obeys = true;
    return r;
}

static enum status run(struct running *r)
{
    op_submit(&r->op);
    return op_wait(&r->op, clock_deadline_ms(2 * PATIENCE_MS));
}

static int count_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;

    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static int descriptors_before;

static int set_up(void **state)
{
    (void)state;
    engine = engine_acquire(NULL);
    descriptors_before = count_descriptors();
    return engine != NULL ? 0 : -1;
}

/* After every test: no child, no zombie, no descriptor. */
static int tear_down(void **state)
{
    int descriptors = count_descriptors();

    (void)state;
    engine_release(engine, 0);
    if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD) {
        print_error("a child is left\n");
        return -1;
    }
    if (descriptors != descriptors_before) {
        print_error("%d descriptors are left\n", descriptors - descriptors_before);
        return -1;
    }
    return 0;
}

/* ---- what it says ---- */

static void output_is_collected(void **state)
{
    struct running *r = shell("printf 'one\\n'; echo noise >&2; sleep 0.02; printf two");

    (void)state;
    assert_int_equal(run(r), ST_OK);
    assert_string_equal(r->output, "one\ntwo");
    assert_int_equal(r->exit_status, 0);
    op_release(&r->op);
}

static void much_output(void **state)
{
    struct running *r = shell("i=0; while [ $i -lt 2000 ]; do printf '%01000d' $i; i=$((i+1)); "
                              "printf '%0100d' $i >&2; done");

    (void)state;
    assert_int_equal(run(r), ST_OK);
    assert_int_equal(strlen(r->output), 2000 * 1000);
    assert_memory_equal(r->output + 1999 * 1000 + 996, "1999", 4);
    op_release(&r->op);
}

static void no_output(void **state)
{
    struct running *r = shell("exit 0");

    (void)state;
    assert_int_equal(run(r), ST_OK);
    assert_string_equal(r->output, "");
    op_release(&r->op);
}

static void too_much_output(void **state)
{
    struct running *r = shell("while :; do echo 0123456789; done");

    (void)state;
    r->max_output_bytes = 1000;
    assert_int_equal(run(r), ST_ERR);
    assert_int_equal(r->op.fault.state, SQLSTATE_HY000);
    assert_non_null(strstr(r->op.fault.text, "more than 1000 bytes"));
    op_release(&r->op);
}

static void output_that_ends_before_the_program(void **state)
{
    struct running *r = shell("echo early; exec >&- 2>&-; sleep 0.1; exit 3");

    (void)state;
    assert_int_equal(run(r), ST_ERR);
    assert_string_equal(r->output, "early\n");
    assert_int_equal(r->exit_status, 3);
    op_release(&r->op);
}

/* ---- how it fails ---- */

static void failures_in_words(void **state)
{
    static const struct {
        const char *script;
        int exit_status;
        const char *text;
    } cases[] = {
        {"exit 7", 7, "running a program: it failed with exit status 7"},
        {"echo first >&2; echo 'no such profile' >&2; exit 1", 1,
         "running a program: it failed with exit status 1: no such profile"},
        {"printf 'dark\\n\\r\\n' >&2; exit 255", 255,
         "running a program: it failed with exit status 255: dark"},
        {"kill -KILL $$", 256 + SIGKILL, "running a program: signal 9 ended it"},
        {"exec no-such-program-at-all 2>/dev/null", 127,
         "running a program: it failed with exit status 127"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct running *r = shell(cases[i].script);

        assert_int_equal(run(r), ST_ERR);
        assert_int_equal(r->exit_status, cases[i].exit_status);
        assert_int_equal(r->op.fault.state, SQLSTATE_HY000);
        assert_string_equal(r->op.fault.text, cases[i].text);
        op_release(&r->op);
    }
}

static void a_program_that_is_not_there(void **state)
{
    struct running *r = shell("");

    (void)state;
    r->argv[0] = (char *)(uintptr_t) "no-such-program-at-all";
    assert_int_equal(run(r), ST_ERR);
    assert_int_equal(r->op.fault.native, ENOENT);
    assert_non_null(strstr(r->op.fault.text, "starting the program no-such-program-at-all: "));
    op_release(&r->op);
}

static void too_slow(void **state)
{
    bool has_begun = false;

    (void)state;
    for (int limit_ms = 100; !has_begun && limit_ms < PATIENCE_MS; limit_ms *= 4) {
        /* The one that sleeps is the shell's child, and holds the pipe as well. */
        struct running *r = shell("echo begun; sleep 3600; echo never");
        int64_t start_ms = clock_now_ms();

        r->timeout_ms = limit_ms;
        assert_int_equal(run(r), ST_ERR);
        assert_in_range(clock_now_ms() - start_ms, limit_ms, limit_ms + PATIENCE_MS);
        assert_int_equal(r->op.fault.state, SQLSTATE_HYT00);
        has_begun = strcmp(r->output, "begun\n") == 0; /* in time, on a busy machine */
        op_release(&r->op);
    }
    assert_true(has_begun);
    usleep(50000); /* to be reaped */
}

/* ---- what it finds ---- */

static void standard_input_is_empty(void **state)
{
    struct running *r = shell("cat; echo end");

    (void)state;
    assert_int_equal(run(r), ST_OK);
    assert_string_equal(r->output, "end\n");
    op_release(&r->op);
}

static void no_descriptors_of_the_host(void **state)
{
    int fd = open("/dev/null", O_RDONLY); /* one that would survive exec */
    struct running *r = shell("ls /proc/self/fd | tr '\\n' ' '");

    (void)state;
    assert_int_equal(run(r), ST_OK);
#if defined(__GLIBC_PREREQ) && __GLIBC_PREREQ(2, 34)
    assert_string_equal(r->output, "0 1 2 3 "); /* 3 is the folder that ls reads */
#endif
    op_release(&r->op);
    close(fd);
}

static void signals_as_usual(void **state)
{
    struct running *r = shell("kill -TERM $$; echo alive"); /* not blocked, not ignored */

    (void)state;
    assert_int_equal(run(r), ST_ERR);
    assert_int_equal(r->exit_status, 256 + SIGTERM);
    op_release(&r->op);
}

/* ---- what the host does with its children ---- */

static void a_host_that_ignores_its_children(void **state)
{
    struct running *r = shell("echo fine; exit 0");

    (void)state;
    signal(SIGCHLD, SIG_IGN);
    assert_int_equal(run(r), ST_OK);
    signal(SIGCHLD, SIG_DFL);
    assert_int_equal(r->exit_status, -1);
    assert_string_equal(r->output, "fine\n");
    op_release(&r->op);
}

/* ---- being stopped ---- */

static bool is_gone(pid_t pid)
{
    for (int ms = 0; ms < PATIENCE_MS && kill(pid, 0) == 0; ms += 5)
        usleep(5000);
    return kill(pid, 0) < 0;
}

static pid_t pid_in(const char *path)
{
    int pid = 0;

    for (int ms = 0; ms < PATIENCE_MS && pid == 0; ms++) {
        FILE *file = fopen(path, "r");

        if (file != NULL && fscanf(file, "%d\n", &pid) != 1) pid = 0;
        if (file != NULL) fclose(file);
        usleep(1000);
    }
    return pid;
}

static void stopped(bool obeys)
{
    char path[] = "process_test.XXXXXX", script[100];
    struct running *r;
    pid_t pid;

    close(mkstemp(path));
    snprintf(script, sizeof script, "echo $$ > %s; sleep 3600; true", path);
    r = shell(script);
    r->obeys = obeys;
    op_submit(&r->op);
    pid = pid_in(path);
    unlink(path);
    assert_true(pid > 0);
    if (obeys) {
        op_cancel(&r->op);
    } else { /* only the end of the engine ends it */
        engine_release(engine, 10);
        engine = engine_acquire(NULL);
        assert_non_null(engine);
    }
    assert_int_equal(op_wait(&r->op, clock_deadline_ms(PATIENCE_MS)), ST_ERR);
    assert_int_equal(r->op.fault.state, SQLSTATE_HY008);
    assert_true(is_gone(pid));
    op_release(&r->op);
}

static void clearing_kills(void **state)
{
    (void)state;
    stopped(true);
}

static void so_does_the_end_of_the_engine(void **state)
{
    (void)state;
    stopped(false);
}

static void many(void **state)
{
    struct running *all[40];

    (void)state;
    for (int i = 0; i < 40; i++) {
        all[i] = shell("echo $$");
        op_submit(&all[i]->op);
    }
    for (int i = 0; i < 40; i++) {
        assert_int_equal(op_wait(&all[i]->op, clock_deadline_ms(PATIENCE_MS)), ST_OK);
        assert_true(atoi(all[i]->output) > 0);
        op_release(&all[i]->op);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(output_is_collected),
        TEST(much_output),
        TEST(no_output),
        TEST(too_much_output),
        TEST(output_that_ends_before_the_program),
        TEST(failures_in_words),
        TEST(a_program_that_is_not_there),
        TEST(too_slow),
        TEST(standard_input_is_empty),
        TEST(no_descriptors_of_the_host),
        TEST(signals_as_usual),
        TEST(a_host_that_ignores_its_children),
        TEST(clearing_kills),
        TEST(so_does_the_end_of_the_engine),
        TEST(many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
