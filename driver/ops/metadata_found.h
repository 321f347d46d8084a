/*
 * What an operation of ops/metadata.h has found so far: names, and the tables of databases, copied
 * from answers into the operation's arena as they are needed. I/O thread, while it runs.
 */
#ifndef ATHENA_OPS_METADATA_FOUND_H
#define ATHENA_OPS_METADATA_FOUND_H

#include <stdbool.h>

#include "ops/metadata.h"

/* Whether the filter lets a name through. */
bool metadata_found_is_meant(const struct metadata_filter *f, const char *name);

/* A name of an enumeration; database may be NULL. Both are in the arena. */
enum status metadata_found_name(struct metadata *m, const char *catalog, const char *database);

/*
 * A table, copied if it is meant, with its columns if those are wanted. *list is where it goes: the
 * tables of one database, made anew when it is NULL or another's. catalog and database are in the
 * arena and known by their addresses.
 */
enum status metadata_found_table(struct metadata *m, struct metadata_list **list,
                                 const char *catalog, const char *database,
                                 const struct athena_table *table);

/* What was found of a catalog, known by its address, is told in another way: forgets it. */
void metadata_found_forget(struct metadata *m, const char *catalog);

/* A list is complete: puts it in order. NULL is allowed. */
void metadata_found_all(struct metadata_list *l);

#endif
