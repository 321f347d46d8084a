"""Result files byte for byte, and GetQueryResults: types, texts, NULL and '', pages, metadata."""

from __future__ import annotations

import csv
import io

import pytest

from queries import Queries

# Type, Precision, Scale, CaseSensitive of each column of sample.all_types
ALL_TYPES = {
    "id": ("integer", 10, 0),
    "c_boolean": ("boolean", 0, 0),
    "c_tinyint": ("tinyint", 3, 0),
    "c_smallint": ("smallint", 5, 0),
    "c_integer": ("integer", 10, 0),
    "c_bigint": ("bigint", 19, 0),
    "c_real": ("float", 17, 0),
    "c_double": ("double", 17, 0),
    "c_double_special": ("double", 17, 0),
    "c_decimal": ("decimal", 10, 2),
    "c_decimal_wide": ("decimal", 38, 10),
    "c_decimal_fraction": ("decimal", 4, 4),
    "c_char": ("char", 5, 0),
    "c_varchar_n": ("varchar", 20, 0),
    "c_varchar": ("varchar", 2147483647, 0),
    "c_varbinary": ("varbinary", 1073741824, 0),
    "c_date": ("date", 0, 0),
    "c_time": ("time", 3, 0),
    "c_time_tz": ("time with time zone", 3, 0),
    "c_timestamp": ("timestamp", 3, 0),
    "c_timestamp6": ("timestamp", 3, 0),
    "c_timestamp_tz": ("timestamp with time zone", 3, 0),
    "c_interval_ym": ("interval year to month", 0, 0),
    "c_interval_ds": ("interval day to second", 0, 0),
    "c_json": ("json", 0, 0),
    "c_uuid": ("uuid", 0, 0),
    "c_ipaddress": ("ipaddress", 0, 0),
    "c_array": ("array", 0, 0),
    "c_map": ("map", 0, 0),
    "c_row": ("row", 0, 0),
    "c_nested": ("array", 0, 0),
}
# The texts of its rows 1 (ordinary) and 6 (marks and emoji)
ORDINARY = [
    "1",
    "true",
    "1",
    "1",
    "1",
    "1",
    "0.5",
    "0.25",
    "1.0E7",
    "12.30",
    "1.5000000000",
    "0.1000",
    "abc  ",
    "hello",
    "hello, world",
    "31 32 33",
    "2017-01-02",
    "10:11:12.345",
    "01:02:03.456-08:00",
    "2017-01-01 00:00:00.000",
    "2023-04-11 20:58:43.130000",
    "2001-08-22 03:04:05.321 America/Los_Angeles",
    "0-3",
    "2 00:00:00.000",
    "[1,2]",
    "12151fd2-7586-11e9-8f9e-2a86e4085a59",
    "10.0.0.1",
    "[1, 2]",
    "{1=2, 3=4}",
    "{a=1, b=two}",
    "[{name=n, tags={t=[1.5, 2.0E10]}}]",
]
MARKED = [
    "6",
    "true",
    "42",
    "42",
    "42",
    "42",
    "1.0E10",
    "1.0E-5",
    "NaN",
    "0.01",
    "0.0000000001",
    "0.0001",
    "né 😀 ",
    "naïve 😀 日本語",
    '"quoted", it\'s 😀\r\nline two\ttab \\ null',
    "f0 9f 98 80",
    "2024-02-29",
    "12:00:00.001",
    "12:00:00.001+05:30",
    "2024-02-29 12:34:56.789",
    "2024-02-29 12:34:56.789012",
    "2024-02-29 12:34:56.789 +08:35",
    "1-2",
    "1 02:03:04.567",
    '"Hello Athena 😀"',
    "6b5f5b65-67e4-43b0-8ee3-586cd49f58a1",
    "2001:db8::1",
    "[null]",
    "{😀=null}",
    "{a=null, b=x=1, 😀}",
    "[{name=null, tags=null}, null]",
]


def test_every_type_in_the_column_info(queries: Queries) -> None:
    columns = queries.columns("SELECT * FROM sample.all_types")
    assert {c["Name"]: (c["Type"], c["Precision"], c["Scale"]) for c in columns} == ALL_TYPES
    assert all(c["CaseSensitive"] == (c["Type"] in ("char", "varchar")) for c in columns)
    assert all(
        (c["CatalogName"], c["SchemaName"], c["TableName"], c["Nullable"], c["Label"])
        == ("hive", "", "", "UNKNOWN", c["Name"])
        for c in columns
    )


def test_every_type_as_text(queries: Queries) -> None:
    rows = queries.rows("SELECT * FROM sample.all_types ORDER BY id")
    assert rows[0] == ORDINARY
    assert rows[3] == ["4"] + [None] * 30
    assert rows[5] == MARKED
    assert rows[1][6:9] == ["-3.4028235E38", "-1.7976931348623157E308", "-Infinity"]
    assert rows[2][8] == "Infinity"
    assert rows[1][20] == "0001-01-01 00:00:00.000001"
    assert rows[1][22:24] == ["-1-2", "-0 00:00:01.000"]
    assert rows[4][12:16] == ["     ", "", "", ""]


@pytest.mark.parametrize(
    "expression, text",
    [
        ("CAST(0 AS double)", "0.0"),
        ("1e-3", "0.001"),
        ("9.999e-4", "9.999E-4"),
        ("9999999e0", "9999999.0"),
        ("1e7", "1.0E7"),
        ("123456789.125e0", "1.23456789125E8"),
        ("CAST(1e16 AS double)", "1.0E16"),
        ("0.1e0 + 0.2e0", "0.30000000000000004"),
        ("CAST(16777216 AS real)", "1.6777216E7"),
        ("CAST(0.1 AS real)", "0.1"),
        ("-nan()", "NaN"),
        ("DECIMAL '-0.50'", "-0.50"),
        ("X''", ""),
        ("X'00fF'", "00 ff"),
        ("DATE '12345-01-01'", "12345-01-01"),
        ("ARRAY['a', '', NULL, 'b c']", "[a, , null, b c]"),
        ("ARRAY[ARRAY[1], NULL, ARRAY[]]", "[[1], null, []]"),
        ("ROW(1, 2.5)", "{field0=1, field1=2.5}"),
        ("CAST(ROW(1, ROW('x')) AS ROW(a integer, b ROW(c varchar)))", "{a=1, b={c=x}}"),
        ("MAP(ARRAY[1], ARRAY[DATE '2024-01-01'])", "{1=2024-01-01}"),
        ("ARRAY[X'0102']", "[01 02]"),
        ("ARRAY[1e10]", "[1.0E10]"),
        ("TIMESTAMP '2024-01-01 10:11:12.1234567'", "2024-01-01 10:11:12.1234567"),
        ("CAST(TIMESTAMP '2024-01-01 10:11:12' AS timestamp(0))", "2024-01-01 10:11:12"),
        ("CAST(TIMESTAMP '2024-01-01 10:11:12.1' AS timestamp(1))", "2024-01-01 10:11:12.1"),
        ("CAST(TIMESTAMP '2024-01-01 10:11:12.1' AS timestamp(12))",
         "2024-01-01 10:11:12.100000000000"),
        ("CAST(TIME '10:11:12.1' AS time(6))", "10:11:12.100000"),
        ("TIMESTAMP '2024-01-01 10:11:12 Europe/Berlin'", "2024-01-01 10:11:12.000 Europe/Berlin"),
        (
            "TIMESTAMP '2024-01-01 10:11:12 UTC' AT TIME ZONE 'Asia/Tokyo'",
            "2024-01-01 19:11:12.000 Asia/Tokyo",
        ),
        ("JSON '{\"a\": [1, 2]}'", '{"a":[1,2]}'),
        ("INTERVAL '25' HOUR", "1 01:00:00.000"),
    ],
)
def test_text_forms(queries: Queries, expression: str, text: str) -> None:
    assert queries.row(f"SELECT {expression}") == [text]


# The .csv file


@pytest.mark.parametrize(
    "sql, content",
    [
        ("SELECT 1 AS a, CAST(NULL AS varchar) AS b, '' AS c", '"a","b","c"\n"1",,""\n'),
        ("SELECT * FROM (VALUES ('x'), (NULL), ('')) AS t(one)", '"one"\n"x"\n\n""\n'),
        ('SELECT \'say "hi", ok\' AS "q""x"', '"q""x"\n"say ""hi"", ok"\n'),
        ("SELECT 'a' || chr(13) || chr(10) || 'b' AS t, true AS u", '"t","u"\n"a\r\nb","true"\n'),
        ("SELECT 1, 2 AS x, 3", '"_col0","x","_col2"\n"1","2","3"\n'),
        ("SELECT 1 AS a, 2 AS a, 3 AS A", '"a","a","a"\n"1","2","3"\n'),
        ("SELECT 1 AS a WHERE false", '"a"\n'),
        ("SELECT 'é😀' AS \"ключ\"", '"ключ"\n"é😀"\n'),
        ("VALUES (1, 'a'), (2, NULL)", '"_col0","_col1"\n"1","a"\n"2",\n'),
    ],
)
def test_csv_bytes(queries: Queries, sql: str, content: str) -> None:
    assert queries.file(sql) == content.encode()


def test_csv_and_pages_agree_over_many_rows(queries: Queries) -> None:
    sql = (
        "SELECT trip_id, pickup_at, tip, CASE WHEN trip_id % 7 = 0 THEN 'a\"b' || chr(10) "
        "WHEN trip_id % 5 = 0 THEN '' WHEN trip_id % 3 = 0 THEN NULL ELSE payment END AS p "
        "FROM sample.taxi_trips WHERE trip_id < 25000 ORDER BY trip_id"
    )
    found = queries.succeed(sql)
    rows = queries.texts(found["QueryExecutionId"])
    text = queries.object(found["ResultConfiguration"]["OutputLocation"]).decode()
    parsed = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == 25001
    assert [[cell or "" for cell in row] for row in rows] == parsed
    assert (rows[1][3], rows[4][3], rows[6][3]) == ('a"b\n', None, "")


# Pages


def test_header_row_counts_towards_the_page(queries: Queries) -> None:
    query = queries.succeed("SELECT id FROM sample.zones ORDER BY id")["QueryExecutionId"]
    page = queries.results(query, MaxResults=1)
    assert page["ResultSet"]["Rows"] == [{"Data": [{"VarCharValue": "id"}]}]
    page = queries.results(query, MaxResults=3, NextToken=page["NextToken"])
    assert [r["Data"][0]["VarCharValue"] for r in page["ResultSet"]["Rows"]] == ["1", "2", "3"]
    again = queries.results(query, MaxResults=18, NextToken=page["NextToken"])
    assert len(again["ResultSet"]["Rows"]) == 17 and "NextToken" not in again
    assert queries.results(query, MaxResults=3)["NextToken"] != page["NextToken"]
    assert page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"][0]["Name"] == "id"


def test_a_page_is_a_thousand_rows(queries: Queries) -> None:
    query = queries.succeed("SELECT trip_id FROM sample.taxi_trips LIMIT 1000")["QueryExecutionId"]
    page = queries.results(query)
    assert len(page["ResultSet"]["Rows"]) == 1000
    last = queries.results(query, NextToken=page["NextToken"])
    assert len(last["ResultSet"]["Rows"]) == 1 and "NextToken" not in last


def test_null_has_no_value_and_empty_text_has_one(queries: Queries) -> None:
    query = queries.succeed("SELECT NULL AS a, '' AS b")["QueryExecutionId"]
    assert queries.results(query)["ResultSet"]["Rows"][1] == {"Data": [{}, {"VarCharValue": ""}]}


def test_results_too_early_and_of_failures(queries: Queries) -> None:
    query = queries.start("SELECT 1 -- athena-local: run_ms=60000")
    with pytest.raises(
        queries.athena.exceptions.InvalidRequestException,
        match="Query has not yet finished. Current state: (QUEUED|RUNNING)",
    ):
        queries.results(query)
    query = queries.run("SELECT * FROM nope")["QueryExecutionId"]
    with pytest.raises(queries.athena.exceptions.InvalidRequestException, match="FAILED"):
        queries.results(query)


def test_results_vanish_with_the_object(queries: Queries) -> None:
    found = queries.succeed("SELECT 1")
    key = found["QueryExecutionId"] + ".csv"
    queries.s3.delete_object(Bucket="athena-local-results", Key=key)
    with pytest.raises(
        queries.athena.exceptions.InvalidRequestException, match="Could not find results"
    ):
        queries.results(found["QueryExecutionId"])


@pytest.mark.parametrize("request_", [{"MaxResults": 1001}, {"NextToken": "nonsense"}])
def test_bad_pages(queries: Queries, request_: dict) -> None:
    query = queries.succeed("SELECT 1")["QueryExecutionId"]
    with pytest.raises(queries.athena.exceptions.InvalidRequestException):
        queries.results(query, **request_)


# The .metadata file


def decode_protobuf(data: bytes) -> list[tuple[int, int | bytes]]:
    """Fields of one message: numbers for varints, bytes for the rest."""
    fields, at = [], 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        tag = varint()
        if tag & 7 == 0:
            fields.append((tag >> 3, varint()))
        else:
            size = varint()
            fields.append((tag >> 3, data[at : at + size]))
            at += size
    return fields


def test_metadata_file(queries: Queries) -> None:
    found = queries.succeed("SELECT DECIMAL '1.50' AS d, 'x' AS \"naïve\"")
    data = queries.object(found["ResultConfiguration"]["OutputLocation"] + ".metadata")
    columns = [
        dict(decode_protobuf(value)) for number, value in decode_protobuf(data) if number == 4
    ]
    assert columns == [
        {1: b"hive", 2: b"", 3: b"", 4: b"d", 5: b"d", 6: b"decimal", 7: 3, 8: 2, 9: 3, 10: 0},
        {
            1: b"hive",
            2: b"",
            3: b"",
            4: "naïve".encode(),
            5: "naïve".encode(),
            6: b"varchar",
            7: 1,
            8: 0,
            9: 3,
            10: 1,
        },
    ]


# Text results


def test_txt_files_have_no_header(queries: Queries) -> None:
    found = queries.succeed("SHOW PARTITIONS sample.orders_by_month")
    location = found["ResultConfiguration"]["OutputLocation"]
    assert location.endswith(f"{found['QueryExecutionId']}.txt")
    lines = queries.object(location).decode().splitlines()
    assert len(lines) == 24 and lines[0] == "year=2023/month=1"
    assert [r[0] for r in queries.texts(found["QueryExecutionId"])] == lines
    assert queries.object(location + ".metadata")


def test_ddl_leaves_an_empty_txt(queries: Queries) -> None:
    found = queries.succeed("CREATE DATABASE IF NOT EXISTS sample")
    page = queries.results(found["QueryExecutionId"])
    assert page["ResultSet"]["Rows"] == []
    assert page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"] == []
    assert queries.object(found["ResultConfiguration"]["OutputLocation"]) == b""
    assert (found["StatementType"], found["SubstatementType"]) == ("DDL", "CREATE_DATABASE")


def test_the_type_of_columns_can_be_dialled(queries: Queries) -> None:
    sql = "SELECT '-0044-03-15', 'x' -- athena-local: column_type=\"{}\""
    for dialled, word, digits in (("date", "date", [0, 0]), ("decimal(9,2)", "decimal", [9, 2]),
                                  ("geometry", "geometry", [0, 0])):
        columns = queries.columns(sql.format(dialled))
        assert [c["Type"] for c in columns] == [word, word]
        assert [columns[0]["Precision"], columns[0]["Scale"]] == digits
        assert queries.rows(sql.format(dialled)) == [["-0044-03-15", "x"]]
