/*
 * A family of handles without a network, for tests of handle/, info/ and api/: an environment of
 * ODBC 3.80, a connection that only says it is open, a statement.
 */
#ifndef ATHENA_TESTS_UNIT_HANDLES_H
#define ATHENA_TESTS_UNIT_HANDLES_H

#include "handle/dbc.h"
#include "handle/env.h"
#include "handle/stmt.h"

struct handles {
    struct env *env;
    struct dbc *dbc;
    struct stmt *stmt;
};

/* cmocka fixtures: *state is a struct handles. */
int handles_open(void **state);
int handles_close(void **state);

/* The SQLSTATE of the first record, "" when there is none. */
const char *handles_state(const struct handle *h);

/* Forgets the records, as the next function on the handle would. */
void handles_forget(struct handle *h);

/* Fails the test unless rc is SQL_ERROR with that SQLSTATE; forgets the records. */
void handles_expect_error(struct handle *h, SQLRETURN rc, const char *state);

/* The same for SQL_SUCCESS_WITH_INFO. */
void handles_expect_info(struct handle *h, SQLRETURN rc, const char *state);

#endif
