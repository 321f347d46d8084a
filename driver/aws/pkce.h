/*
 * What a browser's sign-in cannot guess: proof keys for code exchange (RFC 7636), states, nonces.
 *
 * Random bits come from the kernel and from nowhere else. Any thread.
 */
#ifndef ATHENA_AWS_PKCE_H
#define ATHENA_AWS_PKCE_H

#include <stdbool.h>

enum { PKCE_TEXT_BYTES = 44 }; /* 43 letters that URLs take as they are, and a NUL */

/* 256 random bits in letters. False, and an empty text, when the kernel gives none. */
bool pkce_random_text(char text[PKCE_TEXT_BYTES]);

/* The challenge (S256) that goes with a verifier. False when libcrypto fails. */
bool pkce_challenge(char challenge[PKCE_TEXT_BYTES], const char *verifier);

/* Whether both are the same text; how long it takes does not tell where they differ. */
bool pkce_same(const char *a, const char *b);

#endif
