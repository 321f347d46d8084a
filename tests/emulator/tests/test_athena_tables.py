"""Databases, tables over files, partitions and views: Hive's DDL, and SHOW and DESCRIBE."""

from __future__ import annotations

import gzip

import pytest

from queries import Queries


def put(queries: Queries, bucket: str, key: str, body: bytes | str) -> None:
    queries.s3.put_object(
        Bucket=bucket, Key=key, Body=body.encode() if isinstance(body, str) else body
    )


# Databases


def test_databases(queries: Queries, database: str) -> None:
    assert [database] in queries.rows("SHOW DATABASES")
    assert queries.rows(f"SHOW DATABASES LIKE '{database[:9]}*'")[0][0].startswith("test_")
    assert "AlreadyExistsException" in queries.reason(f"CREATE DATABASE {database}")
    queries.succeed(f"CREATE DATABASE IF NOT EXISTS {database}")
    queries.succeed(f"CREATE VIEW {database}.v AS SELECT 1 AS a")
    assert "is not empty" in queries.reason(f"DROP DATABASE {database}")
    assert "does not exist: nope" in queries.reason("DROP DATABASE nope")
    queries.succeed("DROP DATABASE IF EXISTS nope")


def test_database_comment_and_properties(queries: Queries, database: str) -> None:
    name = database + "_2"
    queries.succeed(
        f"CREATE SCHEMA `{name}` COMMENT 'it\\'s \"mine\"' LOCATION 's3://b/x/' "
        "WITH DBPROPERTIES ('a'='b')"
    )
    found = queries.athena.get_database(CatalogName="AwsDataCatalog", DatabaseName=name)["Database"]
    assert found["Description"] == 'it\'s "mine"'
    assert found["Parameters"] == {"a": "b", "location": "s3://b/x/"}
    queries.succeed(f"DROP SCHEMA {name}")


# Tables over files


def test_delimited_text(queries: Queries, database: str, bucket: str) -> None:
    put(
        queries,
        bucket,
        "t/a.txt",
        "1|one|1.5|2024-01-01 10:00:00|true|a,b\n"
        "2|\\N|x||false|\n3||-0.25|2024-01-01 10:00:00.5|no|c\n",
    )
    put(queries, bucket, "t/b.txt.gz", gzip.compress("4|né 😀|1e3|||\n5|short\n".encode()))
    put(queries, bucket, "t/_hidden", "9|hidden\n")
    queries.succeed(f"""CREATE EXTERNAL TABLE {database}.t (
        `id` int COMMENT 'the number', name string, d double, ts timestamp, b boolean,
        tags array<string>)
      COMMENT 'a table' ROW FORMAT DELIMITED FIELDS TERMINATED BY '|'
      COLLECTION ITEMS TERMINATED BY ',' STORED AS TEXTFILE LOCATION 's3://{bucket}/t'""")
    assert queries.rows(f"SELECT * FROM {database}.t ORDER BY id") == [
        ["1", "one", "1.5", "2024-01-01 10:00:00.000", "true", "[a, b]"],
        ["2", None, None, None, "false", "[]"],
        ["3", "", "-0.25", "2024-01-01 10:00:00.500", "false", "[c]"],
        ["4", "né 😀", "1000.0", None, None, "[]"],
        ["5", "short", None, None, None, None],
    ]


def test_opencsv(queries: Queries, database: str, bucket: str) -> None:
    put(
        queries,
        bucket,
        "c/a.csv",
        'id,name,n\n1,"with, comma",5\n2,"say ""hi""",\n"3","two\nlines","x"\n',
    )
    queries.succeed(f"""CREATE EXTERNAL TABLE {database}.c (id int, name string, n bigint)
      ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
      WITH SERDEPROPERTIES ('separatorChar' = ',', 'quoteChar' = '"')
      LOCATION 's3://{bucket}/c/' TBLPROPERTIES ('skip.header.line.count'='1')""")
    assert queries.rows(f"SELECT * FROM {database}.c ORDER BY id") == [
        ["1", "with, comma", "5"],
        ["2", 'say "hi"', None],
        ["3", "two\nlines", None],
    ]


def test_json(queries: Queries, database: str, bucket: str) -> None:
    put(
        queries,
        bucket,
        "j/a.json",
        '{"id": 1, "name": "x", "tags": ["a", null], "s": {"a": 1, "b": "y"}, "m": {"k": 2.5}}\n'
        '{"id": 2, "more": true}\n',
    )
    queries.succeed(f"""CREATE EXTERNAL TABLE {database}.j (id int, name string,
        tags array<string>, s struct<a:int,b:string>, m map<string,double>)
      ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://{bucket}/j/'""")
    assert queries.rows(f"SELECT * FROM {database}.j ORDER BY id") == [
        ["1", "x", "[a, null]", "{a=1, b=y}", "{k=2.5}"],
        ["2", None, None, None, None],
    ]


def test_parquet_with_other_columns_than_the_table(
    queries: Queries, database: str, bucket: str
) -> None:
    queries.succeed(
        f"UNLOAD (SELECT 1 AS a, 'x' AS b) TO 's3://{bucket}/p/' WITH (format = 'PARQUET')"
    )
    queries.succeed(f"""CREATE EXTERNAL TABLE {database}.p (B string, missing date, a bigint)
      STORED AS PARQUET LOCATION 's3://{bucket}/p/'""")
    assert queries.rows(f"SELECT * FROM {database}.p") == [["x", None, "1"]]


def test_a_table_sees_new_files_at_once(queries: Queries, database: str, bucket: str) -> None:
    queries.succeed(f"CREATE EXTERNAL TABLE {database}.n (a int) LOCATION 's3://{bucket}/n/'")
    assert queries.rows(f"SELECT * FROM {database}.n") == []
    put(queries, bucket, "n/1", "1\n")
    assert queries.rows(f"SELECT * FROM {database}.n") == [["1"]]
    put(queries, bucket, "n/2", "2\n")
    assert queries.rows(f"SELECT count(*) FROM {database}.n") == [["2"]]


@pytest.mark.parametrize(
    "sql, reason",
    [
        (
            "CREATE TABLE {db}.t (a int)",
            "FAILED: SemanticException creating a table that is not EXTERNAL",
        ),
        ("CREATE EXTERNAL TABLE {db}.t (a int)", "FAILED: Execution Error, return code 1"),
        (
            "CREATE EXTERNAL TABLE {db}.t (a int, a int) LOCATION 's3://b/'",
            "FAILED: SemanticException [Error 10036]: Duplicate column name: a",
        ),
        (
            "CREATE EXTERNAL TABLE {db}.t (a int) PARTITIONED BY (a int) LOCATION 's3://b/'",
            "FAILED: SemanticException [Error 10035]: Column repeated in partitioning columns",
        ),
        (
            "CREATE EXTERNAL TABLE nope.t (a int) LOCATION 's3://b/'",
            "FAILED: SemanticException [Error 10072]: Database does not exist: nope",
        ),
        (
            "DROP TABLE {db}.nope",
            "FAILED: SemanticException [Error 10001]: Table not found {db}.nope",
        ),
        (
            "DESCRIBE nope.nope",
            "FAILED: SemanticException [Error 10072]: Database does not exist: nope",
        ),
        (
            "SHOW TABLES IN nope",
            "FAILED: SemanticException [Error 10072]: Database does not exist: nope",
        ),
        (
            "SHOW PARTITIONS sample.zones",
            "FAILED: SemanticException [Error 10001]: Table zones is not a partitioned table",
        ),
        (
            "DROP TABLE sample.all_types",
            "FAILED: SemanticException [Error 10202]: Cannot drop a view with DROP TABLE",
        ),
        (
            "DROP VIEW {db}.nope",
            "VIEW_NOT_FOUND: line 1:1: View 'awsdatacatalog.{db}.nope' does not exist",
        ),
        ("CREATE VIEW {db}.v AS SELECT 1", "MISSING_COLUMN_NAME: "),
        ("CREATE VIEW {db}.v AS SELECT 1 AS a, 2 AS a", "DUPLICATE_COLUMN_NAME: "),
        ("CREATE VIEW {db}.v AS SELECT * FROM nope", "TABLE_NOT_FOUND: "),
    ],
)
def test_refused(queries: Queries, database: str, sql: str, reason: str) -> None:
    assert queries.reason(sql.format(db=database)).startswith(reason.format(db=database))


# Partitions


@pytest.fixture
def partitioned(queries: Queries, database: str, bucket: str) -> str:
    for year, month, rows in (2023, 1, "1\n"), (2024, 1, "2\n3\n"), (2024, 2, "4\n"):
        put(queries, bucket, f"p/year={year}/month={month}/part", rows)
    put(queries, bucket, "elsewhere/part", "77\n")
    queries.succeed(
        f"CREATE EXTERNAL TABLE {database}.p (a int) PARTITIONED BY (year int, month string) "
        f"LOCATION 's3://{bucket}/p/'"
    )
    return f"{database}.p"


def test_msck_repair_finds_partitions(queries: Queries, partitioned: str) -> None:
    assert queries.rows(f"SELECT * FROM {partitioned}") == []
    found = queries.succeed(f"MSCK REPAIR TABLE {partitioned}")
    rows = queries.texts(found["QueryExecutionId"])
    assert rows[0] == [
        "Partitions not in metastore:",
        "p:year=2023/month=1",
        "p:year=2024/month=1",
        "p:year=2024/month=2",
    ]
    assert rows[1] == ["Repair: Added partition to metastore p:year=2023/month=1"]
    assert queries.rows(
        f"SELECT year, month, sum(a) FROM {partitioned} GROUP BY 1, 2 ORDER BY 1, 2"
    ) == [["2023", "1", "1"], ["2024", "1", "5"], ["2024", "2", "4"]]
    assert queries.rows(f"SHOW PARTITIONS {partitioned}") == [
        ["year=2023/month=1"],
        ["year=2024/month=1"],
        ["year=2024/month=2"],
    ]
    assert queries.rows(f"MSCK REPAIR TABLE {partitioned}") == []


def test_alter_table_partitions(queries: Queries, partitioned: str, bucket: str) -> None:
    queries.succeed(
        f"ALTER TABLE {partitioned} ADD PARTITION (year = 2024, month = '1') "
        f"PARTITION (year = 2030, month = 'x') LOCATION 's3://{bucket}/elsewhere/'"
    )
    assert queries.rows(f"SELECT * FROM {partitioned} ORDER BY a") == [
        ["2", "2024", "1"],
        ["3", "2024", "1"],
        ["77", "2030", "x"],
    ]
    assert "AlreadyExistsException" in queries.reason(
        f"ALTER TABLE {partitioned} ADD PARTITION (year = 2024, month = '1')"
    )
    queries.succeed(
        f"ALTER TABLE {partitioned} ADD IF NOT EXISTS PARTITION (year = 2024, month = '1')"
    )
    queries.succeed(
        f"ALTER TABLE {partitioned} PARTITION (year = 2030, month = 'x') "
        "RENAME TO PARTITION (year = 2031, month = 'y')"
    )
    assert queries.rows(f"SHOW PARTITIONS {partitioned} PARTITION (year = 2031)") == [
        ["year=2031/month=y"]
    ]
    queries.succeed(f"ALTER TABLE {partitioned} DROP PARTITION (year = 2024)")
    assert queries.rows(f"SELECT * FROM {partitioned}") == [["77", "2031", "y"]]
    assert "Partition not found" in queries.reason(
        f"ALTER TABLE {partitioned} DROP PARTITION (year = 2024, month = '1')"
    )
    queries.succeed(
        f"ALTER TABLE {partitioned} DROP IF EXISTS PARTITION (year = 2024, month = '1')"
    )


def test_alter_table_columns_location_properties(
    queries: Queries, database: str, bucket: str
) -> None:
    put(queries, bucket, "a/1", "1\x01x\n")
    queries.succeed(f"CREATE EXTERNAL TABLE {database}.t (a int) LOCATION 's3://{bucket}/nothing/'")
    queries.succeed(f"ALTER TABLE {database}.t SET LOCATION 's3://{bucket}/a'")
    queries.succeed(f"ALTER TABLE {database}.t ADD COLUMNS (b string COMMENT 'new')")
    queries.succeed(f"ALTER TABLE {database}.t SET TBLPROPERTIES ('k' = 'v')")
    assert queries.rows(f"SELECT * FROM {database}.t") == [["1", "x"]]
    assert ["k\tv"] in queries.rows(f"SHOW TBLPROPERTIES {database}.t")
    assert queries.rows(f"SHOW TBLPROPERTIES {database}.t ('k')") == [["v"]]
    queries.succeed(f"ALTER TABLE {database}.t REPLACE COLUMNS (z string)")
    assert queries.rows(f"SELECT z FROM {database}.t") == [["1"]]


# Views


def test_views(queries: Queries, database: str) -> None:
    queries.succeed(
        "CREATE VIEW v AS SELECT id, upper(name) AS n FROM sample.zones", Database=database
    )
    queries.succeed("CREATE VIEW w AS SELECT n FROM v WHERE id < 3", Database=database)
    assert queries.rows(f"SELECT * FROM {database}.w ORDER BY 1") == [
        ["BATTERY PARK"],
        ["CAFÉ DE L'ÉTOILE"],
    ]
    assert "View already exists" in queries.reason(f"CREATE VIEW {database}.v AS SELECT 1 AS a")
    queries.succeed(f"CREATE OR REPLACE VIEW {database}.v AS SELECT 1 AS id, 'x' AS n")
    assert queries.rows(f"SELECT * FROM {database}.w") == [["x"]]
    assert queries.rows(f"SHOW VIEWS IN {database}") == [["v"], ["w"]]
    assert queries.rows(f"SHOW CREATE VIEW {database}.w") == [
        [f"CREATE VIEW {database}.w AS"],
        ["SELECT n FROM v WHERE id < 3"],
    ]
    queries.succeed(f"DROP VIEW {database}.v")
    queries.succeed(f"DROP VIEW IF EXISTS {database}.v")
    assert "TABLE_NOT_FOUND" in queries.reason(f"SELECT * FROM {database}.w")


# SHOW and DESCRIBE


def test_show_tables(queries: Queries) -> None:
    every = queries.rows("SHOW TABLES IN sample")
    assert ["taxi_trips"] in every and ["all_types"] in every
    assert queries.rows("SHOW TABLES IN sample 'taxi*|zones'") == [["taxi_trips"], ["zones"]]
    assert queries.rows("SHOW TABLES", Database="sample") == every
    assert queries.rows("SHOW TABLES", Database="default") == []


def test_describe(queries: Queries) -> None:
    found = queries.succeed("DESCRIBE sample.orders_by_month")
    page = queries.results(found["QueryExecutionId"])
    assert [c["Name"] for c in page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]] == [
        "col_name",
        "data_type",
        "comment",
    ]
    lines = [row["Data"][0]["VarCharValue"] for row in page["ResultSet"]["Rows"]]
    fields = [[part.strip() for part in line.split("\t")] for line in lines]
    assert fields[0] == ["order_id", "bigint", ""]
    marker = fields.index(["# Partition Information", "", ""])
    assert [f[:2] for f in fields[marker + 3 :]] == [["year", "int"], ["month", "int"]]
    assert lines[0].startswith("order_id            \tbigint")
    assert queries.object(found["ResultConfiguration"]["OutputLocation"]).decode() == "".join(
        line + "\n" for line in lines
    )


def test_show_columns(queries: Queries) -> None:
    found = queries.rows("SHOW COLUMNS IN sample.zones")
    assert [r[0].rstrip() for r in found] == ["id", "borough", "name"]
    assert queries.rows("SHOW COLUMNS FROM zones IN sample") == found


def test_show_create_table_makes_the_same_table(queries: Queries, database: str) -> None:
    rows = queries.rows("SHOW CREATE TABLE sample.zones")
    text = "\n".join(row[0] for row in rows)
    assert text.startswith("CREATE EXTERNAL TABLE `sample.zones`(\n  `id` int, \n")
    queries.succeed(text.replace("`sample.zones`", f"`{database}.zones`"))
    assert queries.rows(f"SELECT * FROM {database}.zones") == queries.rows(
        "SELECT * FROM sample.zones"
    )


@pytest.mark.parametrize(
    "form, body, reason",
    [
        ("STORED AS PARQUET", "no parquet at all, this", "HIVE_BAD_DATA: Not valid Parquet file"),
        ("STORED AS JSON", '{"a": 1}\n{"a": \n', "HIVE_CURSOR_ERROR: Row is not a valid JSON"),
    ],
)
def test_bad_files(
    queries: Queries, database: str, bucket: str, form: str, body: str, reason: str
) -> None:
    put(queries, bucket, "bad/1", body)
    queries.succeed(f"CREATE EXTERNAL TABLE {database}.b (a int) {form} LOCATION 's3://{bucket}/bad/'")
    found = queries.reason(f"SELECT * FROM {database}.b")
    assert found.startswith(reason) and "/objects/" not in found
