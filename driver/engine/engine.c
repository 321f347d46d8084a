/*
 * The engine's life: started by the first who wants it, joined by the last who has it.
 *
 * A guest in its host's process: the thread takes no signals, its descriptors are closed on exec,
 * and after a fork() the child neither uses nor waits for what belongs to its parent (law 9). Who
 * acquires while the last holder is still leaving gets a new engine.
 *
 * A host may end without disconnecting. Then an atexit() handler ends the engine, so that queries
 * are stopped and no thread is inside OpenSSL when OpenSSL's own handler takes it down: handlers
 * run in reverse order, and ours is set after OpenSSL was initialised. (A destructor of this library
 * would come too late: they run after all handlers.) glibc runs the handler on dlclose(), too.
 */
#include "engine/engine.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/http_multi.h"
#include "engine/loop.h"

enum { EXIT_GRACE_MS = 2000 }; /* what the end of a process may cost its user */

enum { DESCRIPTORS_ROOM = 16384 }; /* 128 KiB of the kernel's memory */

static struct mutex lock = MUTEX_INITIALIZER;
static struct engine *current GUARDED_BY(lock);
static bool is_prepared GUARDED_BY(lock); /* what is done once for the process */
static bool is_ending GUARDED_BY(lock);   /* the process */

static _Thread_local bool is_io_thread;

bool loop_is_here(void)
{
    return is_io_thread;
}

void engine_assert(void)
{
    assert(is_io_thread);
}

/* ---- fork ---- */

/* Another thread of the parent may have held the lock, and it does not exist here. */
static void start_afresh(void) NO_THREAD_CHECK
{
    http_fork_end();
    mutex_init(&lock);
    current = NULL;
    is_io_thread = false;
}

static bool is_parents(const struct engine *e)
{
    return e->process != getpid();
}

bool engine_is_usable(const struct engine *e)
{
    return !is_parents(e) && !atomic_load(&e->is_closed);
}

static void end_with_process(void);

static void prepare_process(void) NEEDS_LOCK(lock)
{
    if (is_prepared) return;
    pthread_atfork(http_fork_begin, http_fork_end, start_afresh);
    http_global_init();
    if (atexit(end_with_process)) log_warn("queries will go on when the process ends");
    is_prepared = true;
}

/* ---- start ---- */

static void *run_thread(void *argument)
{
    struct engine *e = argument;

    is_io_thread = true;
    engine_assert();
    log_debug("I/O thread starts");
    loop_run(e);
    log_debug("I/O thread ends");
    return NULL;
}

/* The host's signals are for the host's threads: ours, and what curl starts from it, take none. */
static int start_thread(struct engine *e)
{
    sigset_t all, kept;
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &kept);
    error = pthread_create(&e->thread, NULL, run_thread, e);
    pthread_sigmask(SIG_SETMASK, &kept, NULL);
    if (error == 0) pthread_setname_np(e->thread, "athena-io");
    return error;
}

/* The mail itself is received at the end of the round. */
static void wake_up(struct watch *w, uint32_t events)
{
    (void)events;
    engine_assert();
    mailbox_woken(&container_of(w, struct engine, wake)->mailbox);
}

/*
 * Once a process has threads, the kernel lets whoever asks for one descriptor more than its table
 * holds wait until every thread has seen the larger table: some 15 ms, in the middle of an
 * asynchronous program. So room is made before there is a thread of ours.
 */
static void make_room_for_descriptors(int any_fd)
{
    struct rlimit limit;
    int last = DESCRIPTORS_ROOM - 1;
    int fd;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < DESCRIPTORS_ROOM) {
        last = (int)limit.rlim_cur - 1;
    }
    fd = fcntl(any_fd, F_DUPFD_CLOEXEC, last);
    if (fd >= 0) close(fd);
}

static enum status open_descriptors(struct engine *e, struct fault *f) RUNS_ON(io_thread)
{
    e->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (e->epoll_fd < 0) {
        return fault_set(f, SQLSTATE_HY000, errno,
                         "starting the driver's I/O thread: no epoll descriptor (errno %d)", errno);
    }
    make_room_for_descriptors(e->epoll_fd);
    if (mailbox_init(&e->mailbox, f)) return ST_ERR;
    e->wake = (struct watch){.fd = e->mailbox.wake_fd, .ready = wake_up};
    if (watch_start(e, &e->wake, EPOLLIN)) {
        return fault_set(f, SQLSTATE_HY000, errno,
                         "starting the driver's I/O thread: cannot watch its event descriptor");
    }
    e->http = http_multi_new(e, f);
    return e->http != NULL ? ST_OK : ST_ERR;
}

static void engine_free(struct engine *e) NO_THREAD_CHECK
{
    http_multi_free(e->http); /* there is one only if the thread could not be started */
    mailbox_clear(&e->mailbox);
    if (e->epoll_fd >= 0) close(e->epoll_fd);
    budget_clear(&e->budget);
    free(e);
}

/* Not on the I/O thread, which does not exist yet: hence nobody else is there either. */
static struct engine *engine_new(struct fault *f) NO_THREAD_CHECK
{
    struct engine *e = calloc(1, sizeof *e);
    int error;

    if (e == NULL) {
        fault_no_memory(f);
        return NULL;
    }
    e->process = getpid();
    e->epoll_fd = e->mailbox.wake_fd = -1;
    list_init(&e->ready);
    list_init(&e->live);
    list_init(&e->children);
    budget_init(&e->budget);
    if (open_descriptors(e, f) == ST_OK) {
        error = start_thread(e);
        if (error == 0) return e;
        fault_set(f, SQLSTATE_HY000, error,
                  "starting the driver's I/O thread: no thread to be had (error %d)", error);
    }
    engine_free(e);
    return NULL;
}

struct engine *engine_acquire(struct fault *f)
{
    struct engine *e;

    mutex_lock(&lock);
    prepare_process();
    if (is_ending) {
        fault_set(f, SQLSTATE_HY000, 0, "starting the driver's I/O thread: the process is ending");
    } else if (current == NULL || !engine_is_usable(current)) {
        current = engine_new(f);
    }
    e = is_ending ? NULL : current;
    if (e != NULL) e->holders++;
    mutex_unlock(&lock);
    return e;
}

/* ---- posting ---- */

struct post {
    struct mail mail;
    void (*call)(void *context);
    void *context;
};

static void receive_post(struct mail *m)
{
    struct post *post = container_of(m, struct post, mail);
    void (*call)(void *context) = post->call;
    void *context = post->context;

    free(post);
    call(context);
}

bool engine_post(struct engine *e, void (*call)(void *context), void *context)
{
    struct post *post;

    if (!engine_is_usable(e)) return false;
    post = malloc(sizeof *post);
    if (post == NULL) return false;
    *post = (struct post){{NULL, receive_post}, call, context};
    mailbox_post(&e->mailbox, &post->mail);
    return true;
}

struct budget *engine_budget(struct engine *e)
{
    return &e->budget;
}

/* ---- stop ---- */

struct farewell {
    struct mail mail;
    struct engine *engine;
    int64_t grace_ms;
    bool cancels; /* what runs; otherwise it is what nobody holds any more */
};

static void receive_farewell(struct mail *m)
{
    struct farewell *farewell = container_of(m, struct farewell, mail);

    engine_assert();
    if (farewell->cancels) loop_cancel_all(farewell->engine);
    loop_stop(farewell->engine, farewell->grace_ms);
}

/* The mail is on this stack: it has been received when the thread has been joined. */
static void stop(struct engine *e, int64_t grace_ms, bool cancels)
{
    struct farewell farewell = {{NULL, receive_farewell}, e, grace_ms, cancels};

    mailbox_post(&e->mailbox, &farewell.mail);
    pthread_join(e->thread, NULL);
}

void engine_release(struct engine *e, int64_t grace_ms)
{
    bool is_last;

    if (e == NULL) return;
    assert(!is_io_thread);
    mutex_lock(&lock);
    is_last = --e->holders == 0;
    if (is_last && e == current) current = NULL;
    mutex_unlock(&lock);
    if (!is_last) return;
    if (is_parents(e)) { /* its connections must not be spoken on, so they stay as they are */
        mailbox_clear(&e->mailbox);
        close(e->epoll_fd);
        return;
    }
    if (!atomic_load(&e->is_closed)) stop(e, grace_ms, false);
    engine_free(e);
}

/*
 * Holders keep what they hold, and a static object's destructor may still give it back after this.
 * Called by exit() on the I/O thread (from an application's callback), it cannot wait for itself.
 */
static void end_with_process(void)
{
    struct engine *e;

    if (is_io_thread) return;
    mutex_lock(&lock);
    e = current;
    is_ending = true;
    if (e != NULL) e->holders++; /* nobody frees it meanwhile */
    mutex_unlock(&lock);
    if (e == NULL) return;
    if (engine_is_usable(e)) stop(e, EXIT_GRACE_MS, true);
    engine_release(e, 0);
}
