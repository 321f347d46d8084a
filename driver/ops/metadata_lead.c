/* What leads to what. See metadata_lead.h. */
#include "ops/metadata_lead.h"

#include <string.h>

#include "base/ascii.h"
#include "ops/metadata_found.h"
#include "ops/metadata_way.h"

#define GLUE_CATALOG "AwsDataCatalog"

/* What the service takes: longer names it calls invalid, and there is none of that name. */
enum { CATALOG_NAME_MAX = 256, DATABASE_NAME_MAX = 128, TABLE_NAME_MAX = 128 };

static bool fits(const char *name, size_t max_bytes)
{
    return *name && strlen(name) <= max_bytes;
}

static enum metadata_kind kind_for_tables(const struct metadata *m, const struct metadata_place *p)
{
    if (m->in.table.exact) {
        const bool is_one = fits(m->in.table.exact, TABLE_NAME_MAX) && !m->io.is_get_denied;

        return is_one ? GET_TABLE : LIST_TABLES;
    }
    if (p->is_lambda && m->in.shows_lambda_tables && m->in.depth == METADATA_TABLES) {
        return SHOW_TABLES;
    }
    return LIST_TABLES;
}

enum status metadata_lead_database(struct metadata *m, const struct metadata_place *p)
{
    if (m->in.depth == METADATA_DATABASES) return metadata_found_name(m, p->catalog, p->database);
    return metadata_task_add(m, kind_for_tables(m, p), p);
}

enum status metadata_lead_databases(struct metadata *m, const struct metadata_place *p)
{
    struct metadata_place inner = *p;

    inner.database = m->in.database.exact;
    if (m->in.depth <= METADATA_DATABASES || !inner.database) {
        return metadata_task_add(m, LIST_DATABASES, p);
    }
    return fits(inner.database, DATABASE_NAME_MAX) ? metadata_lead_database(m, &inner) : ST_OK;
}

/* By calls first, and maybe by a query. */
static enum status begin_way(struct metadata *m, const struct metadata_place *p) RUNS_ON(io_thread);
static enum status begin_way(struct metadata *m, const struct metadata_place *p)
{
    struct metadata_place on_way = *p;

    on_way.way = metadata_way_new(m, p);
    if (!on_way.way) return fault_no_memory(&m->op.fault);
    if (metadata_way_is_known(m, &on_way)) return metadata_task_add(m, QUERY_TABLES, &on_way);
    return metadata_lead_databases(m, &on_way);
}

enum status metadata_lead_catalog(struct metadata *m, const struct metadata_place *p)
{
    if (m->in.depth == METADATA_CATALOGS) return metadata_found_name(m, p->catalog, NULL);
    if (m->in.depth == METADATA_DATABASES) return metadata_lead_databases(m, p);
    if (m->in.means == METADATA_BY_QUERY && !m->in.table.exact) {
        const bool are_columns = m->in.depth == METADATA_COLUMNS;

        return metadata_task_add(m, are_columns ? QUERY_COLUMNS : QUERY_TABLES, p);
    }
    if (m->in.means == METADATA_BY_SIZE && m->in.depth == METADATA_TABLES && p->is_glue) {
        return begin_way(m, p);
    }
    return metadata_lead_databases(m, p);
}

/* Athena knows catalogs in any case; results name them as other results do. */
static const char *own_spelling(const struct metadata *m, const char *catalog)
{
    if (ascii_same(catalog, GLUE_CATALOG)) return GLUE_CATALOG;
    return ascii_same(catalog, m->in.default_catalog) ? m->in.default_catalog : catalog;
}

/*
 * Only where SHOW TABLES may be wanted does a catalog's type matter. One within a catalog
 * ("s3tablescatalog/bucket") is Glue's, and GetDataCatalog does not know it.
 */
enum status metadata_lead_named(struct metadata *m, const char *catalog)
{
    const bool is_glue = ascii_same(catalog, GLUE_CATALOG);
    const struct metadata_place p = {.catalog = own_spelling(m, catalog), .is_glue = is_glue};
    const bool needs_type = m->in.shows_lambda_tables && m->in.depth == METADATA_TABLES &&
                            !m->in.table.exact && m->in.means != METADATA_BY_QUERY && !is_glue &&
                            !strchr(catalog, '/');

    if (!fits(catalog, CATALOG_NAME_MAX)) return ST_OK;
    return needs_type ? metadata_task_add(m, GET_CATALOG, &p) : metadata_lead_catalog(m, &p);
}

enum status metadata_lead_begin(struct metadata *m)
{
    static const struct metadata_place nowhere = {.pardon = PARDON_NOTHING};

    if (m->in.catalog.exact) return metadata_lead_named(m, m->in.catalog.exact);
    if (m->in.lists_catalogs) return metadata_task_add(m, LIST_CATALOGS, &nowhere);
    if (!metadata_found_is_meant(&m->in.catalog, m->in.default_catalog)) return ST_OK;
    return metadata_lead_named(m, m->in.default_catalog);
}
