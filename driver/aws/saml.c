/* Roles of a SAML response. See saml.h. Read by expat, in one pass. */
#include "aws/saml.h"

#include <stdbool.h>
#include <string.h>

#include "aws/base64.h"
#include "aws/json_bind.h"
#include "aws/json_write.h"
#include "aws/xml_read.h"
#include "base/wipe.h"

#define ROLE_ATTRIBUTE "https://aws.amazon.com/SAML/Attributes/Role"
#define STATUS_SUCCESS "urn:oasis:names:tc:SAML:2.0:status:Success"

enum { VALUE_BYTES_MAX = 4096, NAMES_BYTES_MAX = 300 };

struct reader {
    struct xml_reader base;
    struct arena *arena;
    struct saml_role roles[SAML_ROLES_MAX];
    size_t role_count;
    unsigned depth;
    bool is_in_role_attribute, is_in_value, is_too_deep, has_failed_status, no_memory;
    struct buf value;
};

/* ---- the document ------------------------------------------------------------------------- */

static const char *attribute(const XML_Char **attributes, const char *name)
{
    for (; *attributes; attributes += 2) {
        if (!strcmp(xml_local_name(attributes[0]), name)) return attributes[1];
    }
    return "";
}

/* A part of "arn:aws:iam::123456789012:role/x,arn:aws:iam::123456789012:saml-provider/y". */
static const char *part_with(struct reader *r, const char *value, const char *mark)
{
    while (*value) {
        size_t bytes = strcspn(value, ",");
        const char *part = value + strspn(value, " \t\r\n");
        size_t count = part < value + bytes ? (size_t)(value + bytes - part) : 0;
        char *copy;

        while (count && strchr(" \t\r\n", part[count - 1]))
            count--;
        copy = arena_copy(r->arena, part, count);
        if (!copy) r->no_memory = true;
        if (copy && !strncmp(copy, "arn:", 4) && strstr(copy, mark)) return copy;
        value += bytes + (value[bytes] == ',');
    }
    return NULL;
}

static void add_role(struct reader *r)
{
    struct saml_role role = {part_with(r, r->value.bytes, ":role/"),
                             part_with(r, r->value.bytes, ":saml-provider/")};

    if (!role.role_arn || !role.provider_arn || r->role_count == SAML_ROLES_MAX) return;
    r->roles[r->role_count++] = role;
}

static void XMLCALL on_start(void *context, const XML_Char *full_name, const XML_Char **attributes)
{
    struct reader *r = context;
    const char *name = xml_local_name(full_name);

    if (++r->depth > SAML_DEPTH_MAX) {
        r->is_too_deep = true;
        xml_stop(&r->base);
    } else if (!strcmp(name, "Attribute")) {
        r->is_in_role_attribute = !strcmp(attribute(attributes, "Name"), ROLE_ATTRIBUTE);
    } else if (!strcmp(name, "AttributeValue")) {
        r->is_in_value = r->is_in_role_attribute;
        buf_reset(&r->value);
    } else if (!strcmp(name, "StatusCode") && r->depth == 3) { /* Response/Status/StatusCode */
        r->has_failed_status = strcmp(attribute(attributes, "Value"), STATUS_SUCCESS) != 0;
    }
}

static void XMLCALL on_text(void *context, const XML_Char *text, int bytes)
{
    struct reader *r = context;

    if (r->is_in_value) buf_put(&r->value, text, (size_t)bytes);
}

static void XMLCALL on_end(void *context, const XML_Char *full_name)
{
    struct reader *r = context;
    const char *name = xml_local_name(full_name);

    r->depth--;
    if (!strcmp(name, "Attribute")) r->is_in_role_attribute = false;
    if (strcmp(name, "AttributeValue") != 0 || !r->is_in_value) return;
    if (buf_ok(&r->value)) add_role(r);
    buf_clear(&r->value); /* a value that was too long has failed its buffer */
    r->is_in_value = false;
}

static bool read_document(struct reader *r, const struct buf *xml)
{
    bool is_document;

    buf_init_secret(&r->value, VALUE_BYTES_MAX);
    is_document = xml_read(&r->base, on_start, on_end, on_text, xml->bytes, xml->count);
    buf_clear(&r->value);
    return is_document;
}

/* ---- roles -------------------------------------------------------------------------------- */

static enum status judge(const struct reader *r, bool is_document, struct fault *f)
{
    const char *why = NULL;

    if (r->no_memory) return fault_no_memory(f);
    if (r->is_too_deep) {
        why = "is nested too deeply";
    } else if (!is_document) {
        why = "is no SAML response";
    } else if (r->has_failed_status) {
        why = "says that signing in has failed";
    } else if (!r->role_count) {
        why = "names no role: the attribute " ROLE_ATTRIBUTE
              " has to hold \"role ARN,provider ARN\"";
    }
    if (!why) return ST_OK;
    return fault_set(f, SQLSTATE_28000, 0, "what the identity provider sent %s", why);
}

enum status saml_read_roles(struct saml_roles *roles, struct arena *a, const char *assertion,
                            size_t bytes, struct fault *f)
{
    struct reader *r = arena_alloc(a, sizeof *r);
    struct buf xml;
    bool is_document;

    *roles = (struct saml_roles){0};
    if (!r) return fault_no_memory(f);
    *r = (struct reader){.arena = a};
    buf_init_secret(&xml, SAML_BYTES_MAX);
    is_document = base64_read(&xml, assertion, bytes) && read_document(r, &xml);
    buf_clear(&xml);
    *roles = (struct saml_roles){r->roles, r->role_count};
    return judge(r, is_document, f);
}

enum status saml_choose_role(const struct saml_role **role, const struct saml_roles *roles,
                             const char *preferred, struct fault *f)
{
    enum status st;
    struct buf names;

    *role = &roles->items[0];
    if (!preferred || !*preferred) return ST_OK;
    for (size_t i = 0; i < roles->count; i++) {
        *role = &roles->items[i];
        if (!strcmp(roles->items[i].role_arn, preferred)) return ST_OK;
    }
    buf_init_secret(&names, NAMES_BYTES_MAX);
    for (size_t i = 0; i < roles->count && buf_ok(&names); i++)
        buf_printf(&names, "%s%s", i ? ", " : "", roles->items[i].role_arn);
    st = fault_set(f, SQLSTATE_28000, 0,
                   "the identity provider does not offer preferred_role %s; it offers %s",
                   preferred, buf_ok(&names) ? names.bytes : "many others");
    buf_clear(&names);
    return st;
}

/* ---- Lake Formation ----------------------------------------------------------------------- */

void saml_write_decorated_role(struct buf *b, const struct saml_role *role, const char *assertion,
                               int64_t duration_s)
{
    buf_putc(b, '{');
    json_put_text(b, "SAMLAssertion", assertion);
    json_put_text(b, "RoleArn", role->role_arn);
    json_put_text(b, "PrincipalArn", role->provider_arn);
    json_put_integer(b, "DurationSeconds", duration_s);
    buf_putc(b, '}');
}

struct decorated {
    const char *key_id, *secret, *token;
    double expiration; /* seconds of 1970 */
};

enum status saml_parse_decorated_role(struct aws_credentials *c, const char *body, size_t bytes,
                                      struct fault *f)
{
    static const struct json_member members[] = {
        {.name = "AccessKeyId", .kind = JSON_TEXT, .offset = offsetof(struct decorated, key_id)},
        {.name = "SecretAccessKey",
         .kind = JSON_TEXT,
         .offset = offsetof(struct decorated, secret)},
        {.name = "SessionToken", .kind = JSON_TEXT, .offset = offsetof(struct decorated, token)},
        {.name = "Expiration",
         .kind = JSON_DOUBLE,
         .offset = offsetof(struct decorated, expiration)},
        {.name = NULL}};
    struct decorated d = {"", "", "", 0};
    struct arena a;
    enum status st;

    arena_init(&a);
    st = json_bind(&d, members, &a, body, bytes, "assuming the role", f);
    if (!st && (!*d.key_id || !*d.secret || !(d.expiration > 0 && d.expiration < 1e12))) {
        st = fault_set(f, SQLSTATE_08S01, 0,
                       "assuming the role: the answer of Lake Formation is not what was asked for");
    }
    if (!st) st = credentials_set(c, d.key_id, d.secret, d.token, (int64_t)d.expiration, f);
    wipe_text(d.secret);
    wipe_text(d.token);
    arena_clear(&a);
    return st;
}
