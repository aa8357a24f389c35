"""What a writer sees, from the real server over a copy of the sample vault, by words alone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from editor import PARAGRAPH, capabilities, copy_sample, editor, log_text, notes_in, until
from lsprotocol import types


async def test_completion_hover_and_related(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    async with editor(tmp_path, vault) as window:
        await window.indexed(notes_in(vault))
        uri = window.open(vault / "now.md", f"# Meetings\n\n{PARAGRAPH} ;;\n\nSee [[The asparagus bed]] there.\n")
        end = len(PARAGRAPH) + 3
        offered = await window.completion(uri, 2, end, typed=";")
        assert offered[0].label == "Counting to ten"
        assert offered[0].text_edit == types.TextEdit(
            types.Range(types.Position(2, end - 2), types.Position(2, end)), "[[Counting to ten]]"
        )
        assert {item.filter_text for item in offered} == {";;"}
        date = offered[0].detail
        assert date is not None and re.fullmatch(r"(\d+ years|a year) ago, 2021-11-28", date)
        assert offered[0].label_details == types.CompletionItemLabelDetails(description="Counting to ten.md")

        resolved = await window.client.completion_item_resolve_async(offered[0])
        assert isinstance(resolved.documentation, types.MarkupContent)
        target = (vault / "Counting to ten.md").as_uri()
        lines = resolved.documentation.value.split("\n")
        assert lines[0].rstrip() == f"**Counting to ten** · {date}"
        assert any(re.match(r"> .*\*\*\w+\*\*", line) for line in lines)
        assert re.fullmatch(r"(strong|likely|maybe) · both say .*  ", lines[-2])
        assert re.fullmatch(rf"\[Counting to ten\.md\]\({target}(#L\d+)?\)", lines[-1])

        card = await window.hover(uri, 2, 10)
        assert card is not None and isinstance(card.contents, types.MarkupContent)
        assert resolved.documentation.value in card.contents.value
        assert card.range == types.Range(types.Position(2, 0), types.Position(2, end))

        preview = await window.hover(uri, 4, 8)
        assert preview is not None and isinstance(preview.contents, types.MarkupContent)
        assert preview.contents.value.startswith("**The asparagus bed** · ")
        assert "We dug the trench in 2022" in preview.contents.value
        assert preview.contents.value.endswith(f"[The asparagus bed.md]({(vault / 'The asparagus bed.md').as_uri()})")
        assert preview.range == types.Range(types.Position(4, 4), types.Position(4, 25))

        hits = await window.related(uri, 2, 10, limit=3)
        assert len(hits) == 3
        assert hits[0].path == "Counting to ten.md"
        assert hits[0].linked is False
        assert "words" in hits[0].foundBy
        by_command = await window.client.workspace_execute_command_async(
            types.ExecuteCommandParams(
                "recall.related",
                [{"textDocument": {"uri": uri}, "position": {"line": 2, "character": 10}, "limit": 3}],
            )
        )
        assert isinstance(by_command, dict)
        assert [hit["path"] for hit in by_command["hits"]] == [hit.path for hit in hits]
    assert log_text(tmp_path) == ""


async def test_a_note_that_is_linked_already_steps_back(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    async with editor(tmp_path, vault) as window:
        await window.indexed(notes_in(vault))
        uri = window.open(vault / "new.md", PARAGRAPH)
        first, *_ = await window.related(uri, 0, 5)
        assert (first.path, first.linked) == ("Counting to ten.md", False)
        uri = window.open(vault / "linked.md", PARAGRAPH + "\n\nSee [[Counting to ten]] there.")
        hits = await window.related(uri, 0, 5)
        assert hits and hits[0].path != "Counting to ten.md"
        assert all(hit.linked for hit in hits if hit.path == "Counting to ten.md")


async def test_hover_on_headings_and_where_no_prose_is(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    text = f"---\ntitle: Answers\n---\n\n## Meetings\n\n{PARAGRAPH}\n\n```\n{PARAGRAPH}\n```\n\n## Garden\n\n"
    text += "The asparagus in its bed: asparagus takes three years.\n"
    async with editor(tmp_path, vault) as window:
        await window.indexed(notes_in(vault))
        uri = window.open(vault / "now.md", text)
        for line, title in ((4, "Counting to ten"), (12, "The asparagus bed")):
            card = await window.hover(uri, line, 4)
            assert card is not None and isinstance(card.contents, types.MarkupContent)
            assert f"**{title}** · " in card.contents.value
            assert card.range is not None and (card.range.start.line, card.range.end.line) == (line, line)
        for line in (1, 5, 8, 9, 10, 11):
            assert await window.hover(uri, line, 4) is None, line


async def test_hover_is_silent_when_nothing_is_related_enough(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    async with editor(tmp_path, vault, settings={"quiet": 0.999}) as window:
        await window.indexed(notes_in(vault))
        uri = window.open(vault / "now.md", f"## Meetings\n\n{PARAGRAPH}\n")
        assert await window.hover(uri, 2, 9) is None
        assert await window.hover(uri, 0, 4) is None
        assert await window.completion(uri, 2, len(PARAGRAPH)) == []


@pytest.mark.parametrize(
    ("style", "link"),
    [
        ("wiki", "[[The year with no heading#What I would do again]]"),
        ("markdown", "[What I would do again](The%20year%20with%20no%20heading.md#what-i-would-do-again)"),
    ],
)
async def test_a_heading_by_its_name(tmp_path: Path, style: str, link: str) -> None:
    vault = copy_sample(tmp_path / "vault")
    (vault / "The year with no heading.md").write_text("Words.\n\n## What I would do again\n\nThe quagga.\n", "utf-8")
    async with editor(tmp_path, vault, settings={"link_style": style}) as window:
        await window.indexed(notes_in(vault))
        uri = window.open(vault / "now.md", "See [[what i would do aga]] there.\n")
        first = (await window.completion(uri, 0, 25, typed="["))[0]
        assert isinstance(first.text_edit, types.TextEdit)
        assert first.text_edit == types.TextEdit(types.Range(types.Position(0, 4), types.Position(0, 27)), link)
        window.open(vault / "now.md", f"See {link} there.\n")
        preview = await window.hover(uri, 0, 8)
        assert preview is not None and isinstance(preview.contents, types.MarkupContent)
        assert "What I would do again" in preview.contents.value and "The quagga" in preview.contents.value
        assert "Words" not in preview.contents.value


async def test_notes_of_one_title_are_told_apart(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    for folder in ("north", "south"):
        (vault / folder).mkdir()
        (vault / folder / "Quagga.md").write_text("# Quagga\n\nSeen there.\n", "utf-8")
    async with editor(tmp_path, vault) as window:
        await window.indexed(notes_in(vault))
        uri = window.open(vault / "now.md", "See [[quagga")
        offered = (await window.completion(uri, 0, 12, typed="["))[:2]
        labels = {item.label: item.text_edit.new_text for item in offered if isinstance(item.text_edit, types.TextEdit)}
        assert labels == {
            "Quagga · north": "[[north/Quagga|Quagga]]",
            "Quagga · south": "[[south/Quagga|Quagga]]",
        }


async def test_links_by_name_related_first(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    async with editor(tmp_path, vault) as window:
        await window.indexed(notes_in(vault))
        uri = window.open(vault / "now.md", f"{PARAGRAPH} [[]]\n\n[[compst\n")
        offered = await window.completion(uri, 0, len(PARAGRAPH) + 3, typed="[")
        assert offered[0].label == "Counting to ten"
        assert len(offered) > 30  # all notes, not the related alone
        edit = offered[0].text_edit
        assert isinstance(edit, types.TextEdit) and edit.new_text == "[[Counting to ten]]"
        assert edit.range.end.character == len(PARAGRAPH) + 5, "the `]]` that stands there is taken into it"
        offered = await window.completion(uri, 2, 8, typed="[")
        assert offered[0].label == "Compost"
        assert {item.filter_text for item in offered} == {"[[compst"}


async def test_what_was_typed_a_moment_ago_changes_the_hits(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    async with editor(tmp_path, vault) as window:
        await window.indexed(notes_in(vault))
        uri = window.open(vault / "now.md", "\n")
        assert await window.related(uri, 0, 0) == []
        window.type(uri, 0, 0, "The asparagus in its bed: asparagus takes three years.")
        first = (await window.related(uri, 0, 5))[0].path
        window.type(uri, 0, 0, "The cello in the attic, its crack, the bow and the sarabande.\n\n")
        second = (await window.related(uri, 0, 5))[0].path
        assert first == "The asparagus bed.md"
        assert second in ("The cello in the attic.md", "What the hands keep.md")


async def test_notes_saved_renamed_and_deleted_outside_are_followed(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    count = notes_in(vault)
    async with editor(tmp_path, vault) as window:
        await window.indexed(count)
        uri = window.open(vault / "now.md", "The quagga was a zebra without stripes on its hind legs.")

        async def found() -> list[str]:
            return [hit.path for hit in await window.related(uri, 0, 5) if "quagga" in hit.passage]

        assert await found() == []
        (vault / "Quagga.md").write_text("# Quagga\n\nA quagga is a zebra that lost half its stripes.\n", "utf-8")
        await until(lambda: is_now(found, ["Quagga.md"]))
        (vault / "Quagga.md").rename(vault / "journal" / "Zebra.md")
        await until(lambda: is_now(found, ["journal/Zebra.md"]))
        (vault / "journal" / "Zebra.md").unlink()
        await until(lambda: is_now(found, []))
        await window.indexed(count)


@pytest.mark.parametrize("encoding", list(types.PositionEncodingKind))
async def test_the_encodings_agree(tmp_path: Path, encoding: types.PositionEncodingKind) -> None:
    """Emoji, CRLF, a line separator that ends no line, and an edit on the last empty line."""
    vault = copy_sample(tmp_path / "vault")
    codec = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[encoding.value]
    width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding.value]

    def units(text: str) -> int:
        return len(text.encode(codec)) // width

    before = "😀 é日\u2028 see "
    async with editor(tmp_path, vault, client_capabilities=capabilities([encoding])) as window:
        assert window.client.capabilities is not None
        await window.indexed(notes_in(vault))
        uri = window.open(vault / "now.md", f"first\r\n{before}[[Counting to tn]] 👩‍👩‍👧 ;;\r\n")
        window.type(uri, 1, units(before + "[[Counting to t"), "e")
        window.type(uri, 2, 0, "the last line")
        card = await window.hover(uri, 1, units(before + "[[Cou"))
        assert card is not None and isinstance(card.contents, types.MarkupContent)
        assert "I timed myself." in card.contents.value
        start, end = units(before), units(before + "[[Counting to ten]]")
        assert card.range == types.Range(types.Position(1, start), types.Position(1, end))
        line = before + "[[Counting to ten]] 👩‍👩‍👧 ;;"
        offered = await window.completion(uri, 1, units(line), typed=";")
        assert offered
        edit = offered[0].text_edit
        assert isinstance(edit, types.TextEdit)
        assert edit.range == types.Range(types.Position(1, units(line) - 2), types.Position(1, units(line)))


async def test_two_folders_and_one_more(tmp_path: Path) -> None:
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    for folder, word in ((first, "quagga"), (second, "axolotl"), (third, "pangolin")):
        folder.mkdir()
        (folder / "Known.md").write_text(f"# {word.title()}\n\nAll that I know of the {word}.\n", "utf-8")
    text = "The quagga, the axolotl and the pangolin."
    async with editor(tmp_path, first, second) as window:
        await window.indexed(1, 1)
        titles = [(await window.related(window.open(at / "now.md", text), 0, 5))[0].title for at in (first, second)]
        assert titles == ["Quagga", "Axolotl"]
        uri = window.open(third / "now.md", text)
        assert await window.related(uri, 0, 5) == []
        added, removed = ([types.WorkspaceFolder(folder.as_uri(), folder.name)] for folder in (third, first))
        event = types.WorkspaceFoldersChangeEvent(added, removed)
        window.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
        await window.indexed(1, 1)
        assert (await window.related(uri, 0, 5))[0].title == "Pangolin"
        assert await window.related((first / "now.md").as_uri(), 0, 5) == []


async def test_progress_is_shown_from_begin_to_end(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    async with editor(tmp_path, vault) as window:
        await window.indexed(notes_in(vault))
        reports = window.client.progress_reports

        async def ended() -> bool:
            return any(isinstance(steps[-1], types.WorkDoneProgressEnd) for steps in reports.values() if steps)

        await until(ended)
        steps = next(iter(reports.values()))
        assert isinstance(steps[0], types.WorkDoneProgressBegin)
        percentages = [step.percentage for step in steps[:-1] if not isinstance(step, types.WorkDoneProgressEnd)]
        assert percentages == sorted(percentages, key=lambda value: value or 0)


async def is_now(found: Callable[[], Awaitable[list[str]]], expected: list[str]) -> bool:
    return bool(await found() == expected)


async def test_many_requests_at_once_leave_the_server_quick(tmp_path: Path) -> None:
    """Each keystroke asks; only the last answer counts, and it comes."""
    vault = copy_sample(tmp_path / "vault")
    async with editor(tmp_path, vault) as window:
        await window.indexed(notes_in(vault))
        uri = window.open(vault / "now.md", "Compost: ")
        asked = []
        for place, letter in enumerate("turning the heap, is it warm?"):
            window.type(uri, 0, 9 + place, letter)
            asked.append(asyncio.create_task(window.related(uri, 0, 9 + place)))
        answers = await asyncio.gather(*asked)
        assert answers[-1][0].path == "Compost.md"


async def test_a_scope_rule_is_taken_at_once_and_back(tmp_path: Path) -> None:
    vault = copy_sample(tmp_path / "vault")
    text = f"{PARAGRAPH}\n\n[[Cou"
    hidden = "Counting to ten.md"
    async with editor(tmp_path, vault) as window:
        await window.indexed(notes_in(vault))
        uri = window.open(vault / "blog" / "now.md", text)
        linking = window.open(vault / "blog" / "linking.md", "See [[Counting to ten]].\n")

        async def seen() -> list[bool]:
            card, link = await window.hover(uri, 0, 10), await window.hover(linking, 0, 8)
            assert link is not None and isinstance(link.contents, types.MarkupContent)
            assert card is None or isinstance(card.contents, types.MarkupContent)
            return [
                hidden in [hit.path for hit in await window.related(uri, 0, 10)],
                card is not None and "Counting" in card.contents.value,  # type: ignore[union-attr]
                "is not shown while you write here" not in link.contents.value,
                any("Counting" in item.label for item in await window.completion(uri, 2, 5, typed="[")),
            ]

        for rule, shown in (("", True), (f'[[scope]]\nwriting = "blog/**"\nhide = ["{hidden}"]\n', False), ("", True)):
            (vault / "recall.toml").write_text(rule, "utf-8")

            async def taken(wanted: bool = shown) -> bool:
                return await seen() == [wanted] * 4

            await until(taken)
        other = window.open(vault / "other.md", text)
        assert hidden in [hit.path for hit in await window.related(other, 0, 10)]
