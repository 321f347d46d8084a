/*
 * The order of things is the specification's: canonical request, string to sign, signature. The
 * canonical request is written into one buffer that lives with the key, so that a signature after
 * the first allocates only what it returns.
 */
#include "aws/sigv4.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

#include "aws/percent.h"
#include "base/ascii.h"
#include "base/buf.h"

enum { HASH_BYTES = 32, HEADERS_MAX = 32, QUERY_MAX = 64, CANONICAL_LIMIT = 1 << 20 };

static const char algorithm[] = "AWS4-HMAC-SHA256";

/* Fetching an algorithm costs more than using it: once per key, not per signature. */
struct sigv4_tools {
    EVP_MD *sha256;
    EVP_MD_CTX *hash;
    EVP_MAC *hmac;
    EVP_MAC_CTX *mac;
    struct buf canonical;
};

/* One signature in the making. */
struct signing {
    const struct aws_credentials *credentials;
    const char *region, *service;
    const struct sigv4_request *request;
    struct arena *arena;
    struct sigv4_tools *tools;

    char time[17]; /* YYYYMMDDTHHMMSSZ */
    char payload[65];
    const char *scope;                     /* "20150830/us-east-1/athena/aws4_request" */
    struct sigv4_header sent[HEADERS_MAX]; /* all headers but Host and Authorization */
    size_t sent_count;
    struct sigv4_header signed_[HEADERS_MAX]; /* names in lower case, sorted; Host among them */
    size_t signed_count;
    const char *signed_names; /* "host;x-amz-date" */
    const char *string_to_sign;
};

/* One text of several, NULL behind the last; printf would be a third of a signature's cost. */
static char *join(struct arena *a, const char *const parts[])
{
    size_t bytes = 0;
    char *text, *out;

    for (size_t i = 0; parts[i]; i++)
        bytes += strlen(parts[i]);
    text = out = arena_alloc(a, bytes + 1);
    for (size_t i = 0; parts[i] && text; i++) {
        size_t count = strlen(parts[i]);

        memcpy(out, parts[i], count);
        out += count;
    }
    return text;
}

/* ---- libcrypto ---- */

static void tools_free(struct sigv4_tools *t)
{
    if (!t) return;
    EVP_MD_CTX_free(t->hash);
    EVP_MD_free(t->sha256);
    EVP_MAC_CTX_free(t->mac);
    EVP_MAC_free(t->hmac);
    buf_clear(&t->canonical);
    free(t);
}

static struct sigv4_tools *tools_new(void)
{
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                           OSSL_PARAM_construct_end()};
    struct sigv4_tools *t = calloc(1, sizeof *t);

    if (!t) return NULL;
    buf_init(&t->canonical, CANONICAL_LIMIT);
    t->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    t->hash = EVP_MD_CTX_new();
    t->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    t->mac = t->hmac ? EVP_MAC_CTX_new(t->hmac) : NULL;
    if (!t->sha256 || !t->hash || !t->mac || !EVP_MAC_CTX_set_params(t->mac, params)) {
        tools_free(t);
        return NULL;
    }
    return t;
}

static void to_hex(char hex[65], const unsigned char bytes[HASH_BYTES])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < HASH_BYTES; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    hex[64] = '\0';
}

static bool hash_hex(struct sigv4_tools *t, char hex[65], const void *bytes, size_t count)
{
    unsigned char out[HASH_BYTES];

    if (!EVP_DigestInit_ex2(t->hash, t->sha256, NULL) ||
        (count && !EVP_DigestUpdate(t->hash, bytes, count)) ||
        !EVP_DigestFinal_ex(t->hash, out, NULL)) {
        return false;
    }
    to_hex(hex, out);
    return true;
}

bool sigv4_hash(char hex[65], const void *bytes, size_t count)
{
    struct sigv4_tools *t = tools_new();
    bool is_done = t && hash_hex(t, hex, bytes, count);

    tools_free(t);
    return is_done;
}

static bool hmac(struct sigv4_tools *t, unsigned char out[HASH_BYTES], const void *key,
                 size_t key_bytes, const char *text)
{
    size_t out_bytes;

    return EVP_MAC_init(t->mac, key, key_bytes, NULL) &&
           EVP_MAC_update(t->mac, (const unsigned char *)text, strlen(text)) &&
           EVP_MAC_final(t->mac, out, &out_bytes, HASH_BYTES);
}

/* ---- the key of a day ---- */

void sigv4_key_clear(struct sigv4_key *k)
{
    tools_free(k->tools);
    explicit_bzero(k, sizeof *k);
}

static bool derive(struct sigv4_key *k, const char *secret)
{
    struct buf first;
    bool is_done;

    buf_init_secret(&first, 1 << 16);
    buf_puts(&first, "AWS4");
    buf_puts(&first, secret);
    is_done = buf_ok(&first) && hmac(k->tools, k->bytes, first.bytes, first.count, k->day) &&
              hmac(k->tools, k->bytes, k->bytes, HASH_BYTES, k->region) &&
              hmac(k->tools, k->bytes, k->bytes, HASH_BYTES, k->service) &&
              hmac(k->tools, k->bytes, k->bytes, HASH_BYTES, "aws4_request");
    buf_clear(&first);
    return is_done;
}

static bool keep(char *to, size_t room, const char *text, size_t bytes)
{
    if (bytes >= room) return false;
    memcpy(to, text, bytes);
    to[bytes] = '\0';
    return true;
}

/* Makes k the key for s; a day lasts until midnight UTC. */
static enum status ready_key(struct sigv4_key *k, const struct signing *s, struct fault *f)
{
    bool is_same = !strcmp(k->key_id, s->credentials->key_id) && !strncmp(k->day, s->time, 8) &&
                   !strcmp(k->region, s->region) && !strcmp(k->service, s->service);

    if (is_same) return ST_OK;
    if (!keep(k->key_id, sizeof k->key_id, s->credentials->key_id,
              strlen(s->credentials->key_id)) ||
        !keep(k->region, sizeof k->region, s->region, strlen(s->region)) ||
        !keep(k->service, sizeof k->service, s->service, strlen(s->service)) ||
        !keep(k->day, sizeof k->day, s->time, 8)) {
        k->key_id[0] = '\0';
        return fault_set(
            f, SQLSTATE_28000, 0,
            "signing a request: the access key id or the region is longer than any is");
    }
    if (!derive(k, s->credentials->secret)) {
        k->key_id[0] = '\0';
        return fault_set(f, SQLSTATE_HY000, 0, "signing a request: libcrypto's HMAC failed");
    }
    return ST_OK;
}

/* ---- canonical path and query ---- */

/* Drops "." and empty segments, and with ".." the segment before (RFC 3986, section 5.2.4). */
static char *normal_path(struct arena *a, const char *path)
{
    char *out = arena_alloc(a, strlen(path) + 2);
    size_t count = 0;

    if (!out) return NULL;
    out[count++] = '/';
    while (*path) {
        size_t bytes = strcspn(path, "/");
        bool has_slash = path[bytes] == '/';

        if (bytes == 2 && !strncmp(path, "..", 2)) {
            if (count > 1) count--;
            while (count && out[count - 1] != '/')
                count--;
        } else if (bytes && !(bytes == 1 && *path == '.')) {
            memcpy(out + count, path, bytes);
            count += bytes;
            if (has_slash) out[count++] = '/';
        }
        path += bytes + has_slash;
    }
    out[count] = '\0';
    return out;
}

static void put_path(struct buf *b, const struct signing *s)
{
    const char *path = *s->request->path ? s->request->path : "/";

    if (s->request->is_s3) {
        buf_puts(b, path);
        return;
    }
    path = normal_path(s->arena, path);
    if (path)
        percent_put(b, path, strlen(path), '/');
    else
        b->has_failed = true;
}

/* A name or value of the query: what is encoded is decoded, and all encoded again in one way. */
static const char *query_word(struct arena *a, const char *text, size_t count)
{
    char *plain = arena_copy(a, text, count), *out = plain;
    struct buf b;
    char *word;

    if (!plain) return NULL;
    for (size_t i = 0; i < count; i++) {
        int high = text[i] == '%' && i + 2 < count ? ascii_hex_value(text[i + 1]) : -1;
        int low = high >= 0 ? ascii_hex_value(text[i + 2]) : -1;

        if (low >= 0) i += 2;
        *out++ = low >= 0 ? (char)(high * 16 + low) : text[i];
    }
    buf_init(&b, CANONICAL_LIMIT);
    percent_put(&b, plain, (size_t)(out - plain), '\0');
    word = buf_ok(&b) ? arena_copy(a, b.bytes, b.count) : NULL;
    buf_clear(&b);
    return word;
}

static int by_name_and_value(const void *a, const void *b)
{
    const struct sigv4_header *x = a, *y = b;
    int order = strcmp(x->name, y->name);

    return order ? order : strcmp(x->value, y->value);
}

static void put_query(struct buf *b, const struct signing *s)
{
    const char *query = s->request->query;
    struct sigv4_header words[QUERY_MAX];
    size_t count = 0;

    while (query && *query && count < QUERY_MAX) {
        size_t bytes = strcspn(query, "&");
        size_t name_bytes = strcspn(query, "=&");
        size_t value_at = name_bytes < bytes ? name_bytes + 1 : bytes;

        words[count].name = query_word(s->arena, query, name_bytes);
        words[count].value = query_word(s->arena, query + value_at, bytes - value_at);
        if (!words[count].name || !words[count].value) b->has_failed = true;
        if (b->has_failed) return;
        if (bytes) count++;
        query += bytes + (query[bytes] == '&');
    }
    if (query && *query) b->has_failed = true; /* more words than any request of ours has */
    qsort(words, count, sizeof *words, by_name_and_value);
    for (size_t i = 0; i < count; i++) {
        if (i) buf_putc(b, '&');
        buf_puts(b, words[i].name);
        buf_putc(b, '=');
        buf_puts(b, words[i].value);
    }
}

/* ---- canonical headers ---- */

static bool is_never_signed(const char *lower_name)
{
    static const char *const names[] = {"connection",
                                        "expect",
                                        "keep-alive",
                                        "proxy-authenticate",
                                        "proxy-authorization",
                                        "te",
                                        "trailer",
                                        "transfer-encoding",
                                        "upgrade",
                                        "user-agent",
                                        "x-amzn-trace-id"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!strcmp(lower_name, names[i])) return true;
    }
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Without blanks around, and with one blank for each run of them inside. */
static const char *trimmed(struct arena *a, const char *value)
{
    char *text = arena_text(a, value), *out = text;

    if (!text) return NULL;
    for (const char *in = text; *in; in++) {
        if (!is_blank(*in))
            *out++ = *in;
        else if (out > text && out[-1] != ' ')
            *out++ = ' ';
    }
    if (out > text && out[-1] == ' ') out--;
    *out = '\0';
    return text;
}

/* Inserts behind what sorts equal, so that values of one name keep their order. */
static bool add_signed(struct signing *s, const char *name, const char *value)
{
    char *lower = arena_text(s->arena, name);
    const char *clean = trimmed(s->arena, value);
    size_t at = s->signed_count;

    if (!lower || !clean || s->signed_count == HEADERS_MAX) return false;
    for (char *c = lower; *c; c++) {
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
    }
    if (is_never_signed(lower)) return true;
    for (; at && strcmp(s->signed_[at - 1].name, lower) > 0; at--) {
        s->signed_[at] = s->signed_[at - 1];
    }
    s->signed_[at] = (struct sigv4_header){lower, clean};
    s->signed_count++;
    return true;
}

static bool send(struct signing *s, const char *name, const char *value)
{
    if (s->sent_count == HEADERS_MAX) return false;
    s->sent[s->sent_count++] = (struct sigv4_header){name, value};
    return add_signed(s, name, value);
}

static bool collect_headers(struct signing *s)
{
    const struct sigv4_request *r = s->request;
    bool is_done = add_signed(s, "host", r->host);

    for (size_t i = 0; i < r->header_count && is_done; i++) {
        is_done = send(s, r->headers[i].name, r->headers[i].value);
    }
    if (is_done) is_done = send(s, "X-Amz-Date", s->time);
    if (is_done && r->payload != SIGV4_BODY) is_done = send(s, "X-Amz-Content-Sha256", s->payload);
    if (is_done && s->credentials->token) {
        is_done = send(s, "X-Amz-Security-Token", s->credentials->token);
    }
    return is_done;
}

/* "name:value,value\n" for each name, and on the way the list of names. */
static void put_headers(struct buf *b, struct signing *s)
{
    struct buf names;

    buf_init(&names, CANONICAL_LIMIT);
    for (size_t i = 0; i < s->signed_count; i++) {
        const struct sigv4_header *h = &s->signed_[i];

        if (i && !strcmp(h->name, h[-1].name)) {
            buf_putc(b, ',');
        } else {
            if (i) buf_putc(b, '\n');
            buf_puts(b, h->name);
            buf_putc(b, ':');
            if (i) buf_putc(&names, ';');
            buf_puts(&names, h->name);
        }
        buf_puts(b, h->value);
    }
    buf_puts(b, "\n\n");
    s->signed_names = buf_ok(&names) ? arena_text(s->arena, names.bytes) : NULL;
    if (s->signed_names)
        buf_puts(b, s->signed_names);
    else
        b->has_failed = true;
    buf_clear(&names);
}

/* ---- the three steps ---- */

static void put_number(char *to, int64_t n, int digits)
{
    for (; digits; digits--, n /= 10)
        to[digits - 1] = (char)('0' + n % 10);
}

/* The Gregorian date of a day since 1970, years beginning in March while counting. */
static void format_time(char out[17], int64_t wall_s)
{
    int64_t days = wall_s / 86400 + 719468, rest = wall_s % 86400;
    int64_t era = days / 146097, of_era = days % 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t march_month = (5 * of_year + 2) / 153;
    int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;

    put_number(out, year + era * 400 + (month <= 2), 4);
    put_number(out + 4, month, 2);
    put_number(out + 6, of_year - (153 * march_month + 2) / 5 + 1, 2);
    out[8] = 'T';
    put_number(out + 9, rest / 3600, 2);
    put_number(out + 11, rest / 60 % 60, 2);
    put_number(out + 13, rest % 60, 2);
    out[15] = 'Z';
    out[16] = '\0';
}

static bool hash_payload(struct signing *s)
{
    static const char unsigned_payload[] = "UNSIGNED-PAYLOAD";

    if (s->request->payload == SIGV4_UNSIGNED) {
        return keep(s->payload, sizeof s->payload, unsigned_payload, sizeof unsigned_payload - 1);
    }
    return hash_hex(s->tools, s->payload, s->request->body, s->request->body_bytes);
}

static bool write_canonical(struct signing *s)
{
    struct buf *b = &s->tools->canonical;

    buf_reset(b);
    buf_puts(b, s->request->method);
    buf_putc(b, '\n');
    put_path(b, s);
    buf_putc(b, '\n');
    put_query(b, s);
    buf_putc(b, '\n');
    put_headers(b, s);
    buf_putc(b, '\n');
    buf_puts(b, s->payload);
    return buf_ok(b);
}

static bool write_string_to_sign(struct signing *s)
{
    char hash[65];

    if (!hash_hex(s->tools, hash, s->tools->canonical.bytes, s->tools->canonical.count)) {
        return false;
    }
    s->string_to_sign = join(s->arena, (const char *const[]){algorithm, "\n", s->time, "\n",
                                                             s->scope, "\n", hash, NULL});
    return s->string_to_sign != NULL;
}

static const char *write_authorization(const struct signing *s, const struct sigv4_key *key)
{
    unsigned char signature[HASH_BYTES];
    char hex[65];

    if (!hmac(s->tools, signature, key->bytes, HASH_BYTES, s->string_to_sign)) return NULL;
    to_hex(hex, signature);
    return join(s->arena, (const char *const[]){algorithm, " Credential=", s->credentials->key_id,
                                                "/", s->scope, ", SignedHeaders=", s->signed_names,
                                                ", Signature=", hex, NULL});
}

static enum status sign(struct signing *s, struct sigv4_key *key, int64_t wall_s,
                        const char **authorization, struct fault *f)
{
    enum status st;

    if (!key->tools) key->tools = tools_new();
    s->tools = key->tools;
    if (!s->tools) return fault_no_memory(f);
    format_time(s->time, wall_s);
    st = ready_key(key, s, f);
    if (st) return st;
    s->scope = join(s->arena, (const char *const[]){key->day, "/", s->region, "/", s->service,
                                                    "/aws4_request", NULL});
    if (!s->scope) return fault_no_memory(f);

    if (!hash_payload(s) || !collect_headers(s) || !write_canonical(s) ||
        !write_string_to_sign(s)) {
        return fault_set(f, SQLSTATE_HY001, 0, "signing a request: out of memory or limits");
    }
    *authorization = write_authorization(s, key);
    return *authorization ? ST_OK : fault_no_memory(f);
}

static enum status make_lines(const char *const **header_lines, const struct signing *s,
                              const char *authorization, struct fault *f)
{
    const char **lines = arena_array(s->arena, s->sent_count + 2, sizeof *lines);

    if (!lines) return fault_no_memory(f);
    for (size_t i = 0; i < s->sent_count; i++) {
        lines[i] =
            join(s->arena, (const char *const[]){s->sent[i].name, ": ", s->sent[i].value, NULL});
        if (!lines[i]) return fault_no_memory(f);
    }
    lines[s->sent_count] =
        join(s->arena, (const char *const[]){"Authorization: ", authorization, NULL});
    if (!lines[s->sent_count]) return fault_no_memory(f);
    *header_lines = lines;
    return ST_OK;
}

enum status sigv4_sign(const char *const **header_lines, struct arena *arena, struct sigv4_key *key,
                       const struct aws_credentials *credentials, const char *region,
                       const char *service, const struct sigv4_request *request, int64_t wall_s,
                       struct fault *f)
{
    struct signing s = {.credentials = credentials,
                        .region = region,
                        .service = service,
                        .request = request,
                        .arena = arena};
    const char *authorization = NULL;
    enum status st = sign(&s, key, wall_s, &authorization, f);

    if (!st) st = make_lines(header_lines, &s, authorization, f);
    return st;
}

enum status sigv4_explain(struct sigv4_trace *trace, struct arena *arena, struct sigv4_key *key,
                          const struct aws_credentials *credentials, const char *region,
                          const char *service, const struct sigv4_request *request, int64_t wall_s,
                          struct fault *f)
{
    struct signing s = {.credentials = credentials,
                        .region = region,
                        .service = service,
                        .request = request,
                        .arena = arena};
    enum status st = sign(&s, key, wall_s, &trace->authorization, f);

    if (st) return st;
    trace->string_to_sign = s.string_to_sign;
    trace->canonical_request = arena_text(arena, key->tools->canonical.bytes);
    return trace->canonical_request ? ST_OK : fault_no_memory(f);
}
