/*
 * The three outcomes of everything that can fail or wait.
 *
 * What went wrong is not here but in a struct fault (base/fault.h) that the caller owns.
 */
#ifndef ATHENA_BASE_STATUS_H
#define ATHENA_BASE_STATUS_H

enum status {
    ST_OK,   /* done */
    ST_WAIT, /* no error: not yet, call again when woken */
    ST_ERR   /* failed: the fault says why */
};

#endif
