/*
 * ConfigDSN: data sources added, changed and removed without a window.
 *
 * There are no windows here: a parent window is taken and nothing is shown in it, so what a dialog
 * would ask for has to be among the attributes. Everything is checked against the driver's own
 * table of options before anything is written; options are written under their canonical names,
 * so that a data source never has one option under two.
 *
 * Which odbc.ini is meant, the user's or the system's, the caller has told odbcinst
 * (SQLConfigDataSource does; SQLSetConfigMode).
 */
#include <sqlext.h>
#include <odbcinst.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "config/dsn.h"
#include "config/options.h"
#include "setup/installer.h"

static const char ini_file[] = "odbc.ini";

enum { KEYS_ROOM = 1 << 16 };

struct request {
    const char *driver;
    const char *attributes;
    struct options given;
    bool is_named[OPTION_COUNT]; /* has been among the attributes, with a value or without */
};

/* ---- reading the attributes ---- */

static bool refuse(const char *format, struct slice key, const char *why)
{
    return installer_error(ODBC_ERROR_INVALID_KEYWORD_VALUE, format,
                           (int)(key.count < 100 ? key.count : 100), key.bytes, why);
}

static bool take_option(struct request *r, const struct attribute *a)
{
    enum option_id id = options_find(a->key.bytes, a->key.count);
    struct fault f = {0};
    const char *unfit;

    if (id == OPTION_COUNT) return refuse("unknown option \"%.*s\"%s", a->key, "");
    if (id == OPTION_DRIVER) {
        return refuse("%.*s is no attribute: %s", a->key, "the driver is an argument of its own");
    }
    r->is_named[id] = true;
    if (options_set(&r->given, id, a->value.bytes, a->value.count, OPTION_FROM_DSN, &f)) {
        return installer_error(f.state == SQLSTATE_HY001 ? ODBC_ERROR_OUT_OF_MEM
                                                         : ODBC_ERROR_INVALID_KEYWORD_VALUE,
                               "%s", f.text);
    }
    if (!options_is_set(&r->given, id)) return true;
    unfit = installer_unfit(
        options_info(id)->name,
        (struct slice){options_text(&r->given, id), strlen(options_text(&r->given, id))});
    return unfit ? refuse("option %.*s: the value %s", a->key, unfit) : true;
}

static bool take_attributes(struct request *r)
{
    const char *list = r->attributes;
    struct attribute a;

    while (installer_next(&list, &a)) {
        const char *unfit = NULL;

        if (!a.has_value) return refuse("\"%.*s\" is not KEY=value%s", a.key, "");
        if (!dsn_is_managers_key(a.key.bytes, a.key.count)) {
            if (!take_option(r, &a)) return false;
            continue;
        }
        unfit = installer_unfit("TraceLibrary", slice_trim(a.value));
        if (unfit) return refuse("%.*s: the value %s", a.key, unfit);
    }
    return true;
}

/* ---- what is there ---- */

/* The keys of the section, each with its NUL, "" behind the last; free() them. */
static char *keys_of(const char *dsn)
{
    char *keys = calloc(1, KEYS_ROOM + 2);

    if (keys) SQLGetPrivateProfileString(dsn, NULL, "", keys, KEYS_ROOM, ini_file);
    return keys;
}

static bool check_there(const char *dsn)
{
    char *keys = keys_of(dsn);
    bool is_there = keys && *keys;

    free(keys);
    if (is_there) return true;
    return installer_error(ODBC_ERROR_INVALID_DSN, "there is no data source \"%s\"", dsn);
}

/* ---- writing ---- */

static bool write_key(const char *dsn, const char *key, const char *value)
{
    if (SQLWritePrivateProfileString(dsn, key, value, ini_file)) return true;
    return installer_error(ODBC_ERROR_REQUEST_FAILED, "data source %s: %s could not be written",
                           dsn, key);
}

/* Takes away what the request names, under whatever name it is there. */
static bool drop_named(const struct request *r, const char *dsn)
{
    char *keys = keys_of(dsn);
    bool ok = true;

    if (!keys) return installer_error(ODBC_ERROR_OUT_OF_MEM, "out of memory");
    for (const char *key = keys; *key && ok; key += strlen(key) + 1) {
        enum option_id id = options_find(key, strlen(key));

        if (id == OPTION_COUNT || !r->is_named[id]) continue;
        if (options_is_set(&r->given, id) && ascii_same(key, options_info(id)->name)) continue;
        ok = write_key(dsn, key, NULL);
    }
    free(keys);
    return ok;
}

static bool write_options(const struct request *r, const char *dsn)
{
    bool ok = true;

    for (unsigned id = 0; id < OPTION_COUNT && ok; id++) {
        if (id == OPTION_DSN || !options_is_set(&r->given, (enum option_id)id)) continue;
        ok = write_key(dsn, options_info((enum option_id)id)->name,
                       options_text(&r->given, (enum option_id)id));
    }
    return ok;
}

/* Keys that the driver manager reads: as they are; one without a value is taken away. */
static bool write_managers(const struct request *r, const char *dsn)
{
    const char *list = r->attributes;
    struct attribute a;
    bool ok = true;

    while (ok && installer_next(&list, &a)) {
        struct slice value = slice_trim(a.value);
        char *key;

        if (!dsn_is_managers_key(a.key.bytes, a.key.count)) continue;
        key = strndup(a.key.bytes, a.key.count);
        if (!key) return installer_error(ODBC_ERROR_OUT_OF_MEM, "out of memory");
        ok = write_key(dsn, key, value.count ? a.value.bytes : NULL); /* odbcinst trims */
        free(key);
    }
    return ok;
}

/* ---- the requests ---- */

static bool add(const struct request *r, const char *dsn)
{
    if (!SQLWriteDSNToIni(dsn, r->driver)) { /* which takes away a section of that name first */
        return installer_error(ODBC_ERROR_CREATE_DSN_FAILED, "data source %s could not be written",
                               dsn);
    }
    return write_options(r, dsn) && write_managers(r, dsn);
}

static bool change(const struct request *r, const char *dsn)
{
    return check_there(dsn) && write_key(dsn, "Driver", r->driver) && drop_named(r, dsn) &&
           write_options(r, dsn) && write_managers(r, dsn);
}

static bool take_away(const struct request *r, const char *dsn)
{
    (void)r;
    if (!check_there(dsn)) return false;
    if (!SQLRemoveDSNFromIni(dsn)) {
        return installer_error(ODBC_ERROR_REMOVE_DSN_FAILED, "data source %s could not be removed",
                               dsn);
    }
    /* the section is gone; odbcinst forgets what it has read of it when something is written */
    SQLWritePrivateProfileString(dsn, NULL, NULL, ini_file);
    return true;
}

typedef bool request_fn(const struct request *r, const char *dsn);

static request_fn *const requests[] = {
    [ODBC_ADD_DSN] = add,
    [ODBC_CONFIG_DSN] = change,
    [ODBC_REMOVE_DSN] = take_away,
};

static bool check_dsn(const char *dsn)
{
    if (!dsn) {
        return installer_error(ODBC_ERROR_INVALID_KEYWORD_VALUE,
                               "the attributes name no data source (DSN=...), and there is no "
                               "window to ask for it");
    }
    if (SQLValidDSN(dsn)) return true;
    return installer_error(ODBC_ERROR_INVALID_DSN,
                           "\"%.100s\" cannot name a data source: 1 to %d bytes, none of "
                           "[]{}(),;?*=!@\\",
                           dsn, SQL_MAX_DSN_LENGTH);
}

BOOL INSTAPI ConfigDSN(HWND parent, WORD which, LPCSTR driver, LPCSTR attributes)
{
    struct request r = {.driver = driver, .attributes = attributes};
    const char *dsn;
    bool ok;

    (void)parent;
    if (which >= sizeof requests / sizeof *requests || !requests[which]) {
        return installer_error(ODBC_ERROR_INVALID_REQUEST_TYPE, "request %u is none of ConfigDSN's",
                               which);
    }
    if (!driver || !*driver) {
        return installer_error(ODBC_ERROR_INVALID_NAME, "the driver's name is missing");
    }
    options_init(&r.given);
    ok = take_attributes(&r);
    dsn = options_text(&r.given, OPTION_DSN);
    ok = ok && check_dsn(dsn) && requests[which](&r, dsn);
    options_clear(&r.given);
    return ok;
}

BOOL INSTAPI ConfigDSNW(HWND parent, WORD which, LPCWSTR driver, LPCWSTR attributes)
{
    char *driver_text = installer_text(driver), *list = installer_list(attributes);
    bool ok;

    if ((driver && !driver_text) || (attributes && !list)) {
        ok = installer_error(ODBC_ERROR_OUT_OF_MEM, "out of memory");
    } else {
        ok = ConfigDSN(parent, which, driver_text, list);
    }
    free(driver_text);
    free(list);
    return ok;
}
