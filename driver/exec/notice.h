/*
 * Telling an application that its pending call has an outcome (ODBC 3.8, notification).
 *
 * Two ways, both asked for by statement attribute: a file descriptor (eventfd, pipe or socket) into
 * which the 8-byte integer 1 is written, and a callback. Each deferred operation gives one signal;
 * one that completes at once gives none.
 *
 * The signal is sent on the I/O thread while the statement may be freed by its own, so a notice
 * has a life of its own: one reference of the statement, one of the signal that is to come.
 */
#ifndef ATHENA_EXEC_NOTICE_H
#define ATHENA_EXEC_NOTICE_H

#include <stdbool.h>

#include "engine/op.h"
#include "handle/stmt.h"

struct notice;

/*
 * Asks that the application be told of op's end. False when it is over already: then nothing will
 * be signalled. *notice gets what notice_forget() ends; it stays NULL when the statement has
 * neither descriptor nor callback or when nothing is to come.
 */
bool notice_arrange(struct notice **notice, const struct stmt_attributes *attr, struct op *op);

/*
 * The statement's end of it, on its thread, after the operation's outcome has been seen or when
 * it is abandoned: what has not been signalled by now never will be. NULL is allowed.
 */
void notice_forget(struct notice **notice, struct op *op);

/*
 * Writes the 8-byte integer 1 without blocking and without raising SIGPIPE; a full descriptor is
 * readable already, so that is fine. Any thread.
 */
void notice_write(int fd);

#endif
