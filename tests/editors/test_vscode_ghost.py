"""Ghost text in real VS Code, on a small vault of its own: seen, taken whole or by words, cycled, sent away."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from vscode import run_driver, told

pytestmark = pytest.mark.slow

BEGUN = "As my grandfather used to say when he lent me his saw, measure the board twice"
PROVERB = f"{BEGUN} and cut it once."
KETTLE = "The old green kettle that has stood for years on the landing "
KETTLES = {"belongs to nobody.", "whistles at four in the morning.", "was a present from my aunt."}
LETTER = "I wrote to Ada Winterbottom "
LINKED = "I wrote to [[Ada Winterbottom]]"
ADA = "[[Ada Winterbottom]]"
SHED = {
    "Shelf.md": f"# Shelf\n\nThe oak was expensive. {PROVERB}\n",
    "Table.md": f"# Table\n\n{PROVERB} I did not listen.\n",
    "Ada Winterbottom.md": "# Ada Winterbottom\n\nKeeps bees, and every letter.\n",
    "Spring.md": f"# Spring\n\nDug over the bed with {ADA}. Then {ADA} left, and {ADA} had the spade.\n",
    "Summer.md": f"# Summer\n\nNothing from {ADA}. Is it the honey that keeps {ADA} away?\n",
    "Draft.md": "# Draft\n",
    "recall.toml": "ghost_sure = 0.35\n",  # a link must be surer by 0.1
} | {f"Kettle {number}.md": f"# Kettle {number}\n\n{KETTLE}{rest}\n" for number, rest in enumerate(sorted(KETTLES))}


@pytest.fixture(scope="session")
def haunted(studio: dict[str, Any]) -> Mapping[str, Any]:
    shed = Path(studio["base"]) / "shed"
    shed.mkdir()
    for name, text in SHED.items():
        (shed / name).write_text(text, "utf-8")
    drive = {**studio, "url": f"{studio['url'].partition('?')[0]}?folder={shed}", "profile": "haunted-browser"}
    texts = {"begun": BEGUN, "kettle": KETTLE, "letter": LETTER, "linked": LINKED}
    answers: Mapping[str, Any] = run_driver("vscode_ghost.js", drive | texts)
    assert {path.name: path.read_text("utf-8") for path in shed.iterdir()} == SHED
    return answers


@pytest.mark.parametrize("typed", ["word-end", "space"])
def test_seen_and_taken(haunted: Mapping[str, Any], typed: str) -> None:
    assert told(haunted, typed)["written"] == PROVERB


def test_taken_word_by_word_and_typed_into(haunted: Mapping[str, Any]) -> None:
    assert told(haunted, "words")["written"] == PROVERB


def test_cycled(haunted: Mapping[str, Any]) -> None:
    found = told(haunted, "cycle")
    first, second, third, again, back = found["seen"]
    assert len({first, second, third}) == 3 and (again, back) == (first, third)
    assert all(any(rest.startswith(seen) for rest in KETTLES) for seen in found["seen"])
    assert found["written"] == KETTLE + third


def test_sent_away(haunted: Mapping[str, Any]) -> None:
    found = told(haunted, "dismiss")
    assert (found["later"], found["other"]) == ("", "")
    assert found["written"] == f"{BEGUN} or"


def test_several_cursors_take_the_same(haunted: Mapping[str, Any]) -> None:
    assert told(haunted, "cursors")["written"] == f"{PROVERB} {PROVERB}"


def test_a_link_in_place_of_the_words(haunted: Mapping[str, Any]) -> None:
    assert told(haunted, "link")["written"] == LINKED


def test_no_link_at_several_cursors(haunted: Mapping[str, Any]) -> None:
    assert told(haunted, "link-cursors")["seen"] == ""
