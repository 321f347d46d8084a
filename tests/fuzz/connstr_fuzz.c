/*
 * Connection strings: any bytes are read without harm, and what is written of them reads as the
 * same options again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/connstr.h"
#include "config/proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void demand(int holds)
{
    if (!holds) abort();
}

static void check_round_trip(const struct options *o)
{
    struct options again = {0};
    struct fault f = {0};
    struct buf b;

    buf_init(&b, 1 << 24);
    connstr_write(o, &b);
    demand(buf_ok(&b));
    demand(!connstr_parse(&again, b.bytes, b.count, NULL, &f));
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const char *before = o->values[i].text, *after = again.values[i].text;

        demand(!before == !after);
        demand(!before || !strcmp(before, after));
        demand(o->values[i].number == again.values[i].number);
    }
    buf_clear(&b);
    options_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct options o = {0};
    struct option_warnings w = {0};
    struct fault f = {0};
    struct arena a;

    arena_init(&a);
    if (!connstr_parse(&o, (const char *)bytes, count, &w, &f)) {
        check_round_trip(&o);
        options_check(&o, &f);
        proxy_address(&o, &a);
        proxy_exempt_hosts(&o, &a);
    }
    options_warnings_clear(&w);
    options_clear(&o);
    arena_clear(&a);
    return 0;
}
