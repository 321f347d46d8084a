/*
 * To SQL_C_GUID from text: 01234567-89ab-cdef-0123-456789abcdef, in braces or not, any case, with
 * blanks around (a char(n) column pads with them).
 */
#include "base/ascii.h"
#include "convert/kernel.h"
#include "convert/reader.h"

/* The 16 bytes as they are written. */
static bool parse_guid(struct reader r, uint8_t out[16])
{
    const char *text;
    size_t bytes, at = 0;

    reader_trim(&r);
    text = r.at;
    bytes = (size_t)(r.end - r.at);
    if (bytes == 38 && text[0] == '{' && text[37] == '}') {
        text++;
        bytes -= 2;
    }
    if (bytes != 36) return false;
    for (unsigned i = 0; i < 16; i++) {
        int high, low;

        if ((i == 4 || i == 6 || i == 8 || i == 10) && text[at++] != '-') return false;
        high = ascii_hex_value(text[at++]);
        low = ascii_hex_value(text[at++]);
        if (high < 0 || low < 0) return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static SQLLEN to_guid(const struct run *run, const struct cell *cell, void *out)
{
    uint8_t b[16];
    SQLGUID guid;

    if (!parse_guid((struct reader){cell->text, cell->text + cell->bytes}, b)) {
        return run_issue(run, SQLSTATE_22018, cell, "is not a UUID");
    }
    guid.Data1 = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    guid.Data2 = (uint16_t)(b[4] << 8 | b[5]);
    guid.Data3 = (uint16_t)(b[6] << 8 | b[7]);
    memcpy(guid.Data4, b + 8, sizeof guid.Data4);
    memcpy(out, &guid, sizeof guid);
    return sizeof guid;
}

SQL2C_KERNEL(sql2c_text_guid, true, to_guid)
