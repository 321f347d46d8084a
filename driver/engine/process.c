/*
 * Child programs: posix_spawn, two pipes on the engine's epoll, and waitpid.
 *
 *     start -> pipes open --both at their end--> reaping --waitpid()--> over
 *                  |                                 |
 *                  +-- too long, too much, cleared --+-> kill, reap alone, free
 *
 * A guest installs no SIGCHLD handler. The end of both pipes says that the program is about to be
 * gone; waitpid(WNOHANG) is then asked at once and, if need be, every few milliseconds. The host may
 * have set SIGCHLD to be ignored, or wait for any child itself: then the exit status cannot be known
 * (ECHILD), and the program is judged by its output alone.
 *
 * The program is the leader of a process group of its own, so that what it has started is killed
 * with it. Signal masks and handlers are what a program expects to find, not the I/O thread's.
 */
#include "engine/process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/loop.h"

enum {
    ERRORS_LIMIT_BYTES = 16 * 1024,
    READ_BYTES = 4096,
    REAP_MS = 5,
    LOOK_MS =
        50, /* how often it is asked whether a detached program has ended: at first, at last */
    LOOK_MAX_MS = 1000,
    UNKNOWN_EXIT = -1,
    SIGNALLED = 256,      /* plus the signal's number */
    LAST_REAP_ROUNDS = 50 /* when the engine ends: a quarter of a second for what has been killed */
};

struct child_pipe {
    struct watch watch;
    struct child *child;
    struct buf *to;
};

struct child {
    struct process *process; /* NULL: nobody waits for it, it is only to be reaped */
    struct engine *engine;
    struct list link; /* in engine->children */
    pid_t pid;
    struct child_pipe output, errors;
    struct timer limit, reap;
    bool was_killed;
    bool is_detached;
    int64_t look_ms;
};

/* ---- the end ---- */

static void close_pipe(struct child_pipe *pipe) RUNS_ON(io_thread)
{
    if (pipe->watch.fd < 0) return;
    watch_stop(pipe->child->engine, &pipe->watch);
    close(pipe->watch.fd);
    pipe->watch.fd = -1;
}

static void child_free(struct child *c) RUNS_ON(io_thread)
{
    close_pipe(&c->output);
    close_pipe(&c->errors);
    timer_stop(&c->limit, c->engine);
    timer_stop(&c->reap, c->engine);
    list_remove(&c->link);
    free(c);
}

static void kill_child(struct child *c)
{
    if (c->was_killed || c->is_detached) return;
    c->was_killed = true;
    if (kill(-c->pid, SIGKILL) < 0) kill(c->pid, SIGKILL);
}

/* True when the program has ended. */
static bool has_exited(struct child *c, int *exit_status)
{
    int status;
    pid_t pid;

    do {
        pid = waitpid(c->pid, &status, WNOHANG);
    } while (pid < 0 && errno == EINTR);
    if (pid == 0) return false;
    if (pid < 0) {
        *exit_status = UNKNOWN_EXIT;
    } else {
        *exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : SIGNALLED + WTERMSIG(status);
    }
    return true;
}

/* The last line of what a program said, without its line end. */
static const char *last_line(struct buf *b)
{
    while (b->count > 0 && (b->bytes[b->count - 1] == '\n' || b->bytes[b->count - 1] == '\r')) {
        b->bytes[--b->count] = '\0';
    }
    for (size_t i = b->count; i > 0; i--) {
        if (b->bytes[i - 1] == '\n') return b->bytes + i;
    }
    return b->bytes;
}

static void judge(struct process *p)
{
    const char *said = last_line(&p->errors);

    if (!buf_ok(&p->output)) {
        fault_set(&p->fault, SQLSTATE_HY000, 0, "running a program: it wrote more than %zu bytes",
                  p->output.limit_bytes);
    } else if (p->exit_status > SIGNALLED) {
        fault_set(&p->fault, SQLSTATE_HY000, p->exit_status,
                  "running a program: signal %d ended it%s%s", p->exit_status - SIGNALLED,
                  *said != '\0' ? ": " : "", said);
    } else if (p->exit_status > 0) {
        fault_set(&p->fault, SQLSTATE_HY000, p->exit_status,
                  "running a program: it failed with exit status %d%s%s", p->exit_status,
                  *said != '\0' ? ": " : "", said);
    }
}

static void close_process(struct process *p, int exit_status) RUNS_ON(io_thread)
{
    p->exit_status = exit_status;
    p->phase = PROCESS_DONE;
    p->child->process = NULL;
    p->child = NULL;
    judge(p);
    op_wake(p->owner);
}

static void reap(struct child *c) RUNS_ON(io_thread);

static void reap_again(struct timer *t)
{
    engine_assert();
    reap(container_of(t, struct child, reap));
}

static void reap(struct child *c)
{
    int exit_status;

    if (has_exited(c, &exit_status)) {
        if (c->process != NULL) close_process(c->process, exit_status);
        child_free(c);
        return;
    }
    if (c->is_detached && c->look_ms < LOOK_MAX_MS) c->look_ms *= 2;
    timer_call(&c->reap, c->engine, c->is_detached ? c->look_ms : REAP_MS, reap_again);
}

/* Nobody waits for it any more, or has been told: it goes on alone until it is reaped. */
static void leave(struct child *c) RUNS_ON(io_thread)
{
    c->process = NULL;
    kill_child(c);
    close_pipe(&c->output);
    close_pipe(&c->errors);
    timer_stop(&c->limit, c->engine);
    reap(c);
}

static void fail(struct child *c, enum sqlstate state, const char *why) RUNS_ON(io_thread)
{
    fault_set(&c->process->fault, state, 0, "running a program: %s", why);
    close_process(c->process, UNKNOWN_EXIT);
    leave(c);
}

static void limit_reached(struct timer *t)
{
    engine_assert();
    fail(container_of(t, struct child, limit), SQLSTATE_HYT00, "it took too long and was killed");
}

/* ---- output ---- */

/* False at the end of the pipe. */
static bool read_some(struct child_pipe *pipe)
{
    char bytes[READ_BYTES];
    ssize_t count;

    do {
        count = read(pipe->watch.fd, bytes, sizeof bytes);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    buf_put(pipe->to, bytes, (size_t)count);
    return count > 0;
}

static void output_ready(struct watch *w, uint32_t events)
{
    struct child_pipe *pipe = container_of(w, struct child_pipe, watch);
    struct child *c = pipe->child;

    (void)events; /* a hang-up, too, is something that read() tells */
    engine_assert();
    if (!read_some(pipe)) close_pipe(pipe);
    if (!buf_ok(&c->process->output)) {
        close_process(c->process, UNKNOWN_EXIT);
        leave(c);
        return;
    }
    if (!buf_ok(&c->process->errors)) buf_reset(&c->process->errors); /* its last line matters */
    if (c->output.watch.fd < 0 && c->errors.watch.fd < 0) reap(c);
}

/* ---- start ---- */

/* The program's ends of the pipes (-1: it has none), and what it is to be started with. */
struct plan {
    bool is_detached;
    int output_fd, errors_fd;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
};

static int open_pipe(struct child_pipe *pipe, int *write_fd)
{
    int fds[2], error = 0;

    if (pipe2(fds, O_CLOEXEC) < 0) return errno;
    fcntl(fds[0], F_SETFL, O_NONBLOCK); /* ours alone: the program expects a pipe that blocks */
    pipe->watch.fd = fds[0];
    /* In a host that has closed its own, this may be 0, 1 or 2, which the plan overwrites. */
    *write_fd = fcntl(fds[1], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (*write_fd < 0) error = errno;
    close(fds[1]);
    return error;
}

static int plan_output(struct plan *plan, int fd, int becomes)
{
    if (fd >= 0) return posix_spawn_file_actions_adddup2(&plan->actions, fd, becomes);
    return posix_spawn_file_actions_addopen(&plan->actions, becomes, "/dev/null", O_WRONLY, 0);
}

static int plan_descriptors(struct plan *plan)
{
    int error =
        posix_spawn_file_actions_addopen(&plan->actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

    if (!error) error = plan_output(plan, plan->output_fd, STDOUT_FILENO);
    if (!error) error = plan_output(plan, plan->errors_fd, STDERR_FILENO);
#if defined(__GLIBC_PREREQ) && __GLIBC_PREREQ(2, 34)
    /* The host's descriptors are no business of the program, whether they close on exec or not. */
    if (!error) error = posix_spawn_file_actions_addclosefrom_np(&plan->actions, STDERR_FILENO + 1);
#endif
    return error;
}

static int plan_signals(struct plan *plan)
{
    sigset_t none, all;
    int error;

    sigemptyset(&none);
    sigfillset(&all);
    error = posix_spawnattr_setsigmask(&plan->attributes, &none);
    if (!error) error = posix_spawnattr_setsigdefault(&plan->attributes, &all);
    if (!error) error = posix_spawnattr_setpgroup(&plan->attributes, 0);
    if (!error) {
        int group = plan->is_detached ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP;
        int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group;

        error = posix_spawnattr_setflags(&plan->attributes, (short)flags);
    }
    return error;
}

/* Zero, or an errno, here and below. */
static int run_plan(struct plan *plan, struct child *c, char *const argv[])
{
    int error = posix_spawnattr_init(&plan->attributes);

    if (error) return error;
    error = plan_descriptors(plan);
    if (!error) error = plan_signals(plan);
    if (!error) {
        error = posix_spawnp(&c->pid, argv[0], &plan->actions, &plan->attributes, argv, environ);
    }
    posix_spawnattr_destroy(&plan->attributes);
    return error;
}

static int spawn(struct child *c, char *const argv[])
{
    struct plan plan = {.is_detached = c->is_detached, .output_fd = -1, .errors_fd = -1};
    int error = 0;

    if (!c->is_detached) error = open_pipe(&c->output, &plan.output_fd);
    if (!error && !c->is_detached) error = open_pipe(&c->errors, &plan.errors_fd);
    if (!error) error = posix_spawn_file_actions_init(&plan.actions);
    if (!error) {
        error = run_plan(&plan, c, argv);
        posix_spawn_file_actions_destroy(&plan.actions);
    }
    if (plan.output_fd >= 0) close(plan.output_fd);
    if (plan.errors_fd >= 0) close(plan.errors_fd);
    return error;
}

static struct child *child_new(struct process *p, struct engine *e) RUNS_ON(io_thread)
{
    struct child *c = calloc(1, sizeof *c);

    if (c == NULL) return NULL;
    c->process = p;
    c->engine = e;
    c->output = (struct child_pipe){{-1, false, output_ready}, c, &p->output};
    c->errors = (struct child_pipe){{-1, false, output_ready}, c, &p->errors};
    list_init(&c->link);
    list_append(&e->children, &c->link);
    return c;
}

static enum status fail_to_start(struct child *c, const char *program, int error, struct fault *f)
    RUNS_ON(io_thread)
{
    char why[128];

    child_free(c);
    if (error == ENOMEM) return fault_no_memory(f);
    return fault_set(f, SQLSTATE_HY000, error, "starting the program %s: %s", program,
                     strerror_r(error, why, sizeof why));
}

enum status process_start(struct process *p, struct op *owner, char *const argv[],
                          size_t max_output_bytes, int64_t timeout_ms, struct fault *f)
{
    struct engine *e = owner->engine;
    struct child *c;
    int error;

    process_clear(p);
    buf_init(&p->output, max_output_bytes);
    buf_init(&p->errors, ERRORS_LIMIT_BYTES);
    c = child_new(p, e);
    if (c == NULL) return fault_no_memory(f);
    error = spawn(c, argv);
    if (error) return fail_to_start(c, argv[0], error, f);
    p->owner = owner;
    p->child = c;
    p->phase = PROCESS_RUNNING;
    log_debug("program %ld started", (long)c->pid);
    if (timeout_ms > 0) timer_call(&c->limit, e, timeout_ms, limit_reached);
    if (watch_start(e, &c->output.watch, EPOLLIN) || watch_start(e, &c->errors.watch, EPOLLIN)) {
        fail(c, SQLSTATE_HY000, "its output cannot be watched");
    }
    return ST_OK;
}

enum status process_start_detached(struct process *p, struct op *owner, char *const argv[],
                                   struct fault *f)
{
    struct child *c;
    int error;

    process_clear(p);
    c = child_new(p, owner->engine);
    if (c == NULL) return fault_no_memory(f);
    c->is_detached = true;
    c->look_ms = LOOK_MS;
    error = spawn(c, argv);
    if (error) return fail_to_start(c, argv[0], error, f);
    p->owner = owner;
    p->child = c;
    p->phase = PROCESS_RUNNING;
    log_debug("program %ld started, to go on by itself", (long)c->pid);
    timer_call(&c->reap, c->engine, c->look_ms, reap_again);
    return ST_OK;
}

enum status process_ready(struct process *p)
{
    assert(p->phase != PROCESS_IDLE);
    if (p->phase == PROCESS_RUNNING) return ST_WAIT;
    return fault_is_set(&p->fault) ? ST_ERR : ST_OK;
}

void process_clear(struct process *p)
{
    if (p->child != NULL) {
        engine_assert();
        leave(p->child);
    }
    buf_clear(&p->output);
    buf_clear(&p->errors);
    fault_clear(&p->fault);
    p->owner = NULL;
    p->phase = PROCESS_IDLE;
    p->exit_status = 0;
    p->child = NULL;
}

static void reap_all(struct engine *e) RUNS_ON(io_thread)
{
    struct list left, *link;
    int exit_status;

    list_init(&left);
    while ((link = list_shift(&e->children)) != NULL) {
        struct child *c = container_of(link, struct child, link);

        if (has_exited(c, &exit_status)) {
            child_free(c);
        } else {
            list_append(&left, link);
        }
    }
    while ((link = list_shift(&left)) != NULL)
        list_append(&e->children, link);
}

static bool is_one_to_come(struct engine *e) RUNS_ON(io_thread)
{
    list_each(link, &e->children) {
        if (!container_of(link, struct child, link)->is_detached) return true;
    }
    return false;
}

void processes_drop(struct engine *e)
{
    struct list *link;

    list_each(each, &e->children) {
        struct child *c = container_of(each, struct child, link);

        if (c->process != NULL) {
            fault_set(&c->process->fault, SQLSTATE_HY008, 0,
                      "running a program: cancelled, the last connection was closed");
            close_process(c->process, UNKNOWN_EXIT);
        }
        kill_child(c);
    }
    for (int round = 0; round < LAST_REAP_ROUNDS && is_one_to_come(e); round++) {
        if (round > 0) usleep(REAP_MS * 1000);
        reap_all(e);
    }
    /* What cannot be killed (it hangs in the kernel), or is detached, leaves its zombie to the host. */
    while ((link = list_shift(&e->children)) != NULL) {
        child_free(container_of(link, struct child, link));
    }
}
