#include "aws/sts_codec.h"

#include <string.h>

#include "aws/xml_pick.h"

static const char version[] = "&Version=2011-06-15";

static void put_encoded(struct buf *b, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";

    for (; *text; text++) {
        char c = *text;
        bool is_plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                        (c >= '0' && c <= '9') || strchr("-_.~", c);

        if (is_plain) {
            buf_putc(b, c);
        } else {
            buf_putc(b, '%');
            buf_putc(b, digits[(unsigned char)c >> 4]);
            buf_putc(b, digits[(unsigned char)c & 15]);
        }
    }
}

static void put(struct buf *b, const char *name, const char *value)
{
    if (!value || !*value) return;
    buf_putc(b, '&');
    buf_puts(b, name);
    buf_putc(b, '=');
    put_encoded(b, value);
}

void sts_write_caller_identity(struct buf *b)
{
    buf_puts(b, "Action=GetCallerIdentity");
    buf_puts(b, version);
}

void sts_write_assume_role(struct buf *b, const struct sts_assume_role *request)
{
    buf_puts(b, "Action=AssumeRole");
    buf_puts(b, version);
    put(b, "RoleArn", request->role_arn);
    put(b, "RoleSessionName", request->session_name);
    put(b, "ExternalId", request->external_id);
    put(b, "SerialNumber", request->serial_number);
    put(b, "TokenCode", request->token_code);
    if (request->duration_s) {
        buf_printf(b, "&DurationSeconds=%lld", (long long)request->duration_s);
    }
}

static enum status refuse(const char *what, struct fault *f)
{
    return fault_set(f, SQLSTATE_08S01, 0, "%s: the answer of STS is not what was asked for", what);
}

enum status sts_parse_caller_identity(struct sts_identity *id, struct arena *a, const char *body,
                                      size_t bytes, struct fault *f)
{
    const struct xml_pick picks[] = {{"GetCallerIdentityResult/Arn", &id->arn},
                                     {"GetCallerIdentityResult/UserId", &id->user_id},
                                     {"GetCallerIdentityResult/Account", &id->account}};

    *id = (struct sts_identity){"", "", ""};
    if (!xml_pick(picks, sizeof picks / sizeof *picks, a, body, bytes) || !*id->arn) {
        return refuse("asking who we are", f);
    }
    return ST_OK;
}

enum status sts_parse_assume_role(struct aws_credentials *c, const char *body, size_t bytes,
                                  struct fault *f)
{
    const char *key_id = "", *secret = "", *token = "", *expiration = "";
    const struct xml_pick picks[] = {{"Credentials/AccessKeyId", &key_id},
                                     {"Credentials/SecretAccessKey", &secret},
                                     {"Credentials/SessionToken", &token},
                                     {"Credentials/Expiration", &expiration}};
    struct arena a;
    int64_t expires_at_s;
    enum status st;

    arena_init(&a);
    if (!xml_pick(picks, sizeof picks / sizeof *picks, &a, body, bytes) || !*key_id || !*secret ||
        !*token || !credentials_parse_time(expiration, &expires_at_s)) {
        st = refuse("assuming the role", f);
    } else {
        st = credentials_set(c, key_id, secret, token, expires_at_s, f);
        explicit_bzero((char *)secret, strlen(secret));
        explicit_bzero((char *)token, strlen(token));
    }
    arena_clear(&a);
    return st;
}
