/* The environment handle. */
#ifndef ATHENA_HANDLE_ENV_H
#define ATHENA_HANDLE_ENV_H

#include "base/list.h"
#include "handle/handle.h"
#include "handle/text.h"

struct env {
    struct handle base;
    struct log_subject log;  /* the log that the environment variable ATHENA_ODBC_LOG asks for */
    struct list dbcs;        /* under the lock */
    SQLINTEGER odbc_version; /* SQL_OV_ODBC2, SQL_OV_ODBC3, SQL_OV_ODBC3_80; 0: not said yet */
    SQLUINTEGER connection_pooling, cp_match;
    SQLINTEGER output_nts;
};

/* NULL: no memory. */
struct env *env_new(void);

/* Frees an environment without connections. */
void env_free(struct env *e);

/* The bracket of an entry point (handle.h). *e is NULL when henv was no environment. */
SQLRETURN env_enter(SQLHENV henv, SQLUSMALLINT function, struct env **e);
SQLRETURN env_leave(struct env *e, SQLRETURN rc);

/* SQLSetEnvAttr, SQLGetEnvAttr, between enter and leave. Push their diagnostics. */
SQLRETURN env_set_attribute(struct env *e, SQLINTEGER attribute, SQLPOINTER value);
SQLRETURN env_get_attribute(struct env *e, SQLINTEGER attribute, const struct text_room *out);

#endif
