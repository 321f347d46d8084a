"""Parts of the Athena half as plain functions: types, tokens, dials, pages of a CSV file."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from athena_local.athena import dials, pages  # noqa: E402
from athena_local.sql import hive, lexer, statement, types  # noqa: E402
from athena_local.sql.errors import GrammarError  # noqa: E402


@pytest.mark.parametrize(
    "text, hive_name, trino_name, info",
    [
        ("int", "int", "integer", ("integer", 10, 0)),
        ("STRING", "string", "varchar", ("varchar", 2147483647, 0)),
        ("varchar(10)", "varchar(10)", "varchar(10)", ("varchar", 10, 0)),
        ("char(3)", "char(3)", "char(3)", ("char", 3, 0)),
        ("decimal", "decimal(10,0)", "decimal(10,0)", ("decimal", 10, 0)),
        ("decimal(38, 10)", "decimal(38,10)", "decimal(38,10)", ("decimal", 38, 10)),
        ("float", "float", "real", ("float", 17, 0)),
        ("double precision", "double", "double", ("double", 17, 0)),
        ("binary", "binary", "varbinary", ("varbinary", 1073741824, 0)),
        ("timestamp", "timestamp", "timestamp(3)", ("timestamp", 3, 0)),
        (
            "timestamp(6) with time zone",
            "timestamp(6) with time zone",
            "timestamp(6) with time zone",
            ("timestamp with time zone", 3, 0),
        ),
        (
            "array<struct<a:int,b:map<string,decimal(5,2)>>>",
            "array<struct<a:int,b:map<string,decimal(5,2)>>>",
            "array(row(a integer, b map(varchar, decimal(5,2))))",
            ("array", 0, 0),
        ),
        (
            'row("Odd Name" integer, double)',
            "struct<odd name:int,field1:double>",
            "row(odd name integer, double)",
            ("row", 0, 0),
        ),
        (
            "interval year to month",
            "interval year to month",
            "interval year to month",
            ("interval year to month", 0, 0),
        ),
    ],
)
def test_types(text: str, hive_name: str, trino_name: str, info: tuple) -> None:
    kind = types.parse(text)
    assert (kind.hive(), kind.trino(), kind.info()) == (hive_name, trino_name, info)


@pytest.mark.parametrize("text", ["", "intt", "array<int", "map<int>", "int int", "row()x", "()"])
def test_no_types(text: str) -> None:
    with pytest.raises(types.TypeSyntaxError):
        types.parse(text)


@pytest.mark.parametrize(
    "sql, words",
    [
        ("SELECT 'it''s', \"a\"\"b\" -- c\n /* ; */ FROM t", ["SELECT", "FROM", "T"]),
        ("a.b_1$c", ["A", "B_1$C"]),
        ("'a\\' x 'b'", ["X"]),
    ],
)
def test_tokens(sql: str, words: list[str]) -> None:
    assert [t.upper for t in lexer.tokens(sql) if t.kind == "word"] == words


def test_strings_of_both_dialects() -> None:
    hive_token = lexer.tokens(r"'it\'s \\ \t é'", hive=True)[0]
    assert lexer.unquote(hive_token) == "it's \\ \t é"
    trino_token = lexer.tokens(r"'it''s \n'")[0]
    assert lexer.unquote(trino_token, hive=False) == r"it's \n"
    with pytest.raises(GrammarError, match="line 2:3: mismatched input '''"):
        lexer.tokens("a\n  'open")


def test_create_table_in_all_its_clauses() -> None:
    made = hive.parse(statement.classify(r"""CREATE EXTERNAL TABLE IF NOT EXISTS `d`.`T` (
        `a b` int COMMENT 'it\'s', s struct<x:array<string>,y:decimal(5,2)>)
      COMMENT 'c' PARTITIONED BY (p string) CLUSTERED BY (a) INTO 4 BUCKETS
      ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' ESCAPED BY '\\' LINES TERMINATED BY '\n'
      NULL DEFINED AS '' STORED AS TEXTFILE LOCATION 's3://b/x' TBLPROPERTIES ('k' = 'v')"""))
    assert made.name == ("d", "t") and made.if_not_exists
    assert [(c.name, c.type, c.comment) for c in made.columns] == [
        ("a b", "int", "it's"), ("s", "struct<x:array<string>,y:decimal(5,2)>", "")]
    assert made.serde_params == {
        "field.delim": "\t", "serialization.format": "\t", "escape.delim": "\\",
        "line.delim": "\n", "serialization.null.format": ""}
    assert (made.location, made.properties, made.comment) == ("s3://b/x", {"k": "v"}, "c")


def test_dials() -> None:
    found = dials.parse('SELECT 1 -- athena-local: queue_ms=5 run_ms=7 fail="A: \\"b\\" c"\n')
    assert (found.queue_ms, found.run_ms, found.fail) == (5, 7, 'A: "b" c')
    found = dials.parse("/* athena-local: cancel scanned_bytes=9 */ SELECT 1")
    assert found.cancel and found.scanned_bytes == 9 and found.fail is None
    found = dials.parse('SELECT 1 -- athena-local: column_type="decimal(38,2)"')
    assert found.column_type == "decimal(38,2)"
    assert dials.parse("SELECT 'no dials'") == dials.Dials()
    for bad in ("nope=1", "run_ms=x"):
        with pytest.raises(ValueError):
            dials.parse(f"SELECT 1 -- athena-local: {bad}")


@pytest.mark.parametrize("read_bytes", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_across_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_bytes: int, limit: int
) -> None:
    """Records that span reads, quotes and line breaks inside, NULL beside ''."""
    content = [["a", "b"], ["1", None], [None, ""], ['q"q,\r\n"', "é😀"], ["", None], [None, None]]
    quoted = [["" if c is None else '"' + c.replace('"', '""') + '"' for c in row]
              for row in content]
    path = tmp_path / "x.csv"
    path.write_bytes("".join(",".join(row) + "\n" for row in quoted).encode())
    monkeypatch.setattr(pages, "READ_BYTES", read_bytes)
    rows, at = [], 0
    while at is not None:
        found, at = pages._csv_rows(path, at, limit)
        assert len(found) == limit or at is None
        rows += [[c.get("VarCharValue") for c in row["Data"]] for row in found]
    assert rows == content
