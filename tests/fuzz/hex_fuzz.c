/*
 * What is written in hexadecimal digits, UUIDs and varbinary: the form is that of a regular
 * expression, the bytes are those of sscanf().
 */
#include "convert/sql2c.h"
#include "form.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

#define H4   "[0-9a-fA-F]{4}"
#define GUID H4 H4 "-" H4 "-" H4 "-" H4 "-" H4 H4 H4

static struct form guid = {.pattern = "^ *(" GUID "|\\{" GUID "\\}) *$"};
static struct form pairs = {.pattern = "^ *([0-9a-fA-F]{2} *)*$"};

static void note_issue(void *context, size_t row, enum sqlstate state, const char *detail)
{
    (void)row;
    (void)detail;
    *(enum sqlstate *)context = state;
}

/* The value in the buffer; false when it was refused as no such value. */
static bool convert(enum athena_type type, SQLSMALLINT c_type, const char *text, void *out,
                    SQLLEN room, SQLLEN *length)
{
    const struct column column = {.name = "", .type_name = "", .type = type};
    const struct cell cell = {text, (uint32_t)strlen(text), 0};
    const struct c_target target = {.c_type = c_type,
                                    .data = out,
                                    .buffer_bytes = room,
                                    .octet_length = length,
                                    .indicator = length};
    enum sqlstate state = SQLSTATE_NONE;

    sql2c_kernel(type, c_type)(&column, &cell, 1, &target, note_issue, &state);
    form_expect(state == SQLSTATE_NONE || state == SQLSTATE_22018, text, "another state");
    return state == SQLSTATE_NONE;
}

/* The digits of a text two by two, all else left out. */
static size_t scan_pairs(const char *text, uint8_t *out)
{
    size_t count = 0;
    unsigned byte;

    for (; *text; text++) {
        if (*text == ' ' || *text == '-' || *text == '{' || *text == '}') continue;
        if (sscanf(text++, "%2x", &byte) != 1) abort();
        out[count++] = (uint8_t)byte;
    }
    return count;
}

static void check_guid(const char *text)
{
    struct form_parts p;
    bool is_guid = form_matches(&guid, text, &p);
    uint8_t expected[FORM_MOST_BYTES];
    SQLGUID value;
    SQLLEN length = 0;

    form_expect(convert(ATHENA_VARCHAR, SQL_C_GUID, text, &value, 0, &length) == is_guid, text,
                "is a UUID or not");
    if (!is_guid) return;
    scan_pairs(text, expected);
    form_expect(value.Data1 == ((uint32_t)expected[0] << 24 | (uint32_t)expected[1] << 16 |
                                (uint32_t)expected[2] << 8 | expected[3]) &&
                    value.Data2 == (expected[4] << 8 | expected[5]) &&
                    value.Data3 == (expected[6] << 8 | expected[7]) &&
                    memcmp(value.Data4, expected + 8, 8) == 0,
                text, "another UUID");
}

static void check_pairs(const char *text)
{
    struct form_parts p;
    bool is_pairs = form_matches(&pairs, text, &p);
    uint8_t value[FORM_MOST_BYTES], expected[FORM_MOST_BYTES];
    SQLLEN length = 0;
    size_t count;

    form_expect(convert(ATHENA_VARBINARY, SQL_C_BINARY, text, value, sizeof value, &length) ==
                    is_pairs,
                text, "is bytes or not");
    if (!is_pairs) return;
    count = scan_pairs(text, expected);
    form_expect((size_t)length == count && memcmp(value, expected, count) == 0, text,
                "other bytes");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    char text[FORM_MOST_BYTES + 1];

    if (!form_copy(bytes, count, text)) return 0;
    check_guid(text);
    check_pairs(text);
    return 0;
}
