/*
 * Doubly linked intrusive lists, and container_of.
 *
 * A struct list is both a head and a link. A link that is in no list points at itself, so
 * list_remove() may be called twice.
 */
#ifndef ATHENA_BASE_LIST_H
#define ATHENA_BASE_LIST_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

/* clang-format off */
#define container_of(pointer, type, member) \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))
/* clang-format on */

struct list {
    struct list *next, *prev;
};

static inline void list_init(struct list *l)
{
    l->next = l->prev = l;
}

static inline bool list_is_empty(const struct list *l)
{
    return l->next == l;
}

static inline void list_append(struct list *head, struct list *link)
{
    link->prev = head->prev;
    link->next = head;
    head->prev->next = link;
    head->prev = link;
}

static inline void list_remove(struct list *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    list_init(link);
}

/* Removes and returns the first link, NULL when the list is empty. */
static inline struct list *list_shift(struct list *head)
{
    struct list *first = head->next;

    if (first == head) return NULL;
    list_remove(first);
    assert(head->next != first); /* so much the analyzer does not see by itself */
    return first;
}

#define list_each(item, head) \
    for (struct list *item = (head)->next; item != (head); item = item->next)

#endif
