/* base/buf.h: content, limits, sticky failure, taking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static void empty_is_a_string(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 100);
    assert_string_equal(b.bytes, "");
    assert_int_equal(b.count, 0);
    assert_true(buf_ok(&b));
    buf_put(&b, NULL, 0);
    buf_puts(&b, "");
    buf_printf(&b, "%s", "");
    assert_int_equal(b.room, 0); /* still nothing allocated */
    buf_clear(&b);
}

static void zeroed_can_be_cleared(void **state)
{
    struct buf b = {0};

    (void)state;
    buf_clear(&b);
    assert_string_equal(b.bytes, "");
}

static void appends(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1000);
    buf_puts(&b, "select ");
    buf_putc(&b, '*');
    buf_put(&b, " from", 5);
    buf_printf(&b, " %s limit %d", "t", 10);
    assert_true(buf_ok(&b));
    assert_string_equal(b.bytes, "select * from t limit 10");
    assert_int_equal(b.count, strlen(b.bytes));
    buf_clear(&b);
    assert_int_equal(b.limit_bytes, 1000);
    assert_string_equal(b.bytes, "");
}

static void holds_binary(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 16);
    buf_put(&b, "a\0b", 3);
    buf_putc(&b, '\0');
    assert_int_equal(b.count, 4);
    assert_memory_equal(b.bytes, "a\0b\0", 5);
    buf_clear(&b);
}

static void fills_up_to_the_limit_exactly(void **state)
{
    struct buf b;

    (void)state;
    for (size_t limit = 0; limit < 300; limit++) {
        buf_init(&b, limit);
        for (size_t i = 0; i < limit; i++)
            buf_putc(&b, 'x');
        assert_true(buf_ok(&b));
        assert_int_equal(b.count, limit);
        assert_int_equal(strlen(b.bytes), limit);
        buf_putc(&b, 'x');
        assert_false(buf_ok(&b));
        buf_clear(&b);
    }
}

static void failure_is_sticky(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 4);
    buf_puts(&b, "abc");
    buf_puts(&b, "de");
    assert_false(buf_ok(&b));
    assert_string_equal(b.bytes, "");
    buf_puts(&b, "f");
    buf_printf(&b, "%d", 1);
    assert_int_equal(b.count, 0);
    assert_null(buf_take(&b));
    buf_reset(&b);
    assert_true(buf_ok(&b));
    buf_puts(&b, "abcd");
    assert_string_equal(b.bytes, "abcd");
    buf_clear(&b);
}

static void sizes_that_overflow_fail(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, SIZE_MAX);
    buf_putc(&b, 'x');
    buf_put(&b, "y", SIZE_MAX - 1);
    assert_false(buf_ok(&b));
    buf_clear(&b);
}

static void reset_keeps_memory(void **state)
{
    struct buf b;
    char *bytes;

    (void)state;
    buf_init(&b, 1000);
    buf_puts(&b, "something");
    bytes = b.bytes;
    buf_reset(&b);
    assert_string_equal(b.bytes, "");
    buf_puts(&b, "else");
    assert_ptr_equal(b.bytes, bytes);
    buf_clear(&b);
}

static void taking_moves_ownership(void **state)
{
    struct buf b;
    char *taken;

    (void)state;
    buf_init(&b, 1000);
    taken = buf_take(&b); /* nothing is taken as an empty string */
    assert_string_equal(taken, "");
    free(taken);
    buf_puts(&b, "mine");
    taken = buf_take(&b);
    assert_string_equal(taken, "mine");
    assert_int_equal(b.count, 0);
    buf_puts(&b, "yours");
    assert_string_equal(taken, "mine");
    assert_string_equal(b.bytes, "yours");
    free(taken);
    buf_clear(&b);
}

/* What grew out of it is not left behind; wipe_test.c looks through all memory. */
static void a_secret_stays_one(void **state)
{
    struct buf b;
    char *taken;

    (void)state;
    buf_init_secret(&b, 1000);
    for (int i = 0; i < 300; i++)
        buf_putc(&b, (char)('a' + i % 26));
    assert_true(buf_ok(&b));
    assert_int_equal(b.count, 300);
    for (int i = 0; i < 300; i++)
        assert_int_equal(b.bytes[i], 'a' + i % 26);
    taken = buf_take(&b);
    assert_int_equal(strlen(taken), 300);
    free(taken);
    assert_true(b.is_secret);
    buf_puts(&b, "more");
    buf_clear(&b);
    assert_true(b.is_secret);
    for (int i = 0; i < 1001; i++)
        buf_putc(&b, 'x');
    assert_false(buf_ok(&b));
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_stays_one),    cmocka_unit_test(empty_is_a_string),
        cmocka_unit_test(zeroed_can_be_cleared), cmocka_unit_test(appends),
        cmocka_unit_test(holds_binary),          cmocka_unit_test(fills_up_to_the_limit_exactly),
        cmocka_unit_test(failure_is_sticky),     cmocka_unit_test(sizes_that_overflow_fail),
        cmocka_unit_test(reset_keeps_memory),    cmocka_unit_test(taking_moves_ownership),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
