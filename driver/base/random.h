/*
 * Random bits of the operating system: request tokens, jitter. Any thread.
 */
#ifndef ATHENA_BASE_RANDOM_H
#define ATHENA_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Never fails and never waits for long, like the other one. */
uint32_t random_u32(void);

/* A UUID version 4 in its 36 characters and a NUL (RFC 9562, section 5.4). */
void random_uuid(char text[37]);

#endif
