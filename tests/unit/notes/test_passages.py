"""Passages and sentences: their sizes, their spans, and that no content makes reading fail."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from recall_lsp.notes.draft import weight
from recall_lsp.notes.model import Note
from recall_lsp.notes.passages import MAX_WORDS
from recall_lsp.notes.read import read_bytes, read_text
from recall_lsp.notes.sentences import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("See e.g. this, i.e. that. Next.", ["See e.g. this, i.e. that.", "Next."]),
        ("Dr. Who met J. R. Smith. They spoke.", ["Dr. Who met J. R. Smith.", "They spoke."]),
        ("It is 3.14 or so. Yes.", ["It is 3.14 or so.", "Yes."]),
        ("Sails, oars etc. Then more.", ["Sails, oars etc.", "Then more."]),
        ('He said "stop." Then left.', ['He said "stop."', "Then left."]),
        ("Well ... maybe. Yes.", ["Well ... maybe.", "Yes."]),
        ("1. First point. 2. Second point.", ["1. First point.", "2. Second point."]),
        ("これは文です。次の文！「はい。」終わり", ["これは文です。", "次の文！", "「はい。」", "終わり"]),
        ("یہ جملہ ہے۔ دوسرا؟ ہاں", ["یہ جملہ ہے۔", "دوسرا؟", "ہاں"]),
        ("यह है। वह है।", ["यह है।", "वह है।"]),
        ("a line\nanother\r\nthird", ["a line", "another", "third"]),
        ("see example.org now", ["see example.org now"]),
        ("   ", []),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


@given(st.text(alphabet="ab. !?。\n\"'Dr1", max_size=60))
def test_sentences_hold_every_word_once(text: str) -> None:
    spans = sentences(text)
    assert all(start < end for start, end in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    assert "".join("".join(text[start:end] for start, end in spans).split()) == "".join(text.split())


def test_long_text_is_cut_at_sentence_ends_into_even_passages() -> None:
    text = " ".join(f"Sentence number {n} says a few words about sails." for n in range(100))
    passages = read_text("a.md", text).passages
    assert [text[p.span.start : p.span.end] for p in passages] == [p.text for p in passages]
    assert all(p.text.startswith("Sentence") and p.text.endswith("sails.") for p in passages)
    sizes = [weight(p.text) for p in passages]
    assert max(sizes) <= MAX_WORDS
    assert min(sizes) > MAX_WORDS // 2


@pytest.mark.parametrize("unit", ["x", "word ", "文", "é", "a\u0301"])
def test_a_line_without_end_is_cut_all_the_same(unit: str) -> None:
    passages = read_text("a.md", unit * (200_000 // len(unit))).passages
    assert all(weight(p.text) <= MAX_WORDS for p in passages)
    assert sum(len(p.text.replace(" ", "")) for p in passages) == len((unit * (200_000 // len(unit))).replace(" ", ""))


def test_tiny_sections_of_one_parent_come_together_with_their_headings() -> None:
    text = "# Book\n\n## One\n\nShort.\n\n## Two\n\nAlso short.\n\n# Other\n\nEnd."
    passages = read_text("a.md", text).passages
    assert [(p.headings, p.text) for p in passages] == [
        (("Book",), "One\nShort.\nTwo\nAlso short."),
        (("Other",), "End."),
    ]


_PIECES = st.sampled_from(
    [
        "word ", "été ", "文。", "🧵 ", "\n", "\r\n", "\n\n", "# ", "## H\n", "- ", "\t- ", "  ", "    ", "[[a]]",
        "[[a|b]]", "![[c]]", "[x](y.md)", "[x][r]", "**", "_", "`", "```\n", "$", "$$",
        "| a | b |\n|---|---|\n| c | d |\n", "<b>", "<!--", "<p>\n", "&amp;", "\\*", "^id\n", "#tag ",
        "key:: v\n", "id:: x\n", "---\n", "title: a\n", "((60a78b6b-a0ff-49fe-822f-87216fbf79ff))", "{{x}}",
        "{% y %}", "==", "%%", "* Head\n", "#+title: t\n", ":PROPERTIES:\n", ":END:\n", "[[id:x][y]]",
        "#+begin_src\n", "/em/ ", "1/ ", "> ", "[^1]", "http://e.org/a ", "\u2028", "\f", "\r",
    ]
)  # fmt: skip
_PATHS = st.sampled_from(["a.md", "a.org", "a.txt", "pages/a.md"])


@settings(max_examples=400, deadline=None)
@given(_PATHS, st.lists(_PIECES, max_size=30).map("".join))
@example("a.md", "`a\r\nb` c")
@example("a.md", "`#+title: t\n`")
@example("a.md", "- `key:: v\n{% y %}`")
@example("a.md", "![[c]]<p>\n<!--")
@example("a.md", "| a | b |\n|---|---|\n| c | d |\nhttp://e.org/a http://e.org/a ")
def test_every_character_of_prose_is_found_in_the_file(path: str, text: str) -> None:
    """White space is made where blocks meet and lines wrap; an entity stands for a longer piece of the file."""
    note = read_text(path, text)
    assert not any("could not be read" in problem for problem in note.problems)
    for passage in note.passages:
        assert 0 <= passage.span.start <= passage.span.end <= len(text)
        for index, character in enumerate(passage.text):
            span = passage.in_file(index, index + 1)
            if not character.isspace():
                assert text[span.start : span.start + 1] in (character, "&")
    for span in (*(k.span for k in note.links), *(h.span for h in note.headings), *(b.span for b in note.blocks)):
        assert 0 <= span.start <= span.end <= len(text)


@settings(max_examples=300, deadline=None)
@given(_PATHS, st.text(st.characters(), max_size=200) | st.text("[]()*_`#-:|> \n\ud800é", max_size=200))
def test_reading_never_fails(path: str, text: str) -> None:
    assert isinstance(read_text(path, text), Note)


@settings(max_examples=200, deadline=None)
@given(_PATHS, st.binary(max_size=200))
def test_reading_bytes_never_fails(path: str, data: bytes) -> None:
    read_bytes(path, data)


@pytest.mark.parametrize("path", ["a.md", "a.org", "a.txt", "pages/a.md"])
@pytest.mark.parametrize(
    "unit",
    [
        "[",
        "[[",
        "> ",
        "- ",
        "*a ",
        "`",
        "<",
        "$",
        "\t- a\n",
        "| ",
        "{{",
        "((",
        "%%",
        "_a",
        "==",
        "&",
        "#+begin_x\n",
        "[[a][",
        ":a:\n",
        "a://",
        "`#` #a ",
        "[fn:",
        "![",
        "  ",
        "\n",
        "## x\n",
    ],
)
def test_deep_and_odd_content_is_read_in_bounded_time(path: str, unit: str) -> None:
    assert isinstance(read_text(path, unit * 5_000), Note)
