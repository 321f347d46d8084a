"""Sample data, made on first start in a few seconds: database ``sample`` (README.md lists it).

The numbers are the same on every machine: they come from hash(), not from a random generator.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from . import sample_all_types, views
from .catalog import Column, Database, Partition, Table

if TYPE_CHECKING:
    from .engine import Engine

BUCKET = "athena-local-data"
TRIPS = 2_000_000
TRIP_FILES = 4
ZONES = [
    ("Manhattan", "Café de l'Étoile"), ("Manhattan", "Battery Park"),
    ("Manhattan", "Chinatown 唐人街"), ("Manhattan", "Midtown \"East\""),
    ("Manhattan", "Union Sq, North"), ("Brooklyn", "Straße zum See"),
    ("Brooklyn", "Kraków Square"), ("Brooklyn", "Naïveté Heights"), ("Brooklyn", "Ocean Hill"),
    ("Queens", "東京通り"), ("Queens", "Москва Plaza"), ("Queens", "Αθήνα Avenue"),
    ("Queens", "שכונה Garden"), ("Queens", "Jackson Heights"), ("Bronx", "Señor Park"),
    ("Bronx", "Fordham South"), ("Bronx", "Øresund Court"), ("Staten Island", "St. George"),
    ("Staten Island", "Emoji Bay 😀🚕"), ("EWR", "Newark Airport"),
]
PAYMENTS = [("card", "Credit or debit card", True), ("cash", "Cash", False),
            ("app", "Phone app", True), ("voucher", "Voucher; no receipt", False)]

PARQUET_SERDE = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
CSV_SERDE = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
JSON_SERDE = "org.openx.data.jsonserde.JsonSerDe"
_PARQUET_IO = ("org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
               "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat")
_TEXT_IO = ("org.apache.hadoop.mapred.TextInputFormat",
            "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat")

TRIP_COLUMNS = [
    Column("trip_id", "bigint", "unique number of the trip"),
    Column("pickup_at", "timestamp", "when the meter was started"),
    Column("dropoff_at", "timestamp", "when the meter was stopped"),
    Column("pickup_zone_id", "int"), Column("dropoff_zone_id", "int"),
    Column("passengers", "tinyint"), Column("distance_km", "double"),
    Column("fare", "decimal(10,2)", "without the tip"),
    Column("tip", "decimal(10,2)", "NULL when paid in cash"), Column("payment", "string"),
]
# One row from its number r. hash() spreads it; months have about as many trips each.
_TRIPS_SQL = """
SELECT CAST(r AS BIGINT) AS trip_id, pickup_at,
       pickup_at + to_seconds(CAST(120 + h2 % 3480 AS INTEGER)) AS dropoff_at,
       CAST(1 + h3 % {zones} AS INTEGER) AS pickup_zone_id,
       CAST(1 + (h3 // 64) % {zones} AS INTEGER) AS dropoff_zone_id,
       CAST(1 + h1 % 6 AS TINYINT) AS passengers,
       CAST((h2 % 30000) / 1000.0 + 0.3 AS DOUBLE) AS distance_km,
       CAST(3.50 + (h2 % 30000) / 1000.0 * 1.85 AS DECIMAL(10,2)) AS fare,
       CASE WHEN (h1 // 8) % 10 < 3 THEN NULL
            ELSE CAST((h3 // 4096) % 1500 / 100.0 AS DECIMAL(10,2)) END AS tip,
       CASE WHEN (h1 // 8) % 10 < 3 THEN 'cash' WHEN (h1 // 8) % 10 < 8 THEN 'card'
            WHEN (h1 // 8) % 10 < 9 THEN 'app' ELSE 'voucher' END AS payment
FROM (SELECT r, hash(r) % 1000003 AS h1, hash(r + 1000000007) % 1000000007 AS h2,
             hash(r * 31 + 7) % 1000000009 AS h3,
             TIMESTAMP '2024-01-01 00:00:00' + to_milliseconds(CAST(r * 15811 AS BIGINT))
                 AS pickup_at
      FROM range({first}, {last}) t(r))
"""
ORDER_COLUMNS = [Column("order_id", "bigint"), Column("customer", "string"),
                 Column("amount", "decimal(12,2)"), Column("ordered_on", "date")]
_ORDERS_SQL = """
SELECT CAST({year} * 100000 + {month} * 1000 + r AS BIGINT) AS order_id,
       CASE WHEN r % 17 = 0 THEN NULL ELSE 'customer ' || (hash(r * {month}) % 90) END AS customer,
       CAST((hash(r + {year} * {month}) % 100000) / 100.0 AS DECIMAL(12,2)) AS amount,
       CAST(make_date({year}, {month}, CAST(1 + r % 28 AS INTEGER)) AS DATE) AS ordered_on
FROM range(0, {rows}) t(r)
"""
VIEWS = {
    "trips_by_zone": """
SELECT z.borough, z.name AS zone, count(*) AS trips, sum(t.fare) AS fares, avg(t.tip) AS avg_tip
FROM sample.taxi_trips t JOIN sample.zones z ON t.pickup_zone_id = z.id
GROUP BY z.borough, z.name""".strip(),
    "airport_trips": """
SELECT trip_id, pickup_at, distance_km, fare FROM sample.taxi_trips
WHERE dropoff_zone_id = 20""".strip(),
    "all_types": sample_all_types.view_sql(),
}


def make(engine: Engine) -> None:
    """Makes what is not there yet; does nothing on later starts."""
    if not engine.catalog.database("sample"):
        engine.store.create_bucket(BUCKET)
        _trips(engine)
        _zones_and_payments(engine)
        _orders(engine)
        # Last the database, so that an interrupted start begins anew.
        tables = {t.name: t for t in (_trip_table(), *_small_tables(), _order_table())}
        engine.catalog.create_database(Database(
            "sample", "Sample data of the local Athena", f"s3://{BUCKET}/sample/",
            tables=tables))
    for name, sql in VIEWS.items():
        if not engine.catalog.table("sample", name):
            views.create(engine, "sample", name, sql, engine.cursor())


def _copy(engine: Engine, sql: str, key: str) -> None:
    path = engine.new_path(".parquet")
    engine.cursor().execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    engine.store.put_path(BUCKET, key, path)


def _trips(engine: Engine) -> None:
    each = TRIPS // TRIP_FILES
    for part in range(TRIP_FILES):
        sql = _TRIPS_SQL.format(zones=len(ZONES), first=part * each, last=(part + 1) * each)
        _copy(engine, sql, f"sample/taxi_trips/part-{part:05}.parquet")


def _zones_and_payments(engine: Engine) -> None:
    lines = ["id,borough,name"]
    for at, (borough, name) in enumerate(ZONES, 1):
        lines.append(",".join(f'"{v}"' for v in (str(at), borough, name.replace('"', '""'))))
    engine.store.put(BUCKET, "sample/zones/zones.csv", ("\n".join(lines) + "\n").encode())
    body = "".join(json.dumps({"code": code, "description": text, "is_electronic": electronic,
                               "fees": {"percent": 1.5 if electronic else 0.0}},
                              ensure_ascii=False) + "\n" for code, text, electronic in PAYMENTS)
    engine.store.put(BUCKET, "sample/payments/payments.json", body.encode())


def _orders(engine: Engine) -> None:
    for year, month in _months():
        _copy(engine, _ORDERS_SQL.format(year=year, month=month, rows=200 + month * 10),
              f"sample/orders_by_month/year={year}/month={month}/orders.parquet")


def _months() -> list[tuple[int, int]]:
    return [(year, month) for year in (2023, 2024) for month in range(1, 13)]


def _trip_table() -> Table:
    return Table("sample", "taxi_trips", TRIP_COLUMNS, location=_location("taxi_trips"),
                 serde=PARQUET_SERDE, input_format=_PARQUET_IO[0], output_format=_PARQUET_IO[1],
                 parameters={"classification": "parquet"}, comment="Two million taxi trips")


def _small_tables() -> list[Table]:
    zones = Table("sample", "zones", [Column("id", "int"), Column("borough", "string"),
                                      Column("name", "string", "in the zone's own script")],
                  location=_location("zones"), serde=CSV_SERDE, input_format=_TEXT_IO[0],
                  output_format=_TEXT_IO[1], serde_params={"separatorChar": ",", "quoteChar": '"'},
                  parameters={"classification": "csv", "skip.header.line.count": "1"})
    payments = Table("sample", "payments", [
        Column("code", "string"), Column("description", "string"),
        Column("is_electronic", "boolean"), Column("fees", "struct<percent:double>")],
        location=_location("payments"), serde=JSON_SERDE, input_format=_TEXT_IO[0],
        output_format=_TEXT_IO[1], parameters={"classification": "json"})
    return [zones, payments]


def _order_table() -> Table:
    return Table("sample", "orders_by_month", ORDER_COLUMNS,
                 [Column("year", "int"), Column("month", "int")],
                 location=_location("orders_by_month"), serde=PARQUET_SERDE,
                 input_format=_PARQUET_IO[0], output_format=_PARQUET_IO[1],
                 parameters={"classification": "parquet"}, partitions=sorted(
                     (Partition([str(y), str(m)], _location("orders_by_month")
                                + f"year={y}/month={m}/") for y, m in _months()),
                     key=lambda p: p.values))


def _location(name: str) -> str:
    return f"s3://{BUCKET}/sample/{name}/"
