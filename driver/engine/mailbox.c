/*
 * The mailbox: see mailbox.h.
 *
 * Who pushes onto an empty stack writes to the eventfd. The reader clears a readable eventfd before
 * it takes the stack: what is pushed between the two is taken, and what is pushed later finds the
 * stack empty and writes again. So no mail is left lying, and a burst costs one write. A wake-up
 * may find nothing, when its mail was taken by the round that was under way.
 */
#include "engine/mailbox.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum status mailbox_init(struct mailbox *box, struct fault *f)
{
    atomic_init(&box->newest, NULL);
    box->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (box->wake_fd >= 0) return ST_OK;
    return fault_set(f, SQLSTATE_HY000, errno,
                     "starting the driver's I/O thread: no event descriptor (errno %d)", errno);
}

void mailbox_clear(struct mailbox *box)
{
    if (box->wake_fd >= 0) close(box->wake_fd);
    box->wake_fd = -1;
}

void mailbox_post(struct mailbox *box, struct mail *m)
{
    struct mail *newest = atomic_load_explicit(&box->newest, memory_order_relaxed);
    int kept_errno = errno;

    do {
        m->next = newest;
    } while (!atomic_compare_exchange_weak_explicit(&box->newest, &newest, m, memory_order_release,
                                                    memory_order_relaxed));
    if (newest != NULL) return;
    /* EAGAIN, a full counter, means that the reader will be woken anyhow. */
    while (write(box->wake_fd, &(uint64_t){1}, sizeof(uint64_t)) < 0 && errno == EINTR) {}
    errno = kept_errno;
}

void mailbox_woken(struct mailbox *box)
{
    uint64_t count;

    while (read(box->wake_fd, &count, sizeof count) < 0 && errno == EINTR) {}
}

static struct mail *reversed(struct mail *newest)
{
    struct mail *oldest = NULL;

    while (newest != NULL) {
        struct mail *older = newest->next;

        newest->next = oldest;
        oldest = newest;
        newest = older;
    }
    return oldest;
}

bool mailbox_receive(struct mailbox *box)
{
    struct mail *m;

    if (atomic_load_explicit(&box->newest, memory_order_relaxed) == NULL) return false;
    m = reversed(atomic_exchange_explicit(&box->newest, NULL, memory_order_acquire));
    while (m != NULL) {
        struct mail *next = m->next; /* a received mail may be posted again, or be gone */

        m->receive(m);
        m = next;
    }
    return true;
}
