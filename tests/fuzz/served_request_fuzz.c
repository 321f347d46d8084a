/* What somebody brings to the loopback: any bytes; each part lies within them, and the fields can be read. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/form.h"
#include "aws/served_request.h"
#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void check(struct served_text t, const char *bytes, size_t count)
{
    if (!t.bytes) {
        if (t.count) abort();
        return;
    }
    if (t.bytes < bytes || t.bytes + t.count > bytes + count) abort();
}

static void find(struct served_text form)
{
    static const char *const names[] = {"code", "state", "SAMLResponse", "error", ""};
    struct buf b;

    buf_init(&b, 1 << 16);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        form_find(&b, form.bytes, form.count, names[i]);
        if (b.count > form.count) abort();
        buf_reset(&b);
    }
    buf_clear(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const char *text = (const char *)bytes;
    struct served_request r;
    enum served_verdict whole = served_request_read(&r, text, count), part;

    if (whole == SERVED_WHOLE) {
        const struct served_text all[] = {r.method, r.path,         r.query,
                                          r.host,   r.content_type, r.body};

        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            check(all[i], text, count);
        served_request_is_form(&r);
        find(r.query);
        find(r.body);
    }
    part = served_request_read(&r, text, count / 2); /* what was refused early stays so */
    if (part == SERVED_BAD && whole != SERVED_BAD) abort();
    return 0;
}
