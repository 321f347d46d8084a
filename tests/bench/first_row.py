"""How long after a query's end its first row is here: first_row.py SOURCE SQL COUNT

The query ends in a condition and runs anew each time, asked after every 5 ms. One line of JSON: milliseconds. Athena's
clock is this machine's, since the local one runs here; it tells milliseconds.
"""

from __future__ import annotations

import json
import sys
import time

import boto3
import pyodbc


def main(source: str, sql: str, count: str) -> None:
    athena = boto3.client("athena")
    connection = pyodbc.connect(
        f"{source};MinQueryExecutionPollingInterval=5;MaxQueryExecutionPollingInterval=5",
        autocommit=True)
    took_ms = []
    for _ in range(int(count)):
        # A query of its own: nobody may reuse its result, or be given it instead of another.
        cursor = connection.execute(f"{sql} AND {time.time_ns()} > 0")
        cursor.fetchone()
        now_s = time.time()
        newest = athena.list_query_executions(MaxResults=1)["QueryExecutionIds"][0]
        status = athena.get_query_execution(QueryExecutionId=newest)["QueryExecution"]["Status"]
        took_ms.append((now_s - status["CompletionDateTime"].timestamp()) * 1e3)
        cursor.close()
    print(json.dumps(took_ms))


if __name__ == "__main__":
    main(*sys.argv[1:])
