/*
 * Letters to the I/O thread: a stack that any thread pushes to and the I/O thread empties.
 *
 * Lock-free, so that posting never blocks and a fork() cannot leave a lock behind. The mail itself
 * is embedded in what is sent (an operation), or allocated by the sender. Private to engine/.
 */
#ifndef ATHENA_ENGINE_MAILBOX_H
#define ATHENA_ENGINE_MAILBOX_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"

struct mail {
    struct mail *next;
    void (*receive)(struct mail *m); /* on the I/O thread; owns the mail from here on */
};

struct mailbox {
    _Atomic(struct mail *) newest;
    int wake_fd; /* an eventfd, readable when there may be mail */
};

enum status mailbox_init(struct mailbox *box, struct fault *f);
void mailbox_clear(struct mailbox *box);

/* Any thread; never blocks. A mail is in at most one mailbox, once. */
void mailbox_post(struct mailbox *box, struct mail *m);

/* To be called when wake_fd is readable, before mailbox_receive(). */
void mailbox_woken(struct mailbox *box) RUNS_ON(io_thread);

/* Receives everything that has been posted, oldest first. False when there was nothing. */
bool mailbox_receive(struct mailbox *box) RUNS_ON(io_thread);

#endif
