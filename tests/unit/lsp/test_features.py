"""Completion, hover, related and status over a small vault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from wire import URI, Wire, served_wire

from recall_lsp.lsp.capabilities import ClientFeatures
from recall_lsp.lsp.keeper import Keeper


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    yield from served_wire(monkeypatch)


def labels(answer: Any) -> list[str]:
    return [item["label"] for item in answer["items"]]


async def test_capabilities(wire: Wire) -> None:
    capabilities = (await wire.initialize(trigger="@@"))["capabilities"]
    assert capabilities["positionEncoding"] == "utf-16"
    assert capabilities["completionProvider"] == {
        "triggerCharacters": ["!", "#", "(", "@", "[", "^"],
        "resolveProvider": True,
    }
    assert capabilities["hoverProvider"] is True
    assert capabilities["textDocumentSync"] == {"openClose": True, "change": 2, "save": {"includeText": False}} | {
        key: value for key, value in capabilities["textDocumentSync"].items() if not value
    }
    assert {
        *("recall.related", "recall.backlinks", "recall.status", "recall.dismiss", "recall.neverShow"),
        *("recall.accepted", "recall.undo", "recall.hidden"),
    } <= set(capabilities["executeCommandProvider"]["commands"])
    assert capabilities["codeLensProvider"] == {"resolveProvider": True}


async def test_the_trigger_offers_what_the_paragraph_is_about(wire: Wire) -> None:
    await wire.initialize()
    wire.open("Other words.\n\nPatience with bread, patience with all ;;\n\nmemory")
    answer = await wire.completion(2, 41, kind=2)
    assert answer is not None and answer["isIncomplete"] is True
    assert labels(answer) == ["Bread", "Garden"]
    assert wire.vault.asked == ["Patience with bread, patience with all"]  # not the trigger itself
    for rank, item in enumerate(answer["items"]):
        assert item["filterText"] == ";;"
        assert item["sortText"] == f"{rank:04}"
        assert item["textEdit"]["range"] == {
            "start": {"line": 2, "character": 39},
            "end": {"line": 2, "character": 41},
        }
        assert item["textEdit"]["newText"] == f"[[{item['label']}]]"
        assert re.fullmatch(r"\d+ years ago, 2020-05-17", item["detail"])  # as the card has it: Neovim repeats others
        assert item["labelDetails"] == {"description": f"{item['label']}.md"}


async def test_a_name_typed_after_the_trigger(wire: Wire) -> None:
    await wire.initialize()
    wire.open("All about patience ;;gar")
    answer = await wire.completion(0, 24, kind=3)
    assert labels(answer) == ["Garden", "Bread"]
    assert answer is not None
    assert {item["filterText"] for item in answer["items"]} == {";;gar"}


async def test_no_menu_where_nothing_is_entered(wire: Wire) -> None:
    await wire.initialize()
    wire.open("an [ ] task about patience")
    assert await wire.completion(0, 4, kind=2) is None


async def test_by_hand_keeps_the_word_and_links_after_it(wire: Wire) -> None:
    await wire.initialize()
    wire.open("About patience")
    answer = await wire.completion(0, 14)
    assert answer is not None
    assert labels(answer) == ["Bread", "Garden"]
    assert {item["filterText"] for item in answer["items"]} == {"patience"}
    assert answer["items"][0]["textEdit"]["newText"] == "patience [[Bread]]"


@pytest.mark.parametrize(
    ("line", "character", "expected", "new_text", "end"),
    [
        ("All patience is [[", 18, ["Bread", "Garden", "Sleep"], "[[Bread]]", 18),
        ("All patience is [[]]", 18, ["Bread", "Garden", "Sleep"], "[[Bread]]", 20),
        ("All patience is [[slee]]", 22, ["Sleep", "Bread", "Garden"], "[[Sleep]]", 24),
        ("All patience is [[sleep]]", 20, ["Sleep", "Bread", "Garden"], "[[Sleep]]", 25),
        ("Nothing [[a", 11, ["Bread", "Garden"], "[[Bread]]", 11),
    ],
)
async def test_links(wire: Wire, line: str, character: int, expected: list[str], new_text: str, end: int) -> None:
    await wire.initialize()
    wire.open(line)
    answer = await wire.completion(0, character, kind=2)
    assert answer is not None
    assert labels(answer) == expected
    edit = answer["items"][0]["textEdit"]
    start = line.index("[[")
    assert edit["newText"] == new_text
    assert edit["range"] == {"start": {"line": 0, "character": start}, "end": {"line": 0, "character": end}}
    assert {item["filterText"] for item in answer["items"]} == {line[start:character]}


@pytest.mark.parametrize(
    ("style", "line", "new_text", "end"),
    [
        ("wiki", "Of [[two", "[[Garden#Two wells]]", 8),
        ("wiki", "Of [[two]]", "[[Garden#Two wells]]", 10),
        ("markdown", "Of [[two", "[Two wells](Garden.md#two-wells)", 8),
        ("markdown", "Of [[two]] and", "[Two wells](Garden.md#two-wells)", 10),
        ("org", "Of [[two]]", "[[file:Garden.md::*Two wells][Two wells]]", 10),
    ],
)
async def test_a_heading_is_linked_to(wire: Wire, style: str, line: str, new_text: str, end: int) -> None:
    await wire.initialize()
    wire.vault.link_style = style
    wire.vault.notes["Garden"] = "Plants.\n\n## Two wells\n\nWater."
    wire.open(line)
    answer = await wire.completion(0, 8, kind=2)
    assert answer is not None
    (item,) = answer["items"]
    assert item["label"] == "Two wells → Garden"
    assert item["textEdit"]["newText"] == new_text
    assert item["textEdit"]["range"] == {"start": {"line": 0, "character": 3}, "end": {"line": 0, "character": end}}
    assert item["filterText"] == "[[two"
    card = (await wire.request("completionItem/resolve", item))["documentation"]["value"]
    assert "Two wells" in card


async def test_an_exact_name_comes_before_the_related(wire: Wire) -> None:
    await wire.initialize()
    wire.vault.notes["Gardening"] = "A gardening patience."
    wire.vault.notes = dict(sorted(wire.vault.notes.items(), reverse=True))
    wire.open("All patience [[garden")
    answer = await wire.completion(0, 21, kind=3)
    assert labels(answer) == ["Garden", "Gardening", "Bread"]


async def test_resolve_brings_the_card(wire: Wire) -> None:
    await wire.initialize()
    wire.open("All patience [[")
    answer = await wire.completion(0, 15, kind=2)
    assert answer is not None
    related, named = answer["items"][0], answer["items"][2]
    card = (await wire.request("completionItem/resolve", related))["documentation"]
    assert card["kind"] == "markdown"
    assert related["detail"] in card["value"]
    assert "Bread needs **patience**." in card["value"]
    card = (await wire.request("completionItem/resolve", named))["documentation"]
    assert "Sleep writes memory down." in card["value"]
    foreign = {"label": "x", "data": [1]}
    assert await wire.request("completionItem/resolve", foreign) == foreign


async def test_hover_on_a_link(wire: Wire) -> None:
    await wire.initialize()
    wire.open("😀 see [[Sleep]] and [[Nowhere]]")
    found = await wire.request("textDocument/hover", wire.at(0, 10))
    assert "Sleep writes memory down." in found["contents"]["value"]
    assert "2 backlinks" in found["contents"]["value"]
    assert found["range"] == {"start": {"line": 0, "character": 7}, "end": {"line": 0, "character": 16}}
    missing = await wire.request("textDocument/hover", wire.at(0, 25))
    assert missing["contents"]["value"] == "No note is called **Nowhere** yet."


async def test_hover_on_words_and_on_nothing(wire: Wire) -> None:
    await wire.initialize(limit=1)
    wire.open("Words of patience\nin two lines.\n\n")
    found = await wire.request("textDocument/hover", wire.at(1, 3))
    assert "Bread" in found["contents"]["value"]
    assert "Garden" not in found["contents"]["value"]
    assert found["range"] == {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 13}}
    assert await wire.request("textDocument/hover", wire.at(2, 0)) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ntitle: patience\ntags: [patience]\n---\n\npatience", 2),
        ("Words of patience\n```\npatience()\n```\nand patience", 2),
        ("Words of patience\n\n    patience()\n\nand patience", 2),
        ("| patience | bread |\n| -------- | ----- |\n| patience | bread |", 1),
        ("# Patience\n\npatience", 1),
        ("patience\n\n<!-- patience -->", 2),
    ],
)
async def test_hover_where_nobody_writes_prose(wire: Wire, text: str, line: int) -> None:
    await wire.initialize()
    wire.open(text)
    assert await wire.request("textDocument/hover", wire.at(line, 3)) is None
    assert wire.vault.asked == []


async def test_hover_on_a_heading_is_about_its_section(wire: Wire) -> None:
    await wire.initialize()
    wire.open("patience\n\n## Rest  \n\nAbout memory.\n\n### Deeper\n\nIts bread.\n\n## Other\n\nA garden.\n")
    found = await wire.request("textDocument/hover", wire.at(2, 4))
    assert wire.vault.asked == ["Rest\nAbout memory.\nIts bread."]
    assert found["range"] == {"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 7}}
    assert "Sleep" in found["contents"]["value"] and "Garden" not in found["contents"]["value"]


async def test_plain_text_for_a_client_without_markdown(wire: Wire) -> None:
    await wire.initialize()
    wire.session.client = ClientFeatures()
    wire.open("patience [[Sleep]]")
    found = await wire.request("textDocument/hover", wire.at(0, 12))
    assert found["contents"]["kind"] == "plaintext"
    assert "**" not in found["contents"]["value"] and "](" not in found["contents"]["value"]


@pytest.mark.parametrize(("hover", "on_words", "on_link"), [("links", False, True), ("off", False, False)])
async def test_hover_as_set(wire: Wire, hover: str, on_words: bool, on_link: bool) -> None:
    await wire.initialize(hover=hover)
    wire.open("patience [[Sleep]]")
    assert bool(await wire.request("textDocument/hover", wire.at(0, 2))) is on_words
    assert bool(await wire.request("textDocument/hover", wire.at(0, 12))) is on_link


async def test_related(wire: Wire) -> None:
    await wire.initialize()
    wire.open("All patience.\n\nAll memory.")
    answer = await wire.request("recall/related", wire.at(2, 4))
    assert [hit["title"] for hit in answer["hits"]] == ["Sleep"]
    assert answer["hits"][0] == {
        "uri": "file:///vault/Sleep.md",
        "path": "Sleep.md",
        "title": "Sleep",
        "written": "2020-05-17",
        "ago": answer["hits"][0]["ago"],
        "headings": [],
        "passage": "Sleep writes memory down.",
        "sentence": "Sleep writes memory down.",
        "span": {"start": 0, "end": 25},
        "line": 0,
        "marks": [{"start": 13, "end": 19}],
        "shared": ["memory"],
        "foundBy": ["words"],
        "why": "both say memory",
        "score": 0.9,
        "band": "likely",
        "linked": False,
        "link": "[[Sleep]]",
        "quote": "> Sleep writes memory down.\n>\n> — [[Sleep]], 2020-05-17\n",
    }
    assert re.fullmatch(r"\d+ years ago", answer["hits"][0]["ago"])


async def test_related_to_a_selection_and_to_a_text(wire: Wire) -> None:
    await wire.initialize()
    wire.open("All patience.\n\nAll memory.")
    document = {"textDocument": {"uri": URI}}
    selection = {"start": {"line": 2, "character": 4}, "end": {"line": 2, "character": 10}}
    await wire.request("recall/related", document | {"selection": selection})
    assert wire.vault.asked.pop() == "memory"
    answer = await wire.request("recall/related", {"text": "Of patience", "limit": 1})
    assert [hit["title"] for hit in answer["hits"]] == ["Bread"]


async def test_commands_do_what_the_requests_do(wire: Wire) -> None:
    await wire.initialize()
    wire.open("All memory.")
    asked = {"command": "recall.related", "arguments": [wire.at(0, 4)]}
    by_command = await wire.request("workspace/executeCommand", asked)
    assert by_command == await wire.request("recall/related", wire.at(0, 4))
    status = await wire.request("workspace/executeCommand", {"command": "recall.status"})
    assert status == await wire.request("recall/status")
    assert status["folders"][0]["notes"] == 3
    assert status["folders"][0]["skipped"] == [{"path": "big.md", "message": "larger than max_bytes"}]


async def test_unsaved_text_counts(wire: Wire) -> None:
    await wire.initialize()
    wire.open("All patience.")
    change = {"range": {"start": {"line": 0, "character": 4}, "end": {"line": 0, "character": 12}}, "text": "memory"}
    params = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [change]}
    wire.notify("textDocument/didChange", params)
    answer = await wire.request("recall/related", wire.at(0, 4))
    assert [hit["title"] for hit in answer["hits"]] == ["Sleep"]


async def test_documents_outside_and_closed_ones_are_quiet(wire: Wire) -> None:
    await wire.initialize()
    other = "file:///elsewhere/x.md"
    wire.open("patience", other)
    params = {"textDocument": {"uri": other}, "position": {"line": 0, "character": 1}}
    assert await wire.request("textDocument/hover", params) is None
    assert await wire.request("textDocument/completion", params) is None
    assert await wire.request("recall/related", params) == {"hits": []}
    wire.open("patience")
    wire.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    assert await wire.request("textDocument/hover", wire.at(0, 1)) is None


async def test_a_document_not_saved_yet_is_served_from_the_first_folder(wire: Wire) -> None:
    await wire.initialize()
    wire.open("patience", "untitled:Untitled-1")
    params = {"textDocument": {"uri": "untitled:Untitled-1"}, "position": {"line": 0, "character": 1}}
    assert (await wire.request("recall/related", params))["hits"]


async def test_a_huge_document_is_read_near_the_cursor_only(wire: Wire) -> None:
    await wire.initialize()
    wire.open("filler text\n\n" * 40_000 + "All memory, [[Sleep]].\n\n" + "filler text\n\n" * 40_000)
    answer = await wire.request("recall/related", wire.at(80_000, 4))
    assert [hit["title"] for hit in answer["hits"]] == ["Sleep"]
    assert wire.vault.asked == ["All memory, Sleep."]
    found = await wire.request("textDocument/hover", wire.at(80_000, 15))
    assert found["range"] == {"start": {"line": 80_000, "character": 12}, "end": {"line": 80_000, "character": 21}}


async def test_related_on_a_heading_is_about_its_section(wire: Wire) -> None:
    await wire.initialize()
    wire.open("patience\n\n## Rest\n\nAbout memory.\n\n## Other\n\nA garden.\n")
    answer = await wire.request("recall/related", wire.at(2, 0))
    assert [hit["title"] for hit in answer["hits"]] == ["Sleep"]


async def test_the_keeper_makes_room_for_a_writer_and_not_for_a_status_line(wire: Wire) -> None:
    await wire.initialize()
    wire.open("Patience with bread, patience with all")
    hints: list[str] = []
    (served,) = wire.session.vaults
    served.keeper = cast(Keeper, SimpleNamespace(asked=lambda: hints.append("asked"), state="working", stop=_nothing))
    await wire.request("recall/status")
    assert hints == []
    await wire.request("textDocument/hover", wire.at(0, 4))
    assert hints == ["asked"]


async def _nothing() -> None:
    pass
