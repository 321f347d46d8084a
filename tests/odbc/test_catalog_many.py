"""SQLTables where there is much to list: by calls first, then by a query (MetadataRetrievalMethod=Auto)."""

from __future__ import annotations

from collections.abc import Callable

import odbc
import pytest
from catalog_calls import call, wait_for

DATABASES, TABLES = 150, 3
MANY = [{"name": "AwsDataCatalog", "databases": DATABASES, "tables": TABLES, "comment": "of a table"}]
EVERY = [("AwsDataCatalog", f"db_{d:04}", f"table_{t:04}", "TABLE")
         for d in range(1, DATABASES + 1) for t in range(1, TABLES + 1)]
ALL = (None, "db\\_%", "%", None)
LISTS = "athena.ListTableMetadata"
START = "athena.StartQueryExecution"


def tables(s: odbc.Statement, *arguments: str | None) -> list[tuple[str | None, ...]]:
    """Without the comments."""
    return [row[:4] for row in call(s, "SQLTables", *(arguments or ALL))]


@pytest.fixture
def connect(connect: Callable, athena) -> Callable:
    """With keys that nobody else has: what an identity remembers, it has learnt in this test."""
    keys = athena.control("GET", "credentials")
    signer = {"UID": keys["AccessKeyId"], "PWD": keys["SecretAccessKey"],
              "SessionToken": keys["Token"]}
    return lambda **changes: connect(**{**signer, **changes})


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_many_databases_are_one_query(athena, connect, is_async: bool) -> None:
    athena.control("POST", "catalogs", MANY)
    s = odbc.Statement(connect(), is_async=is_async)
    assert tables(s) == EVERY
    assert athena.requests(START) == 1
    assert athena.requests(LISTS) < DATABASES
    assert athena.requests("athena.GetQueryResults") == 1
    assert athena.requests("s3.GetObject") == 0
    assert s.free() == odbc.SUCCESS


@pytest.mark.parametrize("arguments, expected", [
    ((None, None, "table\\_0002", None), {EVERY[n] for n in range(1, len(EVERY), 3)}),
    ((None, "db%9", "%3", "TABLE"), {EVERY[n] for n in range(26, len(EVERY), 30)}),
    ((None, "%", "taxi%", ""), {("AwsDataCatalog", "sample", "taxi_trips", "TABLE")}),
    ((None, "DB\\_0150", "%1", ""), {EVERY[-3]}),
    ((None, "db%", "%", "VIEW"), set()),
])
def test_many_databases_and_patterns(athena, connect, arguments: tuple, expected: set) -> None:
    athena.control("POST", "catalogs", MANY)
    s = odbc.Statement(connect())
    found = tables(s, *arguments)
    assert set(found) == expected and len(found) == len(expected)
    assert s.free() == odbc.SUCCESS


def test_many_tables_of_one_database_are_one_query(athena, connect) -> None:
    athena.control("POST", "catalogs", [
        {"name": "AwsDataCatalog", "databases": ["big", "other"], "tables": 1200}])
    s = odbc.Statement(connect())
    assert [row[2] for row in tables(s, None, "big", "%", None)] == [
        f"table_{n:04}" for n in range(1, 1201)]
    assert athena.requests(START) == 1
    assert athena.requests(LISTS) < 24
    assert s.free() == odbc.SUCCESS


@pytest.mark.parametrize("changes, databases", [
    ({}, 60), ({"MetadataRetrievalMethod": "AWS Glue"}, DATABASES),
    ({"MetadataRetrievalMethod": "ProxyAPI"}, DATABASES)])
def test_calls_bring_comments(athena, connect, changes: dict, databases: int) -> None:
    athena.control("POST", "catalogs", [{**MANY[0], "databases": databases}])
    s = odbc.Statement(connect(**changes))
    rows = call(s, "SQLTables", *ALL)
    assert len(rows) == databases * TABLES
    assert {row[4] for row in rows} == {"of a table"}
    assert athena.requests(START) == 0
    assert athena.requests(LISTS) == databases
    assert s.free() == odbc.SUCCESS


REFUSALS = [
    {"operation": "StartQueryExecution", "kind": "access_denied"},
    {"operation": "GetQueryResults", "kind": "access_denied"},
    {"operation": "GetQueryExecution", "kind": "access_denied"},
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=[r["operation"] for r in REFUSALS])
def test_a_refused_query_is_done_without_and_remembered(athena, connect, refusal: dict) -> None:
    athena.control("POST", "catalogs", MANY)
    athena.faults({"service": "athena", **refusal})
    for changes in ({}, {}, {"MetadataCacheSeconds": "60"}):
        s = odbc.Statement(connect(**changes))
        assert tables(s) == EVERY
        assert s.free() == odbc.SUCCESS
    assert athena.requests(START) == 1, "what was refused is not tried again"
    assert athena.requests(LISTS) == 3 * DATABASES, "no call is made twice"
    athena.faults()
    other = odbc.Statement(connect(S3OutputLocation="s3://athena-local-results/other/"))
    assert tables(other) == EVERY
    assert athena.requests(START) == 2, "another place for results is another matter"
    assert other.free() == odbc.SUCCESS


def test_no_place_for_results(athena, connect) -> None:
    athena.control("POST", "catalogs", MANY)
    s = odbc.Statement(connect(Workgroup="nolocation"))
    assert tables(s) == EVERY
    assert athena.requests(LISTS) == DATABASES
    assert s.free() == odbc.SUCCESS


def test_calls_go_on_beside_a_slow_query(athena, connect) -> None:
    athena.control("POST", "catalogs", MANY)
    athena.faults({"service": "athena", "operation": "GetQueryExecution", "kind": "stall"})
    s = odbc.Statement(connect())
    assert tables(s) == EVERY
    assert athena.requests(LISTS) == DATABASES
    wait_for(lambda: athena.requests("athena.StopQueryExecution") == 1)
    assert s.free() == odbc.SUCCESS


def test_the_query_s_answer_is_cached(athena, connect) -> None:
    athena.control("POST", "catalogs", MANY)
    s = odbc.Statement(connect(MetadataCacheSeconds="60"))
    assert tables(s) == EVERY
    before = athena.stats()["requests_total"]
    assert tables(s) == EVERY
    assert athena.stats()["requests_total"] == before
    assert s.free() == odbc.SUCCESS


def test_kept_results_are_not_asked_for(athena, connect) -> None:
    athena.control("POST", "catalogs", MANY)
    s = odbc.Statement(connect(EnableResultReuse="1"))
    for _ in range(2):
        assert tables(s) == EVERY
    assert athena.requests(START) == 2
    assert athena.stats()["queries"]["reused"] == 0
    assert s.free() == odbc.SUCCESS


def test_other_catalogs_are_listed_meanwhile(athena, connect) -> None:
    athena.control("POST", "catalogs", [
        *MANY, {"name": "lake", "type": "GLUE", "databases": 120, "tables": 1},
        {"name": "hive", "type": "HIVE", "databases": 3, "tables": 1}])
    s = odbc.Statement(connect(QueryExternalCatalogs="1"))
    found = tables(s)
    assert [row for row in found if row[0] == "AwsDataCatalog"] == EVERY
    assert len([row for row in found if row[0] == "hive"]) == 3
    # the local Athena runs no query in another catalog: its calls go on
    assert len([row for row in found if row[0] == "lake"]) == 120
    assert s.free() == odbc.SUCCESS


def test_disconnecting_while_calls_are_held(athena, connect) -> None:
    athena.control("POST", "catalogs", MANY)
    athena.faults({"service": "athena", "operation": "GetQueryExecution", "kind": "stall"})
    connection = connect()
    s = odbc.Statement(connection, is_async=True)

    def ask() -> int:
        return odbc.call("SQLTables", s.value, *[None, 0] * 4)

    assert ask() == odbc.STILL_EXECUTING
    wait_for(lambda: athena.requests("athena.GetQueryExecution") >= 1)
    assert ask() == odbc.STILL_EXECUTING
    assert connection.disconnect() == odbc.SUCCESS
    wait_for(lambda: athena.requests("athena.StopQueryExecution") == 1)
