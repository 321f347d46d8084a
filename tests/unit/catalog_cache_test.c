/* ops/catalog_cache.c: age, generations, what makes room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ops/catalog_cache.h"

static struct catalog_cache *cache;

static int set_up(void **state)
{
    (void)state;
    cache = catalog_cache_new();
    return cache ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    catalog_cache_free(cache);
    return 0;
}

static void keep(const char *key, const char *value, int64_t now_ms)
{
    catalog_cache_keep(cache, key, value, strlen(value), catalog_cache_generation(), now_ms);
}

static void expect(const char *key, int64_t now_ms, int64_t age_max_ms, const char *value)
{
    size_t bytes = 0;
    const char *found = catalog_cache_find(cache, key, now_ms, age_max_ms, &bytes);

    if (!value) {
        assert_null(found);
        return;
    }
    assert_non_null(found);
    assert_int_equal(bytes, strlen(value));
    assert_memory_equal(found, value, bytes);
}

static void an_answer_is_as_old_as_its_reader_allows(void **state)
{
    (void)state;
    expect("a", 0, 1000, NULL);
    keep("a", "one", 1000);
    keep("b", "", 1000);
    expect("a", 1000, 500, "one");
    expect("a", 1499, 500, "one");
    expect("a", 1500, 500, NULL);
    expect("a", 1500, 5000, "one");
    expect("b", 1500, 5000, "");
    keep("a", "two", 1500);
    expect("a", 1999, 500, "two");
    expect("c", 1999, 500, NULL);
}

static void what_was_asked_before_a_change_is_not_kept(void **state)
{
    const unsigned before = catalog_cache_generation();

    (void)state;
    keep("a", "one", 0);
    catalog_cache_forget();
    expect("a", 0, 1000, NULL);
    catalog_cache_keep(cache, "a", "one", 3, before, 0);
    expect("a", 0, 1000, NULL);
    keep("a", "two", 0);
    expect("a", 0, 1000, "two");
}

static void what_others_change_is_forgotten(void **state)
{
    struct catalog_cache *others = catalog_cache_new();
    size_t bytes;

    (void)state;
    assert_non_null(others);
    catalog_cache_keep(others, "a", "one", 3, catalog_cache_generation(), 0);
    keep("a", "one", 0);
    catalog_cache_forget();
    assert_null(catalog_cache_find(others, "a", 0, 1000, &bytes));
    expect("a", 0, 1000, NULL);
    catalog_cache_free(others);
}

static void the_unused_makes_room(void **state)
{
    enum { VALUE_BYTES = 1 << 20, COUNT = CATALOG_CACHE_BYTES / VALUE_BYTES };
    char *value = calloc(1, CATALOG_CACHE_LIST_BYTES + 1);
    size_t bytes;
    char key[20];

    (void)state;
    assert_non_null(value);
    for (int i = 0; i < COUNT + 3; i++) {
        snprintf(key, sizeof key, "list %d", i);
        catalog_cache_keep(cache, key, value, VALUE_BYTES, catalog_cache_generation(), i);
        assert_non_null(catalog_cache_find(cache, "list 0", i, 1000, &bytes)); /* used again */
    }
    assert_null(catalog_cache_find(cache, "list 1", 0, 1000, &bytes));
    assert_non_null(catalog_cache_find(cache, key, 0, 1000, &bytes));
    catalog_cache_keep(cache, "huge", value, CATALOG_CACHE_LIST_BYTES + 1,
                       catalog_cache_generation(), 0);
    assert_null(catalog_cache_find(cache, "huge", 0, 1000, &bytes));
    catalog_cache_keep(cache, "large", value, CATALOG_CACHE_LIST_BYTES, catalog_cache_generation(),
                       0);
    assert_non_null(catalog_cache_find(cache, "large", 0, 1000, &bytes));
    free(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_answer_is_as_old_as_its_reader_allows, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_was_asked_before_a_change_is_not_kept, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_others_change_is_forgotten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_unused_makes_room, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
