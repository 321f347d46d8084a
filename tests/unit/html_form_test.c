/* aws/html_form: the login pages of AD FS and PingFederate, and what real pages have in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "aws/html_form.h"

/* clang-format off */
static const struct { const char *html, *body; } logins[] = {
    /* one of each, with quotes of all kinds, in any case and order */
    {"<form method=post action='/x'><INPUT TYPE=password NAME=Pw><input name=\"User Name\">"
     "<input type='hidden' value='a&amp;b' name='h'></form>",
     "User%20Name=u%40x&Pw=p%20%26%2B&h=a%26b"},
    /* by id, and by name */
    {"<input name=a><input name=b id=username><input type=password name=p>", "b=u%40x&p=p%20%26%2B&a="},
    {"<input name=email><input name=pf.user><input type=password name=p>",
     "pf.user=u%40x&p=p%20%26%2B&email="},
    {"<input name=code type=hidden><input name=mail type=email><input type=password name=p>",
     "mail=u%40x&p=p%20%26%2B&code="},
    /* the form with the password is filled in, not those around it */
    {"<form><input name=user value=no></form><form><input name=user><input type=password name=p></form>"
     "<form><input name=q></form>", "user=u%40x&p=p%20%26%2B"},
    /* a name comes once, whatever its case */
    {"<input name=user><input type=password name=p><input type=hidden name=H value=1>"
     "<input type=hidden name=h value=2><input type=hidden name=USER value=3>",
     "user=u%40x&p=p%20%26%2B&H=1"},
    /* what a browser does not send */
    {"<input name=user><input type=password name=p><input type=submit name=s value=1>"
     "<input type=checkbox name=c value=1><input type=radio name=r value=1>"
     "<input type=radio name=r value=2 checked><input value=nameless type=hidden>",
     "user=u%40x&p=p%20%26%2B&r=2"},
    /* comments, scripts and texts hold no inputs */
    {"<!-- <input type=password name=no> --><script>x='<input type=password name=no>'</script>"
     "<style><input type=password name=no></style><title><input type=password name=no></title>"
     "<textarea><input type=password name=no></TEXTAREA ><input name=user><input type=password name=p>",
     "user=u%40x&p=p%20%26%2B"},
    /* a form in a form is none */
    {"<form action=/1><form action=/2><input name=user></form><input type=password name=p>",
     NULL},
    {"<form><input name=user><input name=\"p\"type=\"password\"/></form>", "user=u%40x&p=p%20%26%2B"},
    {"<input name=user><input type=password name=p value>x", "user=u%40x&p=p%20%26%2B"},
    /* two inputs may be for the user, or two for the password: nothing is sent anywhere */
    {"<input name=a><input name=b><input type=password name=p>", NULL},
    {"<input name=user><input type=password name=p><input type=password name=p2>", NULL},
    {"<input type=password name=p>", NULL},
    {"<input name=user><input type=password>", NULL},
    {"<input name=user>", NULL},
    {"", NULL},
};

static const struct { const char *html, *value; } responses[] = {
    {"<input name='SAMLResponse' value='PHg&#x2b;&#43;&#x3D;&#61;&equals;'>", "PHg++==="},
    {"<form><input type=hidden value=\"ab\ncd\" NAME=\"samlresponse\"/></form>", "ab\ncd"},
    {"<input name=SAMLResponse value=a&b&#;&#x;&#xg;&unknown;&amp&lt;>", "a&b&#;&#x;&#xg;&unknown;&amp<"},
    {"<input name=SAMLResponse value=&#0;&#xD800;&#x110000;&#233;>",
     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9"},
    {"<input name=SAMLResponse>", ""},
    {"<input name=SAMLResponse value='open", "open"},
    {"<input name=SAMLResponse2 value=x>", NULL},
    {"<inputs name=SAMLResponse value=x>", NULL},
    {"</input name=SAMLResponse value=x>", NULL},
    {"< input name=SAMLResponse value=x>", NULL},
};

static const struct { const char *html, *text; } texts[] = {
    {"<label id=errorText>Wrong &amp; <b>bad</b>\n\t password.</label>after", "Wrong & bad password."},
    {"<div class='a errorText b'><div>x</div> y</div>z", "x y"},
    {"<p class=errorTextual>no</p><p id=errortext> </p><p id=errorText>yes", "yes"},
    {"<p id=errorText></p>", NULL},
    {"<p>errorText</p>", NULL},
    {"<p id=errorText>0123456789012345678901234567\xc3\xa9\xc3\xa9 more</p>",
     "0123456789012345678901234567\xc3\xa9"},
};
/* clang-format on */

static void logins_are_filled_in(void **state)
{
    struct html_page page;
    struct arena a;
    struct fault f = {0};

    (void)state;
    for (size_t i = 0; i < sizeof logins / sizeof *logins; i++) {
        const struct html_form *form;
        struct buf body;
        bool is_filled;

        arena_init(&a);
        buf_init(&body, 1000);
        assert_int_equal(html_read_page(&page, &a, logins[i].html, strlen(logins[i].html), &f),
                         ST_OK);
        form = html_login_form(&page);
        is_filled = form && html_fill_login(&body, &page, form, "u@x", "p &+");
        assert_int_equal(is_filled, logins[i].body != NULL);
        if (is_filled) assert_string_equal(body.bytes, logins[i].body);
        buf_clear(&body);
        arena_wipe(&a);
    }
}

static void values_are_decoded(void **state)
{
    struct html_page page;
    struct arena a;
    struct fault f = {0};

    (void)state;
    for (size_t i = 0; i < sizeof responses / sizeof *responses; i++) {
        const char *html = responses[i].html, *value;

        arena_init(&a);
        assert_int_equal(html_read_page(&page, &a, html, strlen(html), &f), ST_OK);
        value = html_value(&page, "SAMLResponse");
        assert_int_equal(!value, !responses[i].value);
        if (value) assert_string_equal(value, responses[i].value);
        arena_clear(&a);
    }
}

static void forms_say_where_they_go(void **state)
{
    static const char html[] =
        "<form action='/a?b=1&amp;c=2' METHOD=Post></form><form></form><form "
        "action>";
    struct html_page page;
    struct arena a;
    struct fault f = {0};

    (void)state;
    arena_init(&a);
    assert_int_equal(html_read_page(&page, &a, html, sizeof html - 1, &f), ST_OK);
    assert_int_equal(page.form_count, 4);
    assert_null(page.forms[0].action);
    assert_string_equal(page.forms[1].action, "/a?b=1&c=2");
    assert_true(page.forms[1].is_post);
    assert_null(page.forms[2].action);
    assert_false(page.forms[2].is_post);
    assert_string_equal(page.forms[3].action, "");
    arena_clear(&a);
}

static void pages_tell_what_is_wrong(void **state)
{
    char text[32];

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *html = texts[i].html;
        bool is_there = html_text_of(text, sizeof text, html, strlen(html), "errorText");

        assert_int_equal(is_there, texts[i].text != NULL);
        if (is_there) assert_string_equal(text, texts[i].text);
    }
}

static void pages_are_bounded(void **state)
{
    static char html[300 * 40];
    struct html_page page;
    struct arena a;
    struct fault f = {0};

    (void)state;
    arena_init(&a);
    for (int i = 0; i < 300; i++)
        memcpy(html + i * 40, "<form></form><input name=a><form></form>", 40);
    assert_int_equal(html_read_page(&page, &a, html, sizeof html, &f), ST_OK);
    assert_int_equal(page.form_count, HTML_FORMS_MAX);
    assert_int_equal(page.input_count, HTML_INPUTS_MAX);
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logins_are_filled_in),    cmocka_unit_test(values_are_decoded),
        cmocka_unit_test(forms_say_where_they_go), cmocka_unit_test(pages_tell_what_is_wrong),
        cmocka_unit_test(pages_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
