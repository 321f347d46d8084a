/* aws/saml.h: which roles a response names, which one is taken, what Lake Formation is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "aws/base64.h"
#include "aws/saml.h"

#define ROLE_A     "arn:aws:iam::123456789012:role/a"
#define ROLE_B     "arn:aws-cn:iam::123456789012:role/path/b"
#define PROVIDER_A "arn:aws:iam::123456789012:saml-provider/p"
#define PROVIDER_B "arn:aws-cn:iam::123456789012:saml-provider/q"
#define NAMESPACES \
    "xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\""
#define STATUS(code) \
    "<p:Status><p:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:" code "\"/></p:Status>"
#define ATTRIBUTE(name, values) "<Attribute Name=\"" name "\">" values "</Attribute>"
#define VALUE(text)             "<AttributeValue>" text "</AttributeValue>"
#define ROLES(values)           ATTRIBUTE("https://aws.amazon.com/SAML/Attributes/Role", values)
#define RESPONSE(status, attributes) \
    "<p:Response " NAMESPACES ">" STATUS(status) "<Assertion><AttributeStatement>" attributes \
                                                 "</AttributeStatement></Assertion></p:Response>"

static struct arena arena;
static struct fault fault;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena);
    fault = (struct fault){0};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static enum status read_xml(struct saml_roles *roles, const char *xml)
{
    struct buf text;
    enum status st;

    buf_init(&text, 4 << 20);
    base64_put(&text, xml, strlen(xml));
    st = saml_read_roles(roles, &arena, text.bytes, text.count, &fault);
    buf_clear(&text);
    return st;
}

static void roles_in_either_order(void **state)
{
    struct saml_roles roles;

    (void)state;
    assert_int_equal(
        read_xml(&roles,
                 RESPONSE("Success",
                          ATTRIBUTE("https://aws.amazon.com/SAML/Attributes/RoleSessionName",
                                    VALUE(ROLE_B "," PROVIDER_B))
                              ROLES(VALUE(ROLE_A "," PROVIDER_A)
                                        VALUE("\n " PROVIDER_B " ,\t" ROLE_B " ") VALUE("nonsense")
                                            VALUE(ROLE_A)))),
        ST_OK);
    assert_int_equal(roles.count, 2);
    assert_string_equal(roles.items[0].role_arn, ROLE_A);
    assert_string_equal(roles.items[0].provider_arn, PROVIDER_A);
    assert_string_equal(roles.items[1].role_arn, ROLE_B);
    assert_string_equal(roles.items[1].provider_arn, PROVIDER_B);
}

static void refused(void **state)
{
    static const struct {
        const char *xml, *why;
    } cases[] = {
        {"", "no SAML response"},
        {"<a>", "no SAML response"},
        {"<!DOCTYPE a [<!ENTITY x \"y\">]><a/>", "no SAML response"},
        {RESPONSE("Success", ""), "names no role"},
        {RESPONSE("Success", ATTRIBUTE("Role", VALUE(ROLE_A "," PROVIDER_A))), "names no role"},
        {RESPONSE("Responder", ROLES(VALUE(ROLE_A "," PROVIDER_A))), "has failed"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct saml_roles roles;

        fault = (struct fault){0};
        assert_int_equal(read_xml(&roles, cases[i].xml), ST_ERR);
        assert_int_equal(fault.state, SQLSTATE_28000);
        if (!strstr(fault.text, cases[i].why)) fail_msg("%s: %s", cases[i].xml, fault.text);
    }
}

static void depth_is_limited(void **state)
{
    char xml[SAML_DEPTH_MAX * 3 + 4] = "";
    struct saml_roles roles;

    (void)state;
    for (int i = 0; i <= SAML_DEPTH_MAX; i++)
        memcpy(xml + (size_t)i * 3, "<a>", 4);
    assert_int_equal(read_xml(&roles, xml), ST_ERR);
    assert_non_null(strstr(fault.text, "too deeply"));
}

static void size_is_limited(void **state)
{
    static char xml[SAML_BYTES_MAX + 16];
    struct saml_roles roles;

    (void)state;
    memset(xml, ' ', sizeof xml - 1);
    memcpy(xml, "<a/>", 4);
    assert_int_equal(read_xml(&roles, xml), ST_ERR);
    assert_int_equal(fault.state, SQLSTATE_28000);
}

static void no_base64(void **state)
{
    struct saml_roles roles;

    (void)state;
    assert_int_equal(saml_read_roles(&roles, &arena, "<xml>", 5, &fault), ST_ERR);
    assert_int_equal(fault.state, SQLSTATE_28000);
    assert_null(strstr(fault.text, "<xml>"));
}

static void the_preferred_role(void **state)
{
    static const struct saml_role items[] = {{ROLE_A, PROVIDER_A}, {ROLE_B, PROVIDER_B}};
    const struct saml_roles roles = {items, 2};
    const struct saml_role *role;

    (void)state;
    assert_int_equal(saml_choose_role(&role, &roles, NULL, &fault), ST_OK);
    assert_ptr_equal(role, &items[0]);
    assert_int_equal(saml_choose_role(&role, &roles, ROLE_B, &fault), ST_OK);
    assert_ptr_equal(role, &items[1]);
    assert_int_equal(saml_choose_role(&role, &roles, ROLE_B "x", &fault), ST_ERR);
    assert_int_equal(fault.state, SQLSTATE_28000);
    assert_non_null(strstr(fault.text, ROLE_A ", " ROLE_B));
}

static void lake_formation(void **state)
{
    static const struct saml_role role = {ROLE_A, PROVIDER_A};
    static const char answer[] = "{\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"sk\","
                                 "\"SessionToken\":\"t\",\"Expiration\":1.7e9}";
    struct aws_credentials c = {0};
    struct buf b;

    (void)state;
    buf_init(&b, 4096);
    saml_write_decorated_role(&b, &role, "QQ==", 900);
    assert_string_equal(b.bytes, "{\"SAMLAssertion\":\"QQ==\",\"RoleArn\":\"" ROLE_A
                                 "\",\"PrincipalArn\":\"" PROVIDER_A "\",\"DurationSeconds\":900}");
    buf_clear(&b);
    assert_int_equal(saml_parse_decorated_role(&c, answer, strlen(answer), &fault), ST_OK);
    assert_string_equal(c.key_id, "AK");
    assert_string_equal(c.secret, "sk");
    assert_string_equal(c.token, "t");
    assert_int_equal(c.expires_at_s, 1700000000);
    credentials_clear(&c);
    assert_int_equal(saml_parse_decorated_role(&c, "{}", 2, &fault), ST_ERR);
    assert_int_equal(fault.state, SQLSTATE_08S01);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(roles_in_either_order), TEST(refused),   TEST(depth_is_limited),
        TEST(size_is_limited),       TEST(no_base64), TEST(the_preferred_role),
        TEST(lake_formation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
