/*
 * aws/region.h and aws/s3_codec.h against botocore's endpoint rules: every service in every
 * partition, FIPS and dual-stack. The files are made by tests/tools/endpoint-table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "aws/region.h"
#include "aws/s3_codec.h"

enum { VARIANTS = 4, WORDS_MAX = 8 };

/* The words of the next line that is no comment; how many. line is theirs. */
static int next_line(FILE *in, char *line, int room, char *words[])
{
    char *rest;
    int count = 0;

    do {
        if (!fgets(line, room, in)) return 0;
    } while (*line == '#');
    for (char *w = strtok_r(line, " \n", &rest); w; w = strtok_r(NULL, " \n", &rest)) {
        assert_true(count < WORDS_MAX);
        words[count++] = w;
    }
    return count;
}

static FILE *open_table(const char *path)
{
    FILE *in = fopen(path, "r");

    if (!in) fail_msg("%s cannot be read", path);
    return in;
}

/* In the order of the file's columns. */
static struct region_wish variant(const char *region, int v)
{
    return (struct region_wish){.region = region, .use_fips = v & 1, .use_dual_stack = v & 2};
}

static enum aws_service service_of(struct arena *a, const char *signing_name)
{
    struct region_wish wish = {.region = "eu-west-1"};
    struct endpoint e;

    for (int s = 0; s < AWS_SERVICE_COUNT; s++) {
        assert_int_equal(region_endpoint(&e, a, (enum aws_service)s, &wish, NULL), ST_OK);
        if (!strcmp(e.service, signing_name)) return (enum aws_service)s;
    }
    fail_msg("the driver does not know the service %s", signing_name);
    return AWS_SERVICE_COUNT;
}

static void services(void **state)
{
    FILE *in = open_table("tests/data/endpoints/services.in");
    char line[2048], *words[WORDS_MAX];
    int count, lines = 0;
    struct arena a;

    (void)state;
    arena_init(&a);
    while ((count = next_line(in, line, sizeof line, words))) {
        enum aws_service service = service_of(&a, words[0]);

        assert_int_equal(count, 2 + VARIANTS);
        for (int v = 0; v < VARIANTS; v++) {
            struct region_wish wish = variant(words[1], v);
            struct endpoint e = {0};
            enum status st = region_endpoint(&e, &a, service, &wish, NULL);

            assert_string_equal(st ? "-" : e.host, words[2 + v]);
            if (!st) assert_string_equal(e.region, words[1]);
        }
        lines++;
    }
    assert_true(lines >= 8 * AWS_SERVICE_COUNT); /* eight partitions */
    fclose(in);
    arena_clear(&a);
}

static void buckets(void **state)
{
    FILE *in = open_table("tests/data/endpoints/buckets.in");
    char line[2048], *words[WORDS_MAX];
    int count, lines = 0;
    struct arena a;

    (void)state;
    arena_init(&a);
    while ((count = next_line(in, line, sizeof line, words))) {
        struct s3_location where = {words[0], "folder/result.csv"};

        assert_int_equal(count, 3 + VARIANTS);
        for (int v = 0; v < VARIANTS; v++) {
            struct region_wish wish = variant(words[1], v);
            struct endpoint e = {0};
            struct s3_target t = {.url = "-"};
            const char *told = words[3 + v];

            if (!region_endpoint(&e, &a, AWS_S3, &wish, NULL)) {
                assert_int_equal(s3_target(&t, &a, &e, &where, !strcmp(words[2], "path"), NULL),
                                 ST_OK);
                told = arena_printf(&a, "%s/folder/result.csv", told);
            }
            assert_string_equal(t.url, told);
        }
        lines++;
    }
    assert_true(lines >= 8);
    fclose(in);
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(services),
        cmocka_unit_test(buckets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
