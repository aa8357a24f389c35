"""Questions that a vault asks of itself: a link is hidden, and the note that it led to should come up.

A paragraph loses its links, their words with them; the rest of the note stays.  A question that is `named` keeps the
words, as when one speaks of a note before linking it.  The buffer stands in for the file, so the links on disk tell
nothing.  Gold is incomplete: a related note that was never linked counts as a miss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Literal

from recall_lsp.index.vault import Vault
from recall_lsp.notes.model import Link, Note
from recall_lsp.notes.read import read_text
from recall_lsp.recall.model import Moment
from recall_lsp.recall.moment import moment_at, paragraph_span

Half = Literal["learn", "held"]
"""The notes of a vault in two halves, by their paths: what is learned on one is judged on the other."""

_LEAST_LETTERS = 50
"""Of a paragraph without its links: less says too little to ask with."""
_LEAST_OF_TARGET = 40
"""Letters of a note that can be asked for: a stub has nothing to be found by."""
_HUB = 0.05
_LEAST_HUB = 20
"""Notes that more than 5 % (and 20) of the others link to are an index or a tag, not a thought."""
_READ_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Question:
    """A buffer with the cursor at the end of the paragraph that lost its links; `gold` are the notes they led to."""

    path: str
    text: str
    offset: int
    gold: frozenset[str]

    def moment(self) -> Moment:
        return moment_at(read_text(self.path, self.text), self.text, self.offset)


def half_of(path: str) -> Half:
    """The half that a note's questions belong to; it does not change while the note keeps its path."""
    return "learn" if _hash(path) % 2 else "held"


def fold_of(path: str, folds: int) -> int:
    """The part, 0 to folds - 1, that a note's questions fall into within their half."""
    return (_hash(path) >> 1) % folds


def questions_of(vault: Vault, most: int, half: Half | None = None, *, named: bool = False) -> list[Question]:
    """Up to `most` questions of the vault (or of one half of its notes): the same as long as the notes are the same."""
    titles = {entry.path: entry.title for entry in vault.entries.values() if _can_be_asked_for(vault, entry.id)}
    sources = (entry.path for entry in vault.entries.values() if vault.graph.outlinks(entry.id))
    found: list[Question] = []
    for path in sorted((path for path in sources if half in (None, half_of(path))), key=_hash):
        text = vault.text_of(path)
        if text is not None:
            note = read_text(path, text)
            found += questions_in(note, text, partial(vault.resolve, source=path), titles, named=named)
        if len(found) >= _READ_AHEAD * most:
            break
    found.sort(key=lambda question: _hash(f"{question.path}\n{question.offset}"))
    return found[:most]


def questions_in(
    note: Note, text: str, resolve: Callable[[Link], str | None], titles: Mapping[str, str], *, named: bool = False
) -> Iterator[Question]:
    """The questions of one note.  `resolve` gives the path a link leads to, `titles` maps the paths that can be asked
    for to their titles."""
    targets = {link: path for link in note.links if (path := resolve(link)) is not None and path != note.path}
    for (start, end), links in _by_paragraph(text, targets):
        elsewhere = {path for link, path in targets.items() if link not in links}
        spans = [(link.span.start - start, link.span.end - start) for link in links]
        words = [link.text if named else "" for link in links]
        prose, removed = _without(text[start:end], spans, words)
        wanted = {targets[link] for link in links} - elsewhere
        gold = frozenset(
            path for path in wanted if path in titles and (named or titles[path].casefold() not in prose.casefold())
        )
        if not gold or removed > len(prose):
            continue
        question = Question(note.path, text[:start] + prose + text[end:], start + len(prose), gold)
        if sum(map(str.isalpha, question.moment().paragraph)) >= _LEAST_LETTERS:
            yield question


def _can_be_asked_for(vault: Vault, note: int) -> bool:
    hub = max(_LEAST_HUB, _HUB * len(vault.entries))
    return vault.entries[note].letters >= _LEAST_OF_TARGET and len(vault.graph.backlinks(note)) <= hub


def _by_paragraph(text: str, links: Iterable[Link]) -> Iterator[tuple[tuple[int, int], list[Link]]]:
    """The paragraphs that hold links, each with them."""
    rest = sorted(links, key=lambda link: link.span.start)
    while rest:
        start, end = paragraph_span(text, rest[0].span.start)
        end = max(end, rest[0].span.end)
        inside = [link for link in rest if link.span.end <= end]
        yield (start, end), inside
        rest = [link for link in rest if link.span.start >= end]


def _without(text: str, spans: Iterable[tuple[int, int]], words: Iterable[str]) -> tuple[str, int]:
    """`text` without `spans`, which ascend, but with `words` in their places; how many characters that took."""
    kept, at, removed = [], 0, 0
    for (start, end), word in zip(spans, words, strict=True):
        kept.append(text[at:start] + word if word else text[at:start].rstrip(" "))
        removed += max(end - max(start, at) - len(word), 0)
        at = max(at, end)
    return "".join([*kept, text[at:]]).rstrip(), removed


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
