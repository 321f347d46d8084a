/*
 * Builds the rows of a result in memory. Fails sticky: it is asked once, when the page is taken.
 *
 *     struct sheet sheet;
 *     sheet_init(&sheet, 5);
 *     sheet_row(&sheet);                  all NULL
 *     sheet_text(&sheet, 3, "taxi");      columns count from 1, as in ODBC's descriptions
 *     page = sheet_take(&sheet, &fault);
 */
#ifndef ATHENA_CATALOG_SHEET_H
#define ATHENA_CATALOG_SHEET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/value.h"

struct sheet {
    struct page *page; /* NULL when even that could not be had */
    struct cell *cells;
    size_t room_rows;
    bool has_failed;
};

void sheet_init(struct sheet *s, unsigned column_count);

/* Begins the next row. */
void sheet_row(struct sheet *s);

/* Sets a value of the row begun last. The text is copied; NULL leaves the value NULL. */
void sheet_text(struct sheet *s, unsigned column, const char *text);
void sheet_number(struct sheet *s, unsigned column, int64_t number);

/* The rows as a page, the caller's; NULL with HY001. The sheet is gone in both cases. */
struct page *sheet_take(struct sheet *s, struct fault *f);

#endif
