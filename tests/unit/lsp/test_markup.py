"""Nothing in a note becomes live in a card, and what is shown is what the note says."""

from __future__ import annotations

import re
from typing import Any

import pyromark
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recall_lsp.lsp.markup import MARKDOWN, PLAIN, escape, marked, one_line

# GFM's extended autolinks, which editors' Markdown turns into links without any brackets.
AUTOLINK = re.compile(r"(?i)\b(?:\w+://|www\.|mailto:|xmpp:)\S|[\w.+-]+@[\w-]+\.\w")

EVERYTHING = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_GFM
    | pyromark.Options.ENABLE_WIKILINKS
)


def shown(markdown: str) -> str:
    """The text of one paragraph; fails on any other markup."""
    assert not AUTOLINK.search(markdown), markdown
    text: list[str] = []
    event: Any
    for event in pyromark.events(markdown, options=EVERYTHING):
        if isinstance(event, dict):
            kind, value = next(iter(event.items()))
            assert kind in ("Start", "End", "Text"), (markdown, event)
            if kind == "Text":
                text.append(value)
            else:
                name = value if isinstance(value, str) else next(iter(value))
                assert name in ("Paragraph", "Strong"), (markdown, event)
        else:
            raise AssertionError((markdown, event))
    return "".join(text)


HOSTILE = [
    "[run](command:evil.run)",
    "![x](http://tracker.example/a.png)",
    "<script>alert(1)</script>",
    "<https://example.com>",
    "https://example.com and www.example.com and WWW.EXAMPLE.COM",
    "mail me@example.com or mailto:me@example.com",
    "# heading",
    "#tag",
    "- item",
    "+ item",
    "* item",
    "1. item",
    "12) item",
    "===",
    "---",
    "> quote",
    "```code",
    "~~~",
    "`code`",
    "a | b",
    "[[wiki]] and [^note] and [x]: http://e",
    "&lt;b&gt; &amp;",
    "**bold** _it_ ~~no~~",
    "back\\slash \\[x\\](y)",
    "    indented code",
    "line\nbreak\u2028and\r\nmore",
    "[ ] task",
    "$x$ {#id} :smile:",
    "\u202eevil\u202c",
    "www\\.example.com https\\://x.y a\\@b.c",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_note_text_is_text(text: str) -> None:
    assert shown(escape(text)) == one_line(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_within_a_quote_and_after_a_bold_word(text: str) -> None:
    html = pyromark.html(f"> {escape(text)}", options=EVERYTHING)
    assert re.fullmatch(r"<blockquote>\n<p>[^<]*</p>\n</blockquote>\n", html), html
    assert shown(marked("word " + text, ((0, 4),), MARKDOWN)) == one_line("word " + text)


@given(st.text(alphabet=st.sampled_from("a1 \n\t#*_[]()<>!`~|\\&;:/.@-+=w^${}\u2028\x00é日"), max_size=30))
@example("www.a")
@example("a@b.c")
def test_any_text_is_text(text: str) -> None:
    expected = one_line(text)
    if expected:
        assert shown(escape(text)) == expected


def test_marks_are_strong_and_mended() -> None:
    assert marked("memory fades", ((0, 6),), MARKDOWN) == "**memory** fades"
    assert marked("memory fades", ((7, 99), (0, 6)), MARKDOWN) == "**memory** **fades**"
    assert marked("memory", ((0, 3), (3, 6)), MARKDOWN) == "**memory**"
    assert marked("记忆很好", ((0, 2),), MARKDOWN) == "**记忆**很好"
    assert marked("a *b* c", ((0, 1),), MARKDOWN) == "**a** \\*b\\* c"
    assert marked("memory fades", ((0, 6),), PLAIN) == "memory fades"


def test_one_line() -> None:
    assert one_line(" a\r\n\tb\u2028c\x00\u202e ") == "a b c"
