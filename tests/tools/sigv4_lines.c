/*
 * Signs requests as the driver does: one a line on standard input, fields in hex with tabs between
 *
 *   s3 (0, 1)  payload (enum sigv4_payload)  method  host  path  query  region  service
 *   key id  secret  token  seconds of 1970  body  (header name  header value)...
 *
 * and for each its Authorization header on standard output. tests/odbc/test_sigv4.py compares them with
 * botocore's.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/sigv4.h"

enum { FIELDS_MAX = 64, HEADERS_MAX = 20 };

enum field {
    IS_S3,
    PAYLOAD,
    METHOD,
    HOST,
    PATH,
    QUERY,
    REGION,
    SERVICE,
    KEY_ID,
    SECRET,
    TOKEN,
    SECONDS,
    BODY,
    FIRST_HEADER
};

struct line {
    char *fields[FIELDS_MAX];
    size_t bytes[FIELDS_MAX];
    unsigned count;
};

static char digit(char c)
{
    return (char)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* In place: two digits make a byte. */
static void read_line(struct line *line, char *text)
{
    char *rest = text;

    line->count = 0;
    text[strcspn(text, "\n")] = '\0';
    for (char *field; line->count < FIELDS_MAX && (field = strsep(&rest, "\t"));) {
        size_t bytes = strlen(field) / 2;

        for (size_t i = 0; i < bytes; i++)
            field[i] = (char)(digit(field[2 * i]) << 4 | digit(field[2 * i + 1]));
        field[bytes] = '\0';
        line->fields[line->count] = field;
        line->bytes[line->count++] = bytes;
    }
}

static bool sign(struct sigv4_key *key, const struct line *l)
{
    static const char name[] = "Authorization: ";
    struct sigv4_header headers[HEADERS_MAX];
    struct sigv4_request request = {.method = l->fields[METHOD],
                                    .host = l->fields[HOST],
                                    .path = l->fields[PATH],
                                    .query = l->fields[QUERY],
                                    .headers = headers,
                                    .body = l->fields[BODY],
                                    .body_bytes = l->bytes[BODY],
                                    .payload = (enum sigv4_payload)atoi(l->fields[PAYLOAD]),
                                    .is_s3 = *l->fields[IS_S3] == '1'};
    struct aws_credentials credentials = {0};
    const char *const *lines = NULL;
    struct fault f = {0};
    struct arena a;
    bool is_signed;

    arena_init(&a);
    for (unsigned i = FIRST_HEADER; i + 1 < l->count; i += 2) {
        headers[request.header_count++] = (struct sigv4_header){l->fields[i], l->fields[i + 1]};
    }
    credentials_set(&credentials, l->fields[KEY_ID], l->fields[SECRET], l->fields[TOKEN], 0, &f);
    is_signed = !sigv4_sign(&lines, &a, key, &credentials, l->fields[REGION], l->fields[SERVICE],
                            &request, atoll(l->fields[SECONDS]), &f);
    for (; is_signed && *lines; lines++) {
        if (!strncmp(*lines, name, sizeof name - 1)) puts(*lines + sizeof name - 1);
    }
    sigv4_key_clear(key);
    credentials_clear(&credentials);
    arena_clear(&a);
    return is_signed;
}

int main(void)
{
    struct sigv4_key key = {0};
    struct line line;
    char *text = NULL;
    size_t room = 0;
    bool is_good = true;

    while (is_good && getline(&text, &room, stdin) > 0) {
        read_line(&line, text);
        is_good = line.count >= FIRST_HEADER && sign(&key, &line);
    }
    free(text);
    return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
