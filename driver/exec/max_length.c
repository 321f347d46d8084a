/* SQL_ATTR_MAX_LENGTH. See max_length.h. */
#include "exec/max_length.h"

#include "base/utf8.h"

enum { HEX_PAIR_CHARS = 3 }; /* bytes are printed "0a ff 00" */

bool max_length_applies(const struct column *column, SQLSMALLINT c_type)
{
    if (c_type != SQL_C_CHAR && c_type != SQL_C_WCHAR && c_type != SQL_C_BINARY) return false;
    switch (column->type) {
    case ATHENA_CHAR:
    case ATHENA_VARCHAR:
    case ATHENA_VARBINARY:
    case ATHENA_JSON:
    case ATHENA_ARRAY:
    case ATHENA_MAP:
    case ATHENA_ROW:
    case ATHENA_GEOMETRY:
    case ATHENA_UNKNOWN:
        return true;
    default:
        return false;
    }
}

/* Bytes of the raw text that stand for so many bytes of the value; a doubled quote is one. */
static size_t raw_bytes(const struct cell *cell, SQLULEN value_bytes)
{
    size_t raw = 0;

    if (!(cell->flags & CELL_DOUBLED_QUOTES)) {
        return value_bytes < cell->bytes ? (size_t)value_bytes : cell->bytes;
    }
    while (value_bytes-- && raw < cell->bytes) {
        raw += cell->text[raw] == '"' ? 2 : 1;
    }
    return raw < cell->bytes ? raw : cell->bytes;
}

struct cell max_length_cut(const struct column *column, struct cell cell, SQLULEN max_bytes)
{
    if (!cell.text || max_bytes == 0) return cell;
    if (column->type == ATHENA_VARBINARY) {
        if (max_bytes < cell.bytes) {
            const size_t chars = (size_t)max_bytes * HEX_PAIR_CHARS - 1;

            if (chars < cell.bytes) cell.bytes = (uint32_t)chars;
        }
        return cell;
    }
    if (max_bytes < cell.bytes) {
        const size_t raw = raw_bytes(&cell, max_bytes);

        if (raw < cell.bytes) cell.bytes = (uint32_t)utf8_whole(cell.text, raw);
    }
    return cell;
}
