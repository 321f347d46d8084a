/*
 * Forgetting keys, tokens and passwords: memory is overwritten where a compiler may not leave it out.
 *
 * For text; buffers wipe themselves (buf_init_secret()). Any thread.
 */
#ifndef ATHENA_BASE_WIPE_H
#define ATHENA_BASE_WIPE_H

/*
 * A text in an arena, or of anybody's who frees it later. NULL and "" (which may be a constant that
 * stands for an absent text) are left alone.
 */
void wipe_text(const char *text);

/* The same for malloc()ed text, which is freed; *text is NULL then. */
void wipe_free(char **text);

#endif
