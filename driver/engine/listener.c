/* Listening on this machine's own addresses. See listener.h for the states. */
#include "engine/listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/loop.h"

enum {
    DOORS = 2,
    BACKLOG = 16,
    READ_BYTES = 16 * 1024,
    PORT_TRIES = 20,    /* for one that is free on both addresses */
    FULL_PAUSE_MS = 100 /* when the process has no descriptor left */
};

struct door {
    struct watch watch;
    struct listener *listener;
    struct timer pause;
};

enum peer_step { PEER_READ, PEER_SEND, PEER_LINGER };

struct peer {
    struct listener *listener;
    struct list link;
    struct watch watch;
    struct timer limit;
    enum peer_step step;
    struct buf in, out;
    size_t sent;
};

/* ---- peers -------------------------------------------------------------------------------- */

static void peer_free(struct peer *p) RUNS_ON(io_thread);
static void peer_free(struct peer *p)
{
    struct listener *l = p->listener;

    watch_stop(l->engine, &p->watch);
    timer_stop(&p->limit, l->engine);
    close(p->watch.fd);
    list_remove(&p->link);
    l->peer_count--;
    buf_clear(&p->in);
    buf_clear(&p->out);
    free(p);
}

static void limit_reached(struct timer *t)
{
    engine_assert();
    peer_free(container_of(t, struct peer, limit));
}

/* False when the other side has closed, or the connection is broken. */
static bool read_some(struct peer *p)
{
    char bytes[READ_BYTES];
    ssize_t count;
    bool is_open;

    do {
        count = recv(p->watch.fd, bytes, sizeof bytes, 0);
    } while (count < 0 && errno == EINTR);
    is_open = count > 0 || (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
    if (count > 0) {
        if (p->step == PEER_READ) buf_put(&p->in, bytes, (size_t)count);
        explicit_bzero(bytes, (size_t)count);
    }
    return is_open && buf_ok(&p->in);
}

/* False when the connection is broken. */
static bool send_some(struct peer *p) RUNS_ON(io_thread);
static bool send_some(struct peer *p)
{
    while (p->sent < p->out.count) {
        ssize_t count =
            send(p->watch.fd, p->out.bytes + p->sent, p->out.count - p->sent, MSG_NOSIGNAL);

        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
        p->sent += (size_t)count;
    }
    shutdown(p->watch.fd, SHUT_WR);
    p->step = PEER_LINGER;
    return !watch_start(p->listener->engine, &p->watch, EPOLLIN);
}

static bool go_on(struct peer *p, uint32_t events) RUNS_ON(io_thread);
static bool go_on(struct peer *p, uint32_t events)
{
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        size_t before = p->in.count;

        if (!read_some(p)) return false;
        if (p->step == PEER_READ && p->in.count > before) {
            p->listener->wish.received(p->listener->wish.context, p, &p->in);
        }
    }
    return p->step != PEER_SEND || send_some(p);
}

static void peer_ready(struct watch *w, uint32_t events)
{
    struct peer *p = container_of(w, struct peer, watch);

    engine_assert();
    if (!go_on(p, events)) peer_free(p);
}

void peer_answer(struct peer *p, const char *bytes, size_t count)
{
    buf_clear(&p->in);
    buf_put(&p->out, bytes, count);
    p->step = PEER_SEND; /* sent by who has called received() */
    watch_start(p->listener->engine, &p->watch, EPOLLIN | EPOLLOUT);
}

/* ---- doors -------------------------------------------------------------------------------- */

static void let_in(struct listener *l, int fd) RUNS_ON(io_thread);
static void let_in(struct listener *l, int fd)
{
    struct peer *p;

    if (l->peer_count >= l->wish.max_peers)
        peer_free(container_of(l->peers.next, struct peer, link));
    p = calloc(1, sizeof *p);
    if (!p) {
        close(fd);
        return;
    }
    p->listener = l;
    p->watch = (struct watch){fd, false, peer_ready};
    buf_init_secret(&p->in, l->wish.max_in_bytes);
    buf_init(&p->out, SIZE_MAX);
    list_append(&l->peers, &p->link);
    l->peer_count++;
    timer_call(&p->limit, l->engine, l->wish.patience_ms, limit_reached);
    if (watch_start(l->engine, &p->watch, EPOLLIN)) peer_free(p);
}

static void open_again(struct timer *t)
{
    struct door *door = container_of(t, struct door, pause);

    engine_assert();
    watch_start(door->listener->engine, &door->watch, EPOLLIN);
}

static void door_ready(struct watch *w, uint32_t events)
{
    struct door *door = container_of(w, struct door, watch);
    struct listener *l = door->listener;
    int fd = accept4(w->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    (void)events;
    engine_assert();
    if (fd >= 0) {
        let_in(l, fd);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        watch_stop(l->engine, w); /* it would be ready again at once */
        timer_call(&door->pause, l->engine, FULL_PAUSE_MS, open_again);
    }
}

/* ---- opening ------------------------------------------------------------------------------ */

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* The address of this machine in a family, and its length. */
static socklen_t own_address(union address *a, int family, unsigned port)
{
    memset(a, 0, sizeof *a);
    if (family == AF_INET) {
        a->v4.sin_family = AF_INET;
        a->v4.sin_port = htons((uint16_t)port);
        a->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return sizeof a->v4;
    }
    a->v6.sin6_family = AF_INET6;
    a->v6.sin6_port = htons((uint16_t)port);
    a->v6.sin6_addr = in6addr_loopback;
    return sizeof a->v6;
}

static unsigned port_of(int fd)
{
    union address a = {.v6 = {.sin6_port = 0}};
    socklen_t bytes = sizeof a;

    if (getsockname(fd, &a.any, &bytes)) return 0;
    return ntohs(a.any.sa_family == AF_INET ? a.v4.sin_port : a.v6.sin6_port);
}

/*
 * 0, or errno. With SO_REUSEADDR a port can be had again while connections of the sign-in before linger in
 * TIME_WAIT; on Linux it does not let two listen on one port.
 */
static int open_door(int *fd, int family, unsigned port)
{
    union address a;
    socklen_t bytes = own_address(&a, family, port);
    int yes = 1, error = 0;

    *fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (*fd < 0) return errno;
    setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (family == AF_INET6) setsockopt(*fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    if (bind(*fd, &a.any, bytes) || listen(*fd, BACKLOG)) error = errno;
    if (!error) return 0;
    close(*fd);
    *fd = -1;
    return error;
}

static bool is_without_family(int error)
{
    return error == EAFNOSUPPORT || error == EADDRNOTAVAIL || error == EPROTONOSUPPORT;
}

/* 0, or errno. A machine may be without one of the two families. */
static int open_pair(int fds[DOORS], unsigned *port)
{
    int error = open_door(&fds[0], AF_INET, *port), second;

    if (error && !is_without_family(error)) return error;
    if (!error) *port = port_of(fds[0]);
    second = open_door(&fds[1], AF_INET6, *port);
    if (!second) *port = port_of(fds[1]);
    if (!second || (is_without_family(second) && !error)) return 0;
    if (fds[0] >= 0) close(fds[0]);
    fds[0] = -1;
    return second;
}

static int open_all(int fds[DOORS], unsigned *port)
{
    unsigned wanted = *port;
    int error = EADDRINUSE;

    for (int i = 0; i < PORT_TRIES && error == EADDRINUSE; i++) {
        *port = wanted;
        error = open_pair(fds, port);
        if (wanted) break;
    }
    return error;
}

static enum status watch_doors(struct listener *l, const int fds[DOORS]) RUNS_ON(io_thread);
static enum status watch_doors(struct listener *l, const int fds[DOORS])
{
    enum status st = ST_OK;

    for (int i = 0; i < DOORS; i++) {
        struct door *door = &l->doors[i];

        door->listener = l;
        door->watch = (struct watch){fds[i], false, door_ready};
        if (fds[i] >= 0 && watch_start(l->engine, &door->watch, EPOLLIN)) st = ST_ERR;
    }
    return st;
}

enum status listener_open(struct listener *l, struct engine *e, const struct listener_wish *wish,
                          struct fault *f)
{
    int fds[DOORS] = {-1, -1};
    unsigned port = wish->port;
    char why[128];
    int error;

    *l = (struct listener){.engine = e, .wish = *wish};
    list_init(&l->peers);
    l->doors = calloc(DOORS, sizeof *l->doors);
    if (!l->doors) return fault_no_memory(f);
    error = open_all(fds, &port);
    if (error) {
        free(l->doors);
        l->doors = NULL;
        return fault_set(f, SQLSTATE_08001, error, "listening on port %u of this machine: %s", port,
                         strerror_r(error, why, sizeof why));
    }
    l->port = port;
    if (!watch_doors(l, fds)) return ST_OK;
    listener_close(l);
    return fault_set(f, SQLSTATE_HY000, 0, "listening on port %u: it cannot be watched", port);
}

void listener_close(struct listener *l)
{
    struct list *link;

    if (!l->doors) return;
    while ((link = list_shift(&l->peers)))
        peer_free(container_of(link, struct peer, link));
    for (int i = 0; i < DOORS; i++) {
        struct door *door = &l->doors[i];

        timer_stop(&door->pause, l->engine);
        if (door->watch.fd < 0) continue;
        watch_stop(l->engine, &door->watch);
        shutdown(door->watch.fd, SHUT_RDWR); /* a fork()ed child may hold a copy of it */
        close(door->watch.fd);
    }
    free(l->doors);
    l->doors = NULL;
}
