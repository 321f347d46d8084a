#include "aws/region.h"

#include <string.h>

#include "base/ascii.h"

/* clang-format off */
static const struct {
    const char *prefix;
    struct region_partition partition;
} partitions[] = {
    {"cn-",      {"aws-cn",     "amazonaws.com.cn", "api.amazonwebservices.com.cn"}},
    {"us-gov-",  {"aws-us-gov", "amazonaws.com",    "api.aws"}},
    {"eusc-",    {"aws-eusc",   "amazonaws.eu",     "api.amazonwebservices.eu"}},
    {"us-isob-", {"aws-iso-b",  "sc2s.sgov.gov",    "api.aws.scloud"}},
    {"us-isof-", {"aws-iso-f",  "csp.hci.ic.gov",   "api.aws.hci.ic.gov"}},
    {"us-iso-",  {"aws-iso",    "c2s.ic.gov",       "api.aws.ic.gov"}},
    {"eu-isoe-", {"aws-iso-e",  "cloud.adc-e.uk",   "api.cloud-aws.adc-e.uk"}},
    {"",         {"aws",        "amazonaws.com",    "api.aws"}}, /* last: matches all */
};

/* How the name of a host ends, and what stands before the region. */
enum naming {
    BY_STACK,   /* host.REGION.dns_suffix; dual-stack: host.REGION.dual_stack_suffix */
    DUAL_LABEL, /* dual-stack: host.dualstack.REGION.dns_suffix */
    ALWAYS_DUAL /* host.REGION.dual_stack_suffix; there is no other */
};

static const struct {
    const char *signing_name;
    const char *option; /* that overrides it, for messages */
    const char *host, *fips_host;
    enum naming naming;
    bool is_fips_in_gov; /* GovCloud's ordinary hosts are FIPS's: only dual-stack has others */
    bool has_no_fips_in_china;
} services[AWS_SERVICE_COUNT] = {
    [AWS_ATHENA] = {"athena", "EndpointOverride", "athena", "athena-fips", BY_STACK, false, false},
    [AWS_S3] = {"s3", "S3EndpointOverride", "s3", "s3-fips", DUAL_LABEL, false, true},
    [AWS_STS] = {"sts", "StsEndpointOverride", "sts", "sts-fips", BY_STACK, true, false},
    [AWS_LAKE_FORMATION] = {"lakeformation", "LakeFormationEndpointOverride",
        "lakeformation", "lakeformation-fips", BY_STACK, false, false},
    [AWS_SSO_PORTAL] = {"awsssoportal", "SSOEndpointOverride",
        "portal.sso", "portal.sso-fips", BY_STACK, true, false},
    [AWS_SSO_OIDC] = {"sso-oauth", "SSOOIDCEndpointOverride", "oidc", "oidc-fips", BY_STACK, true, false},
    [AWS_SSO_ADMIN] = {"sso", "SSOAdminEndpointOverride", "sso", "sso-fips", BY_STACK, true, false},
    [AWS_DATAZONE] = {"datazone", "SageMakerEndpointOverride",
        "datazone", "datazone-fips", ALWAYS_DUAL, false, false},
};
/* clang-format on */

const struct region_partition *region_partition(const char *region)
{
    size_t i = 0;

    while (strncmp(region, partitions[i].prefix, strlen(partitions[i].prefix)) != 0)
        i++;
    return &partitions[i].partition;
}

bool region_is_name(const char *region)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t bytes = region ? strlen(region) : 0;

    return bytes && bytes < 32 && strspn(region, allowed) == bytes && strchr(region, '-') &&
           region[0] != '-' && region[bytes - 1] != '-';
}

static bool is_in(const struct region_wish *wish, const char *partition)
{
    return strcmp(region_partition(wish->region)->name, partition) == 0;
}

static const char *make_host(struct arena *a, enum aws_service service,
                             const struct region_wish *wish)
{
    const struct region_partition *p = region_partition(wish->region);
    enum naming naming = services[service].naming;
    bool is_plain_fips = services[service].is_fips_in_gov && !wish->use_dual_stack &&
                         is_in(wish, "aws-us-gov");
    bool takes_fips_name = wish->use_fips && !is_plain_fips;
    bool takes_dual_suffix = naming == ALWAYS_DUAL || (naming == BY_STACK && wish->use_dual_stack);

    return arena_printf(a, "%s.%s%s.%s",
                        takes_fips_name ? services[service].fips_host : services[service].host,
                        naming == DUAL_LABEL && wish->use_dual_stack ? "dualstack." : "",
                        wish->region, takes_dual_suffix ? p->dual_stack_suffix : p->dns_suffix);
}

/* ---- overrides ---- */

static bool is_address(const char *host)
{
    size_t bytes = strcspn(host, ":");

    return *host == '[' || (bytes && strspn(host, "0123456789.") >= bytes);
}

static bool is_localhost(const char *host)
{
    size_t bytes = strcspn(host, ":");

    return (bytes == 9 && ascii_begins(host, "localhost")) ||
           (bytes > 10 && ascii_begins(host + bytes - 10, ".localhost"));
}

/* Letters, digits and what stands in names, addresses and ports. */
static bool is_host(const char *host, size_t bytes)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:[]";

    return bytes && strspn(host, allowed) >= bytes;
}

/* Without the port that the scheme has anyway: that is how curl, and so the signature, has it. */
static size_t without_default_port(const char *host, size_t bytes, const char *scheme)
{
    const char *port = !strcmp(scheme, "https") ? ":443" : ":80";
    size_t port_bytes = strlen(port);

    if (bytes > port_bytes && !memcmp(host + bytes - port_bytes, port, port_bytes)) {
        return bytes - port_bytes;
    }
    return bytes;
}

/* The address is repeated from behind a user's name and password on. */
static enum status refuse(const char *option, const char *given, struct fault *f)
{
    const char *at = strrchr(given, '@');

    return fault_set(
        f, SQLSTATE_HY024, 0,
        "option %s: \"%s%.200s\" is no endpoint; allowed: host, host:port, or a URL of "
        "http or https without user and query",
        option, at ? "..." : "", at ? at : given);
}

static enum status parse_override(struct endpoint *e, struct arena *a, const char *option,
                                  const char *given, struct fault *f)
{
    const char *rest = strstr(given, "://");
    size_t scheme_bytes = rest ? (size_t)(rest - given) : 0;
    size_t host_bytes, path_bytes;

    e->scheme = "https";
    if (rest) {
        bool is_http = scheme_bytes == 4 && ascii_begins(given, "http");

        if (!is_http && !(scheme_bytes == 5 && ascii_begins(given, "https"))) {
            return refuse(option, given, f);
        }
        if (is_http) e->scheme = "http";
    }
    rest = rest ? rest + 3 : given;
    host_bytes = strcspn(rest, "/");
    path_bytes = strlen(rest + host_bytes);
    if (!is_host(rest, host_bytes) || strpbrk(rest + host_bytes, "?# \t")) {
        return refuse(option, given, f);
    }
    while (path_bytes && rest[host_bytes + path_bytes - 1] == '/')
        path_bytes--;
    e->base_path = arena_copy(a, rest + host_bytes, path_bytes);
    e->host = arena_copy(a, rest, without_default_port(rest, host_bytes, e->scheme));
    return e->base_path && e->host ? ST_OK : fault_no_memory(f);
}

/* The one name that is no region's own, and takes the signatures of one region alone. */
#define GLOBAL_REGION "us-east-1"

static bool is_global_sts(enum aws_service service, const char *host)
{
    return service == AWS_STS && host && ascii_same(host, "sts.amazonaws.com");
}

enum status region_endpoint(struct endpoint *e, struct arena *a, enum aws_service service,
                            const struct region_wish *wish, struct fault *f)
{
    bool has_override = wish->override && *wish->override;
    enum status st;

    *e = (struct endpoint){.scheme = "https", .base_path = "", .is_override = has_override};
    if (!wish->region || !*wish->region) {
        return fault_set(
            f, SQLSTATE_HY024, 0,
            "no region: give AwsRegion, set AWS_REGION in the environment, or give the "
            "profile a region");
    }
    if (!region_is_name(wish->region)) {
        return fault_set(f, SQLSTATE_HY024, 0,
                         "option AwsRegion: \"%.64s\" is no region's name, such as us-east-1",
                         wish->region);
    }
    if (has_override && (wish->use_fips || wish->use_dual_stack)) {
        return fault_set(f, SQLSTATE_HY024, 0, "option %s cannot be combined with %s",
                         services[service].option,
                         wish->use_fips ? "UseFipsEndpoint" : "UseDualStackEndpoint");
    }
    if (wish->use_fips && services[service].has_no_fips_in_china && is_in(wish, "aws-cn")) {
        return fault_set(f, SQLSTATE_HY024, 0,
                         "option UseFipsEndpoint: %s has no FIPS endpoints in region %s",
                         services[service].signing_name, wish->region);
    }
    if (has_override) {
        st = parse_override(e, a, services[service].option, wish->override, f);
        if (st) return st;
    } else {
        e->host = make_host(a, service, wish);
    }
    e->service = services[service].signing_name;
    e->region = arena_text(a, is_global_sts(service, e->host) ? GLOBAL_REGION : wish->region);
    e->url = e->host ? arena_printf(a, "%s://%s%s", e->scheme, e->host, e->base_path) : NULL;
    if (!e->region || !e->url) return fault_no_memory(f);
    e->needs_path_style = is_address(e->host) || is_localhost(e->host) || *e->base_path;
    return ST_OK;
}
