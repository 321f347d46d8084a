/* What has been found. See metadata_found.h. */
#include "ops/metadata_found.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"

bool metadata_found_is_meant(const struct metadata_filter *f, const char *name)
{
    if (f->exact) return ascii_same(f->exact, name);
    return !f->pattern || f->accepts(f->pattern, name);
}

static struct metadata_list *add_list(struct metadata *m, const char *catalog, const char *database)
{
    struct metadata_list *list = arena_alloc(&m->arena, sizeof *list);

    if (m->out.count == m->out.room) {
        const size_t room = m->out.room ? m->out.room * 2 : 64;
        struct metadata_list **lists = realloc(m->out.lists, room * sizeof(void *));

        if (!lists) return NULL;
        m->out.lists = lists;
        m->out.room = room;
    }
    if (!list) return NULL;
    *list = (struct metadata_list){.catalog = catalog, .database = database};
    m->out.lists[m->out.count++] = list;
    return list;
}

enum status metadata_found_name(struct metadata *m, const char *catalog, const char *database)
{
    return add_list(m, catalog, database) ? ST_OK : fault_no_memory(&m->op.fault);
}

static bool add_table(struct metadata_list *l, const struct athena_table *table)
{
    if (l->count == l->room) {
        const size_t room = l->room ? l->room * 2 : 16;
        const struct athena_table **tables =
            realloc((void *)(uintptr_t)l->tables, room * sizeof(void *));

        if (!tables) return false;
        l->tables = tables;
        l->room = room;
    }
    l->tables[l->count++] = table;
    return true;
}

/* Most texts of columns are like the one before, or empty. */
static const char *copy_or_share(struct metadata *m, const char *text, const char *before)
{
    if (!*text) return "";
    return before && strcmp(text, before) == 0 ? before : arena_text(&m->arena, text);
}

static bool copy_columns(struct metadata *m, struct athena_table *copy,
                         const struct athena_table *table)
{
    const char *type = NULL;

    copy->columns = arena_array(&m->arena, table->column_count + 1, sizeof *copy->columns);
    if (!copy->columns) return false;
    for (size_t i = 0; i < table->column_count; i++) {
        const struct athena_table_column *from = &table->columns[i];
        struct athena_table_column *to = &copy->columns[i];

        to->name = arena_text(&m->arena, from->name);
        to->type = type = copy_or_share(m, from->type, type);
        to->comment = copy_or_share(m, from->comment, NULL);
        to->is_partition_key = from->is_partition_key;
        if (!to->name || !to->type || !to->comment) return false;
    }
    copy->column_count = table->column_count;
    return true;
}

/* Out of an answer that is not kept; columns only where they are wanted. */
static const struct athena_table *copy_table(struct metadata *m, const struct athena_table *table)
{
    struct athena_table *copy = arena_alloc(&m->arena, sizeof *copy);

    if (!copy) return NULL;
    *copy = (struct athena_table){.name = arena_text(&m->arena, table->name),
                                  .type = copy_or_share(m, table->type, NULL),
                                  .comment = copy_or_share(m, table->comment, NULL),
                                  .table_type = copy_or_share(m, table->table_type, NULL)};
    if (!copy->name || !copy->type || !copy->comment || !copy->table_type) return NULL;
    if (m->in.depth == METADATA_COLUMNS && !copy_columns(m, copy, table)) return NULL;
    return copy;
}

enum status metadata_found_table(struct metadata *m, struct metadata_list **list,
                                 const char *catalog, const char *database,
                                 const struct athena_table *table)
{
    if (!metadata_found_is_meant(&m->in.table, table->name)) return ST_OK;
    if (!*list || (*list)->database != database) *list = add_list(m, catalog, database);
    table = copy_table(m, table);
    if (*list && table && add_table(*list, table)) return ST_OK;
    return fault_no_memory(&m->op.fault);
}

void metadata_found_forget(struct metadata *m, const char *catalog)
{
    size_t kept = 0;

    for (size_t i = 0; i < m->out.count; i++) {
        struct metadata_list *list = m->out.lists[i];

        if (list->catalog == catalog) {
            free(list->tables);
        } else {
            m->out.lists[kept++] = list;
        }
    }
    m->out.count = kept;
}

static int compare_tables(const void *left, const void *right)
{
    return strcmp((*(const struct athena_table *const *)left)->name,
                  (*(const struct athena_table *const *)right)->name);
}

/* Glue's are in order as they come. */
void metadata_found_all(struct metadata_list *l)
{
    for (size_t i = 1; l && i < l->count; i++) {
        if (compare_tables(&l->tables[i - 1], &l->tables[i]) > 0) {
            qsort(l->tables, l->count, sizeof *l->tables, compare_tables);
            return;
        }
    }
}
