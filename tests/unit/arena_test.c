/* base/arena.h: alignment, zeroes, independence of pieces, copies, overflow. */
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static void empty_costs_nothing(void **state)
{
    struct arena a = {0};

    (void)state;
    arena_clear(&a);
    arena_init(&a);
    assert_int_equal(a.total_bytes, 0);
    arena_clear(&a);
}

static void pieces_are_aligned_and_zeroed(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a);
    for (size_t bytes = 0; bytes < 3000; bytes += 7) {
        unsigned char *piece = arena_alloc(&a, bytes);

        assert_non_null(piece);
        assert_int_equal((uintptr_t)piece % alignof(max_align_t), 0);
        for (size_t i = 0; i < bytes; i++)
            assert_int_equal(piece[i], 0);
        memset(piece, 0xff, bytes); /* would show in a later piece if they overlapped */
    }
    arena_clear(&a);
    assert_int_equal(a.total_bytes, 0);
}

static void large_pieces_leave_the_open_block_open(void **state)
{
    struct arena a;
    char *first, *second;

    (void)state;
    arena_init(&a);
    first = arena_alloc(&a, 16);
    assert_non_null(arena_alloc(&a, 1000000));
    second = arena_alloc(&a, 16);
    assert_ptr_equal(second, first + 16);
    arena_clear(&a);
}

static void a_small_owner_stays_small(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a);
    arena_alloc(&a, 1);
    assert_in_range(a.total_bytes, 1, 512);
    for (int i = 0; i < 100000; i++)
        assert_non_null(arena_alloc(&a, 16));
    assert_in_range(a.total_bytes, 1600000, 1600000 * 11 / 10);
    arena_clear(&a);
}

static void sizes_that_overflow_give_null(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a);
    assert_null(arena_array(&a, SIZE_MAX / 4, 8));
    assert_null(arena_alloc(&a, SIZE_MAX));
    assert_null(arena_copy(&a, "x", SIZE_MAX));
    assert_non_null(arena_array(&a, 0, 8));
    assert_non_null(arena_array(&a, 8, 0));
    arena_clear(&a);
}

static void copies(void **state)
{
    struct arena a;
    char text[] = "select";
    char *copy, *empty, *printed;

    (void)state;
    arena_init(&a);
    copy = arena_text(&a, text);
    text[0] = 'S';
    assert_string_equal(copy, "select");
    assert_null(arena_text(&a, NULL));
    empty = arena_copy(&a, NULL, 0);
    assert_string_equal(empty, "");
    assert_memory_equal(arena_copy(&a, "a\0b", 3), "a\0b", 4);
    printed = arena_printf(&a, "%s %0*d", text, 100, 7);
    assert_int_equal(strlen(printed), 107);
    assert_string_equal(printed + 104, "007");
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_costs_nothing),
        cmocka_unit_test(pieces_are_aligned_and_zeroed),
        cmocka_unit_test(large_pieces_leave_the_open_block_open),
        cmocka_unit_test(a_small_owner_stays_small),
        cmocka_unit_test(sizes_that_overflow_give_null),
        cmocka_unit_test(copies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
