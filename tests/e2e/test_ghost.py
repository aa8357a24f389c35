"""Ghost text from the real server over small vaults, by words alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from editor import Editor, capabilities, editor, log_text, until
from lsprotocol import types

PROVERB = "Measure the board twice and cut it once, as my grandfather used to say."
NOTES = {
    "2019-05-04 Shelf.md": f"# Shelf\n\nThe oak was expensive. {PROVERB}\n",
    "Table.md": f"# Table\n\n{PROVERB} I did not listen.\n\nSee [[The pencil sum]].\n",
    "The pencil sum.md": "# The pencil sum\n\nAdd the lengths on paper before the saw is out of its box.\n",
    "Stool.md": f"# Stool\n\nOne leg was too short. {PROVERB}\n",
    "Bench.md": f"# Bench\n\nWarped by June. {PROVERB}\n",
    "Chair.md": "# Chair\n\nThe [[The pencil sum]] saved this one.\n",
    "private/Diary.md": "# Diary\n\nMy secret recipe for walnut oil is three parts patience.\n",
}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    root = tmp_path / "vault"
    for path, text in NOTES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


async def ghosts(
    window: Editor, uri: str, line: int, character: int, by_hand: bool = False
) -> list[types.InlineCompletionItem]:
    kinds = types.InlineCompletionTriggerKind
    context = types.InlineCompletionContext(kinds.Invoked if by_hand else kinds.Automatic)
    document, place = types.TextDocumentIdentifier(uri), types.Position(line, character)
    params = types.InlineCompletionParams(context, document, place)
    answer = await window.client.text_document_inline_completion_async(params)
    assert isinstance(answer, types.InlineCompletionList)
    here = types.Range(place, place)
    assert all(item.range == here and item.filter_text == item.insert_text for item in answer.items)
    return list(answer.items)


async def texts(window: Editor, uri: str, text: str, by_hand: bool = False) -> list[str]:
    lines = text.split("\n")
    items = await ghosts(window, uri, len(lines) - 1, len(lines[-1]), by_hand)
    return [str(item.insert_text) for item in items]


async def test_the_writers_own_words_go_on(tmp_path: Path, vault: Path) -> None:
    async with editor(tmp_path, vault) as window:
        await window.indexed(len(NOTES))
        for typed, rest in (
            ("Measure the board twice", " and cut it once, as my grandfather used to say."),
            ("It is raining. Measure the board twice and cu", "t it once, as my grandfather used to say."),
            ("- measure the boards twice and cuts it ", "once, as my grandfather used to say."),
        ):
            uri = window.open(vault / "now.md", typed)
            assert (await texts(window, uri, typed))[0] == rest
        for silent in (
            "Measure the oak",
            "",
            "`Measure the board twice",
            "```\nMeasure the board twice",
            "[[Measure the board twice",
        ):
            uri = window.open(vault / "now.md", silent)
            assert await texts(window, uri, silent) == []
        before = "Measure the board twice"
        uri = window.open(vault / "now.md", f"{before} and cut it once, as my grandfather used to say.")
        assert await texts(window, uri, before) == []
    assert log_text(tmp_path) == ""


async def test_what_is_excluded_is_never_said(tmp_path: Path, vault: Path) -> None:
    typed = "My secret recipe for walnut oil"
    async with editor(tmp_path, vault) as window:
        await window.indexed(len(NOTES))
        uri = window.open(vault / "now.md", typed)
        assert (await texts(window, uri, typed, by_hand=True))[0] == " is three parts patience."
        (vault / ".recallignore").write_text("private/\n")
        await window.indexed(len(NOTES) - 1)
        assert await texts(window, uri, typed, by_hand=True) == []


async def test_a_changed_note_is_offered_at_once(tmp_path: Path, vault: Path) -> None:
    typed = "The kettle on the landing"
    async with editor(tmp_path, vault) as window:
        await window.indexed(len(NOTES))
        uri = window.open(vault / "now.md", typed)
        assert await texts(window, uri, typed, by_hand=True) == []
        (vault / "Kettle.md").write_text("# Kettle\n\nThe kettle on the landing belongs to nobody.\n")

        async def offered() -> bool:
            return await texts(window, uri, typed, by_hand=True) in ([" belongs"], [" belongs to nobody."])

        await until(offered)


async def test_what_is_typed_in_another_note_is_offered_before_it_is_saved(tmp_path: Path, vault: Path) -> None:
    typed = "The kettle on the landing"
    async with editor(tmp_path, vault) as window:
        await window.indexed(len(NOTES))
        stool = window.open(vault / "Stool.md", NOTES["Stool.md"])
        uri = window.open(vault / "now.md", typed)
        assert await texts(window, uri, typed, by_hand=True) == []
        window.type(stool, 0, 0, "The kettle on the landing belongs to nobody.\n\n")
        assert (await texts(window, uri, typed, by_hand=True))[0] in (" belongs", " belongs to nobody.")
    assert (vault / "Stool.md").read_text() == NOTES["Stool.md"]


async def test_words_that_name_a_note_become_its_link(tmp_path: Path, vault: Path) -> None:
    typed = "I forgot the pencil sum "
    edits: list[types.ApplyWorkspaceEditParams] = []

    async with editor(tmp_path, vault) as window:

        def take(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
            edits.append(params)
            window.received["workspace/applyEdit"] -= 1
            return types.ApplyWorkspaceEditResult(True)

        window.client.feature(types.WORKSPACE_APPLY_EDIT)(take)
        await window.indexed(len(NOTES))
        uri = window.open(vault / "now.md", typed)
        offered = await ghosts(window, uri, 0, len(typed), by_hand=True)
        item = next(item for item in offered if item.insert_text == "→ [[The pencil sum]]")
        window.type(uri, 0, len(typed), "→ [[The pencil sum]]")
        assert item.command is not None
        command = types.ExecuteCommandParams(item.command.command, item.command.arguments)
        await window.client.workspace_execute_command_async(command)

        async def edited() -> bool:
            return len(edits) == 1

        await until(edited)
        changes = edits[0].edit.changes
        assert changes is not None
        start, end = types.Position(0, 9), types.Position(0, len(typed) + 20)
        assert list(changes[uri]) == [types.TextEdit(types.Range(start, end), "[[The pencil sum]] ")]
        await window.client.workspace_execute_command_async(command)  # the document is another now, for all we know
        window.received += type(window.received)()


async def test_settings(tmp_path: Path, vault: Path) -> None:
    typed = "Measure the board twice"
    for ghost, count in (("on", 1), ("links", 0), ("off", 0)):
        async with editor(tmp_path, vault, settings={"ghost": ghost}) as window:
            await window.indexed(len(NOTES))
            uri = window.open(vault / "now.md", typed)
            context = types.InlineCompletionContext(types.InlineCompletionTriggerKind.Automatic)
            document, place = types.TextDocumentIdentifier(uri), types.Position(0, len(typed))
            params = types.InlineCompletionParams(context, document, place)
            answer = await window.client.text_document_inline_completion_async(params)
            assert len(getattr(answer, "items", [])) >= count
            assert count or not getattr(answer, "items", [])


async def test_a_quotation_below_a_paragraph_when_asked(tmp_path: Path, vault: Path) -> None:
    text = "I should have done the sum of lengths on paper, before the saw was out of its box.\n\n"
    async with editor(tmp_path, vault) as window:
        await window.indexed(len(NOTES))
        uri = window.open(vault / "now.md", text)
        assert await texts(window, uri, text) == []
        offered = await texts(window, uri, text, by_hand=True)
        sentence = "Add the lengths on paper before the saw is out of its box."
        assert offered[0].startswith(f"> {sentence}\n>\n> — [[The pencil sum]]")


async def test_clients_that_count_from_zero(tmp_path: Path, vault: Path) -> None:
    async with editor(tmp_path, vault) as window:
        await window.indexed(len(NOTES))
        uri = window.open(vault / "now.md", PROVERB[:23])
        params = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 23}, "context": {"triggerKind": 0}}
        reply = await window.raw({"id": "raw-1", "method": "textDocument/inlineCompletion", "params": params})
        assert reply["result"]["items"][0]["insertText"].startswith(" and cut it once")


def applied(text: str, item: types.CompletionItem) -> str:
    """A line with an item accepted."""
    assert isinstance(item.text_edit, types.TextEdit)
    edits = [*(item.additional_text_edits or ()), item.text_edit]
    for edit in sorted(edits, key=lambda edit: -edit.range.start.character):
        assert (edit.range.start.line, edit.range.end.line) == (0, 0)
        text = text[: edit.range.start.character] + edit.new_text + text[edit.range.end.character :]
    return text


async def test_completion_items_where_no_ghosts_are_shown(tmp_path: Path, vault: Path) -> None:
    plain = capabilities(ghosts=False)
    async with editor(tmp_path, vault, client_capabilities=plain, settings={"quiet": 1}) as window:
        await window.indexed(len(NOTES))
        for typed, expected in (
            (
                "Measure the board twice and cu",
                ["Measure the board twice and cut it once, as my grandfather used to say."],
            ),
            ("Measure the board twice", ["Measure the board twice and cut it once, as my grandfather used to say."]),
            ("Measure the oak", []),
            ("Measure `the board twice and cu", []),
        ):
            uri = window.open(vault / "now.md", typed)
            items = await window.completion(uri, 0, len(typed))
            assert [applied(typed, item) for item in items] == expected, typed
            assert all((item.detail, item.filter_text) == ("recall", typed.rpartition(" ")[2]) for item in items)
        typed = "I forgot the pencil sum "
        uri = window.open(vault / "now.md", typed)
        item = (await window.completion(uri, 0, len(typed)))[-1]
        assert applied(typed, item) == "I forgot [[The pencil sum]] "
        assert item.command is not None and item.command.command == "recall.accepted"
        assert (await window.command(item.command.command, *item.command.arguments or ()))["kind"] == "accepted"
        typed = "Measure the board twice and cu"
        uri = window.open(vault / "now.md", typed)
        await ghosts(window, uri, 0, len(typed))  # a client that shows them all the same
        assert await window.completion(uri, 0, len(typed)) == []


async def test_completion_items_come_last(tmp_path: Path, vault: Path) -> None:
    typed = "Measure the board twice and cu"
    async with editor(tmp_path, vault, client_capabilities=capabilities(ghosts=False)) as window:
        await window.indexed(len(NOTES))
        uri = window.open(vault / "now.md", typed)
        items = await window.completion(uri, 0, len(typed))
        assert len(items) > 1 and [item.detail == "recall" for item in items].index(True) == len(items) - 1
        assert [item.sort_text for item in items] == sorted(str(item.sort_text) for item in items)
    async with editor(tmp_path, vault) as window:
        await window.indexed(len(NOTES))
        uri = window.open(vault / "now.md", typed)
        assert all(item.detail != "recall" for item in await window.completion(uri, 0, len(typed)))


async def test_what_was_passed_by_is_not_offered_again(tmp_path: Path, vault: Path) -> None:
    typed = "Measure the board twice"
    async with editor(tmp_path, vault) as window:
        await window.indexed(len(NOTES))
        uri = window.open(vault / "now.md", typed)
        assert len(await texts(window, uri, typed)) == 1
        more = " or thrice.\nMeasure the board twice"
        window.type(uri, 0, len(typed), more)
        assert await texts(window, uri, typed + more) == []
        assert (await texts(window, uri, typed + more, by_hand=True))[0].startswith(" and cut it once")
    [learned] = (tmp_path / "data" / "ghost").iterdir()
    assert json.loads(learned.read_text())["shift"] < 0
