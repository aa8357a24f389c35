"""Where sections end, found for all headings at once."""

from __future__ import annotations

from random import Random

from recall_lsp.notes.anchor import section_end, section_ends
from recall_lsp.notes.model import Heading, Span


def test_all_sections_end_where_each_does() -> None:
    chance = Random(3)
    for size in range(12):
        headings = [Heading("x", chance.randint(1, 4), Span(10 * at, 10 * at + 5), at) for at in range(size)]
        assert section_ends(headings, 999) == [section_end(headings, at, 999) for at in range(size)]
