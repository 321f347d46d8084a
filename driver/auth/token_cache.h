/*
 * What sign-ins leave for the next process: temporary keys and tokens in small files.
 *
 *     $HOME/.athena-odbc/            0700, of this user
 *         BrowserAzureAD-HASH.json   0600; HASH is of all options that have a say in who signs in
 *
 * Tools for reports start several processes, and each would otherwise ask the user anew. The files
 * are written beside their place and renamed, so that a reader sees a whole one or none. A folder or
 * file that belongs to somebody else, that others may read, that is a link, or that does not parse is as good
 * as none; so is one whose content has ended. Nothing here fails a sign-in.
 *
 * Contents: aws/cached.h. I/O thread; the files are small and local.
 */
#ifndef ATHENA_AUTH_TOKEN_CACHE_H
#define ATHENA_AUTH_TOKEN_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "base/buf.h"
#include "config/options.h"

/* A place in the cache. */
struct token_cache {
    const char *home; /* borrowed; NULL: there is no cache */
    char file[128];
};

/*
 * The place for what options lead to. kind: how the file's name begins, letters, digits, '-' and '_'
 * (others become '_'). home: $HOME, or NULL. False when there is none.
 */
bool token_cache_find(struct token_cache *c, const char *home, const char *kind,
                      const struct options *options);

/* The keys there when they are good until now_s + margin_s at least; the caller clears them. */
bool token_cache_get_keys(const struct token_cache *c, struct aws_credentials *keys, int64_t now_s,
                          int64_t margin_s);

/* Keys that never end are not kept. */
void token_cache_put_keys(const struct token_cache *c, const struct aws_credentials *keys);

/* The same for a token; it is appended to out, which the caller wipes. expires_at_s may be NULL. */
bool token_cache_get_token(const struct token_cache *c, struct buf *out, int64_t *expires_at_s,
                           int64_t now_s, int64_t margin_s);
void token_cache_put_token(const struct token_cache *c, const char *token, int64_t expires_at_s);

/* Takes it away, whatever it is. */
void token_cache_forget(const struct token_cache *c);

#endif
