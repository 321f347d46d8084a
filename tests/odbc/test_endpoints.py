"""Where services and buckets are: other regions, redirects, who owns a bucket and who pays."""

from __future__ import annotations

from conftest import TOP, tool


def test_the_table_is_botocores() -> None:
    """What tests/unit/endpoints_test.c holds the driver to."""
    table = tool(TOP / "tests" / "tools" / "endpoint-table")
    for name, text in table.files().items():
        assert (table.DATA / name).read_text() == text, f"{name}: run endpoint-table --write"
