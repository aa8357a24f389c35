"""Refactorings: words to links, mentions, sections out and notes in, tables of contents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from writing_desk import Desk, edited


async def actions(desk: Desk, selected: str = "", kind: str = "") -> dict[str, Any]:
    """Edits by title, for the selected words or at the cursor."""
    start = dict(desk.cursor)
    if selected:
        text = desk.texts[desk.path]
        before = text[: text.index(selected)].split("\n")
        start = {"line": len(before) - 1, "character": len(before[-1])}
    end = {"line": start["line"], "character": start["character"] + len(selected)}
    context: dict[str, Any] = {"diagnostics": []} | ({"only": [kind]} if kind else {})
    found = await desk.ask("codeAction", range={"start": start, "end": end}, context=context)
    return {one["title"]: one.get("edit") for one in found}


def after(desk: Desk, edit: dict[str, Any]) -> str:
    changes = [one for one in edit["documentChanges"] if one.get("textDocument", {}).get("uri") == desk.uri(desk.path)]
    return edited(desk.texts[desk.path], changes[0]["edits"])


async def test_words_become_a_link_to_the_note_they_name_or_to_a_new_one(root: Path) -> None:
    desk = await Desk(root).start()
    desk.open("n.md", "My starter wants rye malt.\n")
    found = await actions(desk, "starter")
    assert after(desk, found["Link to Starter"]) == "My [[Starter|starter]] wants rye malt.\n"
    desk.open("n.md", "My starter wants rye malt.\n")
    found = await actions(desk, "rye malt")
    (root / "n.md").write_text(desk.texts["n.md"])
    await desk.apply(found["Link to a new note rye malt.md"])
    assert (root / "n.md").read_text() == "My starter wants [[rye malt]].\n"
    assert (root / "rye malt.md").read_text() == "# rye malt\n\n"


async def test_every_unlinked_mention_becomes_a_link(root: Path) -> None:
    desk = await Desk(root).start()
    text = "# On Bread\n\nBread and the loaf, bread, rye flour, `Mill` and Wind. [[Starter]], starter.\n"
    desk.open("n.md", text)
    found = await actions(desk, kind="source")
    assert after(desk, found["Link 3 mentions of other notes"]) == (
        "# On Bread\n\n[[Bread]] and the loaf, bread, [[Rye flour|rye flour]], `Mill` and [[wind|Wind]]."
        " [[Starter]], starter.\n"
    )


async def test_a_section_goes_out_to_a_note_and_its_links_still_lead(root: Path) -> None:
    desk = await Desk(root, new_note_folder="deep/er").start()
    text = "# Top\n\n## A ¦part: one\n\nSee [bread](Bread.md) and [[Starter]].\n\n### Sub\n\n## Next\n"
    desk.open("n.md", text)
    (root / "n.md").write_text(desk.texts["n.md"])
    await desk.apply((await actions(desk))["Extract the section to deep/er/A part one.md"])
    assert (root / "n.md").read_text() == "# Top\n\n[[A part one|A part: one]]\n\n## Next\n"
    assert (root / "deep/er/A part one.md").read_text() == (
        "# A part: one\n\nSee [bread](../../Bread.md) and [[Starter]].\n\n## Sub\n"
    )


async def test_a_linked_note_or_section_comes_in(root: Path) -> None:
    desk = await Desk(root).start()
    desk.open("baking/n.md", "Before\n\n![[Bread#Crumb & ho¦les]]\n\nAfter\n")
    assert after(desk, (await actions(desk))["Put Bread here"]) == (
        "Before\n\n## Crumb & holes\n\nSee [flour](Rye%20flour.md) and [[#The crust]].\n\nAfter\n"
    )
    desk.open("n.md", "In words [[Bre¦ad]] it stays.\n")
    assert "Put Bread here" not in await actions(desk)


async def test_a_table_of_contents_is_kept(root: Path) -> None:
    desk = await Desk(root).start()
    desk.open("n.md", "# T\n\n<!-- toc -->\n<!-- tocstop -->\n\n## A b\n\n### C [d]\n\n## A b\n")
    new = after(desk, (await actions(desk))["Update the table of contents"])
    assert new == (
        "# T\n\n<!-- toc -->\n\n- [A b](#a-b)\n  - [C \\[d\\]](#c-d)\n- [A b](#a-b-1)\n\n<!-- tocstop -->\n\n"
        "## A b\n\n### C [d]\n\n## A b\n"
    )
    desk.open("n.md", new)
    assert "Update the table of contents" not in await actions(desk)
    assert [one["code"] for one in (await desk.ask("diagnostic"))["items"]] == []


async def test_a_related_note_is_quoted_and_linked_back(root: Path) -> None:
    notes = {
        "Patience.md": "# Patience\n\nSourdough asks for patience above all.  It sleeps.\n",
        "n.md": "# Now\n\nToday the sourdough took all my patience.\n\nNext.\n",
    }
    desk = await Desk(root, notes, quiet=0).start()
    desk.open("n.md", notes["n.md"].replace("took", "to¦ok"))
    await desk.apply((await actions(desk))["Quote Patience here, and link it back"])
    here, past = (root / "n.md").read_text(), (root / "Patience.md").read_text()
    assert here.startswith(
        "# Now\n\nToday the sourdough took all my patience.\n\n> Sourdough asks for patience above all."
    )
    assert "[[Patience]]" in here and here.endswith("\n\nNext.\n")
    assert past == notes["Patience.md"] + "\n↩ [[n|Now]]\n"
    context = {"diagnostics": [], "triggerKind": 2}
    found = await desk.ask("codeAction", range={"start": desk.cursor, "end": desk.cursor}, context=context)
    assert not any("Quote" in one["title"] for one in found)


async def test_a_client_that_cannot_create_files_is_offered_no_such_action(root: Path) -> None:
    desk = await Desk(root).start(workspace={"workspaceEdit": {"documentChanges": True}})
    desk.open("n.md", "[[Unwritten¦]] words\n")
    assert not any("Create" in title for title in await actions(desk))
    assert not any("new note" in title for title in await actions(desk, "words"))


async def test_a_client_that_resolves_gets_each_edit_when_it_is_chosen(root: Path) -> None:
    resolving = {"textDocument": {"codeAction": {"dataSupport": True, "resolveSupport": {"properties": ["edit"]}}}}
    desk = await Desk(root).start(**resolving)
    desk.open("n.md", "# On\n\n## A pa¦rt\n\nStarter and wind.\n\n[x](Stater.md)\n")
    (root / "n.md").write_text(desk.texts["n.md"])
    range_ = {"start": desk.cursor, "end": {"line": 7, "character": 0}}
    listed = {one["title"]: one for one in await desk.ask("codeAction", range=range_, context={"diagnostics": []})}
    assert not any(one.get("edit") for one in listed.values())
    fix = await desk.wire.request("codeAction/resolve", listed["Change to Starter"])
    assert edited("# On\n\n## A part\n\nStarter and wind.\n\n[x](Stater.md)\n", changes(desk, fix)).endswith(
        "[x](Starter.md)\n"
    )
    linking = await desk.wire.request("codeAction/resolve", listed["Link 2 mentions of other notes"])
    assert "[[Starter]] and [[wind]]" in edited(desk.texts["n.md"], changes(desk, linking))
    await desk.apply(
        (await desk.wire.request("codeAction/resolve", listed["Extract the section to A part.md"]))["edit"]
    )
    assert (root / "n.md").read_text() == "# On\n\n[[A part]]\n"
    desk.close("n.md", keep=True)
    desk.open("n.md", "Other words\n")
    with pytest.raises(AssertionError, match="changed since"):
        await desk.wire.request("codeAction/resolve", listed["Change to Starter"])


def changes(desk: Desk, action: dict[str, Any]) -> list[dict[str, Any]]:
    (change,) = action["edit"]["documentChanges"]
    assert change["textDocument"]["uri"] == desk.uri("n.md")
    found: list[dict[str, Any]] = change["edits"]
    return found


async def test_a_related_note_is_hidden_here_or_for_good(root: Path) -> None:
    notes = {
        "Patience.md": "# Patience\n\nSourdough asks for patience above all.  It sleeps.\n",
        "n.md": "# Now\n\nToday the sourdough took all my patience.\n",
    }
    desk = await Desk(root, notes, quiet=0).start()
    desk.open("n.md", notes["n.md"].replace("took", "to¦ok"))
    range_ = {"start": desk.cursor, "end": desk.cursor}
    found = {one["title"]: one for one in await desk.ask("codeAction", range=range_, context={"diagnostics": []})}
    here, always = found["Do not show Patience here"]["command"], found["Never show Patience"]["command"]
    assert (here["command"], always["command"]) == ("recall.dismiss", "recall.neverShow")
    asked = {"command": here["command"], "arguments": here["arguments"]}
    assert (await desk.wire.request("workspace/executeCommand", asked))["kind"] == "dismissed"
    again = await desk.ask("codeAction", range=range_, context={"diagnostics": []})
    assert not any("Patience" in one["title"] for one in again)
    asked = {"command": always["command"], "arguments": always["arguments"]}
    assert (await desk.wire.request("workspace/executeCommand", asked))["kind"] == "never"


async def test_only_the_kinds_asked_for_are_offered(root: Path) -> None:
    desk = await Desk(root).start()
    desk.open("n.md", "# On\n\n## A ¦part\n\nStarter, [x](Stater.md)\n")
    assert set(await actions(desk, kind="refactor.extract")) == {"Extract the section to A part.md"}
    assert set(await actions(desk, kind="source")) == {"Link 1 mention of other notes"}
