"""What a restart keeps: objects, tables, workgroups and prepared statements. Not the queries."""

from __future__ import annotations

from pathlib import Path

from local_aws import start_emulator, stop_emulator
from queries import Queries


def test_restart(tmp_path: Path) -> None:
    server = start_emulator(tmp_path, "--no-sample-data")
    try:
        queries = Queries(server)
        assert queries.rows("SHOW DATABASES") == [["default"]]
        queries.succeed("CREATE DATABASE d COMMENT 'kept'")
        queries.succeed(
            "CREATE TABLE d.t WITH (partitioned_by = ARRAY['p']) AS SELECT 1 AS a, 'x' AS p"
        )
        queries.succeed("CREATE VIEW d.v AS SELECT a + 1 AS b FROM d.t")
        queries.succeed("PREPARE ps FROM SELECT ? || '!'")
        queries.athena.create_work_group(Name="wg")
    finally:
        stop_emulator(server)
    server = start_emulator(tmp_path, "--no-sample-data")
    try:
        queries = Queries(server)
        assert queries.rows("SELECT v.b, t.p FROM d.v CROSS JOIN d.t") == [["2", "x"]]
        assert queries.rows("EXECUTE ps USING 'hi'") == [["hi!"]]
        assert queries.athena.get_work_group(WorkGroup="wg")["WorkGroup"]["State"] == "ENABLED"
        assert len(queries.athena.list_query_executions()["QueryExecutionIds"]) == 2
    finally:
        stop_emulator(server)
