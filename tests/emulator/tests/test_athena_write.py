"""CTAS, INSERT INTO and UNLOAD: data files, manifests, what they refuse."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local_aws import READ_ONLY_KEYS
from queries import Queries


def manifest(queries: Queries, found: dict[str, Any]) -> list[str]:
    location = found["Statistics"]["DataManifestLocation"]
    assert location == found["ResultConfiguration"]["OutputLocation"] + "-manifest.csv"
    return queries.object(location).decode().splitlines()


def outcome(queries: Queries, found: dict[str, Any]) -> int:
    """The number of rows written, from an answer that has the right form."""
    page = queries.results(found["QueryExecutionId"])
    assert page["ResultSet"]["Rows"] == []
    (column,) = page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    assert (column["Name"], column["Type"], column["Precision"]) == ("rows", "bigint", 19)
    return page["UpdateCount"]


def test_ctas_is_parquet_under_tables(queries: Queries, database: str) -> None:
    found = queries.succeed(
        f"CREATE TABLE {database}.t AS SELECT id, name, DATE '2024-01-01' AS d FROM sample.zones"
    )
    query = found["QueryExecutionId"]
    assert (found["StatementType"], found["SubstatementType"]) == ("DDL", "CREATE_TABLE_AS_SELECT")
    assert found["ResultConfiguration"]["OutputLocation"] == f"s3://athena-local-results/{query}"
    files = manifest(queries, found)
    assert files and all(f.startswith(f"s3://athena-local-results/tables/{query}/") for f in files)
    assert outcome(queries, found) == 20
    assert queries.rows(f"SELECT * FROM {database}.t WHERE id = 1") == [
        ["1", "Café de l'Étoile", "2024-01-01"]
    ]
    assert "TABLE_ALREADY_EXISTS" in queries.reason(f"CREATE TABLE {database}.t AS SELECT 1 AS a")
    found = queries.succeed(f"CREATE TABLE IF NOT EXISTS {database}.t AS SELECT 1 AS a")
    assert outcome(queries, found) == 0


@pytest.mark.parametrize("form", ["PARQUET", "TEXTFILE", "JSON"])
def test_ctas_keeps_values_in_every_format(
    queries: Queries, database: str, bucket: str, form: str
) -> None:
    select = (
        "SELECT id, c_boolean, c_bigint, c_double, c_decimal, c_varchar_n, c_date, "
        "c_timestamp, c_varbinary, c_array, c_map, c_row FROM sample.all_types "
        f"WHERE id < {5 if form == 'TEXTFILE' else 9}"
    )  # text has no [null] and no ''
    queries.succeed(
        f"CREATE TABLE {database}.t WITH (format = '{form}', external_location = "
        f"'s3://{bucket}/x/') AS {select}"
    )
    kept = queries.rows(f"SELECT * FROM {database}.t ORDER BY id")
    assert kept == queries.rows(f"SELECT * FROM ({select}) ORDER BY id")


def test_ctas_partitions_and_insert(queries: Queries, database: str, bucket: str) -> None:
    queries.succeed(f"""CREATE TABLE {database}.t WITH (format = 'TEXTFILE', field_delimiter = '|',
        partitioned_by = ARRAY['p', 'q'], external_location = 's3://{bucket}/t/') AS
        SELECT id, name, borough AS p, id % 2 AS q FROM sample.zones""")
    assert len(queries.rows(f"SHOW PARTITIONS {database}.t")) == 11
    found = queries.succeed(
        f"INSERT INTO {database}.t VALUES (99, NULL, 'a b:c/d', 7), (98, '', 'Bronx', 0)"
    )
    assert (found["StatementType"], found["SubstatementType"]) == ("DML", "INSERT")
    assert outcome(queries, found) == 2
    assert len(manifest(queries, found)) == 2
    assert ["p=a b%3Ac%2Fd/q=7"] in queries.rows(f"SHOW PARTITIONS {database}.t")
    assert queries.rows(f"SELECT * FROM {database}.t WHERE id > 90 ORDER BY id") == [
        ["98", "", "Bronx", "0"],
        ["99", None, "a b:c/d", "7"],
    ]
    body = gzip.decompress(
        queries.object(
            f"s3://{bucket}/" + next(k for k in queries.keys(f"s3://{bucket}/t/") if "p=EWR" in k)
        )
    )
    assert body == b"20|Newark Airport\n"


def test_insert_into_some_columns(queries: Queries, database: str) -> None:
    queries.succeed(
        f"CREATE TABLE {database}.t AS SELECT 1 AS a, CAST('x' AS varchar) AS b, "
        "CAST(1.5 AS decimal(10,2)) AS c"
    )
    queries.succeed(f"INSERT INTO {database}.t (c, a) SELECT 7, NULL")
    assert queries.rows(f"SELECT * FROM {database}.t ORDER BY c") == [
        ["1", "x", "1.50"],
        [None, None, "7.00"],
    ]
    assert queries.reason(f"INSERT INTO {database}.t VALUES ('x', 'y', 1)") == (
        "TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: "
        "Table: [integer, varchar, decimal(10,2)], Query: [varchar(1), varchar(1), integer]"
    )
    assert "TABLE_NOT_FOUND" in queries.reason(f"INSERT INTO {database}.nope VALUES (1)")


@pytest.mark.parametrize("codec", ["ZSTD", "GZIP", "SNAPPY", "NONE"])
def test_unload_parquet(queries: Queries, bucket: str, codec: str) -> None:
    found = queries.succeed(f"""UNLOAD (SELECT id, CAST(name AS varchar(40)) AS name, 1.5 AS d,
        TIMESTAMP '2024-01-01 10:11:12.345' AS ts, ARRAY[1, NULL] AS a,
        MAP(ARRAY['k'], ARRAY[2]) AS m, CAST(ROW(1) AS ROW(f integer)) AS r,
        CAST(0.5 AS real) AS f, X'00ff' AS b FROM sample.zones)
        TO 's3://{bucket}/u/' WITH (format = 'parquet', compression = '{codec}')""")
    assert (found["StatementType"], found["SubstatementType"]) == ("DML", "UNLOAD")
    assert outcome(queries, found) == 20
    (name,) = manifest(queries, found)
    assert name.startswith(f"s3://{bucket}/u/")
    file = pq.ParquetFile(io.BytesIO(queries.object(name)))
    column = file.metadata.row_group(0).column(3)
    assert column.physical_type == "INT96"
    assert column.compression == {"NONE": "UNCOMPRESSED"}.get(codec, codec)
    schema = file.schema_arrow
    assert schema.field("ts").type == pa.timestamp("ns")
    assert schema.field("d").type == pa.decimal128(2, 1)
    assert schema.field("a").type.value_field.name == "array_element"
    assert schema.field("m").type == pa.map_(pa.string(), pa.int32())
    assert schema.field("f").type == pa.float32()
    assert file.read().column("b")[0].as_py() == b"\x00\xff"


def test_unload_json_and_text(queries: Queries, bucket: str) -> None:
    select = "SELECT id, name, CAST(NULL AS double) AS n FROM sample.zones WHERE id IN (1, 2)"
    found = queries.succeed(f"UNLOAD ({select}) TO 's3://{bucket}/j/' WITH (format = 'JSON')")
    (name,) = manifest(queries, found)
    lines = gzip.decompress(queries.object(name)).decode().splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["Café de l'Étoile", "Battery Park"]
    found = queries.succeed(
        f"UNLOAD ({select} ORDER BY id) TO 's3://{bucket}/t' "
        "WITH (format = 'TEXTFILE', field_delimiter = ';')"
    )
    (name,) = manifest(queries, found)
    assert (
        gzip.decompress(queries.object(name)).decode()
        == "1;Café de l'Étoile;\\N\n2;Battery Park;\\N\n"
    )


def test_unload_of_no_rows_has_an_empty_manifest(queries: Queries, bucket: str) -> None:
    found = queries.succeed(
        f"UNLOAD (SELECT 1 AS a WHERE false) TO 's3://{bucket}/e/' WITH (format = 'PARQUET')"
    )
    assert manifest(queries, found) == []
    assert queries.keys(f"s3://{bucket}/e/") == []
    assert outcome(queries, found) == 0


def test_unload_partitioned(queries: Queries, bucket: str) -> None:
    found = queries.succeed(
        f"UNLOAD (SELECT id, borough FROM sample.zones) TO 's3://{bucket}/p/' "
        "WITH (format = 'PARQUET', partitioned_by = ARRAY['borough'])"
    )
    names = manifest(queries, found)
    assert len(names) == 6
    assert any(n.startswith(f"s3://{bucket}/p/borough=Staten Island/") for n in names)


def test_large_unload_is_several_files(queries: Queries, bucket: str) -> None:
    found = queries.succeed(
        f"UNLOAD (SELECT * FROM sample.taxi_trips) TO 's3://{bucket}/big/' "
        "WITH (format = 'PARQUET', compression = 'ZSTD')"
    )
    names = manifest(queries, found)
    assert len(names) == 2
    assert outcome(queries, found) == 2_000_000
    assert found["Statistics"]["DataScannedInBytes"] > 10_000_000


def test_data_manifest_by_the_api(queries: Queries, bucket: str) -> None:
    found = queries.succeed(f"UNLOAD (SELECT 1 AS a) TO 's3://{bucket}/m/' WITH (format = 'JSON')")
    page = queries.results(found["QueryExecutionId"], QueryResultType="DATA_MANIFEST")
    assert [r["Data"][0]["VarCharValue"] for r in page["ResultSet"]["Rows"]] == manifest(
        queries, found
    )
    query = queries.succeed("SELECT 1")["QueryExecutionId"]
    with pytest.raises(queries.athena.exceptions.InvalidRequestException):
        queries.results(query, QueryResultType="DATA_MANIFEST")


@pytest.mark.parametrize(
    "select, options, reason",
    [
        (
            "SELECT 1",
            "format = 'PARQUET'",
            "MISSING_COLUMN_NAME: line 1:1: Column name not specified at position 1",
        ),
        (
            "SELECT 1 AS a, 2 AS a",
            "format = 'PARQUET'",
            "DUPLICATE_COLUMN_NAME: line 1:1: Column name 'a' specified more than once",
        ),
        (
            "SELECT NULL AS a",
            "format = 'PARQUET'",
            "COLUMN_TYPE_UNKNOWN: line 1:1: Column type is unknown at position 1",
        ),
        (
            "SELECT TIME '10:00:00' AS a",
            "format = 'PARQUET'",
            "NOT_SUPPORTED: Unsupported Hive type: time(3)",
        ),
        ("SELECT JSON '1' AS a", "format = 'JSON'", "NOT_SUPPORTED: Unsupported Hive type: json"),
        ("SELECT uuid() AS a", "format = 'PARQUET'", "NOT_SUPPORTED: Unsupported Hive type: uuid"),
        (
            "SELECT ARRAY[current_timestamp] AS a",
            "format = 'PARQUET'",
            "NOT_SUPPORTED: Unsupported Hive type: timestamp(3) with time zone",
        ),
        (
            "SELECT INTERVAL '1' DAY AS a",
            "format = 'PARQUET'",
            "NOT_SUPPORTED: Unsupported Hive type: interval day to second",
        ),
        (
            "SELECT 1 AS a",
            "compression = 'ZSTD'",
            "INVALID_TABLE_PROPERTY: line 1:1: UNLOAD needs the property 'format'",
        ),
        ("SELECT 1 AS a", "format = 'PARQUET', compression = 'LZO'", "INVALID_TABLE_PROPERTY: "),
        ("SELECT 1 AS a", "format = 'PARQUET', colour = 'red'", "INVALID_TABLE_PROPERTY: "),
        (
            "SELECT 1 AS a, 2 AS b",
            "format = 'PARQUET', partitioned_by = ARRAY['a']",
            "INVALID_TABLE_PROPERTY: ",
        ),
        (
            "SELECT trip_id AS a, trip_id AS b FROM sample.taxi_trips WHERE trip_id < 200",
            "format = 'PARQUET', partitioned_by = ARRAY['b']",
            "HIVE_TOO_MANY_OPEN_PARTITIONS: ",
        ),
    ],
)
def test_unload_refuses(
    queries: Queries, bucket: str, select: str, options: str, reason: str
) -> None:
    assert queries.reason(f"UNLOAD ({select}) TO 's3://{bucket}/r/' WITH ({options})").startswith(
        reason
    )
    assert queries.keys(f"s3://{bucket}/r/") == []


def test_target_must_be_empty_and_there_and_writable(
    queries: Queries, bucket: str, database: str
) -> None:
    queries.s3.put_object(Bucket=bucket, Key="full/x", Body=b"x")
    unload = "UNLOAD (SELECT 1 AS a) TO '{}' WITH (format = 'PARQUET')"
    assert queries.reason(unload.format(f"s3://{bucket}/full/")).startswith(
        "HIVE_PATH_ALREADY_EXISTS: "
    )
    assert queries.reason(
        f"CREATE TABLE {database}.t WITH (external_location = 's3://{bucket}/full/') "
        "AS SELECT 1 AS a"
    ).startswith("HIVE_PATH_ALREADY_EXISTS: ")
    assert "NoSuchBucket" in queries.reason(unload.format("s3://no-such-bucket-here/x/"))
    other = Queries(queries.emulator, keys=READ_ONLY_KEYS)
    found = other.run(unload.format(f"s3://{bucket}/ro/"), WorkGroup="managed")
    assert found["Status"]["AthenaError"]["ErrorType"] == 1500
    assert queries.keys(f"s3://{bucket}/ro/") == []


def test_enforced_workgroup_refuses_an_external_location(
    queries: Queries, bucket: str, database: str
) -> None:
    reason = queries.reason(
        f"CREATE TABLE {database}.t WITH (external_location = 's3://{bucket}/x/') AS SELECT 1 AS a",
        WorkGroup="enforced",
    )
    assert "enforces a centralized output location" in reason
    found = queries.succeed(f"CREATE TABLE {database}.t AS SELECT 1 AS a", WorkGroup="enforced")
    assert manifest(queries, found)[0].startswith("s3://athena-local-results/enforced/tables/")
