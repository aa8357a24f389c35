"""What a writer gets through the menus of Neovim, nvim-cmp and blink.cmp, each played as `menus` tells it, over stdio.

The two plugins themselves do not run here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest
from editor import PARAGRAPH, Editor, copy_sample, editor, notes_in
from lsprotocol import types
from menus import MENUS, Menu
from writing_desk import edited

from recall_lsp.lsp.positions import column, units

UTF8 = types.PositionEncodingKind.Utf8
LINE = 2
"""Of the note below, the one that is written; its umlaut takes two units."""
NOTE = "# Besprechung über Fragen\n\n{}\n\nWarum?[^why]\n\n[^why]: Darum.\n"
TEN = "Counting to ten"
LOAF = "# A loaf of rye\n\nSee [[Lime]].\n\n## The crust\n\nSteam makes it. ^steam\n\n## Holes\n\nToo wet.\n"
PROVERB = "Measure the board twice and cut it once, as my grandfather used to say."


@dataclass
class Writer:
    """Types into one line of a note, with a menu, and takes the edits that the server sends of itself."""

    window: Editor
    path: Path
    menu: Menu
    applied: list[types.WorkspaceEdit] = field(default_factory=list)
    line: str = ""
    after: str = ""

    def begin(self, before: str, after: str) -> None:
        self.line, self.after = before, after
        self.applied.clear()
        self.menu = type(self.menu)(self.menu.triggers)
        self.uri = self.window.open(self.path, self.text)

    @property
    def text(self) -> str:
        return NOTE.format(self.line + self.after)

    async def type(self, text: str) -> None:
        for letter in text:
            self.window.type(self.uri, LINE, units(self.line, len(self.line), "utf-8"), letter)
            self.line += letter
            context = self.menu.asks(self.line, letter)
            if context is not None:
                await self.ask(context)

    async def ask(self, context: types.CompletionContext) -> None:
        place = types.Position(LINE, units(self.line, len(self.line), "utf-8"))
        document = types.TextDocumentIdentifier(self.uri)
        answer = await self.window.client.text_document_completion_async(
            types.CompletionParams(document, place, context)
        )
        assert answer is None or isinstance(answer, types.CompletionList)
        if answer is not None:
            answer = attrs.evolve(answer, items=[self._in_points(item) for item in answer.items])
        self.menu.answered(answer)

    def shown(self) -> list[types.CompletionItem]:
        return self.menu.shown(self.line)

    async def accept(self, label: str) -> str:
        """The note after all that accepting the item brings."""
        item = next(item for item in self.shown() if item.label == label)
        item = await self.window.client.completion_item_resolve_async(item)
        assert isinstance(item.text_edit, types.TextEdit)
        start = item.text_edit.range.start.character
        own = _replacing(start, self.menu.end(len(self.line), item), item.text_edit.new_text)
        beside = [_as_dict(edit) for edit in item.additional_text_edits or ()]
        if self.menu.first_edits_beside:
            text = edited(self.text, [own, *beside], "utf-32")
        else:
            text = edited(edited(self.text, [own], "utf-32"), beside, "utf-32")
        self.change(text)
        if item.command is not None:
            await self.window.command(item.command.command, *item.command.arguments or ())
            await self.window.status()  # what the command sends has come before this answer
        for edit in self.applied:
            text = self._apply(text, edit)
        return text

    def change(self, text: str) -> None:
        whole = types.TextDocumentContentChangeWholeDocument(text)
        document = types.VersionedTextDocumentIdentifier(1000, self.uri)
        self.window.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))

    def _apply(self, text: str, edit: types.WorkspaceEdit) -> str:
        for change in edit.document_changes or ():
            assert isinstance(change, types.TextDocumentEdit)
            if change.text_document.uri == self.uri:
                assert change.text_document.version == 1000
                text = edited(text, [_as_dict(one) for one in change.edits], "utf-8")  # type: ignore[arg-type]
        return text

    def _in_points(self, item: types.CompletionItem) -> types.CompletionItem:
        """With places in code points, as `menus` counts them."""
        edit = item.text_edit
        assert isinstance(edit, types.TextEdit)
        beside = [self._edit_in_points(one) for one in item.additional_text_edits or ()]
        return attrs.evolve(item, text_edit=self._edit_in_points(edit), additional_text_edits=beside or None)

    def _edit_in_points(self, edit: types.TextEdit) -> types.TextEdit:
        lines = self.text.split("\n")
        start, end = (
            types.Position(place.line, column(lines[place.line], place.character, "utf-8"))
            for place in (edit.range.start, edit.range.end)
        )
        return types.TextEdit(types.Range(start, end), edit.new_text)


def _replacing(start: int, end: int, new: str) -> dict[str, Any]:
    return _as_dict(types.TextEdit(types.Range(types.Position(LINE, start), types.Position(LINE, end)), new))


def _as_dict(edit: types.TextEdit) -> dict[str, Any]:
    places = {"start": attrs.asdict(edit.range.start), "end": attrs.asdict(edit.range.end)}
    return {"range": places, "newText": edit.new_text}


def _capabilities(menu: type[Menu], ghosts: bool) -> types.ClientCapabilities:
    return types.ClientCapabilities(
        general=types.GeneralClientCapabilities(
            position_encodings=[UTF8, types.PositionEncodingKind.Utf16, types.PositionEncodingKind.Utf32]
        ),
        window=types.WindowClientCapabilities(work_done_progress=True),
        workspace=types.WorkspaceClientCapabilities(
            apply_edit=True,
            configuration=True,
            workspace_folders=True,
            workspace_edit=types.WorkspaceEditClientCapabilities(
                resource_operations=[
                    types.ResourceOperationKind.Rename,
                    types.ResourceOperationKind.Create,
                    types.ResourceOperationKind.Delete,
                ]
            ),
        ),
        text_document=types.TextDocumentClientCapabilities(
            completion=menu.capabilities(),
            inline_completion=types.InlineCompletionClientCapabilities() if ghosts else None,
        ),
    )


@asynccontextmanager
async def writer(home: Path, menu: type[Menu], ghosts: bool = True, **settings: Any) -> AsyncIterator[Writer]:
    vault = copy_sample(home / "vault")
    (vault / "A loaf of rye.md").write_text(LOAF, "utf-8")
    for name in ("Shelf", "Table", "Stool"):
        (vault / f"{name}.md").write_text(f"# {name}\n\nThe oak for the {name} was dear. {PROVERB}\n", "utf-8")
    capabilities = _capabilities(menu, ghosts)
    async with editor(home, vault, client_capabilities=capabilities, settings=settings) as window:
        await window.indexed(notes_in(vault))
        assert window.encoding == UTF8
        writing = Writer(window, vault / "now.md", menu(window.triggers))

        def take(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
            writing.applied.append(params.edit)
            return types.ApplyWorkspaceEditResult(True)

        window.client.feature(types.WORKSPACE_APPLY_EDIT)(take)
        yield writing


@dataclass(frozen=True)
class Case:
    """`taken`: what of `after` the link takes in; `first`: the item is the first of the list, which is shown whole and
    in the server's order."""

    typed: str
    label: str
    result: str
    before: str = f"Größe: {PARAGRAPH} "
    after: str = " Ende."
    taken: str = ""
    first: bool = False


CASES = (
    Case("[[", TEN, f"[[{TEN}]]", first=True),
    Case("[[lim", "Lime", "[[Lime]]", first=True),
    Case("[[the asparagus b", "The asparagus bed", "[[The asparagus bed]]", first=True),
    Case("[[lim", "Lime", "[[Lime]]", after="]] Ende.", taken="]]", first=True),
    Case("[[lim", "Lime", "[[Lime]]", after="ette]] Ende.", taken="ette]]", first=True),
    Case("[[", TEN, f"[[{TEN}]]", after="]]", taken="]]", first=True),
    Case(";;", TEN, f"[[{TEN}]]", first=True),
    Case(";;blue", "The blue dot", "[[The blue dot]]", first=True),
    Case("#coo", "cooking", "#cooking", first=True),
    Case("[x](aspar", "The asparagus bed.md", "[x](The%20asparagus%20bed.md)", first=True),
    Case("[x](aspar", "The asparagus bed.md", "[x](The%20asparagus%20bed.md", after=") Ende.", first=True),
    Case("[[A loaf of rye#", "Holes", "[[A loaf of rye#Holes]]"),
    Case("[[A loaf of rye#cru", "The crust", "[[A loaf of rye#The crust]]"),
    Case("[[A loaf of rye#The cr", "The crust", "[[A loaf of rye#The crust", after="ust]] Ende.", taken="ust"),
    Case("[[A loaf of rye#^st", "steam", "[[A loaf of rye#^steam]]"),
    Case("[x](A%20loaf%20of%20rye.md#cr", "The crust", "[x](A%20loaf%20of%20rye.md#the-crust"),
    Case("[^", "why", "[^why]"),
    Case("> [!wa", "warning", "> [!warning] ", before=""),
    Case("tea", TEN, f"tea [[{TEN}]]", first=True),
)


@pytest.mark.parametrize("name", MENUS)
async def test_what_is_typed_and_accepted(tmp_path: Path, name: str) -> None:
    async with writer(tmp_path, MENUS[name]) as writing:
        for case in CASES:
            writing.begin(case.before, case.after)
            await writing.type(case.typed)
            if name == "built in" and case.typed == "tea":
                await writing.ask(types.CompletionContext(types.CompletionTriggerKind.Invoked))
            labels = [item.label for item in writing.shown()]
            told = (case, labels, [(item.label, item.filter_text) for item in writing.menu.items])
            assert case.label in labels, told
            if case.first:
                assert labels == [item.label for item in writing.menu.items] and labels[0] == case.label, told
            expected = NOTE.format(case.before + case.result + case.after.removeprefix(case.taken))
            assert await writing.accept(case.label) == expected, case
        await a_day_comes_before_the_notes_that_its_name_is_like(writing)
        await a_block_of_another_note_gets_its_id(writing)


async def a_day_comes_before_the_notes_that_its_name_is_like(writing: Writer) -> None:
    for after in ("", "]]"):
        writing.begin("Am ", after)
        await writing.type("[[today")
        assert writing.shown()[0].label == "today"
        line = (await writing.accept("today")).split("\n")[LINE]
        assert line == f"Am [[{date.today().isoformat()}]]"


async def a_block_of_another_note_gets_its_id(writing: Writer) -> None:
    writing.begin("Siehe ", "")
    await writing.type("[[A loaf of rye#^too")
    text = await writing.accept("Too wet.")
    (edit,) = writing.applied
    (change,) = edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.uri.endswith("A%20loaf%20of%20rye.md")
    identity = change.edits[0].new_text.strip()  # type: ignore[union-attr]
    assert text == NOTE.format(f"Siehe [[A loaf of rye#{identity}]]")


@pytest.mark.parametrize("name", ["nvim-cmp", "blink.cmp"])
async def test_ghost_text_comes_last_where_neovim_shows_none(tmp_path: Path, name: str) -> None:
    async with writer(tmp_path, MENUS[name], ghosts=False, quiet=0.6) as writing:
        writing.begin("", "")
        await writing.type("Measure the board twice and cu")
        ghost = writing.shown()[-1]
        assert ghost.detail == "recall"
        assert (await writing.accept(ghost.label)).split("\n")[LINE] == PROVERB
        writing.begin("", "")
        await writing.type("I forgot the asparagus bed ")
        await writing.ask(types.CompletionContext(types.CompletionTriggerKind.Invoked))
        link = writing.shown()[-1]
        assert link.detail == "recall"
        assert (await writing.accept(link.label)).split("\n")[LINE] == "I forgot [[The asparagus bed]] "


@pytest.mark.parametrize("name", ["nvim-cmp", "blink.cmp"])
async def test_prose_is_left_in_peace_where_links_alone_are_wanted(tmp_path: Path, name: str) -> None:
    async with writer(tmp_path, MENUS[name], completion="links") as writing:
        writing.begin(f"{PARAGRAPH} ", "")
        for word in ("Then ", "the ", "team ", "answers "):
            await writing.type(word[:-1])
            assert writing.shown() == []
            await writing.type(" ")
        await writing.type("[[cou")
        assert writing.shown()[0].label == TEN
