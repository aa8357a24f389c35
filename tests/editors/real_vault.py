"""A vault that somebody has written for years, where it can be had: it is not ours to keep."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

_ARCHIVE = Path("shared") / "data" / "dev-eval.tar.xz"
_VAULT = "gasquez-handbook"
MEDITATED = "This morning I meditated for ten minutes: I watched my breath, and when thoughts came I let them go."
MET = "Too many meetings again this week. Most of them could be a document that people comment on when they have time."


def indexed_in(to: Path, env: Mapping[str, str]) -> Path:
    """155 notes in `to`.  Skips where the archive is neither beside the checkout nor named in RECALL_EVAL_DATA."""
    beside = Path(__file__).resolve().parents[3] / _ARCHIVE
    archive = Path(os.environ.get("RECALL_EVAL_DATA") or beside)
    if not archive.is_file():
        pytest.skip("no real vault: name the archive of them in RECALL_EVAL_DATA")
    with tarfile.open(archive) as members:
        inside = [member for member in members if f"vaults/{_VAULT}/" in member.name]
        if hasattr(tarfile, "data_filter"):  # from Python 3.11.4 on
            members.extraction_filter = tarfile.data_filter
        members.extractall(to, inside)
    vault = next(to.rglob(_VAULT))
    command = [sys.executable, "-m", "recall_lsp", "index", str(vault)]
    subprocess.run(command, env=dict(env), check=True, capture_output=True, timeout=300)
    return vault
