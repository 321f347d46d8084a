"""PyAthena, a client that nobody here wrote, against the local Athena: only its environment is set.

One exception: PyArrow's own S3 client, which ArrowCursor reads result files with, does not know
AWS_ENDPOINT_URL (its issue 49643), so those tests tell it the endpoint.
"""

from __future__ import annotations

import asyncio
import datetime
import decimal
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pyathena
import pytest
from pyarrow import fs
from pyathena.aio.arrow.cursor import AioArrowCursor
from pyathena.aio.connection import AioConnection
from pyathena.aio.cursor import AioCursor, AioDictCursor
from pyathena.aio.pandas.cursor import AioPandasCursor
from pyathena.aio.s3fs.cursor import AioS3FSCursor
from pyathena.arrow.cursor import ArrowCursor
from pyathena.async_cursor import AsyncCursor
from pyathena.cursor import DictCursor
from pyathena.pandas.cursor import PandasCursor
from pyathena.polars.cursor import PolarsCursor
from pyathena.s3fs.cursor import S3FSCursor

from local_aws import ACCESS_KEY, REGION, SECRET_KEY, Emulator

STAGING = "s3://athena-local-results/pyathena/"
OPTIONS = {"s3_staging_dir": STAGING, "poll_interval": 0.05}
TRIPS = "SELECT * FROM sample.taxi_trips WHERE trip_id < 3000 ORDER BY trip_id"


@pytest.fixture
def environment(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    for name, value in {"AWS_ENDPOINT_URL": emulator.url, "AWS_ACCESS_KEY_ID": ACCESS_KEY,
                        "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_REGION": REGION,
                        "AWS_DEFAULT_REGION": REGION}.items():
        monkeypatch.setenv(name, value)
    return emulator


@pytest.fixture
def connection(environment: Emulator) -> Iterator[pyathena.connection.Connection]:
    with pyathena.connect(**OPTIONS) as made:
        yield made


@pytest.fixture
def arrow_endpoint(environment: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    real = fs.S3FileSystem
    host = environment.url.removeprefix("http://")
    monkeypatch.setattr(fs, "S3FileSystem", lambda **options: real(
        endpoint_override=host, scheme="http", **options))


def test_cursor_reads_every_type(connection: Any) -> None:
    cursor = connection.cursor().execute("SELECT * FROM sample.all_types ORDER BY id")
    names = [d[0] for d in cursor.description]
    row = dict(zip(names, cursor.fetchone()))
    expected = {
        "c_boolean": True, "c_tinyint": 1, "c_bigint": 1, "c_real": 0.5, "c_double": 0.25,
        "c_decimal": decimal.Decimal("12.30"), "c_char": "abc  ", "c_varchar": "hello, world",
        "c_varbinary": b"123", "c_date": datetime.date(2017, 1, 2),
        "c_time": datetime.time(10, 11, 12, 345000),
        "c_timestamp": datetime.datetime(2017, 1, 1),
        "c_timestamp6": datetime.datetime(2023, 4, 11, 20, 58, 43, 130000),
        "c_timestamp_tz": datetime.datetime(2001, 8, 22, 3, 4, 5, 321000,
                                            ZoneInfo("America/Los_Angeles")),
        "c_json": [1, 2], "c_array": [1, 2], "c_uuid": "12151fd2-7586-11e9-8f9e-2a86e4085a59",
        "c_interval_ym": "0-3", "c_map": {"1": "2", "3": "4"}, "c_row": {"a": "1", "b": "two"}}
    assert {name: row[name] for name in expected} == expected
    assert connection.cursor().execute(
        "SELECT * FROM sample.all_types WHERE id = 4").fetchone()[1:] == (None,) * 30


def test_cursor_pages(connection: Any) -> None:
    cursor = connection.cursor().execute(TRIPS)
    assert [row[0] for row in cursor] == list(range(3000))
    assert cursor.state == "SUCCEEDED" and cursor.statement_type == "DML"


def test_dict_cursor(connection: Any) -> None:
    assert connection.cursor(DictCursor).execute(
        "SELECT * FROM sample.zones ORDER BY id").fetchone() == {
            "id": 1, "borough": "Manhattan", "name": "Café de l'Étoile"}


def test_parameters(connection: Any) -> None:
    cursor = connection.cursor()
    sql = "SELECT id FROM sample.zones WHERE name = %(name)s OR id = %(id)s ORDER BY id"
    assert cursor.execute(sql, {"name": "Café de l'Étoile", "id": 3}).fetchall() == [(1,), (3,)]
    sql = "SELECT id FROM sample.zones WHERE name = ? OR id = ? ORDER BY id"
    assert cursor.execute(sql, ["'Battery Park'", "3"], paramstyle="qmark").fetchall() == [
        (2,), (3,)]


def test_failure_and_cancel(connection: Any) -> None:
    with pytest.raises(pyathena.OperationalError, match="TABLE_NOT_FOUND: line 1:15"):
        connection.cursor().execute("SELECT * FROM nope")
    with pytest.raises(pyathena.DatabaseError, match="mismatched input"):
        connection.cursor().execute("SELEC 1")


def test_client_side_cache(connection: Any) -> None:
    sql = f"SELECT '{uuid.uuid4()}'"
    first = connection.cursor().execute(sql).query_id
    assert connection.cursor().execute(sql, cache_size=10).query_id == first


def test_ddl_ctas_and_insert(connection: Any) -> None:
    cursor, database = connection.cursor(), f"pya_{uuid.uuid4().hex[:8]}"
    cursor.execute(f"CREATE DATABASE {database}")
    cursor.execute(f"CREATE TABLE {database}.t AS SELECT 1 AS a")
    assert (cursor.rowcount, cursor.substatement_type) == (1, "CREATE_TABLE_AS_SELECT")
    cursor.execute(f"INSERT INTO {database}.t VALUES (2), (3)")
    assert cursor.rowcount == 2
    assert cursor.execute(f"SELECT sum(a) FROM {database}.t").fetchone() == (6,)
    assert cursor.execute(f"SHOW TABLES IN {database}").fetchall() == [("t",)]
    assert [m.name for m in cursor.list_table_metadata(schema_name=database)] == ["t"]
    cursor.execute(f"DROP DATABASE {database} CASCADE")


def test_async_cursor(connection: Any) -> None:
    with connection.cursor(AsyncCursor) as cursor:
        started = [cursor.execute(f"SELECT {n}") for n in range(5)]
        assert [future.result().fetchall() for _, future in started] == [[(n,)] for n in range(5)]
        query, future = cursor.execute("SELECT 1 -- athena-local: run_ms=60000")
        cursor.cancel(query).result()
        assert future.result().state == "CANCELLED"


@pytest.mark.parametrize("unload", [False, True])
def test_pandas_cursor(connection: Any, unload: bool) -> None:
    frame = connection.cursor(PandasCursor, unload=unload).execute(TRIPS).as_pandas()
    assert frame.shape == (3000, 10)
    assert sorted(frame["trip_id"]) == list(range(3000))
    assert frame["pickup_at"].min() == datetime.datetime(2024, 1, 1)
    assert frame["tip"].isna().sum() == (frame["payment"] == "cash").sum() > 0


def test_pandas_cursor_reads_every_type(connection: Any) -> None:
    # NaN is left out: the cursor cannot read it from Athena's CSV either.
    frame = connection.cursor(PandasCursor).execute(
        "SELECT * FROM sample.all_types WHERE id <> 6 ORDER BY id").as_pandas()
    assert frame.shape == (5, 31)
    assert frame["c_varchar"][0] == "hello, world"
    frame = connection.cursor(PandasCursor).execute("DESCRIBE sample.zones").as_pandas()
    assert list(frame["col_name"].str.strip()) == ["id", "borough", "name"]


@pytest.mark.parametrize("unload", [False, True])
def test_arrow_cursor(connection: Any, arrow_endpoint: None, unload: bool) -> None:
    table = connection.cursor(ArrowCursor, unload=unload).execute(TRIPS).as_arrow()
    assert table.num_rows == 3000
    assert sorted(table["trip_id"].to_pylist()) == list(range(3000))
    assert min(table["pickup_at"].to_pylist()) == datetime.datetime(2024, 1, 1)
    if unload:
        assert table["tip"].null_count > 0
        assert str(table.schema.field("fare").type) == "decimal128(10, 2)"


def test_arrow_cursor_with_nothing_and_with_text(connection: Any, arrow_endpoint: None) -> None:
    nothing = "SELECT * FROM sample.taxi_trips WHERE trip_id < 0"
    for unload in (False, True):
        table = connection.cursor(ArrowCursor, unload=unload).execute(nothing).as_arrow()
        assert table.num_rows == 0
    table = connection.cursor(ArrowCursor).execute("SHOW TABLES IN sample").as_arrow()
    assert "zones" in table.column(0).to_pylist()


def test_arrow_cursor_with_managed_results(environment: Emulator) -> None:
    with pyathena.connect(work_group="managed", s3_staging_dir="", poll_interval=0.05) as managed:
        table = managed.cursor(ArrowCursor).execute("SELECT 1 AS x").as_arrow()
        assert table.to_pydict() == {"x": [1]}


def test_s3fs_cursor_keeps_null_from_empty(connection: Any) -> None:
    rows = connection.cursor(S3FSCursor).execute(
        "SELECT id, c_varchar, c_varchar_n FROM sample.all_types ORDER BY id").fetchall()
    assert rows[3] == (4, None, None)
    assert rows[4] == (5, "", "")
    assert rows[5][2] == "naïve 😀 日本語"


@pytest.mark.parametrize("unload", [False, True])
def test_polars_cursor(connection: Any, unload: bool) -> None:
    frame = connection.cursor(PolarsCursor, unload=unload).execute(TRIPS).as_polars()
    assert frame.shape == (3000, 10)
    assert frame["fare"].sum() > 0 and frame["tip"].null_count() > 0


# The asyncio cursors

def run_async(cursor_class: type, use: Callable[[Any], Any], sql: str = TRIPS) -> Any:
    async def main() -> Any:
        async with await AioConnection.create(**OPTIONS) as connection:
            async with connection.cursor(cursor_class) as cursor:
                await cursor.execute(sql)
                found = use(cursor)
                return await found if asyncio.iscoroutine(found) else found

    return asyncio.run(main())


def test_aio_cursors(environment: Emulator) -> None:
    assert len(run_async(AioCursor, lambda c: c.fetchall())) == 3000
    assert run_async(AioDictCursor, lambda c: c.fetchone(), "SELECT 1 AS a") == {"a": 1}
    assert len(run_async(AioS3FSCursor, lambda c: c.fetchall())) == 3000
    assert run_async(AioPandasCursor, lambda c: c.as_pandas()).shape == (3000, 10)


def test_aio_arrow_cursor(environment: Emulator, arrow_endpoint: None) -> None:
    assert run_async(AioArrowCursor, lambda c: c.as_arrow()).num_rows == 3000
