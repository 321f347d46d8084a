/*
 * Random bits of the operating system: request tokens, jitter, secrets. Any thread.
 */
#ifndef ATHENA_BASE_RANDOM_H
#define ATHENA_BASE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Never fails and never waits for long, like the other one. */
uint32_t random_u32(void);

/* A UUID version 4 in its 36 characters and a NUL (RFC 9562, section 5.4). */
void random_uuid(char text[37]);

/* For what nobody may guess: the kernel's bits, or false. */
bool random_secret(void *bytes, size_t count);

#endif
