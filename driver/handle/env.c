/* The environment handle and its attributes. See env.h. */
#include "handle/env.h"

#include <errno.h>
#include <stdlib.h>

#include "base/list.h"
#include "base/version.h"
#include "config/log_options.h"

/* ATHENA_ODBC_LOG: for when options are out of reach, and for what comes before a connection. */
static void open_log(struct env *e)
{
    struct log_wish wish;
    int error;

    if (!log_options_read_environment(&wish, secure_getenv("ATHENA_ODBC_LOG"))) return;
    e->log.file = log_file_open(&wish, &error);
    e->log.level = wish.level;
    log_as(LOG_INFO, "api", "odbc-athena %s in %s", version_text, program_invocation_short_name);
}

struct env *env_new(void)
{
    struct env *e = calloc(1, sizeof *e);

    if (!e) return NULL;
    open_log(e);
    handle_init(&e->base, HANDLE_ENV, &e->log);
    list_init(&e->dbcs);
    e->output_nts = SQL_TRUE;
    return e;
}

void env_free(struct env *e)
{
    handle_clear(&e->base);
    log_subject_leave(&e->log);
    free(e);
}

NO_THREAD_CHECK SQLRETURN env_enter(SQLHENV henv, SQLUSMALLINT function, struct env **e)
{
    *e = handle_is(henv, HANDLE_ENV) ? henv : NULL;
    if (!*e) return SQL_INVALID_HANDLE;
    mutex_lock(&(*e)->base.lock);
    handle_begin(&(*e)->base, function);
    return SQL_SUCCESS;
}

NO_THREAD_CHECK SQLRETURN env_leave(struct env *e, SQLRETURN rc)
{
    if (!e) return rc;
    handle_end(&e->base, rc);
    mutex_unlock(&e->base.lock);
    return rc;
}

/* All attributes are 32 bits wide. The last row is empty. */
static const struct env_attribute {
    SQLINTEGER id;
    size_t offset;
    SQLINTEGER legal[4];
    unsigned legal_count;
} attributes[] = {
    /* clang-format off */
    {SQL_ATTR_ODBC_VERSION, offsetof(struct env, odbc_version),
     {SQL_OV_ODBC2, SQL_OV_ODBC3, SQL_OV_ODBC3_80}, 3},
    {SQL_ATTR_CONNECTION_POOLING, offsetof(struct env, connection_pooling),
     {SQL_CP_OFF, SQL_CP_ONE_PER_DRIVER, SQL_CP_ONE_PER_HENV}, 3},
    {SQL_ATTR_CP_MATCH, offsetof(struct env, cp_match),
     {SQL_CP_STRICT_MATCH, SQL_CP_RELAXED_MATCH}, 2},
    {SQL_ATTR_OUTPUT_NTS, offsetof(struct env, output_nts), {SQL_TRUE}, 1},
    /* clang-format on */
};

static const struct env_attribute *find_attribute(SQLINTEGER id)
{
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        if (attributes[i].id == id) return &attributes[i];
    }
    return NULL;
}

static SQLINTEGER *place_of(struct env *e, const struct env_attribute *a)
{
    return (SQLINTEGER *)(void *)((char *)e + a->offset);
}

SQLRETURN env_set_attribute(struct env *e, SQLINTEGER attribute, SQLPOINTER value)
{
    const struct env_attribute *a = find_attribute(attribute);
    SQLINTEGER number = (SQLINTEGER)(SQLLEN)value;

    if (!a) {
        return diag_push(&e->base.diag, SQLSTATE_HY092, 0, "no environment attribute %d",
                         (int)attribute);
    }
    if (!list_is_empty(&e->dbcs) && attribute == SQL_ATTR_ODBC_VERSION) {
        return diag_push(&e->base.diag, SQLSTATE_HY010, 0,
                         "the ODBC version must be set before a connection is allocated");
    }
    for (unsigned i = 0; i < a->legal_count; i++) {
        if (a->legal[i] == number) {
            *place_of(e, a) = number;
            return SQL_SUCCESS;
        }
    }
    /* SQL_ATTR_OUTPUT_NTS: "SQL_FALSE ... returns SQL_ERROR and SQLSTATE HYC00" */
    return diag_push(&e->base.diag,
                     attribute == SQL_ATTR_OUTPUT_NTS ? SQLSTATE_HYC00 : SQLSTATE_HY024, 0,
                     "environment attribute %d cannot be %d", (int)attribute, (int)number);
}

SQLRETURN env_get_attribute(struct env *e, SQLINTEGER attribute, const struct text_room *out)
{
    const struct env_attribute *a = find_attribute(attribute);

    if (!a) {
        return diag_push(&e->base.diag, SQLSTATE_HY092, 0, "no environment attribute %d",
                         (int)attribute);
    }
    return text_give_value(out, place_of(e, a), sizeof(SQLINTEGER));
}
