#include "aws/sts_codec.h"

#include <string.h>

#include "aws/form.h"
#include "aws/xml_pick.h"
#include "base/wipe.h"

/* An action's first two fields. */
static void put_action(struct buf *b, const char *action)
{
    form_put(b, "Action", action);
    form_put(b, "Version", "2011-06-15");
}

static void put_duration(struct buf *b, int64_t seconds)
{
    if (seconds) form_put_integer(b, "DurationSeconds", seconds);
}

void sts_write_caller_identity(struct buf *b)
{
    put_action(b, "GetCallerIdentity");
}

void sts_write_assume_role(struct buf *b, const struct sts_assume_role *request)
{
    put_action(b, !request->role_arn            ? "GetSessionToken"
                  : request->web_identity_token ? "AssumeRoleWithWebIdentity"
                                                : "AssumeRole");
    form_put(b, "RoleArn", request->role_arn);
    form_put(b, "RoleSessionName", request->session_name);
    form_put(b, "ExternalId", request->external_id);
    form_put(b, "SerialNumber", request->serial_number);
    form_put(b, "TokenCode", request->token_code);
    form_put(b, "WebIdentityToken", request->web_identity_token);
    form_put(b, "ProvidedContexts.member.1.ProviderArn", request->context_provider);
    form_put(b, "ProvidedContexts.member.1.ContextAssertion", request->context);
    put_duration(b, request->duration_s);
}

void sts_write_assume_role_with_saml(struct buf *b, const struct sts_assume_role_with_saml *request)
{
    put_action(b, "AssumeRoleWithSAML");
    form_put(b, "RoleArn", request->role_arn);
    form_put(b, "PrincipalArn", request->provider_arn);
    form_put(b, "SAMLAssertion", request->assertion);
    put_duration(b, request->duration_s);
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
        wipe_text(secret);
        wipe_text(token);
    }
    arena_clear(&a);
    return st;
}
