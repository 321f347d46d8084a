"""What is measured against: a local Athena, a data source for it, results with known sums."""

from __future__ import annotations

import dataclasses
import math
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from botocore.config import Config
from emulator_process import ACCESS_KEY, REGION, SECRET_KEY, EmulatorProcess, start_emulator
from static_server import StaticServer

RESULTS = "athena-local-results"
CATALOG, SCHEMA, WORKGROUP = "AwsDataCatalog", "sample", "primary"
COLUMNS = ["trip_id", "pickup_at", "dropoff_at", "pickup_zone_id", "dropoff_zone_id", "passengers",
           "distance_km", "fare", "tip", "payment"]
# For programs that are told what is in the file: by Athena's names, one for each of COLUMNS.
TYPES = "bigint,timestamp,timestamp,integer,integer,tinyint,double,decimal,decimal,varchar"
TIMES, TEXTS = {"pickup_at", "dropoff_at"}, {"payment"}
FRACTIONS = TIMES | {"distance_km", "fare", "tip"}
REUSE = {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 60}}


@dataclasses.dataclass(frozen=True)
class Column:
    nulls: int
    sum: float


def differs(name: str, mode: str, seen: float, due: float) -> bool:
    """Sums of whole numbers are exact below 2^53; others depend on the order of the rows."""
    if mode == "native" and name in FRACTIONS:
        return not math.isclose(seen, due, rel_tol=1e-9)
    return seen != due


@dataclasses.dataclass
class Result:
    """A query that has run, its file, and what a reader must find in it, by way of reading."""

    sql: str
    rows: int
    location: str
    bytes: int
    file: Path
    sums: dict[str, list[Column]]  # "native", "char", "wide"


class Local:
    """The servers and their clients. close() stops them.

    bodies has the results too, for the driver to read: what is measured is not to be Python's S3.
    """

    def __init__(self, folder: Path, driver: Path):
        self.folder = folder
        self.bodies = StaticServer(folder / "bodies")
        self.server: EmulatorProcess = start_emulator(folder / "data")
        keys = {"endpoint_url": self.server.url, "region_name": REGION,
                "aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY}
        self.athena = boto3.client("athena", **keys)
        self.s3 = boto3.client("s3", **keys, config=Config(
            signature_version="s3v4", s3={"addressing_style": "path"}))
        self._register(driver)

    def close(self) -> None:
        """Unlike stop_emulator() it does not wait long: an interrupted benchmark is to end."""
        self.bodies.close()
        self.server.process.terminate()
        try:
            self.server.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.server.process.kill()
            self.server.process.wait()

    def cpu_s(self) -> float:
        """What the server has used so far."""
        stat = Path(f"/proc/{self.server.process.pid}/stat").read_text()
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def remove_results(self) -> None:
        """Of this run at its end; before it, what an interrupted one has left."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=RESULTS)
        for page in pages:
            keys = [{"Key": item["Key"]} for item in page.get("Contents", [])]
            if keys:
                self.s3.delete_objects(Bucket=RESULTS, Delete={"Objects": keys})
        for file in self.folder.glob("*.csv"):
            file.unlink()

    def environment(self) -> dict[str, str]:
        """For child processes: ours and other people's clients find the server by it."""
        return {**os.environ, "ODBCSYSINI": str(self.folder),
                "ODBCINI": str(self.folder / "odbc.ini"), "AWS_ENDPOINT_URL": self.server.url,
                "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION,
                "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}

    def _register(self, driver: Path) -> None:
        url = self.server.url
        (self.folder / "odbcinst.ini").write_text(
            f"[ODBC]\nPooling=No\n[Athena]\nDriver={driver}\nThreading=0\n")
        options = {"Driver": "Athena", "AwsRegion": REGION, "Workgroup": WORKGROUP,
                   "Catalog": CATALOG, "Schema": SCHEMA, "EndpointOverride": url,
                   "S3EndpointOverride": url, "StsEndpointOverride": url,
                   "AuthenticationType": "IAM Credentials", "UID": ACCESS_KEY, "PWD": SECRET_KEY}
        (self.folder / "odbc.ini").write_text(
            "[AthenaLocal]\n" + "".join(f"{name}={value}\n" for name, value in options.items()))

    # Queries, by a client that is not the driver

    def run(self, sql: str, poll_s: float = 0.02, **request: Any) -> dict[str, Any]:
        """Starts a query and waits for its end. Returns its description."""
        query = self.athena.start_query_execution(
            QueryString=sql, WorkGroup=WORKGROUP,
            QueryExecutionContext={"Catalog": CATALOG, "Database": SCHEMA},
            **request)["QueryExecutionId"]
        while True:
            told = self.athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
            if told["Status"]["State"] == "SUCCEEDED":
                return told
            if told["Status"]["State"] not in ("QUEUED", "RUNNING"):
                raise RuntimeError(f"{sql[:60]}: {told['Status']}")
            time.sleep(poll_s)

    def first_row(self, told: dict[str, Any]) -> list[str]:
        rows = self.athena.get_query_results(QueryExecutionId=told["QueryExecutionId"],
                                             MaxResults=2)["ResultSet"]["Rows"]
        return [cell.get("VarCharValue", "") for cell in rows[1]["Data"]]

    def prepare(self, rows: int) -> Result:
        """Runs the query whose result is going to be read, and finds out what is in it."""
        where = f"FROM taxi_trips WHERE trip_id < {rows}"
        sql = f"SELECT {', '.join(COLUMNS)} {where}"
        location = self.run(sql)["ResultConfiguration"]["OutputLocation"]
        bucket, _, key = location.removeprefix("s3://").partition("/")
        size = self.s3.head_object(Bucket=bucket, Key=key)["ContentLength"]
        file = self.folder / f"{rows}.csv"
        self.s3.download_file(bucket, key, str(file))
        self.bodies.put(location, file)
        self.s3.download_file(bucket, f"{key}.metadata",
                              str(self.bodies.path(f"{location}.metadata")))
        told = self.first_row(self.run(f"SELECT {', '.join(map(_aggregate, COLUMNS))} {where}"))
        native = [Column(int(nulls), float(total))
                  for total, nulls in zip(told[0::2], told[1::2], strict=True)]
        return Result(sql, rows, location, size, file, {"native": native, **_text_sums(file)})

    def repeat(self, result: Result, root: str, least_bytes: int) -> Result:
        """The same result with its rows over and over again, in that root of self.bodies."""
        times = -(-least_bytes // result.bytes)
        path = self.bodies.path(result.location, root)
        with result.file.open("rb") as rows, path.open("wb") as out:
            names = rows.readline()
            out.write(names)
            for _ in range(times):
                rows.seek(len(names))
                shutil.copyfileobj(rows, out, 1 << 24)
        sums = {mode: [Column(c.nulls * times, c.sum * times) for c in columns]
                for mode, columns in result.sums.items()}
        return Result(result.sql, result.rows * times, result.location, path.stat().st_size, path,
                      sums)

    def reused(self) -> int:
        """How many queries were answered by an earlier result."""
        return self.server.stats()["queries"]["reused"]


def _aggregate(name: str) -> str:
    """The sum and the number of NULLs of a column, as tests/clients/bulk_fetch.c forms them."""
    if name in TIMES:
        value = f"to_unixtime({name})"
    elif name in TEXTS:
        value = f"length({name})"
    else:
        value = f"CAST({name} AS double)"
    return f"sum({value}), count(*) - count({name})"


def _text_sums(file: Path) -> dict[str, list[Column]]:
    """Read as text, a value is what the file says: its bytes, or its UTF-16 units."""
    table = pyarrow.csv.read_csv(
        file, parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={name: pa.string() for name in COLUMNS}, null_values=[""],
            strings_can_be_null=True, quoted_strings_can_be_null=False))
    sums: dict[str, list[Column]] = {"char": [], "wide": []}
    for column in table.columns:
        size = pc.sum(pc.binary_length(column)).as_py() or 0
        units = pc.sum(pc.utf8_length(column)).as_py() or 0
        units += pc.sum(pc.count_substring_regex(column, "[\U00010000-\U0010ffff]")).as_py() or 0
        sums["char"].append(Column(column.null_count, size))
        sums["wide"].append(Column(column.null_count, units))
    return sums
