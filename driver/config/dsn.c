#include "config/dsn.h"

#include <odbcinst.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"

static const char wide_section[] = "ATHENA_WIDE_SETTINGS";
static const char ini_file[] = "odbc.ini";

/*
 * odbcinst keeps a property in 1000 bytes and cuts what is longer without a word. A session token
 * cut short would be refused by AWS with a message that leads nowhere, hence the fault.
 */
enum { VALUE_ROOM = 4096, VALUE_CUT_BYTES = 999, KEYS_ROOM = 1 << 16 };

/* Keys of a section that driver managers and their editors put there for themselves. */
static const char *const manager_keys[] = {"Setup",     "Trace",         "TraceFile", "TraceDll",
                                           "Pooling",   "CPTimeout",     "FileUsage", "Threading",
                                           "DMEnvAttr", "IconvEncoding", "Locale"};

int dsn_get_from_odbcinst(const char *section, const char *key, const char *fallback, char *value,
                          int value_bytes, const char *file)
{
    return SQLGetPrivateProfileString(section, key, fallback, value, value_bytes, file);
}

bool dsn_is_managers_key(const char *key, size_t bytes)
{
    for (size_t i = 0; i < sizeof manager_keys / sizeof *manager_keys; i++) {
        const char *other = manager_keys[i];

        if (strlen(other) == bytes && ascii_same_bytes(key, other, bytes)) return true;
    }
    return false;
}

/* The part of text between blanks; bytes is its length. */
static const char *trim(const char *text, size_t *bytes)
{
    text += strspn(text, " \t\r\n");
    *bytes = strlen(text);
    while (*bytes && strchr(" \t\r\n", text[*bytes - 1]))
        --*bytes;
    return text;
}

static enum status read_key(struct options *o, const char *section, const char *key,
                            enum option_id id, enum option_source source, dsn_get_fn *get,
                            struct fault *f)
{
    char value[VALUE_ROOM] = "";
    enum status st = ST_OK;
    const char *text;
    size_t bytes;

    if (o->values[id].source >= source) return ST_OK;
    get(section, key, "", value, sizeof value, ini_file);
    value[sizeof value - 1] = '\0';
    text = trim(value, &bytes);
    if (strlen(value) >= VALUE_CUT_BYTES) {
        st = fault_set(f, SQLSTATE_HY024, 0,
                       "data source %s: the value of %s is longer than odbc.ini can hold (%d "
                       "bytes); give it in the connection string",
                       section, key, VALUE_CUT_BYTES);
    }
    if (!st) st = options_set(o, id, text, bytes, source, f);
    explicit_bzero(value, sizeof value);
    return st;
}

static enum status read_section(struct options *o, const char *dsn, dsn_get_fn *get,
                                struct option_warnings *w, struct fault *f)
{
    char *keys = calloc(1, KEYS_ROOM + 2); /* ends in two NULs whatever the reader does */
    enum status st = ST_OK;

    if (!keys) return fault_no_memory(f);
    get(dsn, NULL, "", keys, KEYS_ROOM, ini_file);
    for (const char *key = keys; *key && !st; key += strlen(key) + 1) {
        enum option_id id = options_find(key, strlen(key));

        if (id == OPTION_DSN || id == OPTION_DRIVER || dsn_is_managers_key(key, strlen(key))) {
            continue;
        }
        if (id == OPTION_COUNT) {
            options_warn(w, SQLSTATE_01S00,
                         "data source %.64s: unknown option \"%.64s\" is ignored", dsn, key);
            continue;
        }
        st = read_key(o, dsn, key, id, OPTION_FROM_DSN, get, f);
    }
    free(keys);
    return st;
}

enum status dsn_read(struct options *o, const char *dsn, dsn_get_fn *get, struct option_warnings *w,
                     struct fault *f)
{
    static const enum option_id wide[] = {OPTION_LOG_LEVEL,      OPTION_LOG_PATH,
                                          OPTION_USE_AWS_LOGGER, OPTION_LOG_FILE_SIZE,
                                          OPTION_LOG_FILE_COUNT, OPTION_USE_LOG_PREFIX};
    enum status st = ST_OK;

    if (dsn && *dsn) st = read_section(o, dsn, get, w, f);
    for (size_t i = 0; i < sizeof wide / sizeof *wide && !st; i++) {
        st = read_key(o, wide_section, options_info(wide[i])->name, wide[i], OPTION_FROM_WIDE, get,
                      f);
    }
    return st;
}
