#include "aws/aws_error.h"

#include <string.h>

#include "aws/json_bind.h"
#include "aws/xml_pick.h"
#include "base/ascii.h"

enum { RAW_MESSAGE_BYTES = 400 };

/* Whatever fails later, the strings are strings. */
static void begin(struct aws_error *e, int http_status)
{
    *e = (struct aws_error){.http_status = http_status,
                            .code = "",
                            .message = "",
                            .athena_code = "",
                            .reason = "",
                            .region = "",
                            .request_id = ""};
}

/* "com.amazonaws.athena#Name:http://..." is Name. */
static const char *bare_code(struct arena *a, const char *code)
{
    const char *hash = strrchr(code, '#');
    const char *from = hash ? hash + 1 : code;
    const char *bare = arena_copy(a, from, strcspn(from, ": "));

    return bare ? bare : "";
}

/* The start of a body that is not what it should be, on one line: what a proxy has to say. */
static const char *raw_message(struct arena *a, const char *body, size_t bytes)
{
    size_t count = bytes < RAW_MESSAGE_BYTES ? bytes : RAW_MESSAGE_BYTES;
    char *text = arena_copy(a, body, count);

    if (!text) return "";
    while (count && ((unsigned char)text[count - 1] & 0xc0) == 0x80)
        count--; /* no half character */
    if (count && (unsigned char)text[count - 1] >= 0xc0) count--;
    text[count] = '\0';
    for (char *c = text; *c; c++) {
        if ((unsigned char)*c < 0x20) *c = ' ';
    }
    return text;
}

/*
 * A refused signature comes with the request as AWS has read it, x-amz-security-token and all: that
 * is no word for a user, and a secret.
 */
static const char *without_request(struct arena *a, const char *message)
{
    static const char *const echoes[] = {"The Canonical String for this request",
                                         "The String-to-Sign should have been"};
    size_t bytes = strlen(message);
    const char *echo, *text;

    for (size_t i = 0; i < sizeof echoes / sizeof *echoes; i++) {
        echo = strstr(message, echoes[i]);
        if (echo && (size_t)(echo - message) < bytes) bytes = (size_t)(echo - message);
    }
    if (!message[bytes]) return message;
    while (bytes && ascii_is_blank(message[bytes - 1]))
        bytes--;
    text = arena_copy(a, message, bytes);
    return text ? text : "";
}

static void finish(struct aws_error *e, struct arena *a, const char *body, size_t bytes)
{
    if (!*e->code) {
        const char *status = arena_printf(a, "%d", e->http_status);

        if (status) e->code = status;
        if (!*e->message) e->message = raw_message(a, body, bytes);
    }
    e->message = without_request(a, e->message);
}

void aws_error_parse_json(struct aws_error *e, struct arena *a, int http_status,
                          const char *header_type, const char *body, size_t bytes)
{
#define AT(field) offsetof(struct json_error, field)
    struct json_error {
        const char *type, *code, *message, *capital_message, *athena_code, *reason;
    } raw = {0};
    static const struct json_member members[] = {
        {.name = "__type", .kind = JSON_TEXT, .offset = AT(type)},
        {.name = "code", .kind = JSON_TEXT, .offset = AT(code)},
        {.name = "message", .kind = JSON_TEXT, .offset = AT(message)},
        {.name = "Message", .kind = JSON_TEXT, .offset = AT(capital_message)},
        {.name = "AthenaErrorCode", .kind = JSON_TEXT, .offset = AT(athena_code)},
        {.name = "Reason", .kind = JSON_TEXT, .offset = AT(reason)},
        {0}};
#undef AT
    const char *code = "";

    begin(e, http_status);
    if (!json_bind(&raw, members, a, body, bytes, "reading an error", NULL)) {
        code = *raw.type ? raw.type : raw.code;
        e->message = *raw.message ? raw.message : raw.capital_message;
        e->athena_code = raw.athena_code;
        e->reason = raw.reason;
    }
    if (!*code && header_type) code = header_type;
    e->code = bare_code(a, code);
    finish(e, a, body, bytes);
}

void aws_error_parse_xml(struct aws_error *e, struct arena *a, int http_status,
                         const char *bucket_region, const char *body, size_t bytes)
{
    const struct xml_pick picks[] = {
        {"Error/Code", &e->code},
        {"Error/Message", &e->message},
        {"Error/Region", &e->region},
        {"Error/RequestId", &e->request_id},
        {"ErrorResponse/RequestId", &e->request_id},
    };

    begin(e, http_status);
    if (bytes && !xml_pick(picks, sizeof picks / sizeof *picks, a, body, bytes)) e->code = "";
    if (bucket_region && *bucket_region) {
        const char *region = arena_text(a, bucket_region);

        if (region) e->region = region;
    }
    finish(e, a, body, bytes);
}
