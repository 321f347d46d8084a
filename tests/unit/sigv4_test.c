/*
 * aws/sigv4.h against AWS's published vectors (tests/data/sigv4, a folder per case), and what those
 * do not have: the key of a day kept and derived again, S3's payloads, S3's paths.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/sigv4.h"

static const char root[] = "tests/data/sigv4";

/* ---- the vectors ---- */

struct vector {
    struct arena arena;
    struct aws_credentials credentials;
    struct sigv4_header headers[16];
    struct sigv4_request request;
    const char *region, *service;
    int64_t wall_s;
};

/* The file's text without the line end at its end. */
static char *read_file(struct arena *a, const char *name, const char *file)
{
    char path[512], *text;
    FILE *in;
    long bytes;

    snprintf(path, sizeof path, "%s/%s/%s", root, name, file);
    in = fopen(path, "rb");
    if (!in) fail_msg("%s cannot be read", path);
    fseek(in, 0, SEEK_END);
    bytes = ftell(in);
    rewind(in);
    text = arena_alloc(a, (size_t)bytes + 1);
    assert_int_equal(fread(text, 1, (size_t)bytes, in), bytes);
    fclose(in);
    if (bytes && text[bytes - 1] == '\n') text[bytes - 1] = '\0';
    return text;
}

static const char *context_value(struct arena *a, const char *context, const char *name)
{
    size_t bytes = strlen(name);

    for (const char *line = context; line; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        if (!strncmp(line, name, bytes) && line[bytes] == '=') {
            return arena_copy(a, line + bytes + 1, strcspn(line + bytes + 1, "\n"));
        }
    }
    return NULL;
}

static void read_context(struct vector *v, const char *name)
{
    const char *context = read_file(&v->arena, name, "context");
    struct fault f = {0};

    assert_true(credentials_parse_time(context_value(&v->arena, context, "timestamp"), &v->wall_s));
    assert_int_equal(credentials_set(&v->credentials, context_value(&v->arena, context, "key_id"),
                                     context_value(&v->arena, context, "secret"),
                                     context_value(&v->arena, context, "token"), 0, &f),
                     ST_OK);
    v->region = context_value(&v->arena, context, "region");
    v->service = context_value(&v->arena, context, "service");
    v->request.is_s3 = !strcmp(context_value(&v->arena, context, "normalize"), "0");
    if (!strcmp(context_value(&v->arena, context, "sign_body"), "1")) {
        v->request.payload = SIGV4_BODY_HEADER;
    }
}

/* A line that begins with a blank belongs to the header before (get-header-value-multiline). */
static char *take_header(char *at)
{
    char *end = strchr(at, '\n');

    while (end && (end[1] == ' ' || end[1] == '\t'))
        end = strchr(end + 1, '\n');
    return end;
}

static void read_request(struct vector *v, const char *name)
{
    char *text = read_file(&v->arena, name, "request");
    char *target = strchr(text, ' ') + 1;
    char *line = strchr(target, '\n'), *version = line;
    size_t count = 0;

    while (*version != ' ')
        version--; /* the path may have blanks in it */
    target[-1] = *version = '\0';
    v->request.method = text;
    v->request.path = target;
    if (strchr(target, '?')) {
        v->request.query = strchr(target, '?') + 1;
        *strchr(target, '?') = '\0';
    }
    for (line++; *line && *line != '\n'; line++) {
        char *end = take_header(line), *colon = strchr(line, ':');

        if (end) *end = '\0';
        *colon = '\0';
        if (!strcmp(line, "Host"))
            v->request.host = colon + 1;
        else
            v->headers[count++] = (struct sigv4_header){line, colon + 1};
        line = end ? end : colon + strlen(colon + 1);
    }
    if (*line) v->request.body = line + 1;
    v->request.body_bytes = v->request.body ? strlen(v->request.body) : 0;
    v->request.headers = v->headers;
    v->request.header_count = count;
}

static void check_vector(const char *name)
{
    struct vector v = {0};
    struct sigv4_key key = {0};
    struct sigv4_trace trace = {0};
    struct fault f = {0};
    const char *signature;

    arena_init(&v.arena);
    read_context(&v, name);
    read_request(&v, name);
    if (sigv4_explain(&trace, &v.arena, &key, &v.credentials, v.region, v.service, &v.request,
                      v.wall_s, &f)) {
        fail_msg("%s: %s", name, f.text);
    }
    assert_string_equal(trace.canonical_request, read_file(&v.arena, name, "canonical-request"));
    assert_string_equal(trace.string_to_sign, read_file(&v.arena, name, "string-to-sign"));
    signature = strstr(trace.authorization, "Signature=");
    assert_non_null(signature);
    assert_string_equal(signature + 10, read_file(&v.arena, name, "signature"));
    sigv4_key_clear(&key);
    credentials_clear(&v.credentials);
    arena_clear(&v.arena);
}

static void published_vectors(void **state)
{
    DIR *dir = opendir(root);
    unsigned count = 0;

    (void)state;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.' || !strcmp(entry->d_name, "README")) continue;
        check_vector(entry->d_name);
        count++;
    }
    closedir(dir);
    assert_int_equal(count, 36);
}

/* ---- our own ---- */

/* The example of the API reference: S3, GET with Range. */
static const struct aws_credentials example = {
    .key_id = (char *)"AKIAIOSFODNN7EXAMPLE",
    .secret = (char *)"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
enum { MAY_24_2013 = 1369353600 };

static const char *find_line(const char *const *lines, const char *prefix)
{
    for (; *lines; lines++) {
        if (!strncmp(*lines, prefix, strlen(prefix))) return *lines;
    }
    return NULL;
}

static void s3_example_of_the_reference(void **state)
{
    static const struct sigv4_header headers[] = {{"Range", "bytes=0-9"}};
    static const struct sigv4_request request = {
        .method = "GET",
        .host = "examplebucket.s3.amazonaws.com",
        .path = "/test.txt",
        .headers = headers,
        .header_count = 1,
        .payload = SIGV4_BODY_HEADER,
        .is_s3 = true,
    };
    const char *const *lines;
    struct sigv4_key key = {0};
    struct fault f = {0};
    struct arena a;

    (void)state;
    arena_init(&a);
    assert_int_equal(
        sigv4_sign(&lines, &a, &key, &example, "us-east-1", "s3", &request, MAY_24_2013, &f),
        ST_OK);
    assert_string_equal(find_line(lines, "Range"), "Range: bytes=0-9");
    assert_string_equal(find_line(lines, "X-Amz-Date"), "X-Amz-Date: 20130524T000000Z");
    assert_string_equal(
        find_line(lines, "X-Amz-Content-Sha256"),
        "X-Amz-Content-Sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_string_equal(
        find_line(lines, "Authorization"),
        "Authorization: AWS4-HMAC-SHA256 "
        "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    sigv4_key_clear(&key);
    arena_clear(&a);
}

static const char *signature_of(struct arena *a, struct sigv4_key *key,
                                const struct aws_credentials *c, const char *region, int64_t wall_s)
{
    static const struct sigv4_request request = {
        .method = "POST", .host = "h", .path = "/", .body = "{}", .body_bytes = 2};
    struct sigv4_trace trace;
    struct fault f = {0};

    assert_int_equal(sigv4_explain(&trace, a, key, c, region, "athena", &request, wall_s, &f),
                     ST_OK);
    return trace.authorization;
}

static void a_kept_key_signs_as_a_fresh_one(void **state)
{
    struct aws_credentials other = example;
    struct sigv4_key kept = {0};
    struct arena a;
    const struct {
        const struct aws_credentials *credentials;
        const char *region;
        int64_t wall_s;
    } uses[] = {
        {&example, "us-east-1", MAY_24_2013},
        {&example, "us-east-1", MAY_24_2013 + 86399}, /* same day */
        {&example, "us-east-1", MAY_24_2013 + 86400}, /* midnight has passed */
        {&example, "eu-west-1", MAY_24_2013 + 86400},
        {&other, "eu-west-1", MAY_24_2013 + 86400},
        {&example, "us-east-1", MAY_24_2013},
    };

    (void)state;
    arena_init(&a);
    other.key_id = (char *)"AKIAOTHER";
    other.secret = (char *)"other";
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        struct sigv4_key fresh = {0};

        assert_string_equal(
            signature_of(&a, &kept, uses[i].credentials, uses[i].region, uses[i].wall_s),
            signature_of(&a, &fresh, uses[i].credentials, uses[i].region, uses[i].wall_s));
        sigv4_key_clear(&fresh);
    }
    sigv4_key_clear(&kept);
    assert_int_equal(kept.key_id[0], 0);
    arena_clear(&a);
}

/* User-Agent and its like may be changed on the way. */
static void some_headers_are_sent_unsigned(void **state)
{
    static const struct sigv4_header headers[] = {{"User-Agent", "x"}, {"Content-Type", "y"}};
    static const struct sigv4_request request = {.method = "POST",
                                                 .host = "h",
                                                 .path = "/",
                                                 .headers = headers,
                                                 .header_count = 2,
                                                 .payload = SIGV4_UNSIGNED};
    struct aws_credentials temporary = example;
    const char *const *lines;
    struct sigv4_key key = {0};
    struct fault f = {0};
    struct arena a;

    (void)state;
    temporary.token = (char *)"token";
    arena_init(&a);
    assert_int_equal(
        sigv4_sign(&lines, &a, &key, &temporary, "us-east-1", "s3", &request, MAY_24_2013, &f),
        ST_OK);
    assert_non_null(find_line(lines, "User-Agent: x"));
    assert_non_null(find_line(lines, "X-Amz-Security-Token: token"));
    assert_non_null(find_line(lines, "X-Amz-Content-Sha256: UNSIGNED-PAYLOAD"));
    assert_non_null(strstr(find_line(lines, "Authorization"),
                           "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;"
                           "x-amz-security-token,"));
    sigv4_key_clear(&key);
    arena_clear(&a);
}

static void limits_are_faults(void **state)
{
    char long_id[300];
    struct aws_credentials c = {.key_id = long_id, .secret = (char *)"s"};
    struct sigv4_request request = {.method = "GET", .host = "h", .path = "/"};
    struct sigv4_header headers[40];
    const char *const *lines;
    struct sigv4_key key = {0};
    struct fault f = {0};
    struct arena a;

    (void)state;
    arena_init(&a);
    memset(long_id, 'A', sizeof long_id - 1);
    long_id[sizeof long_id - 1] = '\0';
    assert_int_equal(sigv4_sign(&lines, &a, &key, &c, "r", "s3", &request, 0, &f), ST_ERR);
    assert_int_equal(f.state, SQLSTATE_28000);
    assert_null(strstr(f.text, "AAAA"));

    fault_clear(&f);
    for (size_t i = 0; i < 40; i++)
        headers[i] = (struct sigv4_header){"x", "y"};
    request.headers = headers;
    request.header_count = 40;
    assert_int_equal(sigv4_sign(&lines, &a, &key, &example, "r", "s3", &request, 0, &f), ST_ERR);
    assert_int_equal(f.state, SQLSTATE_HY001);
    sigv4_key_clear(&key);
    arena_clear(&a);
}

static void hash_of_nothing_and_of_text(void **state)
{
    char hex[65];

    (void)state;
    assert_true(sigv4_hash(hex, NULL, 0));
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_true(sigv4_hash(hex, "abc", 3));
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(s3_example_of_the_reference),
        cmocka_unit_test(a_kept_key_signs_as_a_fresh_one),
        cmocka_unit_test(some_headers_are_sent_unsigned),
        cmocka_unit_test(limits_are_faults),
        cmocka_unit_test(hash_of_nothing_and_of_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
