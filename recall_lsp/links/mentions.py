"""Words of a note that are the title or alias of another, and no link yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from recall_lsp.index.vault import Vault
from recall_lsp.links.notebook import Notebook, Page
from recall_lsp.notes.model import Span
from recall_lsp.notes.regions import Cover, code_cover

_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_SHORTEST = 4
_LONGEST = 8
"""Words of a title that is looked for."""


@dataclass(frozen=True, slots=True)
class Mention:
    span: Span
    path: str


def mentions(notebook: Notebook, page: Page) -> list[Mention]:
    """The first unlinked mention of each other note, the longest title first; of a title of several notes, none."""
    names = _names(notebook.vault, notebook.vault.revision)
    hidden = notebook.vault.hidden_from(page.path)
    found: dict[str, Mention] = {}
    for mention in _all(page, names):
        if mention.path != page.path and not (hidden and hidden(mention.path)):
            found.setdefault(mention.path, mention)
    linked = {notebook.resolve(link, page.path) for link in page.note.links}
    return [mention for path, mention in found.items() if path not in linked]


def _all(page: Page, names: dict[str, str]) -> Iterator[Mention]:
    code = code_cover(page.note.dialect, page.text)
    taken = Cover([link.span for link in page.note.links] + [heading.span for heading in page.note.headings])
    words = [match.span() for match in _WORD.finditer(page.text)]
    at = 0
    while at < len(words):
        start, step = words[at][0], 1
        for count in range(min(_LONGEST, len(words) - at), 0, -1):
            end = words[at + count - 1][1]
            said = page.text[start:end]
            path = names.get(" ".join(said.split()).casefold()) if "\n\n" not in said else None
            if path and not code.holds(start) and not taken.holds(start) and not taken.holds(end - 1):
                yield Mention(Span(start, end), path)
                step = count
                break
        at += step


@lru_cache(maxsize=2)
def _names(vault: Vault, revision: int) -> dict[str, str]:
    """Titles and aliases that are one note's alone, folded; no short ones and no plain numbers."""
    names: dict[str, str] = {}
    shared: set[str] = set()
    for entry in vault.entries.values():
        for name in dict.fromkeys((entry.title, *entry.aliases)):
            folded = " ".join(name.split()).casefold()
            if len(folded) < _SHORTEST or not any(letter.isalpha() for letter in folded):
                continue
            if names.setdefault(folded, entry.path) != entry.path:
                shared.add(folded)
    return {name: path for name, path in names.items() if name not in shared}
