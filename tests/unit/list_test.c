/* base/list.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/list.h"

struct item {
    int number;
    struct list link;
};

static void keeps_order(void **state)
{
    struct item items[3] = {{.number = 1}, {.number = 2}, {.number = 3}};
    struct list head;
    int expected = 1;

    (void)state;
    list_init(&head);
    assert_true(list_is_empty(&head));
    assert_null(list_shift(&head));
    for (int i = 0; i < 3; i++)
        list_append(&head, &items[i].link);
    list_each(link, &head)
        assert_int_equal(container_of(link, struct item, link)->number, expected++);
    assert_int_equal(expected, 4);
    for (int i = 0; i < 3; i++)
        assert_ptr_equal(list_shift(&head), &items[i].link);
    assert_true(list_is_empty(&head));
}

static void removing_twice_is_harmless(void **state)
{
    struct item items[3];
    struct list head;

    (void)state;
    list_init(&head);
    for (int i = 0; i < 3; i++)
        list_append(&head, &items[i].link);
    list_remove(&items[1].link);
    list_remove(&items[1].link);
    assert_true(list_is_empty(&items[1].link));
    assert_ptr_equal(items[0].link.next, &items[2].link);
    list_remove(&items[0].link);
    list_remove(&items[2].link);
    assert_true(list_is_empty(&head));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_order),
        cmocka_unit_test(removing_twice_is_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
