/* SQLGetInfo. See info.h. */
#include "info/info.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/version.h"
#include "convert/matrix.h"
#include "handle/function.h"
#include "ops/session.h"
#include "sql/scalar.h"

typedef SQLRETURN info_fn(struct dbc *d, SQLUSMALLINT type, const struct text_room *out);

enum kind { KIND_TEXT, KIND_16, KIND_32, KIND_FROM };

struct info {
    SQLUSMALLINT type;
    enum kind kind;
    SQLUINTEGER number;
    const char *text;
    info_fn *ask;
};

static SQLRETURN data_source_name(struct dbc *d, SQLUSMALLINT type, const struct text_room *out)
{
    (void)type;
    return text_give(&d->base.diag, out, options_text(&d->options, OPTION_DSN));
}

static SQLRETURN server_name(struct dbc *d, SQLUSMALLINT type, const struct text_room *out)
{
    (void)type;
    return text_give(&d->base.diag, out, d->session ? d->session->athena.host : NULL);
}

/* Athena has no users of its own: who signs in, as far as the connection's options tell. */
static SQLRETURN user_name(struct dbc *d, SQLUSMALLINT type, const struct text_room *out)
{
    const char *user = options_text(&d->options, OPTION_UID);

    (void)type;
    return text_give(&d->base.diag, out,
                     user ? user : options_text(&d->options, OPTION_AWS_PROFILE));
}

/* "03.00.0000": Athena's engine has one number, which GetWorkGroup tells when connecting. */
static SQLRETURN engine_version(struct dbc *d, SQLUSMALLINT type, const struct text_room *out)
{
    char text[16];

    (void)type;
    snprintf(text, sizeof text, "%02u.00.0000", session_engine_version(d->session) % 100);
    return text_give(&d->base.diag, out, text);
}

/* ODBC 2's levels of functions: the second when each of them is offered. */
static SQLRETURN api_conformance(struct dbc *d, SQLUSMALLINT type, const struct text_room *out)
{
    static const SQLUSMALLINT second_level[] = {
        SQL_API_SQLBROWSECONNECT,    SQL_API_SQLCOLUMNPRIVILEGES, SQL_API_SQLDESCRIBEPARAM,
        SQL_API_SQLEXTENDEDFETCH,    SQL_API_SQLFOREIGNKEYS,      SQL_API_SQLMORERESULTS,
        SQL_API_SQLNATIVESQL,        SQL_API_SQLNUMPARAMS,        SQL_API_SQLPRIMARYKEYS,
        SQL_API_SQLPROCEDURECOLUMNS, SQL_API_SQLPROCEDURES,       SQL_API_SQLSETPOS,
        SQL_API_SQLTABLEPRIVILEGES,
    };
    SQLUSMALLINT level = SQL_OAC_LEVEL2;

    (void)d;
    (void)type;
    for (size_t i = 0; i < sizeof second_level / sizeof second_level[0]; i++) {
        const struct function *f = function_find(second_level[i]);

        if (!f || !f->is_offered) level = SQL_OAC_LEVEL1;
    }
    return text_give_value(out, &level, sizeof level);
}

static SQLRETURN database_name(struct dbc *d, SQLUSMALLINT type, const struct text_room *out)
{
    char *catalog = dbc_catalog(d);
    SQLRETURN rc = text_give(&d->base.diag, out, catalog);

    (void)type;
    free(catalog);
    return rc;
}

static SQLRETURN read_only(struct dbc *d, SQLUSMALLINT type, const struct text_room *out)
{
    (void)type;
    return text_give(&d->base.diag, out, d->access_mode == SQL_MODE_READ_ONLY ? "Y" : "N");
}

static SQLRETURN conversions(struct dbc *d, SQLUSMALLINT type, const struct text_room *out)
{
    SQLUINTEGER mask = matrix_convert(type);

    (void)d;
    return text_give_value(out, &mask, sizeof mask);
}

/* What sql/scalar.def translates, and nothing else. */
static SQLRETURN scalar_functions(struct dbc *d, SQLUSMALLINT type, const struct text_room *out)
{
    static const struct {
        SQLUSMALLINT type;
        enum scalar_set set;
    } sets[] = {
        {SQL_STRING_FUNCTIONS, SCALAR_STRING},
        {SQL_NUMERIC_FUNCTIONS, SCALAR_NUMERIC},
        {SQL_TIMEDATE_FUNCTIONS, SCALAR_TIMEDATE},
        {SQL_SYSTEM_FUNCTIONS, SCALAR_SYSTEM},
        {SQL_CONVERT_FUNCTIONS, SCALAR_CONVERT},
        {SQL_TIMEDATE_ADD_INTERVALS, SCALAR_ADD_UNITS},
        {SQL_TIMEDATE_DIFF_INTERVALS, SCALAR_DIFF_UNITS},
    };
    SQLUINTEGER mask = 0;

    (void)d;
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        if (sets[i].type == type) mask = scalar_mask(sets[i].set);
    }
    return text_give_value(out, &mask, sizeof mask);
}

/* What ODBC 2.01 called SQL_OJ_CAPABILITIES, and the answer to both. */
#define ODBC2_OJ_CAPABILITIES 65003
#define OUTER_JOINS \
    (SQL_OJ_LEFT | SQL_OJ_RIGHT | SQL_OJ_FULL | SQL_OJ_NESTED | SQL_OJ_NOT_ORDERED | \
     SQL_OJ_INNER | SQL_OJ_ALL_COMPARISON_OPS)

#define INFO_TEXT(type, text) {type, KIND_TEXT, 0, text, NULL},
#define INFO_16(type, number) {type, KIND_16, number, NULL, NULL},
#define INFO_32(type, number) {type, KIND_32, number, NULL, NULL},
#define INFO_FROM(type, ask)  {type, KIND_FROM, 0, NULL, ask},
static const struct info infos[] = {
#include "info/info_table.def"
};

static const struct info *find_info(SQLUSMALLINT type)
{
    for (size_t i = 0; i < sizeof infos / sizeof infos[0]; i++) {
        if (infos[i].type == type) return &infos[i];
    }
    return NULL;
}

SQLRETURN info_get(struct dbc *d, SQLUSMALLINT type, const struct text_room *out)
{
    const struct info *info = find_info(type);
    SQLUSMALLINT small;

    if (!info) {
        return diag_push(&d->base.diag, SQLSTATE_HY096, 0, "no information type %u", type);
    }
    switch (info->kind) {
    case KIND_TEXT:
        return text_give(&d->base.diag, out, info->text);
    case KIND_16:
        small = (SQLUSMALLINT)info->number;
        return text_give_value(out, &small, sizeof small);
    case KIND_32:
        return text_give_value(out, &info->number, sizeof info->number);
    case KIND_FROM:
        break;
    }
    return info->ask(d, type, out);
}
