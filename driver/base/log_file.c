/*
 * Log files: see log_file.h.
 *
 * Files are slots of a table that is never freed, so that a late writer finds a slot that is closed,
 * or another's, but never freed memory. What is atomic in a slot:
 *
 *   holds    0 free -> -1 being opened -> 1, 2 ... held -> -1 being closed -> 0 free
 *   fd       the descriptor's number stays while the slot is held: dup3() puts another file behind
 *            it, so a writer never holds a number that has become another's
 *   keeper   the process whose thread looks after names and size now; 0: none does. A number of
 *            another process is of before a fork(), where that thread was left behind
 */
#include "base/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/quiet.h"

enum { FILES_MAX = 32, PATH_ROOM = 4096, NAME_ROOM = PATH_ROOM + 64, CHECK_MS = 1000 };
enum { BEING_CHANGED = -1 };

struct log_file {
    atomic_int holds, fd, keeper, writers;
    _Atomic(enum log_level) level;
    _Atomic int64_t max_bytes, checked_ms;
    atomic_uint max_files, lost;
    _Atomic pid_t process; /* that has opened the descriptor */
    atomic_bool is_regular;
    bool is_per_process, is_folder;
    char path[PATH_ROOM]; /* as wished; "": standard error */
};

_Atomic(enum log_level) log_level = LOG_OFF;

static struct log_file files[FILES_MAX];

/* ---- holds and levels ---- */

static enum log_level most_talkative(void)
{
    enum log_level most = LOG_OFF;

    for (unsigned i = 0; i < FILES_MAX; i++) {
        enum log_level level = atomic_load(&files[i].level);

        if (level > most) most = level;
    }
    return most;
}

/* Whoever stores looks again, so that the last store is of what is. */
static void settle_level(void)
{
    enum log_level level;

    do {
        level = most_talkative();
        atomic_store(&log_level, level);
    } while (most_talkative() != level);
}

static void raise_level(struct log_file *f, enum log_level level)
{
    enum log_level before = atomic_load(&f->level);

    while (before < level && !atomic_compare_exchange_weak(&f->level, &before, level)) {}
    settle_level();
}

bool log_file_hold(struct log_file *f)
{
    int holds = atomic_load(&f->holds);

    while (holds > 0) {
        if (atomic_compare_exchange_weak(&f->holds, &holds, holds + 1)) return true;
    }
    return false;
}

static void close_file(struct log_file *f)
{
    int fd = atomic_exchange(&f->fd, -1);

    atomic_store(&f->level, LOG_OFF);
    settle_level();
    /* at exit() other threads may be writing: they have the descriptor, and the process takes it along */
    if (fd >= 0 && !atomic_load(&f->writers)) close(fd);
    atomic_store(&f->holds, 0);
}

void log_file_release(struct log_file *f)
{
    int holds = atomic_load(&f->holds);

    while (holds > 0) {
        int left = holds == 1 ? BEING_CHANGED : holds - 1;

        if (!atomic_compare_exchange_weak(&f->holds, &holds, left)) continue;
        if (left == BEING_CHANGED) close_file(f);
        return;
    }
}

/* Runs when the library is unloaded: a guest leaves no open file behind. */
__attribute__((destructor)) static void close_all(void)
{
    for (unsigned i = 0; i < FILES_MAX; i++) {
        if (atomic_exchange(&files[i].holds, BEING_CHANGED) > 0) close_file(&files[i]);
    }
    atomic_store(&log_level, LOG_OFF);
}

/* ---- names ---- */

static bool is_folder(const char *path)
{
    size_t count = strlen(path);
    struct stat st;

    if (stat(path, &st) == 0) return S_ISDIR(st.st_mode);
    return count && path[count - 1] == '/' && mkdir(path, 0700) == 0;
}

static bool is_standard_error(const char *path)
{
    return !path || !*path || ascii_same(path, "stderr");
}

/* The file of this process. False when the name is too long. */
static bool name_file(const struct log_file *f, char *name)
{
    const char *slash = strrchr(f->path, '/'), *last = slash ? slash + 1 : f->path;
    int needed;

    if (f->is_folder) {
        needed = snprintf(name, NAME_ROOM, "%s/athena_odbc_%ld.log", f->path, (long)getpid());
    } else if (f->is_per_process) {
        needed = snprintf(name, NAME_ROOM, "%.*s%ld_%s", (int)(last - f->path), f->path,
                          (long)getpid(), last);
    } else {
        needed = snprintf(name, NAME_ROOM, "%s", f->path);
    }
    return needed > 0 && needed < NAME_ROOM - 16; /* room for ".1" */
}

/* ---- opening ---- */

/*
 * Names that others can guess are not followed where they are symbolic links. O_NONBLOCK is for a
 * FIFO that nobody reads: opening it would wait.
 */
static int open_named(const struct log_file *f)
{
    char name[NAME_ROOM];
    int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

    if (!name_file(f, name)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (f->is_folder || f->is_per_process) flags |= O_NOFOLLOW;
    return open(name, flags, 0600);
}

static int open_standard_error(void)
{
    return fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
}

/* Puts fd, which is closed, behind the slot's number. */
static void adopt(struct log_file *f, int fd)
{
    int old = atomic_load(&f->fd);
    struct stat st;

    atomic_store(&f->is_regular, fstat(fd, &st) == 0 && S_ISREG(st.st_mode));
    atomic_store(&f->process, getpid());
    if (old < 0) {
        atomic_store(&f->fd, fd);
    } else {
        dup3(fd, old, O_CLOEXEC);
        close(fd);
    }
}

static void set_limits(struct log_file *f, const struct log_wish *wish)
{
    atomic_store(&f->max_bytes, wish->max_bytes);
    atomic_store(&f->max_files, wish->max_files ? wish->max_files : 1);
}

static struct log_file *find(const char *path, bool is_per_process)
{
    for (unsigned i = 0; i < FILES_MAX; i++) {
        struct log_file *f = &files[i];

        if (!log_file_hold(f)) continue;
        if (strcmp(f->path, path) == 0 && f->is_per_process == is_per_process) return f;
        log_file_release(f);
    }
    return NULL;
}

static struct log_file *take_free(void)
{
    for (unsigned i = 0; i < FILES_MAX; i++) {
        int none = 0;

        if (atomic_compare_exchange_strong(&files[i].holds, &none, BEING_CHANGED)) {
            return &files[i];
        }
    }
    return NULL;
}

/* A slot of one's own. NULL when there is none, or its file cannot be opened: errno says why. */
static struct log_file *open_slot(const char *path, const struct log_wish *wish)
{
    struct log_file *f = take_free();
    int fd;

    if (!f) {
        errno = EMFILE;
        return NULL;
    }
    snprintf(f->path, sizeof f->path, "%s", path);
    f->is_folder = *path && is_folder(path);
    f->is_per_process = wish->is_per_process;
    fd = *path ? open_named(f) : open_standard_error();
    if (fd < 0) {
        int why = errno;

        atomic_store(&f->holds, 0);
        errno = why;
        return NULL;
    }
    atomic_store(&f->fd, -1);
    atomic_store(&f->keeper, 0);
    atomic_store(&f->lost, 0);
    atomic_store(&f->checked_ms, clock_now_ms());
    adopt(f, fd);
    atomic_store(&f->holds, 1);
    return f;
}

struct log_file *log_file_open(const struct log_wish *wish, int *error)
{
    const char *path = is_standard_error(wish->path) ? "" : wish->path;
    const bool is_per_process = *path && wish->is_per_process;
    struct log_file *f = NULL;

    *error = 0;
    if (wish->level <= LOG_OFF) return NULL;
    if (strlen(path) >= PATH_ROOM) {
        *error = ENAMETOOLONG;
    } else {
        f = find(path, is_per_process);
        if (!f) f = open_slot(path, wish);
        if (!f) *error = errno;
    }
    if (!f) f = find("", false);
    if (!f) f = open_slot("", &(struct log_wish){.level = wish->level});
    if (!f) return NULL;
    if (*path && !*error) set_limits(f, wish);
    raise_level(f, wish->level);
    return f;
}

/* ---- names and size, while it is written to ---- */

static bool is_same_file(int fd, const char *name)
{
    struct stat open_one, named;

    return fstat(fd, &open_one) == 0 && stat(name, &named) == 0 &&
           open_one.st_dev == named.st_dev && open_one.st_ino == named.st_ino;
}

/* LOG to LOG.1, LOG.1 to LOG.2 ...; LOG last, so that nobody else begins before it is done. */
static void shift_names(const char *name, unsigned max_files)
{
    char from[NAME_ROOM], to[NAME_ROOM];

    for (unsigned i = max_files - 1; i > 1; i--) {
        snprintf(from, sizeof from, "%.*s.%u", NAME_ROOM - 16, name, i - 1);
        snprintf(to, sizeof to, "%.*s.%u", NAME_ROOM - 16, name, i);
        rename(from, to);
    }
    snprintf(to, sizeof to, "%.*s.1", NAME_ROOM - 16, name);
    if (max_files > 1) {
        rename(name, to);
    } else {
        unlink(name);
    }
}

/*
 * The lock is on the file itself: who has it, and finds the name still on that file, is the only one
 * who may take the name away. It goes when the descriptor is closed. False: somebody else is at it.
 */
static bool turn_over(struct log_file *f, int fd, const char *name)
{
    if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) return false;
    if (is_same_file(fd, name)) shift_names(name, atomic_load(&f->max_files));
    return true;
}

static bool is_too_large(const struct log_file *f, int fd)
{
    int64_t max_bytes = atomic_load(&f->max_bytes);

    return max_bytes > 0 && lseek(fd, 0, SEEK_END) >= max_bytes;
}

static void look_after(struct log_file *f, int fd)
{
    const bool is_ours = atomic_load(&f->process) == getpid();
    char name[NAME_ROOM];
    int fresh;

    atomic_store(&f->checked_ms, clock_now_ms());
    if (!name_file(f, name)) return;
    if (is_ours && is_same_file(fd, name)) {
        if (!is_too_large(f, fd) || !turn_over(f, fd, name)) return;
    }
    fresh = open_named(f);
    if (fresh >= 0) adopt(f, fresh);
}

static bool needs_looking_after(const struct log_file *f, int fd)
{
    if (!*f->path || !atomic_load(&f->is_regular)) return false;
    return atomic_load(&f->process) != getpid() || is_too_large(f, fd) ||
           clock_now_ms() - atomic_load(&f->checked_ms) >= CHECK_MS;
}

/* One thread at a time; the others write on. */
static void look_after_alone(struct log_file *f, int fd)
{
    int keeper = atomic_load(&f->keeper), mine = (int)getpid();

    if (keeper == mine || !atomic_compare_exchange_strong(&f->keeper, &keeper, mine)) return;
    if (needs_looking_after(f, fd)) look_after(f, fd);
    atomic_store(&f->keeper, 0);
}

/* ---- writing ---- */

/*
 * A pipe that nobody empties, or a stopped terminal, would hold the I/O thread up; one without a
 * reader would even end the process (SIGPIPE).
 */
static bool takes_a_line(const struct log_file *f, int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};

    if (atomic_load(&f->is_regular)) return true;
    return poll(&p, 1, 0) == 1 && !(p.revents & (POLLERR | POLLHUP | POLLNVAL));
}

/*
 * Without the signal that ends the process: of a file that may not get larger (RLIMIT_FSIZE), or a
 * pipe whose reader has gone since it was looked at.
 */
static bool write_line(const struct log_file *f, int fd, const char *line, size_t count)
{
    struct quiet q;
    ssize_t written;

    if (!takes_a_line(f, fd)) return false;
    quiet_begin(&q, atomic_load(&f->is_regular) ? SIGXFSZ : SIGPIPE);
    do {
        written = write(fd, line, count);
    } while (written < 0 && errno == EINTR);
    quiet_end(&q, written < 0 && (errno == EFBIG || errno == EPIPE));
    return written >= 0;
}

/* A short count is a full disk: what is missing is lost, and the next line begins a new one. */
static void put(struct log_file *f, int fd, const char *line, size_t count)
{
    if (!write_line(f, fd, line, count)) atomic_fetch_add(&f->lost, 1);
}

static void confess_lost(struct log_file *f, int fd)
{
    unsigned lost = atomic_load(&f->lost) ? atomic_exchange(&f->lost, 0) : 0;
    char text[64];
    int count;

    if (!lost) return;
    count = snprintf(text, sizeof text, "(%u lines of the log were lost)\n", lost);
    if (write_line(f, fd, text, (size_t)count)) return;
    atomic_fetch_add(&f->lost, lost);
}

/* Counted before the descriptor is looked at, so that close_file() either sees it or is seen. */
void log_file_write(struct log_file *f, const char *line, size_t count)
{
    int fd;

    atomic_fetch_add(&f->writers, 1);
    fd = atomic_load(&f->fd);
    if (fd >= 0) {
        if (needs_looking_after(f, fd)) look_after_alone(f, fd);
        confess_lost(f, fd);
        put(f, fd, line, count);
    }
    atomic_fetch_sub(&f->writers, 1);
}

void log_file_write_all(enum log_level level, const char *line, size_t count)
{
    for (unsigned i = 0; i < FILES_MAX; i++) {
        struct log_file *f = &files[i];

        if (atomic_load(&f->level) < level || !log_file_hold(f)) continue;
        log_file_write(f, line, count);
        log_file_release(f);
    }
}
