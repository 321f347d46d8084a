#include "aws/pkce.h"

#include <openssl/crypto.h>
#include <string.h>

#include "aws/base64.h"
#include "aws/sigv4.h"
#include "base/ascii.h"
#include "base/random.h"

enum { RAW_BYTES = 32 };

static bool write_letters(char text[PKCE_TEXT_BYTES], const unsigned char raw[RAW_BYTES])
{
    struct buf b;
    bool is_whole;

    buf_init_secret(&b, PKCE_TEXT_BYTES);
    base64_put_url(&b, raw, RAW_BYTES);
    is_whole = buf_ok(&b) && b.count == PKCE_TEXT_BYTES - 1;
    memcpy(text, b.bytes, is_whole ? PKCE_TEXT_BYTES : 1);
    buf_clear(&b);
    return is_whole;
}

bool pkce_random_text(char text[PKCE_TEXT_BYTES])
{
    unsigned char raw[RAW_BYTES];
    bool is_made;

    text[0] = '\0';
    is_made = random_secret(raw, sizeof raw) && write_letters(text, raw);
    explicit_bzero(raw, sizeof raw);
    return is_made;
}

bool pkce_challenge(char challenge[PKCE_TEXT_BYTES], const char *verifier)
{
    unsigned char raw[RAW_BYTES];
    char hex[65];

    challenge[0] = '\0';
    if (!sigv4_hash(hex, verifier, strlen(verifier))) return false;
    for (size_t i = 0; i < RAW_BYTES; i++) {
        int high = ascii_hex_value(hex[2 * i]), low = ascii_hex_value(hex[2 * i + 1]);

        raw[i] = (unsigned char)(high * 16 + low);
    }
    return write_letters(challenge, raw);
}

bool pkce_same(const char *a, const char *b)
{
    size_t count = strlen(a);

    return count == strlen(b) && !CRYPTO_memcmp(a, b, count);
}
