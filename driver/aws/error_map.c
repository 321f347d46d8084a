#include "aws/error_map.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"

/* clang-format off */
#define KEY_ID     "Check UID (the access key id), or the profile or environment it comes from."
#define SECRET \
    "Check PWD (the secret access key) and SessionToken, or the profile or environment " \
    "they come from."
#define EXPIRED    "The session token has expired: get new temporary keys."
#define CLOCK      "The clock of this machine differs from AWS's: set it right."
#define REGION \
    "Check AwsRegion: the endpoint (EndpointOverride) is of another region than the " \
    "requests are signed for."
#define ELSEWHERE \
    "The bucket is in another region than AwsRegion, or behind another S3EndpointOverride."
#define DENIED \
    "The credentials are good but not allowed to do this: ask for the IAM permission."
#define OUTPUT     "Check S3OutputLocation, or the output location of the workgroup."
#define WRITING \
    "Query results cannot be written: check the permissions on S3OutputLocation or choose another."
#define READING \
    "Reading the result file needs s3:GetObject on it; ResultFetcher=GetQueryResults does without."
#define GROUP      "Check Workgroup."
#define DATABASE   "Check the name, and Schema in the connection string."
#define CATALOG    "Check the name, and Catalog in the connection string."
#define TABLE      "Check the name; a table of another database needs it in front: database.table."
#define QUOTA      "The account's quota is used up: run fewer queries at once, or ask AWS for more."
#define BUSY       "AWS asks for fewer requests; try again later."
#define GONE       "The result file is not there any more: it was deleted or has expired."
#define RESOURCES \
    "The query is too large for Athena in one piece: reduce what it reads, sorts or joins."
#define OPT_IN     "The account is not signed up for this service or region."
#define STS_REGION "STS is not enabled in this region for the account."
#define NO_OUTPUT  "Give S3OutputLocation, or a Workgroup that has an output location."
#define CHANGED    "The result file was overwritten while it was read."
#define ARCHIVED   "The result file has been moved to an archive."
#define MANAGED \
    "The workgroup keeps results itself: leave S3OutputLocation and its encryption out."
#define TOO_LONG   "Athena takes statements of at most 262,144 bytes."
#define NOT_EMPTY  "The folder the table is to be written to must be empty."
#define CUTOFF     "The workgroup limits how much a query may read."

/*
 * code: whole, NULL for any. text: a part of the message, any case, '*' for anything between two
 * parts, NULL for any. The first row that fits counts, so what is special stands before what is
 * general.
 */
struct row {
    const char *code, *text;
    struct error_meaning meaning;
};

static const struct row answers[] = {
    /* who we are, and where */
    {NULL, "Credential should be scoped to",          {SQLSTATE_08004, REGION}},
    {"AuthorizationHeaderMalformed", NULL,            {SQLSTATE_08004, ELSEWHERE}},
    {"PermanentRedirect", NULL,                       {SQLSTATE_08004, ELSEWHERE}},
    {"IllegalLocationConstraintException", NULL,      {SQLSTATE_08004, ELSEWHERE}},
    {"RequestTimeTooSkewed", NULL,                    {SQLSTATE_28000, CLOCK}},
    {"RequestExpired", NULL,                          {SQLSTATE_28000, CLOCK}},
    {NULL, "Signature expired",                       {SQLSTATE_28000, CLOCK}},
    {NULL, "Signature not yet current",               {SQLSTATE_28000, CLOCK}},
    {"ExpiredTokenException", NULL,                   {SQLSTATE_28000, EXPIRED}},
    {"ExpiredToken", NULL,                            {SQLSTATE_28000, EXPIRED}},
    {"UnrecognizedClientException", NULL,             {SQLSTATE_28000, KEY_ID}},
    {"InvalidClientTokenId", NULL,                    {SQLSTATE_28000, KEY_ID}},
    {"InvalidAccessKeyId", NULL,                      {SQLSTATE_28000, KEY_ID}},
    {"InvalidSignatureException", NULL,               {SQLSTATE_28000, SECRET}},
    {"SignatureDoesNotMatch", NULL,                   {SQLSTATE_28000, SECRET}},
    {"IncompleteSignature", NULL,                     {SQLSTATE_28000, SECRET}},
    {"IncompleteSignatureException", NULL,            {SQLSTATE_28000, SECRET}},
    {"MissingAuthenticationToken", NULL,              {SQLSTATE_28000, KEY_ID}},
    {"MissingAuthenticationTokenException", NULL,     {SQLSTATE_28000, KEY_ID}},
    {"InvalidToken", NULL,                            {SQLSTATE_28000, "Check SessionToken."}},
    {"InvalidIdentityToken", NULL,                    {SQLSTATE_28000, ""}},
    {"IDPRejectedClaim", NULL,                        {SQLSTATE_28000, ""}},
    {"NotAuthorized", NULL,                           {SQLSTATE_28000, KEY_ID}},
    {"OptInRequired", NULL,                           {SQLSTATE_28000, OPT_IN}},
    {"RegionDisabledException", NULL,                 {SQLSTATE_28000, STS_REGION}},

    /* where results go */
    {NULL, "Unable to verify/create output bucket",   {SQLSTATE_HY024, OUTPUT}},
    {NULL, "No output location provided",             {SQLSTATE_HY024, NO_OUTPUT}},
    {NULL, "S3 location provided to save your query results is invalid", {SQLSTATE_HY024, OUTPUT}},
    {"NoSuchBucket", NULL,                            {SQLSTATE_HY024, OUTPUT}},
    {"NoSuchKey", NULL,                               {SQLSTATE_HY000, GONE}},
    {NULL, "Could not find results",                  {SQLSTATE_HY000, GONE}},
    {"PreconditionFailed", NULL,                      {SQLSTATE_HY000, CHANGED}},
    {"InvalidObjectState", NULL,                      {SQLSTATE_HY000, ARCHIVED}},
    {NULL, "outputLocation is not a valid S3 path",   {SQLSTATE_HY024, OUTPUT}},
    {NULL, "ResultConfiguration cannot be set",       {SQLSTATE_HY024, MANAGED}},
    {NULL, "WorkGroup*is not found",                  {SQLSTATE_HY024, GROUP}},
    {NULL, "WorkGroup*is disabled",                   {SQLSTATE_HY024, GROUP}},

    /* metadata: the texts embed Glue's errors */
    {"MetadataException", "AccessDenied",             {SQLSTATE_42501, DENIED}},
    {"MetadataException", "not authorized",           {SQLSTATE_42501, DENIED}},
    {"MetadataException", "Table ",                   {SQLSTATE_42S02, TABLE}},
    {"MetadataException", "Database ",                {SQLSTATE_3F000, DATABASE}},
    {"MetadataException", "Catalog",                  {SQLSTATE_3D000, CATALOG}},
    {"MetadataException", "EntityNotFoundException",  {SQLSTATE_42S02, TABLE}},
    {NULL, "Data catalog",                            {SQLSTATE_3D000, CATALOG}},
    {NULL, "DataCatalog",                             {SQLSTATE_3D000, CATALOG}},

    /* permission; after the rows whose texts may speak of it too */
    {NULL, "not authorized to perform*s3:GetObject",  {SQLSTATE_42501, READING}},
    {NULL, "not authorized to perform",               {SQLSTATE_42501, DENIED}},
    {"AccessDeniedException", NULL,                   {SQLSTATE_42501, DENIED}},
    {"AccessDenied", NULL,                            {SQLSTATE_42501, READING}},
    {NULL, "Access denied",                           {SQLSTATE_42501, DENIED}},

    /* the statement */
    {NULL, "mismatched input",                        {SQLSTATE_42000, ""}},
    {NULL, "extraneous input",                        {SQLSTATE_42000, ""}},
    {NULL, "no viable alternative",                   {SQLSTATE_42000, ""}},
    {NULL, "Only one sql statement is allowed",       {SQLSTATE_42000, ""}},
    {NULL, "Queries of this type are not supported",  {SQLSTATE_42000, ""}},
    {NULL, "SYNTAX_ERROR",                            {SQLSTATE_42000, ""}},
    {NULL, "queryString",                             {SQLSTATE_42000, TOO_LONG}},
    {"RequestEntityTooLargeException", NULL,          {SQLSTATE_42000, TOO_LONG}},

    /* quotas */
    {"TooManyRequestsException", NULL,                {SQLSTATE_HY000, QUOTA}},
    {"ThrottlingException", NULL,                     {SQLSTATE_HY000, BUSY}},
    {"Throttling", NULL,                              {SQLSTATE_HY000, BUSY}},
    {"SlowDown", NULL,                                {SQLSTATE_HY000, BUSY}},
};

/* Of failed executions: texts begin with Trino's error name, or are Hive's or S3's. */
static const struct row failures[] = {
    {NULL, "writing output to url",                   {SQLSTATE_42501, WRITING}},
    {NULL, "Access denied when writing",              {SQLSTATE_42501, WRITING}},
    {NULL, "NoSuchBucket",                            {SQLSTATE_HY024, OUTPUT}},
    {NULL, "specified bucket does not exist",         {SQLSTATE_HY024, OUTPUT}},
    {NULL, "CATALOG_NOT_FOUND",                       {SQLSTATE_3D000, CATALOG}},
    {NULL, "SCHEMA_NOT_FOUND",                        {SQLSTATE_3F000, DATABASE}},
    {NULL, "Database does not exist",                 {SQLSTATE_3F000, DATABASE}},
    {NULL, "Database not found",                      {SQLSTATE_3F000, DATABASE}},
    {NULL, "NoSuchDatabaseException",                 {SQLSTATE_3F000, DATABASE}},
    {NULL, "TABLE_NOT_FOUND",                         {SQLSTATE_42S02, TABLE}},
    {NULL, "Table not found",                         {SQLSTATE_42S02, TABLE}},
    {NULL, "NoSuchTableException",                    {SQLSTATE_42S02, TABLE}},
    {NULL, "VIEW_NOT_FOUND",                          {SQLSTATE_42S02, TABLE}},
    {NULL, "Relation*cannot be resolved",             {SQLSTATE_42S02, TABLE}},
    {NULL, "COLUMN_NOT_FOUND",                        {SQLSTATE_42S22, ""}},
    {NULL, "cannot be resolved",                      {SQLSTATE_42S22, ""}},
    {NULL, "HIVE_PATH_ALREADY_EXISTS",                {SQLSTATE_HY000, NOT_EMPTY}},
    {NULL, "Partition already exists",                {SQLSTATE_HY000, ""}},
    {NULL, "ALREADY_EXISTS",                          {SQLSTATE_42S01, ""}},
    {NULL, "AlreadyExistsException",                  {SQLSTATE_42S01, ""}},
    {NULL, "already exists",                          {SQLSTATE_42S01, ""}},
    {NULL, "DIVISION_BY_ZERO",                        {SQLSTATE_22012, ""}},
    {NULL, "NUMERIC_VALUE_OUT_OF_RANGE",              {SQLSTATE_22003, ""}},
    {NULL, "INVALID_CAST_ARGUMENT",                   {SQLSTATE_22018, ""}},
    {NULL, "PERMISSION_DENIED",                       {SQLSTATE_42501, DENIED}},
    {NULL, "Access Denied",                           {SQLSTATE_42501, DENIED}},
    {NULL, "AccessDenied",                            {SQLSTATE_42501, DENIED}},
    {NULL, "Insufficient permissions",                {SQLSTATE_42501, DENIED}},
    {NULL, "Insufficient Lake Formation",             {SQLSTATE_42501, DENIED}},
    {NULL, "not authorized to perform",               {SQLSTATE_42501, DENIED}},
    {NULL, "SYNTAX_ERROR",                            {SQLSTATE_42000, ""}},
    {NULL, "mismatched input",                        {SQLSTATE_42000, ""}},
    {NULL, "ParseException",                          {SQLSTATE_42000, ""}},
    {NULL, "SemanticException",                       {SQLSTATE_42000, ""}},
    {NULL, "TYPE_MISMATCH",                           {SQLSTATE_42000, ""}},
    {NULL, "FUNCTION_NOT_FOUND",                      {SQLSTATE_42000, ""}},
    {NULL, "NOT_SUPPORTED",                           {SQLSTATE_42000, ""}},
    {NULL, "INVALID_PARAMETER_USAGE*number of parameters", {SQLSTATE_07002, ""}},
    {NULL, "MISSING_GROUP_BY",                        {SQLSTATE_42000, ""}},
    {NULL, "EXPRESSION_NOT_AGGREGATE",                {SQLSTATE_42000, ""}},
    {NULL, "AMBIGUOUS_NAME",                          {SQLSTATE_42000, ""}},
    {NULL, "EXCEEDED_TIME_LIMIT",                     {SQLSTATE_HYT00, RESOURCES}},
    {NULL, "Query timeout",                           {SQLSTATE_HYT00, RESOURCES}},
    {NULL, "Query exhausted resources",               {SQLSTATE_HY000, RESOURCES}},
    {NULL, "EXCEEDED_MEMORY_LIMIT",                   {SQLSTATE_HY000, RESOURCES}},
    {NULL, "Bytes scanned limit was exceeded",        {SQLSTATE_HY000, CUTOFF}},
    {NULL, "reduce your request rate",                {SQLSTATE_HY000, BUSY}},
};

/* AthenaError.ErrorType, where no text told more. */
static const struct {
    int first, last;
    struct error_meaning meaning;
} types[] = {
    {0, 8,       {SQLSTATE_HY000, RESOURCES}},
    {206, 206,   {SQLSTATE_HYT00, RESOURCES}},
    {210, 210,   {SQLSTATE_HYT00, RESOURCES}},
    {401, 402,   {SQLSTATE_42501, WRITING}},
    {1004, 1004, {SQLSTATE_42000, ""}},
    {1006, 1006, {SQLSTATE_42000, ""}},
    {1011, 1011, {SQLSTATE_HY008, ""}},
    {1014, 1014, {SQLSTATE_HY008, ""}},
    {1100, 1108, {SQLSTATE_42000, ""}},
    {1109, 1109, {SQLSTATE_HY024, OUTPUT}},
    {1110, 1110, {SQLSTATE_42S02, TABLE}},
    {1200, 1202, {SQLSTATE_42000, ""}},
    {1306, 1306, {SQLSTATE_HY024, OUTPUT}},
    {1400, 1406, {SQLSTATE_HY000, BUSY}},
    {1500, 1501, {SQLSTATE_42501, DENIED}},
    {1700, 1700, {SQLSTATE_42501, DENIED}},
};
/* clang-format on */

static const struct error_meaning unknown = {SQLSTATE_HY000, ""};

static bool fits(const char *text, const char *pattern)
{
    while (*pattern) {
        size_t bytes = strcspn(pattern, "*");

        while (strnlen(text, bytes) == bytes && !ascii_same_bytes(text, pattern, bytes))
            text++;
        if (strnlen(text, bytes) < bytes) return false;
        text += bytes;
        pattern += bytes + (pattern[bytes] == '*');
    }
    return true;
}

static const struct row *find(const struct row *rows, size_t count, const char *code,
                              const char *text)
{
    for (const struct row *r = rows; r < rows + count; r++) {
        if (r->code && strcmp(r->code, code) != 0) continue;
        if (r->text && !fits(text, r->text)) continue;
        return r;
    }
    return NULL;
}

struct error_meaning error_map_answer(const struct aws_error *e)
{
    const struct row *r = find(answers, sizeof answers / sizeof *answers, e->code, e->message);

    if (r) return r->meaning;
    if (!strcmp(e->athena_code, "MALFORMED_QUERY"))
        return (struct error_meaning){SQLSTATE_42000, ""};
    if (e->http_status == 403) return (struct error_meaning){SQLSTATE_42501, DENIED};
    return unknown;
}

struct error_meaning error_map_execution(const struct athena_execution *x)
{
    const char *text = athena_failure_text(x);
    const struct row *r = find(failures, sizeof failures / sizeof *failures, "", text);

    if (r) return r->meaning;
    for (size_t i = 0; i < sizeof types / sizeof *types && x->has_error; i++) {
        if (x->error_type >= types[i].first && x->error_type <= types[i].last) {
            return types[i].meaning;
        }
    }
    if (x->state == ATHENA_STATE_CANCELLED) return (struct error_meaning){SQLSTATE_HY008, ""};
    return unknown;
}

/* So many bytes of a message, whole characters, leave room for what else a fault says. */
static int shown_bytes(const char *message)
{
    enum { MESSAGE_BYTES_MAX = 600 };

    return (int)utf8_whole(message, strnlen(message, MESSAGE_BYTES_MAX));
}

/* Ends a sentence that does not end itself, so that the hint reads as one of its own. */
static const char *stop_of(const char *text)
{
    size_t bytes = strlen(text);

    return bytes && strchr(".!?", text[bytes - 1]) ? "" : ".";
}

enum status error_map_fault(struct fault *f, const char *doing, const struct aws_error *e,
                            const char *request_id)
{
    struct error_meaning m = error_map_answer(e);
    const char *id = request_id && *request_id ? request_id : e->request_id;
    const char *message = *e->message ? e->message : "no message";

    return fault_set(f, m.state, e->http_status, "%s: %.*s (%s%s%s%s%s)%s%s", doing,
                     shown_bytes(message), message, e->code, *e->athena_code ? ", " : "",
                     e->athena_code, *id ? "; request " : "", id, *m.hint ? ". " : "", m.hint);
}

enum status error_map_failed(struct fault *f, const char *doing, const struct athena_execution *x)
{
    struct error_meaning m = error_map_execution(x);
    const char *text = athena_failure_text(x);
    const char *message = *text                                ? text
                          : x->state == ATHENA_STATE_CANCELLED ? "the query was cancelled"
                                                               : "Athena gives no reason";

    return fault_set(f, m.state, x->has_error ? x->error_type : 0, "%s: %.*s%s%s%s (query %s)",
                     doing, shown_bytes(message), message, stop_of(message), *m.hint ? " " : "",
                     m.hint, x->id);
}
