"""Runs queries through boto3 as a patient client does, for the tests of the Athena half."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

import pytest

from local_aws import Emulator

OVER = ("SUCCEEDED", "FAILED", "CANCELLED")
POLL_S = 0.02


class Queries:
    """Athena and S3 clients of one server, and what tests do with them."""

    def __init__(self, emulator: Emulator, **client_options: Any):
        self.emulator = emulator
        self.athena = emulator.client("athena", **client_options)
        self.s3 = emulator.client("s3")

    def start(self, sql: str, **request: Any) -> str:
        if "Database" in request:
            request["QueryExecutionContext"] = {"Database": request.pop("Database")}
        return self.athena.start_query_execution(QueryString=sql, **request)["QueryExecutionId"]

    def get(self, query_id: str) -> dict[str, Any]:
        return self.athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]

    def wait(self, query_id: str, seconds: float = 30) -> dict[str, Any]:
        """The query's description once it is over."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.get(query_id)
            if found["Status"]["State"] in OVER:
                return found
            time.sleep(POLL_S)
        raise AssertionError(f"{query_id} is still {found['Status']['State']}")

    def run(self, sql: str, **request: Any) -> dict[str, Any]:
        return self.wait(self.start(sql, **request))

    def succeed(self, sql: str, **request: Any) -> dict[str, Any]:
        found = self.run(sql, **request)
        assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
        return found

    def reason(self, sql: str, **request: Any) -> str:
        """The StateChangeReason of a query that must fail."""
        found = self.run(sql, **request)
        assert found["Status"]["State"] == "FAILED", found["Status"]
        assert found["Status"]["AthenaError"]["ErrorMessage"] == \
            found["Status"]["StateChangeReason"]
        return found["Status"]["StateChangeReason"]

    def refusal(self, sql: str, **request: Any) -> str:
        """The message with which StartQueryExecution refuses."""
        with pytest.raises(self.athena.exceptions.InvalidRequestException) as error:
            self.start(sql, **request)
        return error.value.response["Error"]["Message"]

    # Results

    def results(self, query_id: str, **request: Any) -> dict[str, Any]:
        return self.athena.get_query_results(QueryExecutionId=query_id, **request)

    def texts(self, query_id: str) -> list[list[str | None]]:
        """All rows as text, None for NULL; the header row of a SELECT too."""
        rows: list[list[str | None]] = []
        pages = self.athena.get_paginator("get_query_results").paginate(QueryExecutionId=query_id)
        for page in pages:
            rows += [[cell.get("VarCharValue") for cell in row.get("Data", [])]
                     for row in page["ResultSet"]["Rows"]]
        return rows

    def rows(self, sql: str, **request: Any) -> list[list[str | None]]:
        """The rows of a statement, without header."""
        found = self.succeed(sql, **request)
        rows = self.texts(found["QueryExecutionId"])
        return rows[1:] if found["SubstatementType"] == "SELECT" else rows

    def row(self, sql: str, **request: Any) -> list[str | None]:
        rows = self.rows(sql, **request)
        assert len(rows) == 1, rows
        return rows[0]

    def columns(self, sql: str) -> list[dict[str, Any]]:
        found = self.succeed(sql)
        page = self.results(found["QueryExecutionId"])
        return page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]

    def object(self, uri: str) -> bytes:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    def file(self, sql: str) -> bytes:
        """The result file of a statement."""
        return self.object(self.succeed(sql)["ResultConfiguration"]["OutputLocation"])

    def keys(self, uri: str) -> list[str]:
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        found = self.s3.list_objects_v2(Bucket=bucket, Prefix=prefix)
        return [o["Key"] for o in found.get("Contents", [])]

    # The server's own control

    def local(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f"{self.emulator.url}/_local/{path}", data) as answer:
            return json.load(answer)
