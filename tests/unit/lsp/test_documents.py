"""Incremental changes give the text that the editor has, in each encoding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from recall_lsp.lsp.documents import Document
from recall_lsp.lsp.positions import Encoding

ENCODINGS: list[Encoding] = ["utf-8", "utf-16", "utf-32"]


def edit(start: tuple[int, int], end: tuple[int, int], text: str) -> types.TextDocumentContentChangePartial:
    return types.TextDocumentContentChangePartial(types.Range(types.Position(*start), types.Position(*end)), text)


def check(before: str, change: types.TextDocumentContentChangeEvent, after: str, encoding: Encoding = "utf-16") -> None:
    document = Document("file:///a.md", before, 1, encoding)
    document.change(2, [change])
    snapshot = document.snapshot()
    assert snapshot.text == after
    assert snapshot.starts == Document("file:///a.md", after, 1, encoding).snapshot().starts


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("", edit((0, 0), (0, 0), "hello"), "hello"),
        ("one\ntwo\n", edit((2, 0), (2, 0), "three"), "one\ntwo\nthree"),  # the last, empty line
        ("one\ntwo\n", edit((1, 0), (1, 0), "\n"), "one\n\ntwo\n"),
        ("one\r\ntwo\r\n", edit((0, 3), (1, 0), " "), "one two\r\n"),
        ("one\r\ntwo", edit((0, 99), (0, 99), "!"), "one!\r\ntwo"),
        ("one\ntwo", edit((9, 0), (9, 0), "!"), "one\ntwo!"),
        ("a\rb", edit((1, 0), (1, 0), "\n"), "a\r\nb"),  # a CR and a LF become one line end
        ("a\r\nb", edit((0, 1), (1, 0), "\r"), "a\rb"),
        ("a\u2028b\nc", edit((1, 0), (1, 1), "d"), "a\u2028b\nd"),
        ("x😀y", edit((0, 3), (0, 4), "z"), "x😀z"),
        ("a\nb\nc\nd", edit((1, 0), (3, 0), ""), "a\nd"),
        ("a\nb", types.TextDocumentContentChangeWholeDocument("new\n"), "new\n"),
    ],
)
def test_change(before: str, change: types.TextDocumentContentChangeEvent, after: str) -> None:
    check(before, change, after)


def test_changes_of_one_message_build_on_each_other() -> None:
    document = Document("file:///a.md", "one\n", 1, "utf-16")
    document.change(2, [edit((1, 0), (1, 0), "two\n"), edit((1, 0), (1, 3), "2")])
    assert document.snapshot().text == "one\n2\n"
    assert document.version == 2


TEXT = st.text(alphabet="ab \n\r😀é日\u2028", max_size=24)


@given(before=TEXT, inserted=TEXT, first=st.integers(0, 24), second=st.integers(0, 24), way=st.sampled_from(ENCODINGS))
def test_any_edit_gives_what_slicing_gives(before: str, inserted: str, first: int, second: int, way: Encoding) -> None:
    """Offsets that an editor can name: not between the CR and the LF of one line end."""
    start, end = sorted(min(place, len(before)) for place in (first, second))
    start, end = (place - (before[max(place - 1, 0) : place + 1] == "\r\n") for place in (start, end))
    document = Document("file:///a.md", before, 1, way)
    here = document.snapshot()
    change = types.TextDocumentContentChangePartial(here.range(start, end), inserted)
    check(before, change, before[:start] + inserted + before[end:], way)


@given(text=TEXT, way=st.sampled_from(ENCODINGS))
def test_offset_and_position_are_inverse(text: str, way: Encoding) -> None:
    snapshot = Document("file:///a.md", text, 1, way).snapshot()
    for offset in range(len(text) + 1):
        if text[max(offset - 1, 0) : offset + 1] != "\r\n":
            assert snapshot.offset(snapshot.position(offset)) == offset
