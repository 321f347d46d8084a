/* base/log.h: form of a line, level, several threads, changing the file. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"

static char folder[] = "log_test.XXXXXX";
static char first_path[64], second_path[64];

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) return -1;
    snprintf(first_path, sizeof first_path, "%s/first", folder);
    snprintf(second_path, sizeof second_path, "%s/second", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(first_path);
    unlink(second_path);
    return rmdir(folder);
}

/* The file's text, in static storage; the file is emptied. */
static char *take_text(const char *path)
{
    static char text[200000];
    FILE *file = fopen(path, "r+");
    size_t count;

    assert_non_null(file);
    count = fread(text, 1, sizeof text - 1, file);
    text[count] = '\0';
    assert_int_equal(ftruncate(fileno(file), 0), 0);
    fclose(file);
    return text;
}

static void a_line_has_time_level_thread_and_text(void **state)
{
    regex_t form;
    char *line, day[16];
    time_t now = time(NULL);
    struct tm utc;

    (void)state;
    log_open(LOG_INFO, first_path);
    log_info("query %s: %d rows", "abc", 17);
    line = take_text(first_path);
    assert_int_equal(regcomp(&form,
                             "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z "
                             "INFO  [0-9]+ query abc: 17 rows\n$",
                             REG_EXTENDED),
                     0);
    assert_int_equal(regexec(&form, line, 0, NULL, 0), 0);
    regfree(&form);
    gmtime_r(&now, &utc);
    strftime(day, sizeof day, "%Y-%m-%dT%H", &utc);
    if (time(NULL) % 3600 > 1) assert_memory_equal(line, day, strlen(day));
}

static void levels(void **state)
{
    int evaluated = 0;

    (void)state;
    log_open(LOG_WARN, first_path);
    log_info("not this");
    log_debug("nor %d", ++evaluated);
    assert_string_equal(take_text(first_path), "");
    assert_int_equal(evaluated, 0); /* costs nothing when it is off */
    log_warn("this");
    log_error("and this");
    assert_non_null(strstr(take_text(first_path), "ERROR"));
    log_open(LOG_OFF, NULL);
    log_error("off");
    assert_string_equal(take_text(first_path), "");
}

static void one_event_is_one_line(void **state)
{
    char *text, long_text[5000];

    (void)state;
    log_open(LOG_TRACE, first_path);
    log_trace("select\n1\r\n\tfrom %c t", 0x7f);
    text = take_text(first_path);
    assert_non_null(strstr(text, "select 1   from   t\n"));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);

    memset(long_text, 'x', sizeof long_text);
    memcpy(long_text + sizeof long_text - 3, "\xc3\xa9", 3);
    for (size_t shift = 0; shift < 2; shift++) {
        for (size_t i = shift; i + 3 < sizeof long_text; i += 2) {
            long_text[i] = '\xc3';
            long_text[i + 1] = '\xa9';
        }
        log_trace("%s", long_text);
        text = take_text(first_path);
        assert_in_range(strlen(text), 2046, 2048);
        assert_memory_equal(text + strlen(text) - 3, "\xc3\xa9\n", 3);
    }
    errno = 42;
    log_trace("errno stays");
    assert_int_equal(errno, 42);
}

static void the_last_open_wins(void **state)
{
    (void)state;
    log_open(LOG_INFO, first_path);
    log_info("one");
    log_open(LOG_INFO, second_path);
    log_info("two");
    assert_null(strstr(take_text(first_path), "two"));
    assert_non_null(strstr(take_text(second_path), "two"));
}

static void a_file_that_cannot_be_had_is_standard_error(void **state)
{
    int kept = dup(STDERR_FILENO), fd = open(second_path, O_WRONLY | O_APPEND);
    char *text;

    (void)state;
    dup2(fd, STDERR_FILENO);
    log_open(LOG_INFO, "/nonexistent/folder/log");
    log_info("here");
    log_open(LOG_INFO, NULL);
    log_info("and here");
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(fd);
    log_open(LOG_OFF, NULL);
    text = take_text(second_path);
    assert_non_null(strstr(text, " here\n"));
    assert_non_null(strstr(text, "and here\n"));
}

enum { THREADS = 4, LINES = 200 };

static void *write_lines(void *number)
{
    for (int i = 0; i < LINES; i++) {
        log_info("thread %d line %d.", *(int *)number, i);
        if (i == LINES / 2) log_open(LOG_INFO, first_path);
    }
    return NULL;
}

static void threads_do_not_mix(void **state)
{
    pthread_t threads[THREADS];
    int numbers[THREADS], lines = 0;

    (void)state;
    log_open(LOG_INFO, first_path);
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, &numbers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (char *line = take_text(first_path), *end; *line != '\0'; line = end + 1, lines++) {
        end = strchr(line, '\n');
        assert_non_null(end);
        assert_int_equal(end[-1], '.');
        assert_int_equal(line[4], '-');
        assert_int_equal(line[23], 'Z');
    }
    assert_int_equal(lines, THREADS * LINES);
    log_open(LOG_OFF, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_time_level_thread_and_text),
        cmocka_unit_test(levels),
        cmocka_unit_test(one_event_is_one_line),
        cmocka_unit_test(the_last_open_wins),
        cmocka_unit_test(a_file_that_cannot_be_had_is_standard_error),
        cmocka_unit_test(threads_do_not_mix),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
