/*
 * Keys and passwords are gone when the connection is: no copy of them is left anywhere in the
 * process, neither in freed memory nor on a stack of the past.
 *
 * The test looks through all of its own writable memory, as a core file would show it. It knows the
 * secret in a masked form alone, so that it does not find itself. The session token is not among what is
 * looked for: it goes out in a header, and libcurl does not wipe what it has sent from.
 */
#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sql.h>
#include <sqlext.h>

#include "base/random.h"
#include "unit/scripted_athena.h"

/* Longer than any register: what passes through one may be saved on a stack by the dynamic linker. */
enum { SECRET_BYTES = 80, MASK = 0x80, REGION_MAX = 256 << 20, CHUNK = 1 << 20 };

/* A sanitizer's own memory is too large to be looked through. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { IS_SANITIZED = 1 };
#else
enum { IS_SANITIZED = 0 };
#endif

static const char work_group[] = "{\"WorkGroup\":{\"Name\":\"primary\",\"State\":\"ENABLED\"}}";
static const struct script_line script[] = {
    {.operation = "GetWorkGroup", .status = 200, .body = work_group, .times = 8},
    {.operation = NULL},
};

static unsigned char masked[3][SECRET_BYTES]; /* PWD, ProxyPWD, client_secret */

static void make_secrets(void)
{
    for (int i = 0; i < 3; i++) {
        random_secret(masked[i], SECRET_BYTES);
        for (int j = 0; j < SECRET_BYTES; j++)
            masked[i][j] = (unsigned char)(('a' + masked[i][j] % 26) | MASK);
    }
}

static char *append(char *at, const char *text)
{
    return stpcpy(at, text);
}

static char *append_secret(char *at, int which)
{
    for (int j = 0; j < SECRET_BYTES; j++)
        *at++ = (char)(masked[which][j] & ~MASK);
    *at = '\0';
    return at;
}

static bool is_here(const unsigned char *at, int which)
{
    for (int j = 0; j < SECRET_BYTES; j++) {
        if ((unsigned char)(at[j] | MASK) != masked[which][j] || at[j] & MASK) return false;
    }
    return true;
}

/* The same as UTF-16. */
static bool is_here_wide(const unsigned char *at, int which)
{
    for (int j = 0; j < SECRET_BYTES; j++) {
        if ((at[2 * j] | MASK) != masked[which][j] || at[2 * j] & MASK || at[2 * j + 1]) {
            return false;
        }
    }
    return true;
}

static int count_in(const unsigned char *bytes, size_t count, int which)
{
    int found = 0;

    for (size_t i = 0; i + SECRET_BYTES <= count; i++) {
        found += is_here(bytes + i, which);
        if (i + 2 * SECRET_BYTES <= count) found += is_here_wide(bytes + i, which);
    }
    return found;
}

static int count_in_region(int mem, uintptr_t from, uintptr_t to, int which)
{
    static unsigned char chunk[CHUNK + 2 * SECRET_BYTES];
    int found = 0;

    for (uintptr_t at = from; at < to; at += CHUNK) {
        size_t wanted = to - at < sizeof chunk ? to - at : sizeof chunk;
        ssize_t got;

        /* the chunk is memory of this process, too */
        if (at < (uintptr_t)chunk + sizeof chunk && at + wanted > (uintptr_t)chunk) continue;
        got = pread(mem, chunk, wanted, (off_t)at);
        if (got > 0) found += count_in(chunk, (size_t)got, which);
    }
    memset(chunk, 0, sizeof chunk);
    return found;
}

static int count_in_memory(int which)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC), found = 0;
    char line[500];

    assert_non_null(maps);
    assert_true(mem >= 0);
    while (fgets(line, sizeof line, maps)) {
        uintptr_t from, to;
        char rights[8];

        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %7s", &from, &to, rights) != 3) continue;
        if (rights[1] == 'w' && to - from <= REGION_MAX) {
            found += count_in_region(mem, from, to, which);
        }
    }
    fclose(maps);
    close(mem);
    return found;
}

static void widen(SQLWCHAR *wide, const char *text)
{
    while ((*wide++ = (SQLWCHAR)(unsigned char)*text++)) {}
}

/* Connects and disconnects; how many copies of PWD there were meanwhile. */
static int connect_once(int port, bool is_wide)
{
    static char string[1000], completed[1000];
    static SQLWCHAR wide[1000], wide_completed[1000];
    char endpoint[100], *at = string;
    SQLHENV env;
    SQLHDBC dbc;
    SQLSMALLINT written;
    SQLRETURN rc;
    int found;

    snprintf(endpoint, sizeof endpoint, "EndpointOverride=http://127.0.0.1:%d;PWD=", port);
    at = append(at, "AwsRegion=us-east-1;UID=AKIAOFATEST;");
    at = append_secret(append(at, endpoint), 0);
    at = append_secret(append(at, ";ProxyPWD="), 1);
    append_secret(append(at, ";client_secret="), 2);
    widen(wide, string);

    assert_int_equal(SQLAllocHandle(SQL_HANDLE_ENV, NULL, &env), SQL_SUCCESS);
    SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
    assert_int_equal(SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc), SQL_SUCCESS);
    if (is_wide) {
        rc = SQLDriverConnectW(dbc, NULL, wide, SQL_NTS, wide_completed, 1000, &written,
                               SQL_DRIVER_NOPROMPT);
    } else {
        rc = SQLDriverConnect(dbc, NULL, (SQLCHAR *)string, SQL_NTS, (SQLCHAR *)completed, 1000,
                              &written, SQL_DRIVER_NOPROMPT);
    }
    assert_true(SQL_SUCCEEDED(rc));
    explicit_bzero(string, sizeof string);
    explicit_bzero(completed, sizeof completed);
    explicit_bzero(wide, sizeof wide);
    explicit_bzero(wide_completed, sizeof wide_completed);
    found = count_in_memory(0);
    assert_int_equal(SQLDisconnect(dbc), SQL_SUCCESS);
    assert_int_equal(SQLFreeHandle(SQL_HANDLE_DBC, dbc), SQL_SUCCESS);
    assert_int_equal(SQLFreeHandle(SQL_HANDLE_ENV, env), SQL_SUCCESS);
    return found;
}

static void nothing_is_left(void **state)
{
    struct scripted_athena *server = scripted_athena_start(script);

    (void)state;
    assert_non_null(server);
    make_secrets();
    for (int is_wide = 0; is_wide < 2; is_wide++) {
        int while_connected = connect_once(scripted_athena_port(server), is_wide);

        assert_in_range(while_connected, 1, 100); /* it can be found */
        for (int which = 0; which < 3; which++)
            assert_int_equal(count_in_memory(which), 0);
    }
    scripted_athena_stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_left),
    };

    return IS_SANITIZED ? 0 : cmocka_run_group_tests(tests, NULL, NULL);
}
