/*
 * Login pages out of any bytes: forms, values, texts; and, with what they say, addresses.
 *
 * Whatever a page holds, the password goes into one field of the form, once.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/html_form.h"
#include "aws/web_url.h"

#define PASSWORD "pass%word"
#define ENCODED  "=pass%25word"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void follow(struct arena *a, const char *reference)
{
    static const char base[] = "https://idp.example:8443/a/b?c";
    const char *url = web_url_resolve(a, base, reference);

    if (!url) return;
    if (strpbrk(url, " \r\n\t\\#") || !strstr(url, "://")) abort();
    if (web_url_same_origin(url, base) && strncmp(url, "https://idp.example:8443/", 25) != 0) {
        if (strncmp(reference, "http", 4) != 0 && strncmp(reference, "//", 2) != 0 &&
            strncmp(reference, "HTTP", 4) != 0 && !strstr(reference, ":"))
            abort();
    }
    if (!web_url_resolve(a, url, "")) abort(); /* what comes out is an address */
}

static void fill(const struct html_page *page)
{
    const struct html_form *form = html_login_form(page);
    struct buf body;

    buf_init(&body, 1 << 22);
    if (form && html_fill_login(&body, page, form, "user", PASSWORD)) {
        const char *first = strstr(body.bytes, ENCODED);

        if (!first || strpbrk(body.bytes, " \"<>\r\n")) abort();
    }
    buf_clear(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const char *html = (const char *)bytes;
    struct html_page page;
    struct fault f = {0};
    struct arena a;
    char text[64];

    arena_init(&a);
    if (!html_read_page(&page, &a, html, count, &f)) {
        const char *value = html_value(&page, "SAMLResponse");

        if (value && strlen(value) > count) abort();
        fill(&page);
        for (size_t i = 0; i < page.form_count; i++) {
            if (page.forms[i].action) follow(&a, page.forms[i].action);
        }
    }
    if (html_text_of(text, sizeof text, html, count, "errorText") && strlen(text) >= sizeof text)
        abort();
    arena_wipe(&a);
    return 0;
}
