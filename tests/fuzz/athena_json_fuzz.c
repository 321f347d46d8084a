/*
 * Athena's answers. The first byte says which parser is to read the rest. Whatever it says, all
 * strings are strings and all cells lie in memory that is there.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/athena_codec.h"
#include "aws/athena_metadata.h"
#include "aws/athena_results.h"
#include "aws/aws_error.h"
#include "aws/creds_host.h"
#include "aws/creds_process.h"
#include "aws/error_map.h"
#include "aws/retry.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static volatile unsigned sink; /* what is read is used, or the compiler would not read it */

static void touch(const char *text)
{
    sink += (unsigned)strlen(text);
}

static void results(struct arena *a, const char *body, size_t count, struct fault *f)
{
    struct athena_results r;

    if (athena_parse_results(&r, a, body, count, f)) return;
    for (unsigned i = 0; i < r.column_count; i++) {
        touch(r.columns[i].name);
        touch(r.columns[i].type_name);
    }
    athena_results_drop_header(&r);
    for (size_t i = 0; i < r.page->row_count * r.page->column_count; i++) {
        const struct cell *cell = &r.page->cells[i];

        for (uint32_t k = 0; k < cell->bytes; k++)
            sink += (unsigned char)cell->text[k];
    }
    touch(r.next_token);
    page_free(r.page);
}

static void execution(struct arena *a, const char *body, size_t count, struct fault *f)
{
    struct athena_execution x;

    if (athena_parse_execution(&x, a, body, count, f)) return;
    touch(x.id);
    touch(x.output_location);
    error_map_failed(f, "fuzzing", &x);
}

static void batch(struct arena *a, const char *body, size_t count, struct fault *f)
{
    struct athena_batch b;

    if (athena_parse_batch(&b, a, body, count, f)) return;
    for (size_t i = 0; i < b.execution_count; i++)
        touch(b.executions[i].id);
    for (size_t i = 0; i < b.unprocessed_count; i++)
        touch(b.unprocessed[i].message);
}

static void tables(struct arena *a, const char *body, size_t count, struct fault *f)
{
    struct athena_tables t;

    if (athena_parse_tables(&t, a, body, count, f)) return;
    for (size_t i = 0; i < t.count; i++) {
        touch(t.items[i].comment);
        for (size_t k = 0; k < t.items[i].column_count; k++)
            touch(t.items[i].columns[k].type);
    }
}

static void error(struct arena *a, const char *body, size_t count, struct fault *f)
{
    struct aws_error e;

    aws_error_parse_json(&e, a, 400, NULL, body, count);
    sink += (unsigned)retry_of_answer(&e);
    error_map_fault(f, "fuzzing", &e, NULL);
    touch(f->text);
}

static void process(struct arena *a, const char *body, size_t count, struct fault *f)
{
    struct aws_credentials c = {0};

    (void)a;
    creds_process_parse(&c, body, count, f);
    credentials_clear(&c);
}

/* What a host answers is read as each of the three things that it may be. */
static void host(struct arena *a, const char *body, size_t count, struct fault *f)
{
    struct aws_credentials c = {0};
    const char *role = creds_host_role(a, body, count);
    const char *token = creds_host_token(a, body, count);

    if (role) touch(role);
    if (token) touch(token);
    creds_host_parse(&c, body, count, "fuzzing", f);
    credentials_clear(&c);
}

static void work_group(struct arena *a, const char *body, size_t count, struct fault *f)
{
    struct athena_work_group w;

    if (!athena_parse_work_group(&w, a, body, count, f)) touch(w.output_location);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static void (*const parsers[])(struct arena *, const char *, size_t, struct fault *) = {
        results, execution, batch, tables, error, process, work_group, host};
    struct fault f = {0};
    struct arena a;

    if (!count) return 0;
    arena_init(&a);
    parsers[*bytes % (sizeof parsers / sizeof *parsers)](&a, (const char *)bytes + 1, count - 1,
                                                         &f);
    arena_clear(&a);
    return 0;
}
