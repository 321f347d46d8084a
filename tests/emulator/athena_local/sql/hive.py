"""Hive's data definition language: each statement as a small value, in the order of its grammar."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from .catalog import Column
from .reader import Name, Reader
from .statement import Statement

_INPUT = "org.apache.hadoop.mapred.TextInputFormat"
_OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
_PARQUET = "org.apache.hadoop.hive.ql.io.parquet"
_ORC = "org.apache.hadoop.hive.ql.io.orc"
# STORED AS word -> SerDe, input and output format
FORMATS = {
    "PARQUET": (_PARQUET + ".serde.ParquetHiveSerDe", _PARQUET + ".MapredParquetInputFormat",
                _PARQUET + ".MapredParquetOutputFormat"),
    "TEXTFILE": (LAZY, _INPUT, _OUTPUT),
    "JSON": ("org.openx.data.jsonserde.JsonSerDe", _INPUT, _OUTPUT),
    "ORC": (_ORC + ".OrcSerde", _ORC + ".OrcInputFormat", _ORC + ".OrcOutputFormat"),
    "AVRO": ("org.apache.hadoop.hive.serde2.avro.AvroSerDe",
             "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat",
             "org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat"),
}
_DELIMITERS = {("FIELDS",): "field.delim", ("COLLECTION", "ITEMS"): "collection.delim",
               ("MAP", "KEYS"): "mapkey.delim", ("LINES",): "line.delim"}


@dataclasses.dataclass
class CreateTable:
    name: Name
    if_not_exists: bool = False
    is_external: bool = False
    columns: list[Column] = dataclasses.field(default_factory=list)
    partition_keys: list[Column] = dataclasses.field(default_factory=list)
    comment: str = ""
    serde: str = ""
    serde_params: dict[str, str] = dataclasses.field(default_factory=dict)
    formats: tuple[str, str] = (_INPUT, _OUTPUT)
    location: str = ""
    properties: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class CreateDatabase:
    name: str
    if_not_exists: bool = False
    comment: str = ""
    location: str = ""
    properties: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Drop:
    name: Name
    if_exists: bool = False
    cascade: bool = False


@dataclasses.dataclass
class Alter:
    """action: add_partitions, drop_partitions, rename_partition, set_location,
    set_properties, add_columns, replace_columns; what it needs is in the other members."""

    name: Name
    action: str
    if_exists: bool = False  # of what the action adds or drops
    partitions: list[tuple[dict[str, str], str]] = dataclasses.field(default_factory=list)
    columns: list[Column] = dataclasses.field(default_factory=list)
    properties: dict[str, str] = dataclasses.field(default_factory=dict)
    location: str = ""


@dataclasses.dataclass
class Show:
    name: Name | None = None
    pattern: str | None = None  # Hive's: * and |
    partition: dict[str, str] = dataclasses.field(default_factory=dict)
    is_extended: bool = False
    property: str | None = None


class HiveReader(Reader):
    # Parts that several statements have

    def if_exists(self, *negation: str) -> bool:
        return self.accept("IF", *negation, "EXISTS")

    def columns(self) -> list[Column]:
        """( name type [COMMENT 'text'], ... )"""
        self.expect("(")
        found: list[Column] = []
        while True:
            name = self.identifier()
            if self.accept(":"):
                pass
            kind = self.type()
            comment = self.string() if self.accept("COMMENT") else ""
            found.append(Column(name, kind, comment))
            if not self.accept(","):
                self.expect(")")
                return found

    def properties(self) -> dict[str, str]:
        """( 'key' = 'value', ... )"""
        self.expect("(")
        found = {}
        while True:
            key = self.string()
            self.expect("=")
            found[key] = self.scalar()
            if not self.accept(","):
                self.expect(")")
                return found

    def scalar(self) -> str:
        sign = "-" if self.accept("-") else ""
        token = self.token
        if token.kind == "number" or token.upper in ("TRUE", "FALSE"):
            self.at += 1
            return sign + token.text
        return self.string()

    def partition(self) -> dict[str, str]:
        """( key = value, ... )"""
        self.expect("(")
        found = {}
        while True:
            key = self.identifier()
            if not any(self.accept(op) for op in ("=", "==")):
                raise self.wrong("'='")
            if self.accept("DATE") or self.accept("TIMESTAMP"):
                pass
            found[key] = self.scalar()
            if not self.accept(","):
                self.expect(")")
                return found

    # CREATE TABLE

    def create_table(self) -> CreateTable:
        self.expect("CREATE")
        made = CreateTable((None, ""))
        made.is_external = self.accept("EXTERNAL")
        self.expect("TABLE")
        made.if_not_exists = self.if_exists("NOT")
        made.name = self.name()
        if self.token.text == "(":
            made.columns = self.columns()
        while self.token.kind != "end":
            self._table_clause(made)
        if not made.serde:
            made.serde = LAZY
        return made

    def _table_clause(self, made: CreateTable) -> None:
        if self.accept("COMMENT"):
            made.comment = self.string()
        elif self.accept("PARTITIONED", "BY"):
            made.partition_keys = self.columns()
        elif self.accept("CLUSTERED", "BY"):
            self.expect("(")
            self.text_until_close()
            self.expect("INTO")
            self.scalar()
            self.expect("BUCKETS")
        elif self.accept("ROW", "FORMAT"):
            self._row_format(made)
        elif self.accept("WITH", "SERDEPROPERTIES"):
            made.serde_params.update(self.properties())
        elif self.accept("STORED", "AS"):
            self._stored_as(made)
        elif self.accept("LOCATION"):
            made.location = self.string()
        elif self.accept("TBLPROPERTIES"):
            made.properties = self.properties()
        else:
            raise self.wrong("'COMMENT', 'PARTITIONED', 'CLUSTERED', 'ROW', 'STORED', "
                             "'LOCATION', 'TBLPROPERTIES', <EOF>")

    def _row_format(self, made: CreateTable) -> None:
        if self.accept("SERDE"):
            made.serde = self.string()
            return
        self.expect("DELIMITED")
        made.serde = LAZY
        while True:
            for words, key in _DELIMITERS.items():
                if self.accept(*words, "TERMINATED", "BY"):
                    made.serde_params[key] = self.string()
                    if key == "field.delim":
                        made.serde_params["serialization.format"] = made.serde_params[key]
                        if self.accept("ESCAPED", "BY"):
                            made.serde_params["escape.delim"] = self.string()
                    break
            else:
                if not self.accept("NULL", "DEFINED", "AS"):
                    return
                made.serde_params["serialization.null.format"] = self.string()

    def _stored_as(self, made: CreateTable) -> None:
        if self.accept("INPUTFORMAT"):
            source = self.string()
            self.expect("OUTPUTFORMAT")
            made.formats = (source, self.string())
            return
        word = self.token.upper
        if word not in FORMATS:
            raise self.wrong("'PARQUET', 'TEXTFILE', 'JSON', 'ORC', 'AVRO', 'INPUTFORMAT'")
        self.at += 1
        serde, *formats = FORMATS[word]
        made.formats = tuple(formats)
        if not made.serde or word not in ("TEXTFILE",):
            made.serde = serde

    # Databases

    def create_database(self) -> CreateDatabase:
        self.at = 2
        made = CreateDatabase("", self.if_exists("NOT"))
        made.name = self.identifier()
        while self.token.kind != "end":
            if self.accept("COMMENT"):
                made.comment = self.string()
            elif self.accept("LOCATION"):
                made.location = self.string()
            elif self.accept("WITH", "DBPROPERTIES"):
                made.properties = self.properties()
            else:
                raise self.wrong("'COMMENT', 'LOCATION', 'WITH', <EOF>")
        return made

    def alter_database(self) -> CreateDatabase:
        self.at = 2
        made = CreateDatabase(self.identifier())
        self.expect("SET", "DBPROPERTIES")
        made.properties = self.properties()
        self.end()
        return made

    def drop_table(self) -> Drop:
        self.at = 2
        if_exists = self.if_exists()
        made = Drop(self.name(), if_exists)
        self.accept("PURGE")
        self.end()
        return made

    def drop_database(self) -> Drop:
        self.at = 2
        if_exists = self.if_exists()
        made = Drop((None, self.identifier()), if_exists)
        made.cascade = self.accept("CASCADE")
        self.accept("RESTRICT")
        self.end()
        return made

    # ALTER TABLE

    def alter_table(self) -> Alter:
        self.at = 2
        name = self.name()
        for words, action in _ALTERS.items():
            if self.accept(*words):
                made = action(self, name)
                self.end()
                return made
        raise self.wrong("'ADD', 'DROP', 'PARTITION', 'REPLACE', 'SET'")

    def _add(self, name: Name) -> Alter:
        if self.accept("COLUMNS"):
            return Alter(name, "add_columns", columns=self.columns())
        made = Alter(name, "add_partitions", self.if_exists("NOT"))
        while self.accept("PARTITION"):
            values = self.partition()
            location = self.string() if self.accept("LOCATION") else ""
            made.partitions.append((values, location))
        if not made.partitions:
            raise self.wrong("'COLUMNS', 'IF', 'PARTITION'")
        return made

    def _drop(self, name: Name) -> Alter:
        made = Alter(name, "drop_partitions", self.if_exists())
        while True:
            self.expect("PARTITION")
            made.partitions.append((self.partition(), ""))
            if not self.accept(","):
                return made

    def _set(self, name: Name) -> Alter:
        if self.accept("LOCATION"):
            return Alter(name, "set_location", location=self.string())
        self.expect("TBLPROPERTIES")
        return Alter(name, "set_properties", properties=self.properties())

    def _partition(self, name: Name) -> Alter:
        values = self.partition()
        if self.accept("RENAME", "TO", "PARTITION"):
            return Alter(name, "rename_partition", partitions=[(values, ""),
                                                               (self.partition(), "")])
        self.expect("SET", "LOCATION")
        return Alter(name, "set_location", partitions=[(values, "")], location=self.string())

    def _replace(self, name: Name) -> Alter:
        self.expect("COLUMNS")
        return Alter(name, "replace_columns", columns=self.columns())

    # SHOW, DESCRIBE, MSCK

    def msck(self) -> Show:
        self.at = 3
        made = Show(self.name())
        self.end()
        return made

    def _in(self) -> str | None:
        return self.identifier() if self.accept("IN") or self.accept("FROM") else None

    def show_tables(self) -> Show:
        self.at = 2
        made = Show((self._in(), ""))
        if self.accept("LIKE") or self.token.kind in ("string", "dquote"):
            made.pattern = self.string()
        self.end()
        return made

    def show_columns(self) -> Show:
        self.at = 2
        if not (self.accept("IN") or self.accept("FROM")):
            raise self.wrong("'FROM', 'IN'")
        database, table = self.name()
        made = Show((self._in() or database, table))
        self.end()
        return made

    def show_partitions(self) -> Show:
        self.at = 2
        made = Show(self.name())
        if self.accept("PARTITION"):
            made.partition = self.partition()
        self.end()
        return made

    def show_create(self) -> Show:
        self.at = 3
        made = Show(self.name())
        self.end()
        return made

    def show_tblproperties(self) -> Show:
        self.at = 2
        made = Show(self.name())
        if self.accept("("):
            made.property = self.string()
            self.expect(")")
        self.end()
        return made

    def describe(self) -> Show:
        self.at = 1
        extended = self.accept("EXTENDED") or self.accept("FORMATTED")
        self.accept("TABLE")
        made = Show(self.name(), is_extended=extended)
        if self.accept("PARTITION"):
            made.partition = self.partition()
        self.end()
        return made

    def describe_database(self) -> Show:
        self.at = 2
        self.accept("EXTENDED")
        made = Show((None, self.identifier()))
        self.end()
        return made


_ALTERS: dict[tuple[str, ...], Callable[[HiveReader, Name], Alter]] = {
    ("ADD",): HiveReader._add, ("DROP",): HiveReader._drop, ("SET",): HiveReader._set,
    ("PARTITION",): HiveReader._partition, ("REPLACE",): HiveReader._replace,
}
_READERS: dict[str, Callable[[HiveReader], Any]] = {
    "create_table": HiveReader.create_table, "create_database": HiveReader.create_database,
    "drop_table": HiveReader.drop_table, "drop_database": HiveReader.drop_database,
    "alter_table": HiveReader.alter_table, "alter_database": HiveReader.alter_database,
    "msck": HiveReader.msck, "show_databases": HiveReader.show_tables,
    "show_tables": HiveReader.show_tables, "show_views": HiveReader.show_tables,
    "show_columns": HiveReader.show_columns, "show_partitions": HiveReader.show_partitions,
    "show_create_table": HiveReader.show_create, "show_create_view": HiveReader.show_create,
    "show_tblproperties": HiveReader.show_tblproperties,
    "show_functions": HiveReader.show_tables, "describe": HiveReader.describe,
    "describe_database": HiveReader.describe_database,
}


def is_hive(kind: str) -> bool:
    return kind in _READERS


def parse(statement: Statement) -> Any:
    """The value of a Hive statement; raises GrammarError."""
    return _READERS[statement.kind](HiveReader(statement))
