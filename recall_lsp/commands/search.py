"""`recall-lsp search`: a query by words and by meaning, best first."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from rich.console import Console

from recall_lsp.commands.build import build
from recall_lsp.commands.related import recall_text
from recall_lsp.commands.show import as_json, show_hits

_QUIET = 0.1
"""Who asks wants an answer: only what is clearly foreign is left out."""


def run(folder: Path, query: str, json_out: bool, limit: int) -> int:
    vault = build(folder, Console(stderr=True))
    if vault is None:
        return 2
    hits = recall_text(vault, query, limit, _QUIET)
    if json_out:
        print(json.dumps({"hits": [as_json(hit) for hit in hits]}, ensure_ascii=False))
    else:
        show_hits(Console(), hits, date.today())
    return 0
