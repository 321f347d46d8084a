"""isql and iusql, the programs that come with unixODBC, with their options and commands."""

from __future__ import annotations

import pytest
from conftest import RUNTIME


def test_accented_text_and_emoji(isql) -> None:
    printed = isql("SELECT 'Žluťoučký kůň 🐎' AS koník, 'naïve' AS \"číslo\"")
    assert "Žluťoučký kůň 🐎" in printed
    assert "naïve" in printed
    assert "koník" in printed
    assert "1 rows fetched" in printed


def test_rows_of_a_table(isql) -> None:
    printed = isql("SELECT payment, count(*) AS trips FROM taxi_trips GROUP BY payment ORDER BY 1")
    assert "trips" in printed
    assert "rows fetched" in printed


def test_every_type(isql) -> None:
    printed = isql("SELECT * FROM all_types")
    assert "rows fetched" in printed
    assert "[ISQL]ERROR" not in printed


def test_error_is_readable(isql) -> None:
    printed = isql("SELECT * FROM no_such_table", "-v", "-3")
    assert "42S02" in printed
    assert "no_such_table" in printed


def test_catalog_commands(isql) -> None:
    printed = isql("help")
    assert "taxi_trips" in printed
    printed = isql("help taxi_trips")
    assert "fare" in printed


def test_several_statements_one_after_the_other(isql) -> None:
    printed = isql("SELECT 1\nSELECT broken\nSELECT 'still here'")
    assert "still here" in printed


ZONES = "SELECT id, name, CAST(NULL AS varchar) AS note FROM zones WHERE id <= 2 ORDER BY id"


@pytest.mark.parametrize("arguments, lines", [
    (("-d|",), ["1|Café de l'Étoile|", "2|Battery Park|"]),
    (("-d,", "-c"), ["id,name,note", "1,Café de l'Étoile,", "2,Battery Park,"]),
    (("-x0x09", "-e"), ["1\tCafé de l'Étoile\t", "2\tBattery Park\t"]),
    (("-d|", "-q", "-3"), ['1|"Café de l\'Étoile"|', '2|"Battery Park"|']),
    (("-d|", "-lC"), ["1|Café de l'Étoile|", "2|Battery Park|"]),
], ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_delimited(isql, arguments: tuple[str, ...], lines: list[str]) -> None:
    assert isql(ZONES, *arguments).splitlines() == lines


@pytest.mark.parametrize("arguments, header", [
    (("-m4",), "| id  | name| note|"), (("-m12",), "| id         | name        | note        |"),
    (("-L20",), "| id         | name                | note                |"),
])
def test_width(isql, arguments: tuple[str, ...], header: str) -> None:
    printed = isql(ZONES, *arguments)
    assert header in printed
    assert "2 rows fetched" in printed


def test_html(isql) -> None:
    printed = isql(ZONES, "-w")
    assert printed.count("<tr>") == 2
    assert "Battery Park" in printed


def test_whole_text_of_unknown_length(isql) -> None:
    printed = isql("SELECT 'ž', CAST('x' AS char(3))", "-k", source=(
        "DSN=AthenaLocal;StringColumnLength=0;ComplexTypeColumnLength=0"))
    assert "1 rows fetched" in printed
    assert "ž" in printed


def test_statements_over_lines_and_transactions(isql) -> None:
    printed = isql("SELECT id,\n name FROM zones\n WHERE id = 2;\n\\noac\nSELECT 'on';\n\\commit\n"
                   "\\rollback\n\\ac\n\\columns zones\n\\quit", "-n", "-v", "-m12")
    assert "Battery Park" in printed
    assert "| on" in printed
    assert "| borough" in printed
    assert "ERROR" not in printed


@pytest.mark.parametrize("command, lines", [
    ('help % "" "" ""', ["AwsDataCatalog||||"]),
    ('help "" "" "" %', ["|||TABLE|", "|||VIEW|"]),
    ("help null sample zon% null", ["AwsDataCatalog|sample|zones|TABLE|"]),
    ('help "" "" zones TABLE', ["AwsDataCatalog|sample|zones|TABLE|"]),
    ("help null sample zones VIEW", []),
    ("help no_such_table", []),
])
def test_help(isql, command: str, lines: list[str]) -> None:
    assert isql(command, "-d|").splitlines() == lines


def test_schemas(isql) -> None:
    printed = isql('help "" % "" ""', "-d|").splitlines()
    assert {"|default|||", "|sample|||"} <= set(printed)


def test_rows_that_changed(isql) -> None:
    printed = isql("DROP TABLE IF EXISTS of_isql\nCREATE TABLE of_isql AS SELECT 1 AS a\n"
                   "INSERT INTO of_isql VALUES (2), (3)\nDROP TABLE of_isql", "-v")
    assert "SQLRowCount returns 2" in printed
    assert "ERROR" not in printed


def test_wrong_key(isql) -> None:
    printed = isql("SELECT 1", "wrong", "secret", "-v")
    assert "[28000]" in printed
    assert "secret" not in printed


# Its own copying of a statement onto itself is an error to AddressSanitizer.
no_iusql = pytest.mark.skipif("asan" in RUNTIME, reason="iusql itself is stopped by AddressSanitizer")


@no_iusql
def test_iusql(isql) -> None:
    """It prints the low byte of a UTF-16 unit, so what can be seen is ASCII."""
    printed = isql("SELECT id, name FROM zones WHERE id = 2\nhelp zones\nSELECT broken\n"
                   "SELECT 'still here'", "-v", "-m14", program="iusql")
    assert "Battery Park" in printed
    assert "borough" in printed
    assert "'broken' cannot be resolved" in printed
    assert "still here" in printed


@no_iusql
def test_iusql_reads_every_type(isql) -> None:
    lines = isql("SELECT * FROM all_types ORDER BY id", "-d|", program="iusql").splitlines()
    assert lines[0].startswith("1|1|1|1|1|1|0.5|0.25|1.0E7|12.30|1.5000000000|0.1000|abc  |hello|")
    assert lines[0].endswith("|[1, 2]|{1=2, 3=4}|{a=1, b=two}|[{name=n, tags={t=[1.5, 2.0E10]}}]")
    assert lines[3] == "4" + 30 * "|"
