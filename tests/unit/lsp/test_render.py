"""Cards and dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from recall_lsp.index.preview import Preview
from recall_lsp.lsp.markup import MARKDOWN, PLAIN
from recall_lsp.lsp.render import dated, hit_card, preview_card, related_card
from recall_lsp.notes.model import Span
from recall_lsp.recall.model import Hit

TODAY = date(2026, 3, 10)
ROOT = Path("/notes")
HIT = Hit(
    path="seeds/a b.md",
    title="Sleep & [memory]",
    written=date(2023, 1, 5),
    headings=("Sleep", "Deep *sleep*"),
    passage="The night writes memory down.",
    sentence="The night writes memory down.",
    span=Span(10, 39),
    line=4,
    marks=((17, 23),),
    shared=("memory",),
    found_by=("words", "meaning"),
    score=0.97,
    linked=False,
)


def test_no_date_is_not_shown() -> None:
    assert dated(None, TODAY) == ""


def test_hit_card() -> None:
    assert hit_card(HIT, ROOT, TODAY, MARKDOWN) == (
        "**Sleep \\& \\[memory\\]** · 3 years ago, 2023-01-05  \n"
        "Sleep › Deep \\*sleep\\*\n\n"
        "> The night writes **memory** down.\n\n"
        "strong · both say memory · close in meaning  \n"
        "[seeds/a b.md](file:///notes/seeds/a%20b.md#L5)"
    )


@pytest.mark.parametrize(
    ("headings", "line"),
    [
        (("Sleep & [Memory]",), None),  # the title, said already
        (("Sleep & [memory]", "At night"), "At night"),
        (("Naps", "At night"), "Naps › At night"),
    ],
)
def test_headings_on_a_card(headings: tuple[str, ...], line: str | None) -> None:
    above_quote = hit_card(replace(HIT, headings=headings), ROOT, TODAY, PLAIN).split("\n\n")[0]
    assert above_quote.split("\n")[1:] == ([line] if line else [])


def test_hit_card_in_plain_text() -> None:
    hit = replace(HIT, headings=(), linked=True, shared=(), found_by=())
    assert hit_card(hit, ROOT, TODAY, PLAIN).strip() == (
        "Sleep & [memory] · 3 years ago, 2023-01-05 · linked already\n\n"
        "  The night writes memory down.\n\n"
        "strong\nseeds/a b.md"
    )


def test_related_card_holds_all_hits_in_order() -> None:
    card = related_card([HIT, replace(HIT, title="Second")], ROOT, TODAY, MARKDOWN)
    assert card.index("Sleep") < card.index("---") < card.index("Second")


def test_preview_card() -> None:
    preview = Preview(
        path="b.md",
        title="B",
        written=date(2026, 3, 9),
        heading="Part <two>",
        text="First line\n\n- second https://x.y",
        tags=("idea", "a_b"),
        backlinks=1,
        line=2,
    )
    assert preview_card(preview, ROOT, TODAY, MARKDOWN) == (
        "**B** · yesterday, 2026-03-09 · 1 backlink  \n"
        "Part \\<two\\>  \n"
        "\\#idea \\#a\\_b\n\n"
        "> First line  \n>   \n> \\- second https\\://x.y\n\n"
        "[b.md](file:///notes/b.md#L3)"
    )
