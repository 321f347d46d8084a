"""SQLGetInfo: every information type of ODBC 3.8 through the driver manager, and nothing claimed
that Athena does not do.

The second half takes SQLGetInfo at its word: each bit of each mask has a statement in the tables
below, which must run and give its rows; each bit that is not claimed has one that Athena refuses,
or a reason why there is none. A bit without a row in the tables fails, on either side.
"""

from __future__ import annotations

import ctypes
import json
import re
from pathlib import Path

import odbc
import pytest
from emulator_process import ACCESS_KEY

TOP = Path(__file__).resolve().parents[2]
TEXT, SMALL, LARGE = "text", 2, 4

TEXTS = {
    "DATA_SOURCE_NAME": 2, "DRIVER_NAME": 6, "DRIVER_VER": 7, "ODBC_VER": 10, "ROW_UPDATES": 11,
    "SERVER_NAME": 13, "SEARCH_PATTERN_ESCAPE": 14, "DATABASE_NAME": 16, "DBMS_NAME": 17,
    "DBMS_VER": 18, "ACCESSIBLE_TABLES": 19, "ACCESSIBLE_PROCEDURES": 20, "PROCEDURES": 21,
    "DATA_SOURCE_READ_ONLY": 25, "EXPRESSIONS_IN_ORDERBY": 27, "IDENTIFIER_QUOTE_CHAR": 29,
    "MULT_RESULT_SETS": 36, "MULTIPLE_ACTIVE_TXN": 37, "OUTER_JOINS": 38, "SCHEMA_TERM": 39,
    "PROCEDURE_TERM": 40, "CATALOG_NAME_SEPARATOR": 41, "CATALOG_TERM": 42, "TABLE_TERM": 45,
    "USER_NAME": 47, "INTEGRITY": 73, "DRIVER_ODBC_VER": 77, "COLUMN_ALIAS": 87, "KEYWORDS": 89,
    "ORDER_BY_COLUMNS_IN_SELECT": 90, "SPECIAL_CHARACTERS": 94, "MAX_ROW_SIZE_INCLUDES_LONG": 103,
    "NEED_LONG_DATA_LEN": 111, "LIKE_ESCAPE_CLAUSE": 113, "DM_VER": 171, "XOPEN_CLI_YEAR": 10000,
    "DESCRIBE_PARAMETER": 10002, "CATALOG_NAME": 10003, "COLLATION_SEQ": 10004,
}
SMALLS = {
    "MAX_DRIVER_CONNECTIONS": 0, "MAX_CONCURRENT_ACTIVITIES": 1, "ODBC_API_CONFORMANCE": 9,
    "ODBC_SAG_CLI_CONFORMANCE": 12, "ODBC_SQL_CONFORMANCE": 15, "CONCAT_NULL_BEHAVIOR": 22,
    "CURSOR_COMMIT_BEHAVIOR": 23, "CURSOR_ROLLBACK_BEHAVIOR": 24, "IDENTIFIER_CASE": 28,
    "MAX_COLUMN_NAME_LEN": 30, "MAX_CURSOR_NAME_LEN": 31, "MAX_SCHEMA_NAME_LEN": 32,
    "MAX_PROCEDURE_NAME_LEN": 33, "MAX_CATALOG_NAME_LEN": 34, "MAX_TABLE_NAME_LEN": 35,
    "TXN_CAPABLE": 46, "CORRELATION_NAME": 74, "NON_NULLABLE_COLUMNS": 75, "FILE_USAGE": 84,
    "NULL_COLLATION": 85, "GROUP_BY": 88, "QUOTED_IDENTIFIER_CASE": 93,
    "MAX_COLUMNS_IN_GROUP_BY": 97, "MAX_COLUMNS_IN_INDEX": 98, "MAX_COLUMNS_IN_ORDER_BY": 99,
    "MAX_COLUMNS_IN_SELECT": 100, "MAX_COLUMNS_IN_TABLE": 101, "MAX_TABLES_IN_SELECT": 106,
    "MAX_USER_NAME_LEN": 107, "CATALOG_LOCATION": 114, "ACTIVE_ENVIRONMENTS": 116,
    "MAX_IDENTIFIER_LEN": 10005,
}
LARGES = {
    "FETCH_DIRECTION": 8, "DEFAULT_TXN_ISOLATION": 26, "SCROLL_CONCURRENCY": 43,
    "SCROLL_OPTIONS": 44, "CONVERT_FUNCTIONS": 48, "NUMERIC_FUNCTIONS": 49, "STRING_FUNCTIONS": 50,
    "SYSTEM_FUNCTIONS": 51, "TIMEDATE_FUNCTIONS": 52, "CONVERT_BIGINT": 53, "CONVERT_BINARY": 54,
    "CONVERT_BIT": 55, "CONVERT_CHAR": 56, "CONVERT_DATE": 57, "CONVERT_DECIMAL": 58,
    "CONVERT_DOUBLE": 59, "CONVERT_FLOAT": 60, "CONVERT_INTEGER": 61, "CONVERT_LONGVARCHAR": 62,
    "CONVERT_NUMERIC": 63, "CONVERT_REAL": 64, "CONVERT_SMALLINT": 65, "CONVERT_TIME": 66,
    "CONVERT_TIMESTAMP": 67, "CONVERT_TINYINT": 68, "CONVERT_VARBINARY": 69, "CONVERT_VARCHAR": 70,
    "CONVERT_LONGVARBINARY": 71, "TXN_ISOLATION_OPTION": 72, "LOCK_TYPES": 78,
    "POS_OPERATIONS": 79, "POSITIONED_STATEMENTS": 80, "GETDATA_EXTENSIONS": 81,
    "BOOKMARK_PERSISTENCE": 82, "STATIC_SENSITIVITY": 83, "ALTER_TABLE": 86, "SCHEMA_USAGE": 91,
    "CATALOG_USAGE": 92, "SUBQUERIES": 95, "UNION": 96, "MAX_INDEX_SIZE": 102,
    "MAX_ROW_SIZE": 104, "MAX_STATEMENT_LEN": 105, "MAX_CHAR_LITERAL_LEN": 108,
    "TIMEDATE_ADD_INTERVALS": 109, "TIMEDATE_DIFF_INTERVALS": 110, "MAX_BINARY_LITERAL_LEN": 112,
    "OJ_CAPABILITIES": 115, "ALTER_DOMAIN": 117, "SQL_CONFORMANCE": 118, "DATETIME_LITERALS": 119,
    "BATCH_ROW_COUNT": 120, "BATCH_SUPPORT": 121, "CONVERT_WCHAR": 122,
    "CONVERT_INTERVAL_DAY_TIME": 123, "CONVERT_INTERVAL_YEAR_MONTH": 124,
    "CONVERT_WLONGVARCHAR": 125, "CONVERT_WVARCHAR": 126, "CREATE_ASSERTION": 127,
    "CREATE_CHARACTER_SET": 128, "CREATE_COLLATION": 129, "CREATE_DOMAIN": 130,
    "CREATE_SCHEMA": 131, "CREATE_TABLE": 132, "CREATE_TRANSLATION": 133, "CREATE_VIEW": 134,
    "DROP_ASSERTION": 136, "DROP_CHARACTER_SET": 137, "DROP_COLLATION": 138, "DROP_DOMAIN": 139,
    "DROP_SCHEMA": 140, "DROP_TABLE": 141, "DROP_TRANSLATION": 142, "DROP_VIEW": 143,
    "DYNAMIC_CURSOR_ATTRIBUTES1": 144, "DYNAMIC_CURSOR_ATTRIBUTES2": 145,
    "FORWARD_ONLY_CURSOR_ATTRIBUTES1": 146, "FORWARD_ONLY_CURSOR_ATTRIBUTES2": 147,
    "INDEX_KEYWORDS": 148, "INFO_SCHEMA_VIEWS": 149, "KEYSET_CURSOR_ATTRIBUTES1": 150,
    "KEYSET_CURSOR_ATTRIBUTES2": 151, "ODBC_INTERFACE_CONFORMANCE": 152,
    "PARAM_ARRAY_ROW_COUNTS": 153, "PARAM_ARRAY_SELECTS": 154, "SQL92_DATETIME_FUNCTIONS": 155,
    "SQL92_FOREIGN_KEY_DELETE_RULE": 156, "SQL92_FOREIGN_KEY_UPDATE_RULE": 157, "SQL92_GRANT": 158,
    "SQL92_NUMERIC_VALUE_FUNCTIONS": 159, "SQL92_PREDICATES": 160,
    "SQL92_RELATIONAL_JOIN_OPERATORS": 161, "SQL92_REVOKE": 162,
    "SQL92_ROW_VALUE_CONSTRUCTOR": 163, "SQL92_STRING_FUNCTIONS": 164,
    "SQL92_VALUE_EXPRESSIONS": 165, "STANDARD_CLI_CONFORMANCE": 166,
    "STATIC_CURSOR_ATTRIBUTES1": 167, "STATIC_CURSOR_ATTRIBUTES2": 168,
    "AGGREGATE_FUNCTIONS": 169, "DDL_INDEX": 170, "INSERT_STATEMENT": 172, "CONVERT_GUID": 173,
    "DTC_TRANSITION_COST": 1750, "CURSOR_SENSITIVITY": 10001, "ASYNC_MODE": 10021,
    "MAX_ASYNC_CONCURRENT_STATEMENTS": 10022, "ASYNC_DBC_FUNCTIONS": 10023,
    "DRIVER_AWARE_POOLING_SUPPORTED": 10024, "ASYNC_NOTIFICATION": 10025,
    "ODBC 2.01's OJ_CAPABILITIES": 65003,
}
INFO = {**TEXTS, **SMALLS, **LARGES}
HANDLES = {3, 4, 5, 76, 135}  # the manager's and the driver's handles: the manager answers
MANAGERS = {"ODBC_VER", "DM_VER", "XOPEN_CLI_YEAR"}  # these too, as it likes


def ask(connection: odbc.Connection, which: int, room: int = 8192,
        wide: bool = False) -> tuple[int, bytes, int]:
    """SQLGetInfo: (return code, the whole buffer, length in bytes)."""
    out, length = ctypes.create_string_buffer(b"\xee" * room, room), ctypes.c_short(-1)
    function = odbc.lib.SQLGetInfoW if wide else odbc.lib.SQLGetInfo
    return function(connection.value, which, out, room, ctypes.byref(length)), out.raw, length.value


def answer(connection: odbc.Connection, name: str, wide: bool = False) -> str | int:
    """A type's answer, whose form and length must be as ODBC says."""
    rc, data, length = ask(connection, INFO[name], wide=wide)
    connection.check(rc)
    if name in TEXTS:
        unit = 2 if wide else 1
        assert data[length:length + unit] == b"\0" * unit
        assert length % unit == 0
        return data[:length].decode("utf-16-le" if wide else "utf-8")
    size = SMALL if name in SMALLS else LARGE
    assert data[size:] == b"\xee" * (len(data) - size), "wrote more than the type holds"
    assert length == size
    return int.from_bytes(data[:size], "little")


@pytest.fixture(params=["ansi", "wide"])
def either(request: pytest.FixtureRequest, connect) -> odbc.Connection:
    return connect(wide=request.param == "wide")


@pytest.mark.parametrize("wide", [False, True], ids=["SQLGetInfo", "SQLGetInfoW"])
def test_every_type_has_its_form(either, wide: bool) -> None:
    for name in INFO:
        answer(either, name, wide)


def test_all_versions_and_both_widths_agree(connection_string, configuration) -> None:
    """Nothing in SQLGetInfo depends on SQL_ATTR_ODBC_VERSION but what the manager adds."""
    found = {}
    for version in (odbc.OV_ODBC2, odbc.OV_ODBC3, odbc.OV_ODBC3_80):
        for wide in (False, True):
            env = odbc.Env(version)
            connection = odbc.Connection(env)
            connection.check(connection.connect(connection_string(), wide))
            found[version, wide] = {name: answer(connection, name, wide)
                                    for name in INFO if name not in MANAGERS}
            connection.check(connection.disconnect())
            connection.check(connection.free())
            env.check(env.free())
    first = found.pop((odbc.OV_ODBC3, False))
    for case, answers in found.items():
        assert answers == first, case


def test_no_other_number_is_answered(connection) -> None:
    known = set(INFO.values()) | HANDLES
    for which in [*range(174), 999, 1749, 1751, 9999, *range(10000, 10030), 65000]:
        if which in known:
            continue
        rc, data, _ = ask(connection, which)
        assert rc == odbc.ERROR, which
        assert connection.states() == ["HY096"], which
        assert data == b"\xee" * len(data)


def test_unknown_numbers_of_an_odbc_2_application(configuration, connection_string) -> None:
    env = odbc.Env(odbc.OV_ODBC2)
    connection = odbc.Connection(env)
    connection.check(connection.connect(connection_string()))
    assert ask(connection, 999)[0] == odbc.ERROR
    assert connection.states() == ["S1096"]
    connection.check(connection.disconnect())
    connection.check(connection.free())
    env.check(env.free())


@pytest.mark.parametrize("wide", [False, True], ids=["ansi", "wide"])
def test_texts_are_cut_with_a_warning(connect, wide: bool) -> None:
    connection = connect(wide=wide)
    unit = 2 if wide else 1
    for name in TEXTS:
        whole = answer(connection, name, wide)
        if len(whole) < 2 or name in MANAGERS:
            continue
        encoded = whole.encode("utf-16-le" if wide else "utf-8")
        rc, data, length = ask(connection, INFO[name], len(encoded), wide)
        connection.check(rc, odbc.INFO)
        assert connection.states() == ["01004"], name
        assert length == len(encoded), "the length that would have been needed"
        assert data == encoded[:-unit] + b"\0" * unit, name
        rc, data, length = ask(connection, INFO[name], len(encoded) + unit, wide)
        connection.check(rc)
        assert data == encoded + b"\0" * unit


def test_length_alone(connection) -> None:
    length = ctypes.c_short(-1)
    connection.check(odbc.lib.SQLGetInfo(connection.value, TEXTS["DBMS_NAME"], None, 0,
                                         ctypes.byref(length)), odbc.SUCCESS, odbc.INFO)
    assert length.value == len("Amazon Athena")


# Who and where

def test_the_version_is_that_of_the_build(connection) -> None:
    major, minor, patch = re.search(r"project\(odbc-athena VERSION (\d+)\.(\d+)\.(\d+)",
                                    (TOP / "CMakeLists.txt").read_text()).groups()
    assert answer(connection, "DRIVER_VER") == f"{int(major):02}.{int(minor):02}.{int(patch):04}"


@pytest.mark.parametrize("test", ["1", "0"], ids=["asked", "not asked"])
def test_the_engine_s_version(connect, test: str) -> None:
    assert answer(connect(ConnectionTest=test), "DBMS_VER") == "03.00.0000"


@pytest.mark.parametrize("name, version", [
    ("Athena engine version 4", "04.00.0000"), ("Athena engine version 12", "12.00.0000"),
    ("AUTO", "03.00.0000"), (None, "03.00.0000"),
])
def test_the_engine_s_version_is_the_workgroup_s(athena, connect, name: str | None,
                                                 version: str) -> None:
    engine = {"EngineVersion": {"EffectiveEngineVersion": name}} if name else {}
    group = {"WorkGroup": {"Name": "primary", "State": "ENABLED", "Configuration": engine}}
    athena.faults({"service": "athena", "operation": "GetWorkGroup", "kind": "custom",
                   "status": 200, "body": json.dumps(group)})
    assert answer(connect(), "DBMS_VER") == version


def test_names_of_the_connection(connect, athena) -> None:
    connection = connect()
    assert answer(connection, "DATA_SOURCE_NAME") == ""
    assert answer(connection, "SERVER_NAME") == athena.url.split("//")[1]
    assert answer(connection, "USER_NAME") == ACCESS_KEY
    assert answer(connection, "DATABASE_NAME") == "AwsDataCatalog"


def test_data_source_name(env, configuration, athena) -> None:
    connection = odbc.Connection(env)
    connection.check(connection.connect("DSN=AthenaLocal"))
    assert answer(connection, "DATA_SOURCE_NAME") == "AthenaLocal"
    connection.check(connection.disconnect())
    connection.check(connection.free())


@pytest.mark.parametrize("wide", [False, True], ids=["ansi", "wide"])
def test_database_name_follows_the_current_catalog(connect, wide: bool) -> None:
    connection = connect(wide=wide, Catalog="AwsDataCatalog")
    connection.check(odbc.lib.SQLSetConnectAttr(connection.value, odbc.ATTR_CURRENT_CATALOG,
                                                "Größe".encode(), odbc.NTS))
    assert answer(connection, "DATABASE_NAME", wide) == "Größe"


def test_read_only_follows_the_access_mode(connection) -> None:
    assert answer(connection, "DATA_SOURCE_READ_ONLY") == "N"
    connection.check(connection.set(101, 1))  # SQL_ATTR_ACCESS_MODE, SQL_MODE_READ_ONLY
    assert answer(connection, "DATA_SOURCE_READ_ONLY") == "Y"


# What single answers mean: (type, answer, statement, rows)

FACTS = [
    ("EXPRESSIONS_IN_ORDERBY", "Y", "SELECT x FROM (VALUES 1, -2) AS t(x) ORDER BY abs(x) + 0",
     [("1",), ("-2",)]),
    ("ORDER_BY_COLUMNS_IN_SELECT", "N",
     "SELECT x FROM (VALUES (1, 2), (2, 1)) AS t(x, y) ORDER BY y", [("2",), ("1",)]),
    ("COLUMN_ALIAS", "Y", "SELECT x FROM (SELECT 1 AS x) AS t", [("1",)]),
    ("OUTER_JOINS", "Y", "SELECT a.x, b.x FROM {oj (VALUES 1) AS a(x) LEFT OUTER JOIN "
     "(VALUES 2) AS b(x) ON a.x = b.x}", [("1", None)]),
    ("LIKE_ESCAPE_CLAUSE", "Y", "SELECT 'a%' LIKE 'a!%' {escape '!'}, 'ab' LIKE 'a!%' {escape '!'}",
     [("1", "0")]),
    ("IDENTIFIER_QUOTE_CHAR", '"', 'SELECT "select" FROM (SELECT 1 AS "select") AS t', [("1",)]),
    ("CATALOG_NAME", "Y", "SELECT count(*) FROM awsdatacatalog.sample.zones", [("20",)]),
    ("CATALOG_NAME_SEPARATOR", ".", 'SELECT count(*) FROM "awsdatacatalog"."sample"."zones"',
     [("20",)]),
    ("CATALOG_LOCATION", 1, "SELECT count(*) FROM awsdatacatalog.sample.zones", [("20",)]),
    ("CORRELATION_NAME", 2, "SELECT zones.x FROM (SELECT 1 AS x) AS zones", [("1",)]),  # SQL_CN_ANY
    ("CONCAT_NULL_BEHAVIOR", 0, "SELECT 'a' || CAST(NULL AS varchar)", [(None,)]),  # SQL_CB_NULL
    ("NULL_COLLATION", 4, "SELECT x FROM (VALUES 1, NULL, 2) AS t(x) ORDER BY x",  # SQL_NC_END
     [("1",), ("2",), (None,)]),
    ("NULL_COLLATION", 4, "SELECT x FROM (VALUES 1, NULL, 2) AS t(x) ORDER BY x DESC",
     [("2",), ("1",), (None,)]),
    ("GROUP_BY", 2, "SELECT x, sum(y) FROM (VALUES (1, 2, 3), (1, 5, 4)) AS t(x, y, z) "
     "GROUP BY x, z ORDER BY 2", [("1", "2"), ("1", "5")]),  # SQL_GB_GROUP_BY_CONTAINS_SELECT
    ("IDENTIFIER_CASE", 2, "SELECT NAME FROM SAMPLE.Zones WHERE iD = 1", None),  # SQL_IC_LOWER
    ("QUOTED_IDENTIFIER_CASE", 2, 'SELECT "NAME" FROM "SAMPLE"."Zones" WHERE "iD" = 1', None),
]


@pytest.mark.parametrize("name, claim, sql, rows", FACTS, ids=[f[0] for f in FACTS])
def test_fact(connection, statement, name: str, claim: str | int, sql: str, rows: list) -> None:
    assert answer(connection, name) == claim
    found = statement.query(sql)
    assert found == rows if rows is not None else len(found) == 1


def test_getdata_extensions(connection, statement) -> None:
    """Any column, in any order, of any row of a block, bound or not."""
    assert answer(connection, "GETDATA_EXTENSIONS") & 0xf == 0xf
    s = statement
    s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, 3))
    ids = (ctypes.c_int * 3)()
    s.check(s.bind(2, odbc.C_SLONG, ids, 4, None))
    s.check(s.execute("SELECT 'a', x, 'c' || CAST(x AS varchar) FROM (VALUES 1, 2, 3) AS t(x) "
                      "ORDER BY x"))
    s.check(s.fetch_scroll())
    assert list(ids) == [1, 2, 3]
    for row in (3, 1, 2):
        s.check(ctypes.c_short(odbc.lib.SQLSetPos(s.value, ctypes.c_size_t(row), 0, 0)).value)
        assert [s.text(column) for column in (3, 1, 2)] == [f"c{row}", "a", str(row)]
    s.check(s.close())


def test_group_by_must_contain_the_select_list(statement) -> None:
    statement.check(statement.execute("SELECT x, y FROM (VALUES (1, 2)) AS t(x, y) GROUP BY x"),
                    odbc.ERROR)


def test_special_characters_may_be_in_quoted_names(connection, statement) -> None:
    claimed = answer(connection, "SPECIAL_CHARACTERS")
    assert len(set(claimed)) == len(claimed) > 20
    names = [f'"a{c}b"' for c in claimed]
    inner = ", ".join(f"{n} AS {name}" for n, name in enumerate(names))
    statement.check(statement.execute(f"SELECT {', '.join(names)} FROM (SELECT {inner}) AS t"))
    assert [statement.describe(n + 1)[0] for n in range(len(names))] == [
        name.strip('"') for name in names]
    statement.check(statement.close())


# Masks. Each bit: a statement, and the rows it gives; a list of statements runs in order, and the
# last one's rows count. A claim without a row here fails, and so does a row without its claim.

TWO = "(VALUES 1, 2) AS a(i)"
OTHER = "(VALUES 2, 3) AS b(i)"
JOINED = [("1", None), ("2", "2"), (None, "3")]

CLAIMS: dict[str, dict[int, tuple]] = {
    "AGGREGATE_FUNCTIONS": {
        0x1: (f"SELECT avg(i) FROM {TWO}", [("1.5",)]),
        0x2: (f"SELECT count(i), count(*) FROM {TWO}", [("2", "2")]),
        0x4: (f"SELECT max(i) FROM {TWO}", [("2",)]),
        0x8: (f"SELECT min(i) FROM {TWO}", [("1",)]),
        0x10: (f"SELECT sum(i) FROM {TWO}", [("3",)]),
        0x20: ("SELECT count(DISTINCT i), sum(DISTINCT i) FROM (VALUES 1, 1, 2) AS t(i)",
               [("2", "3")]),
        0x40: ("SELECT count(ALL i) FROM (VALUES 1, 1) AS t(i)", [("2",)]),
    },
    "SUBQUERIES": {
        0x1: (f"SELECT i FROM {TWO} WHERE i = (SELECT max(i) FROM {TWO})", [("2",)]),
        0x2: (f"SELECT i FROM {TWO} WHERE EXISTS (SELECT 1) ORDER BY i", [("1",), ("2",)]),
        0x4: (f"SELECT i FROM {TWO} WHERE i IN (SELECT i FROM {OTHER})", [("2",)]),
        0x8: (f"SELECT i FROM {TWO} WHERE i < ALL (SELECT i FROM {OTHER})", [("1",)]),
        0x10: (f"SELECT i FROM {TWO} WHERE EXISTS (SELECT 1 FROM {OTHER} WHERE b.i = a.i)",
               [("2",)]),
    },
    "UNION": {
        0x1: ("SELECT 1 UNION SELECT 1", [("1",)]),
        0x2: ("SELECT 1 UNION ALL SELECT 1", [("1",), ("1",)]),
    },
    "OJ_CAPABILITIES": {
        0x1: (f"SELECT a.i, b.i FROM {{oj {TWO} LEFT OUTER JOIN {OTHER} ON a.i = b.i}} ORDER BY 1",
              JOINED[:2]),
        0x2: (f"SELECT a.i, b.i FROM {{oj {TWO} RIGHT OUTER JOIN {OTHER} ON a.i = b.i}} "
              "ORDER BY 2", JOINED[1:]),
        0x4: (f"SELECT a.i, b.i FROM {{oj {TWO} FULL OUTER JOIN {OTHER} ON a.i = b.i}} "
              "ORDER BY 1, 2", JOINED),
        0x8: (f"SELECT a.i, b.i, c.i FROM {{oj {TWO} LEFT OUTER JOIN {OTHER} ON a.i = b.i "
              "LEFT OUTER JOIN (VALUES 2) AS c(i) ON b.i = c.i} ORDER BY 1",
              [("1", None, None), ("2", "2", "2")]),
        0x10: (f"SELECT a.i, b.i FROM {{oj {TWO} LEFT OUTER JOIN {OTHER} ON b.i = a.i}} "
               "ORDER BY 1", JOINED[:2]),
        0x20: (f"SELECT a.i, b.i FROM {{oj {TWO} LEFT OUTER JOIN ({OTHER} INNER JOIN (VALUES 2) "
               "AS c(i) ON b.i = c.i) ON a.i = b.i} ORDER BY 1", JOINED[:2]),
        0x40: (f"SELECT a.i, b.i FROM {{oj {TWO} LEFT OUTER JOIN {OTHER} ON a.i > b.i OR "
               "a.i <> 1 AND a.i <= b.i - 1} ORDER BY 1", [("1", None), ("2", "3")]),
    },
    "SQL92_PREDICATES": {
        0x1: ("SELECT 1 WHERE EXISTS (SELECT 1)", [("1",)]),
        0x2: ("SELECT 1 WHERE 1 IS NOT NULL", [("1",)]),
        0x4: ("SELECT 1 WHERE NULL IS NULL", [("1",)]),
        0x200: ("SELECT 1 WHERE 'abc' LIKE 'a_c' AND 'abc' NOT LIKE '%d'", [("1",)]),
        0x400: ("SELECT 1 WHERE 1 IN (1, 2) AND 3 NOT IN (1, 2)", [("1",)]),
        0x800: ("SELECT 1 WHERE 2 BETWEEN 1 AND 3 AND 4 NOT BETWEEN 1 AND 3", [("1",)]),
        0x1000: ("SELECT 1 WHERE 1 < 2 AND 1 <= 1 AND 2 > 1 AND 2 >= 2 AND 1 <> 2 AND 1 = 1",
                 [("1",)]),
        0x2000: ("SELECT 1 WHERE 1 = ANY (SELECT 1) AND 1 <= ALL (SELECT 1) AND "
                 "1 >= SOME (SELECT 1)", [("1",)]),
    },
    "SQL92_RELATIONAL_JOIN_OPERATORS": {
        0x2: (f"SELECT count(*) FROM {TWO} CROSS JOIN {OTHER}", [("4",)]),
        0x4: (f"SELECT i FROM {TWO} EXCEPT SELECT i FROM {OTHER}", [("1",)]),
        0x8: (f"SELECT a.i, b.i FROM {TWO} FULL OUTER JOIN {OTHER} ON a.i = b.i ORDER BY 1, 2",
              JOINED),
        0x10: (f"SELECT i FROM {TWO} INNER JOIN {OTHER} USING (i)", [("2",)]),
        0x20: (f"SELECT i FROM {TWO} INTERSECT SELECT i FROM {OTHER}", [("2",)]),
        0x40: (f"SELECT a.i, b.i FROM {TWO} LEFT OUTER JOIN {OTHER} ON a.i = b.i ORDER BY 1",
               JOINED[:2]),
        0x100: (f"SELECT a.i, b.i FROM {TWO} RIGHT OUTER JOIN {OTHER} ON a.i = b.i ORDER BY 2",
                JOINED[1:]),
    },
    "SQL92_ROW_VALUE_CONSTRUCTOR": {
        0x1: ("SELECT 1 WHERE (1, 'a') = (1, 'a') AND (1, 2) IN ((1, 2), (3, 4))", [("1",)]),
        0x2: ("SELECT x IS NULL, y FROM (VALUES (NULL, 2)) AS t(x, y)", [("1", "2")]),
    },
    "SQL92_VALUE_EXPRESSIONS": {
        0x1: ("SELECT CASE 1 WHEN 1 THEN 'a' ELSE 'b' END, CASE WHEN 1 = 2 THEN 'a' END",
              [("a", None)]),
        0x2: ("SELECT CAST('12' AS integer) + 1", [("13",)]),
        0x4: ("SELECT coalesce(NULL, 'a')", [("a",)]),
        0x8: ("SELECT nullif(1, 1), nullif(1, 2)", [(None, "1")]),
    },
    "SQL92_STRING_FUNCTIONS": {
        0x2: ("SELECT lower('ABÄ')", [("abä",)]),
        0x4: ("SELECT upper('abä')", [("ABÄ",)]),
        0x8: ("SELECT substring('abcdef' FROM 2 FOR 3), substring('abc' FROM 2)", [("bcd", "bc")]),
        0x20: ("SELECT trim(BOTH 'x' FROM 'xxaxx'), trim(' a ')", [("a", "a")]),
        0x40: ("SELECT trim(LEADING 'x' FROM 'xxaxx')", [("axx",)]),
        0x80: ("SELECT trim(TRAILING 'x' FROM 'xxaxx')", [("xxa",)]),
    },
    "SQL92_NUMERIC_VALUE_FUNCTIONS": {
        0x8: ("SELECT extract(YEAR FROM DATE '2024-02-29'), extract(HOUR FROM TIMESTAMP "
              "'2024-02-29 10:11:12')", [("2024", "10")]),
        0x20: ("SELECT position('c' IN 'abc')", [("3",)]),
    },
    "SQL92_DATETIME_FUNCTIONS": {
        0x1: ("SELECT current_date > DATE '2024-01-01'", [("1",)]),
        0x2: ("SELECT current_time IS NULL", [("0",)]),
        0x4: ("SELECT current_timestamp > TIMESTAMP '2024-01-01 00:00:00'", [("1",)]),
    },
    "DATETIME_LITERALS": {
        0x1: ("SELECT DATE '2024-02-29'", [("2024-02-29",)]),
        0x2: ("SELECT TIME '10:11:12'", [("10:11:12.000",)]),
        0x4: ("SELECT TIMESTAMP '2024-02-29 10:11:12.5'", None),
        **{bit: (f"SELECT INTERVAL {literal}", None) for bit, literal in {
            0x8: "'3' YEAR", 0x10: "'3' MONTH", 0x20: "'3' DAY", 0x40: "'3' HOUR",
            0x80: "'3' MINUTE", 0x100: "'3.5' SECOND", 0x200: "'1-2' YEAR TO MONTH",
            0x400: "'1 2' DAY TO HOUR", 0x800: "'1 2:03' DAY TO MINUTE",
            0x1000: "'1 2:03:04' DAY TO SECOND", 0x2000: "'2:03' HOUR TO MINUTE",
            0x4000: "'2:03:04' HOUR TO SECOND", 0x8000: "'3:04' MINUTE TO SECOND"}.items()},
    },
    "INSERT_STATEMENT": {
        0x1: (["DROP TABLE IF EXISTS info_insert", "CREATE TABLE info_insert AS SELECT 1 AS i",
               "INSERT INTO info_insert VALUES (2), (3)", "SELECT sum(i) FROM info_insert"],
              [("6",)]),
        0x2: (["DROP TABLE IF EXISTS info_insert", "CREATE TABLE info_insert AS SELECT 1 AS i",
               f"INSERT INTO info_insert SELECT i FROM {OTHER}", "SELECT sum(i) FROM info_insert",
               ], [("6",)]),
    },
    "CREATE_SCHEMA": {
        0x1: (["DROP SCHEMA IF EXISTS info_schema", "CREATE SCHEMA info_schema",
               "SELECT schema_name FROM information_schema.schemata WHERE "
               "schema_name = 'info_schema'"], [("info_schema",)]),
    },
    "DROP_SCHEMA": {
        bit: (["CREATE SCHEMA IF NOT EXISTS info_schema", f"DROP SCHEMA info_schema{how}",
               "SELECT schema_name FROM information_schema.schemata WHERE "
               "schema_name = 'info_schema'"], [])
        for bit, how in {0x1: "", 0x2: " RESTRICT", 0x4: " CASCADE"}.items()
    },
    "DROP_TABLE": {
        0x1: (["DROP TABLE IF EXISTS info_drop", "CREATE TABLE info_drop AS SELECT 1 AS i",
               "DROP TABLE info_drop", "SELECT table_name FROM information_schema.tables WHERE "
               "table_name = 'info_drop'"], []),
    },
    "CREATE_VIEW": {
        0x1: (["CREATE OR REPLACE VIEW info_view AS SELECT 1 AS i", "SELECT i FROM info_view"],
              [("1",)]),
    },
    "DROP_VIEW": {
        0x1: (["CREATE OR REPLACE VIEW info_view AS SELECT 1 AS i", "DROP VIEW info_view",
               "SELECT table_name FROM information_schema.tables WHERE table_name = 'info_view'"],
              []),
    },
    "CATALOG_USAGE": {
        0x1: ("SELECT count(*) FROM awsdatacatalog.sample.zones", [("20",)]),
    },
    "SCHEMA_USAGE": {
        0x1: ("SELECT count(*) FROM sample.zones", [("20",)]),
        0x4: (["DROP TABLE IF EXISTS sample.info_drop",
               "CREATE TABLE sample.info_drop AS SELECT 1 AS i", "DROP TABLE sample.info_drop",
               "SELECT table_name FROM information_schema.tables WHERE table_name = 'info_drop'"],
              []),
    },
    "INFO_SCHEMA_VIEWS": {
        0x40: ("SELECT data_type FROM information_schema.columns WHERE table_name = 'zones' AND "
               "column_name = 'name'", [("varchar",)]),
        0x2000: ("SELECT schema_name FROM information_schema.schemata WHERE schema_name = "
                 "'sample'", [("sample",)]),
        0x20000: ("SELECT table_type FROM information_schema.tables WHERE table_name = 'zones'",
                  [("BASE TABLE",)]),
        0x400000: ("SELECT table_name FROM information_schema.views WHERE table_name = "
                   "'all_types'", [("all_types",)]),
    },
}
# Bits of the same masks that are not claimed: a statement that Athena refuses; None where ODBC's
# bit is of a thing that has no statement to try, with the reason in the comment.
NOT_CLAIMED: dict[str, dict[int, str | None]] = {
    "SQL92_PREDICATES": {
        0x8: "SELECT 1 WHERE (1, 2) MATCH FULL (SELECT 1, 2)",
        0x10: "SELECT 1 WHERE (1, 2) MATCH PARTIAL (SELECT 1, 2)",
        0x20: "SELECT 1 WHERE (1, 2) MATCH UNIQUE FULL (SELECT 1, 2)",
        0x40: "SELECT 1 WHERE (1, 2) MATCH UNIQUE PARTIAL (SELECT 1, 2)",
        0x80: "SELECT 1 WHERE (DATE '2024-01-01', DATE '2024-01-03') OVERLAPS "
              "(DATE '2024-01-02', DATE '2024-01-04')",
        0x100: "SELECT 1 WHERE UNIQUE (SELECT 1)",
    },
    "SQL92_RELATIONAL_JOIN_OPERATORS": {
        0x1: f"SELECT i FROM {TWO} UNION CORRESPONDING SELECT i FROM {OTHER}",
        0x80: f"SELECT i FROM {TWO} NATURAL JOIN {OTHER}",
        0x200: f"SELECT * FROM {TWO} UNION JOIN {OTHER}",
    },
    "SQL92_ROW_VALUE_CONSTRUCTOR": {
        0x4: "SELECT (1, DEFAULT)",
        0x8: "SELECT 1 WHERE (1, 2) = (SELECT 1, 2)",
    },
    "SQL92_STRING_FUNCTIONS": {
        0x1: "SELECT convert('a' USING utf8)",
        0x10: "SELECT translate('a' USING utf8)",
    },
    "SQL92_NUMERIC_VALUE_FUNCTIONS": {
        0x1: "SELECT bit_length('a')", 0x2: "SELECT char_length('a')",
        0x4: "SELECT character_length('a')", 0x10: "SELECT octet_length('a')",
    },
    "INSERT_STATEMENT": {0x4: "SELECT 1 AS i INTO info_into"},
    "CREATE_SCHEMA": {
        0x2: "CREATE SCHEMA info_schema2 AUTHORIZATION ann",
        0x4: "CREATE SCHEMA info_schema2 DEFAULT CHARACTER SET utf8",
    },
    "CREATE_TABLE": {
        0x1: "CREATE TABLE info_plain (i int)",  # needs EXTERNAL or Iceberg's properties
        0x200: "CREATE TABLE info_plain (i int NOT NULL)",
        **{1 << bit: None for bit in (*range(1, 9), *range(10, 14))},  # no CREATE TABLE: no part
    },
    "CREATE_VIEW": {
        0x2: "CREATE VIEW info_check AS SELECT 1 AS i WITH CHECK OPTION",
        0x4: "CREATE VIEW info_check AS SELECT 1 AS i WITH CASCADED CHECK OPTION",
        0x8: "CREATE VIEW info_check AS SELECT 1 AS i WITH LOCAL CHECK OPTION",
    },
    "DROP_TABLE": {0x2: "DROP TABLE zones RESTRICT", 0x4: "DROP TABLE zones CASCADE"},
    "DROP_VIEW": {0x2: "DROP VIEW all_types RESTRICT", 0x4: "DROP VIEW all_types CASCADE"},
    "ALTER_TABLE": {
        0x1: "ALTER TABLE zones ADD COLUMN x int",  # Hive's is ADD COLUMNS (x int)
        0x2: "ALTER TABLE zones DROP COLUMN x",
        0x20: "ALTER TABLE zones ADD x int",
        0x400: "ALTER TABLE zones DROP COLUMN name CASCADE",
        0x1000: "ALTER TABLE zones ADD CONSTRAINT c UNIQUE (zone_id)",
        **{1 << bit: None for bit in (3, 6, 7, 8, 9, 11, *range(13, 20))},  # parts of the above
    },
    "CATALOG_USAGE": {
        0x2: None,  # no procedures
        0x4: None,  # CREATE EXTERNAL TABLE and DROP TABLE are Hive's, which know no catalogs
        0x8: None, 0x10: None,  # no indexes, no GRANT
    },
    "SCHEMA_USAGE": {0x2: None, 0x8: None, 0x10: None},
    "SQL92_GRANT": {0x1: "GRANT SELECT ON zones TO ann"},
    "SQL92_REVOKE": {0x10: "REVOKE SELECT ON zones FROM ann"},
}
# Types whose mask is 0 because Athena has nothing of the kind: a statement of theirs is refused.
NOTHING_OF_THE_KIND = {
    "CREATE_ASSERTION": "CREATE ASSERTION a CHECK (1 = 1)",
    "CREATE_CHARACTER_SET": "CREATE CHARACTER SET c AS GET utf8",
    "CREATE_COLLATION": "CREATE COLLATION c FOR utf8 FROM d",
    "CREATE_DOMAIN": "CREATE DOMAIN d AS int",
    "CREATE_TRANSLATION": "CREATE TRANSLATION t FOR a TO b FROM c",
    "DROP_ASSERTION": "DROP ASSERTION a", "DROP_CHARACTER_SET": "DROP CHARACTER SET c",
    "DROP_COLLATION": "DROP COLLATION c", "DROP_DOMAIN": "DROP DOMAIN d",
    "DROP_TRANSLATION": "DROP TRANSLATION t", "ALTER_DOMAIN": "ALTER DOMAIN d DROP DEFAULT",
    "DDL_INDEX": "CREATE INDEX i ON zones (name)",
    "SQL92_GRANT": "GRANT SELECT ON zones TO ann",
    "SQL92_REVOKE": "REVOKE SELECT ON zones FROM ann",
    "TXN_ISOLATION_OPTION": "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
    "POSITIONED_STATEMENTS": "DELETE FROM zones WHERE CURRENT OF c",
}
CASES = [(name, bit) for name, claims in CLAIMS.items() for bit in claims]
REFUSED = [(name, bit, sql) for name, bits in NOT_CLAIMED.items() for bit, sql in bits.items()
           if sql]


def bits(value: int) -> set[int]:
    return {1 << i for i in range(32) if value >> i & 1}


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_are_those_of_the_table(connection, name: str) -> None:
    claimed = bits(answer(connection, name))
    assert claimed == set(CLAIMS[name])
    assert not claimed & set(NOT_CLAIMED.get(name, {}))


@pytest.mark.parametrize("name, bit", CASES, ids=[f"{n}-{b:#x}" for n, b in CASES])
def test_claim(statement, name: str, bit: int) -> None:
    sql, rows = CLAIMS[name][bit]
    *before, last = [sql] if isinstance(sql, str) else sql
    for step in before:
        statement.check(statement.execute(step))
        statement.check(statement.close())
    found = statement.query(last)
    if rows is None:
        assert len(found) == 1 and found[0][0]
    elif name == "AGGREGATE_FUNCTIONS" and bit == 1:
        assert [float(row[0]) for row in found] == [1.5]
    else:
        assert found == rows


@pytest.mark.parametrize("name, bit, sql", REFUSED, ids=[f"{n}-{b:#x}" for n, b, _ in REFUSED])
def test_not_claimed(connection, statement, name: str, bit: int, sql: str) -> None:
    assert bit not in bits(answer(connection, name))
    statement.check(statement.execute(sql), odbc.ERROR)


@pytest.mark.parametrize("name", NOTHING_OF_THE_KIND)
def test_nothing_of_the_kind(connection, statement, name: str) -> None:
    assert answer(connection, name) == 0
    statement.check(statement.execute(NOTHING_OF_THE_KIND[name]), odbc.ERROR)


@pytest.mark.parametrize("word", ["CUBE", "UNNEST", "CURRENT_SCHEMA", "JSON_TABLE", "LOCALTIME",
                                  "NORMALIZE", "ROLLUP", "SKIP", "UESCAPE"])
def test_keywords_need_quotes(connection, statement, word: str) -> None:
    assert word in answer(connection, "KEYWORDS").split(",")
    assert statement.query(f'SELECT "{word}" FROM (SELECT 1 AS "{word}") AS t') == [("1",)]


# Lengths

@pytest.mark.parametrize("wide", [False, True], ids=["ansi", "wide"])
def test_longest_statement(athena, connect, wide: bool) -> None:
    connection = connect(wide=wide)
    limit = answer(connection, "MAX_STATEMENT_LEN")
    statement = odbc.Statement(connection)

    def text(length: int) -> str:
        begin = "SELECT 1 -- ä "
        return begin + "x" * (length - len(begin.encode()))

    assert statement.query(text(limit), wide) == [("1",)]
    started = athena.stats()["requests"]["athena.StartQueryExecution"]
    for call in (statement.execute, statement.prepare):
        statement.check(call(text(limit + 1), wide), odbc.ERROR)
        state, _, message = statement.diagnostics()[0]
        assert state == "42000"
        assert str(limit) in message and str(limit + 1) in message
    assert athena.stats()["requests"]["athena.StartQueryExecution"] == started, "was sent"
    statement.check(statement.free())


def test_a_translation_may_outgrow_the_limit(statement, connection) -> None:
    limit = answer(connection, "MAX_STATEMENT_LEN")
    sql = "SELECT {fn RIGHT('" + "x" * (limit - 30) + "', 2)}"  # names its argument twice
    assert len(sql) < limit
    statement.check(statement.execute(sql), odbc.ERROR)
    assert statement.states() == ["42000"]


@pytest.mark.parametrize("name", ["MAX_COLUMN_NAME_LEN", "MAX_TABLE_NAME_LEN",
                                  "MAX_SCHEMA_NAME_LEN", "MAX_IDENTIFIER_LEN"])
def test_longest_names(connection, statement, name: str) -> None:
    length = answer(connection, name)
    assert length == 255
    word = "n" * length
    if name == "MAX_SCHEMA_NAME_LEN":
        for sql in (f"CREATE SCHEMA IF NOT EXISTS {word}", f"DROP SCHEMA {word}"):
            statement.check(statement.execute(sql))
            statement.check(statement.close())
        statement.check(statement.execute(f"CREATE SCHEMA {word}n"), odbc.ERROR)
        return
    if name == "MAX_TABLE_NAME_LEN":
        for sql in (f"CREATE OR REPLACE VIEW {word} AS SELECT 1 AS i", f"DROP VIEW {word}"):
            statement.check(statement.execute(sql))
            statement.check(statement.close())
        statement.check(statement.execute(f"CREATE VIEW {word}n AS SELECT 1 AS i"), odbc.ERROR)
        return
    statement.check(statement.execute(f"SELECT {word} FROM (SELECT 1 AS {word}) AS t"))
    assert statement.describe(1)[0] == word
    statement.check(statement.close())


def test_longest_cursor_name(connection, statement) -> None:
    length = answer(connection, "MAX_CURSOR_NAME_LEN")
    out, needed = ctypes.create_string_buffer(length + 1), ctypes.c_short()
    name = b"c" * length
    statement.check(odbc.lib.SQLSetCursorName(statement.value, name, odbc.NTS))
    statement.check(odbc.lib.SQLGetCursorName(statement.value, out, length + 1,
                                              ctypes.byref(needed)))
    assert (out.value, needed.value) == (name, length)
