"""Programs of tests: each a new Python, whose hang is a failure of the test that says where it hangs."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

from conftest import RUNTIME


def started(code: str, environment: dict[str, str], *arguments: str) -> subprocess.Popen:
    """With the sanitizer's runtime where this process has one; its children are in its group."""
    preload = {"LD_PRELOAD": RUNTIME} if RUNTIME else {}
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
        env={**os.environ, **environment, **preload, "PYTHONFAULTHANDLER": "1"})


def first_line(process: subprocess.Popen, limit_s: float = 100) -> str:
    """What it prints first, or nothing if it has come to its end."""
    if not select.select([process.stdout], [], [], limit_s)[0]:
        _fail(process)
    return process.stdout.readline()


def ended(process: subprocess.Popen, limit_s: float = 100) -> tuple[str, str]:
    """What it has printed, on standard output and on standard error, until it and its children ended."""
    try:
        return process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        _fail(process)


def end(process: subprocess.Popen) -> None:
    """Nothing is left of it and of its children."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def _fail(process: subprocess.Popen) -> None:
    """Each process of the group says on standard error where its threads are."""
    os.killpg(process.pid, signal.SIGABRT)
    try:
        out, errors = process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        end(process)
        out, errors = process.communicate(timeout=20)
    raise AssertionError(f"it hangs, after printing {out!r}:\n{errors}")
