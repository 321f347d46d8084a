"""A table of README.md that is made out of the source, between two marks: for the tools beside this.

    TOOL            prints it
    TOOL --write    puts it into README.md
    TOOL --check    ends with 1 when README.md has another one
"""

from __future__ import annotations

import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
README = TOP / "README.md"


def main(name: str, wanted: str) -> int:
    """Does what the command line says for the table of tests/tools/NAME."""
    if len(sys.argv) < 2:
        print(wanted, end="")
        return 0
    begin, end = f"<!-- tests/tools/{name}: -->\n", f"<!-- :{name} -->\n"
    text = README.read_text()
    before, _, rest = text.partition(begin)
    there, mark, after = rest.partition(end)
    if not mark:
        sys.exit(f"{name}: README.md has no place for it")
    if sys.argv[1] == "--write":
        README.write_text(before + begin + wanted + end + after)
        return 0
    if there != wanted:
        print(f"{name}: README.md is not what the source says: run tests/tools/{name} --write",
              file=sys.stderr)
    return there != wanted
