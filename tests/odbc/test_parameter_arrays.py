"""Arrays of parameters (SQL_ATTR_PARAMSET_SIZE): inserted together, or executed one by one."""

from __future__ import annotations

import ctypes
import os
import select
import threading
import time
from collections.abc import Callable, Iterator

import odbc
import pytest
from emulator_process import EmulatorProcess
from execution_info import attribute
from parameter_sets import TEXT_BYTES, Sent, Sets, results

OK, BAD, UNUSED, UNKNOWN = (odbc.PARAM_SUCCESS, odbc.PARAM_ERROR, odbc.PARAM_UNUSED,
                            odbc.PARAM_DIAG_UNAVAILABLE)
ATTR_EVENT = 29
SELECT = "SELECT ? AS n, ? AS t"
INSERT = "INSERT INTO arrays_made VALUES (?, ?)"
FOUR = [(1, "one"), (2, None), (None, "it's \\ ?"), (4, "ž🐎")]
FOUR_AS_TEXT = [("1", "one"), ("2", None), (None, "it's \\ ?"), ("4", "ž🐎")]


@pytest.fixture(params=[False, True], ids=["waiting", "polling"])
def any_statement(connection: odbc.Connection,
                  request: pytest.FixtureRequest) -> Iterator[odbc.Statement]:
    statement = odbc.Statement(connection, is_async=request.param)
    yield statement
    assert statement.free() == odbc.SUCCESS, "the statement could not be freed"


@pytest.fixture
def table(connection: odbc.Connection) -> Iterator[Callable[[], list]]:
    """The table arrays_made (n integer, t varchar), and what is in it."""
    statement = odbc.Statement(connection)
    statement.check(statement.execute("DROP TABLE IF EXISTS arrays_made"))
    statement.check(statement.execute(
        "CREATE TABLE arrays_made AS SELECT CAST(0 AS integer) AS n, 'zero' AS t"))
    yield lambda: statement.query("SELECT n, t FROM arrays_made WHERE n IS NULL OR n > 0 "
                                  "ORDER BY n NULLS LAST, t")
    statement.check(statement.execute("DROP TABLE arrays_made"))
    assert statement.free() == odbc.SUCCESS


def execute(statement: odbc.Statement, sql: str) -> int:
    return statement.poll(lambda: statement.execute(sql))


BINDINGS = [("by_column", ()), ("by_row", (0,)), ("by_row", (3,))]


@pytest.mark.parametrize("binding, arguments", BINDINGS, ids=["column", "row", "offset"])
def test_a_result_for_each_set(any_statement: odbc.Statement, binding: str,
                               arguments: tuple) -> None:
    sets = getattr(Sets(any_statement, FOUR), binding)(*arguments)
    any_statement.check(execute(any_statement, SELECT))
    assert sets.outcome() == ([OK] * 4, 4)
    assert results(any_statement) == [[row] for row in FOUR_AS_TEXT]


@pytest.mark.parametrize("binding, arguments", BINDINGS, ids=["column", "row", "offset"])
def test_insert_is_one_statement(any_statement: odbc.Statement, athena: EmulatorProcess,
                                 table: Callable[[], list], binding: str,
                                 arguments: tuple) -> None:
    sets = getattr(Sets(any_statement, FOUR), binding)(*arguments)
    sent = Sent(athena)
    any_statement.check(any_statement.prepare(INSERT + " ; -- those"))
    any_statement.check(any_statement.poll(any_statement.run))
    assert sent.texts() == ["INSERT INTO arrays_made VALUES (1, 'one'), (2, NULL), "
                            "(NULL, 'it''s \\ ?'), (4, 'ž🐎')"]
    assert sets.outcome() == ([OK] * 4, 4)
    assert any_statement.row_count() == 4
    assert any_statement.more() == odbc.NO_DATA
    assert sorted(table(), key=str) == sorted(FOUR_AS_TEXT, key=str)


INSERTS = [  # text, what Athena gets for the sets (1, 'a') and (2, 'b')
    ("insert into sample.arrays_made (n, t) values (?, ?)",
     ["insert into sample.arrays_made (n, t) values (1, 'a'), (2, 'b')"]),
    ('INSERT INTO "arrays_made" VALUES (?, ?), (9, upper(?))', None),
    ("INSERT INTO arrays_made VALUES (?, 'x'), (7, ?)",
     ["INSERT INTO arrays_made VALUES (1, 'x'), (7, 'a'), (2, 'x'), (7, 'b')"]),
    ("/* ? */ INSERT INTO arrays_made VALUES (?, concat(?, '(?)'))",
     ["/* ? */ INSERT INTO arrays_made VALUES (1, concat('a', '(?)')), (2, concat('b', '(?)'))"]),
    ("INSERT INTO arrays_made VALUES ({fn ABS(?)}, {fn UCASE(?)})",
     ["INSERT INTO arrays_made VALUES (abs(1), upper('a')), (abs(2), upper('b'))"]),
    ("INSERT INTO arrays_made SELECT ?, ?", ["INSERT INTO arrays_made SELECT ?, ?"] * 2),
    ("INSERT INTO arrays_made VALUES ((SELECT max(n) + ? FROM arrays_made), ?)",
     ["INSERT INTO arrays_made VALUES ((SELECT max(n) + ? FROM arrays_made), ?)"] * 2),
]


@pytest.mark.parametrize("sql, texts", INSERTS, ids=[i[0][:45] for i in INSERTS])
def test_what_can_be_combined(statement: odbc.Statement, athena: EmulatorProcess,
                              table: Callable[[], list], sql: str,
                              texts: list[str] | None) -> None:
    sets = Sets(statement, [(1, "a"), (2, "b")]).by_column()
    sent = Sent(athena)
    if texts is None:
        assert statement.execute(sql) == odbc.ERROR
        assert statement.states() == ["07002"], "three markers"
        assert sent.texts() == []
        return
    statement.check(statement.execute(sql))
    assert sent.texts() == texts
    counts = results(statement)
    assert (len(counts), sum(counts)) == (len(texts) if len(texts) > 1 else 1, len(table()))
    assert sets.outcome()[0] == [OK, OK]


def test_later_sets_see_earlier_ones(statement: odbc.Statement,
                                     table: Callable[[], list]) -> None:
    sets = Sets(statement, [(n, "x") for n in (1, 1, 1)]).by_column()
    statement.check(statement.execute(
        "INSERT INTO arrays_made VALUES ((SELECT max(n) + ? FROM arrays_made), ?)"))
    assert results(statement) == [1, 1, 1]
    assert [row[0] for row in table()] == ["1", "2", "3"]
    assert sets.outcome() == ([OK] * 3, 3)


def test_long_inserts_are_split(any_statement: odbc.Statement, athena: EmulatorProcess,
                                table: Callable[[], list]) -> None:
    """12,000 rows of 61 to 65 bytes: three statements, none too long, nothing lost."""
    many = [(n, f"'{n:09}" + "ž" * 20) for n in range(1, 12001)]
    sets = Sets(any_statement, many).by_column()
    sent = Sent(athena)
    any_statement.check(execute(any_statement, INSERT))
    texts = [text.encode() for text in sent.texts()]
    assert len(texts) == 3
    assert max(map(len, texts)) <= 262144
    assert min(map(len, texts[:2])) > 262144 - 80, "each as long as can be"
    assert any_statement.row_count() == len(many)
    assert sets.outcome() == ([OK] * len(many), len(many))
    assert table() == [(str(n), text) for n, text in many]


IGNORED = [((2,), ["1", "3", "4"]), ((1, 4), ["2", "3"]), ((1, 2, 3), ["4"]), ((4,), ["1", "2", "3"])]


@pytest.mark.parametrize("ignored, left", IGNORED)
def test_ignored_sets(any_statement: odbc.Statement, table: Callable[[], list],
                      ignored: tuple[int, ...], left: list[str]) -> None:
    sets = Sets(any_statement, [(n, "x") for n in (1, 2, 3, 4)], ignored).by_row()
    status = [UNUSED if n in ignored else OK for n in (1, 2, 3, 4)]
    any_statement.check(execute(any_statement, SELECT))
    assert sets.outcome() == (status, 4)
    assert results(any_statement) == [[(n, "x")] for n in left]
    any_statement.check(execute(any_statement, INSERT))
    assert sets.outcome() == (status, 4)
    assert any_statement.row_count() == len(left)
    assert [row[0] for row in table()] == left


@pytest.mark.parametrize("count", [1, 3])
def test_all_ignored(any_statement: odbc.Statement, athena: EmulatorProcess, count: int) -> None:
    sets = Sets(any_statement, [(1, "x")] * count, range(1, count + 1)).by_column()
    sent = Sent(athena)
    any_statement.check(execute(any_statement, SELECT))
    assert sets.outcome() == ([UNUSED] * count, count)
    assert (any_statement.columns(), any_statement.row_count()) == (0, 0)
    assert any_statement.more() == odbc.NO_DATA
    assert sent.texts() == []


BAD_TEXTS = [("x" * 11, "22001"), ("\x00", "22018")]


@pytest.mark.parametrize("text, state", BAD_TEXTS, ids=["long", "nul"])
@pytest.mark.parametrize("sql", [SELECT, INSERT], ids=["select", "insert"])
def test_sets_that_cannot_be_converted(any_statement: odbc.Statement, table: Callable[[], list],
                                       sql: str, text: str, state: str) -> None:
    """They are marked, and the records say which set and which parameter; the others go on."""
    sets = Sets(any_statement, [(1, "a"), (2, text), (3, "c"), (4, text)]).by_column()
    sets.bind(2, odbc.C_CHAR, odbc.VARCHAR, ctypes.addressof(sets.texts), TEXT_BYTES,
              ctypes.addressof(sets.lengths[1]), size=10)
    assert execute(any_statement, sql) == odbc.INFO
    assert any_statement.records() == [(state, 2, 2), (state, 4, 2)]
    assert sets.outcome() == ([OK, BAD, OK, BAD], 4)
    if sql == SELECT:
        assert results(any_statement) == [[("1", "a")], [("3", "c")]]
    else:
        assert any_statement.row_count() == 2
        assert table() == [("1", "a"), ("3", "c")]


@pytest.mark.parametrize("sql", [SELECT, INSERT], ids=["select", "insert"])
def test_without_a_status_array(any_statement: odbc.Statement, table: Callable[[], list],
                                sql: str) -> None:
    """Who does not look at single sets is not told of success when one has failed."""
    sets = Sets(any_statement, [(1, "a"), (2, "\x00"), (3, "c")]).by_column()
    any_statement.check(any_statement.set(odbc.ATTR_PARAM_STATUS_PTR, None))
    assert execute(any_statement, sql) == odbc.ERROR
    assert any_statement.records() == [("22018", 2, 2)]
    assert sets.processed.value == 2
    assert table() == [], "none is executed"
    Sets(any_statement, [(1, "a"), (0, "b"), (4, "c")]).by_column()
    any_statement.check(any_statement.set(odbc.ATTR_PARAM_STATUS_PTR, None))
    assert execute(any_statement, "SELECT 4 / ?, ?") == odbc.ERROR
    assert any_statement.records() == [("22012", 2, -1)]


def test_no_set_can_be_converted(any_statement: odbc.Statement, athena: EmulatorProcess) -> None:
    sets = Sets(any_statement, [(1, "\x00"), (2, "\x00")]).by_column()
    sent = Sent(athena)
    assert execute(any_statement, SELECT) == odbc.ERROR
    assert any_statement.records() == [("22018", 1, 2), ("22018", 2, 2)]
    assert sets.outcome() == ([BAD, BAD], 2)
    assert sent.texts() == []
    sets = Sets(any_statement, [(1, "good")]).by_column()
    assert any_statement.query(SELECT) == [("1", "good")], "the statement is of use again"


def test_sets_that_fail(any_statement: odbc.Statement) -> None:
    """A failure that comes of a set's values leaves the others alone."""
    sets = Sets(any_statement, [(n, "x") for n in (1, 0, 2, 0)]).by_column()
    assert execute(any_statement, "SELECT 4 / ?, ?") == odbc.INFO
    assert any_statement.records() == [("22012", 2, -1), ("22012", 4, -1)]
    assert sets.outcome() == ([OK, BAD, OK, BAD], 4)
    assert results(any_statement) == [[("4", "x")], [("2", "x")]]


def test_all_sets_fail(any_statement: odbc.Statement) -> None:
    sets = Sets(any_statement, [(0, "x")] * 3).by_column()
    assert execute(any_statement, "SELECT 4 / ?, ?") == odbc.ERROR
    assert any_statement.records() == [("22012", n, -1) for n in (1, 2, 3)]
    assert sets.outcome() == ([BAD] * 3, 3)
    assert any_statement.query("SELECT 1") == [("1",)]


@pytest.mark.parametrize("at_once", [1, 2, 50])
@pytest.mark.parametrize("is_async", [False, True], ids=["waiting", "polling"])
def test_a_failure_that_would_meet_all(connect: Callable, athena: EmulatorProcess, at_once: int,
                                       is_async: bool) -> None:
    """No more are started, and the sets behind those that run are said to be unused."""
    statement = odbc.Statement(connect(ParameterSetConcurrency=str(at_once)), is_async=is_async)
    sets = Sets(statement, [(n, "x") for n in (1, 2, 3)]).by_column()
    sent = Sent(athena)
    assert execute(statement, "INSERT INTO no_such_table SELECT ?, ?") == odbc.ERROR
    ran = len(sent.texts())
    assert ran == min(at_once, 3)
    assert statement.records() == [("42S02", n, -1) for n in range(1, ran + 1)]
    assert sets.outcome() == ([BAD] * ran + [UNUSED] * (3 - ran), ran)
    statement.check(statement.free())


def test_a_failed_insert_of_many(any_statement: odbc.Statement, table: Callable[[], list]) -> None:
    """None of its rows is there; which of them is to blame is not known."""
    sets = Sets(any_statement, [(n, "x") for n in (1, 0, 3)]).by_column()
    assert execute(any_statement, "INSERT INTO arrays_made VALUES (4 / ?, ?)") == odbc.ERROR
    assert any_statement.records() == [("22012", -2, -1)]
    assert "sets of parameters 1 to 3" in any_statement.diagnostics()[0][2]
    assert sets.outcome() == ([BAD] * 3, 3)
    assert table() == []


def test_more_results_than_are_open_at_a_time(any_statement: odbc.Statement) -> None:
    """Each as long as a page and more, in order, and a set that fails among them."""
    sets = Sets(any_statement, [(n, f"set {n}") for n in range(30)]).by_row()
    sql = ("SELECT x / ?, ? FROM (SELECT 30 AS x, unnest_at.i FROM "
           "UNNEST(sequence(1, 300)) AS unnest_at(i))")
    assert execute(any_statement, sql) == odbc.INFO
    assert any_statement.records() == [("22012", 1, -1)]
    assert sets.outcome() == ([BAD] + [OK] * 29, 30)
    found = results(any_statement)
    assert found == [[(str(30 // n), f"set {n}")] * 300 for n in range(1, 30)]


def test_they_run_together(any_statement: odbc.Statement, athena: EmulatorProcess) -> None:
    Sets(any_statement, [(n, "x") for n in range(40)]).by_column()
    any_statement.check(execute(any_statement, SELECT + " /* athena-local: run_ms=300 */"))
    assert len(results(any_statement)) == 40
    assert athena.stats()["queries"]["peak_active"] > 10


TOGETHER = [  # what writes, and answers with a count: of as many rows as the set's number says
    "INSERT INTO arrays_made SELECT CAST(i AS integer), ? FROM UNNEST(sequence(1, ?)) AS u(i)",
    "UPDATE lake SET t = ? WHERE n = ? /* athena-local: updated=3 */",
    "DELETE FROM lake WHERE t = ? AND n = ? /* athena-local: updated=3 */",
    "MERGE INTO lake USING (SELECT ? AS t, ? AS n) AS s ON lake.n = s.n WHEN MATCHED THEN UPDATE SET "
    "t = s.t /* athena-local: updated=3 */",
]


@pytest.mark.parametrize("sql", TOGETHER, ids=[sql.split()[0] for sql in TOGETHER])
def test_what_writes_runs_together(any_statement: odbc.Statement, athena: EmulatorProcess,
                                   table: Callable[[], list], sql: str) -> None:
    """The counts come in the order of the sets, whichever was the first to be ready."""
    sizes = [(n * 7) % 10 + 1 for n in range(20)]
    sets = Sets(any_statement, [(n, "x") for n in sizes]).by_column()
    at = ctypes.addressof
    sets.bind(2, odbc.C_LONG, odbc.INTEGER, at(sets.numbers), 0, at(sets.lengths[0]))
    sets.bind(1, odbc.C_CHAR, odbc.VARCHAR, at(sets.texts), TEXT_BYTES, at(sets.lengths[1]))
    any_statement.check(execute(any_statement, sql + " /* athena-local: run_ms=300 */"))
    assert athena.stats()["queries"]["peak_active"] > 10
    is_real = sql.startswith("INSERT")
    assert results(any_statement) == (sizes if is_real else [3] * 20)
    assert sets.outcome() == ([OK] * 20, 20)
    assert len(table()) == (sum(sizes) if is_real else 0)


def test_definitions_run_together(any_statement: odbc.Statement, athena: EmulatorProcess) -> None:
    sets = Sets(any_statement, [(n, f"arrays_{n}") for n in range(1, 4)]).by_column()
    assert execute(any_statement, "CREATE TABLE IF NOT EXISTS arrays_twice AS SELECT ? AS n, ? AS t "
                                  "/* athena-local: run_ms=300 */") in (odbc.SUCCESS, odbc.INFO)
    assert sets.outcome()[1] == 3
    assert athena.stats()["queries"]["peak_active"] == 3
    any_statement.check(any_statement.close())
    any_statement.check(any_statement.set(odbc.ATTR_PARAMSET_SIZE, 1))
    any_statement.check(execute(any_statement, "DROP TABLE arrays_twice"))


@pytest.mark.parametrize("verb", ["UPDATE lake SET t = ?", "DELETE FROM lake WHERE t = ?"])
def test_commits_that_collide(any_statement: odbc.Statement, athena: EmulatorProcess,
                              verb: str) -> None:
    """Iceberg lets one of them through; the others are run again, and none is lost."""
    sets = Sets(any_statement, [(n, "x") for n in range(12)]).by_column()
    sql = (f"{verb} {'WHERE' if 'SET' in verb else 'AND'} n = ? /* athena-local: updated=1 "
           "run_ms=100 writes=lake */")
    assert execute(any_statement, sql) == odbc.INFO
    status, processed = sets.outcome()
    again = [n for n, one in enumerate(status, 1) if one == odbc.PARAM_SUCCESS_WITH_INFO]
    assert again and processed == 12
    assert all(one in (OK, odbc.PARAM_SUCCESS_WITH_INFO) for one in status)
    assert any_statement.records() == [("01000", n, -2) for n in again]
    assert results(any_statement) == [1] * 12
    queries = athena.stats()["queries"]
    assert queries["succeeded"] == 12
    assert 12 < queries["started"] <= 24 and queries["failed"] == queries["started"] - 12


def test_columns_that_do_not_fit_would_meet_all(connect: Callable, athena: EmulatorProcess,
                                                table: Callable[[], list]) -> None:
    """21S01 is the statement's, where 21000 may be that of a set's values."""
    statement = odbc.Statement(connect(ParameterSetConcurrency="1"))
    sets = Sets(statement, [(n, "x") for n in range(3)]).by_column()
    assert statement.execute("INSERT INTO arrays_made SELECT ?, ?, 1") == odbc.ERROR
    assert statement.records() == [("21S01", 1, -1)]
    assert sets.outcome() == ([BAD, UNUSED, UNUSED], 1)
    statement.check(statement.free())


def test_collisions_among_failures(any_statement: odbc.Statement, athena: EmulatorProcess) -> None:
    """A commit that goes on being refused is the set's failure."""
    sets = Sets(any_statement, [(n, "x") for n in range(3)]).by_column()
    assert execute(any_statement, "UPDATE lake SET n = ? WHERE t = ? /* athena-local: "
                                  'fail="ICEBERG_COMMIT_ERROR: Failed to commit" */') == odbc.ERROR
    assert {state for state, _, _ in any_statement.records()} == {"40001"}
    assert sets.outcome() == ([BAD] * 3, 3)
    assert athena.stats()["queries"]["started"] == 4, "the first again, which fails for good"


def test_in_order(connect: Callable, athena: EmulatorProcess, table: Callable[[], list]) -> None:
    statement = odbc.Statement(connect(ParameterSetConcurrency="1"))
    Sets(statement, [(n, "x") for n in range(5)]).by_column()
    for sql in (SELECT, WRITE):
        athena.reset()
        statement.check(statement.execute(sql))
        assert len(results(statement)) == 5
        assert athena.stats()["queries"]["peak_active"] == 1
    assert len(table()) == 4
    statement.check(statement.free())


def test_polling_does_not_wait(async_statement: odbc.Statement) -> None:
    """SQLExecDirect is deferred, and all behind it is there at once."""
    Sets(async_statement, [(n, "x") for n in range(6)]).by_column()
    sql = SELECT + " /* athena-local: run_ms=200 */"
    assert async_statement.execute(sql) == odbc.STILL_EXECUTING
    async_statement.check(execute(async_statement, sql))
    assert async_statement.polls > 0
    took_s = []
    for number in range(6):
        begun = time.monotonic()
        assert async_statement.fetch() == odbc.SUCCESS, "not deferred"
        assert async_statement.text(1) == str(number)
        assert async_statement.fetch() == odbc.NO_DATA
        assert async_statement.more() == (odbc.SUCCESS if number < 5 else odbc.NO_DATA)
        took_s.append(time.monotonic() - begun)
    assert sorted(took_s)[2] < 0.1, "a busy machine interrupts some of them"


@pytest.mark.parametrize("sql", [SELECT, INSERT], ids=["select", "insert"])
def test_notification(async_statement: odbc.Statement, table: Callable[[], list],
                      sql: str) -> None:
    """One signal for all sets, and then the call has its outcome."""
    event = os.eventfd(0, os.EFD_NONBLOCK)
    async_statement.check(async_statement.set(ATTR_EVENT, event))
    Sets(async_statement, [(n, "x") for n in range(1, 13)]).by_column()
    assert async_statement.execute(sql) == odbc.STILL_EXECUTING
    assert select.select([event], [], [], 20)[0]
    async_statement.check(async_statement.execute(sql))
    assert os.eventfd_read(event) == 1
    assert results(async_statement) == (
        [12] if sql == INSERT else [[(str(n), "x")] for n in range(1, 13)])
    assert not select.select([event], [], [], 0.1)[0], "nothing else was deferred"
    async_statement.check(async_statement.set(ATTR_EVENT, None))
    os.close(event)
    assert len(table()) == (12 if sql == INSERT else 0)


LONG = " /* athena-local: run_ms=20000 */"


WRITE = "INSERT INTO arrays_made SELECT ?, ?"
CANCELLED = [  # what a cancel leaves behind: status of each set, rows that may have been written
    (SELECT, "50", [BAD] * 3, 0), (INSERT, "50", [UNKNOWN] * 3, 3), (WRITE, "50", [UNKNOWN] * 3, 3),
    (WRITE, "1", [UNKNOWN, UNUSED, UNUSED], 1),
]


@pytest.mark.parametrize("sql, at_once, status, most", CANCELLED,
                         ids=["select", "insert", "together", "in order"])
def test_cancel_stops_all(connect: Callable, athena: EmulatorProcess, table: Callable[[], list],
                          sql: str, at_once: str, status: list[int], most: int) -> None:
    async_statement = odbc.Statement(connect(ParameterSetConcurrency=at_once), is_async=True)
    sets = Sets(async_statement, [(n, "x") for n in (1, 2, 3)]).by_column()
    sql = LONG + sql
    assert async_statement.execute(sql) == odbc.STILL_EXECUTING
    while not athena.stats()["queries"]["active"]:
        time.sleep(0.01)
    time.sleep(0.2)
    async_statement.check(async_statement.cancel())
    assert execute(async_statement, sql) == odbc.ERROR
    assert async_statement.states() == ["HY008"]
    assert sets.outcome()[0] == status
    until_idle(athena)
    assert len(table()) <= most
    async_statement.check(async_statement.free())


def until_idle(athena: EmulatorProcess) -> None:
    """Everything has been stopped, long before it would have ended."""
    deadline = time.monotonic() + 10
    while athena.stats()["queries"]["active"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_cancel_of_a_waiting_call(statement: odbc.Statement, athena: EmulatorProcess) -> None:
    sets = Sets(statement, [(n, "x") for n in (1, 2, 3)]).by_column()
    timer = threading.Timer(0.5, statement.cancel)
    timer.start()
    assert statement.execute(LONG + SELECT) == odbc.ERROR
    timer.join()
    assert statement.states() == ["HY008"]
    assert sets.outcome()[0] == [BAD] * 3
    until_idle(athena)


def test_time_out_stops_all(any_statement: odbc.Statement, athena: EmulatorProcess) -> None:
    any_statement.check(any_statement.set(odbc.ATTR_QUERY_TIMEOUT, 1))
    sets = Sets(any_statement, [(n, "x") for n in (1, 2, 3)]).by_column()
    assert execute(any_statement, LONG + SELECT) == odbc.ERROR
    assert any_statement.states() == ["HYT00"]
    assert sets.outcome()[0] == [BAD] * 3
    until_idle(athena)


@pytest.mark.parametrize("fetched", [0, 1, 4])
def test_close_in_the_middle(any_statement: odbc.Statement, fetched: int) -> None:
    """SQLFreeStmt(SQL_CLOSE) drops the results that are left."""
    Sets(any_statement, [(n, "x") for n in range(20)]).by_column()
    for _ in range(2):
        any_statement.check(execute(any_statement, SELECT))
        for _ in range(fetched):
            any_statement.check(any_statement.more())
        any_statement.check(any_statement.close())


def test_free_while_pending(connection: odbc.Connection, athena: EmulatorProcess) -> None:
    statement = odbc.Statement(connection, is_async=True)
    sets = Sets(statement, [(n, "x") for n in range(20)]).by_column()
    assert statement.execute(LONG + SELECT) == odbc.STILL_EXECUTING
    connection.check(connection.disconnect())
    assert sets.count == 20
    until_idle(athena)


@pytest.mark.parametrize("binding", ["by_column", "by_row"])
def test_data_at_execution(any_statement: odbc.Statement, binding: str) -> None:
    """Asked for set by set; the token is the address of the element."""
    sets = getattr(Sets(any_statement, FOUR, ignored=[3]), binding)()
    late = [1, 4]
    for number in late:
        if binding == "by_column":
            sets.lengths[1][number - 1] = odbc.DATA_AT_EXEC
        else:
            sets.rows[number - 1].text_length = odbc.DATA_AT_EXEC
    stride = TEXT_BYTES if binding == "by_column" else ctypes.sizeof(sets.rows[0])
    base = (ctypes.addressof(sets.texts) if binding == "by_column"
            else ctypes.addressof(sets.rows) + type(sets.rows[0]).text.offset)
    assert any_statement.execute(SELECT) == odbc.NEED_DATA
    for number in late:
        assert any_statement.param_data() == (odbc.NEED_DATA, base + stride * (number - 1))
        assert sets.processed.value == number
        any_statement.check(any_statement.put_data(b"late "))
        any_statement.check(any_statement.put_data(str(number).encode()))
    any_statement.check(any_statement.param_data()[0])
    assert sets.outcome() == ([OK, OK, UNUSED, OK], 4)
    assert results(any_statement) == [[("1", "late 1")], [("2", None)], [("4", "late 4")]]


def test_one_set_again(any_statement: odbc.Statement) -> None:
    """The array's size is looked at with each execution."""
    sets = Sets(any_statement, FOUR).by_column()
    any_statement.check(any_statement.prepare(SELECT))
    for size in (4, 1, 2):
        any_statement.check(any_statement.set(odbc.ATTR_PARAMSET_SIZE, size))
        any_statement.check(any_statement.poll(any_statement.run))
        assert results(any_statement) == [[row] for row in FOUR_AS_TEXT[:size]]
        assert sets.processed.value == size


def test_rows_are_limited_in_each_result(any_statement: odbc.Statement) -> None:
    """SQL_ATTR_MAX_ROWS"""
    any_statement.check(any_statement.set(odbc.ATTR_MAX_ROWS, 2))
    Sets(any_statement, [(n, "x") for n in (1, 2, 3)]).by_column()
    any_statement.check(execute(any_statement, "SELECT i * ?, ? FROM UNNEST(sequence(1, 4)) AS u(i) "
                                               "ORDER BY i"))
    assert results(any_statement) == [[(str(n), "x"), (str(2 * n), "x")] for n in (1, 2, 3)]


def test_each_result_can_be_scrolled(any_statement: odbc.Statement) -> None:
    any_statement.check(any_statement.set(odbc.ATTR_CURSOR_TYPE, odbc.CURSOR_STATIC))
    Sets(any_statement, [(n, "x") for n in range(1, 13)]).by_column()
    any_statement.check(execute(any_statement, "SELECT i * ?, ? FROM UNNEST(sequence(1, 500)) AS "
                                               "u(i) ORDER BY i"))
    for number in range(1, 13):
        for where, row in ((odbc.FETCH_LAST, 500), (odbc.FETCH_FIRST, 1), (odbc.FETCH_LAST, 500)):
            any_statement.check(any_statement.poll(
                lambda where=where: any_statement.fetch_scroll(where)))
            assert any_statement.text(1) == str(row * number)
        assert any_statement.more() == (odbc.SUCCESS if number < 12 else odbc.NO_DATA)


def test_information_is_the_results(any_statement: odbc.Statement, athena: EmulatorProcess) -> None:
    """What can be read about an execution is about that of the result in turn."""
    Sets(any_statement, [(n, "x") for n in (1, 2, 3)]).by_column()
    sent = Sent(athena)
    any_statement.check(execute(any_statement, SELECT))
    found = {}
    for number in ("1", "2", "3"):
        found[attribute(any_statement, "QUERY_EXECUTION_ID")] = number
        any_statement.check(any_statement.more(), odbc.SUCCESS, odbc.NO_DATA)
    asked = {x["QueryExecutionId"]: x["ExecutionParameters"][0] for x in sent.executions()}
    assert found == asked


def test_without_parameters(any_statement: odbc.Statement) -> None:
    any_statement.check(any_statement.set(odbc.ATTR_PARAMSET_SIZE, 3))
    assert any_statement.query("SELECT 1") == [("1",)]


def test_what_is_claimed(connection: odbc.Connection) -> None:
    """SQL_PARAM_ARRAY_ROW_COUNTS is SQL_PARC_BATCH, SQL_PARAM_ARRAY_SELECTS is SQL_PAS_BATCH."""
    assert [int.from_bytes(connection.info(n), "little") for n in (153, 154)] == [1, 1]


def test_sets_that_are_lost_from_sight(connect: Callable, athena: EmulatorProcess,
                                       table: Callable[[], list]) -> None:
    """Whether the second was started nobody knows; the first has been, the third has not."""
    statement = odbc.Statement(connect(NumRetries="0", ParameterSetConcurrency="1"))
    sets = Sets(statement, [(n, "x") for n in (1, 2, 3)]).by_column()
    athena.faults({"service": "athena", "operation": "StartQueryExecution", "kind": "reset",
                   "when": "before", "skip": 1})
    assert statement.execute("INSERT INTO arrays_made SELECT ?, ?") == odbc.ERROR
    assert statement.records() == [("08S01", 2, -1)]
    assert sets.outcome() == ([OK, UNKNOWN, UNUSED], 2)
    athena.faults()
    assert table() == [("1", "x")]
    statement.check(statement.free())


def test_a_result_that_is_lost(statement: odbc.Statement, athena: EmulatorProcess) -> None:
    """Its columns cannot be fetched ahead: SQLMoreResults says so, and the ones behind are there."""
    athena.faults({"service": "athena", "operation": "GetQueryResults", "kind": "access_denied",
                   "skip": 9, "count": 1})
    sets = Sets(statement, [(n, "x") for n in range(14)]).by_column()
    statement.check(statement.execute(SELECT))
    assert sets.outcome() == ([OK] * 14, 14), "each has been executed"
    found, states = [statement.rows()], []
    while (rc := statement.more()) != odbc.NO_DATA:
        statement.check(rc, odbc.SUCCESS, odbc.ERROR)
        states += statement.states()
        if rc == odbc.SUCCESS:
            found.append(statement.rows())
    assert states == ["42501"]
    assert len(found) == 13
    assert len({str(rows) for rows in found}) == 13


def test_param_options(statement: odbc.Statement) -> None:
    """ODBC 2's way to the same."""
    sets = Sets(statement, FOUR).by_column()
    for attribute in (odbc.ATTR_PARAMSET_SIZE, odbc.ATTR_PARAMS_PROCESSED_PTR):
        statement.check(statement.set(attribute, 1 if attribute == odbc.ATTR_PARAMSET_SIZE else None))
    statement.check(odbc.lib.SQLParamOptions(statement.value, ctypes.c_size_t(3),
                                             ctypes.byref(sets.processed)))
    statement.check(statement.execute(SELECT))
    assert sets.processed.value == 3
    assert results(statement) == [[row] for row in FOUR_AS_TEXT[:3]]


def test_a_great_many_rows(async_statement: odbc.Statement, statement: odbc.Statement,
                           table: Callable[[], list]) -> None:
    """The literals of 20,000 sets are made in the time of a call that may be polled."""
    many = [(n, f"row {n}") for n in range(1, 20001)]
    sets = Sets(async_statement, many).by_row()
    begun = time.thread_time()
    assert async_statement.execute(INSERT) == odbc.STILL_EXECUTING
    assert time.thread_time() - begun < 1.5, "some 0.02 s; sanitizers have longer"
    async_statement.check(execute(async_statement, INSERT))
    assert async_statement.row_count() == len(many)
    assert sets.outcome() == ([OK] * len(many), len(many))
    assert statement.query("SELECT count(*), sum(n), max(t) FROM arrays_made WHERE n > 0") == [
        (str(len(many)), str(sum(n for n, _ in many)), "row 9999")]
    assert table


def resident_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif("ATHENA_SANITIZED" in os.environ, reason="freed memory is kept for a while")
def test_memory_is_bounded(any_statement: odbc.Statement) -> None:
    """Results of 300 MB in all, never more than a window and a little in memory."""
    Sets(any_statement, [(n, "x") for n in range(1, 31)]).by_column()
    before = resident_bytes()
    any_statement.check(execute(
        any_statement, "SELECT lpad(CAST(i * ? AS varchar), 1000, 'abcdefgh'), ? "
                       "FROM UNNEST(sequence(1, 10000)) AS u(i)"))
    for number in range(30):
        rows = 0
        while any_statement.poll(any_statement.fetch) == odbc.SUCCESS:
            rows += 1
        assert rows == 10000
        assert resident_bytes() - before < 100 << 20
        assert any_statement.more() == (odbc.SUCCESS if number < 29 else odbc.NO_DATA)
