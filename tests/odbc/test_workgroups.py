"""What a workgroup and the options of results ask for: location, encryption, reuse, managed results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import odbc
import pytest
from emulator_process import ACCESS_KEY, REGION, SECRET_KEY
from execution_info import attribute

ROWS = 3000  # more than a page of the API: they come from the file, where they may
LONG = f"SELECT trip_id FROM taxi_trips WHERE trip_id BETWEEN 1 AND {ROWS} ORDER BY trip_id"
EVERY = [(str(n),) for n in range(1, ROWS + 1)]
KEY = "arn:aws:kms:us-east-1:123456789012:key/00000000-1111-2222-3333-444444444444"
OWN = "s3://athena-local-results/own/"


@pytest.fixture
def client(athena) -> Callable[[str], Any]:
    """boto3's client of a service."""
    return lambda service: boto3.client(service, endpoint_url=athena.url, region_name=REGION,
                                        aws_access_key_id=ACCESS_KEY,
                                        aws_secret_access_key=SECRET_KEY)


@pytest.fixture
def workgroup(client) -> Callable[..., str]:
    """Makes a workgroup of its own for the test."""
    made = []

    def make(**configuration: Any) -> str:
        made.append(f"group-{len(made)}")
        client("athena").create_work_group(Name=made[-1], Configuration=configuration)
        return made[-1]

    yield make
    for name in made:
        client("athena").delete_work_group(WorkGroup=name, RecursiveDeleteOption=True)


def run(connection: odbc.Connection, sql: str = LONG) -> tuple[list, str, str]:
    """Rows, the query's id and where its result is."""
    s = odbc.Statement(connection)
    s.check(s.execute(sql))
    told = [attribute(s, n, False) for n in ("QUERY_EXECUTION_ID", "OUTPUT_LOCATION")]
    rows = s.rows()
    s.check(s.free())
    return rows, *told


def execution(client: Callable, query_id: str) -> dict[str, Any]:
    return client("athena").get_query_execution(QueryExecutionId=query_id)["QueryExecution"]


def head(client: Callable, location: str) -> dict[str, Any]:
    bucket, _, key = location.removeprefix("s3://").partition("/")
    return client("s3").head_object(Bucket=bucket, Key=key)


# ---- encryption ------------------------------------------------------------------------------

SSE_KMS = {"S3OutputEncOption": "SSE_KMS", "S3OutputEncKMSKey": KEY}
CSE_KMS = {"S3OutputEncOption": "CSE_KMS", "S3OutputEncKMSKey": KEY}


@pytest.mark.parametrize("fetcher", ["auto", "S3", "GetQueryResults"])
@pytest.mark.parametrize("options, asked, header", [
    ({"S3OutputEncOption": "NOT_SET", "S3OutputEncKMSKey": KEY}, None, "AES256"),
    ({"S3OutputEncOption": "sse_s3", "S3OutputEncKMSKey": KEY}, {"EncryptionOption": "SSE_S3"},
     "AES256"),
    (SSE_KMS, {"EncryptionOption": "SSE_KMS", "KmsKey": KEY}, "aws:kms"),
], ids=["NOT_SET", "SSE_S3", "SSE_KMS"])
def test_encryption_by_the_server(athena, connect, client, fetcher, options, asked, header) -> None:
    """A key goes with what takes one alone; S3 deciphers what it gives."""
    connection = connect(S3OutputLocation=OWN, ResultFetcher=fetcher, **options)
    rows, query_id, location = run(connection)
    assert rows == EVERY
    found = execution(client, query_id)["ResultConfiguration"]
    assert found.get("EncryptionConfiguration") == asked
    there = head(client, location)
    assert there["ServerSideEncryption"] == header
    assert there.get("SSEKMSKeyId") == (KEY if header == "aws:kms" else None)
    assert (athena.requests("s3.GetObject") == 0) == (fetcher == "GetQueryResults")


@pytest.mark.parametrize("fetcher", ["auto", "GetQueryResults"])
def test_client_side_encryption_is_read_by_the_api(athena, connect, client, fetcher) -> None:
    rows, query_id, location = run(connect(S3OutputLocation=OWN, ResultFetcher=fetcher, **CSE_KMS))
    assert rows == EVERY
    assert execution(client, query_id)["ResultConfiguration"]["EncryptionConfiguration"] == {
        "EncryptionOption": "CSE_KMS", "KmsKey": KEY}
    assert "x-amz-key-v2" in head(client, location)["Metadata"], "the file is not encrypted"
    assert athena.requests("s3.GetObject") == 0


def test_client_side_encryption_and_the_s3_fetcher(connect) -> None:
    s = odbc.Statement(connect(S3OutputLocation=OWN, ResultFetcher="S3", **CSE_KMS))
    s.check(s.execute(LONG), odbc.ERROR)
    state, _, text = s.diagnostics()[0]
    assert state == "HYC00", text
    assert "CSE_KMS" in text and "ResultFetcher" in text
    assert s.query("SHOW DATABASES"), "what has no such file is not concerned"
    s.check(s.free())


@pytest.mark.parametrize("fetcher, works", [("auto", True), ("S3", False)])
def test_ciphertext_that_nobody_announced(athena, connect, workgroup, fetcher, works) -> None:
    """The execution tells nothing of it, the object itself does."""
    group = workgroup(ResultConfiguration={
        "OutputLocation": OWN, "EncryptionConfiguration": {"EncryptionOption": "CSE_KMS",
                                                           "KmsKey": KEY}})
    s = odbc.Statement(connect(Workgroup=group, ResultFetcher=fetcher))
    hide = " /* athena-local: hides_encryption */"
    if works:
        assert s.query(LONG + hide) == EVERY
        assert athena.requests("s3.GetObject") == 1
    else:
        s.check(s.execute(LONG + hide), odbc.ERROR)
        assert s.states() == ["HYC00"]
    s.check(s.free())


# ---- locations -------------------------------------------------------------------------------


@pytest.mark.parametrize("group, given, used", [
    ("primary", None, "s3://athena-local-results/"),
    ("primary", OWN, OWN),
    ("primary", OWN.rstrip("/"), OWN),
    ("primary", f"  {OWN} ", OWN),
    ("enforced", OWN, "s3://athena-local-results/enforced/"),
    ("nolocation", OWN, OWN),
])
def test_output_location(connect, group, given, used) -> None:
    rows, query_id, location = run(connect(Workgroup=group, S3OutputLocation=given))
    assert rows == EVERY
    assert location == f"{used}{query_id}.csv"


@pytest.mark.parametrize("option, header", [("SSE_KMS", "aws:kms"), ("CSE_KMS", None)])
def test_an_enforced_workgroup_decides(connect, client, workgroup, option, header) -> None:
    """Whatever the client says of location, encryption and owner."""
    group = workgroup(EnforceWorkGroupConfiguration=True, ResultConfiguration={
        "OutputLocation": OWN,
        "EncryptionConfiguration": {"EncryptionOption": option, "KmsKey": KEY}})
    rows, query_id, location = run(connect(
        Workgroup=group, S3OutputLocation="s3://athena-local-results/ignored/",
        S3OutputEncOption="SSE_S3", AclOption="BUCKET_OWNER_FULL_CONTROL"))
    assert rows == EVERY
    assert location.startswith(OWN)
    found = execution(client, query_id)["ResultConfiguration"]
    assert found["EncryptionConfiguration"]["EncryptionOption"] == option
    assert "AclConfiguration" not in found
    if header:
        assert head(client, location)["ServerSideEncryption"] == header


def test_acl(connect, client) -> None:
    connection = connect(S3OutputLocation=OWN, AclOption="bucket_owner_full_control")
    _, query_id, _ = run(connection)
    assert execution(client, query_id)["ResultConfiguration"]["AclConfiguration"] == {
        "S3AclOption": "BUCKET_OWNER_FULL_CONTROL"}


# ---- managed results ---------------------------------------------------------------------------


@pytest.mark.parametrize("fetcher", ["auto", "S3", "GetQueryResults"])
def test_managed_results(athena, connect, fetcher) -> None:
    rows, _, location = run(connect(Workgroup="managed", ResultFetcher=fetcher))
    assert rows == EVERY
    assert location == ""
    assert athena.requests("s3.GetObject") == 0


@pytest.mark.parametrize("options", [
    {"S3OutputLocation": OWN}, {"S3OutputEncOption": "SSE_S3"},
    {"ExpectedBucketOwner": "123456789012"}])
def test_managed_results_take_no_location(connect, options) -> None:
    """Which AWS's own driver wants to be told: a warning, or Athena's refusal where nobody asked."""
    connection = connect(Workgroup="managed", **options)
    (state, _, text), = connection.diagnostics()
    assert state == "01000" and next(iter(options)) in text and "managed" in text, text
    assert run(connection)[0] == EVERY
    s = odbc.Statement(connect(Workgroup="managed", ConnectionTest="0", **options))
    s.check(s.execute(LONG), odbc.ERROR)
    state, _, text = s.diagnostics()[0]
    assert state == "HY024", text
    assert "leave S3OutputLocation" in text
    s.check(s.free())


# ---- reuse -------------------------------------------------------------------------------------


@pytest.mark.parametrize("options, age, is_reused", [
    ({}, None, 0),
    ({"EnableResultReuse": "0", "ReusedResultMaxAgeInMinutes": "60"}, None, 0),
    ({"EnableResultReuse": "1"}, 60, 1),
    ({"EnableResultReuse": "1", "ReusedResultMaxAgeInMinutes": "10080"}, 10080, 1),
    ({"EnableResultReuse": "1", "ReusedResultMaxAgeInMinutes": "0"}, 0, 0),
], ids=["default", "off", "on", "a week", "none is young enough"])
def test_reuse(connect, client, options, age, is_reused) -> None:
    connection = connect(**options)
    sql = f"{LONG} -- {options}"
    for is_second in (False, True):
        s = odbc.Statement(connection)
        s.check(s.execute(sql))
        query_id = attribute(s, "QUERY_EXECUTION_ID", False)
        told = attribute(s, "RESULT_REUSED", False)
        assert s.rows() == EVERY
        s.check(s.free())
        asked = execution(client, query_id)["ResultReuseConfiguration"][
            "ResultReuseByAgeConfiguration"]
        assert asked.get("MaxAgeInMinutes") == age
        assert asked["Enabled"] == (age is not None)
    assert told == is_reused


# ---- connecting --------------------------------------------------------------------------------


@pytest.mark.parametrize("group, state, word", [
    ("disabled", "08004", "disabled"), ("no-such-group", "HY024", "Workgroup")])
@pytest.mark.parametrize("test", ["1", "0"])
def test_a_workgroup_that_cannot_be_used(env, connection_string, group, state, word, test) -> None:
    """Told when connecting, or by the first statement where connecting is not to ask."""
    connection = odbc.Connection(env)
    rc = connection.connect(connection_string(Workgroup=group, ConnectionTest=test))
    if test == "1":
        connection.check(rc, odbc.ERROR)
        found = connection.diagnostics()[0]
        assert found[0] == state, found
    else:
        connection.check(rc)
        s = odbc.Statement(connection)
        s.check(s.execute("SELECT 1"), odbc.ERROR)
        found = s.diagnostics()[0]
        s.check(s.free())
        connection.check(connection.disconnect())
    assert word in found[2], found
    connection.check(connection.free())


def test_connecting_asks_for_the_workgroup_and_nothing_else(athena, connect) -> None:
    connect(Workgroup="enforced")
    assert athena.stats()["requests"] == {"athena.GetWorkGroup": 1}


@pytest.mark.parametrize("options, words", [
    ({"S3OutputEncOption": "SSE_C"}, ["S3OutputEncOption", "SSE_C", "SSE_KMS", "CSE_KMS"]),
    ({"S3OutputEncOption": "SSE_KMS"}, ["S3OutputEncKMSKey"]),
    ({"S3OutputEncOption": "CSE_KMS"}, ["S3OutputEncKMSKey"]),
    ({"AclOption": "PUBLIC"}, ["AclOption", "PUBLIC", "BUCKET_OWNER_FULL_CONTROL"]),
    ({"ReusedResultMaxAgeInMinutes": "10081"}, ["ReusedResultMaxAgeInMinutes", "10081", "10080"]),
    ({"ReusedResultMaxAgeInMinutes": "an hour"}, ["ReusedResultMaxAgeInMinutes", "an hour"]),
    ({"EnableResultReuse": "often"}, ["EnableResultReuse", "often", "1"]),
    ({"ConnectionTest": "maybe"}, ["ConnectionTest", "maybe"]),
    ({"S3OutputLocation": "/tmp"}, ["S3OutputLocation", "/tmp", "s3://"]),
    ({"S3OutputLocation": "https://bucket.s3.amazonaws.com/x/"}, ["S3OutputLocation", "s3://"]),
])
def test_bad_values_are_named(env, connection_string, options, words) -> None:
    connection = odbc.Connection(env)
    connection.check(connection.connect(connection_string(**options)), odbc.ERROR)
    state, _, text = connection.diagnostics()[0]
    assert state == "HY024", text
    for word in words:
        assert word in text, text
    connection.check(connection.free())
