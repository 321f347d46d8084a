/*
 * An arena for each test of a program: `arena`, made by begin() and cleared by end(), which go with
 * cmocka_unit_test_setup_teardown(). Include it after cmocka.h.
 */
#ifndef ATHENA_TESTS_UNIT_ARENA_FIXTURE_H
#define ATHENA_TESTS_UNIT_ARENA_FIXTURE_H

#include "base/arena.h"

static struct arena arena;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

#endif
