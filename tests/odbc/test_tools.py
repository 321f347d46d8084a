"""What tools do to a driver, as far as it is known: a test for each habit.

Power BI's connector, ADO.NET, Tableau, Excel and Microsoft Query, SAS, R and others; and the complaints
that users have had of other drivers for Athena. What concerns signing in, catalog functions and
conversions has its tests elsewhere (test_connect.py, test_catalog.py, test_conversions.py).
"""

from __future__ import annotations

import ctypes
import struct
import time

import boto3
import odbc
import pyodbc
import pytest
from emulator_process import ACCESS_KEY, REGION, SECRET_KEY
from execution_info import attribute

ATTR_CURSOR_TYPE, ATTR_CONCURRENCY, ATTR_MAX_LENGTH, ATTR_NOSCAN = 6, 7, 3, 2
ATTR_CONNECTION_DEAD, CD_FALSE, CD_TRUE = 1209, 0, 1
IS_INTEGER = -6


@pytest.fixture
def text_of(athena):
    """The text that Athena was given for a statement's last execution."""
    client = boto3.client("athena", endpoint_url=athena.url, region_name=REGION,
                          aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY)

    def read(statement: odbc.Statement) -> str:
        identifier = attribute(statement, "QUERY_EXECUTION_ID")
        return client.get_query_execution(QueryExecutionId=identifier)[
            "QueryExecution"]["Query"]

    return read


def is_dead(connection: odbc.Connection) -> bool:
    value = ctypes.c_uint(77)
    connection.check(odbc.lib.SQLGetConnectAttr(connection.value, ATTR_CONNECTION_DEAD,
                                                ctypes.byref(value), IS_INTEGER, None))
    assert value.value in (CD_FALSE, CD_TRUE)
    return value.value == CD_TRUE


# Power BI

# As Power Query writes them when it folds: names quoted and qualified, aliases in quotes, escape
# clauses for dates and functions, LIMIT in place of TOP.
FOLDED = {
    "navigation": ('select "id", "borough", "name" from "AwsDataCatalog"."sample"."zones" limit 3',
                   3),
    "filter": ('select "_"."id" from "AwsDataCatalog"."sample"."zones" "_" where "_"."borough" = '
               "'Manhattan' and \"_\".\"name\" is not null and \"_\".\"id\" <> 3", None),
    "group": ('select "rows"."borough" as "borough", sum(cast("rows"."id" as double)) as "a0", '
              'count(distinct("rows"."name")) as "a1", min("rows"."id") as "a2" from '
              '"AwsDataCatalog"."sample"."zones" "rows" group by "borough" order by "borough" '
              "limit 1000001", None),
    "dates": ('select count(*) as "C1" from "AwsDataCatalog"."sample"."taxi_trips" "_" where '
              '"_"."pickup_at" >= {ts \'2024-01-01 00:00:00\'} and "_"."pickup_at" < '
              "{fn timestampadd(SQL_TSI_DAY, 1, {d '2024-01-01'})}", 1),
    "parts of dates": (
        'select {fn year("pickup_at")} as "y", {fn quarter("pickup_at")} as "q", '
        '{fn timestampdiff(SQL_TSI_SECOND, "pickup_at", "dropoff_at")} as "s" from '
        '"AwsDataCatalog"."sample"."taxi_trips" limit 2', 2),
    "milliseconds": ('select count(*) from "AwsDataCatalog"."sample"."taxi_trips" "_" where '
                     "\"_\".\"pickup_at\" = {ts '2024-01-01 00:00:00.123'}", 1),
    "times": ("select 1 where {t '10:11:12'} < {t '10:11:13'}", 1),
    "texts": ('select {fn ucase("name")} as "u", {fn left("name", 3)} as "l", {fn length("name")} '
              'as "n", {fn concat({fn lcase("borough")}, \'-\')} as "c" from '
              '"AwsDataCatalog"."sample"."zones" where "name" like \'%a!%%\' {escape \'!\'} or '
              "{fn locate('a', \"name\")} > 0", None),
    "types": ('select {fn convert("id", SQL_VARCHAR)} as "t", {fn convert("id", SQL_DOUBLE)} as '
              '"d", cast("id" as varchar) as "v", {fn convert(\'2024-02-29\', SQL_TYPE_DATE)} as '
              '"e" from "AwsDataCatalog"."sample"."zones" limit 1', 1),
    "join": ('select "a"."name", "b"."trips" from "AwsDataCatalog"."sample"."zones" "a" left outer '
             'join "AwsDataCatalog"."sample"."trips_by_zone" "b" on ("a"."name" = "b"."zone")', 20),
    "conditional": ('select case when "id" > 10 then \'many\' when "id" is null then null else '
                    '\'few\' end as "c" from "AwsDataCatalog"."sample"."zones"', 20),
    "append": ('select "id" from "AwsDataCatalog"."sample"."zones" union all select "id" from '
               '"AwsDataCatalog"."sample"."zones"', 40),
    "distinct": ('select distinct "borough" from "AwsDataCatalog"."sample"."zones"', None),
}


@pytest.mark.parametrize("name", FOLDED)
def test_power_bi_folds(statement, name: str) -> None:
    """Each statement goes SQLPrepare, describe, execute, as with PrepareStatements."""
    sql, rows = FOLDED[name]
    statement.check(statement.prepare(sql, wide=True))
    width = statement.columns()
    described = [statement.describe(n + 1) for n in range(width)]
    statement.check(statement.run())
    assert [statement.describe(n + 1) for n in range(width)] == described
    found = statement.rows()
    assert len(found) == rows if rows is not None else found


def test_power_bi_describing_is_cheap(athena, statement) -> None:
    """One question, which scans nothing, however often columns are asked for; none when the
    statement is executed at once."""
    statement.check(statement.prepare("SELECT * FROM taxi_trips"))
    for _ in range(3):
        assert statement.columns() == 10
        [statement.describe(n) for n in range(1, 11)]
    assert athena.stats()["queries"]["started"] == 1
    statement.check(statement.prepare("SELECT id FROM zones"))
    statement.check(statement.run())
    assert statement.columns() == 1
    assert athena.stats()["queries"]["started"] == 2
    statement.check(statement.close())


def test_power_bi_describes_the_same_text_again(athena, connect) -> None:
    """MetadataCacheSeconds keeps what a text was described as, until a catalog may have changed."""
    one = connect(MetadataCacheSeconds="60")
    other = odbc.Statement(connect(MetadataCacheSeconds="60"))

    def described(sql: str) -> list:
        s = odbc.Statement(one)
        s.check(s.prepare(sql))
        found = [s.describe(n + 1)[:2] for n in range(s.columns())]
        s.check(s.free())
        return found

    def started() -> int:
        return athena.stats()["queries"]["started"]

    first = described("SELECT id, name FROM zones")
    assert first == [("id", 4), ("name", 12)]
    before = started()
    assert [described("SELECT id, name FROM zones") for _ in range(3)] == [first] * 3
    assert started() == before
    assert described("SELECT name FROM zones") == first[1:]
    assert started() == before + 1
    for number, kind in ((1, "1"), (2, "'a'")):  # by another connection
        other.check(other.execute(f"CREATE OR REPLACE VIEW described AS SELECT {kind} AS a{number}"))
        assert [name for name, _ in described("SELECT * FROM described")] == [f"a{number}"]
    other.check(other.execute("DROP VIEW described"))
    one.check(odbc.lib.SQLSetConnectAttr(one.value, odbc.ATTR_CURRENT_CATALOG, b"elsewhere",
                                         odbc.NTS))
    s = odbc.Statement(one)
    s.check(s.prepare("SELECT id, name FROM zones"))
    count = ctypes.c_short()
    s.check(odbc.lib.SQLNumResultCols(s.value, ctypes.byref(count)), odbc.ERROR)
    s.check(s.free())
    other.check(other.free())


def test_descriptions_that_are_kept_are_bounded(athena, connect) -> None:
    connection = connect(MetadataCacheSeconds="60")
    s = odbc.Statement(connection)
    for n in range(70):
        s.check(s.prepare(f"SELECT {n} AS a{n}"))
        assert s.describe(1)[0] == f"a{n}"
    before = athena.stats()["queries"]["started"]
    s.check(s.prepare("SELECT 69 AS a69"))
    assert s.describe(1)[0] == "a69"
    assert athena.stats()["queries"]["started"] == before
    s.check(s.prepare("SELECT 0 AS a0"))
    assert s.describe(1)[0] == "a0"
    assert athena.stats()["queries"]["started"] == before + 1
    s.check(s.free())


def test_power_bi_names_of_types_are_those_of_cast(statement) -> None:
    """Folding writes CAST(... AS TYPE_NAME) with the names of SQLGetTypeInfo."""
    statement.check(odbc.lib.SQLGetTypeInfo(statement.value, 0))
    names = [row[0] for row in statement.rows()]
    statement.check(statement.close())
    assert {"boolean", "integer", "real", "double", "timestamp", "varchar"} <= set(names)
    complex_names = {"array", "map", "row"}  # names of families: these take their parts in brackets
    for name in [n for n in names if n not in complex_names and "geometry" not in n]:
        assert statement.query(f"SELECT CAST(NULL AS {name})") == [(None,)], name


def test_power_bi_native_queries_are_passed_on_unchanged(statement, text_of) -> None:
    sql = "/* from the report */ SELECT\t'{d}' AS \"a  b\",\r\n  1.50 -- Größe ?\n , U&'\\00e4' "
    for wide in (False, True):
        statement.check(statement.execute(sql, wide))
        assert text_of(statement) == sql
        statement.check(statement.close())


def test_power_bi_keys_of_the_string_win_over_the_data_source(env, configuration, athena) -> None:
    """The connector appends keys to DSN=...: its preferred_role, and here a length."""
    connection = odbc.Connection(env)
    connection.check(connection.connect("DSN=AthenaLocal;StringColumnLength=77"))
    statement = odbc.Statement(connection)
    statement.check(statement.execute("SELECT name FROM zones"))
    assert statement.describe(1)[2] == 77
    statement.check(statement.free())
    connection.check(connection.disconnect())
    connection.check(connection.free())


def test_power_bi_pools_connections(athena, connection, statement) -> None:
    """SQL_ATTR_CONNECTION_DEAD is honest when credentials have expired."""
    assert not is_dead(connection)
    athena.faults({"service": "athena", "kind": "expired_credentials"})
    statement.check(statement.execute("SELECT 1"), odbc.ERROR)
    assert statement.states() == ["28000"]
    assert is_dead(connection)
    athena.faults()
    assert statement.query("SELECT 1") == [("1",)]
    assert not is_dead(connection)


# ADO.NET (System.Data.Odbc)

def test_ado_net_asks_for_attributes_of_sql_server(connection, statement) -> None:
    """It tries SQL Server's own attributes and columns, and goes on when they are refused."""
    for number in (1224, 1225, 1227, 1228):  # SQL_SOPT_SS_...
        statement.check(odbc.lib.SQLSetStmtAttr(statement.value, number, 1, IS_INTEGER), odbc.ERROR)
        assert statement.states()[0] in ("HY092", "HYC00", "HY024")
    statement.check(statement.execute("SELECT 1 AS a"))
    value = ctypes.c_ssize_t()
    rc = odbc.lib.SQLColAttribute(statement.value, 1, 1211, None, 0, None, ctypes.byref(value))
    assert rc == odbc.ERROR  # SQL_CA_SS_COLUMN_HIDDEN
    assert statement.states() == ["HY091"]
    assert statement.rows() == [("1",)]


@pytest.mark.parametrize("function, arguments", [
    ("SQLTables", ["", "", "", ""]), ("SQLTables", [None, "sample", "", ""]),
    ("SQLColumns", ["", "", "zones", ""]), ("SQLColumns", [None, "sample", "zones", ""]),
])
def test_ado_net_means_all_by_an_empty_string(statement, function: str, arguments: list) -> None:
    encoded = [x for a in arguments for x in ((a if a is None else odbc.utf16(a)),
                                              0 if a is None else odbc.NTS)]
    statement.check(getattr(odbc.lib, function + "W")(statement.value, *encoded))
    found = statement.rows()
    statement.check(statement.close())
    assert any(row[2] == "zones" for row in found)


def test_ado_net_reads_each_column_once_in_order_with_get_data(statement) -> None:
    """CommandBehavior.SequentialAccess: small buffers, parts of a long text, a NULL, a number."""
    text = "äß€😀" * 300
    statement.check(statement.execute(f"SELECT '{text}', CAST(NULL AS varchar), 17", wide=True))
    statement.check(statement.fetch())
    assert statement.text(1, wide=True) == text
    assert statement.text(2, wide=True) is None
    assert statement.text(3) == "17"


# Tableau

@pytest.mark.parametrize("sql", [
    "SELECT TOP 1 * FROM zones", "CREATE LOCAL TEMPORARY TABLE \"#t\" (x INTEGER)",
    "CREATE TABLE #t (x INTEGER)", "SELECT 1 AS x INTO #t", "DROP TABLE \"#t\"",
    "SELECT [name] FROM [zones]", "SELECT `name` FROM `zones`", "SET TRANSACTION READ ONLY",
])
def test_tableau_probes_what_is_possible(statement, sql: str) -> None:
    """Statements that it expects to fail: an error, at once, and the connection stays good."""
    for _ in range(2):
        statement.check(statement.execute(sql), odbc.ERROR)
        state, _, message = statement.diagnostics()[0]
        assert state[:2] == "42" or state == "HY000"
        assert message.startswith("[Athena][ODBC Driver]")
    assert statement.query("SELECT 1") == [("1",)]


def test_tableau_custom_sql_is_a_subquery(statement) -> None:
    rows = statement.query(
        'SELECT "Custom SQL Query"."borough" AS "borough", SUM(1) AS "sum:x:ok" FROM (\n'
        "  -- of the analyst\n  SELECT * FROM zones\n) \"Custom SQL Query\"\nGROUP BY 1\n"
        'HAVING (COUNT(1) > 0) ORDER BY 1')
    assert rows


# Excel and Microsoft Query: ODBC 2

def test_microsoft_query(configuration, connection_string) -> None:
    env = odbc.Env(odbc.OV_ODBC2)
    connection = odbc.Connection(env)
    connection.check(connection.connect(connection_string()))
    s = odbc.Statement(connection)
    s.check(s.set(odbc.ATTR_MAX_ROWS, 4))
    s.check(s.execute("SELECT zones.id, zones.name, {d '2024-02-29'} FROM "
                      "AwsDataCatalog.sample.zones zones ORDER BY zones.id"))
    assert s.describe(3)[1] == 9, "SQL_DATE of ODBC 2"
    row, count = ctypes.c_ulong(), 0
    status = (ctypes.c_ushort * 10)()
    while True:
        rc = odbc.lib.SQLExtendedFetch(s.value, ctypes.c_ushort(odbc.FETCH_NEXT),
                                       ctypes.c_ssize_t(0), ctypes.byref(row), status)
        if ctypes.c_short(rc).value == odbc.NO_DATA:
            break
        s.check(ctypes.c_short(rc).value)
        count += row.value
        assert s.text(1) == str(count)
    assert count == 4
    s.check(s.close())
    s.check(s.free())
    connection.check(connection.disconnect())
    connection.check(connection.free())
    env.check(env.free())


# SAS, R and others

def test_sas_describes_columns_of_the_whole_table(statement) -> None:
    statement.check(statement.prepare('SELECT * FROM sample."all_types"'))
    width = statement.columns()
    assert width > 20
    described = [statement.describe(n + 1) for n in range(width)]
    assert all(kind and size for _, kind, size, _, _ in described)


def test_r_binds_rows_of_structs(statement) -> None:
    """nanodbc and RODBC bind many rows, strings by the length that was described."""
    class Row(ctypes.Structure):
        _fields_ = [("id", ctypes.c_int), ("id_length", ctypes.c_ssize_t),
                    ("name", ctypes.c_char * 64), ("name_length", ctypes.c_ssize_t)]

    rows = (Row * 8)()
    s = statement
    s.check(s.set(odbc.ATTR_ROW_BIND_TYPE, ctypes.sizeof(Row)))
    s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, 8))
    base = ctypes.addressof(rows)
    s.check(s.execute("SELECT id, name FROM zones ORDER BY id"))
    s.check(s.bind(1, odbc.C_SLONG, base + Row.id.offset, 4, base + Row.id_length.offset))
    s.check(s.bind(2, odbc.C_CHAR, base + Row.name.offset, 64, base + Row.name_length.offset))
    s.check(s.fetch_scroll())
    assert [r.id for r in rows] == list(range(1, 9))
    assert all(len(r.name) == r.name_length for r in rows)


def test_pyodbc_getinfo(connection_string) -> None:
    """pyodbc has a list of its own of what type each answer is."""
    python = pyodbc.connect(connection_string(), autocommit=True)
    names = {name: getattr(pyodbc, name) for name in dir(pyodbc) if name.startswith("SQL_")}
    answers = {}
    for name, number in names.items():
        if number in range(174) or number in range(10000, 10026):
            try:
                answers[name] = python.getinfo(number)
            except pyodbc.Error as error:  # names of other things have such numbers too
                assert "Unsupported getinfo value" in str(error) or "HY096" in str(error), name
    python.close()
    assert len(answers) > 120
    assert answers["SQL_DBMS_NAME"] == "Amazon Athena"
    assert answers["SQL_COLUMN_ALIAS"] is True and answers["SQL_PROCEDURES"] is False
    assert answers["SQL_MAX_STATEMENT_LEN"] == 262144
    assert answers["SQL_AGGREGATE_FUNCTIONS"] == 0x7f


# What users complained of

def test_strings_are_whole_whatever_length_is_reported(statement) -> None:
    text = "0123456789ä" * 100
    statement.check(statement.execute(f"SELECT '{text}' || '' AS v"))
    statement.check(statement.fetch())
    rc, data, length = statement.get_data(1, odbc.C_CHAR, 256)
    statement.check(rc, odbc.INFO)
    assert statement.states() == ["01004"]
    assert length == len(text.encode()), "what is left, and never SQL_NO_TOTAL"
    rest = statement.text(1)
    assert (data[:data.index(b"\0")] + rest.encode()).decode() == text


@pytest.mark.parametrize("sql, c_type, unit, value", [
    ("'{0}' || ''", odbc.C_CHAR, 1, "0123456789" * 60),
    ("'{0}' || ''", odbc.C_WCHAR, 2, "0123456789" * 60),
    ("ARRAY['{0}']", odbc.C_CHAR, 1, "[" + "x" * 600 + "]"),
    ("to_utf8('{0}')", odbc.C_BINARY, 1, "y" * 600),
])
@pytest.mark.parametrize("way", ["SQLBindCol", "SQLGetData"])
def test_real_lengths_and_never_no_total(statement, way: str, sql: str, c_type: int, unit: int,
                                         value: str) -> None:
    """SQL_NO_TOTAL breaks libraries that make room by the length that is told."""
    s = statement
    out, length = ctypes.create_string_buffer(64), ctypes.c_ssize_t()
    s.check(s.execute("SELECT " + sql.format(value.strip("[]"))))
    if way == "SQLBindCol":
        s.check(s.bind(1, c_type, out, 64, ctypes.byref(length)))
        s.check(s.fetch(), odbc.INFO)
        found = length.value
    else:
        s.check(s.fetch())
        rc, _, found = s.get_data(1, c_type, 64)
        s.check(rc, odbc.INFO)
    assert s.states() == ["01004"]
    assert found == len(value) * unit
    s.check(s.close())


def test_string_column_is_described_as_255(statement) -> None:
    statement.check(statement.execute("SELECT name FROM zones"))
    assert statement.describe(1)[2] == 255
    statement.check(statement.close())


def test_wide_parameters_are_not_cut(statement) -> None:
    text = "Žluťoučký 🐎 " * 40
    encoded = text.encode("utf-16-le")
    buffer, length = ctypes.create_string_buffer(encoded), ctypes.c_ssize_t(len(encoded))
    statement.check(statement.bind_parameter(1, odbc.C_WCHAR, odbc.WVARCHAR, buffer, length,
                                             size=len(text)))
    statement.check(statement.execute("SELECT ?"))
    statement.check(statement.fetch())
    assert statement.text(1, wide=True) == text


def test_row_count_after_a_select_is_never_zero(statement) -> None:
    statement.check(statement.execute("SELECT id FROM zones"))
    assert statement.row_count() in (-1, 20)
    statement.check(statement.fetch())
    assert statement.row_count() in (-1, 20)
    statement.check(statement.close())


@pytest.mark.parametrize("sql", [
    "-- a comment\nSELECT 1", "/* a */ /* b */\n\n  SELECT 1", "-- only\n-- lines\n\t(SELECT 1)",
    "/*{call}*/SELECT 1", "SELECT 1 -- at the end", "SELECT 1;", "SELECT 1 ; -- x",
])
@pytest.mark.parametrize("prepare", [False, True], ids=["direct", "prepared"])
def test_comments_around_a_statement(statement, sql: str, prepare: bool) -> None:
    if prepare:
        statement.check(statement.prepare(sql))
        assert statement.columns() == 1
        statement.check(statement.run())
        assert statement.rows() == [("1",)]
    else:
        assert statement.query(sql) == [("1",)]


@pytest.mark.parametrize("sql, kind, fields", [
    ("DATE '0000-01-01'", odbc.C_TYPE_DATE, (0, 1, 1)),
    ("DATE '-0001-12-31'", odbc.C_TYPE_DATE, (-1, 12, 31)),
    ("DATE '0001-12-31'", odbc.C_TYPE_DATE, (1, 12, 31)),
    ("TIMESTAMP '0000-02-29 01:02:03.004'", odbc.C_TYPE_TIMESTAMP, (0, 2, 29, 1, 2, 3, 4000000)),
])
def test_year_zero(statement, sql: str, kind: int, fields: tuple) -> None:
    statement.check(statement.execute(f"SELECT {sql}"))
    statement.check(statement.fetch())
    rc, data, _ = statement.get_data(1, kind, 16)
    statement.check(rc)
    form = "=hHH" if kind == odbc.C_TYPE_DATE else "=hHHHHHI"
    assert struct.unpack_from(form, data) == fields
    statement.check(statement.close())


def test_nan_and_infinities(statement) -> None:
    statement.check(statement.execute("SELECT nan(), infinity(), -infinity(), "
                                      "CAST(nan() AS real)"))
    statement.check(statement.fetch())
    values = []
    for column in range(1, 5):
        rc, data, _ = statement.get_data(column, odbc.C_DOUBLE, 8)
        statement.check(rc)
        values.append(struct.unpack("d", data[:8])[0])
    assert values[0] != values[0] and values[3] != values[3]
    assert values[1:3] == [float("inf"), float("-inf")]
    statement.check(statement.close())


def test_empty_text_is_not_null(statement) -> None:
    assert statement.query("SELECT '', CAST(NULL AS varchar)") == [("", None)]


def test_errors_name_state_athenas_words_and_the_query(statement) -> None:
    statement.check(statement.execute("SELECT * FROM no_such_table"), odbc.ERROR)
    state, _, message = statement.diagnostics(wide=True)[0]
    assert state == "42S02"
    assert "TABLE_NOT_FOUND" in message and "no_such_table" in message and "(query " in message


@pytest.mark.parametrize("attribute_number, value", [
    (odbc.ATTR_QUERY_TIMEOUT, 33), (odbc.ATTR_MAX_ROWS, 44), (ATTR_MAX_LENGTH, 55),
    (ATTR_NOSCAN, 1), (odbc.ATTR_ROW_ARRAY_SIZE, 66), (odbc.ATTR_ROW_BIND_TYPE, 128),
    (odbc.ATTR_ASYNC_ENABLE, 1), (17, 0x1000), (23, 0x2000), (25, 0x3000), (26, 0x4000),
    (10014, 1),  # SQL_ATTR_METADATA_ID
])
def test_attributes_read_back(statement, attribute_number: int, value: int) -> None:
    statement.check(statement.set(attribute_number, value))
    assert statement.get(attribute_number) == value
    if attribute_number in (17, 23, 25, 26):
        statement.check(statement.set(attribute_number, None))


@pytest.mark.parametrize("attribute_number, value", [(ATTR_CURSOR_TYPE, 2), (ATTR_CONCURRENCY, 3)])
def test_attributes_that_are_substituted_say_so(statement, attribute_number: int,
                                                value: int) -> None:
    statement.check(statement.set(attribute_number, value), odbc.INFO)
    assert statement.states() == ["01S02"]
    assert statement.get(attribute_number) != value


def test_native_sql_has_no_braces(connection) -> None:
    sql = b"SELECT {fn UCASE({fn LEFT('a', 1)})}, {d '2024-02-29'} FROM {oj a LEFT JOIN b ON 1 = 1}"
    out, length = ctypes.create_string_buffer(500), ctypes.c_int()
    connection.check(ctypes.c_short(odbc.lib.SQLNativeSql(
        connection.value, sql, odbc.NTS, out, 500, ctypes.byref(length))).value)
    assert not {"{", "}"} & set(out.value.decode())
    assert length.value == len(out.value)


# Previews: SQL_ATTR_MAX_ROWS becomes a LIMIT, so that Athena does not run all of a SELECT *

@pytest.mark.parametrize("sql, written", [
    ("SELECT id FROM zones ORDER BY id", "SELECT id FROM zones ORDER BY id\nLIMIT 3"),
    ("SELECT id FROM zones ORDER BY 1; -- all of it",
     "SELECT id FROM zones ORDER BY 1\nLIMIT 3; -- all of it"),
    ("SELECT id FROM zones ORDER BY id LIMIT 10", "SELECT id FROM zones ORDER BY id LIMIT 10"),
    ("VALUES 1, 2, 3, 4", "VALUES 1, 2, 3, 4\nLIMIT 3"),
    ("(SELECT 1) UNION ALL VALUES 2, 3, 4 ORDER BY 1",
     "(SELECT 1) UNION ALL VALUES 2, 3, 4 ORDER BY 1\nLIMIT 3"),
    ("SELECT id FROM zones ORDER BY id OFFSET 0 ROWS", None),
])
@pytest.mark.parametrize("way", ["direct", "prepared"])
def test_max_rows_is_a_limit(statement, text_of, sql: str, written: str | None, way: str) -> None:
    s = statement
    s.check(s.set(odbc.ATTR_MAX_ROWS, 3))
    if way == "prepared":
        s.check(s.prepare(sql))
        s.check(s.run())
    else:
        s.check(s.execute(sql))
    assert text_of(s) == (written or sql + "\nLIMIT 3")
    assert s.rows() == [("1",), ("2",), ("3",)]
    s.check(s.close())


def test_max_rows_limits_with_parameters(statement, text_of) -> None:
    value, length = ctypes.c_int(5), ctypes.c_ssize_t(4)
    s = statement
    s.check(s.set(odbc.ATTR_MAX_ROWS, 2))
    s.check(s.bind_parameter(1, odbc.C_SLONG, odbc.INTEGER, ctypes.byref(value), length))
    s.check(s.execute("SELECT id FROM zones WHERE id > ? ORDER BY id"))
    assert text_of(s).endswith("\nLIMIT 2")
    assert s.rows() == [("6",), ("7",)]
    s.check(s.close())


def test_max_rows_leaves_other_statements_alone(statement, text_of) -> None:
    s = statement
    s.check(s.set(odbc.ATTR_MAX_ROWS, 2))
    for sql in ("SHOW TABLES", "EXPLAIN SELECT 1", "DROP TABLE IF EXISTS no_such"):
        s.check(s.execute(sql))
        assert text_of(s) == sql
        s.check(s.close())


def test_max_rows_leaves_results_that_may_be_reused_alone(connect, text_of) -> None:
    s = odbc.Statement(connect(EnableResultReuse="1"))
    s.check(s.set(odbc.ATTR_MAX_ROWS, 2))
    s.check(s.execute("SELECT id FROM zones ORDER BY id"))
    assert text_of(s) == "SELECT id FROM zones ORDER BY id"
    assert s.rows() == [("1",), ("2",)]
    s.check(s.free())


# Leaving early

@pytest.mark.parametrize("how", ["SQLCloseCursor", "SQLFreeStmt", "SQLFreeHandle"])
def test_closing_early_ends_the_download(athena, connect, how: str) -> None:
    connection = connect(DownloadWindow=str(4 << 20))
    s = odbc.Statement(connection)
    s.check(s.execute("SELECT * FROM taxi_trips WHERE trip_id <= 400000"))
    s.check(s.fetch())
    if how == "SQLCloseCursor":
        s.check(ctypes.c_short(odbc.lib.SQLCloseCursor(s.value)).value)
    elif how == "SQLFreeStmt":
        s.check(s.close())
    if how != "SQLFreeHandle":
        assert s.query("SELECT 1") == [("1",)]
    s.check(s.free())
    sent = -1  # what was under way may still be counted
    while sent != (sent := athena.stats()["bytes_out"]):
        time.sleep(0.3)
    assert sent < 16 << 20, "a window of parts, of a result of more than 30 megabytes"


@pytest.mark.parametrize("how", ["SQLCancel", "SQLDisconnect"])
def test_leaving_a_running_query_stops_it(athena, connect, how: str) -> None:
    connection = connect()
    s = odbc.Statement(connection, is_async=True)
    sql = "SELECT 1 -- athena-local: run_ms=60000"
    assert s.execute(sql) == odbc.STILL_EXECUTING
    if how == "SQLCancel":
        s.check(s.cancel())
        s.check(s.poll(lambda: s.execute(sql)), odbc.ERROR)
        assert s.states() == ["HY008"]
        s.check(s.free())
    else:
        connection.check(connection.disconnect())
    assert odbc.eventually(lambda: athena.stats()["queries"]["active"] == 0)
