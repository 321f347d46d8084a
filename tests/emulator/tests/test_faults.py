"""Faults, counters, request validation and the control path."""

from __future__ import annotations

import concurrent.futures
import datetime
import email.utils
import http.client
import json
import time
import urllib.error

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local_aws import ACCESS_KEY, READ_ONLY_KEYS
from signing import send, signed

SERVICES = ("athena", "sts", "s3")

# kind -> service -> status and code
ANSWERS = {
    "throttle": {"athena": (400, "ThrottlingException"), "sts": (400, "Throttling"),
                 "s3": (503, "SlowDown")},
    "error5xx": {"athena": (500, "InternalServerException"), "sts": (500, "InternalFailure"),
                 "s3": (500, "InternalError")},
    "expired_credentials": {"athena": (400, "ExpiredTokenException"), "sts": (403, "ExpiredToken"),
                            "s3": (400, "ExpiredToken")},
    "access_denied": {"athena": (400, "AccessDeniedException"), "sts": (403, "AccessDenied"),
                      "s3": (403, "AccessDenied")},
}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("kind", ANSWERS)
def test_error_kinds(emulator, service, kind):
    emulator.faults({"service": service, "kind": kind, "count": 1})
    reply = send(emulator, signed(emulator, service))
    assert (reply.status, reply.code) == ANSWERS[kind][service]
    assert reply.text
    assert send(emulator, signed(emulator, service)).status == 200
    assert emulator.stats()["faults"] == {kind: 1}


def test_unavailable(emulator):
    emulator.faults({"kind": "error5xx", "status": 503, "headers": {"Retry-After": "1"}})
    codes = {s: send(emulator, signed(emulator, s)) for s in SERVICES}
    assert {s: (r.status, r.code, r.headers["retry-after"]) for s, r in codes.items()} == {
        "athena": (503, "ServiceUnavailableException", "1"),
        "sts": (503, "ServiceUnavailable", "1"), "s3": (503, "ServiceUnavailable", "1")}


def test_custom(emulator):
    emulator.faults({"service": "athena", "kind": "custom", "status": 400, "code": "Odd#Thing",
                     "message": "why", "extra": {"AthenaErrorCode": "X"}})
    reply = send(emulator, signed(emulator, "athena"))
    assert (reply.status, reply.code, reply.text) == (400, "Odd#Thing", "why")
    assert b'"AthenaErrorCode":"X"' in reply.body
    emulator.faults({"kind": "custom", "status": 502, "body": "<html>Bad Gateway</html>"})
    reply = send(emulator, signed(emulator, "athena"))
    assert (reply.status, reply.body) == (502, b"<html>Bad Gateway</html>")
    assert reply.headers["content-type"] == "text/html"


def test_only_what_the_rule_names(emulator, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a.csv", Body=b"x")
    s3.put_object(Bucket=bucket, Key="b.txt", Body=b"x")
    emulator.faults({"service": "s3", "operation": ["GetObject", "Head*"], "bucket": bucket,
                     "key": "*.csv", "access_key": ACCESS_KEY, "kind": "throttle"})
    for call in (s3.get_object, s3.head_object):
        with pytest.raises(ClientError):
            call(Bucket=bucket, Key="a.csv")
        call(Bucket=bucket, Key="b.txt")
    reader = emulator.client("s3", keys=READ_ONLY_KEYS)
    reader.get_object(Bucket=bucket, Key="a.csv")
    s3.put_object(Bucket=bucket, Key="a.csv", Body=b"y")
    assert emulator.stats()["faults"] == {"throttle": 2}


def test_skip_and_count(emulator):
    emulator.faults({"service": "sts", "kind": "throttle", "skip": 1, "count": 2})
    seen = [send(emulator, signed(emulator, "sts")).status for _ in range(5)]
    assert seen == [200, 400, 400, 200, 200]
    rule, = emulator.control("GET", "faults")
    assert (rule["seen"], rule["hits"]) == (5, 2)


def test_probability(emulator):
    emulator.faults({"service": "sts", "kind": "throttle", "probability": 0.5, "seed": 1})
    seen = [send(emulator, signed(emulator, "sts")).status for _ in range(60)]
    assert 15 < seen.count(400) < 45
    emulator.control("DELETE", "faults")
    assert send(emulator, signed(emulator, "sts")).status == 200


def test_boto3_gets_over_faults(emulator, bucket):
    patient = emulator.client("s3", config=Config(retries={"total_max_attempts": 5}))
    emulator.faults({"kind": "throttle", "count": 1}, {"kind": "reset", "count": 1},
                    {"kind": "error5xx", "status": 503, "count": 1, "skip": 1})
    patient.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert patient.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"
    assert emulator.stats()["requests"]["s3.PutObject"] >= 2


def test_reset_before_and_after(emulator, s3, bucket):
    emulator.faults({"operation": "PutObject", "kind": "reset", "count": 1},
                    {"operation": "PutObject", "kind": "reset", "when": "after", "skip": 1})
    request = signed(emulator, "s3", method="PUT", path=f"/{bucket}/k", body=b"x")
    for is_done in (False, True):
        with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
            send(emulator, request)
        assert ("Contents" in s3.list_objects_v2(Bucket=bucket)) is is_done


def test_truncate(emulator, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x" * 1_000_000)
    emulator.faults({"operation": "GetObject", "kind": "truncate", "after_bytes": 300_000})
    with pytest.raises(http.client.IncompleteRead) as error:
        send(emulator, signed(emulator, "s3", path=f"/{bucket}/k"))
    assert len(error.value.partial) == 300_000
    emulator.faults({"service": "athena", "kind": "truncate", "after_bytes": 1})
    with pytest.raises(http.client.IncompleteRead) as error:
        send(emulator, signed(emulator, "athena"))
    assert error.value.partial == b"{"


def test_truncate_at_the_end_breaks_nothing(emulator, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"abc")
    emulator.faults({"operation": "GetObject", "kind": "truncate", "after_bytes": 3})
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"abc"


def test_stall(emulator, s3, bucket):
    body = bytes(range(256)) * 1000
    s3.put_object(Bucket=bucket, Key="k", Body=body)
    emulator.faults({"operation": "GetObject", "kind": "stall", "after_bytes": 100_000,
                     "delay_ms": 400})
    begin = time.monotonic()
    stream = s3.get_object(Bucket=bucket, Key="k")["Body"]
    head = stream.read(100_000)
    arrived = time.monotonic() - begin
    assert head + stream.read() == body
    assert arrived < 0.3 < 0.4 <= time.monotonic() - begin


def test_stall_without_end(emulator, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x" * 100)
    emulator.faults({"operation": "GetObject", "kind": "stall", "after_bytes": 10})
    hasty = emulator.client("s3", config=Config(read_timeout=0.5,
                                                retries={"total_max_attempts": 1}))
    with pytest.raises(Exception, match="(?i)timed? ?out"):
        hasty.get_object(Bucket=bucket, Key="k")["Body"].read()
    hasty.close()
    deadline = time.monotonic() + 5
    while emulator.stats()["active"] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert emulator.stats()["active"] == 0  # the server noticed that the client went away


def test_delay_holds_nobody_else_up(emulator):
    emulator.faults({"service": "sts", "kind": "delay", "delay_ms": 500})
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        begin = time.monotonic()
        slow = [pool.submit(send, emulator, signed(emulator, "sts")) for _ in range(8)]
        assert send(emulator, signed(emulator, "s3")).status == 200
        assert time.monotonic() - begin < 0.45
        assert [f.result().status for f in slow] == [200] * 8
        assert 0.5 <= time.monotonic() - begin < 1.5
    assert emulator.stats()["peak_concurrency_by_operation"]["sts.GetCallerIdentity"] == 8


@pytest.mark.parametrize("is_reset", [False, True])
def test_delayed_until_nobody_waits(emulator, is_reset):
    """It is carried out, as AWS would, but not among what comes after a reset."""
    emulator.faults({"service": "athena", "kind": "delay", "delay_ms": 600, "count": 1})
    request = signed(emulator, "athena", body=json.dumps({"QueryString": "SELECT 1"}).encode(),
                     headers={"X-Amz-Target": "AmazonAthena.StartQueryExecution"})
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=0.2)
    connection.request("POST", "/", body=request.data, headers=dict(request.headers))
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()
    if is_reset:
        emulator.control("POST", "reset")
    time.sleep(0.8)
    assert emulator.stats()["queries"]["started"] == (0 if is_reset else 1)


@pytest.mark.parametrize("service", SERVICES)
def test_clock_skew(emulator, service):
    emulator.faults({"kind": "clock_skew", "offset_ms": 3_600_000})
    reply = send(emulator, signed(emulator, service))
    assert reply.status in (400, 403)
    server = email.utils.parsedate_to_datetime(reply.headers["date"])
    ahead = server - datetime.datetime.now(datetime.timezone.utc)
    assert abs(ahead.total_seconds() - 3600) < 5
    assert send(emulator, signed(emulator, service, shift_s=3600)).status == 200


@pytest.mark.parametrize("rule, text", [
    ({"kind": "nonsense"}, "kind must be"), ({}, "kind must be"),
    ({"kind": "delay", "delay": 1}, "unknown fields: delay"),
    ({"kind": "delay", "delay_ms": "1"}, "must be a number"),
    ({"kind": "reset", "when": "later"}, "before or after"), ("delay", "list of rules")])
def test_bad_rules_are_refused(emulator, rule, text):
    emulator.faults({"service": "sts", "kind": "throttle"})
    with pytest.raises(urllib.error.HTTPError) as error:
        emulator.control("POST", "faults", rule)
    assert error.value.code == 400 and text in error.value.read().decode()
    assert len(emulator.control("GET", "faults")) == 1  # the rules in force stay


def test_stats_and_reset(emulator, s3, bucket):
    emulator.control("POST", "reset")
    s3.put_object(Bucket=bucket, Key="k", Body=b"x" * 5000)
    s3.get_object(Bucket=bucket, Key="k")["Body"].read()
    send(emulator, signed(emulator, "s3", path="/no-such-bucket-here/k"))
    stats = emulator.stats()
    assert stats["requests"] == {"s3.PutObject": 1, "s3.GetObject": 2}
    assert stats["requests_total"] == 3
    assert stats["errors"] == {"s3.NoSuchBucket": 1}
    assert stats["peak_concurrency"] == 1 and stats["active"] == 0
    assert stats["bytes_in"] == 5000 and 5000 < stats["bytes_out"] < 6000
    assert stats["connections_opened"] >= 1
    emulator.control("POST", "reset")
    assert emulator.stats()["requests"] == {}


# what is sent -> code and text
INVALID = [
    ("StartQueryExecution", b'{"QueryString": ""}', "InvalidRequestException",
     "1 validation error detected: Value '' at 'queryString' failed to satisfy constraint: "
     "Member must have length greater than or equal to 1"),
    ("StartQueryExecution", b'{"QueryString": "%s"}' % (b"x" * 262145), "InvalidRequestException",
     "at 'queryString' failed to satisfy constraint: Member must have length less than or equal "
     "to 262144"),
    ("StartQueryExecution", b"{}", "InvalidRequestException",
     "Value null at 'queryString' failed to satisfy constraint: Member must not be null"),
    ("StartQueryExecution", b'{"QueryString": "x", "WorkGroup": "a b", "ExecutionParameters": []}',
     "InvalidRequestException", "2 validation errors detected: "),
    ("StartQueryExecution", b'{"QueryString": "x", "WorkGroup": "a b"}', "InvalidRequestException",
     "Member must satisfy regular expression pattern: [a-zA-Z0-9._-]{1,128}"),
    ("StartQueryExecution", b'{"QueryString": "x", "ResultConfiguration": '
     b'{"EncryptionConfiguration": {"EncryptionOption": "NO"}}}', "InvalidRequestException",
     "Value 'NO' at 'resultConfiguration.encryptionConfiguration.encryptionOption' failed to "
     "satisfy constraint: Member must satisfy enum value set: [SSE_S3, SSE_KMS, CSE_KMS]"),
    ("GetQueryResults", b'{"QueryExecutionId": "x", "MaxResults": 1001}', "InvalidRequestException",
     "Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than "
     "or equal to 1000"),
    ("BatchGetQueryExecution", b'{"QueryExecutionIds": []}', "InvalidRequestException",
     "at 'queryExecutionIds' failed"),
    ("StartQueryExecution", b'{"QueryString": 5}', "SerializationException",
     "NUMBER_VALUE can not be converted to a String"),
    ("StartQueryExecution", b'{"QueryString": ["x"]}', "SerializationException",
     "Start of list found where not expected"),
    ("GetQueryResults", b'{"QueryExecutionId": "x", "MaxResults": "5"}', "SerializationException",
     "STRING_VALUE can not be converted to an Integer"),
    ("BatchGetQueryExecution", b'{"QueryExecutionIds": "x"}', "SerializationException", ""),
    ("StartQueryExecution", b"not json", "SerializationException", ""),
    ("NoSuchOperation", b"{}", "UnknownOperationException", ""),
]


@pytest.mark.parametrize("operation, body, code, text", INVALID)
def test_athena_validation(emulator, operation, body, code, text):
    reply = send(emulator, signed(emulator, "athena", body=body,
                                  headers={"X-Amz-Target": f"AmazonAthena.{operation}"}))
    assert reply.status == (404 if code == "UnknownOperationException" else 400)
    assert reply.code == code
    assert text in reply.text
    assert reply.headers["x-amzn-requestid"]
    assert reply.headers["content-type"] == "application/x-amz-json-1.1"


def test_athena_ignores_unknown_members(emulator):
    reply = send(emulator, signed(emulator, "athena", body=b'{"Unheard": {"of": [1]}}'))
    assert reply.status == 200


def test_control_path(emulator):
    assert emulator.control("GET", "ready")["region"] == "us-east-1"
    with pytest.raises(urllib.error.HTTPError) as error:
        emulator.control("GET", "nothing")
    assert error.value.code == 404
    with pytest.raises(urllib.error.HTTPError) as error:
        emulator.control("POST", "roles", {"nonsense": 1})
    assert error.value.code == 400
    emulator.control("POST", "buckets", {"name": "made-by-control", "region": "eu-west-3"})
    s3 = emulator.client("s3")
    assert s3.get_bucket_location(Bucket="made-by-control")["LocationConstraint"] == "eu-west-3"
