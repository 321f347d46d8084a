/*
 * ConfigDriver: what is to be done beside SQLInstallDriverEx and SQLRemoveDriver, which write and
 * remove the driver's section of odbcinst.ini.
 *
 * Installing adds Threading = 0 where nobody has said otherwise, without which older driver
 * managers let one waiting statement stop all others; configuring changes the section's settings;
 * removing has nothing to undo, because nothing is kept elsewhere. No windows are shown.
 */
#include <odbcinst.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "convert/utf16.h"
#include "setup/installer.h"

static const char ini_file[] = "odbcinst.ini";

/* What an installer may set; Driver and Setup are SQLInstallDriverEx's. */
static const struct setting {
    const char *key;
    unsigned long max; /* a number from 0 on; 0: any text */
} settings[] = {
    {"CPTimeout", 2147483647}, {"CPReuse", 2147483647}, {"DontDLClose", 1},
    {"Threading", 3},          {"FileUsage", 2},        {"Description", 0},
};

static const struct setting *find_setting(struct slice key)
{
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const char *name = settings[i].key;

        if (strlen(name) == key.count && ascii_same_bytes(name, key.bytes, key.count)) {
            return &settings[i];
        }
    }
    return NULL;
}

static bool is_number(struct slice s, unsigned long max)
{
    unsigned long n = 0;

    for (size_t i = 0; i < s.count; i++) {
        if (s.bytes[i] < '0' || s.bytes[i] > '9' || i >= 10) return false;
        n = n * 10 + (unsigned long)(s.bytes[i] - '0');
    }
    return s.count && n <= max;
}

static bool check_argument(const struct attribute *a)
{
    const struct setting *setting = find_setting(a->key);
    struct slice value = slice_trim(a->value);
    int shown = (int)(a->key.count < 100 ? a->key.count : 100);
    const char *unfit;

    if (!a->has_value || !setting) {
        return installer_error(ODBC_ERROR_INVALID_KEYWORD_VALUE,
                               "\"%.*s\" is no setting of a driver in odbcinst.ini", shown,
                               a->key.bytes);
    }
    if (setting->max && !is_number(value, setting->max)) {
        return installer_error(ODBC_ERROR_INVALID_KEYWORD_VALUE,
                               "%s: \"%.100s\" is not a number from 0 to %lu", setting->key,
                               a->value.bytes, setting->max);
    }
    unfit = installer_unfit(setting->key, value);
    if (!unfit) return true;
    return installer_error(ODBC_ERROR_INVALID_KEYWORD_VALUE, "%s: the value %s", setting->key,
                           unfit);
}

static bool check_arguments(const char *list)
{
    struct attribute a;

    while (installer_next(&list, &a)) {
        if (!check_argument(&a)) return false;
    }
    return true;
}

static bool write_setting(const char *driver, const char *key, const char *value)
{
    if (SQLWritePrivateProfileString(driver, key, value, ini_file)) return true;
    return installer_error(ODBC_ERROR_WRITING_SYSINFO_FAILED,
                           "%s of driver %.100s could not be written to odbcinst.ini", key, driver);
}

static bool write_arguments(const char *driver, const char *list)
{
    struct attribute a;

    while (installer_next(&list, &a)) {
        if (!write_setting(driver, find_setting(a.key)->key, a.value.bytes)) return false;
    }
    return true;
}

static bool has_setting(const char *driver, const char *key)
{
    char value[1024] = "";

    SQLGetPrivateProfileString(driver, key, "", value, sizeof value, ini_file);
    return *value != '\0';
}

/* Does the request; *told says what was done of the driver's own accord, or stays as it is. */
static bool config_driver(WORD which, const char *driver, const char *arguments, const char **told)
{
    if (which < ODBC_INSTALL_DRIVER || which > ODBC_CONFIG_DRIVER) {
        return installer_error(ODBC_ERROR_INVALID_REQUEST_TYPE,
                               "request %u is none of ConfigDriver's", which);
    }
    if (!driver || !*driver) {
        return installer_error(ODBC_ERROR_INVALID_NAME, "the driver's name is missing");
    }
    if (!has_setting(driver, "Driver") && !has_setting(driver, "Driver64")) {
        return installer_error(ODBC_ERROR_INVALID_NAME, "odbcinst.ini has no driver \"%.100s\"",
                               driver);
    }
    if (!check_arguments(arguments)) return false;
    if (which == ODBC_REMOVE_DRIVER) return true;
    if (!write_arguments(driver, arguments)) return false;
    if (which == ODBC_CONFIG_DRIVER || has_setting(driver, "Threading")) return true;
    *told =
        "Threading = 0 was added to the driver's section of odbcinst.ini: the driver locks each "
        "handle by itself";
    return write_setting(driver, "Threading", "0");
}

/*
 * The lengths given back are those of what is in the buffer, not of what there was to say: the
 * driver manager copies as much out of a buffer that is no longer than the application's.
 */
BOOL INSTAPI ConfigDriver(HWND parent, WORD which, LPCSTR driver, LPCSTR arguments, LPSTR message,
                          WORD message_bytes, WORD *out_bytes)
{
    const char *told = "";
    bool ok = config_driver(which, driver, arguments, &told);
    size_t used = 0;

    (void)parent;
    if (message && message_bytes) {
        snprintf(message, message_bytes, "%s", ok ? told : "");
        used = strlen(message);
    }
    if (out_bytes) *out_bytes = (WORD)used;
    return ok;
}

BOOL INSTAPI ConfigDriverW(HWND parent, WORD which, LPCWSTR driver, LPCWSTR arguments,
                           LPWSTR message, WORD message_chars, WORD *out_chars)
{
    char *driver_text = installer_text(driver), *list = installer_list(arguments);
    const char *told = "";
    size_t used = 0;
    bool ok;

    (void)parent;
    if ((driver && !driver_text) || (arguments && !list)) {
        ok = installer_error(ODBC_ERROR_OUT_OF_MEM, "out of memory");
    } else {
        ok = config_driver(which, driver_text, list, &told);
    }
    if (message && message_chars) {
        if (ok) used = utf16_from_utf8(told, strlen(told), message, message_chars - 1u, NULL);
        message[used] = 0;
    }
    if (out_chars) *out_chars = (WORD)used;
    free(driver_text);
    free(list);
    return ok;
}
