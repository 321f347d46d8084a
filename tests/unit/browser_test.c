/* auth/browser.h: which addresses, which commands, and what happens to those that fail. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "auth/browser.h"
#include "base/clock.h"
#include "engine/engine.h"
#include "engine/timer.h"

#define URL "https://idp.example/sign-in?state=a%2Fb&x=%s"

enum { PATIENCE_MS = 60000, LOOK_MS = 20 };

static void addresses(void **state)
{
    static const struct {
        const char *url;
        bool may;
    } cases[] = {
        {"https://idp.example", true},
        {"http://localhost:8080/a?b#c", true},
        {"HTTPS://[::1]/", true},
        {URL, true},
        {"", false},
        {"https://", false},
        {"https:///path", false},
        {"https://?x", false},
        {"https://:80/", false},
        {"https:idp.example", false},
        {"file:///etc/passwd", false},
        {"javascript:alert(1)", false},
        {"-https://idp.example", false},
        {" https://idp.example", false},
        {"https://idp.example/a b", false},
        {"https://idp.example/\n", false},
        {"https://idp.example/`id`", false},
        {"https://idp.example/\xc3\xa4", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (browser_may_open(cases[i].url) != cases[i].may) fail_msg("%s", cases[i].url);
    }
}

static void commands(void **state)
{
    static const struct {
        const char *list;
        const char *argv[6]; /* of the first command; none: it is skipped */
        const char *rest;
    } cases[] = {
        {"firefox", {"firefox", URL}, NULL},
        {"firefox -new-tab %s", {"firefox", "-new-tab", URL}, NULL},
        {"a:b %s:c", {"a", URL}, "b %s:c"},
        {"'/opt/my browser' --url=%s", {"/opt/my browser", "--url=" URL}, NULL},
        {"a 50%% %c %d %s", {"a", "50%", ":", "%d", URL}, NULL},
        {":b", {NULL}, "b"},
        {"a 'b:c", {NULL}, "c"},
        {"", {NULL}, NULL},
        {"a $HOME;b", {"a", "$HOME;b", URL}, NULL},
    };
    struct arena a;

    (void)state;
    arena_init(&a);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *list = cases[i].list;
        char *const *argv = browser_command(&a, &list, URL);

        assert_int_equal(argv != NULL, cases[i].argv[0] != NULL);
        for (size_t k = 0; argv && (argv[k] || cases[i].argv[k]); k++) {
            assert_non_null(argv[k]);
            assert_non_null(cases[i].argv[k]);
            assert_string_equal(argv[k], cases[i].argv[k]);
        }
        assert_int_equal(list != NULL, cases[i].rest != NULL);
        if (list) assert_string_equal(list, cases[i].rest);
    }
    arena_clear(&a);
}

/* An operation that opens a browser and waits until a file is there. */
struct visit {
    struct op op;
    struct browser browser;
    struct creds_env env;
    struct timer again;
    char file[128];
    int64_t deadline_ms;
    bool has_begun, is_told;
};

static struct engine *engine;
static char folder[64];

static void visit_free(struct op *op)
{
    free(container_of(op, struct visit, op));
}

static enum status visit_advance(struct op *op)
{
    struct visit *v = container_of(op, struct visit, op);
    enum status st = ST_OK;

    engine_assert();
    if (!v->has_begun) {
        v->has_begun = true;
        st = browser_open(&v->browser, op, &v->env, URL, "the page", &op->fault);
    }
    browser_go_on(&v->browser);
    v->is_told = v->browser.is_told;
    if (!st && !v->is_told && access(v->file, F_OK) && clock_now_ms() < v->deadline_ms) {
        timer_start(&v->again, op, LOOK_MS);
        return ST_WAIT;
    }
    browser_clear(&v->browser);
    timer_stop(&v->again, op->engine);
    return st;
}

static int begin(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/athena-browser-XXXXXX");
    engine = engine_acquire(NULL);
    return engine && mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    if (engine) engine_release(engine, 0);
    engine = NULL;
    return rmdir(folder);
}

static struct visit *open_with(const char *commands, const char *file)
{
    struct visit *v = calloc(1, sizeof *v);

    op_init(&v->op, engine, visit_advance, visit_free);
    v->env.values[ENV_BROWSER] = commands;
    snprintf(v->file, sizeof v->file, "%s/%s", folder, file);
    v->deadline_ms = clock_deadline_ms(PATIENCE_MS);
    op_submit(&v->op);
    assert_int_equal(op_wait(&v->op, clock_deadline_ms(2 * PATIENCE_MS)), ST_OK);
    return v;
}

static void take_file(const char *name, char *text, size_t room)
{
    char path[128];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    for (int64_t until_ms = clock_deadline_ms(PATIENCE_MS);
         access(path, F_OK) && clock_now_ms() < until_ms;)
        usleep(LOOK_MS * 1000);
    f = fopen(path, "re");
    assert_non_null(f);
    text[fread(text, 1, room - 1, f)] = '\0';
    fclose(f);
    unlink(path);
}

static void the_first_that_works(void **state)
{
    char list[512], text[256];
    struct visit *v;

    (void)state;
    snprintf(
        list, sizeof list,
        "/nowhere/browser %%s:false:sh -c 'printf %%%%s \"$1\" > %s/new; mv %s/new %s/url' x %%s",
        folder, folder, folder);
    v = open_with(list, "url");
    assert_false(v->is_told);
    op_release(&v->op);
    take_file("url", text, sizeof text);
    assert_string_equal(text, URL);
}

/* What is opened goes on when the sign-in, and the driver, have ended. */
static void goes_on(void **state)
{
    char list[512], text[256];
    struct visit *v;

    (void)state;
    snprintf(list, sizeof list,
             "sh -c 'echo > %s/begun; while [ ! -e %s/go ]; do sleep 0.1; done; mv %s/go %s/ended'",
             folder, folder, folder, folder);
    v = open_with(list, "begun");
    op_release(&v->op);
    engine_release(engine, 0);
    engine = NULL;
    take_file("begun", text, sizeof text);
    snprintf(list, sizeof list, "%s/go", folder);
    close(open(list, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    take_file("ended", text, sizeof text);
}

static void none_works(void **state)
{
    char list[512], text[512], path[128];
    int saved = dup(STDERR_FILENO), fd;
    struct visit *v;

    (void)state;
    snprintf(path, sizeof path, "%s/stderr", folder);
    fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    dup2(fd, STDERR_FILENO);
    snprintf(list, sizeof list, "/nowhere/browser:false");
    v = open_with(list, "never");
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(fd);
    assert_true(v->is_told);
    op_release(&v->op);
    take_file("stderr", text, sizeof text);
    assert_non_null(strstr(text, URL "\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(commands),
        cmocka_unit_test_setup_teardown(the_first_that_works, begin, end),
        cmocka_unit_test_setup_teardown(goes_on, begin, end),
        cmocka_unit_test_setup_teardown(none_works, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
