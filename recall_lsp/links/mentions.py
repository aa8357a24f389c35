"""Words of a note that are the title or alias of another, and no link yet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from recall_lsp.index.vault import Vault
from recall_lsp.links.notebook import Notebook, Page, read
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
    vault = notebook.vault
    hidden = vault.hidden_from(page.path)
    found: dict[str, Mention] = {}
    for mention in _all(vault, vault.notes_revision, page.path, page.text):
        if mention.path != page.path and not (hidden and hidden(mention.path)):
            found.setdefault(mention.path, mention)
    linked = {notebook.resolve(link, page.path) for link in page.note.links}
    return [mention for path, mention in found.items() if path not in linked]


@lru_cache(maxsize=8)
def _all(vault: Vault, revision: int, path: str, text: str) -> tuple[Mention, ...]:
    """Remembered, since editors ask for code actions at each move of the cursor."""
    note, names, longest = read(path, text), *_names(vault, revision)
    code = code_cover(note.dialect, text)
    taken = Cover([link.span for link in note.links] + [heading.span for heading in note.headings])
    words = [match.span() for match in _WORD.finditer(text)]
    found, at = [], 0
    while at < len(words):
        start, step = words[at][0], 1
        most = longest.get(text[start : words[at][1]].casefold(), 0)
        for count in range(min(most, len(words) - at), 0, -1):
            end = words[at + count - 1][1]
            said = text[start:end]
            other = names.get(" ".join(said.split()).casefold()) if "\n\n" not in said else None
            if other and not code.holds(start) and not taken.holds(start) and not taken.holds(end - 1):
                found.append(Mention(Span(start, end), other))
                step = count
                break
        at += step
    return tuple(found)


@lru_cache(maxsize=2)
def _names(vault: Vault, revision: int) -> tuple[dict[str, str], dict[str, int]]:
    """Titles and aliases that are one note's alone, folded; no short ones and no plain numbers.

    With them, by their first word, of how many words the longest is.
    """
    names: dict[str, str] = {}
    shared: set[str] = set()
    for entry in vault.entries.values():
        for name in dict.fromkeys((entry.title, *entry.aliases)):
            folded = " ".join(name.split()).casefold()
            if len(folded) < _SHORTEST or not any(letter.isalpha() for letter in folded):
                continue
            if names.setdefault(folded, entry.path) != entry.path:
                shared.add(folded)
    longest: dict[str, int] = {}
    for name in names.keys() - shared:
        words = _WORD.findall(name)
        if words:
            longest[words[0]] = max(longest.get(words[0], 0), min(len(words), _LONGEST))
    return {name: path for name, path in names.items() if name not in shared}, longest
