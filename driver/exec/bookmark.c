/* Bookmarks. See bookmark.h. */
#include "exec/bookmark.h"

#include <stdio.h>
#include <string.h>

#include "convert/sqltype.h"

const struct column bookmark_column = {
    .name = "",
    .label = "",
    .catalog = "",
    .schema = "",
    .table = "",
    .type_name = "bigint",
    .type = ATHENA_BIGINT,
    .precision = 19,
    .nullable = SQL_NO_NULLS,
};

struct cell bookmark_cell(uint64_t row, char text[BOOKMARK_TEXT_BYTES])
{
    const int bytes = snprintf(text, BOOKMARK_TEXT_BYTES, "%llu", (unsigned long long)row);

    return (struct cell){.text = text, .bytes = (uint32_t)bytes};
}

SQLSMALLINT bookmark_c_type(const struct stmt *s, SQLSMALLINT c_type)
{
    if (c_type != SQL_C_DEFAULT) return c_type;
    return s->attr.use_bookmarks == SQL_UB_FIXED ? SQL_C_BOOKMARK : SQL_C_VARBOOKMARK;
}

uint64_t bookmark_read(const void *place, SQLSMALLINT c_type)
{
    uint64_t row = 0;
    uint32_t small;

    if (sqltype_c_bytes(c_type) == (SQLLEN)sizeof small) {
        memcpy(&small, place, sizeof small);
        return small;
    }
    memcpy(&row, place, sizeof row);
    return row;
}
