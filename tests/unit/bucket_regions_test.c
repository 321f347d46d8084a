/* ops/bucket_regions.h: what is learnt, what is not, what is forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ops/bucket_regions.h"

static void learns_and_learns_anew(void **state) NO_THREAD_CHECK
{
    struct bucket_regions r = {0};

    (void)state;
    assert_null(bucket_regions_find(&r, "results"));
    assert_null(bucket_regions_find(&r, ""));
    bucket_regions_learn(&r, "results", "eu-west-1");
    bucket_regions_learn(&r, "other", "ap-south-1");
    assert_string_equal(bucket_regions_find(&r, "results"), "eu-west-1");
    bucket_regions_learn(&r, "results", "us-gov-west-1");
    assert_string_equal(bucket_regions_find(&r, "results"), "us-gov-west-1");
    assert_string_equal(bucket_regions_find(&r, "other"), "ap-south-1");
    assert_null(bucket_regions_find(&r, "result"));
}

static void takes_no_nonsense(void **state) NO_THREAD_CHECK
{
    char longest[BUCKET_NAME_BYTES + 1];
    const struct {
        const char *bucket, *region;
        bool is_learnt;
    } cases[] = {
        {"b", "", false},
        {"b", "nowhere", false},
        {"b", "EU-WEST-1", false},
        {"b", "eu-west-1.evil.example/", false},
        {"b", "eu-west-1-and-very-very-far-away-from-here", false},
        {"", "eu-west-1", false},
        {longest, "eu-west-1", false},
        {longest + 1, "eu-west-1", true},
    };

    (void)state;
    memset(longest, 'b', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bucket_regions r = {0};

        bucket_regions_learn(&r, cases[i].bucket, cases[i].region);
        assert_int_equal(bucket_regions_find(&r, cases[i].bucket) != NULL, cases[i].is_learnt);
    }
}

static void forgets_the_oldest(void **state) NO_THREAD_CHECK
{
    struct bucket_regions r = {0};
    char name[24];

    (void)state;
    for (int i = 0; i < BUCKET_REGIONS + 2; i++) {
        snprintf(name, sizeof name, "bucket-%d", i);
        bucket_regions_learn(&r, name, "eu-west-1");
        bucket_regions_learn(&r, name, "eu-west-2"); /* which takes no place of its own */
    }
    for (int i = 0; i < BUCKET_REGIONS + 2; i++) {
        snprintf(name, sizeof name, "bucket-%d", i);
        assert_int_equal(bucket_regions_find(&r, name) != NULL, i >= 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learns_and_learns_anew),
        cmocka_unit_test(takes_no_nonsense),
        cmocka_unit_test(forgets_the_oldest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
