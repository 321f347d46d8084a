/* ops/due_heap.c against sorting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ops/due_heap.h"

enum { ENTRIES = 500 };

static uint32_t seed = 1;

static uint32_t next_random(void)
{
    seed = seed * 1664525 + 1013904223;
    return seed >> 8;
}

static void comes_out_in_order(void **state)
{
    struct due_entry entries[ENTRIES] = {{0}};
    struct due_heap heap = {0};
    int64_t last_ms = 0;

    (void)state;
    assert_null(due_heap_first(&heap));
    assert_true(due_heap_reserve(&heap, ENTRIES));
    for (int i = 0; i < ENTRIES; i++) {
        entries[i].due_ms = next_random() % 300;
        due_heap_put(&heap, &entries[i]);
    }
    for (int i = 0; i < ENTRIES; i++) {
        struct due_entry *first = due_heap_first(&heap);

        assert_true(first->due_ms >= last_ms);
        last_ms = first->due_ms;
        due_heap_remove(&heap, first);
        assert_int_equal(first->place, 0);
    }
    assert_null(due_heap_first(&heap));
    due_heap_clear(&heap);
}

/* Entries leave and come back from anywhere; the first is the least each time. */
static void any_entry_may_leave(void **state)
{
    struct due_entry entries[ENTRIES] = {{0}};
    struct due_heap heap = {0};

    (void)state;
    assert_true(due_heap_reserve(&heap, ENTRIES));
    for (int round = 0; round < 5000; round++) {
        struct due_entry *e = &entries[next_random() % ENTRIES];
        int64_t least_ms = INT64_MAX;

        if (e->place) {
            due_heap_remove(&heap, e);
            due_heap_remove(&heap, e); /* does nothing */
        } else {
            e->due_ms = next_random() % 1000;
            due_heap_put(&heap, e);
        }
        for (int i = 0; i < ENTRIES; i++) {
            if (entries[i].place && entries[i].due_ms < least_ms) least_ms = entries[i].due_ms;
        }
        if (least_ms != INT64_MAX) assert_int_equal(due_heap_first(&heap)->due_ms, least_ms);
    }
    due_heap_clear(&heap);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_out_in_order),
        cmocka_unit_test(any_entry_may_leave),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
