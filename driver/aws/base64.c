/* Base64. See base64.h. */
#include "aws/base64.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

/* Of count bytes, padding and NUL included. */
static size_t coded_bytes(size_t count)
{
    return (count + 2) / 3 * 4 + 1;
}

void base64_put(struct buf *out, const void *bytes, size_t count)
{
    /* whole triples at a time, so that no piece is padded but the last */
    enum { PIECE = 3 * 1024 };
    unsigned char coded[PIECE / 3 * 4 + 1];
    const unsigned char *from = bytes;

    while (count) {
        size_t piece = count < PIECE ? count : PIECE;
        int n = EVP_EncodeBlock(coded, from, (int)piece);

        buf_put(out, coded, (size_t)n);
        from += piece;
        count -= piece;
    }
    explicit_bzero(coded, sizeof coded);
}

void base64_put_url(struct buf *out, const void *bytes, size_t count)
{
    size_t from = out->count;

    base64_put(out, bytes, count);
    if (!buf_ok(out) || !count) return;
    while (out->bytes[out->count - 1] == '=')
        out->bytes[--out->count] = '\0';
    for (size_t i = from; i < out->count; i++) {
        if (out->bytes[i] == '+') out->bytes[i] = '-';
        if (out->bytes[i] == '/') out->bytes[i] = '_';
    }
}

/* The text without blanks and padding, in the standard alphabet, padded anew; NULL: no memory. */
static char *normalized(const char *text, size_t count, size_t *out_count)
{
    char *out = malloc(coded_bytes(count) + 4);
    size_t n = 0;

    if (!out) return NULL;
    for (size_t i = 0; i < count; i++) {
        if (text[i] && strchr(" \t\r\n", text[i])) continue;
        out[n++] = text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i];
    }
    for (int padding = 0; padding < 2 && n && out[n - 1] == '='; padding++)
        n--;
    *out_count = n;
    while (n % 4)
        out[n++] = '=';
    out[n] = '\0';
    return out;
}

/* EVP_DecodeBlock() has taken padding for the beginning of another byte. */
static size_t decoded_bytes(size_t letters)
{
    return letters / 4 * 3 + (letters % 4 ? letters % 4 - 1 : 0);
}

bool base64_read(struct buf *out, const char *text, size_t count)
{
    size_t letters = 0, room;
    char *coded = normalized(text, count, &letters);
    unsigned char *bytes;
    bool is_good;

    if (!coded) return false;
    room = (letters + 3) / 4 * 4;
    bytes = malloc(room / 4 * 3 + 1);
    is_good = bytes && strlen(coded) == room && letters % 4 != 1 && room <= 1 << 30 &&
              strspn(coded, "=") == 0 && memchr(coded, '=', letters) == NULL;
    if (is_good && room) {
        is_good = EVP_DecodeBlock(bytes, (const unsigned char *)coded, (int)room) >= 0;
    }
    if (is_good) buf_put(out, bytes, decoded_bytes(letters));
    if (bytes) explicit_bzero(bytes, room / 4 * 3);
    explicit_bzero(coded, room);
    free(bytes);
    free(coded);
    return is_good && buf_ok(out);
}
