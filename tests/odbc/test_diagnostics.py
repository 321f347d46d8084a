"""Diagnostics through the driver manager: which SQLSTATE what trouble has, headers, records, order.

Every row of driver/aws/error_map.def is met once: the local Athena says what the row waits for. The
errors of real statements come from what the local Athena finds out by itself.
"""

from __future__ import annotations

import ctypes
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import odbc
import pytest
from conftest import TOP, tool

ERROR_TABLE = TOP / "tests" / "tools" / "error-table"
NONE, UNKNOWN = -1, -2  # rows and columns that are none, or not known
DRIVER, AWS = "[Athena][ODBC Driver] ", "[Athena][ODBC Driver][AWS] "


def _error_map() -> list[tuple[str, str, str, str]]:
    """(kind, code, text, SQLSTATE) of the rows that have a code or a text."""
    text = (TOP / "driver" / "aws" / "error_map.def").read_text()
    string = r'(?:"((?:[^"\\]|\\.)*)"|NULL)'
    found = [("answer", *m) for m in re.findall(
        rf"^ANSWER\({string},\s*{string},\s*(\w+),", text, re.MULTILINE)]
    return found + [("failure", "", *m) for m in re.findall(
        rf"^FAILURE\({string},\s*(\w+),", text, re.MULTILINE)]


ROWS = _error_map()
# what the driver tries again, or does something about, before it tells
AGAIN = {"ThrottlingException", "Throttling", "SlowDown", "TooManyRequestsException", "429",
         "ExpiredTokenException", "ExpiredToken", "RequestTimeTooSkewed", "RequestExpired",
         "PermanentRedirect"}


@pytest.fixture(params=[False, True], ids=["ansi", "wide"])
def both(request: pytest.FixtureRequest, connect: Callable) -> Iterator[odbc.Statement]:
    statement = odbc.Statement(connect(request.param))
    statement.is_wide = request.param
    yield statement
    assert statement.free() == odbc.SUCCESS


def only_record(statement: odbc.Statement, sql: str, wide: bool = False) -> tuple[str, int, str]:
    statement.check(statement.execute(sql, wide), odbc.ERROR)
    records = statement.diagnostics(wide)
    assert len(records) == 1, records
    return records[0]


# ---- what AWS says, and what it becomes ----

def test_readme_has_the_table_of_the_source() -> None:
    done = subprocess.run([ERROR_TABLE, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_table_is_read_whole() -> None:
    named = [row for row in tool(ERROR_TABLE).rows() if not row[1].startswith("ErrorType")]
    assert [row[0] for row in named] == [row[3] for row in ROWS]
    assert len(ROWS) > 150


def test_every_state_can_occur() -> None:
    """sqlstate.def has the states that the source reports, and no other."""
    driver = TOP / "driver"
    listed = re.findall(r"^SQLSTATE\((\w+),", (driver / "base" / "sqlstate.def").read_text(),
                        re.MULTILINE)
    assert listed == sorted(listed)
    sources = [path for path in driver.rglob("*.[ch]") if path.name != "odbc2_state.c"]
    used = set(re.findall(r"SQLSTATE_(\w+)", "".join(path.read_text() for path in sources)))
    used |= {row[3] for row in ROWS}
    used |= set(re.findall(r"\b(\w{5})\b", (driver / "handle" / "functions.def").read_text()))
    assert [state for state in listed if state not in used] == []


def sample(pattern: str) -> str:
    """A text that a pattern fits, and as little else as can be."""
    words = pattern.lstrip("^").replace("*", " x ")
    return words + ": it is so" if pattern.startswith("^") and "*" not in pattern else words


def test_every_failure_becomes_its_state(both: odbc.Statement) -> None:
    """Also: no row stands in the shadow of one before it."""
    wrong = []
    for kind, _, text, state in ROWS:
        if kind != "failure":
            continue
        reason = sample(text)
        got = only_record(both, f'-- athena-local: run_ms=0 queue_ms=0 fail="{reason}"\nSELECT 1',
                          both.is_wide)
        if got[0] != state or reason not in got[2] or not got[2].startswith(AWS):
            wrong.append((text, state, got))
    assert wrong == []


def test_every_answers_code_becomes_its_state(connect: Callable) -> None:
    statement = odbc.Statement(connect(NumRetries="0"))
    wrong = []
    for kind, code, text, state in ROWS:
        if kind != "answer" or not code or text or code in AGAIN:
            continue
        got = only_record(statement, f"-- athena-local: fail_start={code}\nSELECT 1")
        if got[0] != state or f"({code}" not in got[2] or not got[2].startswith(AWS):
            wrong.append((code, state, got))
    assert wrong == []
    statement.check(statement.free())


# ---- statements that fail by themselves ----

FAILING = [
    ("SELECT * FROM no_such_table", "42S02", "no_such_table"),
    ("SELECT * FROM no_such_schema.t", "3F000", "no_such_schema"),
    ("INSERT INTO no_such_table VALUES (1)", "42S02", "no_such_table"),
    ("SELECT nope FROM zones", "42S22", "nope"),
    ("SELECT z.nope FROM zones z", "42S22", "nope"),
    ("SELEC 1", "42000", "mismatched input"),
    ("SELECT 1 FROM", "42000", "mismatched input"),
    ("SELECT 1; SELECT 2", "42000", "Only one sql statement"),
    ("", "42000", "empty"),
    (" ; -- nothing\n", "42000", ""),
    ("SELECT no_such_function(1)", "42000", "no_such_function"),
    ("SELECT 1 + 'x'", "42000", ""),
    ("SELECT name, count(*) FROM zones", "42000", ""),
    ("SELECT 1 AS a UNION SELECT 1, 2", "42000", ""),
    ("CREATE TABLE taxi_trips AS SELECT 1 AS a", "42S01", "already exists"),
    ("CREATE SCHEMA sample", "42S01", "already exists"),
    ("SELECT 1/0", "22012", "Division by zero"),
    ("SELECT CAST('abc' AS integer)", "22018", "Cannot cast"),
    ("SELECT CAST('2024-02-30' AS date)", "22007", "cannot be cast to date"),
    ("SELECT CAST('12:61:00' AS time)", "22007", ""),
    ("SELECT CAST(9223372036854775807 AS bigint) + 1", "22003", ""),
    ("SELECT CAST(300 AS tinyint)", "22003", "Out of range for tinyint: 300"),
    ("SELECT TINYINT '127' + TINYINT '1'", "22003", "overflow"),
    ("SELECT CAST(DECIMAL '123.45' AS decimal(3,2))", "22003", "Cannot cast"),
    ("SELECT DATE '2024-13-01'", "22007", "2024-13-01"),
    ("SELECT date_parse('abc', '%Y')", "22007", "Invalid format"),
    ("SELECT 'a' LIKE 'b' ESCAPE 'xx'", "22019", "single character"),
    ("SELECT 'b' LIKE 'bx' ESCAPE 'x'", "22025", "Escape character"),
    ("SELECT json_parse('{')", "22023", "JSON"),
    ("SELECT * FROM (SELECT 1) AS t (a, b)", "21S02", "2 entries"),
    ("INSERT INTO taxi_trips VALUES (1, 2)", "21S01", "mismatched column types"),
    ("INSERT INTO taxi_trips (nope) VALUES (1)", "42S22", "nope"),
    ("CREATE TABLE never_made AS SELECT 1 AS a, 2 AS a", "42S21", "more than once"),
    ("CREATE TABLE never_made AS SELECT NULL AS a", "42000", "unknown"),
    ("SELECT id FROM zones a, zones b", "42000", "ambiguous"),
    ("SELECT * FROM no_catalog.sample.zones", "3D000", "no_catalog"),
    ("DROP TABLE no_such_table", "42S02", "no_such_table"),
    ("DROP VIEW no_such_view", "42S02", "no_such_view"),
    ("DROP DATABASE no_such_database", "3F000", "no_such_database"),
    ("DROP DATABASE sample", "HY000", "CASCADE"),
    ("DESCRIBE no_such_table", "42S02", "no_such_table"),
    ("SHOW TABLES IN no_such_database", "3F000", "no_such_database"),
    ("ALTER TABLE no_such_table ADD COLUMNS (a int)", "42S02", "no_such_table"),
    ("CREATE EXTERNAL TABLE taxi_trips (a int) LOCATION 's3://b/p/'", "42S01", "already exists"),
    ("UPDATE zones SET name = 'x'", "42000", "transactional"),
    ("EXECUTE no_such_statement", "42000", "no_such_statement"),
    ("DEALLOCATE PREPARE no_such_statement", "42000", "no_such_statement"),
    ("GRANT SELECT ON zones TO x", "42000", "not supported"),
    ("SELECT (SELECT trip_id FROM taxi_trips)", "21000", "multiple rows"),
    ("SELECT ?", "07002", "not bound"),
    ("{call {fn}", "42000", ""),
]


@pytest.mark.parametrize("sql, state, words", FAILING, ids=[f[0][:40] or "empty" for f in FAILING])
def test_statements_that_fail(both: odbc.Statement, sql: str, state: str, words: str) -> None:
    got = only_record(both, sql, both.is_wide)
    assert got[0] == state, got
    assert words in got[2]
    assert got[2].startswith((DRIVER, AWS))
    assert both.query("SELECT 1", both.is_wide) == [("1",)], "the statement is as good as new"


@pytest.mark.parametrize("options, state, words", [
    ({"PWD": "wrong"}, "28000", "PWD"), ({"UID": "nobody"}, "28000", "UID"),
    ({"AwsRegion": "eu-west-1"}, "08004", "AwsRegion"),
    ({"Workgroup": "no_such"}, "HY024", "Workgroup"),
    ({"EndpointOverride": "http://127.0.0.1:1"}, "08001", "127.0.0.1"),
    ({"UID": None, "PWD": None}, "28000", ""),
], ids=lambda value: next(iter(value)) if isinstance(value, dict) else "")
def test_connections_that_fail(env: odbc.Env, connection_string: Callable, options: dict,
                               state: str, words: str) -> None:
    for wide in (False, True):
        connection = odbc.Connection(env)
        connection.check(connection.connect(connection_string(NumRetries="0", **options), wide),
                         odbc.ERROR)
        assert connection.states() == [state], connection.diagnostics()
        assert words in connection.diagnostics()[0][2]
        connection.check(connection.free())


def test_cancelled_and_timed_out(statement: odbc.Statement) -> None:
    slow = "-- athena-local: run_ms=20000\nSELECT 1"
    canceller = threading.Thread(target=lambda: (time.sleep(0.3), statement.cancel()))
    canceller.start()
    assert only_record(statement, slow)[0] == "HY008"
    canceller.join()
    statement.check(statement.set(odbc.ATTR_QUERY_TIMEOUT, 1))
    assert only_record(statement, slow)[0] == "HYT00"
    statement.check(statement.set(odbc.ATTR_QUERY_TIMEOUT, 0))
    assert only_record(statement, "-- athena-local: cancel\nSELECT 1")[0] == "HY008"


# ---- the header ----

FUNCTIONS = [  # statement, SQL_DIAG_DYNAMIC_FUNCTION and its code, rows that it changes
    ("SELECT 1", "SELECT CURSOR", 85, -1),
    ("-- first\n(SELECT 1)", "SELECT CURSOR", 85, -1),
    ("WITH x AS (SELECT 1 AS a) SELECT * FROM x", "SELECT CURSOR", 85, -1),
    ("VALUES 1, 2", "SELECT CURSOR", 85, -1),
    ("SHOW TABLES", "", 0, -1),
    ("EXPLAIN SELECT 1", "", 0, -1),
    ("CREATE TABLE diag_made AS SELECT 1 AS a UNION ALL SELECT 2", "CREATE TABLE", 77, 2),
    ("INSERT INTO diag_made VALUES (3), (4), (5)", "INSERT", 50, 3),
    ("INSERT INTO diag_made SELECT 1 WHERE 1 = 0", "INSERT", 50, 0),
    ("CREATE OR REPLACE VIEW diag_view AS SELECT 1 AS a", "CREATE VIEW", 84, -1),
    ("DROP VIEW diag_view", "DROP VIEW", 36, -1),
    ("ALTER TABLE diag_made ADD COLUMNS (b int)", "ALTER TABLE", 4, -1),
    ("DROP TABLE diag_made", "DROP TABLE", 32, -1),
    ("CREATE DATABASE diag_schema", "CREATE SCHEMA", 64, -1),
    ("DROP DATABASE diag_schema", "DROP SCHEMA", 31, -1),
]


def test_functions_and_counts(both: odbc.Statement) -> None:
    for left_over in ("TABLE IF EXISTS diag_made", "VIEW IF EXISTS diag_view",
                      "DATABASE IF EXISTS diag_schema"):
        both.check(both.execute(f"DROP {left_over}"))
    for sql, name, code, rows in FUNCTIONS:
        both.check(both.execute(sql, both.is_wide))
        for wide in {False, both.is_wide}:
            assert both.diag_field(0, "DYNAMIC_FUNCTION", wide) == (odbc.SUCCESS, name), sql
        assert both.diag_field(0, "DYNAMIC_FUNCTION_CODE") == (odbc.SUCCESS, code), sql
        assert both.row_count() == rows, sql
        assert both.diag_field(0, "ROW_COUNT") == (odbc.SUCCESS, rows), sql
        assert both.diag_field(0, "CURSOR_ROW_COUNT") == (odbc.SUCCESS, -1), sql
        assert both.diag_field(0, "NUMBER") == (odbc.SUCCESS, 0), sql
        assert both.diag_field(0, "RETURNCODE") == (odbc.SUCCESS, odbc.SUCCESS), sql
        both.check(both.close())


@pytest.mark.parametrize("sql, name, code, rc", [
    ("UPDATE trips SET fare = 0 WHERE trip_id < 8", "UPDATE WHERE", 82, odbc.NO_DATA),
    ("DELETE FROM trips WHERE trip_id < 8", "DELETE WHERE", 19, odbc.NO_DATA),
    ("MERGE INTO trips t USING zones z ON t.trip_id = z.id WHEN MATCHED THEN DELETE", "", 0,
     odbc.SUCCESS),
])
@pytest.mark.parametrize("is_direct", [True, False], ids=["direct", "prepared"])
def test_changes_of_rows(statement: odbc.Statement, is_direct: bool, sql: str, name: str, code: int,
                         rc: int) -> None:
    """What an Iceberg table answers. Of searched updates and deletes SQL_NO_DATA means no row."""
    for rows, wanted in ((7, odbc.SUCCESS), (2 ** 33, odbc.SUCCESS), (0, rc)):
        text = f"-- athena-local: updated={rows}\n{sql}"
        if is_direct:
            statement.check(statement.execute(text), wanted)
        else:
            statement.check(statement.prepare(text))
            assert statement.columns() == 0
            statement.check(statement.run(), wanted)
        assert (statement.row_count(), statement.columns()) == (rows, 0)
        assert statement.diag_field(0, "ROW_COUNT") == (odbc.SUCCESS, rows)
        assert statement.diag_field(0, "DYNAMIC_FUNCTION") == (odbc.SUCCESS, name)
        assert statement.diag_field(0, "DYNAMIC_FUNCTION_CODE") == (odbc.SUCCESS, code)
        statement.check(statement.close())


def test_the_count_of_a_select_is_never_0(statement: odbc.Statement) -> None:
    for sql in ("SELECT 1 WHERE 1 = 0", "SELECT trip_id FROM taxi_trips LIMIT 2000", "SHOW TABLES"):
        statement.check(statement.execute(sql))
        assert statement.row_count() == -1, sql
        while statement.fetch() != odbc.NO_DATA:
            pass
        assert statement.row_count() == -1, sql
        statement.check(statement.close())
    statement.check(odbc.lib.SQLTables(statement.value, None, 0, None, 0, None, 0, None, 0))
    assert statement.row_count() == -1


def test_header_after_an_error(both: odbc.Statement) -> None:
    both.check(both.execute("SELECT nope FROM zones"), odbc.ERROR)
    assert both.diag_field(0, "RETURNCODE") == (odbc.SUCCESS, odbc.ERROR)
    assert both.diag_field(0, "NUMBER") == (odbc.SUCCESS, 1)
    assert both.diag_field(0, "DYNAMIC_FUNCTION") == (odbc.SUCCESS, "SELECT CURSOR")


# ---- records ----

ORIGINS = [
    (lambda s: s.execute("SELECT 1/0"), "22012", "ISO 9075", "ISO 9075"),
    (lambda s: s.execute("SELECT * FROM no_such"), "42S02", "ISO 9075", "ODBC 3.0"),
    (lambda s: s.set(odbc.ATTR_MAX_ROWS + 5000, 1), "HY092", "ISO 9075", "ISO 9075"),
]


@pytest.mark.parametrize("call, state, class_origin, subclass_origin", ORIGINS,
                         ids=[o[1] for o in ORIGINS])
def test_fields_of_a_record(both: odbc.Statement, call: Callable, state: str, class_origin: str,
                            subclass_origin: str) -> None:
    both.check(call(both), odbc.ERROR)
    for wide in {False, both.is_wide}:
        fields = {name: both.diag_field(1, name, wide)[1] for name in (
            "SQLSTATE", "CLASS_ORIGIN", "SUBCLASS_ORIGIN", "ROW_NUMBER", "COLUMN_NUMBER",
            "NATIVE", "MESSAGE_TEXT")}
        record = both.diagnostics(both.is_wide)[0]
        assert (fields["SQLSTATE"], fields["NATIVE"], fields["MESSAGE_TEXT"]) == record
        assert (fields["SQLSTATE"], fields["CLASS_ORIGIN"], fields["SUBCLASS_ORIGIN"]) == \
            (state, class_origin, subclass_origin)
        assert fields["ROW_NUMBER"] in (NONE, UNKNOWN)
        assert fields["COLUMN_NUMBER"] in (NONE, UNKNOWN)


def test_native_errors(statement: odbc.Statement) -> None:
    """AthenaError.ErrorType of a query, the HTTP status of an answer, 0 of the driver's own."""
    assert only_record(statement, "SELECT nope FROM zones")[1] == 1006
    assert only_record(statement, "SELEC 1")[1] == 400
    assert only_record(statement, "")[1] == 0


def test_names_of_connection_and_server(env: odbc.Env, configuration: Path, athena: object) -> None:
    """The data source's name, and the region for want of a name of the connection."""
    connection = odbc.Connection(env)
    connection.check(odbc.lib.SQLConnect(connection.value, b"AthenaLocal", odbc.NTS, None, 0, None,
                                         0))
    statement = odbc.Statement(connection)
    statement.check(statement.execute("SELECT 1/0"), odbc.ERROR)
    assert statement.diag_field(1, "SERVER_NAME") == (odbc.SUCCESS, "AthenaLocal")
    assert statement.diag_field(1, "CONNECTION_NAME") == (odbc.SUCCESS, "us-east-1")
    ard = statement.descriptor("ARD")
    ard.check(ard.set(1, "TYPE", 12345), odbc.ERROR)
    assert ard.diag_field(1, "SERVER_NAME") == (odbc.SUCCESS, "AthenaLocal")
    assert ard.diag_field(1, "SQLSTATE") == (odbc.SUCCESS, "HY021")
    assert ard.diag_field(1, "ROW_NUMBER")[0] == odbc.ERROR, "a statement's alone"
    connection.check(connection.set(30999, 1), odbc.ERROR)
    assert connection.diag_field(1, "SERVER_NAME") == (odbc.SUCCESS, "AthenaLocal")
    statement.check(statement.free())
    connection.check(connection.disconnect())
    connection.check(connection.free())


def test_records_of_rows_come_in_their_order(both: odbc.Statement) -> None:
    """By row; within a row errors before warnings."""
    both.check(both.set(odbc.ATTR_ROW_ARRAY_SIZE, 4))
    numbers, texts = (ctypes.c_int * 4)(), ctypes.create_string_buffer(4 * 3)
    lengths = (ctypes.c_ssize_t * 4)()
    both.check(both.bind(1, odbc.C_CHAR, texts, 3, None))
    both.check(both.bind(2, odbc.C_SLONG, numbers, 4, lengths))
    both.check(both.execute(
        "SELECT a, b FROM (VALUES (1, 'ok', '1'), (2, 'long', 'x'), (3, 'ok', '1.5'), "
        "(4, 'longer', 'y')) AS t (n, a, b) ORDER BY n", both.is_wide))
    both.check(both.fetch(), odbc.INFO)
    wanted = [("22018", 2, 2), ("01004", 2, 1), ("01S07", 3, 2), ("22018", 4, 2), ("01004", 4, 1)]
    got = [(both.diag_field(n, "SQLSTATE")[1], both.diag_field(n, "ROW_NUMBER")[1],
            both.diag_field(n, "COLUMN_NUMBER")[1]) for n in range(1, 6)]
    assert got == wanted
    assert both.diag_field(0, "NUMBER") == (odbc.SUCCESS, 5)
    assert both.diag_field(6, "SQLSTATE")[0] == odbc.NO_DATA
    assert both.states() == [w[0] for w in wanted]


@pytest.mark.parametrize("wide", [False, True], ids=["ansi", "wide"])
def test_buffers_that_are_too_short(connect: Callable, wide: bool) -> None:
    statement = odbc.Statement(connect(wide))
    message = only_record(statement, "SELECT nope FROM zones", wide)[2]
    out, length = ctypes.create_string_buffer(64), ctypes.c_short()
    state, native = ctypes.create_string_buffer(12), ctypes.c_int()
    call = odbc.lib.SQLGetDiagRecW if wide else odbc.lib.SQLGetDiagRec

    def get(number: int, room: int) -> int:
        return call(odbc.STMT, statement.value, number, state, ctypes.byref(native), out, room,
                    ctypes.byref(length))

    assert (get(1, 10), length.value) == (odbc.INFO, len(message))
    cut = out.raw[:20].decode("utf-16-le") if wide else out.raw[:10].decode()
    assert cut == message[:9] + "\0"
    assert get(1, 0) in (odbc.INFO, odbc.SUCCESS)
    assert length.value == len(message)
    assert get(2, 10) == odbc.NO_DATA
    assert get(0, 10) == odbc.ERROR
    assert get(-1, 10) == odbc.ERROR
    assert get(1, -1) == odbc.ERROR
    assert statement.states() == ["42S22"], "reading leaves them as they are"
    statement.check(statement.free())


def test_the_next_call_clears(both: odbc.Statement) -> None:
    both.check(both.execute("SELECT 1/0", both.is_wide), odbc.ERROR)
    assert both.states() == ["22012"]
    both.check(both.set(odbc.ATTR_MAX_ROWS, 0))
    assert both.states() == []
    assert both.diag_field(1, "SQLSTATE")[0] == odbc.NO_DATA


@pytest.mark.parametrize("wide", [False, True], ids=["ansi", "wide"])
def test_sqlerror_drains(connect: Callable, wide: bool) -> None:
    """ODBC 2's function takes each record away."""
    statement = odbc.Statement(connect(wide))
    statement.check(statement.set(odbc.ATTR_ROW_ARRAY_SIZE, 2))
    numbers = (ctypes.c_int * 2)()
    statement.check(statement.bind(1, odbc.C_SLONG, numbers, 4, None))
    statement.check(statement.execute("SELECT * FROM (VALUES 'x', 'y') AS t (a)"))
    statement.check(statement.fetch(), odbc.INFO, odbc.ERROR)
    call = odbc.lib.SQLErrorW if wide else odbc.lib.SQLError
    seen = []
    while True:
        state, text = ctypes.create_string_buffer(12), ctypes.create_string_buffer(2048)
        native, length = ctypes.c_int(), ctypes.c_short()
        rc = call(None, None, statement.value, state, ctypes.byref(native), text, 1024,
                  ctypes.byref(length))
        if rc == odbc.NO_DATA:
            break
        assert rc == odbc.SUCCESS
        seen.append(state.raw[:10].decode("utf-16-le") if wide else state.value.decode())
        assert length.value > len(DRIVER)
    assert seen == ["22018", "22018"]
    statement.check(statement.free())


def test_long_messages_are_cut_at_a_character(both: odbc.Statement) -> None:
    """And what the driver adds (query id, hint) is still there."""
    reason = "TABLE_NOT_FOUND: " + "größe " * 500
    got = only_record(both, f'-- athena-local: fail="{reason}"\nSELECT 1', both.is_wide)
    assert got[0] == "42S02"
    assert "größe" in got[2] and "(query " in got[2] and "�" not in got[2]
