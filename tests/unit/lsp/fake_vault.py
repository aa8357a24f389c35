"""A vault of a few notes in memory, for tests of the protocol alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

from recall_lsp.index.feedback import Feedback
from recall_lsp.index.graph import Graph
from recall_lsp.index.preview import Preview
from recall_lsp.index.status import Status
from recall_lsp.index.suggest import Suggestion
from recall_lsp.notes.model import Link, Span
from recall_lsp.recall.model import Hit, Moment

WRITTEN = date(2020, 5, 17)


class FakeVault:
    """`notes` maps titles to texts; a note's path is its title with `.md`, its headings are lines after `## `.

    Each query waits for `gate`.
    """

    link_style: Any = "wiki"
    root = Path("/vault")
    ids: Mapping[str, int] = {}
    graph = Graph()
    notes_revision = 0

    def __init__(self, notes: Mapping[str, str]) -> None:
        self.notes = dict(notes)
        self.gate = Event()
        self.gate.set()
        self.asked: list[str] = []
        self.closed = False
        self.unprepared = False
        self.feedback = Feedback(self.root)

    def prepare(self) -> bool:
        return False

    def refresh(self) -> bool:
        return False

    def hidden_from(self, source: str) -> None:
        return None

    def suggest(self, query: str, limit: int, source: str = "") -> list[Suggestion]:
        names = [(title, title, None) for title in self.notes]
        for title, text in self.notes.items():
            names += [(title, heading, heading) for heading in re.findall("^## (.*)", text, re.MULTILINE)]
        return [
            Suggestion(f"{title}.md", title, name, heading, WRITTEN)
            for title, name, heading in names
            if query.casefold() in name.casefold()
        ][:limit]

    def resolve(self, link: Link, source: str) -> str | None:
        return f"{link.target}.md" if link.target in self.notes else None

    def preview(self, path: str, fragment: str) -> Preview | None:
        title = path.removesuffix(".md")
        if title not in self.notes:
            return None
        return Preview(path, title, WRITTEN, fragment, self.notes[title], ("tag",), 2, 0)

    def status(self) -> Status:
        skipped = (("big.md", "larger than max_bytes"),)
        return Status("ready", "all is well", len(self.notes), 9, 9, "test-model", skipped, (), 0)

    def ambiguous(self, path: str) -> bool:
        return False

    def entry(self, path: str) -> Any:
        """The part of an entry that the protocol looks at."""
        title = path.removesuffix(".md")
        return SimpleNamespace(path=path, title=title) if title in self.notes else None

    def close(self) -> None:
        self.closed = True

    def related(self, moment: Moment, limit: int, quiet: float) -> tuple[Hit, ...]:
        """Notes that share a word of four letters with the paragraph."""
        self.asked.append(moment.paragraph)
        self.gate.wait(10)
        hits = (self._hit(title, text, moment.paragraph) for title, text in self.notes.items())
        return tuple(hit for hit in hits if hit is not None)[:limit]

    def _hit(self, title: str, text: str, words: str) -> Hit | None:
        shared = [word for word in dict.fromkeys(re.findall(r"\w{4,}", text)) if word in re.findall(r"\w+", words)]
        if not shared:
            return None
        marks = tuple((text.index(word), text.index(word) + len(word)) for word in shared)
        return Hit(
            f"{title}.md", title, WRITTEN, (), text, text, Span(0, len(text)), 0, marks, tuple(shared),
            ("words",), 0.9, False,
        )  # fmt: skip


def related_notes(vault: FakeVault, moment: Moment, limit: int, quiet: float) -> tuple[Hit, ...]:
    """Stands for `moments.related_notes`."""
    return vault.related(moment, limit, quiet)
