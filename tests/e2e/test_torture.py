"""Kills at random moments, by the bench that does a thousand of them; here with a model that loads in no time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tiny_model import write_bert
from vaults import CHECKOUT

from recall_lsp.index.places import models_dir

TORTURE = CHECKOUT / "bench" / "torture.py"


def torture(*arguments: object) -> dict[str, int]:
    """Counts of a run that found nothing wrong."""
    done = subprocess.run(
        [sys.executable, TORTURE, "--json", "--seed", "7", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        timeout=900,
    )
    told: dict[str, Any] = json.loads(done.stdout) if done.stdout else {"troubles": [done.stderr]}
    assert told["troubles"] == []
    counts: dict[str, int] = told["counts"]
    return counts


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kills by SIGKILL")
def test_killed_at_any_moment_nothing_is_lost_or_done_twice(tiny: str) -> None:
    counts = torture("--kills", 200, "--compiles", 0, "--minutes", 4, "--model", tiny, "--models", models_dir())
    assert counts["embedded again"] == counts["kills with anything wrong after"] == 0
    assert sum(count for name, count in counts.items() if name.startswith("killed")) >= 20
    assert counts["texts embedded"] > 20, "there was something to do"


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kills by SIGKILL")
def test_a_killed_compiler_leaves_a_whole_model_or_none(tmp_path: Path) -> None:
    assert torture("--kills", 0, "--compiles", 4, "--model", write_bert(tmp_path / "bert"))["killed: compiler"] == 4
