/* SQL_ATTR_MAX_ROWS as a LIMIT. See row_limit.h. */
#include "exec/row_limit.h"

#include <stdint.h>
#include <string.h>

#include "aws/athena_codec.h"
#include "base/buf.h"
#include "handle/dbc.h"
#include "ops/session.h"
#include "sql/limit.h"

char *row_limit_put(const struct stmt *s, const char *sql)
{
    const size_t bytes = strlen(sql);
    struct buf b;
    size_t end;

    if (!s->attr.max_rows || s->attr.max_rows > INT64_MAX) return NULL;
    if (s->dbc->session->reuse_results) return NULL;
    if (!limit_is_possible(sql, bytes)) return NULL;
    end = limit_query_end(sql, bytes);
    buf_init(&b, ATHENA_SQL_BYTES_MAX);
    buf_put(&b, sql, end);
    buf_printf(&b, "\nLIMIT %llu", (unsigned long long)s->attr.max_rows);
    buf_put(&b, sql + end, bytes - end);
    return buf_take(&b);
}
