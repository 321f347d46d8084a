/*
 * The connection test: GetWorkGroup, which is free, proves the credentials and creates nothing.
 *
 * AccessDenied proves the signature too, so it counts as success (a policy without
 * athena:GetWorkGroup is common).
 */
#ifndef ATHENA_OPS_HELLO_H
#define ATHENA_OPS_HELLO_H

#include "engine/op.h"
#include "ops/call.h"
#include "ops/session.h"

struct hello {
    struct op op;
    struct session *session;
    bool is_asked;
    struct call call;
};

/* Ready to be submitted. op_release(&h->op) gives it back. NULL: no memory. */
struct hello *hello_new(struct session *s);

#endif
