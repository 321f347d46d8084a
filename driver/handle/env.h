/* The environment handle. */
#ifndef ATHENA_HANDLE_ENV_H
#define ATHENA_HANDLE_ENV_H

#include "base/list.h"
#include "handle/handle.h"

struct env {
    struct handle base;
    struct list dbcs;
    SQLINTEGER odbc_version; /* SQL_OV_ODBC2, SQL_OV_ODBC3, SQL_OV_ODBC3_80; 0: not said yet */
    SQLUINTEGER connection_pooling, cp_match;
    SQLINTEGER output_nts;
};

#endif
