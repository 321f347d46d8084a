#include "setup/installer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/utf16.h"

bool installer_next(const char **list, struct attribute *a)
{
    const char *text = *list, *equals;

    if (!text || !*text) return false;
    *list = text + strlen(text) + 1;
    equals = strchrnul(text, '=');
    a->has_value = *equals && equals > text;
    a->key = slice_trim((struct slice){text, (size_t)(equals - text)});
    if (*equals) equals++;
    a->value = (struct slice){equals, strlen(equals)};
    return true;
}

bool installer_error(DWORD code, const char *format, ...)
{
    char text[SQL_MAX_MESSAGE_LENGTH];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    SQLPostInstallerError(code, text);
    return false;
}

const char *installer_unfit(const char *key, struct slice value)
{
    struct slice trimmed = slice_trim(value);

    if (strlen(key) + value.count > INSTALLER_LINE_BYTES) {
        return "is longer than odbc.ini can hold; give it in the connection string";
    }
    if (memchr(value.bytes, '\n', value.count) || memchr(value.bytes, '\r', value.count)) {
        return "has more than one line, odbc.ini can hold one";
    }
    if (trimmed.count != value.count) {
        return "begins or ends with a blank, which odbc.ini cannot hold; give it in the connection "
               "string";
    }
    return NULL;
}

static char *utf8_of(const SQLWCHAR *text, size_t chars)
{
    size_t bytes = utf16_to_utf8_bytes(text, chars);
    char *out = malloc(bytes + 1);

    if (!out) return NULL;
    out[utf16_to_utf8(text, chars, out, bytes, NULL)] = '\0';
    return out;
}

char *installer_text(const SQLWCHAR *text)
{
    return text ? utf8_of(text, utf16_length(text)) : NULL;
}

char *installer_list(const SQLWCHAR *list)
{
    const SQLWCHAR *end = list;

    if (!list) return NULL;
    while (*end)
        end += utf16_length(end) + 1;
    return utf8_of(list, (size_t)(end - list)); /* the last attribute's NUL is within */
}
