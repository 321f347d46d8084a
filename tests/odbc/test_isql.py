"""isql, the program that comes with unixODBC."""

from __future__ import annotations


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
