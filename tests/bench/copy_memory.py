"""Copies a file's bytes within memory that has been touched before: copy_memory.py FILE"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path


def main(name: str) -> None:
    source = Path(name).read_bytes()
    target = memoryview(bytearray(source))
    began_s, began_cpu_s = time.monotonic(), time.process_time()
    target[:] = source
    print(json.dumps({"seconds": time.monotonic() - began_s,
                      "cpu_s": time.process_time() - began_cpu_s}))


if __name__ == "__main__":
    main(*sys.argv[1:])
