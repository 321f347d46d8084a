/*
 * The limit: a result file in memory to plain arrays, a rowset at a time, with no ODBC around it.
 *
 *     limit FILE TYPES ROWSET-SIZE native|char|wide checked|unchecked
 *
 * Prints what tests/clients/bulk_fetch.c prints. A driver has to do all of this too, and what
 * null_driver.c does; the two together are what its time is compared with.
 */
#include "csv_columns.h"

int main(int argc, char **argv)
{
    static struct column columns[COLUMNS_MAX];
    struct csv_columns c;
    struct took took;
    size_t rowset;
    uint64_t rows;

    if (argc != 6) {
        fprintf(stderr, "limit FILE TYPES ROWSET-SIZE native|char|wide checked|unchecked\n");
        return 2;
    }
    rowset = strtoul(argv[3], NULL, 10);
    csv_columns_open(&c, argv[1], argv[2]);
    csv_columns_room(&c, argv[4], rowset, columns);
    took = took_begin();
    rows = csv_columns_convert_all(&c, rowset, columns, strcmp(argv[5], "checked") == 0);
    took_print(&took, 0, rows, columns, (int)c.width);
    csv_columns_close(&c);
    return 0;
}
