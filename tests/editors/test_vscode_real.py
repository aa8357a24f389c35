"""Real VS Code on a vault that somebody has written for years."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import Desk
from real_vault import MEDITATED, MET, indexed_in
from vscode import run_driver, told

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def real(studio: dict[str, Any], indexed: Desk) -> Mapping[str, Any]:
    vault = indexed_in(Path(studio["base"]) / "real", indexed.env)
    before = {path: path.read_bytes() for path in vault.rglob("*") if path.is_file()}
    texts = [{"text": MEDITATED, "about": "Meditation"}, {"text": MET, "about": "Meetings"}]
    drive = {**studio, "url": f"{studio['url'].partition('?')[0]}?folder={vault}", "texts": texts}
    answers: Mapping[str, Any] = run_driver("vscode_real.js", {**drive, "profile": "real-browser"})
    assert {path: path.read_bytes() for path in vault.rglob("*") if path.is_file()} == before
    return {**answers, "titles": {path.stem for path in before}}


def test_the_panel_shows_notes_of_the_vault_and_changes_with_the_paragraph(real: Mapping[str, Any]) -> None:
    told(real, "open")
    first, second = told(real, "text-0"), told(real, "text-1")
    assert set(first["titles"]) | set(second["titles"]) <= real["titles"]
    assert first["titles"] != second["titles"] and all(first["sentences"]) and all(second["sentences"])


def test_the_hover_card_has_the_same_notes(real: Mapping[str, Any]) -> None:
    assert "Meetings" in told(real, "hover")["text"]


def test_a_quotation_leads_to_its_note(real: Mapping[str, Any]) -> None:
    assert any(
        f"[[{title}" in told(real, "quote")["lines"] or f"[{title}]" in told(real, "quote")["lines"]
        for title in real["titles"]
    )
