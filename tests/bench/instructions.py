"""Instructions of a fetched row, counted by valgrind's callgrind: unlike time they do not depend on
what else the machine does.

Of two readings, one of twice as many rows, the difference is the rows' alone: what is done once,
connecting and asking, is in neither.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

from contenders import SOURCE, Mode, run
from local import Local, Result

MODES = [Mode("native", 1000), Mode("native", 1), Mode("native", 0), Mode("char", 1000),
         Mode("wide", 1000)]


def count(command: list[Any], environment: dict[str, str]) -> int:
    with tempfile.NamedTemporaryFile() as out:
        run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out.name}", *command],
            environment)
        found = re.search(r"^(?:summary|totals): (\d+)", Path(out.name).read_text(), re.M)
    if not found:
        raise ValueError("callgrind has counted nothing")
    return int(found[1])


def of_a_row(local: Local, build: Path, small: Result, twice: Result) -> dict[str, float]:
    """By the way of reading: instructions in all threads of the process."""
    program = build / "tests" / "clients" / "bulk_fetch"

    def counted(result: Result, mode: Mode) -> int:
        return count([program, SOURCE + local.bodies.options(), result.sql,
                      *mode.arguments(is_checked=False)], local.environment())

    return {str(mode): (counted(twice, mode) - counted(small, mode)) / (twice.rows - small.rows)
            for mode in MODES}
