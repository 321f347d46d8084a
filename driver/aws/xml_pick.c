#include "aws/xml_pick.h"

#include <string.h>

#include "aws/xml_read.h"
#include "base/buf.h"

enum { PATH_LIMIT = 4096, TEXT_LIMIT = 1 << 20, DOCUMENT_LIMIT = 1 << 24, PICKS_MAX = 16 };

struct picker {
    struct xml_reader base;
    const struct xml_pick *picks;
    size_t count;
    bool is_found[PICKS_MAX];
    struct arena *arena;
    struct buf path; /* "/Error/Code" */
    struct buf text; /* of the innermost element */
};

static void XMLCALL on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct picker *p = context;

    (void)attributes;
    buf_putc(&p->path, '/');
    buf_puts(&p->path, xml_local_name(name));
    buf_reset(&p->text);
    if (!buf_ok(&p->path)) xml_stop(&p->base);
}

static void XMLCALL on_text(void *context, const XML_Char *text, int bytes)
{
    struct picker *p = context;

    buf_put(&p->text, text, (size_t)bytes);
}

static bool ends_with(const struct buf *path, const char *tail)
{
    size_t bytes = strlen(tail);

    return path->count > bytes && path->bytes[path->count - bytes - 1] == '/' &&
           !memcmp(path->bytes + path->count - bytes, tail, bytes);
}

static const char *trimmed(struct arena *a, const struct buf *text)
{
    const char *from = text->bytes, *to = text->bytes + text->count;

    while (from < to && strchr(" \t\r\n", *from))
        from++;
    while (to > from && strchr(" \t\r\n", to[-1]))
        to--;
    return arena_copy(a, from, (size_t)(to - from));
}

static void XMLCALL on_end(void *context, const XML_Char *name)
{
    struct picker *p = context;
    size_t bytes = strlen(xml_local_name(name)) + 1;

    for (size_t i = 0; i < p->count; i++) {
        const char *value;

        if (p->is_found[i] || !ends_with(&p->path, p->picks[i].path) || !buf_ok(&p->text)) continue;
        value = trimmed(p->arena, &p->text);
        if (!value) continue;
        *p->picks[i].value = value;
        p->is_found[i] = true;
    }
    p->path.bytes[p->path.count -= bytes] = '\0';
    buf_reset(&p->text);
}

bool xml_pick(const struct xml_pick *picks, size_t count, struct arena *a, const char *bytes,
              size_t byte_count)
{
    struct picker p = {.picks = picks, .count = count, .arena = a};
    bool is_document;

    if (count > PICKS_MAX || byte_count > DOCUMENT_LIMIT) return false;
    buf_init(&p.path, PATH_LIMIT);
    buf_init(&p.text, TEXT_LIMIT);
    is_document = xml_read(&p.base, on_start, on_end, on_text, bytes, byte_count);
    buf_clear(&p.path);
    buf_clear(&p.text);
    return is_document;
}
