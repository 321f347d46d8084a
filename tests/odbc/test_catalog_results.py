"""The results of the catalog functions as ODBC prescribes them: columns, rows, their order.

Each is asked for by ANSI and W applications of ODBC 2, 3 and 3.80, through the driver manager.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

import odbc
import pytest
from odbc import NTS

V2, V3, V38 = odbc.OV_ODBC2, odbc.OV_ODBC3, odbc.OV_ODBC3_80
SMALLINT, INTEGER, VARCHAR, WVARCHAR = 5, 4, 12, -9
METADATA_ID, CURRENT_CATALOG = 10014, 109

# name [/ name of ODBC 2], type, "-" where a value may be NULL. After the ODBC Programmer's Reference.
T, S, I = VARCHAR, SMALLINT, INTEGER  # noqa: E741
VALUE = [("DATA_TYPE", S, ""), ("TYPE_NAME", T, ""), ("COLUMN_SIZE/PRECISION", I, "-"),
         ("BUFFER_LENGTH/LENGTH", I, "-"), ("DECIMAL_DIGITS/SCALE", S, "-"),
         ("NUM_PREC_RADIX/RADIX", S, "-"), ("NULLABLE", S, ""), ("REMARKS", T, "-"),
         ("COLUMN_DEF", T, "-"), ("SQL_DATA_TYPE", S, ""), ("SQL_DATETIME_SUB", S, "-"),
         ("CHAR_OCTET_LENGTH", I, "-"), ("ORDINAL_POSITION", I, ""), ("IS_NULLABLE", T, "-")]
TABLE = [("TABLE_CAT/TABLE_QUALIFIER", T, "-"), ("TABLE_SCHEM/TABLE_OWNER", T, "-")]
NAMED = [*TABLE, ("TABLE_NAME", T, "")]
PROCEDURE = [("PROCEDURE_CAT/PROCEDURE_QUALIFIER", T, "-"),
             ("PROCEDURE_SCHEM/PROCEDURE_OWNER", T, "-"), ("PROCEDURE_NAME", T, "")]
GRANT = [("GRANTOR", T, "-"), ("GRANTEE", T, ""), ("PRIVILEGE", T, ""), ("IS_GRANTABLE", T, "-")]
X = ("x", NTS)
NONE = (None, 0)

RESULTS: dict[str, tuple[tuple, list[tuple[str, int, str]]]] = {
    "SQLTables": ((*NONE, "sample", NTS, "zones", NTS, *NONE), [
        *TABLE, ("TABLE_NAME", T, "-"), ("TABLE_TYPE", T, "-"), ("REMARKS", T, "-")]),
    "SQLColumns": ((*NONE, "sample", NTS, "zones", NTS, *NONE),
                   [*NAMED, ("COLUMN_NAME", T, ""), *VALUE]),
    "SQLGetTypeInfo": ((0,), [
        ("TYPE_NAME", T, ""), ("DATA_TYPE", S, ""), ("COLUMN_SIZE/PRECISION", I, "-"),
        ("LITERAL_PREFIX", T, "-"), ("LITERAL_SUFFIX", T, "-"), ("CREATE_PARAMS", T, "-"),
        ("NULLABLE", S, ""), ("CASE_SENSITIVE", S, ""), ("SEARCHABLE", S, ""),
        ("UNSIGNED_ATTRIBUTE", S, "-"), ("FIXED_PREC_SCALE/MONEY", S, ""),
        ("AUTO_UNIQUE_VALUE/AUTO_INCREMENT", S, "-"), ("LOCAL_TYPE_NAME", T, "-"),
        ("MINIMUM_SCALE", S, "-"), ("MAXIMUM_SCALE", S, "-"), ("SQL_DATA_TYPE", S, ""),
        ("SQL_DATETIME_SUB", S, "-"), ("NUM_PREC_RADIX", I, "-"),
        ("INTERVAL_PRECISION", S, "-")]),
    "SQLStatistics": ((*X, *X, *X, 1, 0), [
        *NAMED, ("NON_UNIQUE", S, "-"), ("INDEX_QUALIFIER", T, "-"), ("INDEX_NAME", T, "-"),
        ("TYPE", S, ""), ("ORDINAL_POSITION/SEQ_IN_INDEX", S, "-"), ("COLUMN_NAME", T, "-"),
        ("ASC_OR_DESC/COLLATION", T, "-"), ("CARDINALITY", I, "-"), ("PAGES", I, "-"),
        ("FILTER_CONDITION", T, "-")]),
    "SQLPrimaryKeys": ((*X, *X, *X), [*NAMED, ("COLUMN_NAME", T, ""), ("KEY_SEQ", S, ""),
                                      ("PK_NAME", T, "-")]),
    "SQLForeignKeys": ((*X, *X, *X, *X, *X, *X), [
        ("PKTABLE_CAT/PKTABLE_QUALIFIER", T, "-"), ("PKTABLE_SCHEM/PKTABLE_OWNER", T, "-"),
        ("PKTABLE_NAME", T, ""), ("PKCOLUMN_NAME", T, ""),
        ("FKTABLE_CAT/FKTABLE_QUALIFIER", T, "-"), ("FKTABLE_SCHEM/FKTABLE_OWNER", T, "-"),
        ("FKTABLE_NAME", T, ""), ("FKCOLUMN_NAME", T, ""), ("KEY_SEQ", S, ""),
        ("UPDATE_RULE", S, "-"), ("DELETE_RULE", S, "-"), ("FK_NAME", T, "-"),
        ("PK_NAME", T, "-"), ("DEFERRABILITY", S, "-")]),
    "SQLSpecialColumns": ((1, *X, *X, *X, 0, 0), [
        ("SCOPE", S, "-"), ("COLUMN_NAME", T, ""), ("DATA_TYPE", S, ""), ("TYPE_NAME", T, ""),
        ("COLUMN_SIZE/PRECISION", I, "-"), ("BUFFER_LENGTH/LENGTH", I, "-"),
        ("DECIMAL_DIGITS/SCALE", S, "-"), ("PSEUDO_COLUMN", S, "-")]),
    "SQLProcedures": ((*X, *X, *X), [
        *PROCEDURE, ("NUM_INPUT_PARAMS", I, "-"), ("NUM_OUTPUT_PARAMS", I, "-"),
        ("NUM_RESULT_SETS", I, "-"), ("REMARKS", T, "-"), ("PROCEDURE_TYPE", S, "-")]),
    "SQLProcedureColumns": ((*X, *X, *X, *X), [
        *PROCEDURE, ("COLUMN_NAME", T, ""), ("COLUMN_TYPE", S, ""), *VALUE]),
    "SQLTablePrivileges": ((*X, *X, *X), [*NAMED, *GRANT]),
    "SQLColumnPrivileges": ((*X, *X, *X, *X), [*NAMED, ("COLUMN_NAME", T, ""), *GRANT]),
}


@pytest.fixture(scope="module", params=[(v, w) for v in (V2, V3, V38) for w in (False, True)],
                ids=lambda p: {V2: "odbc2", V3: "odbc3", V38: "odbc380"}[p[0]] + "-ansi-wide"[
                    5 * p[1]:5 + 5 * p[1]])
def application(request, configuration, athena_session) -> Iterator[tuple]:
    """A connection of each kind of application: (connection, version, is it wide)."""
    version, wide = request.param
    env = odbc.Env(version)
    connection = odbc.Connection(env)
    connection.check(connection.connect("DSN=AthenaLocal", wide))
    yield connection, version, wide
    connection.disconnect()
    connection.check(connection.free())
    env.check(env.free())


def ask(connection: odbc.Connection, wide: bool, name: str, *arguments: Any,
        metadata_id: bool = False) -> odbc.Statement:
    """A new statement with the function's result open."""
    s = odbc.Statement(connection)
    if metadata_id:
        s.check(s.set(METADATA_ID, 1))
    s.check(odbc.call(name, s.value, *arguments, wide=wide))
    return s


def listed(connection: odbc.Connection, wide: bool, name: str, *texts: str | None,
           metadata_id: bool = False) -> list[tuple[str | None, ...]]:
    arguments: list[Any] = []
    for text in texts:
        arguments += NONE if text is None else (text, NTS)
    s = ask(connection, wide, name, *arguments, metadata_id=metadata_id)
    rows = s.rows(wide)
    s.check(s.free())
    return rows


@pytest.mark.parametrize("function", RESULTS)
def test_columns_of_the_result(application, function: str) -> None:
    connection, version, wide = application
    arguments, expected = RESULTS[function]
    s = ask(connection, wide, function, *arguments)
    found = [s.describe(c) for c in range(1, s.columns() + 1)]
    assert [(name, kind, nullable) for name, kind, _, _, nullable in found] == [
        (name.split("/")[-1 if version == V2 else 0], kind, int(null == "-"))
        for name, kind, null in expected]
    s.check(s.free())


def test_strings_of_results_are_wide_where_strings_are(connect) -> None:
    """UseWCharForStringTypes is about every string that the driver describes."""
    connection = connect(UseWCharForStringTypes="1")
    for function, (arguments, expected) in RESULTS.items():
        s = ask(connection, True, function, *arguments)
        assert [s.describe(c)[1] for c in range(1, s.columns() + 1)] == [
            WVARCHAR if kind == VARCHAR else kind for _, kind, _ in expected]
        s.check(s.free())
    rows = listed(connection, True, "SQLColumns", None, "sample", "zones", "name")
    assert [row[4] for row in rows] == ["-9"]


# ---- SQLTables: arguments -> (schema, table, type) of the rows

ZONES = [("sample", "zones", "TABLE")]
TABLES_OF_SAMPLE = [("sample", name, "TABLE")
                    for name in ("orders_by_month", "payments", "taxi_trips", "zones")]
VIEWS_OF_SAMPLE = [("sample", name, "VIEW")
                   for name in ("airport_trips", "all_types", "trips_by_zone")]
LISTS = {
    "one": ((None, "sample", "zones", None), ZONES),
    "catalog by name": (("AwsDataCatalog", "sample", "zones", None), ZONES),
    "catalog in another case": (("AWSDATACATALOG", "sample", "zones", None), ZONES),
    "catalog by pattern": (("Aws%", "sample", "zones", None), ZONES),
    "catalog that is not there": (("nope", "sample", "zones", None), []),
    "catalog pattern of nothing": (("x%", "sample", "zones", None), []),
    "tables before views, then by name": ((None, "sample", "%", None),
                                          TABLES_OF_SAMPLE + VIEWS_OF_SAMPLE),
    "all in empty strings": (("", "sample", "", ""), TABLES_OF_SAMPLE + VIEWS_OF_SAMPLE),
    "any character": ((None, "s_mple", "z_nes", None), ZONES),
    "any text": ((None, "%ple", "z%s", None), ZONES),
    "escaped": ((None, "sample", "taxi\\_trips", None), [("sample", "taxi_trips", "TABLE")]),
    "escaped and not": ((None, "sample", "taxi\\_trip_", None),
                           [("sample", "taxi_trips", "TABLE")]),
    "escaped %": ((None, "sample", "zones\\%", None), []),
    "another case": ((None, "SAMPLE", "ZONES", None), ZONES),
    "another case in a pattern": ((None, "Sample", "ZON%", None), ZONES),
    "characters of regular expressions": ((None, "sample", "z.*(", None), []),
    "the same in a pattern": ((None, "sample", "z[a-z]+%", None), []),
    "a quote": ((None, "sample", "zo'%", None), []),
    "beyond ASCII": ((None, "sample", "z\u00f6n%", None), []),
    "tables": ((None, "sample", None, "TABLE"), TABLES_OF_SAMPLE),
    "views": ((None, "sample", None, "VIEW"), VIEWS_OF_SAMPLE),
    "views in quotes": ((None, "sample", None, "'VIEW'"), VIEWS_OF_SAMPLE),
    "both": ((None, "sample", None, "VIEW,TABLE"), TABLES_OF_SAMPLE + VIEWS_OF_SAMPLE),
    "both in quotes": ((None, "sample", None, "'VIEW' , 'TABLE'"),
                       TABLES_OF_SAMPLE + VIEWS_OF_SAMPLE),
    "more types than there are": ((None, "sample", "zones", "TABLE,SYSTEM TABLE,ALIAS"), ZONES),
    "other types": ((None, "sample", None, "SYNONYM"), []),
    "all types": ((None, "sample", "zones", "%"), ZONES),
    "long pattern": ((None, "sample", "z" * 300 + "%", None), []),
    "long name": ((None, "sample", "z" * 255, None), []),
    "long schema": ((None, "s" * 255, "zones", None), []),
}


@pytest.mark.parametrize("name", LISTS)
def test_tables(application, name: str) -> None:
    connection, _, wide = application
    arguments, expected = LISTS[name]
    rows = listed(connection, wide, "SQLTables", *arguments)
    sample = {name for _, name, _ in TABLES_OF_SAMPLE + VIEWS_OF_SAMPLE}
    assert [row[1:4] for row in rows if row[2] in sample] == expected  # others are other tests'
    assert {row[0] for row in rows} <= {"AwsDataCatalog"}


IDENTIFIERS = {
    "plain": (("AwsDataCatalog", "sample", "zones", None), ZONES),
    "in another case": (("awsdatacatalog", "SAMPLE", "Zones", None), ZONES),
    "quoted": (('"AwsDataCatalog"', '"sample"', '"zones"', None), ZONES),
    "with blanks behind": (("AwsDataCatalog  ", "sample ", "zones   ", None), ZONES),
    "no pattern": (("AwsDataCatalog", "sample", "z%", None), []),
    "nor a character": (("AwsDataCatalog", "sample", "z_nes", None), []),
    "an underscore is one": (("AwsDataCatalog", "sample", "taxi_trips", None),
                             [("sample", "taxi_trips", "TABLE")]),
    "no enumeration": (("%", "", "", None), []),
}


@pytest.mark.parametrize("name", IDENTIFIERS)
def test_identifiers(application, name: str) -> None:
    connection, _, wide = application
    arguments, expected = IDENTIFIERS[name]
    rows = listed(connection, wide, "SQLTables", *arguments, metadata_id=True)
    assert [row[1:4] for row in rows] == expected


ENUMERATIONS = {
    "catalogs": (("%", "", "", ""), [("AwsDataCatalog", None, None, None, None)]),
    "catalogs, types not looked at": (("%", "", "", "VIEW"),
                                      [("AwsDataCatalog", None, None, None, None)]),
    "types": (("", "", "", "%"), [(None, None, None, "TABLE", None),
                                  (None, None, None, "VIEW", None)]),
}


@pytest.mark.parametrize("name", ENUMERATIONS)
def test_enumerations(application, name: str) -> None:
    connection, _, wide = application
    arguments, expected = ENUMERATIONS[name]
    assert listed(connection, wide, "SQLTables", *arguments) == expected


def test_enumeration_of_schemas(application) -> None:
    connection, _, wide = application
    rows = listed(connection, wide, "SQLTables", "", "%", "", "")
    assert {("default",), ("sample",)} <= {row[1:2] for row in rows}
    assert [row[1] for row in rows] == sorted(row[1] for row in rows), "in byte order"
    assert {row[:1] + row[2:] for row in rows} == {(None, None, None, None)}


# ---- order

def test_order_is_that_of_bytes(athena, connect) -> None:
    names = ["Zebra", "_x", "a", "a-b", "a1", "a_", "ab", "\u00e4"]
    athena.control("POST", "catalogs", [
        {"name": "c2", "type": "HIVE", "databases": {"b": names, "A": ["t"]}},
        {"name": "C1", "type": "HIVE", "databases": {"b": ["t"]}}])
    rows = listed(connect(QueryExternalCatalogs="1"), False, "SQLTables", "%c%", None, None, "")
    assert [row[:3] for row in rows if row[0] != "AwsDataCatalog"] == [
        ("C1", "b", "t"), ("c2", "A", "t"), *(("c2", "b", name) for name in names)]
    columns = listed(connect(), False, "SQLColumns", "c2", "b", None, None)
    assert [row[2] for row in columns] == names


def test_columns_come_by_table_and_position(athena, connection) -> None:
    athena.control("POST", "catalogs", [
        {"name": "AwsDataCatalog", "databases": {"many": ["t2", "t1"], "few": ["t"]},
         "columns": [["z", "int"], ["a", "string"]], "partition_keys": [["b", "date"]]}])
    rows = listed(connection, False, "SQLColumns", None, "%e%", "t%", None)
    made = [row[1:4] + row[16:17] for row in rows if row[1] in ("many", "few")]
    assert made == [("few", "t", "z", "1"), ("few", "t", "a", "2"), ("few", "t", "b", "3")]
    rows = listed(connection, False, "SQLColumns", None, "many", None, None)
    assert [row[2:4] for row in rows] == [(t, c) for t in ("t1", "t2") for c in ("z", "a", "b")]


# ---- SQLColumns: what types become

# type in the table's metadata -> DATA_TYPE (ODBC 2 where other), TYPE_NAME, COLUMN_SIZE,
# BUFFER_LENGTH, DECIMAL_DIGITS, NUM_PREC_RADIX, SQL_DATA_TYPE, SQL_DATETIME_SUB, CHAR_OCTET_LENGTH
TYPES: dict[str, tuple] = {
    "boolean": (-7, "boolean", 1, 1, None, None, -7, None, None),
    "tinyint": (-6, "tinyint", 3, 1, 0, 10, -6, None, None),
    "smallint": (5, "smallint", 5, 2, 0, 10, 5, None, None),
    "int": (4, "integer", 10, 4, 0, 10, 4, None, None),
    "bigint": (-5, "bigint", 19, 8, 0, 10, -5, None, None),
    "float": (7, "real", 7, 4, None, 10, 7, None, None),
    "double": (8, "double", 15, 8, None, 10, 8, None, None),
    "decimal(12,3)": (3, "decimal", 12, 14, 3, 10, 3, None, None),
    "decimal": (3, "decimal", 10, 12, 0, 10, 3, None, None),
    "char(7)": (1, "char", 7, 28, None, None, 1, None, 28),
    "varchar(20)": (12, "varchar", 20, 80, None, None, 12, None, 80),
    "string": (12, "varchar", 255, 1020, None, None, 12, None, 1020),
    "date": ((91, 9), "date", 10, 6, None, None, 9, 1, None),
    "timestamp": ((93, 11), "timestamp", 23, 16, 3, None, 9, 3, None),
    "array<int>": (12, "array", 65535, 262140, None, None, 12, None, 262140),
    "map<string,int>": (12, "map", 65535, 262140, None, None, 12, None, 262140),
    "struct<a:int,b:array<decimal(3,1)>>": (12, "row", 65535, 262140, None, None, 12, None,
                                            262140),
    "uuid": (12, "uuid", 36, 144, None, None, 12, None, 144),
    "json": (12, "json", 65535, 262140, None, None, 12, None, 262140),
    "hyperloglog": (12, "hyperloglog", 255, 1020, None, None, 12, None, 1020),
    "": (12, "unknown", 255, 1020, None, None, 12, None, 1020),
}


def test_types_of_columns(application, athena_session) -> None:
    connection, version, wide = application
    athena_session.control("POST", "catalogs", [
        {"name": "AwsDataCatalog", "databases": {"of_types": ["t"]},
         "columns": [[f"c{at}", kind] for at, kind in enumerate(TYPES)]}])
    rows = listed(connection, wide, "SQLColumns", None, "of_types", "t", None)
    athena_session.reset()
    assert [row[16] for row in rows] == [str(at) for at in range(1, len(TYPES) + 1)]
    for row, (kind, expected) in zip(rows, TYPES.items(), strict=True):
        found = (row[4:10] + row[13:16])
        data_type = expected[0]
        if isinstance(data_type, tuple):
            data_type = data_type[version == V2]
        for at, (value, wanted) in enumerate(zip(found, (data_type, *expected[1:]), strict=True)):
            assert value == (None if wanted is None else str(wanted)), (kind, at, row)
        assert (row[10], row[17]) == ("1", "YES")


@pytest.mark.parametrize("option, kind, size", [
    ("StringColumnLength", "string", 1000), ("StringColumnLength", "odd", 1000),
    ("ComplexTypeColumnLength", "array<int>", 500), ("ComplexTypeColumnLength", "map<int,int>", 500),
    ("ComplexTypeColumnLength", "struct<a:int>", 500),
])
def test_length_options(athena, connect, option: str, kind: str, size: int) -> None:
    athena.control("POST", "catalogs", [{"name": "AwsDataCatalog", "databases": ["of_types"],
                                         "columns": [["c", kind]]}])
    rows = listed(connect(**{option: str(size)}), False, "SQLColumns", None, "of_types", None, "c")
    assert rows[0][6] == str(size)
    assert int(rows[0][15]) >= size


def test_patterns_of_columns(application) -> None:
    connection, _, wide = application
    for pattern, expected in [
        ("%", ["id", "borough", "name"]), (None, ["id", "borough", "name"]),
        ("", ["id", "borough", "name"]), ("N%", ["name"]), ("_d", ["id"]), ("\\_d", []),
        ("%o%", ["borough"]), ("borough", ["borough"]), ("nothing", []),
    ]:
        rows = listed(connection, wide, "SQLColumns", None, "sample", "zones", pattern)
        assert [row[3] for row in rows] == expected, pattern
    rows = listed(connection, wide, "SQLColumns", "AwsDataCatalog", "SAMPLE", '"zones"', "BOROUGH ",
                  metadata_id=True)
    assert [row[3] for row in rows] == ["borough"]


# ---- SQLGetTypeInfo

def type_rows(connection: odbc.Connection, wide: bool, kind: int) -> list[tuple[str | None, ...]]:
    s = ask(connection, wide, "SQLGetTypeInfo", kind)
    rows = s.rows(wide)
    s.check(s.free())
    return rows


@pytest.mark.parametrize("asked, names, data_type", [
    (-7, ["boolean"], -7), (-6, ["tinyint"], -6), (-5, ["bigint"], -5), (-3, ["varbinary"], -3),
    (1, ["char"], 1), (3, ["decimal"], 3), (4, ["integer"], 4), (5, ["smallint"], 5),
    (7, ["real"], 7), (8, ["double"], 8), (91, ["date"], (91, 9)), (92, ["time"], (92, 10)),
    (93, ["timestamp"], (93, 11)), (9, ["date"], (91, 9)), (11, ["timestamp"], (93, 11)),
    (-11, [], 0), (-8, [], 0), (103, [], 0), (2, [], 0),
])
def test_types(application, asked: int, names: list[str], data_type: Any) -> None:
    connection, version, wide = application
    if isinstance(data_type, tuple):
        data_type = data_type[version == V2]
    rows = type_rows(connection, wide, asked)
    assert [row[0] for row in rows] == names
    assert {row[1] for row in rows} <= {str(data_type)}


def test_types_are_ordered(application) -> None:
    connection, _, wide = application
    numbers = [int(row[1]) for row in type_rows(connection, wide, 0)]
    assert numbers == sorted(numbers)
    assert numbers.count(12) > 5, "all that is text"


def test_type_names_can_be_cast_to(connection) -> None:
    """Power BI and others write TYPE_NAME into CAST."""
    plain = {"char", "varchar", "decimal"}
    s = odbc.Statement(connection)
    for row in type_rows(connection, False, 0):
        name = row[0]
        if row[5]:
            assert name in plain, "what needs parameters says which"
            name += {"char": "(3)", "varchar": "(3)", "decimal": "(5,2)"}[name]
        if name in ("array", "map", "row", "geometry", "ipaddress", "interval year to month",
                    "interval day to second"):
            continue
        assert s.query(f"SELECT CAST(NULL AS {name})") == [(None,)], name
    s.check(s.free())


# ---- the ways that tools go

def test_a_tree_of_everything(connection) -> None:
    """As navigators ask: catalogs, then schemas, tables of each, columns of each."""
    catalogs = listed(connection, True, "SQLTables", "%", "", "", "")
    assert [row[0] for row in catalogs] == ["AwsDataCatalog"]
    tables = listed(connection, True, "SQLTables", catalogs[0][0], "sample", "%", "TABLE,VIEW")
    for row in tables:
        name = row[2].replace("_", "\\_")
        columns = listed(connection, True, "SQLColumns", row[0], row[1], name, "%")
        assert {c[2] for c in columns} == {row[2]}
        assert columns


def test_the_current_catalog_is_where_nothing_is_said(athena, connect) -> None:
    athena.control("POST", "catalogs", [
        {"name": "hive", "type": "HIVE", "databases": {"warehouse": ["t"]}}])
    connection = connect()
    connection.check(odbc.call("SQLSetConnectAttr", connection.value, CURRENT_CATALOG, "hive",
                               NTS))
    rows = listed(connection, False, "SQLTables", None, None, None, None)
    assert [row[:3] for row in rows] == [("hive", "warehouse", "t")]
    rows = listed(connection, False, "SQLTables", "%", "", "", None)
    assert [row[0] for row in rows] == ["hive"]


def test_single_catalog_and_schema(athena, connect) -> None:
    connection = connect(UseSingleCatalogAndSchema="1", QueryExternalCatalogs="1")
    rows = listed(connection, False, "SQLTables", None, None, None, None)
    assert {row[1] for row in rows} == {"sample"}
    assert [row[0] for row in listed(connection, False, "SQLTables", "%", "", "", "")
            ] == ["AwsDataCatalog"]
    assert athena.requests("athena.ListDataCatalogs") == 0
    assert athena.requests("athena.ListDatabases") == 0


@pytest.mark.parametrize("denied, texts, expected", [
    (["GetTableMetadata"], (None, "sample", "zones", None), odbc.SUCCESS),
    (["GetTableMetadata"], (None, "%", "zones", None), odbc.SUCCESS),
    (["ListDataCatalogs"], (None, "sample", None, None), odbc.INFO),
    (["ListDataCatalogs", "ListDatabases"], (None, None, None, None), odbc.INFO),
    (["GetDataCatalog"], (None, "sample", None, None), odbc.SUCCESS),
    (["ListTableMetadata", "GetTableMetadata"], (None, "sample", "zones", None), odbc.ERROR),
])
def test_denied_operations_are_survived(athena, connect, denied: list[str], texts: tuple,
                                        expected: int) -> None:
    athena.faults({"service": "athena", "operation": denied, "kind": "access_denied",
                   "count": 1000})
    external = "1" if "ListDataCatalogs" in denied else "0"
    s = odbc.Statement(connect(QueryExternalCatalogs=external))
    arguments: list[Any] = []
    for text in texts:
        arguments += NONE if text is None else (text, NTS)
    rc = odbc.call("SQLTables", s.value, *arguments)
    assert rc == expected, s.diagnostics()
    if rc == odbc.ERROR:
        assert s.states() == ["42501"]
    else:
        if rc == odbc.INFO:
            assert s.states() == ["01000"]
            assert "left out" in s.diagnostics()[0][2]
        assert "zones" in {row[2] for row in s.rows()}
    s.check(s.free())


def test_database_with_too_long_a_name(athena, connect) -> None:
    """Glue has names of 255 characters, Athena's calls take 128: the others are listed all the same."""
    long = "x" * 129
    athena.control("POST", "catalogs", [
        {"name": "AwsDataCatalog", "databases": {long: ["lost"], "good": ["found"]}}])
    s = odbc.Statement(connect())
    arguments = (*NONE, "%", NTS, "%", NTS, *NONE)
    s.check(odbc.call("SQLTables", s.value, *arguments), odbc.INFO)
    assert s.states() == ["01000"] and long[:60] in s.diagnostics()[0][2]
    names = {(row[1], row[2]) for row in s.rows()}
    assert ("good", "found") in names and ("sample", "zones") in names
    s.check(s.free())


DEFERRED: dict[str, Callable[[odbc.Statement], int]] = {
    name: lambda s, name=name: odbc.call(name, s.value, *RESULTS[name][0]) for name in RESULTS}


@pytest.mark.parametrize("name", DEFERRED)
def test_asynchronous(athena, connection, name: str) -> None:
    """Those that ask Athena are deferred, the others answer at once; all leave a usable statement."""
    athena.faults({"service": "athena", "kind": "delay", "delay_ms": 30})
    s = odbc.Statement(connection, is_async=True)
    s.check(s.poll(lambda: DEFERRED[name](s)))
    assert (s.polls > 0) == (name in ("SQLTables", "SQLColumns"))
    s.rows()
    s.check(s.close())
    s.check(s.free())


# ---- cursors over a listing, whose rows are made as they are read

def many_tables(athena) -> None:
    athena.control("POST", "catalogs", [
        {"name": "AwsDataCatalog", "databases": ["many"], "tables": 1000}])


@pytest.mark.parametrize("cursor_type", [0, 3], ids=["forward", "static"])
@pytest.mark.parametrize("size", [1, 7, 256, 999, 1000, 2000])
def test_rowsets_of_any_size(athena, connection, cursor_type: int, size: int) -> None:
    many_tables(athena)
    s = odbc.Statement(connection)
    s.check(s.set(6, cursor_type))
    s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, size))
    fetched = ctypes.c_size_t()
    s.check(s.set(odbc.ATTR_ROWS_FETCHED_PTR, ctypes.addressof(fetched)))
    names = ctypes.create_string_buffer(40 * size)
    lengths = (ctypes.c_ssize_t * size)()
    s.check(s.bind(3, odbc.C_CHAR, names, 40, lengths))
    s.check(odbc.call("SQLTables", s.value, *NONE, "many", NTS, *NONE, *NONE))
    found = []
    while s.check(s.fetch(), odbc.SUCCESS, odbc.NO_DATA) == odbc.SUCCESS:
        found += [names.raw[40 * i:40 * i + lengths[i]].decode() for i in range(fetched.value)]
    assert found == [f"table_{n:04}" for n in range(1, 1001)]
    s.check(s.free())


def test_scrolling(athena, connection) -> None:
    many_tables(athena)
    s = odbc.Statement(connection)
    s.check(s.set(6, 3))
    s.check(odbc.call("SQLTables", s.value, *NONE, "many", NTS, *NONE, *NONE))
    for how, where, row in ((3, 0, 1000), (5, 500, 500), (2, 0, 1), (6, 700, 701), (4, 0, 700)):
        s.check(odbc.lib.SQLFetchScroll(s.value, how, where))
        assert s.text(3) == f"table_{row:04}"
    s.check(s.close())
    s.check(s.free())
