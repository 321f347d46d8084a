/*
 * Rows that have been read and may be asked for again: the store behind a scrollable cursor.
 *
 * Rows are added in order, once, and given back in any order, by number from 0. The newest stand in
 * memory; what is more than a few of them goes to a temporary file (base/tempfile.h), in blocks of
 * some 64 KiB, of which only the place is kept:
 *
 *     index    {first row, offset in the file, bytes} a block        memory: 24 bytes for 64 KiB
 *     block    records, one behind the other
 *     record   uint32 bytes of the record, this word included
 *              uint32 a column: bytes of the value | 1 << 31 when CELL_DOUBLED_QUOTES, or ~0: NULL
 *              the values' text, one behind the other
 *
 * A row is found by a search in the index and a walk over the lengths of the records before it in
 * its block. The block read last is kept, and where in it the walk has come to, so that neighbours
 * cost no more than a copy.
 *
 * Memory: a result that fits SPILL_MEMORY_BYTES never makes a file; else that much, a block and the
 * index. Thread: one at a time; the calls may wait for the disk, so not the I/O thread.
 */
#ifndef ATHENA_RESULTS_SPILL_H
#define ATHENA_RESULTS_SPILL_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/value.h"
#include "results/rows.h"

enum { SPILL_MEMORY_BYTES = 1 << 20, SPILL_BLOCK_BYTES = 64 << 10 };

struct spill;

/* A store for rows of so many columns. NULL: no memory. */
struct spill *spill_new(unsigned column_count);

/* NULL is allowed. */
void spill_free(struct spill *s);

/* How many rows it has. */
uint64_t spill_count(const struct spill *s);

/* Bytes of all its records, and those of them in the temporary file; 0: there is none. */
uint64_t spill_bytes(const struct spill *s);
uint64_t spill_file_bytes(const struct spill *s);

/*
 * Copies the first count rows in hand behind those it has; r keeps them. On failure (HY001, or the
 * disk's HY000) those before the one that failed are in: spill_count() tells.
 */
enum status spill_add(struct spill *s, const struct rows *r, size_t count, struct fault *f);

/*
 * The record of a row (0 ... count - 1), valid until the next call of spill_add() or spill_record().
 * NULL with a fault.
 */
const char *spill_record(struct spill *s, uint64_t row, size_t *bytes, struct fault *f);

/* Reads a record, wherever it has been copied to, into columns[0][row], columns[1][row] ... */
void spill_cells(const char *record, unsigned column_count, struct cell *const *columns,
                 size_t row);

#endif
