"""Arrays of parameters: memory bound by column or by row, with status and operation arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import boto3
import odbc
from emulator_process import ACCESS_KEY, REGION, SECRET_KEY, EmulatorProcess

TEXT_BYTES = 64


class Row(ctypes.Structure):
    """A set of parameters as an application with binding by row has it."""

    _fields_ = [("number", ctypes.c_int), ("number_length", ctypes.c_ssize_t),
                ("text", ctypes.c_char * TEXT_BYTES), ("text_length", ctypes.c_ssize_t)]


class Sets:
    """Sets of (integer, text), either may be None; bound to a statement as parameters 1 and 2."""

    def __init__(self, statement: odbc.Statement, sets: Sequence[tuple[int | None, str | None]],
                 ignored: Sequence[int] = ()) -> None:
        self.statement, self.sets, self.count = statement, sets, len(sets)
        statement.parameter_sets = self  # its memory lives as long as the binding
        self.status = (ctypes.c_ushort * self.count)(*[99] * self.count)
        self.operation = (ctypes.c_ushort * self.count)()
        self.processed = ctypes.c_size_t(99)
        for number in ignored:
            self.operation[number - 1] = odbc.PARAM_IGNORE
        for attribute, value in ((odbc.ATTR_PARAMSET_SIZE, self.count),
                                 (odbc.ATTR_PARAM_STATUS_PTR, ctypes.addressof(self.status)),
                                 (odbc.ATTR_PARAM_OPERATION_PTR,
                                  ctypes.addressof(self.operation)),
                                 (odbc.ATTR_PARAMS_PROCESSED_PTR,
                                  ctypes.addressof(self.processed))):
            statement.check(statement.set(attribute, value))

    def bind(self, number: int, c_type: int, sql_type: int, data: int, room: int, lengths: int,
             size: int = 0) -> None:
        self.statement.check(odbc.lib.SQLBindParameter(
            self.statement.value, number, odbc.PARAM_INPUT, c_type, sql_type, size, 0, data, room,
            lengths))

    def by_column(self) -> Sets:
        self.numbers = (ctypes.c_int * self.count)(*[n or 0 for n, _ in self.sets])
        self.texts = (ctypes.c_char * (TEXT_BYTES * self.count))()
        self.lengths = [(ctypes.c_ssize_t * self.count)() for _ in range(2)]
        for i, (number, text) in enumerate(self.sets):
            data = (text or "").encode()
            self.texts[i * TEXT_BYTES:i * TEXT_BYTES + len(data)] = data
            self.lengths[0][i] = odbc.NULL_DATA if number is None else 0
            self.lengths[1][i] = odbc.NULL_DATA if text is None else len(data)
        at = ctypes.addressof
        self.bind(1, odbc.C_LONG, odbc.INTEGER, at(self.numbers), 0, at(self.lengths[0]))
        self.bind(2, odbc.C_CHAR, odbc.VARCHAR, at(self.texts), TEXT_BYTES, at(self.lengths[1]))
        return self

    def by_row(self, offset: int = 0) -> Sets:
        """offset: rows before the first one that is meant, left out by the bind offset."""
        self.rows = (Row * (self.count + offset))()
        self.offset = ctypes.c_size_t(offset * ctypes.sizeof(Row))
        for row, (number, text) in zip(self.rows[offset:], self.sets):
            row.number, row.text = number or 0, (text or "").encode()
            row.number_length = odbc.NULL_DATA if number is None else 0
            row.text_length = odbc.NULL_DATA if text is None else len((text or "").encode())
        base = ctypes.addressof(self.rows)
        self.statement.check(self.statement.set(odbc.ATTR_PARAM_BIND_TYPE, ctypes.sizeof(Row)))
        self.statement.check(self.statement.set(odbc.ATTR_PARAM_BIND_OFFSET_PTR,
                                                ctypes.addressof(self.offset)))
        self.bind(1, odbc.C_LONG, odbc.INTEGER, base, 0, base + Row.number_length.offset)
        self.bind(2, odbc.C_CHAR, odbc.VARCHAR, base + Row.text.offset, TEXT_BYTES,
                  base + Row.text_length.offset)
        return self

    def outcome(self) -> tuple[list[int], int]:
        """The status array, and how many sets were processed."""
        return list(self.status), self.processed.value


def bind_texts(statement: odbc.Statement, number: int, texts: Sequence[str],
               wide: bool = False) -> tuple:
    """A parameter's texts, one for each set; the memory of the binding, which the caller keeps."""
    encoded = [text.encode("utf-16-le" if wide else "utf-8") for text in texts]
    room = max(map(len, encoded), default=0) + 2
    data = ctypes.create_string_buffer(b"".join(text.ljust(room, b"\0") for text in encoded))
    lengths = (ctypes.c_ssize_t * len(texts))(*map(len, encoded))
    c_type, sql_type = (odbc.C_WCHAR, odbc.WVARCHAR) if wide else (odbc.C_CHAR, odbc.VARCHAR)
    statement.check(odbc.lib.SQLBindParameter(
        statement.value, number, odbc.PARAM_INPUT, c_type, sql_type, 0, 0, data, room, lengths))
    return data, lengths


def results(statement: odbc.Statement, wide: bool = False) -> list[list[tuple]]:
    """The rows of the open cursor and of all results behind it; a count where there are no rows."""
    found = []
    while True:
        found.append(statement.rows(wide) if statement.columns() else statement.row_count())
        if statement.check(statement.more(), odbc.SUCCESS, odbc.NO_DATA) == odbc.NO_DATA:
            return found


class Sent:
    """What Athena is asked to run meanwhile, oldest first."""

    def __init__(self, athena: EmulatorProcess) -> None:
        self.client = boto3.client("athena", region_name=REGION, endpoint_url=athena.url,
                                   aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY)
        self.before = set(self._ids())

    def _ids(self) -> list[str]:
        pages = self.client.get_paginator("list_query_executions").paginate()
        return [i for page in pages for i in page["QueryExecutionIds"]]

    def executions(self) -> list[dict]:
        new = [i for i in self._ids() if i not in self.before]
        found = [self.client.get_query_execution(QueryExecutionId=i)["QueryExecution"]
                 for i in new]
        return sorted(found, key=lambda x: x["Status"]["SubmissionDateTime"])

    def texts(self) -> list[str]:
        return [x["Query"] for x in self.executions()]
