"""Where services and buckets are: other regions, redirects, who owns a bucket and who pays."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import odbc
import pytest
from conftest import TOP, tool

ROWS = 3000  # more than a page of the API: they come from the file
LONG = f"SELECT trip_id FROM taxi_trips WHERE trip_id BETWEEN 1 AND {ROWS} ORDER BY trip_id"
EVERY = [(str(n),) for n in range(1, ROWS + 1)]
ELSEWHERE = "eu-central-1"


def test_the_table_is_botocores() -> None:
    """What tests/unit/endpoints_test.c holds the driver to."""
    table = tool(TOP / "tests" / "tools" / "endpoint-table")
    for name, text in table.files().items():
        assert (table.DATA / name).read_text() == text, f"{name}: run endpoint-table --write"


@pytest.fixture
def bucket(athena) -> Callable[..., str]:
    """Makes a bucket: its location for results."""

    def make(name: str = "", **settings: Any) -> str:
        name = name or f"bucket-{uuid.uuid4()}"
        athena.control("POST", "buckets", {"name": name, **settings})
        return f"s3://{name}/results/"

    return make


def refused(connection: odbc.Connection, sql: str = LONG) -> tuple[str, int, str]:
    s = odbc.Statement(connection)
    rc = s.execute(sql)
    if rc == odbc.SUCCESS:
        rc = s.fetch()
    s.check(rc, odbc.ERROR)
    record = s.diagnostics()[0]
    s.check(s.free())
    return record


def selected(connection: odbc.Connection, sql: str = LONG) -> list:
    s = odbc.Statement(connection)
    rows = s.query(sql)
    s.check(s.free())
    return rows


# ---- buckets in other regions -----------------------------------------------------------------

REGION_HEADER = {"x-amz-bucket-region": ELSEWHERE}


@pytest.mark.parametrize("answer", [
    None,  # what the local Athena says by itself: 301, PermanentRedirect
    {"status": 301, "code": "PermanentRedirect", "headers": REGION_HEADER},
    {"status": 301, "code": "PermanentRedirect", "extra": {"Region": ELSEWHERE}},
    {"status": 307, "code": "TemporaryRedirect", "headers": REGION_HEADER},
    {"status": 400, "code": "AuthorizationHeaderMalformed", "headers": REGION_HEADER,
     "message": "The authorization header is malformed; the region 'us-east-1' is wrong"},
    {"status": 400, "code": "AuthorizationHeaderMalformed", "extra": {"Region": ELSEWHERE}},
    {"status": 400, "code": "IllegalLocationConstraintException", "headers": REGION_HEADER},
    {"status": 301, "body": "", "headers": REGION_HEADER},
    {"status": 400, "body": "", "headers": REGION_HEADER},
], ids=["as it is", "301 header", "301 body", "307", "400 header", "400 body", "400 location",
        "301 bare", "400 bare"])
def test_a_bucket_in_another_region_is_followed_once(athena, connect, bucket, answer) -> None:
    connection = connect(S3OutputLocation=bucket(region=ELSEWHERE), ResultFetcher="S3")
    if answer:
        athena.faults({"service": "s3", "operation": "GetObject", "kind": "custom", "count": 1,
                       **answer})
    assert selected(connection) == EVERY
    first = athena.stats()
    assert sum(n for code, n in first["errors"].items() if code.startswith("s3.")) == 1
    assert selected(connection) == EVERY
    again = athena.stats()
    assert again["errors"] == first["errors"], "the region was not remembered"
    assert again["requests"]["s3.GetObject"] == 2 * first["requests"]["s3.GetObject"] - 1


@pytest.mark.parametrize("answer", [
    {"status": 301, "code": "PermanentRedirect", "headers": REGION_HEADER},
    {"status": 301, "code": "PermanentRedirect"},
    {"status": 307, "code": "TemporaryRedirect", "headers": {"Location": "http://127.0.0.1:1/"}},
    {"status": 301, "code": "PermanentRedirect", "headers": {"x-amz-bucket-region": "not a region"}},
], ids=["in circles", "nowhere", "to a location", "to no region"])
def test_a_redirect_that_leads_nowhere(athena, connect, bucket, answer) -> None:
    connection = connect(S3OutputLocation=bucket(), ResultFetcher="S3")
    athena.faults({"service": "s3", "operation": "GetObject", "kind": "custom", **answer})
    state, _, text = refused(connection)
    assert state == "08004", text
    assert "another region" in text
    assert athena.requests("s3.GetObject") <= 2


@pytest.mark.parametrize("name", ["dots.in.the.name.", "plain-name-"])
@pytest.mark.parametrize("path_style", ["0", "1"])
def test_styles(athena, connect, bucket, name, path_style) -> None:
    """localhost has no names below it, so that the path is where buckets are here."""
    where = bucket(f"{name}{uuid.uuid4().hex[:8]}")
    connection = connect(S3OutputLocation=where, ResultFetcher="S3", S3PathStyle=path_style)
    assert selected(connection) == EVERY


# ---- who owns a bucket, who pays ---------------------------------------------------------------


@pytest.mark.parametrize("fetcher", ["auto", "S3", "GetQueryResults"])
def test_the_expected_owner(athena, connect, bucket, fetcher) -> None:
    """Athena looks at it when it writes; an enforced workgroup does not take it from a client."""
    mine, foreign = bucket(), bucket(owner="210987654321")
    owner = {"ExpectedBucketOwner": "123456789012", "ResultFetcher": fetcher}
    assert selected(connect(S3OutputLocation=mine, **owner)) == EVERY
    state, _, text = refused(connect(S3OutputLocation=foreign, **owner))
    assert state == "42501", text
    assert "ExpectedBucketOwner" in text


@pytest.mark.parametrize("fetcher", ["auto", "S3"])
def test_reading_from_another_owner(athena, connect, fetcher) -> None:
    """Refused when it is read, and not read by another way, for it may be the owner that is wrong."""
    connection = connect(Workgroup="enforced", ExpectedBucketOwner="210987654321",
                         ResultFetcher=fetcher)
    state, _, text = refused(connection)
    assert state == "42501", text
    assert "ExpectedBucketOwner" in text
    assert athena.requests("s3.GetObject") >= 1


@pytest.mark.parametrize("pays, works", [("1", True), ("0", False)])
def test_requester_pays(athena, connect, bucket, pays, works) -> None:
    connection = connect(S3OutputLocation=bucket(requester_pays=True), ResultFetcher="S3",
                         RequesterPays=pays)
    if works:
        assert selected(connection) == EVERY
    else:
        state, _, text = refused(connection)
        assert state == "42501" and "RequesterPays" in text, text


# ---- overrides ---------------------------------------------------------------------------------


@pytest.mark.parametrize("write", ["http://localhost:{port}", "http://localhost:{port}/",
                                   "HTTP://LOCALHOST:{port}", "http://127.0.0.1:{port}//"])
def test_forms_of_an_override(athena, connect, write) -> None:
    url = write.format(port=athena.port)
    assert selected(connect(EndpointOverride=url, S3EndpointOverride=url)) == EVERY


@pytest.mark.parametrize("option", ["EndpointOverride", "S3EndpointOverride"])
@pytest.mark.parametrize("changes, words", [
    ({"": "ftp://host"}, ["ftp://host", "http or https"]),
    ({"": "http://host/?x=1"}, ["without user and query"]),
    ({"": "two words"}, ["two words"]),
    ({"UseFipsEndpoint": "1"}, ["UseFipsEndpoint"]),
    ({"UseDualStackEndpoint": "1"}, ["UseDualStackEndpoint"]),
    ({"UseFipsEndpoint": "perhaps"}, ["UseFipsEndpoint", "perhaps", "0"]),
    ({"S3PathStyle": "2"}, ["S3PathStyle", "2"]),
    ({"RequesterPays": "you"}, ["RequesterPays", "you"]),
    ({"ExpectedBucketOwner": "me"}, ["ExpectedBucketOwner", "me", "12"]),
])
def test_impossible_places_are_named(env, connection_string, option, changes, words) -> None:
    places = {"EndpointOverride": None, "S3EndpointOverride": None,
              option: changes.get("", "http://127.0.0.1:1")}
    others = {k: v for k, v in changes.items() if k}
    connection = odbc.Connection(env)
    connection.check(connection.connect(connection_string(**{**places, **others})), odbc.ERROR)
    state, _, text = connection.diagnostics()[0]
    assert state == "HY024", text
    for word in [*words] if others else [option, *words]:
        assert word in text, text
    connection.check(connection.free())
