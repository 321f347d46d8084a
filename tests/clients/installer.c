/*
 * The installer API on the command line, to drive a driver's setup library.
 *
 *   installer install DRIVER KEY=VALUE...           SQLInstallDriverEx
 *   installer remove DRIVER                         SQLRemoveDriver
 *   installer dsn FORM REQUEST DRIVER KEY=VALUE...  SQLConfigDataSource
 *   installer driver FORM REQUEST DRIVER KEY=VALUE...  SQLConfigDriver
 *   installer properties DRIVER                     ODBCINSTConstructProperties
 *   installer read SECTION KEY                      SQLGetPrivateProfileString of odbc.ini
 *
 * REQUEST is the number; FORM is ansi, wide, or window (ansi, with a window handle). With a library
 * behind it ("wide:LIBRARY") that library's ConfigDSN or ConfigDriver is called, and nobody's else.
 * Prints "result 0" or "result 1", "message ..." and "error CODE TEXT" for each error that was posted.
 */
#include <dlfcn.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlext.h>
#include <odbcinst.h>
#include <odbcinstext.h>

enum { LIST_BYTES = 8192, MESSAGE_ROOM = 60 };

/* argv as one list, a NUL behind each and one behind all: bytes, and the same in UTF-16. */
struct texts {
    char bytes[LIST_BYTES];
    SQLWCHAR wide[LIST_BYTES];
};

static void widen(struct texts *t, size_t count)
{
    iconv_t to_utf16 = iconv_open("UTF-16LE", "UTF-8");
    char *in = t->bytes, *out = (char *)t->wide;
    size_t room = sizeof t->wide;

    if (to_utf16 == (iconv_t)-1 || iconv(to_utf16, &in, &count, &out, &room) == (size_t)-1) {
        perror("iconv");
        exit(2);
    }
    iconv_close(to_utf16);
}

static struct texts *texts_of(char **words)
{
    struct texts *t = calloc(1, sizeof *t);
    size_t used = 0;

    if (!t) exit(2);
    for (; *words && used + strlen(*words) + 2 < sizeof t->bytes; words++) {
        memcpy(t->bytes + used, *words, strlen(*words));
        used += strlen(*words) + 1;
    }
    widen(t, used + 1);
    return t;
}

static struct texts *text_of(char *word)
{
    return texts_of((char *[]){word, NULL});
}

static int finish(int result)
{
    printf("result %d\n", result);
    for (WORD i = 1; i <= 8; i++) {
        char text[SQL_MAX_MESSAGE_LENGTH] = "";
        DWORD code = 0;
        WORD bytes;
        SQLRETURN rc = SQLInstallerError(i, &code, text, sizeof text, &bytes);

        if (rc != SQL_SUCCESS && rc != SQL_SUCCESS_WITH_INFO) break;
        printf("error %d %s\n", (int)code, text);
    }
    return 0;
}

/* A function of the installer, or of the library that the form names. */
static void *function_of(const char *form, const char *installers, const char *librarys)
{
    const char *path = strchr(form, ':');
    char name[64];
    void *library = dlopen(path ? path + 1 : "libodbcinst.so.2", RTLD_NOW), *function;

    snprintf(name, sizeof name, "%s%s", path ? librarys : installers,
             strncmp(form, "wide", 4) == 0 ? "W" : "");
    function = library ? dlsym(library, name) : NULL;
    if (!function) {
        fprintf(stderr, "%s\n", dlerror());
        exit(2);
    }
    if (path) SQLSetConfigMode(ODBC_USER_DSN); /* as SQLConfigDataSource does */
    return function;
}

static int dsn(const char *form, WORD request, char *driver, char **attributes)
{
    void *function = function_of(form, "SQLConfigDataSource", "ConfigDSN");
    HWND window = strncmp(form, "window", 6) == 0 ? (HWND)&window : NULL;
    struct texts *name = text_of(driver), *list = texts_of(attributes);
    BOOL (*narrow)(HWND, WORD, LPCSTR, LPCSTR);
    BOOL (*wide)(HWND, WORD, LPCWSTR, LPCWSTR);
    BOOL ok;

    memcpy(&narrow, &function, sizeof narrow);
    memcpy(&wide, &function, sizeof wide);
    ok = strncmp(form, "wide", 4) == 0 ? wide(window, request, name->wide, list->wide)
                                       : narrow(window, request, name->bytes, list->bytes);
    free(name);
    free(list);
    return finish(ok);
}

static int driver(const char *form, WORD request, char *driver_name, char **arguments)
{
    void *function = function_of(form, "SQLConfigDriver", "ConfigDriver");
    struct texts *name = text_of(driver_name), *list = texts_of(arguments);
    BOOL (*narrow)(HWND, WORD, LPCSTR, LPCSTR, LPSTR, WORD, WORD *);
    BOOL (*wide)(HWND, WORD, LPCWSTR, LPCWSTR, LPWSTR, WORD, WORD *);
    char message[MESSAGE_ROOM] = "";
    SQLWCHAR message_wide[MESSAGE_ROOM] = {0};
    WORD length = 0;
    BOOL ok;

    memcpy(&narrow, &function, sizeof narrow);
    memcpy(&wide, &function, sizeof wide);
    if (strncmp(form, "wide", 4) == 0) {
        ok = wide(NULL, request, name->wide, list->wide, message_wide, MESSAGE_ROOM, &length);
        for (int i = 0; i < MESSAGE_ROOM; i++)
            message[i] = (char)message_wide[i];
    } else {
        ok = narrow(NULL, request, name->bytes, list->bytes, message, MESSAGE_ROOM, &length);
    }
    free(name);
    free(list);
    printf("message %d %s\n", length, message);
    return finish(ok);
}

static int install(char **words)
{
    struct texts *list = texts_of(words);
    char path[1024];
    WORD bytes;
    DWORD uses = 0;
    BOOL ok = SQLInstallDriverEx(list->bytes, NULL, path, sizeof path, &bytes,
                                 ODBC_INSTALL_COMPLETE, &uses);

    free(list);
    return finish(ok);
}

static int properties(char *driver_name)
{
    HODBCINSTPROPERTY first = NULL;
    int result = ODBCINSTConstructProperties(driver_name, &first);

    for (HODBCINSTPROPERTY p = first; result == ODBCINST_SUCCESS && p; p = p->pNext) {
        printf("property %s\t%d\t%s\t%s\t", p->szName, p->nPromptType, p->szValue,
               p->pszHelp ? p->pszHelp : "");
        for (char **item = p->aPromptData; item && *item; item++)
            printf("%s|", *item);
        putchar('\n');
    }
    if (result == ODBCINST_SUCCESS) ODBCINSTDestructProperties(&first);
    return finish(result == ODBCINST_SUCCESS);
}

static int read_key(const char *section, const char *key)
{
    char value[LIST_BYTES];
    int bytes = SQLGetPrivateProfileString(section, key, "", value, sizeof value, "odbc.ini");

    printf("message %d %s\n", bytes, value);
    return finish(bytes > 0);
}

int main(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[1] : "";
    DWORD uses = 0;

    if (!strcmp(what, "install")) return install(argv + 2);
    if (!strcmp(what, "remove")) return finish(SQLRemoveDriver(argv[2], false, &uses));
    if (!strcmp(what, "properties")) return properties(argv[2]);
    if (argc > 4 && !strcmp(what, "dsn")) {
        return dsn(argv[2], (WORD)strtoul(argv[3], NULL, 10), argv[4], argv + 5);
    }
    if (argc > 4 && !strcmp(what, "driver")) {
        return driver(argv[2], (WORD)strtoul(argv[3], NULL, 10), argv[4], argv + 5);
    }
    if (argc == 4 && !strcmp(what, "read")) return read_key(argv[2], argv[3]);
    fputs("installer: see the head of its source\n", stderr);
    return 2;
}
