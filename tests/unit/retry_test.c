/* aws/retry.h and aws/error_map.h: every error code AWS documents, and what it comes to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "aws/error_map.h"
#include "aws/retry.h"

static struct aws_error error_of(int http_status, const char *code, const char *message)
{
    return (struct aws_error){.http_status = http_status,
                              .code = code,
                              .message = message,
                              .athena_code = "",
                              .reason = "",
                              .region = "",
                              .request_id = ""};
}

/* Both decisions for each answer: whether to try again, and the SQLSTATE if it stays so. */
static void answers(void **state)
{
    static const struct {
        int http_status;
        const char *code, *message;
        enum retry_verdict verdict;
        enum sqlstate state;
        const char *hint; /* a word of it */
    } cases[] = {
        {400, "InvalidRequestException", "line 1:10: mismatched input '<EOF>'.", RETRY_NEVER,
         SQLSTATE_42000, ""},
        {400, "InvalidRequestException", "Only one sql statement is allowed. Got: a;b", RETRY_NEVER,
         SQLSTATE_42000, ""},
        {400, "InvalidRequestException", "Queries of this type are not supported", RETRY_NEVER,
         SQLSTATE_42000, ""},
        {400, "InvalidRequestException", "Idempotent parameters do not match", RETRY_NEVER,
         SQLSTATE_HY000, ""},
        {400, "InvalidRequestException", "No output location provided. An output location ...",
         RETRY_NEVER, SQLSTATE_HY024, "S3OutputLocation"},
        {400, "InvalidRequestException", "Unable to verify/create output bucket x", RETRY_NEVER,
         SQLSTATE_HY024, "S3OutputLocation"},
        {400, "InvalidRequestException", "WorkGroup is not found.", RETRY_NEVER, SQLSTATE_HY024,
         "Workgroup"},
        {400, "InvalidRequestException", "WorkGroup wg is not found.", RETRY_NEVER, SQLSTATE_HY024,
         "Workgroup"},
        {400, "InvalidRequestException", "is not found: WorkGroup", RETRY_NEVER, SQLSTATE_HY000,
         ""},
        {403, "AccessDenied", "User x is not authorized to perform: s3:GetObject on y", RETRY_NEVER,
         SQLSTATE_42501, "ResultFetcher"},
        {403, "AccessDenied", "User x is not authorized to perform: sts:AssumeRole on y",
         RETRY_NEVER, SQLSTATE_42501, "IAM"},
        {400, "InvalidRequestException", "Could not find results", RETRY_NEVER, SQLSTATE_HY000,
         "deleted"},
        {400, "TooManyRequestsException", "q", RETRY_QUEUE_FULL, SQLSTATE_53300, "quota"},
        {400, "ThrottlingException", "Rate exceeded", RETRY_THROTTLED, SQLSTATE_53300, "fewer"},
        {500, "InternalServerException", "", RETRY_BACKOFF, SQLSTATE_HY000, ""},
        {500, "InternalFailure", "", RETRY_BACKOFF, SQLSTATE_HY000, ""},
        {503, "ServiceUnavailable", "", RETRY_BACKOFF, SQLSTATE_HY000, ""},
        {400, "MetadataException",
         "Database x not found. (Service: AWSGlue; Error Code: EntityNotFoundException)",
         RETRY_NEVER, SQLSTATE_3F000, "Schema"},
        {400, "MetadataException", "Table y not found. (EntityNotFoundException)", RETRY_NEVER,
         SQLSTATE_42S02, "database.table"},
        {400, "MetadataException", "Rate exceeded (ThrottlingException)", RETRY_THROTTLED,
         SQLSTATE_53300, "fewer"},
        {400, "MetadataException", "not authorized to perform: glue:GetTables", RETRY_NEVER,
         SQLSTATE_42501, "IAM"},
        {400, "AccessDeniedException", "m", RETRY_NEVER, SQLSTATE_42501, "IAM"},
        {403, "SomethingNew", "m", RETRY_NEVER, SQLSTATE_42501, "IAM"},
        {403, "ExpiredTokenException", "m", RETRY_CREDENTIALS, SQLSTATE_28000, "token"},
        {400, "ExpiredToken", "m", RETRY_CREDENTIALS, SQLSTATE_28000, "token"},
        {400, "UnrecognizedClientException", "The security token included is invalid", RETRY_NEVER,
         SQLSTATE_28000, "UID"},
        {403, "InvalidAccessKeyId", "m", RETRY_NEVER, SQLSTATE_28000, "UID"},
        {403, "SignatureDoesNotMatch", "m", RETRY_NEVER, SQLSTATE_28000, "PWD"},
        {403, "InvalidSignatureException", "The request signature we calculated does not match",
         RETRY_NEVER, SQLSTATE_28000, "PWD"},
        {403, "InvalidSignatureException", "Signature expired: 2026 is now earlier than",
         RETRY_CLOCK, SQLSTATE_28000, "clock"},
        {403, "InvalidSignatureException", "Signature not yet current: 2026 is still later than",
         RETRY_CLOCK, SQLSTATE_28000, "clock"},
        {403, "InvalidSignatureException",
         "Credential should be scoped to a valid region, not 'us-east-1'.", RETRY_NEVER,
         SQLSTATE_08004, "AwsRegion"},
        {403, "RequestTimeTooSkewed", "m", RETRY_CLOCK, SQLSTATE_28000, "clock"},
        {400, "AuthorizationHeaderMalformed", "m", RETRY_NEVER, SQLSTATE_08004, "region"},
        {301, "PermanentRedirect", "m", RETRY_REGION, SQLSTATE_08004, "region"},
        {408, "RequestTimeoutException", "m", RETRY_BACKOFF, SQLSTATE_HY000, ""},
        {400, "RequestTimeout", "m", RETRY_BACKOFF, SQLSTATE_HY000, ""},
        {413, "RequestEntityTooLargeException", "m", RETRY_NEVER, SQLSTATE_42000, "262,144"},
        {503, "SlowDown", "m", RETRY_THROTTLED, SQLSTATE_53300, "fewer"},
        {403, "AccessDenied", "m", RETRY_NEVER, SQLSTATE_42501, "s3:GetObject"},
        {404, "NoSuchKey", "m", RETRY_NEVER, SQLSTATE_HY000, "deleted"},
        {404, "NoSuchBucket", "m", RETRY_NEVER, SQLSTATE_HY024, "S3OutputLocation"},
        {412, "PreconditionFailed", "m", RETRY_NEVER, SQLSTATE_HY000, "overwritten"},
        {400, "IDPCommunicationError", "m", RETRY_BACKOFF, SQLSTATE_HY000, ""},
        {502, "502", "<html>", RETRY_BACKOFF, SQLSTATE_HY000, ""},
        {429, "429", "", RETRY_THROTTLED, SQLSTATE_53300, "fewer"},
        {404, "404", "", RETRY_NEVER, SQLSTATE_HY000, ""},
        {503, "NewCode", "", RETRY_BACKOFF, SQLSTATE_HY000, ""},
        {400, "NewCode", "", RETRY_NEVER, SQLSTATE_HY000, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct aws_error e = error_of(cases[i].http_status, cases[i].code, cases[i].message);
        struct error_meaning m = error_map_answer(&e);

        if (retry_of_answer(&e) != cases[i].verdict) {
            fail_msg("%s: %s", cases[i].code, retry_name(retry_of_answer(&e)));
        }
        if (m.state != cases[i].state || !strstr(m.hint, cases[i].hint)) {
            fail_msg("%s, %s: %s %s", cases[i].code, cases[i].message, sqlstate_code(m.state),
                     m.hint);
        }
    }
}

static void buckets_elsewhere(void **state)
{
    struct aws_error e = error_of(400, "AuthorizationHeaderMalformed", "");

    (void)state;
    e.region = "us-west-2";
    assert_int_equal(retry_of_answer(&e), RETRY_REGION);
    e = error_of(400, "400", ""); /* HEAD has no body */
    assert_int_equal(retry_of_answer(&e), RETRY_NEVER);
    e.region = "us-west-2";
    assert_int_equal(retry_of_answer(&e), RETRY_REGION);
}

static void transport(void **state)
{
    static const struct {
        enum sqlstate state;
        enum retry_verdict verdict;
    } cases[] = {
        {SQLSTATE_08000, RETRY_BACKOFF}, {SQLSTATE_08001, RETRY_BACKOFF},
        {SQLSTATE_08S01, RETRY_BACKOFF}, {SQLSTATE_HYT01, RETRY_BACKOFF},
        {SQLSTATE_08006, RETRY_NEVER},   {SQLSTATE_HY001, RETRY_NEVER},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fault f = {.state = cases[i].state};

        assert_int_equal(retry_of_transport(&f), cases[i].verdict);
    }
}

static void delays(void **state)
{
    (void)state;
    assert_true(retry_delay_ms(RETRY_BACKOFF, 1, 0) == 0);
    assert_true(retry_delay_ms(RETRY_BACKOFF, 1, UINT32_MAX) == 99);
    assert_true(retry_delay_ms(RETRY_BACKOFF, 2, UINT32_MAX) == 199);
    assert_true(retry_delay_ms(RETRY_BACKOFF, 2, UINT32_MAX / 2) == 99);
    assert_true(retry_delay_ms(RETRY_BACKOFF, 100, UINT32_MAX) == 19999);
    assert_true(retry_delay_ms(RETRY_THROTTLED, 1, UINT32_MAX) == 499);
    assert_true(retry_delay_ms(RETRY_QUEUE_FULL, 4, UINT32_MAX) == 7999);
    assert_true(retry_delay_ms(RETRY_QUEUE_FULL, UINT32_MAX, UINT32_MAX) == 29999);
    assert_true(retry_delay_ms(RETRY_CLOCK, 5, UINT32_MAX) == 0);
    assert_true(retry_delay_ms(RETRY_NEVER, 5, UINT32_MAX) == 0);
}

static void clock_offsets(void **state)
{
    static const char *const bad[] = {"",
                                      "now",
                                      "Sun, 22 Nov 2026 12:00:00",
                                      "Sun, 22 Nob 2026 12:00:00 GMT",
                                      "Sun, xx Nov 2026 12:00:00 GMT",
                                      "Sun, 22 Nov 2026 12-00-00 GMT"};
    int64_t offset_s;

    (void)state;
    assert_true(retry_clock_offset("Sun, 22 Nov 2026 12:00:00 GMT", 1795348800 - 90, &offset_s));
    assert_int_equal(offset_s, 90);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(retry_clock_offset(bad[i], 0, &offset_s));
    }
}

static void executions(void **state)
{
    static const struct {
        enum athena_state end;
        int error_type; /* -1: no AthenaError */
        const char *reason;
        enum sqlstate state;
    } cases[] = {
        {ATHENA_STATE_FAILED, -1,
         "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.default.x' does not exist",
         SQLSTATE_42S02},
        {ATHENA_STATE_FAILED, 1110, "whatever", SQLSTATE_42S02},
        /* the user's own text is in it */
        {ATHENA_STATE_FAILED, -1, "INVALID_CAST_ARGUMENT: Cannot cast 'TABLE_NOT_FOUND: x' to INT",
         SQLSTATE_22018},
        {ATHENA_STATE_FAILED, -1, "INVALID_CAST_ARGUMENT: Cannot cast 'Access Denied' to INT",
         SQLSTATE_22018},
        {ATHENA_STATE_FAILED, -1, "HIVE_METASTORE_ERROR: AccessDeniedException: not for you",
         SQLSTATE_42501},
        {ATHENA_STATE_FAILED, -1,
         "HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split s3://b/k: Access Denied (Service: "
         "Amazon S3; Status Code: 403)",
         SQLSTATE_42501},
        {ATHENA_STATE_FAILED, -1,
         "HIVE_CANNOT_OPEN_SPLIT: Please reduce your request rate. (Error Code: SlowDown)",
         SQLSTATE_53300},
        {ATHENA_STATE_FAILED, -1,
         "GENERIC_USER_ERROR: Encountered an exception from your LambdaFunction: User x is not "
         "authorized to perform: lambda:InvokeFunction",
         SQLSTATE_42501},
        {ATHENA_STATE_FAILED, -1, "EXCEEDED_LOCAL_MEMORY_LIMIT: Query exceeded per-node limit",
         SQLSTATE_53200},
        {ATHENA_STATE_FAILED, -1, "EXCEEDED_CPU_LIMIT: x", SQLSTATE_53000},
        {ATHENA_STATE_FAILED, -1, "SCHEMA_NOT_FOUND: line 1:15: Schema 'x' does not exist",
         SQLSTATE_3F000},
        {ATHENA_STATE_FAILED, -1, "CATALOG_NOT_FOUND: line 1:15: Catalog 'x' does not exist",
         SQLSTATE_3D000},
        {ATHENA_STATE_FAILED, -1, "SYNTAX_ERROR: line 1:8: Column 'x' cannot be resolved",
         SQLSTATE_42S22},
        {ATHENA_STATE_FAILED, -1, "COLUMN_NOT_FOUND: line 9:5: Column 'period' cannot be resolved",
         SQLSTATE_42S22},
        {ATHENA_STATE_FAILED, -1, "SYNTAX_ERROR: line 1:8: '+' cannot be applied", SQLSTATE_42000},
        {ATHENA_STATE_FAILED, -1, "FAILED: SemanticException x", SQLSTATE_42000},
        {ATHENA_STATE_FAILED, -1, "NOT_SUPPORTED: Unsupported Hive type: time", SQLSTATE_42000},
        {ATHENA_STATE_FAILED, -1, "DIVISION_BY_ZERO: Division by zero", SQLSTATE_22012},
        {ATHENA_STATE_FAILED, -1, "INVALID_CAST_ARGUMENT: Cannot cast 'x' to INT", SQLSTATE_22018},
        {ATHENA_STATE_FAILED, -1, "NUMERIC_VALUE_OUT_OF_RANGE: bigint addition overflow",
         SQLSTATE_22003},
        {ATHENA_STATE_FAILED, -1, "TABLE_ALREADY_EXISTS: line 1:1: Table 'x' already exists",
         SQLSTATE_42S01},
        {ATHENA_STATE_FAILED, -1, "SYNTAX_ERROR: line 1:8: Relation 'x' cannot be resolved",
         SQLSTATE_42S02},
        {ATHENA_STATE_FAILED, 1009, "HIVE_PATH_ALREADY_EXISTS: s3://b/p already exists",
         SQLSTATE_HY000},
        {ATHENA_STATE_FAILED, -1,
         "INVALID_PARAMETER_USAGE: line 1:1: Incorrect number of parameters: expected 1 but found 0",
         SQLSTATE_07002},
        {ATHENA_STATE_FAILED, -1,
         "FAILED: SemanticException [Error 10001]: Table not found default.x", SQLSTATE_42S02},
        {ATHENA_STATE_FAILED, -1,
         "FAILED: SemanticException [Error 10072]: Database does not exist: x", SQLSTATE_3F000},
        {ATHENA_STATE_FAILED, 401,
         "Access denied when writing output to url: s3://b/x.csv . Please ensure you are allowed",
         SQLSTATE_42501},
        {ATHENA_STATE_FAILED, 1306, "The specified bucket does not exist", SQLSTATE_HY024},
        {ATHENA_STATE_FAILED, 1500, "x", SQLSTATE_42501},
        {ATHENA_STATE_FAILED, 206, "x", SQLSTATE_HYT00},
        {ATHENA_STATE_FAILED, 0, "x", SQLSTATE_53000},
        {ATHENA_STATE_FAILED, 1401, "x", SQLSTATE_53300},
        {ATHENA_STATE_FAILED, 9999, "x", SQLSTATE_HY000},
        {ATHENA_STATE_FAILED, -1, "Query exhausted resources at this scale factor", SQLSTATE_53000},
        {ATHENA_STATE_CANCELLED, -1, "", SQLSTATE_HY008},
        {ATHENA_STATE_CANCELLED, 1014, "Query cancelled by user", SQLSTATE_HY008},
        {ATHENA_STATE_CANCELLED, -1, "Bytes scanned limit was exceeded", SQLSTATE_53400},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct athena_execution x = {.id = "q-1",
                                     .state = cases[i].end,
                                     .has_error = cases[i].error_type >= 0,
                                     .error_type = cases[i].error_type,
                                     .error_message = "",
                                     .state_change_reason = cases[i].reason};
        struct fault f = {0};

        if (error_map_execution(&x).state != cases[i].state) {
            fail_msg("%s: %s", cases[i].reason, sqlstate_code(error_map_execution(&x).state));
        }
        assert_int_equal(error_map_failed(&f, "running the query", &x), ST_ERR);
        assert_int_equal(f.state, cases[i].state);
        assert_non_null(strstr(f.text, cases[i].reason));
        assert_non_null(strstr(f.text, "q-1"));
    }
}

static void faults_say_all_there_is(void **state)
{
    struct aws_error e = error_of(400, "InvalidRequestException", "mismatched input");
    struct fault f = {0};
    char long_message[4000];

    (void)state;
    e.athena_code = "MALFORMED_QUERY";
    assert_int_equal(error_map_fault(&f, "starting the query", &e, "req-1"), ST_ERR);
    assert_string_equal(f.text, "starting the query: mismatched input (InvalidRequestException, "
                                "MALFORMED_QUERY; request req-1)");
    assert_int_equal(f.state, SQLSTATE_42000);
    assert_int_equal(f.native, 400);

    fault_clear(&f);
    memset(long_message, 'm', sizeof long_message - 1);
    long_message[sizeof long_message - 1] = '\0';
    e = error_of(403, "InvalidAccessKeyId", long_message);
    error_map_fault(&f, "reading", &e, NULL);
    assert_non_null(strstr(f.text, "(InvalidAccessKeyId). Check UID")); /* the hint survives */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(buckets_elsewhere),
        cmocka_unit_test(transport),
        cmocka_unit_test(delays),
        cmocka_unit_test(clock_offsets),
        cmocka_unit_test(executions),
        cmocka_unit_test(faults_say_all_there_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
