"""No injection: random strings, made of what is special somewhere, come back as themselves."""

from __future__ import annotations

import ctypes
import random
from collections.abc import Callable, Iterator

import odbc
import pytest
from emulator_process import EmulatorProcess
from parameter_sets import Sent, bind_texts

PARTS = ["'", "''", '"', "`", "\\", "\\'", "\\\\", "?", "--", "/*", "*/", ";", "\n", "\r\n", "\t",
         " ", "{fn UCASE(", "{d '2024-01-01'}", "{", "}", "%", "_", "$1", ":x", "${x}", "\x01",
         "\x7f", "x", "E'", "X'", "U&'", "NULL", "' OR 1=1 --", "');DROP TABLE t;--", "ž", "日本",
         "😀", "’", "ʼ", "＇", "\u00a0", "\ufeff", "\u2028", "e\u0301", "\U0010ffff"]


def random_texts(seed: int, count: int, longest: int = 60) -> list[str]:
    generator = random.Random(seed)
    return ["".join(generator.choice(PARTS) for _ in range(generator.randrange(longest)))
            for _ in range(count)]


@pytest.fixture(params=[False, True], ids=["ansi", "wide"])
def wide(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.mark.parametrize("seed", range(8))
def test_selected(statement: odbc.Statement, wide: bool, seed: int) -> None:
    """40 to a statement, the longer ones in its text, between markers that are none."""
    texts = random_texts(seed, 39) + ["".join(random_texts(seed + 100, 40))]
    sql = "SELECT " + ", '?' /* ? */, ".join(f"? AS c{i}" for i in range(len(texts))) + " -- ?"
    kept = [bind_texts(statement, i, [text], wide) for i, text in enumerate(texts, 1)]
    row, = statement.query(sql, wide)
    assert list(row[::2]) == texts
    assert set(row[1::2]) == {"?"}
    assert kept


@pytest.mark.parametrize("sql", ["EXPLAIN SELECT ?", "SELECT * FROM (SELECT ? AS v) WHERE v = ?"])
def test_statements_go_on(statement: odbc.Statement, wide: bool, sql: str) -> None:
    """Whatever the value, the statement stays one that Athena can parse."""
    for text in random_texts(7, 10):
        kept = [bind_texts(statement, n, [text], wide) for n in (1, 2)]
        assert statement.query(sql, wide)
        assert kept


@pytest.fixture
def stored(statement: odbc.Statement) -> Iterator[Callable[[], list]]:
    statement.check(statement.execute("DROP TABLE IF EXISTS injected"))
    statement.check(statement.execute("CREATE TABLE injected AS SELECT 'x' AS v WHERE false"))
    yield lambda: [row[0] for row in statement.query("SELECT v FROM injected")]
    statement.check(statement.execute("DROP TABLE injected"))


@pytest.mark.parametrize("seed", range(3))
def test_inserted(statement: odbc.Statement, stored: Callable[[], list], wide: bool,
                  seed: int) -> None:
    """300 as an array of parameters, in one statement."""
    texts = random_texts(seed + 50, 300)
    other = odbc.Statement(statement.parent)
    other.check(other.set(odbc.ATTR_PARAMSET_SIZE, len(texts)))
    kept = bind_texts(other, 1, texts, wide)
    other.check(other.execute("INSERT INTO injected VALUES (?)", wide))
    assert other.row_count() == len(texts)
    other.check(other.free())
    assert sorted(stored()) == sorted(texts)
    assert kept


def test_comments_of_ddl(statement: odbc.Statement, athena: EmulatorProcess, wide: bool) -> None:
    """Hive's dialect, where a backslash escapes."""
    client = Sent(athena).client
    for text in random_texts(11, 12, 12):
        statement.check(statement.execute("DROP DATABASE IF EXISTS injected_db"))
        kept = bind_texts(statement, 1, [text], wide)
        statement.check(statement.execute("CREATE DATABASE injected_db COMMENT ?", wide))
        statement.check(odbc.lib.SQLFreeStmt(statement.value, odbc.RESET_PARAMS))
        statement.check(statement.close())
        found = client.get_database(CatalogName="AwsDataCatalog", DatabaseName="injected_db")
        assert found["Database"].get("Description", "") == text
        assert kept
    statement.check(statement.execute("DROP DATABASE injected_db"))


HALVES = [b"\x3d\xd8", b"\x0e\xdc", b"\x0e\xdc\x3d\xd8", b"a\0\x3d\xd8b\0", b"\x3d\xd8\x3d\xd8\x0e\xdc"]


@pytest.mark.parametrize("units", HALVES, ids=lambda u: u.hex())
def test_half_pairs_are_refused(statement: odbc.Statement, units: bytes) -> None:
    buffer, length = ctypes.create_string_buffer(units), ctypes.c_ssize_t(len(units))
    statement.check(statement.bind_parameter(1, odbc.C_WCHAR, odbc.WVARCHAR, buffer, length))
    assert statement.execute("SELECT ?") == odbc.ERROR
    assert statement.records() == [("22018", 1, 1)]


@pytest.mark.parametrize("data", [b"\xff", b"\xc0\xa7", b"\xed\xa0\x80", b"a\xc5", b"a\0b", b"\0"])
def test_bytes_that_are_no_text_are_refused(statement: odbc.Statement, data: bytes) -> None:
    buffer, length = ctypes.create_string_buffer(data), ctypes.c_ssize_t(len(data))
    statement.check(statement.bind_parameter(1, odbc.C_CHAR, odbc.VARCHAR, buffer, length))
    assert statement.execute("SELECT ?") == odbc.ERROR
    assert statement.records() == [("22018", 1, 1)]
