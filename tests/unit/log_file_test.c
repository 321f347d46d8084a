/* base/log_file.h: names, rotation, several threads and processes, pipes, what cannot be opened. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log_file.h"

static char folder[PATH_MAX];

static int make_folder(void **state)
{
    char name[] = "log_file_test.XXXXXX";

    (void)state;
    if (mkdtemp(name) == NULL || realpath(name, folder) == NULL) return -1;
    return 0;
}

/* The names in a folder below ours, blanks between, in order. */
static const char *names_in(const char *path)
{
    static char names[4000];
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);

    names[0] = '\0';
    for (int i = 0; i < count; i++) {
        size_t used = strlen(names);

        if (entries[i]->d_name[0] != '.') {
            snprintf(names + used, sizeof names - used, "%s%s", used ? " " : "",
                     entries[i]->d_name);
        }
        free(entries[i]);
    }
    if (count >= 0) free(entries);
    return names;
}

static void remove_all(const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);

    for (int i = 0; i < count; i++) {
        char name[PATH_MAX + 300];

        snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
        if (strcmp(entries[i]->d_name, ".") != 0 && strcmp(entries[i]->d_name, "..") != 0) {
            if (unlink(name)) remove_all(name);
        }
        free(entries[i]);
    }
    if (count >= 0) free(entries);
    rmdir(path);
}

static int remove_folder(void **state)
{
    (void)state;
    remove_all(folder);
    return 0;
}

/* A path in a fresh folder of this name. */
static const char *path_in(const char *inner, const char *name)
{
    static char path[PATH_MAX + 100];

    snprintf(path, sizeof path, "%s/%s", folder, inner);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/%s/%s", folder, inner, name);
    return path;
}

static struct log_file *open_log(const char *path, int64_t max_bytes, unsigned max_files)
{
    int error;
    struct log_file *f = log_file_open(
        &(struct log_wish){
            .level = LOG_INFO, .path = path, .max_bytes = max_bytes, .max_files = max_files},
        &error);

    assert_non_null(f);
    assert_int_equal(error, 0);
    return f;
}

static void put(struct log_file *f, const char *line)
{
    log_file_write(f, line, strlen(line));
}

/* In static storage. */
static char *text_of(const char *path)
{
    static char text[400000];
    FILE *file = fopen(path, "r");
    size_t count;

    if (!file) return NULL;
    count = fread(text, 1, sizeof text - 1, file);
    text[count] = '\0';
    fclose(file);
    return text;
}

/* ---- names -------------------------------------------------------------------------------- */

static void a_file_is_for_its_owner_alone(void **state)
{
    const char *path = path_in("mode", "log");
    struct log_file *f = open_log(path, 0, 1);
    struct stat st;

    (void)state;
    put(f, "one\n");
    log_file_release(f);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    f = open_log(path, 0, 1); /* goes on behind what is there */
    put(f, "two\n");
    log_file_release(f);
    assert_string_equal(text_of(path), "one\ntwo\n");
}

static void a_folder_has_a_file_for_each_process(void **state)
{
    char path[PATH_MAX + 200], name[100], second[100];
    struct log_file *f;
    int error, status;
    pid_t child;

    (void)state;
    snprintf(path, sizeof path, "%s/made/", folder); /* is made */
    f = open_log(path, 0, 1);
    put(f, "parent\n");
    snprintf(name, sizeof name, "athena_odbc_%ld.log", (long)getpid());
    assert_string_equal(names_in(path), name);
    child = fork();
    if (child == 0) {
        put(f, "child\n");
        _exit(0);
    }
    waitpid(child, &status, 0);
    snprintf(second, sizeof second, "athena_odbc_%ld.log", (long)child);
    assert_non_null(strstr(names_in(path), second));
    snprintf(path, sizeof path, "%s/made/%s", folder, name);
    assert_string_equal(text_of(path), "parent\n");
    snprintf(path, sizeof path, "%s/made/%s", folder, second);
    assert_string_equal(text_of(path), "child\n");
    log_file_release(f);

    f = log_file_open(&(struct log_wish){.level = LOG_INFO,
                                         .path = path_in("prefix", "my.log"),
                                         .is_per_process = true,
                                         .max_files = 1},
                      &error);
    snprintf(path, sizeof path, "%s/prefix", folder);
    snprintf(name, sizeof name, "%ld_my.log", (long)getpid());
    assert_string_equal(names_in(path), name);
    log_file_release(f);
}

static void what_cannot_be_opened_is_standard_error(void **state)
{
    static const char *const paths[] = {"/nonexistent/folder/log", "", "stderr", "STDERR", NULL};
    const char *errors = path_in("errors", "stderr");
    int kept = dup(STDERR_FILENO), fd = open(errors, O_WRONLY | O_APPEND | O_CREAT, 0600);
    char expected[400] = "";
    int seen[5];

    (void)state;
    dup2(fd, STDERR_FILENO);
    for (size_t i = 0; i < 5; i++) {
        struct log_file *f =
            log_file_open(&(struct log_wish){.level = LOG_INFO, .path = paths[i]}, &seen[i]);

        put(f, "here\n");
        log_file_release(f);
        strcat(expected, "here\n");
    }
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(fd);
    assert_int_equal(seen[0], ENOENT);
    for (size_t i = 1; i < 5; i++)
        assert_int_equal(seen[i], 0);
    assert_string_equal(text_of(errors), expected);
}

/* Others could have put it there, since the name can be guessed. */
static void a_link_in_a_folder_is_not_followed(void **state)
{
    char target[PATH_MAX + 200], link_name[60];
    struct log_file *f;
    int error;

    (void)state;
    snprintf(target, sizeof target, "%s", path_in("link", "victim"));
    snprintf(link_name, sizeof link_name, "athena_odbc_%ld.log", (long)getpid());
    assert_int_equal(symlink(target, path_in("link", link_name)), 0);
    f = log_file_open(&(struct log_wish){.level = LOG_INFO, .path = path_in("link", "")}, &error);
    assert_int_equal(error, ELOOP);
    log_file_release(f);
    assert_int_equal(access(target, F_OK), -1);
}

static void one_path_is_one_descriptor(void **state)
{
    const char *path = path_in("shared", "log");
    struct log_file *f = open_log(path, 0, 1), *g = open_log(path, 0, 1);

    (void)state;
    assert_ptr_equal(f, g);
    log_file_release(g);
    put(f, "still open\n");
    log_file_release(f);
    assert_false(log_file_hold(f));
    put(f, "closed\n");
    assert_string_equal(text_of(path), "still open\n");
}

/* More files than there is room for: the last ones are standard error. */
static void files_are_bounded(void **state)
{
    struct log_file *files[40];
    int refused = 0, kept = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY);

    (void)state;
    dup2(nowhere, STDERR_FILENO);
    for (int i = 0; i < 40; i++) {
        char name[20];
        int error;

        snprintf(name, sizeof name, "log%d", i);
        files[i] = log_file_open(
            &(struct log_wish){.level = LOG_INFO, .path = path_in("many", name)}, &error);
        refused += error != 0;
    }
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(nowhere);
    assert_in_range(refused, 1, 39);
    for (int i = 0; i < 40; i++) {
        if (files[i]) log_file_release(files[i]);
    }
    assert_int_equal(atomic_load(&log_level), LOG_OFF);
}

/* ---- rotation ----------------------------------------------------------------------------- */

static void a_full_file_is_turned_over(void **state)
{
    struct log_file *f = open_log(path_in("turn", "log"), 10, 3);
    char inside[PATH_MAX + 100], line[40];

    (void)state;
    for (int i = 0; i < 7; i++) { /* two lines fill a file */
        snprintf(line, sizeof line, "line %d\n", i);
        put(f, line);
    }
    snprintf(inside, sizeof inside, "%s/turn", folder);
    assert_string_equal(names_in(inside), "log log.1 log.2");
    assert_string_equal(text_of(path_in("turn", "log")), "line 6\n");
    assert_string_equal(text_of(path_in("turn", "log.1")), "line 4\nline 5\n");
    assert_string_equal(text_of(path_in("turn", "log.2")), "line 2\nline 3\n");
    log_file_release(f);

    f = open_log(path_in("alone", "log"), 10, 1);
    for (int i = 0; i < 3; i++)
        put(f, "a line\n");
    snprintf(inside, sizeof inside, "%s/alone", folder);
    assert_string_equal(names_in(inside), "log");
    assert_string_equal(text_of(path_in("alone", "log")), "a line\n");
    log_file_release(f);
}

static void a_file_that_was_moved_is_made_anew(void **state)
{
    struct log_file *f = open_log(path_in("moved", "log"), 1 << 20, 3);
    char to[PATH_MAX + 100];
    const char *text = NULL;

    (void)state;
    put(f, "old\n");
    snprintf(to, sizeof to, "%s/moved/log.old", folder);
    assert_int_equal(rename(path_in("moved", "log"), to), 0);
    for (int i = 0; i < 100 && !text; i++) { /* it looks once a second */
        usleep(100 * 1000);
        put(f, "new\n");
        text = text_of(path_in("moved", "log"));
    }
    assert_non_null(text);
    assert_memory_equal(text, "new\n", 4);
    log_file_release(f);
}

enum { WRITERS = 4, LINES = 500, LINE_BYTES = 40 };

static void write_lines(struct log_file *f, int number)
{
    for (int i = 0; i < LINES; i++) {
        char line[LINE_BYTES + 40]; /* as gcc sees it, numbers may be longer */

        snprintf(line, sizeof line, "writer %d line %06d %017d.\n", number, i, i);
        put(f, line);
    }
}

struct writer {
    struct log_file *file;
    int number;
    pthread_t thread;
};

static void *run_writer(void *argument)
{
    struct writer *w = argument;

    write_lines(w->file, w->number);
    return NULL;
}

/* Counts the lines of all files, each of which must be whole; no line is there twice. */
static int count_lines(const char *inner, int writers)
{
    static unsigned char seen[2 * WRITERS][LINES];
    char names[4000], *rest = names, inside[PATH_MAX + 100];
    int count = 0;

    memset(seen, 0, sizeof seen);
    snprintf(inside, sizeof inside, "%s/%s", folder, inner);
    snprintf(names, sizeof names, "%s", names_in(inside));
    for (const char *name; (name = strtok_r(rest, " ", &rest)) != NULL;) {
        const char *text = text_of(path_in(inner, name));

        for (size_t bytes = strlen(text); bytes; bytes -= LINE_BYTES, text += LINE_BYTES, count++) {
            int writer, line;

            assert_true(bytes >= LINE_BYTES);
            assert_int_equal(text[LINE_BYTES - 1], '\n');
            assert_int_equal(sscanf(text, "writer %d line %6d", &writer, &line), 2);
            assert_in_range(writer, 0, writers - 1);
            assert_in_range(line, 0, LINES - 1);
            assert_int_equal(seen[writer][line]++, 0);
        }
    }
    return count;
}

/* Names are changed again and again while all write: every line is in some file, once and whole. */
static void threads_share_a_file(void **state)
{
    struct log_file *f = open_log(path_in("threads", "log"), 2000, 200);
    struct writer writers[WRITERS];

    (void)state;
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.file = f, .number = i};
        assert_int_equal(pthread_create(&writers[i].thread, NULL, run_writer, &writers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i].thread, NULL);
    log_file_release(f);
    assert_int_equal(count_lines("threads", WRITERS), WRITERS * LINES);
}

/* Half of the processes have inherited the file from this one, half open it by themselves. */
static void processes_share_a_file(void **state)
{
    struct log_file *f = open_log(path_in("processes", "log"), 2000, 400);
    pid_t children[2 * WRITERS];

    (void)state;
    for (int i = 0; i < 2 * WRITERS; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            if (i % 2) {
                log_file_release(f);
                f = open_log(path_in("processes", "log"), 2000, 400);
            }
            write_lines(f, i);
            _exit(0);
        }
    }
    for (int i = 0; i < 2 * WRITERS; i++) {
        int status;

        waitpid(children[i], &status, 0);
        assert_int_equal(status, 0);
    }
    log_file_release(f);
    assert_int_equal(count_lines("processes", 2 * WRITERS), 2 * WRITERS * LINES);
}

/* Connections that come and go while others write. */
static void *open_and_close(void *argument)
{
    const struct writer *w = argument;

    for (int i = 0; i < LINES; i++) {
        char name[20];
        struct log_file *f;

        snprintf(name, sizeof name, "log%d", (w->number + i) % 3);
        f = open_log(name, 0, 1);
        put(f, "x\n");
        log_file_write_all(LOG_INFO, "y\n", 2);
        log_file_release(f);
    }
    return NULL;
}

static void files_come_and_go(void **state)
{
    struct writer writers[WRITERS];
    char before[PATH_MAX], inside[PATH_MAX + 100];
    size_t bytes = 0;

    (void)state;
    path_in("come", "");
    snprintf(inside, sizeof inside, "%s/come", folder);
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(inside), 0);
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.number = i};
        assert_int_equal(pthread_create(&writers[i].thread, NULL, open_and_close, &writers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i].thread, NULL);
    assert_int_equal(chdir(before), 0);
    assert_string_equal(names_in(inside), "log0 log1 log2");
    for (int i = 0; i < 3; i++) {
        char name[20];
        const char *text;

        snprintf(name, sizeof name, "log%d", i);
        text = text_of(path_in("come", name));
        for (; *text; text += 2) {
            assert_int_equal(text[1], '\n');
            bytes += *text == 'x';
        }
    }
    assert_int_equal(bytes, WRITERS * LINES);
    assert_int_equal(atomic_load(&log_level), LOG_OFF);
}

/* ---- what does not take lines ------------------------------------------------------------- */

/* A pipe that nobody empties: lines are lost, and nothing waits; later it is told how many. */
static void a_full_pipe_loses_lines(void **state)
{
    const char *path = path_in("pipe", "log");
    struct log_file *f;
    char *text, line[1001];
    ssize_t count, all = 0;
    int reader;

    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    reader = open(path, O_RDONLY | O_NONBLOCK);
    f = open_log(path, 100, 3); /* is no file to be turned over */
    memset(line, 'x', sizeof line);
    line[999] = '\n';
    line[1000] = '\0';
    for (int i = 0; i < 200; i++)
        put(f, line);
    text = malloc(400000);
    while ((count = read(reader, text, 400000)) > 0) {
        all += count;
        assert_int_equal(text[count - 1], '\n');
    }
    assert_in_range(all, 1000, 199 * 1000);
    put(f, "after\n");
    count = read(reader, text, 400000);
    text[count > 0 ? count : 0] = '\0';
    assert_non_null(strstr(text, " lines of the log were lost)\nafter\n"));
    close(reader);
    put(f, "nobody reads\n"); /* and no SIGPIPE */
    log_file_release(f);
    free(text);
}

static void a_full_disk_stops_nothing(void **state)
{
    struct log_file *f = open_log("/dev/full", 0, 1);

    (void)state;
    put(f, "lost\n");
    log_file_release(f);
}

/* RLIMIT_FSIZE, whose signal ends a process that is not ready for it. */
static void a_limit_of_size_stops_nothing(void **state)
{
    const char *path = path_in("limit", "log");
    struct log_file *f = open_log(path, 0, 1);
    struct rlimit before, small;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){.rlim_cur = 15, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (int i = 0; i < 4; i++)
        put(f, "a line of log\n");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    put(f, "\nthe last line\n");
    assert_string_equal(text_of(path),
                        "a line of log\na(2 lines of the log were lost)\n\nthe last line\n");
    log_file_release(f);
}

/* A program that the host starts has none of our files. */
static void files_are_closed_on_exec(void **state)
{
    const char *path = path_in("exec", "log");
    struct log_file *f = open_log(path, 0, 1);
    char command[PATH_MAX + 200];

    (void)state;
    snprintf(command, sizeof command, "! ls -l /proc/self/fd | grep -q '%s/exec/log'", folder);
    assert_int_equal(system(command), 0);
    log_file_release(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_for_its_owner_alone),
        cmocka_unit_test(a_folder_has_a_file_for_each_process),
        cmocka_unit_test(what_cannot_be_opened_is_standard_error),
        cmocka_unit_test(a_link_in_a_folder_is_not_followed),
        cmocka_unit_test(one_path_is_one_descriptor),
        cmocka_unit_test(files_are_bounded),
        cmocka_unit_test(a_full_file_is_turned_over),
        cmocka_unit_test(a_file_that_was_moved_is_made_anew),
        cmocka_unit_test(threads_share_a_file),
        cmocka_unit_test(processes_share_a_file),
        cmocka_unit_test(files_come_and_go),
        cmocka_unit_test(a_full_pipe_loses_lines),
        cmocka_unit_test(a_full_disk_stops_nothing),
        cmocka_unit_test(a_limit_of_size_stops_nothing),
        cmocka_unit_test(files_are_closed_on_exec),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
