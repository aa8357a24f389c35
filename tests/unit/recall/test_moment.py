"""The words at hand, at each place of the cursor (written ‸)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recall_lsp.notes.read import read_text
from recall_lsp.recall.model import Moment
from recall_lsp.recall.moment import moment_at


def at_cursor(marked: str, path: str = "note.md") -> Moment:
    offset = marked.index("‸")
    text = marked.replace("‸", "")
    return moment_at(read_text(path, text), text, offset)


TWO = "One first. And *then* second.\n\nThree there. Four here."


@pytest.mark.parametrize(
    ("marked", "sentence", "paragraph"),
    [
        ("‸" + TWO, "One first.", "One first. And then second."),
        ("One fir‸st. And *then* second.\n\nThree there.", "One first.", "One first. And then second."),
        ("One first.‸ And *then* second.\n\nThree there.", "One first.", "One first. And then second."),
        ("One first. And *th‸en* second.\n\nThree there.", "And then second.", "One first. And then second."),
        ("One first. And *then* second.‸\n\nThree there.", "And then second.", "One first. And then second."),
        ("One.\n\n‸Three there. Four here.", "Three there.", "Three there. Four here."),
        (TWO + "‸", "Four here.", "Three there. Four here."),
        (TWO + "\n‸", "Four here.", "Three there. Four here."),
        (TWO + "\n\n‸", "Four here.", "Three there. Four here."),
        (TWO + "\n\n\n  ‸", "Four here.", "Three there. Four here."),
        ("One first.\n‸\nThree there.", "One first.", "One first."),
        ("One first.\n\n‸\n\nThree there.", "One first.", "One first."),
        ("Mine. So.\n\n> Another's.\n>\n> — [[Then]], 2019\n‸", "So.", "Mine. So."),
        ("Mine. So.\n\n> Another's.\n>\n> — Then\n\n‸\n\nMore.", "So.", "Mine. So."),
        ("Mine.\n> Another's.\n\n\n‸", "Mine.", "Mine."),
        ("Mine.\n\n> Another's. Long.‸", "Long.", "Another's. Long."),
        ("# Head\n\n> Another's.\n> Long.\n\n‸", None, "Another's. Long."),
        ("> Another's.\n> Long.\n\n‸", None, "Another's. Long."),
        ("Wrapped\nover‸ lines.\n\nThree.", None, "Wrapped\nover lines."),
        ("Above.\n\n- First item.\n- Sec‸ond item.\n- Third.", "Second item.", "Second item."),
        ("1. First item.\n2. Sec‸ond item.\n3. Third.", "Second item.", "Second item."),
        ("- First item.\n  - Inn‸er item.\n- Third.", "Inner item.", "Inner item."),
        ("- First item.\n- Second item.‸", "Second item.", "Second item."),
        ("Above.\n> A quo‸ted line.", "A quoted line.", "A quoted line."),
        ("Just [a link](x.md) and ![[embed]] `code`‸", None, None),
        ("まず一つ。つぎ‸に二つ。\n\nあと。", "つぎに二つ。", "まず一つ。つぎに二つ。"),
        ("‸", "", ""),
        ("\n\n‸\n", "", ""),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_words_at_hand(marked: str, sentence: str | None, paragraph: str | None, line_end: str) -> None:
    moment = at_cursor(marked.replace("\n", line_end))
    if sentence is not None:
        assert moment.sentence == sentence
    if paragraph is not None:
        assert moment.paragraph.split() == paragraph.split()
    assert not set("*[]`") & set(moment.paragraph)
    assert moment.sentence in moment.paragraph


HEADINGS = "# One\n\nAlpha.\n\n## Two\n\nBeta.\n\n### Three\n\nGamma.\n\n## Four\n\nDelta.\n"


@pytest.mark.parametrize(
    ("word", "path"),
    [
        ("Alpha", ("One",)),
        ("Beta", ("One", "Two")),
        ("Gamma", ("One", "Two", "Three")),
        ("Delta", ("One", "Four")),
    ],
)
def test_heading_path(word: str, path: tuple[str, ...]) -> None:
    assert at_cursor(HEADINGS.replace(word, f"{word}‸")).headings == path


def test_no_heading_above() -> None:
    assert at_cursor("Before‸ all.\n\n# One\n").headings == ()


def test_front_matter_is_no_prose() -> None:
    marked = "---\ntitle: Hidden words\ntags: [a]\n---\n\nProse at ha‸nd.\n"
    assert at_cursor(marked).paragraph == "Prose at hand."
    assert "Hidden" not in at_cursor(marked.replace("‸", "").replace("Hidden", "Hid‸den")).paragraph


@pytest.mark.parametrize(
    ("path", "marked", "paragraph"),
    [
        ("a.org", "* Heading\n\nSome /slanted/ pro‸se here.\n\nOther.", "Some slanted prose here."),
        (
            "pages/a.md",
            "- One block.\n- Two bl‸ock.\n  id:: 64a1c2d3-1111-2222-3333-444455556666\n- Three.",
            "Two block.",
        ),
        ("a.txt", "Plain w‸ords.\n\nOthers.", "Plain words."),
    ],
)
def test_dialects(path: str, marked: str, paragraph: str) -> None:
    assert at_cursor(marked, path).paragraph == paragraph


def test_work_is_bounded_in_an_endless_paragraph() -> None:
    text = "Sentence of words. " * 20_000
    moment = moment_at(read_text("a.md", text), text, len(text) // 2)
    assert 1000 < len(moment.paragraph) <= 4100
    assert moment.sentence == "Sentence of words."


@pytest.mark.parametrize("offset", [-5, 10_000])
def test_a_cursor_outside_the_text_is_taken_to_its_edge(offset: int) -> None:
    moment = moment_at(read_text("a.md", TWO), TWO, offset)
    assert 0 <= moment.offset <= len(TWO)
    assert moment.paragraph


@given(st.text(st.sampled_from("ab. \n\r\t-*#>[]`|1)あ。\U0001f600"), max_size=80), st.integers(0, 80))
def test_any_buffer_gives_a_moment(text: str, offset: int) -> None:
    moment = moment_at(read_text("a.md", text), text, offset)
    assert moment.sentence in moment.paragraph
