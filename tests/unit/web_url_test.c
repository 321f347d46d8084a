/* aws/web_url: links on pages, RFC 3986's own examples, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "aws/web_url.h"

#define PAGE "https://Host.example:8443/adfs/ls/page.aspx?a=b"

/* clang-format off */
static const struct { const char *base, *reference, *is; } links[] = {
    /* RFC 3986, 5.4 */
    {"http://a/b/c/d;p?q", "g",             "http://a/b/c/g"},
    {"http://a/b/c/d;p?q", "./g",           "http://a/b/c/g"},
    {"http://a/b/c/d;p?q", "g/",            "http://a/b/c/g/"},
    {"http://a/b/c/d;p?q", "/g",            "http://a/g"},
    {"http://a/b/c/d;p?q", "//g",           "http://g/"},
    {"http://a/b/c/d;p?q", "?y",            "http://a/b/c/d;p?y"},
    {"http://a/b/c/d;p?q", "g?y",           "http://a/b/c/g?y"},
    {"http://a/b/c/d;p?q", "#s",            "http://a/b/c/d;p?q"},
    {"http://a/b/c/d;p?q", "g?y#s",         "http://a/b/c/g?y"},
    {"http://a/b/c/d;p?q", ";x",            "http://a/b/c/;x"},
    {"http://a/b/c/d;p?q", "",              "http://a/b/c/d;p?q"},
    {"http://a/b/c/d;p?q", ".",             "http://a/b/c/"},
    {"http://a/b/c/d;p?q", "..",            "http://a/b/"},
    {"http://a/b/c/d;p?q", "../g",          "http://a/b/g"},
    {"http://a/b/c/d;p?q", "../../g",       "http://a/g"},
    {"http://a/b/c/d;p?q", "../../../../g", "http://a/g"},
    {"http://a/b/c/d;p?q", "/./g",          "http://a/g"},
    {"http://a/b/c/d;p?q", "g.",            "http://a/b/c/g."},
    {"http://a/b/c/d;p?q", "./../g",        "http://a/b/g"},
    {"http://a/b/c/d;p?q", "g;x=1/../y",    "http://a/b/c/y"},
    {"http://a/b/c/d;p?q", "g?y/./x",       "http://a/b/c/g?y/./x"},
    /* as pages have them */
    {PAGE, "/adfs/x?c=d&e",                 "https://Host.example:8443/adfs/x?c=d&e"},
    {PAGE, "page.aspx?x=%20",               "https://Host.example:8443/adfs/ls/page.aspx?x=%20"},
    {PAGE, "https://other/",                "https://other/"},
    {PAGE, "HTTP://other",                  "HTTP://other/"},
    {"https://h", "x",                      "https://h/x"},
    {"https://h?q", "",                     "https://h/?q"},
    {PAGE, "javascript:alert(1)",           NULL},
    {PAGE, "data:text/html,x",              NULL},
    {PAGE, "https:/x",                      NULL},
    {PAGE, "https://user@other/",           NULL},
    {PAGE, "https://",                      NULL},
    {PAGE, "/a b",                          NULL},
    {PAGE, "/a\r\nHost: x",                 NULL},
    {PAGE, "\\\\other\\x",                  NULL},
    {"/relative", "x",                      NULL},
};

static const struct { const char *a, *b; int is_same; } origins[] = {
    {"https://h/x",      "https://H:443/y?z",  1},
    {"https://h:8443/",  "https://h:8443",     1},
    {"https://[::1]/",   "https://[::1]:443/", 1},
    {"https://h/",       "http://h/",          0},
    {"https://h/",       "https://h:8443/",    0},
    {"https://h/",       "https://h.evil/",    0},
    {"https://h/",       "https://hh/",        0},
    {"/h",               "/h",                 0},
};

static const struct { const char *host, *is; } hosts[] = {
    {"idp.example",               "https://idp.example:444"},
    {"idp.example:8443",          "https://idp.example:8443"},
    {"https://idp.example/",      "https://idp.example:444"},
    {"HTTPS://idp.example:8443",  "https://idp.example:8443"},
    {"[::1]",                     "https://[::1]:444"},
    {"http://idp.example",        NULL},
    {"idp.example/adfs",          NULL},
    {"user@idp.example",          NULL},
    {"idp example",               NULL},
    {"idp.example:x",             NULL},
    {"",                          NULL},
};
/* clang-format on */

static void assert_text(const char *is, const char *wanted)
{
    if (wanted) {
        assert_non_null(is);
        assert_string_equal(is, wanted);
    } else {
        assert_null(is);
    }
}

static void links_are_resolved(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a);
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        assert_text(web_url_resolve(&a, links[i].base, links[i].reference), links[i].is);
    }
    arena_clear(&a);
}

static void origins_are_compared(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
        assert_int_equal(web_url_same_origin(origins[i].a, origins[i].b), origins[i].is_same);
        assert_int_equal(web_url_same_origin(origins[i].b, origins[i].a), origins[i].is_same);
    }
    assert_true(web_url_is_https("HTTPS://h/"));
    assert_false(web_url_is_https("http://h/"));
}

static void hosts_are_taken_as_people_write_them(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a);
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        assert_text(web_url_of_host(&a, hosts[i].host, 444), hosts[i].is);
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_are_resolved),
        cmocka_unit_test(origins_are_compared),
        cmocka_unit_test(hosts_are_taken_as_people_write_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
