/*
 * An ODBC driver that has nothing to do: its rows stand in memory in the very form in which they are
 * going to be fetched, and a fetch copies them. What a program pays for ODBC itself, through the
 * driver manager.
 *
 *     connection string   DRIVER=/path/to/null_driver.so
 *     statement           FILE TYPES native|char|wide      (see limit.c)
 *
 * It knows one connection and one statement at a time and what bulk_fetch.c asks of a driver. Text
 * is kept as it stands, one value after the other.
 */
#include "csv_columns.h"

struct held { /* a column of the whole result */
    struct column all;
    char **texts; /* text: where each value begins */
    SQLPOINTER target;
    SQLLEN target_bytes;
    SQLLEN *lengths;
};

static struct {
    struct csv_columns file;
    struct held columns[COLUMNS_MAX];
    size_t rows, next, current;
    SQLULEN rowset;
    SQLULEN *fetched;
} stmt;

static int handles[3]; /* whose addresses are the handles */

/* ---- the rows, made when the statement is executed ----------------------------------------- */

static void *room(size_t bytes)
{
    void *p = malloc(bytes ? bytes : 1);

    if (!p) exit(1);
    return p;
}

static bool is_text(const struct held *h)
{
    return h->all.c_type == SQL_C_CHAR || h->all.c_type == SQL_C_WCHAR;
}

/* Converted in rowsets, since that is what csv_columns does, and put behind what is there. */
static void load(const char *mode)
{
    enum { STEP = 1000 };
    static struct column step[COLUMNS_MAX];
    size_t most = stmt.file.count / (2 * stmt.file.width) + 1, count;

    for (unsigned i = 0; i < stmt.file.width; i++) {
        struct held *h = &stmt.columns[i];
        SQLSMALLINT c_type = mode_type(mode, csv_columns_native(stmt.file.sql_types[i]));

        column_room(&step[i], c_type, STEP);
        h->all = (struct column){.c_type = c_type, .bytes_each = bytes_of(c_type)};
        h->all.lengths = room(most * sizeof *h->all.lengths);
        if (is_text(h)) {
            h->texts = room(most * sizeof *h->texts);
        } else {
            h->all.values = room(most * h->all.bytes_each);
        }
    }
    while ((count = csv_columns_next(&stmt.file, STEP)) > 0) {
        for (unsigned i = 0; i < stmt.file.width; i++) {
            struct held *h = &stmt.columns[i];

            csv_columns_convert(&stmt.file, i, count, &step[i]);
            memcpy(h->all.lengths + stmt.rows, step[i].lengths, count * sizeof(SQLLEN));
            if (!is_text(h)) {
                memcpy(h->all.values + stmt.rows * h->all.bytes_each, step[i].values,
                       count * h->all.bytes_each);
                continue;
            }
            for (size_t r = 0; r < count; r++) {
                size_t bytes = step[i].lengths[r] < 0 ? 0 : (size_t)step[i].lengths[r] + 2;

                h->texts[stmt.rows + r] = room(bytes);
                memcpy(h->texts[stmt.rows + r], step[i].values + r * h->all.bytes_each, bytes);
            }
        }
        stmt.rows += count;
    }
}

SQLRETURN SQL_API SQLExecDirect(SQLHSTMT h, SQLCHAR *sql, SQLINTEGER bytes)
{
    char path[1024], types[1024], mode[16];

    (void)h;
    (void)bytes;
    if (sscanf((char *)sql, "%1023s %1023s %15s", path, types, mode) != 3) return SQL_ERROR;
    csv_columns_open(&stmt.file, path, types);
    load(mode);
    return SQL_SUCCESS;
}

/* ---- fetching ------------------------------------------------------------------------------ */

static void put(const struct held *h, size_t row, char *out, SQLLEN *length)
{
    *length = h->all.lengths[row];
    if (*length < 0) return;
    if (is_text(h)) {
        memcpy(out, h->texts[row], (size_t)*length + (h->all.c_type == SQL_C_WCHAR ? 2 : 1));
    } else {
        memcpy(out, h->all.values + row * h->all.bytes_each, h->all.bytes_each);
    }
}

static void put_all(const struct held *h, size_t first, size_t count)
{
    if (is_text(h)) {
        for (size_t i = 0; i < count; i++)
            put(h, first + i, (char *)h->target + i * (size_t)h->target_bytes, &h->lengths[i]);
        return;
    }
    memcpy(h->target, h->all.values + first * h->all.bytes_each, count * h->all.bytes_each);
    memcpy(h->lengths, h->all.lengths + first, count * sizeof(SQLLEN));
}

SQLRETURN SQL_API SQLFetch(SQLHSTMT h)
{
    size_t left = stmt.rows - stmt.next, count = left < stmt.rowset ? left : stmt.rowset;

    (void)h;
    if (stmt.fetched) *stmt.fetched = count;
    if (!count) return SQL_NO_DATA;
    for (unsigned i = 0; i < stmt.file.width; i++)
        if (stmt.columns[i].target) put_all(&stmt.columns[i], stmt.next, count);
    stmt.current = stmt.next;
    stmt.next += count;
    return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLGetData(SQLHSTMT h, SQLUSMALLINT column, SQLSMALLINT c_type, SQLPOINTER data,
                             SQLLEN bytes, SQLLEN *length)
{
    (void)h;
    (void)c_type;
    (void)bytes;
    put(&stmt.columns[column - 1], stmt.current, data, length);
    return SQL_SUCCESS;
}

/* ---- what else the driver manager and bulk_fetch.c ask ------------------------------------- */

SQLRETURN SQL_API SQLBindCol(SQLHSTMT h, SQLUSMALLINT column, SQLSMALLINT c_type, SQLPOINTER data,
                             SQLLEN bytes, SQLLEN *length)
{
    struct held *held = &stmt.columns[column - 1];

    (void)h;
    (void)c_type;
    held->target = data;
    held->target_bytes = bytes;
    held->lengths = length;
    return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLSetStmtAttr(SQLHSTMT h, SQLINTEGER attribute, SQLPOINTER value,
                                 SQLINTEGER bytes)
{
    (void)h;
    (void)bytes;
    if (attribute == SQL_ATTR_ROW_ARRAY_SIZE) stmt.rowset = (SQLULEN)value;
    if (attribute == SQL_ATTR_ROWS_FETCHED_PTR) stmt.fetched = value;
    return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLGetStmtAttr(SQLHSTMT h, SQLINTEGER attribute, SQLPOINTER value,
                                 SQLINTEGER bytes, SQLINTEGER *length)
{
    (void)h;
    (void)bytes;
    (void)length;
    if (attribute < SQL_ATTR_APP_ROW_DESC || attribute > SQL_ATTR_IMP_PARAM_DESC) return SQL_ERROR;
    *(SQLPOINTER *)value = &handles[0]; /* a descriptor that nobody uses */
    return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLNumResultCols(SQLHSTMT h, SQLSMALLINT *count)
{
    (void)h;
    *count = (SQLSMALLINT)stmt.file.width;
    return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLDescribeCol(SQLHSTMT h, SQLUSMALLINT column, SQLCHAR *name, SQLSMALLINT room_,
                                 SQLSMALLINT *length, SQLSMALLINT *type, SQLULEN *size,
                                 SQLSMALLINT *digits, SQLSMALLINT *nullable)
{
    (void)h;
    (void)name;
    (void)room_;
    (void)length;
    (void)size;
    (void)digits;
    (void)nullable;
    if (type) *type = stmt.file.sql_types[column - 1];
    return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLAllocHandle(SQLSMALLINT kind, SQLHANDLE parent, SQLHANDLE *out)
{
    (void)parent;
    if (kind == SQL_HANDLE_STMT) {
        memset(&stmt, 0, sizeof stmt);
        stmt.rowset = 1;
    }
    *out = &handles[kind == SQL_HANDLE_STMT ? 2 : kind == SQL_HANDLE_DBC];
    return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLFreeHandle(SQLSMALLINT kind, SQLHANDLE h)
{
    (void)kind;
    (void)h;
    return SQL_SUCCESS; /* the process ends, which is quicker */
}

SQLRETURN SQL_API SQLFreeStmt(SQLHSTMT h, SQLUSMALLINT option)
{
    (void)h;
    (void)option;
    return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLSetEnvAttr(SQLHENV h, SQLINTEGER attribute, SQLPOINTER value, SQLINTEGER bytes)
{
    (void)h;
    (void)attribute;
    (void)value;
    (void)bytes;
    return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLSetConnectAttr(SQLHDBC h, SQLINTEGER attribute, SQLPOINTER value,
                                    SQLINTEGER bytes)
{
    (void)h;
    (void)attribute;
    (void)value;
    (void)bytes;
    return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLDriverConnect(SQLHDBC h, SQLHWND window, SQLCHAR *in, SQLSMALLINT in_bytes,
                                   SQLCHAR *out, SQLSMALLINT room_bytes, SQLSMALLINT *out_bytes,
                                   SQLUSMALLINT completion)
{
    (void)h;
    (void)window;
    (void)in;
    (void)in_bytes;
    (void)out;
    (void)room_bytes;
    (void)completion;
    if (out_bytes) *out_bytes = 0;
    return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLDisconnect(SQLHDBC h)
{
    (void)h;
    return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLGetInfo(SQLHDBC h, SQLUSMALLINT kind, SQLPOINTER value, SQLSMALLINT bytes,
                             SQLSMALLINT *length)
{
    (void)h;
    if (kind == SQL_DRIVER_ODBC_VER) {
        snprintf(value, (size_t)bytes, "03.80");
        if (length) *length = 5;
        return SQL_SUCCESS;
    }
    if (bytes >= 4) memset(value, 0, 4);
    return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLGetDiagRec(SQLSMALLINT kind, SQLHANDLE h, SQLSMALLINT record, SQLCHAR *state,
                                SQLINTEGER *native, SQLCHAR *text, SQLSMALLINT bytes,
                                SQLSMALLINT *length)
{
    (void)kind;
    (void)h;
    (void)record;
    (void)state;
    (void)native;
    (void)text;
    (void)bytes;
    (void)length;
    return SQL_NO_DATA;
}
