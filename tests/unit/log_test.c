/* base/log.h: form of a line, levels, whom lines are about. Files are log_file_test.c's. */
#include <errno.h>
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

#include "base/log.h"
#include "base/log_file.h"

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
    static char text[20000];
    FILE *file = fopen(path, "r+");
    size_t count;

    assert_non_null(file);
    count = fread(text, 1, sizeof text - 1, file);
    text[count] = '\0';
    assert_int_equal(ftruncate(fileno(file), 0), 0);
    fclose(file);
    return text;
}

/* Somebody whose lines go to the file at path, and whom this thread works for now. */
static void begin(struct log_subject *s, enum log_level level, const char *path)
{
    int error;

    *s = (struct log_subject){.level = level};
    s->file = log_file_open(&(struct log_wish){.level = level, .path = path}, &error);
    assert_int_equal(error, 0);
    log_about(s);
}

static void end(struct log_subject *s)
{
    log_about(NULL);
    log_subject_leave(s);
}

static void check_form(const char *form, const char *line)
{
    regex_t r;

    assert_int_equal(regcomp(&r, form, REG_EXTENDED), 0);
    if (regexec(&r, line, 0, NULL, 0)) fail_msg("%s does not match %s", line, form);
    regfree(&r);
}

#define HEAD "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z "

static void a_line_has_time_level_thread_place_and_text(void **state)
{
    struct log_subject s;
    char *line, day[16], form[200];
    time_t now = time(NULL);
    struct tm utc;

    (void)state;
    begin(&s, LOG_INFO, first_path);
    log_info("query %s: %d rows", "abc", 17);
    line = take_text(first_path);
    snprintf(form, sizeof form, HEAD "INFO  %ld/%ld - - unit/log_test: query abc: 17 rows\n$",
             (long)getpid(), (long)gettid());
    check_form(form, line);
    gmtime_r(&now, &utc);
    strftime(day, sizeof day, "%Y-%m-%dT%H", &utc);
    if (time(NULL) % 3600 > 1) assert_memory_equal(line, day, strlen(day));

    s.connection = 7;
    log_warn("x");
    check_form(" WARN  [0-9]+/[0-9]+ c7 - unit/log_test: x\n$", take_text(first_path));
    s.statement = 12;
    log_subject_set_query(&s, "11111111-2222-3333-4444-555555555555");
    log_as(LOG_ERROR, "api", "y");
    check_form(" ERROR [0-9]+/[0-9]+ c7\\.12 11111111-2222-3333-4444-555555555555 api: y\n$",
               take_text(first_path));
    log_subject_set_query(&s, NULL);
    log_error("z");
    check_form(" c7\\.12 - unit/log_test: z\n$", take_text(first_path));
    end(&s);
}

/* The last letters of the lines. */
static void read_letters(const char *text, char *letters)
{
    for (const char *end = strchr(text, '\n'); end; end = strchr(end + 1, '\n'))
        *letters++ = end[-1];
    *letters = '\0';
}

static void levels(void **state)
{
    static const char *const heard[] = {"", "E", "EW", "EWI", "EWID", "EWIDT"};
    int evaluated = 0;

    (void)state;
    for (enum log_level level = LOG_ERROR; level <= LOG_TRACE; level++) {
        struct log_subject s;
        char letters[8];

        begin(&s, level, first_path);
        log_error("E");
        log_warn("W");
        log_info("I");
        log_debug("D");
        log_trace("T");
        end(&s);
        read_letters(take_text(first_path), letters);
        assert_string_equal(letters, heard[level]);
        assert_int_equal(atomic_load(&log_level), LOG_OFF);
        log_error("%d", ++evaluated);
    }
    assert_int_equal(evaluated, 0); /* costs nothing when it is off */
}

static void one_event_is_one_line(void **state)
{
    struct log_subject s;
    char *text, long_text[9000];

    (void)state;
    begin(&s, LOG_TRACE, first_path);
    log_trace("select\n1\r\n2026-01-31T00:00:00.000Z ERROR forged");
    text = take_text(first_path);
    assert_non_null(strstr(text, "select\\n1\\r\\n2026-01-31T00:00:00.000Z ERROR forged\n"));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);

    for (size_t shift = 0; shift < 2; shift++) {
        memset(long_text, 'x', sizeof long_text);
        for (size_t i = shift; i + 3 < sizeof long_text; i += 2) {
            long_text[i] = '\xc3';
            long_text[i + 1] = '\xa9';
        }
        long_text[sizeof long_text - 1] = '\0';
        log_trace("%s", long_text);
        text = take_text(first_path);
        assert_in_range(strlen(text), 4090, 4096); /* what a pipe takes at once */
        assert_memory_equal(text + strlen(text) - 6, "\xc3\xa9...\n", 6);
    }
    errno = 42;
    log_trace("errno stays");
    assert_int_equal(errno, 42);
    end(&s);
}

static void each_has_a_log_of_its_own(void **state)
{
    struct log_subject loud, quiet, none = {.file = NULL};
    char *text;

    (void)state;
    begin(&loud, LOG_DEBUG, first_path);
    begin(&quiet, LOG_WARN, second_path);
    log_info("not this");
    log_warn("of the quiet one");
    assert_ptr_equal(log_about(&loud), &quiet);
    log_info("of the loud one");
    log_about(&none);
    log_error("of one without a log");
    log_about(NULL);
    log_info("of nobody");
    log_warn("of nobody, aloud");
    text = take_text(first_path);
    assert_non_null(strstr(text, "of the loud one"));
    assert_non_null(strstr(text, "of nobody\n"));
    assert_non_null(strstr(text, "of nobody, aloud\n"));
    assert_null(strstr(text, "not this"));
    assert_null(strstr(text, "of the quiet one"));
    assert_null(strstr(text, "without a log"));
    text = take_text(second_path);
    assert_non_null(strstr(text, "of the quiet one"));
    assert_non_null(strstr(text, "of nobody, aloud\n"));
    assert_null(strstr(text, "of nobody\n"));
    assert_null(strstr(text, "not this"));
    assert_null(strstr(text, "without a log"));
    end(&loud);
    end(&quiet);
}

static void work_is_about_whoever_has_begun_it(void **state)
{
    struct log_subject s, work, shared;

    (void)state;
    begin(&s, LOG_INFO, first_path);
    s.connection = 3;
    log_subject_inherit(&work);
    log_subject_inherit(&shared);
    end(&s); /* the file stays open for the work */
    log_about(&work);
    log_info("goes on");
    check_form(" c3 - unit/log_test: goes on\n$", take_text(first_path));
    log_subject_share(&shared);
    log_about(&shared);
    log_info("for all");
    check_form(" - - unit/log_test: for all\n$", take_text(first_path));
    log_about(NULL);
    log_subject_leave(&work);
    assert_int_equal(atomic_load(&log_level), LOG_OFF);
    log_subject_inherit(&work);
    assert_null(work.file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_time_level_thread_place_and_text),
        cmocka_unit_test(levels),
        cmocka_unit_test(one_event_is_one_line),
        cmocka_unit_test(each_has_a_log_of_its_own),
        cmocka_unit_test(work_is_about_whoever_has_begun_it),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
