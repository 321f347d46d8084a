"""The life of a query: states, times, dials, stopping, tokens, reuse, quotas, where results go."""

from __future__ import annotations

import time
import uuid

import pytest
from botocore.exceptions import ClientError

from local_aws import READ_ONLY_KEYS
from queries import Queries


def test_a_query_is_seen_queued_then_running_then_succeeded(queries: Queries) -> None:
    query = queries.start("-- athena-local: queue_ms=300 run_ms=400\nSELECT 1")
    begun = time.monotonic()
    states, times = [], {}
    while not states or states[-1] != "SUCCEEDED":
        state = queries.get(query)["Status"]["State"]
        if not states or states[-1] != state:
            states.append(state)
            times[state] = time.monotonic() - begun
        time.sleep(0.01)
    assert states == ["QUEUED", "RUNNING", "SUCCEEDED"]
    assert 0.25 < times["RUNNING"] < 0.7
    assert times["SUCCEEDED"] > 0.65


def test_description_of_a_finished_query(queries: Queries) -> None:
    found = queries.succeed(
        "/* athena-local: queue_ms=50 run_ms=100 */ SELECT 1 AS a",
        Database="sample",
        WorkGroup="primary",
    )
    query = found["QueryExecutionId"]
    assert found["Query"].endswith("SELECT 1 AS a")
    assert (found["StatementType"], found["SubstatementType"]) == ("DML", "SELECT")
    assert found["WorkGroup"] == "primary"
    assert found["QueryExecutionContext"] == {"Database": "sample"}
    assert found["EngineVersion"]["EffectiveEngineVersion"] == "Athena engine version 3"
    assert (
        found["ResultConfiguration"]["OutputLocation"] == f"s3://athena-local-results/{query}.csv"
    )
    status, statistics = found["Status"], found["Statistics"]
    assert status["CompletionDateTime"] > status["SubmissionDateTime"]
    assert "AthenaError" not in status and "StateChangeReason" not in status
    assert statistics["QueryQueueTimeInMillis"] >= 45
    assert statistics["EngineExecutionTimeInMillis"] >= 95
    assert statistics["TotalExecutionTimeInMillis"] >= 145
    assert statistics["DataScannedInBytes"] == 0
    assert statistics["ResultReuseInformation"] == {"ReusedPreviousResult": False}


def test_scanned_bytes_are_the_files_or_the_dial(queries: Queries) -> None:
    found = queries.succeed("SELECT max(fare) FROM sample.taxi_trips")
    assert found["Statistics"]["DataScannedInBytes"] > 1_000_000
    found = queries.succeed("SELECT 1 -- athena-local: scanned_bytes=123456789")
    assert found["Statistics"]["DataScannedInBytes"] == 123456789


def test_runtime_statistics_tell_the_number_of_rows(queries: Queries) -> None:
    query = queries.succeed("SELECT * FROM sample.zones")["QueryExecutionId"]
    found = queries.athena.get_query_runtime_statistics(QueryExecutionId=query)
    found = found["QueryRuntimeStatistics"]
    assert found["Rows"]["OutputRows"] == 20
    assert found["Timeline"]["TotalExecutionTimeInMillis"] >= 45
    assert found["OutputStage"]["State"] == "FINISHED"


def test_batch_get_answers_known_ids_and_names_the_others(queries: Queries) -> None:
    ids = [queries.start("SELECT 1") for _ in range(3)]
    unknown = str(uuid.uuid4())
    found = queries.athena.batch_get_query_execution(QueryExecutionIds=[*ids, unknown])
    assert [q["QueryExecutionId"] for q in found["QueryExecutions"]] == ids
    assert [u["QueryExecutionId"] for u in found["UnprocessedQueryExecutionIds"]] == [unknown]


def test_unknown_query(queries: Queries) -> None:
    for call in (
        queries.get,
        queries.results,
        lambda i: queries.athena.stop_query_execution(QueryExecutionId=i),
    ):
        with pytest.raises(queries.athena.exceptions.InvalidRequestException):
            call(str(uuid.uuid4()))


def test_list_is_newest_first_and_per_workgroup(queries: Queries) -> None:
    ids = [queries.start("SELECT 1") for _ in range(7)]
    other = queries.start("SELECT 1", WorkGroup="enforced")
    pages = queries.athena.get_paginator("list_query_executions").paginate(
        WorkGroup="primary", PaginationConfig={"PageSize": 3}
    )
    listed = [i for page in pages for i in page["QueryExecutionIds"]]
    assert listed == ids[::-1]
    found = queries.athena.list_query_executions(WorkGroup="enforced")
    assert found["QueryExecutionIds"] == [other]


# Dials


def test_fail_dial(queries: Queries) -> None:
    found = queries.run(
        '-- athena-local: run_ms=80 fail="HIVE_BAD_DATA: a \\"bad\\" file"\nSELECT 1'
    )
    status = found["Status"]
    assert status["State"] == "FAILED"
    assert status["StateChangeReason"] == 'HIVE_BAD_DATA: a "bad" file'
    assert status["AthenaError"]["ErrorCategory"] == 2
    assert status["AthenaError"]["ErrorType"] == 1001
    assert found["ResultConfiguration"]["OutputLocation"].endswith(".csv")


def test_cancel_dial(queries: Queries) -> None:
    status = queries.run("SELECT 1 -- athena-local: cancel")["Status"]
    assert status["State"] == "CANCELLED"
    assert status["AthenaError"]["ErrorType"] == 1014


def test_fail_start_dial(queries: Queries) -> None:
    with pytest.raises(ClientError) as error:
        queries.start("SELECT 1 -- athena-local: fail_start=TooManyRequestsException")
    assert error.value.response["Error"]["Code"] == "TooManyRequestsException"
    assert error.value.response["Reason"] == "CONCURRENT_QUERY_LIMIT_EXCEEDED"


def test_unknown_dial_is_refused(queries: Queries) -> None:
    assert "runn_ms" in queries.refusal("SELECT 1 -- athena-local: runn_ms=3")


# Stopping


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 -- athena-local: queue_ms=60000",
        "SELECT 1 -- athena-local: run_ms=60000",
        # Real work, that DuckDB must be interrupted in.
        "SELECT count(*) FROM sample.taxi_trips a, sample.taxi_trips b WHERE a.fare + b.fare < 0.3",
    ],
)
def test_stop(queries: Queries, sql: str) -> None:
    query = queries.start(sql)
    time.sleep(0.4)
    assert queries.get(query)["Status"]["State"] in ("QUEUED", "RUNNING")
    begun = time.monotonic()
    queries.athena.stop_query_execution(QueryExecutionId=query)
    found = queries.wait(query)
    assert time.monotonic() - begun < 5
    assert found["Status"]["State"] == "CANCELLED"
    assert found["Status"]["StateChangeReason"] == "Query cancelled by user"
    assert queries.keys(found["ResultConfiguration"]["OutputLocation"]) == []
    with pytest.raises(queries.athena.exceptions.InvalidRequestException):
        queries.results(query)


def test_stop_of_a_finished_query_changes_nothing(queries: Queries) -> None:
    query = queries.succeed("SELECT 1")["QueryExecutionId"]
    queries.athena.stop_query_execution(QueryExecutionId=query)
    assert queries.get(query)["Status"]["State"] == "SUCCEEDED"


def test_thousands_may_be_in_flight(queries: Queries) -> None:
    ids = [queries.start("SELECT 1 -- athena-local: run_ms=60000") for _ in range(300)]
    begun = time.monotonic()
    assert queries.row("SELECT 2") == ["2"]
    assert time.monotonic() - begun < 5
    assert queries.local("stats")["queries"]["active"] >= 300
    for query in ids:
        queries.athena.stop_query_execution(QueryExecutionId=query)
    assert queries.wait(ids[-1])["Status"]["State"] == "CANCELLED"
    found = queries.local("stats")["queries"]
    assert found["stopped"] == 300 and found["started"] == 301


# ClientRequestToken


def test_same_token_is_the_same_query(queries: Queries) -> None:
    token = uuid.uuid4().hex
    first = queries.start("SELECT 1", ClientRequestToken=token)
    assert queries.start("SELECT 1", ClientRequestToken=token) == first
    assert (
        queries.refusal("SELECT 2", ClientRequestToken=token)
        == "Idempotent parameters do not match"
    )
    assert queries.local("stats")["queries"]["started"] == 1


# Result reuse


def test_reuse(queries: Queries) -> None:
    reuse = {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 10}}
    sql = f"SELECT count(*) AS n_{uuid.uuid4().hex[:6]} FROM sample.zones"
    first = queries.succeed(sql, ResultReuseConfiguration=reuse)
    assert not first["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"]
    again = queries.succeed(
        sql.replace(" FROM", "  -- comment\n FROM"), ResultReuseConfiguration=reuse
    )
    assert again["QueryExecutionId"] != first["QueryExecutionId"]
    assert again["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"]
    assert again["Statistics"]["DataScannedInBytes"] == 0
    assert queries.texts(again["QueryExecutionId"])[1] == ["20"]
    without = queries.succeed(sql)
    assert not without["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"]


# Where results go


def test_output_location_of_the_request(queries: Queries, bucket: str) -> None:
    found = queries.succeed(
        "SELECT 1", ResultConfiguration={"OutputLocation": f"s3://{bucket}/p/q"}
    )
    query = found["QueryExecutionId"]
    assert found["ResultConfiguration"]["OutputLocation"] == f"s3://{bucket}/p/q/{query}.csv"
    assert queries.keys(f"s3://{bucket}/") == [f"p/q/{query}.csv", f"p/q/{query}.csv.metadata"]


def test_enforced_workgroup_wins(queries: Queries, bucket: str) -> None:
    found = queries.succeed(
        "SELECT 1", WorkGroup="enforced", ResultConfiguration={"OutputLocation": f"s3://{bucket}/"}
    )
    assert found["ResultConfiguration"]["OutputLocation"].startswith(
        "s3://athena-local-results/enforced/"
    )
    assert queries.keys(f"s3://{bucket}/") == []


def test_managed_results_have_no_location(queries: Queries, bucket: str) -> None:
    found = queries.succeed("SELECT 7 AS a", WorkGroup="managed")
    assert "ResultConfiguration" not in found
    assert found["ManagedQueryResultsConfiguration"]["Enabled"]
    assert queries.texts(found["QueryExecutionId"]) == [["a"], ["7"]]
    assert "managed" in queries.refusal(
        "SELECT 1", WorkGroup="managed", ResultConfiguration={"OutputLocation": f"s3://{bucket}/"}
    )


@pytest.mark.parametrize(
    "request_, message",
    [
        ({"WorkGroup": "nolocation"}, "No output location provided"),
        ({"WorkGroup": "disabled"}, "WorkGroup disabled is disabled."),
        ({"WorkGroup": "nope"}, "WorkGroup nope is not found."),
        (
            {"ResultConfiguration": {"OutputLocation": "s3://no-such-bucket-here/x/"}},
            "Unable to verify/create output bucket no-such-bucket-here",
        ),
        ({"ResultConfiguration": {"OutputLocation": "https://bucket/x/"}}, "not a valid S3 path"),
    ],
)
def test_refused_at_the_start(queries: Queries, request_: dict, message: str) -> None:
    assert message in queries.refusal("SELECT 1", **request_)


def test_read_only_key_fails_when_the_result_is_written(queries: Queries) -> None:
    other = Queries(queries.emulator, keys=READ_ONLY_KEYS)
    status = other.run("SELECT 1")["Status"]
    assert status["State"] == "FAILED"
    assert status["StateChangeReason"].startswith("Access denied when writing output to url: s3://")
    assert status["AthenaError"]["ErrorType"] == 1500
    assert other.run("SELECT 1", WorkGroup="managed")["Status"]["State"] == "SUCCEEDED"


@pytest.mark.parametrize("option, algorithm", [("SSE_S3", "AES256"), ("SSE_KMS", "aws:kms")])
def test_encryption_by_the_server(queries: Queries, s3, option: str, algorithm: str) -> None:
    encryption = {"EncryptionOption": option, **({"KmsKey": "key"} if "KMS" in option else {})}
    done = queries.succeed("SELECT 1", ResultConfiguration={"EncryptionConfiguration": encryption})
    assert done["ResultConfiguration"]["EncryptionConfiguration"] == encryption
    bucket, key = done["ResultConfiguration"]["OutputLocation"].removeprefix("s3://").split("/", 1)
    there = s3.get_object(Bucket=bucket, Key=key)
    assert there["ServerSideEncryption"] == algorithm
    assert there["Body"].read() == b'"_col0"\n"1"\n'


def test_encryption_by_the_client(queries: Queries, s3) -> None:
    """The object is ciphertext; Athena itself reads it."""
    encryption = {"EncryptionOption": "CSE_KMS", "KmsKey": "key"}
    done = queries.succeed("SELECT 1", ResultConfiguration={"EncryptionConfiguration": encryption})
    bucket, key = done["ResultConfiguration"]["OutputLocation"].removeprefix("s3://").split("/", 1)
    there = s3.get_object(Bucket=bucket, Key=key)
    assert int(there["Metadata"]["x-amz-unencrypted-content-length"]) == 12
    assert "x-amz-key-v2" in there["Metadata"] and b"_col0" not in there["Body"].read()
    rows = queries.athena.get_query_results(QueryExecutionId=done["QueryExecutionId"])
    assert rows["ResultSet"]["Rows"][1]["Data"] == [{"VarCharValue": "1"}]


@pytest.mark.parametrize("expected, state", [("210987654321", "SUCCEEDED"),
                                             ("123456789012", "FAILED")])
def test_the_expected_owner(queries: Queries, expected: str, state: str) -> None:
    queries.local("buckets", {"name": "somebody-elses", "owner": "210987654321"})
    status = queries.run("SELECT 1", ResultConfiguration={
        "OutputLocation": "s3://somebody-elses/", "ExpectedBucketOwner": expected})["Status"]
    assert status["State"] == state
    assert state == "SUCCEEDED" or "expected bucket owner" in status["StateChangeReason"]


# Quotas


def test_active_dml_limit(queries: Queries) -> None:
    queries.local("limits", {"active_dml": 2})
    for _ in range(2):
        queries.start("SELECT 1 -- athena-local: run_ms=60000")
    with pytest.raises(queries.athena.exceptions.TooManyRequestsException) as error:
        queries.start("SELECT 1")
    assert error.value.response["Reason"] == "CONCURRENT_QUERY_LIMIT_EXCEEDED"
    queries.succeed("SHOW DATABASES")  # DDL has its own


@pytest.mark.parametrize(
    "group, call",
    [
        ("start", lambda q, i: q.start("SELECT 1")),
        ("status", lambda q, i: q.get(i)),
        ("batch", lambda q, i: q.athena.batch_get_query_execution(QueryExecutionIds=[i])),
    ],
)
def test_call_rates(queries: Queries, group: str, call) -> None:
    query = queries.succeed("SELECT 1")["QueryExecutionId"]
    queries.local("limits", {f"{group}_per_s": 5, f"{group}_burst": 3})
    for _ in range(3):
        call(queries, query)
    with pytest.raises(ClientError) as error:
        call(queries, query)
    assert error.value.response["Error"] == {
        "Code": "ThrottlingException",
        "Message": "Rate exceeded",
    }
    time.sleep(0.3)
    call(queries, query)
    queries.local("limits", {})
    for _ in range(10):
        call(queries, query)


def test_reset_forgets_queries_and_counts(queries: Queries) -> None:
    query = queries.start("SELECT 1 -- athena-local: run_ms=60000")
    queries.emulator.reset()
    with pytest.raises(queries.athena.exceptions.InvalidRequestException):
        queries.get(query)
    time.sleep(0.2)
    found = queries.local("stats")["queries"]
    assert found == {**found, "started": 0, "cancelled": 0, "active": 0, "stopped": 0}


def test_abandoned_queries_are_counted(queries: Queries) -> None:
    queries.succeed("SELECT 1")
    queries.start("SELECT 2")
    time.sleep(0.5)
    found = queries.local("stats")["queries"]
    assert (found["succeeded"], found["abandoned"]) == (2, 1)


def test_scan_limit_of_the_workgroup(queries: Queries) -> None:
    name = f"cut-{uuid.uuid4().hex[:8]}"
    queries.athena.create_work_group(
        Name=name,
        Configuration={
            "ResultConfiguration": {"OutputLocation": "s3://athena-local-results/"},
            "BytesScannedCutoffPerQuery": 10_000_000,
        },
    )
    assert queries.run("SELECT 1", WorkGroup=name)["Status"]["State"] == "SUCCEEDED"
    status = queries.run("SELECT max(fare) FROM sample.taxi_trips", WorkGroup=name)["Status"]
    assert status["State"] == "CANCELLED"
    assert "Bytes scanned limit was exceeded" in status["StateChangeReason"]
    queries.athena.delete_work_group(WorkGroup=name)
