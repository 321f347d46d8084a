"""The driver's own attribute numbers, from its public header, and how their values are read."""

from __future__ import annotations

import ctypes
import re
from pathlib import Path

import odbc

HEADER = Path(__file__).resolve().parents[2] / "include" / "athena_odbc.h"
DEFINES = re.findall(r"#define SQL_ATHENA_ATTR_(\w+)\s+(0x[0-9a-f]+)\s*(?:/\* (\w+))?",
                     HEADER.read_text())
NUMBERS = {name: int(value, 16) for name, value, _ in DEFINES}
KINDS = {name: kind for name, _, kind in DEFINES if kind in ("text", "number", "time")}
IS_POINTER = -4

PROGRESS_CALLBACK = NUMBERS["PROGRESS_CALLBACK"]
PROGRESS_CONTEXT = NUMBERS["PROGRESS_CONTEXT"]


class Progress(ctypes.Structure):
    """struct athena_progress"""

    _fields_ = [("struct_bytes", ctypes.c_size_t),
                ("query_execution_id", ctypes.c_char_p), ("state", ctypes.c_char_p),
                ("state_change_reason", ctypes.c_char_p),
                *((name, ctypes.c_int64) for name in (
                    "submission_time", "completion_time", "data_scanned_bytes",
                    "engine_execution_ms", "queue_ms", "planning_ms", "service_processing_ms",
                    "total_execution_ms"))]


ProgressCallback = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(Progress))


def _value(name: str, raw: bytes, length: int, wide: bool) -> str | int:
    if KINDS[name] != "text":
        assert length in (0, 8), f"{name}: {length} bytes"  # the manager may leave it alone
        return int.from_bytes(raw[:8], "little", signed=True)
    unit = 2 if wide else 1
    end = next(i for i in range(0, len(raw), unit) if raw[i:i + unit] == bytes(unit))
    whole = raw[:end].decode("utf-16-le" if wide else "utf-8")
    # unixODBC's conversion from UTF-16 leaves the number of its units
    assert length in (end, len(whole)), f"{name}: {length} for {end} bytes"
    return whole


def attribute(s: odbc.Statement, name: str, wide: bool = False) -> str | int:
    """By SQLGetStmtAttr or SQLGetStmtAttrW."""
    room, length = ctypes.create_string_buffer(b"\xff" * 2048, 2048), ctypes.c_int()
    call = odbc.lib.SQLGetStmtAttrW if wide else odbc.lib.SQLGetStmtAttr
    size = len(room) if KINDS[name] == "text" else IS_POINTER
    s.check(call(s.value, ctypes.c_int(NUMBERS[name]), room, size, ctypes.byref(length)))
    return _value(name, room.raw, length.value, wide)


def diagnostic(s: odbc.Statement, name: str, wide: bool = False, record: int = 1) -> str | int:
    """By SQLGetDiagField or SQLGetDiagFieldW."""
    room, length = ctypes.create_string_buffer(b"\xff" * 2048, 2048), ctypes.c_short()
    call = odbc.lib.SQLGetDiagFieldW if wide else odbc.lib.SQLGetDiagField
    call.restype = ctypes.c_short
    rc = call(odbc.STMT, s.value, ctypes.c_short(record), ctypes.c_short(NUMBERS[name]), room,
              ctypes.c_short(len(room) if KINDS[name] == "text" else IS_POINTER),
              ctypes.byref(length))
    if rc != odbc.SUCCESS:
        raise odbc.OdbcError(f"{name}: {odbc.NAMES.get(rc, rc)}")
    return _value(name, room.raw, length.value, wide)
