"""Fields of a note that hold tags, and the names of the properties that a vault uses."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from heapq import nlargest

from recall_lsp.index.rows import Entry
from recall_lsp.index.vault import Vault
from recall_lsp.links.notebook import Notebook, Page
from recall_lsp.notes import front_matter
from recall_lsp.notes.model import Span

_KEY = re.compile(r"^([A-Za-z_][\w-]*)[ \t]*:")
_TAG_KEYS = frozenset({"tags", "tag", "categories", "category", "keywords"})
_IN_FRONT_MATTER = re.compile(r"(?:[:\[,\s'\"#]|^[ \t]*- )([\w/-]*)$")
_ON_PAGE = re.compile(r"^[ \t]*(?:- )?(?:tags?|categor(?:y|ies)):: ?(?:.*,)?[ \t]*#?([^,\[\]]*)$", re.I)
_IN_ORG = re.compile(r"^(?:#\+(?:filetags|tags):[ \t]*:?|\*+[ \t].*[ \t]:)(?:[\w@#%:]*:)?([\w@#%]*)$", re.I)
_PROPERTY = re.compile(r"(?m)^[ \t]*(?:- )?([A-Za-z][\w.-]*)::(?=[ \t\r\n]|$)")
_NEWEST = 300


def tag_typed(page: Page, offset: int) -> Span | None:
    """The tag that is being typed in front matter, in Logseq's `tags::` or in org's keyword or heading."""
    begin = page.text.rfind("\n", 0, offset) + 1
    head = page.text[begin:offset]
    match = None
    if page.note.dialect == "logseq":
        match = _ON_PAGE.search(head)
    elif page.note.dialect == "org":
        match = _IN_ORG.search(head)
    elif begin < front_matter.split(page.text)[1] and _key_above(page.text, begin, head) in _TAG_KEYS:
        match = _IN_FRONT_MATTER.search(head)
    return Span(begin + match.start(1), offset) if match else None


def _key_above(text: str, begin: int, head: str) -> str:
    """The key whose value a line of front matter belongs to."""
    for line in (head, *reversed(text[:begin].split("\n")[:-1])):
        if match := _KEY.match(line):
            return match[1].lower()
        if line.startswith("---"):
            break
    return ""


def property_names(notebook: Notebook) -> list[str]:
    """The names of Logseq properties in the notes changed last and in the open ones, the most frequent first."""
    counts: Counter[str] = Counter()
    vault = notebook.vault
    for entry in _newest(vault, vault.notes_revision):
        if entry.path not in notebook.buffers:
            counts.update(_names_in(vault, entry))
    for text in notebook.buffers.values():
        counts.update(set(_PROPERTY.findall(text)))
    return [name for name, _ in counts.most_common()]


@lru_cache(maxsize=2)
def _newest(vault: Vault, revision: int) -> tuple[Entry, ...]:
    return tuple(nlargest(_NEWEST, vault.entries.values(), key=lambda entry: entry.modified))


@lru_cache(maxsize=2 * _NEWEST)
def _names_in(vault: Vault, entry: Entry) -> frozenset[str]:
    return frozenset(_PROPERTY.findall(vault.text_of(entry.path) or ""))
