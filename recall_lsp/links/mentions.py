"""Words of a note that are the title or alias of another, and no link yet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from recall_lsp.index.graph import Graph
from recall_lsp.index.vault import Vault
from recall_lsp.links.notebook import Notebook, Page, read
from recall_lsp.notes.model import Span
from recall_lsp.notes.regions import Cover, code_cover
from recall_lsp.notes.resolve import WORD, opening, title_key

_SHORTEST = 4
_LONGEST = 8
"""Words of a title that is looked for."""
_MOST_WORDS = 10_000
"""Words of a note that are looked at."""


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
    note, graph = read(path, text), vault.graph
    code = code_cover(note.dialect, text)
    taken = Cover([link.span for link in note.links] + [heading.span for heading in note.headings])
    words = [match.span() for match in islice(WORD.finditer(text), _MOST_WORDS)]
    found, at = [], 0
    while at < len(words):
        start, step = words[at][0], 1
        most = min(_LONGEST, len(words) - at)
        # Few words and their next ones begin a title: the others are looked up once instead of eight times.
        opens = graph.opens(opening(title_key(text[start : words[at + most - 1][1]])))
        for count in range(most if opens else 1, 0, -1):
            end = words[at + count - 1][1]
            owner = _named(graph, text[start:end])
            if owner and not code.holds(start) and not taken.holds(start) and not taken.holds(end - 1):
                found.append(Mention(Span(start, end), owner))
                step = count
                break
        at += step
    return tuple(found)


def _named(graph: Graph, words: str) -> str | None:
    """The one note of this title or alias; none for short words and plain numbers."""
    if len(words) < _SHORTEST or "\n\n" in words:
        return None
    owner = graph.only_owner(title_key(" ".join(words.split())))
    return graph.path(owner) if owner is not None and any(letter.isalpha() for letter in words) else None
