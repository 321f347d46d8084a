/* SQLGetFunctions. See functions.h. */
#include "info/functions.h"

#include <string.h>

#include "handle/function.h"

enum { ODBC2_FUNCTIONS = 100 };

static void fill_odbc2(SQLUSMALLINT *supported)
{
    size_t count;
    const struct function *f = function_table(&count);

    memset(supported, 0, ODBC2_FUNCTIONS * sizeof *supported);
    for (size_t i = 0; i < count; i++) {
        if (f[i].is_offered && f[i].id < ODBC2_FUNCTIONS) supported[f[i].id] = SQL_TRUE;
    }
}

static void fill_odbc3(SQLUSMALLINT *supported)
{
    size_t count;
    const struct function *f = function_table(&count);

    memset(supported, 0, SQL_API_ODBC3_ALL_FUNCTIONS_SIZE * sizeof *supported);
    for (size_t i = 0; i < count; i++) {
        SQLUSMALLINT *word = &supported[f[i].id >> 4];

        if (f[i].is_offered) *word = (SQLUSMALLINT)(*word | 1u << (f[i].id & 15));
    }
}

/* Numbers of ODBC's core (1 to 24), of its extensions (40 to 73) and of ODBC 3 (from 1001). */
static bool is_function_number(SQLUSMALLINT id)
{
    return (id >= SQL_API_SQLALLOCCONNECT && id <= SQL_API_SQLBULKOPERATIONS) ||
           (id >= SQL_API_SQLCOLUMNS && id <= SQL_API_SQLALLOCHANDLESTD) ||
           (id >= SQL_API_SQLALLOCHANDLE && id < SQL_API_ODBC3_ALL_FUNCTIONS_SIZE * 16);
}

bool functions_get(SQLUSMALLINT id, SQLUSMALLINT *supported)
{
    const struct function *f;

    if (id == SQL_API_ALL_FUNCTIONS) {
        fill_odbc2(supported);
        return true;
    }
    if (id == SQL_API_ODBC3_ALL_FUNCTIONS) {
        fill_odbc3(supported);
        return true;
    }
    f = function_find(id);
    *supported = f && f->is_offered ? SQL_TRUE : SQL_FALSE;
    return is_function_number(id);
}
