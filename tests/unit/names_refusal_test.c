/* ops/names_refusal.c: what is remembered, of whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ops/names_refusal.h"

static void faults(void **state)
{
    static const struct {
        enum sqlstate state;
        bool is_remembered;
    } cases[] = {
        {SQLSTATE_42501, true},  {SQLSTATE_HY000, true},  {SQLSTATE_42000, true},
        {SQLSTATE_28000, true},  {SQLSTATE_08S01, false}, {SQLSTATE_HYT00, false},
        {SQLSTATE_HY008, false}, {SQLSTATE_HY001, false}, {SQLSTATE_53000, false},
    };
    const struct session s = {.workgroup = "primary"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct fault f = {.state = cases[i].state};
        struct names_refusal r = {0};

        assert_false(names_refusal_stands(&r, &s));
        names_refusal_remember(&r, &s, &f);
        assert_int_equal(names_refusal_stands(&r, &s), cases[i].is_remembered);
        r.until_ms = 0;
        assert_false(names_refusal_stands(&r, &s));
        names_refusal_clear(&r);
    }
}

static void places(void **state)
{
    const struct session sessions[] = {{.workgroup = "a"},
                                       {.workgroup = "b"},
                                       {.output_location = "s3://x/"},
                                       {.workgroup = "a", .output_location = "s3://x/"},
                                       {.workgroup = NULL}};
    const struct fault denied = {.state = SQLSTATE_42501};
    struct names_refusal r = {0};

    (void)state;
    for (size_t i = 0; i < sizeof sessions / sizeof *sessions; i++) {
        names_refusal_remember(&r, &sessions[i], &denied);
        for (size_t k = 0; k < sizeof sessions / sizeof *sessions; k++) {
            assert_int_equal(names_refusal_stands(&r, &sessions[k]), i == k);
        }
    }
    names_refusal_clear(&r);
    assert_false(names_refusal_stands(&r, &sessions[4]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults),
        cmocka_unit_test(places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
