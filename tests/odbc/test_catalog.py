"""Catalog functions through the driver manager."""

from __future__ import annotations

import ctypes
import time

import odbc
import pytest
from catalog_calls import call, wait_for

TABLES_COLUMNS = ["TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "TABLE_TYPE", "REMARKS"]


def run(s: odbc.Statement, sql: str) -> None:
    """A statement without rows."""
    s.check(s.execute(sql))
    s.check(s.close())


def names(s: odbc.Statement) -> list[str]:
    return [s.describe(c)[0] for c in range(1, s.columns() + 1)]


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def any_statement(connection, request) -> odbc.Statement:
    s = odbc.Statement(connection, is_async=request.param)
    yield s
    assert s.free() == odbc.SUCCESS


def test_tables_of_a_schema(any_statement) -> None:
    rows = call(any_statement, "SQLTables", None, "sample", "%", None)
    found = {row[2]: row[3] for row in rows}
    assert found["taxi_trips"] == "TABLE"
    assert found["all_types"] == "VIEW"
    assert {row[1] for row in rows} == {"sample"}
    assert {row[0].lower() for row in rows} == {"awsdatacatalog"}


@pytest.mark.parametrize("pattern, found", [
    ("taxi%", ["taxi_trips"]), ("taxi\\_trips", ["taxi_trips"]), ("TAXI_TRIPS", None),
    ("z_nes", ["zones"]), ("nothing%", []),
])
def test_patterns(any_statement, pattern: str, found: list[str] | None) -> None:
    rows = call(any_statement, "SQLTables", None, "sample", pattern, None)
    if found is not None:
        assert [row[2] for row in rows] == found


def test_table_types(any_statement) -> None:
    rows = call(any_statement, "SQLTables", None, "sample", "%", "VIEW")
    assert rows
    assert {row[3] for row in rows} == {"VIEW"}
    rows = call(any_statement, "SQLTables", None, "sample", "%", "'TABLE','VIEW'")
    assert {row[3] for row in rows} == {"TABLE", "VIEW"}


def test_empty_strings_of_ado_net_mean_all(any_statement) -> None:
    rows = call(any_statement, "SQLTables", "", "", "", "")
    assert "taxi_trips" in {row[2] for row in rows}


def test_enumerations(any_statement) -> None:
    catalogs = call(any_statement, "SQLTables", "%", "", "", "")
    assert [row[0].lower() for row in catalogs] == ["awsdatacatalog"]
    schemas = call(any_statement, "SQLTables", "", "%", "", "")
    assert {"default", "sample"} <= {row[1] for row in schemas}
    types = call(any_statement, "SQLTables", "", "", "", "%")
    assert {"TABLE", "VIEW"} <= {row[3] for row in types}


def test_names_of_the_result(any_statement) -> None:
    s = any_statement
    s.check(s.poll(lambda: odbc.lib.SQLTables(s.value, None, 0, b"sample", odbc.NTS, None, 0,
                                              None, 0)))
    assert names(s) == TABLES_COLUMNS
    s.check(s.close())


def test_columns_with_partition_keys_last(any_statement) -> None:
    rows = call(any_statement, "SQLColumns", None, "sample", "orders\\_by\\_month", "%")
    found = [row[3] for row in rows]
    assert found[-2:] == ["year", "month"]
    assert [int(row[16]) for row in rows] == list(range(1, len(rows) + 1))


def test_columns_of_every_type(any_statement) -> None:
    rows = call(any_statement, "SQLColumns", None, "sample", "taxi_trips", "%")
    kinds = {row[3]: (int(row[4]), row[5]) for row in rows}
    assert kinds["trip_id"][0] == -5
    assert kinds["fare"][0] == 3
    assert kinds["pickup_at"][0] == 93
    fare = next(row for row in rows if row[3] == "fare")
    assert (fare[6], fare[8]) == ("10", "2")
    rows = call(any_statement, "SQLColumns", None, "sample", "all_types", "%")
    assert len(rows) > 20, "an unknown type is text, never an error"


def test_type_info(any_statement) -> None:
    s = any_statement
    s.check(s.poll(lambda: odbc.lib.SQLGetTypeInfo(s.value, 0)))
    rows = s.rows()
    s.check(s.close())
    assert {"bigint", "varchar", "decimal", "timestamp", "boolean"} <= {row[0] for row in rows}
    assert [int(row[1]) for row in rows] == sorted(int(row[1]) for row in rows)
    s.check(s.poll(lambda: odbc.lib.SQLGetTypeInfo(s.value, -5)))
    assert [row[0] for row in s.rows()] == ["bigint"]
    s.check(s.close())


EMPTY = {
    "SQLStatistics": (3, (0, 0), 13), "SQLPrimaryKeys": (3, (), 6), "SQLForeignKeys": (6, (), 14),
    "SQLProcedures": (3, (), 8), "SQLProcedureColumns": (4, (), 19),
    "SQLTablePrivileges": (3, (), 7), "SQLColumnPrivileges": (4, (), 8),
}


@pytest.mark.parametrize("name", EMPTY)
def test_what_athena_does_not_have_is_empty_with_the_right_columns(statement, name: str) -> None:
    s = statement
    texts, numbers, width = EMPTY[name]
    arguments: list = []
    for _ in range(texts):
        arguments += [b"x", odbc.NTS]
    s.check(getattr(odbc.lib, name)(s.value, *arguments, *(ctypes.c_ushort(n) for n in numbers)))
    assert s.columns() == width
    assert s.fetch() == odbc.NO_DATA
    s.check(s.close())


def test_special_columns_is_empty(statement) -> None:
    s = statement
    s.check(odbc.lib.SQLSpecialColumns(s.value, ctypes.c_ushort(1), None, 0, b"sample", odbc.NTS,
                                       b"zones", odbc.NTS, ctypes.c_ushort(0), ctypes.c_ushort(0)))
    assert s.columns() == 8
    assert s.fetch() == odbc.NO_DATA
    s.check(s.close())


def test_wide_arguments(statement) -> None:
    s = statement
    s.check(odbc.lib.SQLTablesW(s.value, None, 0, odbc.utf16("sample"), odbc.NTS,
                                odbc.utf16("zones"), odbc.NTS, None, 0))
    assert [row[2] for row in s.rows(wide=True)] == ["zones"]
    s.check(s.close())


def test_throttled_metadata_is_retried(athena, any_statement) -> None:
    athena.faults({"service": "athena", "operation": "ListTableMetadata", "kind": "throttle",
                   "count": 2})
    rows = call(any_statement, "SQLTables", None, "sample", "%", None)
    assert "zones" in {row[2] for row in rows}


def test_denied_get_table_metadata_is_done_without(athena, any_statement) -> None:
    athena.faults({"service": "athena", "operation": "GetTableMetadata", "kind": "access_denied",
                   "count": 100})
    rows = call(any_statement, "SQLColumns", None, "sample", "zones", "%")
    assert [row[3] for row in rows] == ["id", "borough", "name"]


def test_schema_that_does_not_exist(any_statement) -> None:
    assert call(any_statement, "SQLTables", None, "no_such_schema", "%", None) == []


OTHERS = [
    {"name": "redis", "databases": {"Keys": ["Users", "orders"], "other": ["x"]}},
    {"name": "hive", "type": "HIVE", "databases": {"warehouse": ["t"]}},
    {"name": "lake/bucket", "type": "FEDERATED", "databases": {"space": ["points"]}},
]


@pytest.mark.parametrize("changes, asked, by_query", [
    ({"QueryExternalCatalogs": "1"}, {"ListTableMetadata"}, True),
    ({"MetadataRetrievalMethod": "ProxyAPI"}, {"ListTableMetadata"}, True),
    ({"QueryExternalCatalogs": "1", "UseQueryToListTables": "0"}, {"ListTableMetadata"}, False),
])
def test_all_catalogs(athena, connect, changes: dict, asked: set, by_query: bool) -> None:
    athena.control("POST", "catalogs", OTHERS)
    s = odbc.Statement(connect(**changes))
    catalogs = call(s, "SQLTables", "%", "", "", "")
    assert [row[0] for row in catalogs] == ["AwsDataCatalog", "hive", "lake/bucket", "redis"]
    rows = call(s, "SQLTables", None, None, None, None)
    assert [row[:4] for row in rows if row[0] != "AwsDataCatalog"] == [
        ("hive", "warehouse", "t", "TABLE"), ("lake/bucket", "space", "points", "TABLE"),
        ("redis", "Keys", "Users", "TABLE"), ("redis", "Keys", "orders", "TABLE"),
        ("redis", "other", "x", "TABLE")]
    assert "taxi_trips" in {row[2] for row in rows if row[0] == "AwsDataCatalog"}
    assert athena.stats()["queries"]["started"] == (2 if by_query else 0)
    assert {row[:3] for row in call(s, "SQLTables", "redis", "Keys", "U%", None)} == {
        ("redis", "Keys", "Users")}
    columns = call(s, "SQLColumns", "lake/bucket", "space", "points", None)
    assert [row[3] for row in columns] == ["column_0001"]
    assert s.free() == odbc.SUCCESS


def test_a_query_that_fails_is_done_without(athena, connect) -> None:
    athena.control("POST", "catalogs", OTHERS)
    athena.faults({"service": "athena", "operation": "StartQueryExecution",
                   "kind": "access_denied", "count": 100})
    for changes in ({"Catalog": "redis"}, {"MetadataRetrievalMethod": "Query"}):
        s = odbc.Statement(connect(**changes))
        found = {row[2] for row in call(s, "SQLTables", None, None, None, None)}
        assert found & {"Users", "taxi_trips"}
        assert s.free() == odbc.SUCCESS


@pytest.mark.parametrize("arguments", [
    (None, None, None, None), ("", "", "", ""), (None, "sam%", "%z%", None),
    (None, "SAMPLE", "ta_i%", "TABLE"), (None, "sample", "taxi\\_%", "VIEW"),
    (None, None, "zones", None), (None, "nope", None, None), (None, "it's", "%'%", None),
])
def test_tables_by_query_are_the_same(athena, connect, arguments: tuple) -> None:
    found = []
    for method in ("Auto", "Query"):
        s = odbc.Statement(connect(MetadataRetrievalMethod=method))
        # information_schema has no comments
        found.append([row[:4] for row in call(s, "SQLTables", *arguments)])
        assert s.free() == odbc.SUCCESS
    assert found[0] == found[1]


@pytest.mark.parametrize("arguments", [
    (None, "sample", None, None), (None, "sample", "z%", None), (None, "%", "orders%", "%m%"),
    (None, "sample", "all\\_types", None), (None, "sample", "a%", None),
    (None, "sample", "%e_", "name"), (None, "nope", None, ""),
])
def test_columns_by_query_are_the_same(athena, connect, arguments: tuple) -> None:
    found = []
    for changes in ({}, {"MetadataRetrievalMethod": "Query", "MetadataCacheSeconds": "60"}):
        s = odbc.Statement(connect(**changes))
        found.append(call(s, "SQLColumns", *arguments))
        if changes:
            assert found[-1] == call(s, "SQLColumns", *arguments), "again, from the cache"
        assert s.free() == odbc.SUCCESS
    assert found[0] == found[1]
    assert athena.stats()["queries"]["started"] == (arguments[2] != "all\\_types")


def test_paging_goes_on_behind_empty_pages(athena, any_statement) -> None:
    athena.control("POST", "catalogs", [
        {"name": "AwsDataCatalog", "databases": 120, "tables": 1, "empty_pages": 2},
        {"name": "AwsDataCatalog", "databases": ["many"], "tables": 120}])
    rows = call(any_statement, "SQLTables", None, "many", "%", None)
    assert [row[2] for row in rows] == [f"table_{n:04}" for n in range(1, 121)]


def test_metadata_cache(athena, connect) -> None:
    one, two, new = (odbc.Statement(connect(MetadataCacheSeconds=seconds))
                     for seconds in ("60", "60", "0"))
    for s in (one, two):
        assert "zones" in {row[2] for row in call(s, "SQLTables", None, "sample", "%", None)}
    assert athena.requests("athena.ListTableMetadata") == 1
    call(new, "SQLTables", None, "sample", "%", None)
    assert athena.requests("athena.ListTableMetadata") == 2
    run(one, "CREATE OR REPLACE VIEW cached_view AS SELECT 1 AS a")
    try:
        rows = call(two, "SQLTables", None, "sample", "%", None)
        assert "cached_view" in {row[2] for row in rows}
        assert [row[3] for row in call(two, "SQLColumns", None, "sample", "cached_view", None)
                ] == ["a"]
    finally:
        run(one, "DROP VIEW cached_view")
    assert "cached_view" not in {row[2] for row in call(two, "SQLTables", None, "sample", "%", "")}
    for s in (one, two, new):
        assert s.free() == odbc.SUCCESS


def test_the_workgroup_goes_with_metadata_calls(connect) -> None:
    s = odbc.Statement(connect(Workgroup="nowhere", ConnectionTest="0"))
    assert odbc.lib.SQLTables(s.value, None, 0, b"sample", odbc.NTS, b"zo%", odbc.NTS, None,
                              0) == odbc.ERROR
    assert "WorkGroup nowhere" in s.diagnostics()[0][2]
    assert s.free() == odbc.SUCCESS


def test_a_query_for_names_is_stopped_with_its_function(athena, connection, connect) -> None:
    athena.faults({"service": "athena", "operation": ["GetQueryExecution",
                                                      "BatchGetQueryExecution"],
                   "kind": "delay", "delay_ms": 300})
    s = odbc.Statement(connect(MetadataRetrievalMethod="Query"), is_async=True)

    def ask() -> int:
        return odbc.call("SQLTables", s.value, None, 0, "sample", odbc.NTS, None, 0, None, 0)

    assert ask() == odbc.STILL_EXECUTING
    wait_for(lambda: athena.requests("athena.StartQueryExecution") == 1)
    assert s.cancel() == odbc.SUCCESS
    assert s.poll(ask) == odbc.ERROR
    assert s.states() == ["HY008"]
    wait_for(lambda: athena.requests("athena.StopQueryExecution") == 1)
    athena.faults()
    s.check(s.poll(ask))
    assert s.rows()
    s.check(s.free())


@pytest.mark.parametrize("changes", [{}, {"MetadataRetrievalMethod": "Query"},
                                     {"QueryExternalCatalogs": "1"}])
def test_disconnecting_in_the_midst(athena, connect, changes: dict) -> None:
    athena.control("POST", "catalogs", [*OTHERS, {"name": "AwsDataCatalog", "databases": 30}])
    athena.faults({"service": "athena", "kind": "delay", "delay_ms": 200})
    connection = connect(**changes)
    s = odbc.Statement(connection, is_async=True)
    for _ in range(5):
        assert odbc.call("SQLTables", s.value, *[None, 0] * 4) == odbc.STILL_EXECUTING
        time.sleep(0.03)
    assert connection.disconnect() == odbc.SUCCESS


def test_max_rows(any_statement) -> None:
    s = any_statement
    s.check(s.set(odbc.ATTR_MAX_ROWS, 2))
    assert len(call(s, "SQLTables", None, "sample", "%", "")) == 2
    assert len(call(s, "SQLColumns", None, "sample", "zones", "")) == 2
