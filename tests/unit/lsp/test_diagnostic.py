"""Diagnostics, asked for or sent, and the quick fixes of each."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import vaults
from writing_desk import NOTES, Desk, edited


async def problems(desk: Desk) -> list[tuple[str, str]]:
    """(code, words marked) of the open note."""
    report = await desk.ask("diagnostic")
    return [(one["code"], desk.said(one["range"])) for one in report["items"]]


async def fixes(desk: Desk, only: str = "quickfix") -> dict[str, Any]:
    """Edits by title, at the cursor."""
    range_ = {"start": desk.cursor, "end": desk.cursor}
    found = await desk.ask("codeAction", range=range_, context={"diagnostics": [], "only": [only]})
    return {one["title"]: one.get("edit") for one in found}


def after(desk: Desk, edit: dict[str, Any], path: str = "") -> str:
    """The open note after an edit."""
    changes = [one for one in edit["documentChanges"] if one.get("textDocument", {}).get("uri") == desk.uri(desk.path)]
    return edited(desk.texts[desk.path], changes[0]["edits"])


@pytest.mark.parametrize("path", sorted(NOTES))
async def test_notes_without_fault_are_told_none(root: Path, path: str) -> None:
    desk = await Desk(root).start()
    desk.open(path)
    assert await problems(desk) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[x](gone.md)", [("broken-link", "[x](gone.md)")]),
        ("[[Unwritten]]", [("missing-note", "[[Unwritten]]")]),
        ("[[Bread#No such]]", [("broken-fragment", "No such")]),
        ("[[Bread#^none]]", [("broken-fragment", "^none")]),
        ("[[#Here]]", [("broken-fragment", "Here")]),
        ("Words. ^a\n\nMore. ^a\n", [("duplicate-id", "^a"), ("duplicate-id", "^a")]),
        # what is no note, or what another program knows
        ("[x](files/sheet.xlsx) [y](mailto:a@b.c) <a@b.c> [z](/about/) [w](tools/) [v](www.example.com/x)", []),
        ("`[[code]]` [[{{title}}]] [[1, 2]] [q](#L10) [r]({{ site.url }}/x.md)", []),
        ("<a name='here'></a> [x](#here) [y](Bread.md?raw=true#the-crust)", []),
        ("[x](https://example.com/gone.md) ![[picture.png]] ![p](gone.png)", []),
    ],
)
async def test_problems(root: Path, text: str, expected: list[tuple[str, str]]) -> None:
    desk = await Desk(root).start()
    desk.open("n.md", text)
    assert await problems(desk) == expected


async def test_what_is_spoken_of_or_shown_from_elsewhere_is_not_missing(root: Path) -> None:
    key = "64f00000-0000-4000-8000-00000000000"
    notes = {
        "pages/a.md": f"description:: as in `(({key}a))`\n\n- (({key}b)) (({key}c))\n",
        "pages/old.md": f"---\ntitle: Old\n---\n\n- Said\n  id:: {key}b\n",
        "whole.md": "# Whole\n\n![[part]]\n",
        "part.md": "# Part\n\n## Inner\n",
        "n.md": "[[whole#Inner]] [[whole#Outer]] ![[notes.*]]\n",
    }
    desk = await Desk(root, notes).start()
    desk.open("pages/a.md")
    assert await problems(desk) == [("broken-link", f"(({key}c))")]
    desk.open("n.md")
    assert await problems(desk) == [("broken-fragment", "Outer")]


async def test_what_is_on_disk_but_no_note_is_not_missing(root: Path) -> None:
    desk = await Desk(root, {"a.md": "x", "src/main.py": "", "LICENSE": ""}).start()
    desk.open("a.md", "[s](src/main.py) [l](LICENSE) [[src/main.py]]")
    assert await problems(desk) == []


async def test_a_page_of_logseq_is_there_once_it_is_linked(root: Path) -> None:
    desk = await Desk(root).start()
    desk.open(
        "pages/Oven.md",
        "- a\n  id:: 64f00000-0000-4000-8000-000000000009\n- [[Unwritten]] ((64f00000-0000-4000-8000-00000000000a))\n",
    )
    assert await problems(desk) == [("broken-link", "((64f00000-0000-4000-8000-00000000000a))")]


async def test_severities_are_set_each(root: Path) -> None:
    desk = await Desk(root, broken_links="error", missing_notes="off", broken_fragments="hint").start()
    desk.open("n.md", "[x](gone.md) [[Unwritten]] [[Bread#No]]")
    report = await desk.ask("diagnostic")
    assert [(one["code"], one["severity"]) for one in report["items"]] == [("broken-link", 1), ("broken-fragment", 4)]
    again = await desk.ask("diagnostic", previousResultId=report["resultId"])
    assert again == {"kind": "unchanged", "resultId": report["resultId"]}


async def test_never_while_the_folder_is_being_read(root: Path) -> None:
    desk = await Desk(root).start()
    desk.wire.session.vaults[0].whole = False
    desk.open("n.md", "[x](gone.md)")
    assert await problems(desk) == []


async def test_a_client_that_does_not_ask_is_sent_them(root: Path) -> None:
    desk = await Desk(root).start(textDocument={"publishDiagnostics": {}})
    desk.open("n.md", "[x](gone.md)")
    desk.open("fine.md", "[[Bread]]")

    async def published() -> list[Any]:
        async with asyncio.timeout(10):
            while not (
                found := [one for one in desk.wire.sent if one.get("method") == "textDocument/publishDiagnostics"]
            ):
                await asyncio.sleep(0.02)
        return found

    (sent,) = await published()
    assert sent["params"]["uri"] == desk.uri("n.md")
    assert [one["code"] for one in sent["params"]["diagnostics"]] == ["broken-link"]
    desk.wire.sent.remove(sent)
    desk.close("n.md")
    (sent,) = await published()
    assert sent["params"] == {"uri": desk.uri("n.md"), "diagnostics": []}


async def test_a_broken_link_is_changed_to_what_was_meant_or_its_note_is_created(root: Path) -> None:
    desk = await Desk(root).start()
    desk.open("n.md", "See [x](Stater¦.md#day).\n")
    found = await fixes(desk)
    assert after(desk, found["Change to Starter"]) == "See [x](Starter.md#day).\n"
    assert "Create Stater.md" in found
    desk.open("baking/n.md", "[[Scalding¦]]")
    await desk.apply((await fixes(desk))["Create baking/Scalding.md"])
    assert (root / "baking/Scalding.md").read_text() == "# Scalding\n\n"


async def test_a_new_note_follows_the_template_and_the_folder_rule(root: Path) -> None:
    notes = {**NOTES, "templates/new.md": "---\ncreated: {{date}}\n---\n# {{title}}\n"}
    desk = await Desk(root, notes, template="templates/new.md", new_note_folder="inbox").start()
    desk.open("n.md", "[[Scalding¦]]")
    await desk.apply((await fixes(desk))["Create inbox/Scalding.md"])
    text = (root / "inbox/Scalding.md").read_text()
    assert text.startswith("---\ncreated: 20") and text.endswith("---\n# Scalding\n")


async def test_headings_near_and_notes_told_apart(root: Path) -> None:
    desk = await Desk(root, {"x/Plan.md": "# P\n\n## The first days\n", "y/Plan.md": "# P\n", "a.md": ""}).start()
    desk.open("a.md", "[[x/Plan#first day¦]]\n")
    assert after(desk, (await fixes(desk))["Change to The first days"]) == "[[x/Plan#The first days]]\n"
    desk.open("a.md", "[[Plan¦|label]]\n")
    assert await problems(desk) == [("ambiguous-link", "[[Plan|label]]")]
    assert after(desk, (await fixes(desk))["Link to y/Plan.md"]) == "[[y/Plan|label]]\n"


def told(desk: Desk, report: dict[str, Any]) -> dict[str, list[str]]:
    """Codes by path."""
    return {desk.relative(one["uri"]): [found["code"] for found in one["items"]] for one in report["items"]}


def ids(report: dict[str, Any]) -> list[dict[str, str]]:
    return [{"uri": one["uri"], "value": one["resultId"]} for one in report["items"]]


async def test_notes_that_are_not_open_are_told_of_where_that_is_set(root: Path) -> None:
    notes = {
        "a.md": "[x](gone.md)\n", "b.md": "[[a]] ![](used%20one.png) [[c#no]]\n", "c.md": "[[Unwritten]]\n",
        "d.md": "# D\n", "used one.png": "png", "pics/lost.png": "png",
    }  # fmt: skip
    desk = await Desk(root, notes, workspace_diagnostics=True, orphan_attachments="warning").start()
    first = await desk.wire.request("workspace/diagnostic", {"previousResultIds": []})
    assert told(desk, first) == {
        "a.md": ["broken-link"], "b.md": ["broken-fragment"], "c.md": ["missing-note"],
        "pics/lost.png": ["orphan-attachment"],
    }  # fmt: skip
    known = ids(first)
    assert told(desk, await desk.wire.request("workspace/diagnostic", {"previousResultIds": known})) == {}
    # A new note mends what is elsewhere; an open note is not told of here.
    kept = {path: text for path, text in notes.items() if path.endswith(".md")}
    vaults.indexed(root, kept | {"Unwritten.md": "![](pics/lost.png)\n"})
    desk.open("b.md")
    again = await desk.wire.request("workspace/diagnostic", {"previousResultIds": known})
    assert told(desk, again) == {"c.md": [], "pics/lost.png": []}


async def test_nothing_is_told_of_the_vault_unless_it_is_set(root: Path) -> None:
    desk = await Desk(root, {"a.md": "[x](gone.md)\n"}).start()
    assert await desk.wire.request("workspace/diagnostic", {"previousResultIds": []}) == {"items": []}
