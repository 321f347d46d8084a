/*
 * From what AWS says to what ODBC calls it, with a hint at what the user can do.
 *
 * One table for API errors (code and text of an answer) and one for queries that FAILED
 * (StateChangeReason, AthenaError). Any thread.
 */
#ifndef ATHENA_AWS_ERROR_MAP_H
#define ATHENA_AWS_ERROR_MAP_H

#include "aws/athena_codec.h"
#include "aws/aws_error.h"
#include "base/fault.h"
#include "base/status.h"

struct error_meaning {
    enum sqlstate state;
    const char *hint; /* static; "" when there is nothing to advise */
};

/* Of an API answer; of an execution that ended FAILED or CANCELLED. */
struct error_meaning error_map_answer(const struct aws_error *e);
struct error_meaning error_map_execution(const struct athena_execution *x);

/*
 * Sets the fault "doing: message (code; request id). hint" and returns ST_ERR. request_id (of the
 * answer's header) may be NULL.
 */
enum status error_map_fault(struct fault *f, const char *doing, const struct aws_error *e,
                            const char *request_id);

/* The same for an execution: Athena's own text first, then its query id. */
enum status error_map_failed(struct fault *f, const char *doing, const struct athena_execution *x);

#endif
