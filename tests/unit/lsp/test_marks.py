"""What an editor draws into a note: titles beside ids, how often it is linked, colours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from writing_desk import NOTES, Desk

BLOCK = "64f00000-0000-4000-8000-000000000001"
WITH_IDS: Mapping[str, str] = {
    **NOTES,
    "202103041530.md": "# On rye\n\nDark.\n",
    "notes.dendron.md": "---\nid: 2a9b8c7d6e5f4a3b2c1d0\ntitle: Dendron's own\n---\nText.\n",
}


async def hints(desk: Desk, last: int = 100) -> list[tuple[int, int, str]]:
    range_ = {"start": {"line": 0, "character": 0}, "end": {"line": last, "character": 0}}
    found = await desk.ask("inlayHint", range=range_)
    return [(one["position"]["line"], one["position"]["character"], one["label"]) for one in found or ()]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("n.md", "See [[202103041530]] here", [(0, 20, "On rye")]),
        ("n.md", "[[202103041530|rye]] [rye](202103041530.md) [[Bread]] [[2021-03-04]]", []),
        ("n.md", "[202103041530](202103041530.md)", [(0, 31, "On rye")]),
        ("journals/n.md", f"- (({BLOCK}))\n- [[Oven]]\n", [(0, 42, "Hot stones")]),
        ("roam/n.org", "#+title: N\n\n[[id:mill-1]] [[id:mill-1][the mill]]\n", [(2, 13, "Mill")]),
        ("n.md", "![[Bread#^steam]]", []),
    ],
)
async def test_a_link_that_shows_only_an_id_has_the_title_beside_it(
    root: Path, path: str, text: str, expected: list[tuple[int, int, str]]
) -> None:
    desk = await Desk(root, WITH_IDS).start()
    desk.open(path, text)
    assert await hints(desk) == expected


async def test_hints_are_of_the_lines_in_view_and_can_be_set_off(root: Path) -> None:
    desk = await Desk(root, WITH_IDS).start()
    desk.open("n.md", "[[202103041530]]\n\n\n[[202103041530]]\n")
    assert [line for line, *_ in await hints(desk, last=1)] == [0]
    off = await Desk(root / "off", {"202103041530.md": "# On rye\n"}, inlay_hints=False).start()
    off.open("n.md", "[[202103041530]]")
    assert await hints(off) == []


async def lenses(desk: Desk) -> list[tuple[int, str]]:
    found = await desk.ask("codeLens")
    return [(one["range"]["start"]["line"], one["command"]["title"]) for one in found if one.get("command")]


async def test_a_note_and_its_headings_tell_how_many_links_lead_there(root: Path) -> None:
    desk = await Desk(root, code_lens="off").start()
    desk.open("Bread.md")
    told = await lenses(desk)
    # Each count is what textDocument/references finds at the lens.
    for line, title in told:
        desk.cursor = {"line": line, "character": 0}
        places = await desk.places("references", context={"includeDeclaration": False})
        assert title == f"{len(places)} reference{'s' * (len(places) > 1)}"
    assert [line for line, _ in told] == [4, 8, 12]


async def test_counts_follow_what_is_typed_elsewhere_and_may_be_off(root: Path) -> None:
    desk = await Desk(root, {"a.md": "Words.\n", "b.md": "[[a]]\n"}, code_lens="off").start()
    desk.open("a.md")
    assert await lenses(desk) == [(0, "1 reference")]
    desk.open("b.md", "[[a]] and [a](a.md), [[a#no]]\n")
    desk.path = "a.md"
    assert await lenses(desk) == [(0, "3 references")]
    off = await Desk(root / "off", {"a.md": "x", "b.md": "[[a]]"}, code_lens="off", reference_lens=False).start()
    off.open("a.md")
    assert await lenses(off) == []


def decoded(data: list[int], text: str) -> list[tuple[str, int, int]]:
    """(words, type, modifiers) of each token."""
    lines, found, line, column = text.split("\n"), [], 0, 0
    for at in range(0, len(data), 5):
        down, right, length, kind, modifiers = data[at : at + 5]
        line, column = line + down, (0 if down else column) + right
        found.append((lines[line][column : column + length], kind, modifiers))
    return found


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "n.md",
            "---\ntags: [kitchen]\nmood: good\n---\n#craft of [[Bread]], [[Nowhere]] and [a\nb](Bread.md)\n",
            [
                ("tags", 2, 0), ("kitchen", 1, 0), ("mood", 2, 0), ("craft", 1, 0), ("[[Bread]]", 0, 0),
                ("[[Nowhere]]", 0, 1), ("[a", 0, 0), ("b](Bread.md)", 0, 0),
            ],
        ),
        ("pages/n.md", "type:: dish\n- made\n  by:: [[Oven]]\n", [("type", 2, 0), ("by", 2, 0), ("[[Oven]]", 0, 0)]),
        ("roam/n.org", "#+title: N\n\n[[id:mill-1]] and [[id:none]]\n", [
            ("title", 2, 0), ("[[id:mill-1]]", 0, 0), ("[[id:none]]", 0, 1),
        ]),
    ],
)  # fmt: skip
async def test_colours(root: Path, path: str, text: str, expected: list[tuple[str, int, int]]) -> None:
    desk = await Desk(root, semantic_tokens=True).start()
    desk.open(path, text)
    assert decoded((await desk.ask("semanticTokens/full"))["data"], text) == expected


async def test_nothing_is_coloured_unless_it_is_asked_for(root: Path) -> None:
    desk = await Desk(root).start()
    desk.open("n.md", "[[Bread]]")
    assert (await desk.ask("semanticTokens/full"))["data"] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[Bread#The cru¦st]]", ["Bread.md:0:0"]),
        ("![[Bread#^ste¦am]]", ["Bread.md:0:0"]),
        ("[[Now¦here]]", []),
        ("Plain wor¦ds", []),
        ("#bread/ry¦e", ["Bread.md:0:0"]),
    ],
)
async def test_type_definition_is_the_note_that_holds_it(root: Path, text: str, expected: list[str]) -> None:
    desk = await Desk(root).start()
    desk.open("n.md", text)
    assert await desk.places("typeDefinition") == expected


async def test_these_are_announced(root: Path) -> None:
    capabilities: Any = (await Desk(root).start()).initialized["capabilities"]
    assert capabilities["typeDefinitionProvider"] and capabilities["inlayHintProvider"]
    assert capabilities["semanticTokensProvider"]["full"] is not None
    assert capabilities["codeActionProvider"]["resolveProvider"] is True
