"""The unixODBC driver manager through ctypes: as thin as can be, so that tests see what C sees.

Each function is called as in C and returns its SQLRETURN; `check` and friends add what a test
wants to say about it. Text goes through the ANSI calls as UTF-8 or, with wide=True, through the
W calls as UTF-16.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "tools")]

import known_secrets  # noqa: E402

SUCCESS, INFO, STILL_EXECUTING, NO_DATA, ERROR, INVALID_HANDLE = 0, 1, 2, 100, -1, -2
NAMES = {0: "SQL_SUCCESS", 1: "SQL_SUCCESS_WITH_INFO", 2: "SQL_STILL_EXECUTING",
         100: "SQL_NO_DATA", 99: "SQL_NEED_DATA", -1: "SQL_ERROR", -2: "SQL_INVALID_HANDLE"}
NTS, IS_INTEGER = -3, -6
NULL_DATA = -1
ENV, DBC, STMT, DESC = 1, 2, 3, 4

# C types
C_CHAR, C_WCHAR, C_LONG, C_SLONG, C_SHORT, C_SBIGINT = 1, -8, 4, -16, 5, -25
C_DOUBLE, C_FLOAT, C_BIT, C_BINARY, C_DEFAULT = 8, 7, -7, -2, 99
C_STINYINT, C_SSHORT, C_NUMERIC, C_GUID = -26, -15, 2, -11
C_TYPE_DATE, C_TYPE_TIME, C_TYPE_TIMESTAMP = 91, 92, 93
ARD_TYPE = -99

# attributes and options
ATTR_ODBC_VERSION, OV_ODBC3, OV_ODBC3_80, OV_ODBC2 = 200, 3, 380, 2
ATTR_MAX_LENGTH = 3
ATTR_ASYNC_ENABLE, ATTR_QUERY_TIMEOUT, ATTR_MAX_ROWS, ATTR_ROW_ARRAY_SIZE = 4, 0, 1, 27
ATTR_ROW_BIND_TYPE, ATTR_ROW_BIND_OFFSET_PTR, ATTR_ROW_STATUS_PTR = 5, 23, 25
ATTR_ROWS_FETCHED_PTR, ATTR_LOGIN_TIMEOUT, ATTR_CURRENT_CATALOG = 26, 103, 109
CLOSE, UNBIND, RESET_PARAMS = 0, 2, 3
PARAM_INPUT, PARAM_INPUT_OUTPUT, PARAM_OUTPUT = 1, 2, 4
NEED_DATA, DATA_AT_EXEC, DEFAULT_PARAM = 99, -2, -5
CHAR, DECIMAL, INTEGER, DOUBLE, VARCHAR, WVARCHAR, VARBINARY = 1, 3, 4, 8, 12, -9, -3
ATTR_PARAM_BIND_OFFSET_PTR, ATTR_PARAMSET_SIZE = 17, 22
ATTR_APP_ROW_DESC = 10010
ATTR_PARAM_STATUS_PTR, ATTR_PARAMS_PROCESSED_PTR = 20, 21
ATTR_PARAM_BIND_TYPE, ATTR_PARAM_OPERATION_PTR = 18, 19
PARAM_SUCCESS, PARAM_ERROR, PARAM_SUCCESS_WITH_INFO, PARAM_UNUSED = 0, 5, 6, 7
PARAM_DIAG_UNAVAILABLE, PARAM_IGNORE = 1, 1
FETCH_NEXT, FETCH_FIRST, FETCH_LAST, FETCH_PRIOR = 1, 2, 3, 4
FETCH_ABSOLUTE, FETCH_RELATIVE, FETCH_BOOKMARK = 5, 6, 8
ATTR_CURSOR_TYPE, ATTR_CONCURRENCY, ATTR_USE_BOOKMARKS, ATTR_ROW_NUMBER = 6, 7, 12, 14
ATTR_CURSOR_SCROLLABLE, ATTR_CURSOR_SENSITIVITY, ATTR_FETCH_BOOKMARK_PTR = -1, -2, 16
CURSOR_FORWARD_ONLY, CURSOR_KEYSET_DRIVEN, CURSOR_DYNAMIC, CURSOR_STATIC = 0, 1, 2, 3
UB_OFF, UB_FIXED, UB_VARIABLE = 0, 1, 2
ROWSET_SIZE, GET_BOOKMARK = 9, 13
DRIVER_NOPROMPT = 0
DESC_NAMES = {"label": 18, "type_name": 14, "display_size": 6, "nullable": 1008}
DIAG_SQLSTATE, DIAG_COLUMN_NUMBER, DIAG_ROW_NUMBER = 4, -1247, -1248
ROW_SUCCESS, ROW_NOROW, ROW_ERROR, ROW_SUCCESS_WITH_INFO = 0, 3, 5, 6

lib: Any = None


def load(library: str = "") -> None:
    """Loads the driver manager (or a driver, for once without it).

    ODBCSYSINI and ODBCINI must be set before.
    """
    global lib
    lib = ctypes.CDLL(library or ctypes.util.find_library("odbc") or "libodbc.so.2")
    for name in ("SQLAllocHandle", "SQLFreeHandle", "SQLSetEnvAttr", "SQLDriverConnect",
                 "SQLExecDirect", "SQLFetch", "SQLGetData", "SQLCancel"):
        getattr(lib, name).restype = ctypes.c_short
    lib.SQLSetEnvAttr.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
    lib.SQLSetStmtAttr.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
    lib.SQLSetConnectAttr.argtypes = lib.SQLSetStmtAttr.argtypes
    lib.SQLGetStmtAttr.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_int,
                                   ctypes.c_void_p]
    lib.SQLGetConnectAttr.argtypes = lib.SQLGetStmtAttr.argtypes
    lib.SQLBindCol.argtypes = [ctypes.c_void_p, ctypes.c_ushort, ctypes.c_short, ctypes.c_void_p,
                               ctypes.c_ssize_t, ctypes.c_void_p]
    lib.SQLGetData.argtypes = lib.SQLBindCol.argtypes
    lib.SQLBindParameter.argtypes = [
        ctypes.c_void_p, ctypes.c_ushort, ctypes.c_short, ctypes.c_short, ctypes.c_short,
        ctypes.c_size_t, ctypes.c_short, ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_void_p]
    lib.SQLPutData.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ssize_t]
    lib.SQLParamData.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    lib.SQLFetchScroll.argtypes = [ctypes.c_void_p, ctypes.c_short, ctypes.c_ssize_t]
    lib.SQLExtendedFetch.argtypes = [ctypes.c_void_p, ctypes.c_ushort, ctypes.c_ssize_t,
                                     ctypes.c_void_p, ctypes.c_void_p]
    lib.SQLSetPos.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_ushort, ctypes.c_ushort]
    lib.SQLBulkOperations.argtypes = [ctypes.c_void_p, ctypes.c_short]
    lib.SQLGetInfo.argtypes = [ctypes.c_void_p, ctypes.c_ushort, ctypes.c_void_p, ctypes.c_short,
                               ctypes.c_void_p]
    lib.SQLSetDescField.argtypes = [ctypes.c_void_p, ctypes.c_short, ctypes.c_short,
                                    ctypes.c_void_p, ctypes.c_int]
    lib.SQLGetDescField.argtypes = [*lib.SQLSetDescField.argtypes, ctypes.c_void_p]
    lib.SQLSetDescFieldW.argtypes = lib.SQLSetDescField.argtypes
    lib.SQLGetDescFieldW.argtypes = lib.SQLGetDescField.argtypes
    lib.SQLSetDescRec.argtypes = [ctypes.c_void_p, *[ctypes.c_short] * 3, ctypes.c_ssize_t,
                                  *[ctypes.c_short] * 2, *[ctypes.c_void_p] * 3]
    lib.SQLCopyDesc.argtypes = [ctypes.c_void_p] * 2
    _short_results()


def _short_results() -> None:
    for name in ("SQLSetStmtAttr", "SQLGetStmtAttr", "SQLSetConnectAttr", "SQLGetConnectAttr",
                 "SQLBindCol", "SQLFetchScroll", "SQLExtendedFetch", "SQLSetPos",
                 "SQLBulkOperations", "SQLGetInfo", "SQLGetInfoW", "SQLGetDiagRec",
                 "SQLGetDiagRecW",
                 "SQLGetDiagField", "SQLExecDirectW", "SQLPrepare", "SQLPrepareW", "SQLExecute",
                 "SQLDriverConnectW", "SQLConnect", "SQLDisconnect", "SQLNumResultCols",
                 "SQLDescribeCol", "SQLColAttribute", "SQLRowCount", "SQLMoreResults",
                 "SQLCloseCursor", "SQLFreeStmt", "SQLTables", "SQLColumns", "SQLGetTypeInfo",
                 "SQLGetFunctions", "SQLCancelHandle", "SQLTablesW", "SQLColumnsW",
                 "SQLBindParameter", "SQLPutData", "SQLParamData", "SQLNumParams",
                 "SQLDescribeParam", "SQLSetDescField", "SQLGetDescField", "SQLSetDescFieldW",
                 "SQLGetDescFieldW", "SQLSetDescRec", "SQLGetDescRec", "SQLGetDescRecW",
                 "SQLCopyDesc", "SQLColAttributeW", "SQLColAttributes", "SQLDescribeColW",
                 "SQLGetDiagFieldW", "SQLError", "SQLErrorW", "SQLGetConnectAttrW"):
        if hasattr(lib, name):  # a driver has no functions of ODBC 2
            getattr(lib, name).restype = ctypes.c_short


def utf16(text: str) -> bytes:
    return text.encode("utf-16-le") + b"\0\0"


def call(name: str, *arguments: Any, wide: bool = False) -> int:
    """Any function by its name, or by its W name where wide and where there is one.

    Text (str) goes as UTF-8 or UTF-16, a NUL behind it; numbers fill a register, of which the
    function takes what it needs. A fresh function object each time: no argtypes are in the way.
    """
    wide = wide and hasattr(lib, name + "W")
    function = lib[name + "W" if wide else name]
    function.restype = ctypes.c_short
    return function(*(_argument(a, wide) for a in arguments))


def _argument(value: Any, wide: bool) -> Any:
    if isinstance(value, str):
        return utf16(value) if wide else value.encode() + b"\0"
    return ctypes.c_ssize_t(value) if isinstance(value, int) else value


# What is to happen at once takes no longer, however busy the machine; what it would take if it did
# not is longer.
SOON_S = 12


def eventually(question: Callable[[], bool], limit_s: float = 30) -> bool:
    """Asks until the answer is yes, for what goes on in the background."""
    deadline = time.monotonic() + limit_s
    while not question() and time.monotonic() < deadline:
        time.sleep(0.02)
    return question()


class OdbcError(Exception):
    """A call that ended otherwise than the test said."""


# Diagnostics: the header's fields have negative numbers or come first
DIAG_FIELDS = {
    "CURSOR_ROW_COUNT": (-1249, ctypes.c_ssize_t), "DYNAMIC_FUNCTION": (7, None),
    "DYNAMIC_FUNCTION_CODE": (12, ctypes.c_int), "NUMBER": (2, ctypes.c_int),
    "RETURNCODE": (1, ctypes.c_short), "ROW_COUNT": (3, ctypes.c_ssize_t),
    "CLASS_ORIGIN": (8, None), "COLUMN_NUMBER": (-1247, ctypes.c_int),
    "CONNECTION_NAME": (10, None), "MESSAGE_TEXT": (6, None), "NATIVE": (5, ctypes.c_int),
    "ROW_NUMBER": (-1248, ctypes.c_ssize_t), "SERVER_NAME": (11, None), "SQLSTATE": (4, None),
    "SUBCLASS_ORIGIN": (9, None),
}


class Handle:
    def __init__(self, kind: int, parent: Handle | None) -> None:
        self.kind, self.parent = kind, parent
        self.value = ctypes.c_void_p()
        rc = lib.SQLAllocHandle(kind, parent.value if parent else None, ctypes.byref(self.value))
        if rc != SUCCESS:
            raise OdbcError(f"SQLAllocHandle({kind}): {NAMES.get(rc, rc)}"
                            + (f" {parent.diagnostics()}" if parent else ""))

    def free(self) -> int:
        rc = lib.SQLFreeHandle(self.kind, self.value)
        if rc == SUCCESS:
            self.value = ctypes.c_void_p()
        return rc

    def diagnostics(self, wide: bool = False) -> list[tuple[str, int, str]]:
        """All records: (SQLSTATE, native, text)."""
        found = []
        for number in range(1, 64):
            native, length = ctypes.c_int(), ctypes.c_short()
            if wide:
                state, text = (ctypes.create_string_buffer(2 * n) for n in (6, 4096))
                rc = lib.SQLGetDiagRecW(self.kind, self.value, number, state, ctypes.byref(native),
                                        text, 4096, ctypes.byref(length))
                words = (state.raw[:10].decode("utf-16-le"),
                         text.raw[:2 * length.value].decode("utf-16-le"))
            else:
                state, text = (ctypes.create_string_buffer(n) for n in (6, 8192))
                rc = lib.SQLGetDiagRec(self.kind, self.value, number, state, ctypes.byref(native),
                                       text, 8192, ctypes.byref(length))
                words = state.value.decode(), text.value.decode()
            if rc not in (SUCCESS, INFO):
                break
            found.append((words[0], native.value, words[1]))
        return found

    def records(self) -> list[tuple[str, int, int]]:
        """All records: (SQLSTATE, row, column)."""
        state, row, column = ctypes.create_string_buffer(6), ctypes.c_ssize_t(), ctypes.c_int()
        found: list[tuple[str, int, int]] = []

        def get(field: int, out: Any, room: int) -> int:
            return lib.SQLGetDiagField(self.kind, self.value, len(found) + 1, field, out, room,
                                       None)

        while get(DIAG_SQLSTATE, state, 6) == SUCCESS:
            self.check(get(DIAG_ROW_NUMBER, ctypes.byref(row), 0))
            self.check(get(DIAG_COLUMN_NUMBER, ctypes.byref(column), 0))
            found.append((state.value.decode(), row.value, column.value))
        return found

    def diag_field(self, record: int, field: str, wide: bool = False) -> tuple[int, Any]:
        """SQLGetDiagField: (return code, number or text). Text is read to its end: across ANSI and W
        the manager converts it, and not its length; and it takes a buffer with room for text."""
        number, c_type = DIAG_FIELDS[field]
        call = lib.SQLGetDiagFieldW if wide else lib.SQLGetDiagField
        out = ctypes.create_string_buffer(4096)
        rc = call(self.kind, self.value, record, number, out, IS_INTEGER if c_type else 4096, None)
        if c_type:
            return rc, c_type.from_buffer(out).value
        return rc, out.raw[:_text_bytes(out.raw, wide)].decode("utf-16-le" if wide else "utf-8")

    def states(self) -> list[str]:
        return [record[0] for record in self.diagnostics()]

    def check(self, rc: int, *allowed: int) -> int:
        """rc, which must be among those allowed (SQL_SUCCESS when none are named)."""
        if rc not in (allowed or (SUCCESS,)):
            raise OdbcError(f"{NAMES.get(rc, rc)}: {self.diagnostics()}")
        return rc


class Env(Handle):
    def __init__(self, version: int = OV_ODBC3) -> None:
        super().__init__(ENV, None)
        self.version = version
        self.check(lib.SQLSetEnvAttr(self.value, ATTR_ODBC_VERSION, version, 0))


class Connection(Handle):
    def __init__(self, env: Env) -> None:
        super().__init__(DBC, env)
        self.completed = ""

    def connect(self, text: str, wide: bool = False) -> int:
        """SQLDriverConnect; the completed string is in self.completed afterwards."""
        known_secrets.add_string(text)
        length = ctypes.c_short()
        if wide:
            out = ctypes.create_string_buffer(2 * 8192)
            rc = lib.SQLDriverConnectW(self.value, None, utf16(text), NTS, out, 8192,
                                       ctypes.byref(length), DRIVER_NOPROMPT)
            self.completed = out.raw[:2 * length.value].decode("utf-16-le")
        else:
            out = ctypes.create_string_buffer(8192)
            rc = lib.SQLDriverConnect(self.value, None, text.encode(), NTS, out, 8192,
                                      ctypes.byref(length), DRIVER_NOPROMPT)
            self.completed = out.value.decode()
        return rc

    def set(self, attribute: int, value: Any) -> int:
        return lib.SQLSetConnectAttr(self.value, attribute, value, 0)

    def disconnect(self) -> int:
        return lib.SQLDisconnect(self.value)

    def info(self, number: int) -> bytes:
        out, length = ctypes.create_string_buffer(1024), ctypes.c_short()
        self.check(lib.SQLGetInfo(self.value, number, out, 1024, ctypes.byref(length)))
        return out.raw[:length.value]


# Descriptors: the statement attribute of each kind, and the fields with the C types that hold them
KINDS = {"ARD": 10010, "APD": 10011, "IRD": 10012, "IPD": 10013}
_S, _I, _L, _T = ctypes.c_short, ctypes.c_int, ctypes.c_ssize_t, None  # _T: text
FIELDS = {
    "ALLOC_TYPE": (1099, _S), "ARRAY_SIZE": (20, _L), "ARRAY_STATUS_PTR": (21, _L),
    "BIND_OFFSET_PTR": (24, _L), "BIND_TYPE": (25, _I), "COUNT": (1001, _S),
    "ROWS_PROCESSED_PTR": (34, _L),
    "AUTO_UNIQUE_VALUE": (11, _I), "BASE_COLUMN_NAME": (22, _T), "BASE_TABLE_NAME": (23, _T),
    "CASE_SENSITIVE": (12, _I), "CATALOG_NAME": (17, _T), "CONCISE_TYPE": (2, _S),
    "DATA_PTR": (1010, _L), "DATETIME_INTERVAL_CODE": (1007, _S),
    "DATETIME_INTERVAL_PRECISION": (26, _I), "DISPLAY_SIZE": (6, _L), "FIXED_PREC_SCALE": (9, _S),
    "INDICATOR_PTR": (1009, _L), "LABEL": (18, _T), "LENGTH": (1003, _L),
    "LITERAL_PREFIX": (27, _T), "LITERAL_SUFFIX": (28, _T), "LOCAL_TYPE_NAME": (29, _T),
    "NAME": (1011, _T), "NULLABLE": (1008, _S), "NUM_PREC_RADIX": (32, _I),
    "OCTET_LENGTH": (1013, _L), "OCTET_LENGTH_PTR": (1004, _L), "PARAMETER_TYPE": (33, _S),
    "PRECISION": (1005, _S), "ROWVER": (35, _S), "SCALE": (1006, _S), "SCHEMA_NAME": (16, _T),
    "SEARCHABLE": (13, _S), "TABLE_NAME": (15, _T), "TYPE": (1002, _S), "TYPE_NAME": (14, _T),
    "UNNAMED": (1012, _S), "UNSIGNED": (8, _S), "UPDATABLE": (10, _S),
}


class Descriptor(Handle):
    """One of the application's own or, with a value, one that a statement has."""

    def __init__(self, connection: Connection, value: int | None = None) -> None:
        if value is None:
            super().__init__(DESC, connection)
        else:
            self.kind, self.parent, self.value = DESC, connection, ctypes.c_void_p(value)

    def set(self, record: int, field: str, value: Any, wide: bool = False) -> int:
        """SQLSetDescField: value is the field itself, an address, or text."""
        call, length = (lib.SQLSetDescFieldW if wide else lib.SQLSetDescField), 0
        if isinstance(value, str):
            value, length = utf16(value) if wide else value.encode(), NTS
        return call(self.value, record, FIELDS[field][0], value, length)

    def read(self, record: int, field: str, wide: bool = False) -> tuple[int, Any]:
        """SQLGetDescField: (return code, value); bytes beyond the field's size must not change."""
        number, c_type = FIELDS[field]
        call = lib.SQLGetDescFieldW if wide else lib.SQLGetDescField
        out, length = ctypes.create_string_buffer(b"\x5a" * 512, 512), ctypes.c_int(-1)
        rc = call(self.value, record, number, out, 512, ctypes.byref(length))
        if rc not in (SUCCESS, INFO):
            return rc, None
        if not c_type and wide:
            return rc, out.raw[:length.value].decode("utf-16-le")
        if not c_type:  # on a W connection the manager converts the text, and not its length
            return rc, out.value.decode()
        size = ctypes.sizeof(c_type)
        assert out.raw[size:] == b"\x5a" * (512 - size), f"{field} is {size} bytes long"
        return rc, c_type.from_buffer(out).value

    def get(self, record: int, field: str) -> Any:
        rc, value = self.read(record, field)
        self.check(rc)
        return value

    def set_record(self, record: int, kind: int, subtype: int = 0, length: int = 0,
                   precision: int = 0, scale: int = 0, data: Any = None, octets: Any = None,
                   indicator: Any = None) -> int:
        return lib.SQLSetDescRec(self.value, record, kind, subtype, length, precision, scale, data,
                                 octets, indicator)

    def record(self, number: int) -> tuple[int, tuple[str, int, int, int, int, int, int]]:
        """SQLGetDescRec: name, type, subtype, octet length, precision, scale, nullable."""
        name, name_length = ctypes.create_string_buffer(256), _S()
        kind, subtype, precision, scale, nullable = (_S() for _ in range(5))
        length = _L()
        rc = lib.SQLGetDescRec(self.value, number, name, 256, *map(ctypes.byref, (
            name_length, kind, subtype, length, precision, scale, nullable)))
        return rc, (name.value.decode(), kind.value, subtype.value, length.value, precision.value,
                    scale.value, nullable.value)

    def copy_to(self, target: Descriptor) -> int:
        return lib.SQLCopyDesc(self.value, target.value)


class Statement(Handle):
    def __init__(self, connection: Connection, is_async: bool = False) -> None:
        super().__init__(STMT, connection)
        self.polls = 0
        if is_async:
            self.check(self.set(ATTR_ASYNC_ENABLE, 1))

    def set(self, attribute: int, value: Any) -> int:
        return lib.SQLSetStmtAttr(self.value, attribute, value, 0)

    def get(self, attribute: int) -> int:
        value = ctypes.c_size_t()
        self.check(lib.SQLGetStmtAttr(self.value, attribute, ctypes.byref(value), 8, None))
        return value.value

    def execute(self, sql: str, wide: bool = False) -> int:
        """SQLExecDirect once."""
        if wide:
            return lib.SQLExecDirectW(self.value, utf16(sql), NTS)
        return lib.SQLExecDirect(self.value, sql.encode(), NTS)

    def fetch(self) -> int:
        return lib.SQLFetch(self.value)

    def fetch_scroll(self, orientation: int = FETCH_NEXT, offset: int = 0) -> int:
        return lib.SQLFetchScroll(self.value, orientation, offset)

    def extended_fetch(self, orientation: int, offset: int, rows: Any, status: Any) -> int:
        """rows: a c_size_t, status: an array of c_ushort, as long as the rowset; or None."""
        return lib.SQLExtendedFetch(self.value, orientation, offset,
                                    ctypes.byref(rows) if rows is not None else None, status)

    def set_pos(self, row: int, operation: int = 0, lock: int = 0) -> int:
        return lib.SQLSetPos(self.value, row, operation, lock)

    def bulk(self, operation: int) -> int:
        return lib.SQLBulkOperations(self.value, operation)

    def poll(self, call: Callable[[], int], limit_s: float = 60) -> int:
        """Calls until it is not SQL_STILL_EXECUTING; self.polls counts the calls beyond the first."""
        deadline = time.monotonic() + limit_s
        self.polls = 0
        while (rc := call()) == STILL_EXECUTING:
            if time.monotonic() > deadline:
                raise OdbcError("still executing")
            self.polls += 1
            time.sleep(0.002)
        return rc

    def close(self) -> int:
        return lib.SQLFreeStmt(self.value, CLOSE)

    def cancel(self) -> int:
        return lib.SQLCancel(self.value)

    def descriptor(self, kind: str) -> Descriptor:
        """Its ARD, APD, IRD or IPD that is in force."""
        return Descriptor(self.parent, self.get(KINDS[kind]))

    def more(self) -> int:
        """SQLMoreResults."""
        return lib.SQLMoreResults(self.value)

    def columns(self) -> int:
        count = ctypes.c_short()
        self.check(lib.SQLNumResultCols(self.value, ctypes.byref(count)))
        return count.value

    def row_count(self) -> int:
        count = ctypes.c_ssize_t()
        self.check(lib.SQLRowCount(self.value, ctypes.byref(count)))
        return count.value

    def describe(self, column: int) -> tuple[str, int, int, int, int]:
        """SQLDescribeCol: name, SQL type, size, digits, nullable."""
        name = ctypes.create_string_buffer(512)
        length, kind, digits, nullable = (ctypes.c_short() for _ in range(4))
        size = ctypes.c_size_t()
        self.check(lib.SQLDescribeCol(self.value, column, name, 512, ctypes.byref(length),
                                      ctypes.byref(kind), ctypes.byref(size),
                                      ctypes.byref(digits), ctypes.byref(nullable)))
        return name.value.decode(), kind.value, size.value, digits.value, nullable.value

    def bind(self, column: int, c_type: int, buffer: Any, bytes_each: int, lengths: Any) -> int:
        return lib.SQLBindCol(self.value, column, c_type, buffer, bytes_each, lengths)

    def prepare(self, sql: str, wide: bool = False) -> int:
        if wide:
            return lib.SQLPrepareW(self.value, utf16(sql), NTS)
        return lib.SQLPrepare(self.value, sql.encode(), NTS)

    def run(self) -> int:
        """SQLExecute once."""
        return lib.SQLExecute(self.value)

    def bind_parameter(self, number: int, c_type: int, sql_type: int, buffer: Any,
                       length: Any = None, size: int = 0, digits: int = 0, room: int = 0,
                       direction: int = PARAM_INPUT) -> int:
        """length: a c_ssize_t that lives as long as the binding, or None."""
        return lib.SQLBindParameter(self.value, number, direction, c_type, sql_type, size, digits,
                                    buffer, room, ctypes.byref(length) if length else None)

    def param_data(self) -> tuple[int, int]:
        """SQLParamData: (return code, token)."""
        token = ctypes.c_void_p()
        rc = lib.SQLParamData(self.value, ctypes.byref(token))
        return rc, token.value or 0

    def put_data(self, data: bytes | None, length: int | None = None) -> int:
        size = len(data or b"") if length is None else length
        return lib.SQLPutData(self.value, data, size)

    def parameters(self) -> int:
        count = ctypes.c_short(-1)
        self.check(lib.SQLNumParams(self.value, ctypes.byref(count)))
        return count.value

    def get_data(self, column: int, c_type: int = C_CHAR, room: int = 4096) -> tuple[int, Any, int]:
        """SQLGetData: (return code, bytes that were written, indicator)."""
        out, length = ctypes.create_string_buffer(room), ctypes.c_ssize_t()
        rc = lib.SQLGetData(self.value, column, c_type, out, room, ctypes.byref(length))
        return rc, out.raw, length.value

    def text(self, column: int, wide: bool = False) -> str | None:
        """The whole value of a column of the current row, in as many parts as it takes."""
        whole = b""
        while True:
            rc, data, length = self.get_data(column, C_WCHAR if wide else C_CHAR, 512)
            if rc == NO_DATA:
                break
            self.check(rc, SUCCESS, INFO)
            if length == NULL_DATA:
                return None
            whole += data[:_text_bytes(data, wide)]
            if rc == SUCCESS:
                break
        return whole.decode("utf-16-le" if wide else "utf-8")

    def rows(self, wide: bool = False) -> list[tuple[str | None, ...]]:
        """Every row of the open cursor as text."""
        found = []
        width = self.columns()
        while self.check(self.poll(self.fetch), SUCCESS, INFO, NO_DATA) != NO_DATA:
            found.append(tuple(self.text(c, wide) for c in range(1, width + 1)))
        return found

    def query(self, sql: str, wide: bool = False) -> list[tuple[str | None, ...]]:
        self.check(self.poll(lambda: self.execute(sql, wide)), SUCCESS, INFO)
        found = self.rows(wide)
        self.check(self.close())
        return found


def gather(texts: dict[Statement, str],
           limit_s: float) -> dict[Statement, list[tuple[str | None, ...]]]:
    """Executes the queries of asynchronous statements side by side, by polling; the rows of each.

    What is not done in time is not in them.
    """
    waiting, rows = dict(texts), {}
    deadline = time.monotonic() + limit_s
    while waiting and time.monotonic() < deadline:
        for s, sql in list(waiting.items()):
            rc = s.execute(sql)
            if rc == STILL_EXECUTING:
                continue
            s.check(rc)
            rows[s] = s.rows()
            del waiting[s]
        time.sleep(0.005)
    return rows


def _text_bytes(data: bytes, wide: bool) -> int:
    if not wide:
        return data.index(b"\0")
    return next(i for i in range(0, len(data), 2) if data[i:i + 2] == b"\0\0")


def refusal(env: Env, text: str) -> tuple[str, int, str]:
    """The first diagnostic of a connection that must fail: SQLSTATE, native error, message."""
    connection = Connection(env)
    connection.check(connection.connect(text), ERROR)
    record = connection.diagnostics()[0]
    connection.check(connection.free())
    return record


def answers(connection: Connection) -> bool:
    """Whether the keys of a connection are good for a query."""
    return Statement(connection).query("SELECT 1") == [("1",)]
