"""The stress program for a few seconds a seed, on a local Athena that throttles and loses answers.

tests/run gives it a minute under the sanitizers; ATHENA_STRESS_SECONDS makes it longer here, and
ATHENA_STRESS_SEED repeats one seed.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import odbc
import pytest
from conftest import TOP

BUILD = Path(os.environ.get("ATHENA_BUILD", TOP / "build" / "debug"))
SECONDS = int(os.environ.get("ATHENA_STRESS_SECONDS", "6"))
SEED = os.environ.get("ATHENA_STRESS_SEED")
TROUBLE = [{"service": "athena", "operation": "*QueryExecution", "kind": "throttle",
            "probability": 0.02, "seed": 1},
           {"service": "athena", "kind": "reset", "when": "after", "probability": 0.01, "seed": 2},
           {"service": "s3", "operation": "GetObject", "kind": "truncate", "after_bytes": 500,
            "probability": 0.1, "seed": 3}]


@pytest.mark.parametrize("seed", [SEED] if SEED else ["1", "2"])
@pytest.mark.parametrize("trouble", [[], TROUBLE], ids=["calm", "trouble"])
def test_stress(athena, configuration, seed: str, trouble: list) -> None:
    athena.faults(*trouble)
    done = subprocess.run([BUILD / "tests" / "clients" / "stress", "AthenaLocal", str(SECONDS), seed],
                          capture_output=True, text=True, timeout=SECONDS + 200)
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    counts = {name: int(count) for count, name in
              re.findall(r"(\d+) (executions|complete|rows|cancelled|refused|disconnects|wrong)",
                         done.stdout)}
    assert counts["wrong"] == 0
    assert all(counts[name] for name in counts if name != "wrong"), done.stdout
    assert counts["complete"] > 2 * SECONDS, "too little was done to mean much"
    # nothing that was left pending goes on in Athena: a fifth of the queries would take half a minute
    assert odbc.eventually(lambda: athena.stats()["queries"]["active"] == 0, limit_s=15)
