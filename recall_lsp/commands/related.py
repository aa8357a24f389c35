"""`recall-lsp related`: what comes back for a text, for a person or, line by line, for a program."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from recall_lsp.commands.build import build
from recall_lsp.commands.show import as_json, show_hits
from recall_lsp.index.vault import Vault
from recall_lsp.notes.read import read_text
from recall_lsp.recall.model import Hit
from recall_lsp.recall.moment import moment_at
from recall_lsp.recall.related import related


def run(folder: Path, text: str, json_out: bool, limit: int | None, quiet: float | None) -> int:
    vault = build(folder, Console(stderr=True))
    if vault is None:
        return 2
    limit = limit or vault.options.limit
    if json_out and not text:
        return _answer_lines(vault, limit)
    text = text or sys.stdin.read()
    hits = recall_text(vault, text, limit, vault.options.quiet if quiet is None else quiet)
    if json_out:
        print(json.dumps({"hits": [as_json(hit) for hit in hits]}, ensure_ascii=False))
        return 0
    show_hits(Console(), hits, date.today())
    return 0


def recall_text(vault: Vault, text: str, limit: int, quiet: float) -> tuple[Hit, ...]:
    """Hits for a text that is in no file, the cursor at its end."""
    moment = moment_at(read_text("", text), text, len(text))
    return related(vault, moment, limit, quiet)


def _answer_lines(vault: Vault, limit: int) -> int:
    """A bad request gets {"error": ...} on its line, and the next is answered."""
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            answer: dict[str, Any] = {"hits": [as_json(hit) for hit in _answer(vault, json.loads(line), limit)]}
        except (ValueError, KeyError, TypeError) as error:
            answer = {"error": f"not a request: {type(error).__name__} {error}"}
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return 0


def _answer(vault: Vault, request: Mapping[str, Any], limit: int) -> tuple[Hit, ...]:
    text, path = str(request["text"]), str(request.get("path", ""))
    offset = _offset(text, int(request["line"]), int(request.get("character", 0))) if "line" in request else len(text)
    return related(vault, moment_at(read_text(path, text), text, offset), int(request.get("limit", limit)))


def _offset(text: str, line: int, character: int) -> int:
    start = 0
    for _ in range(line):
        end = text.find("\n", start)
        if end < 0:
            return len(text)
        start = end + 1
    end = text.find("\n", start)
    return min(start + character, len(text) if end < 0 else end)
