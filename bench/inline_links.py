"""Links: the held-out notes with their links taken off, typed word by word; the right offer is the link truly made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from inline_data import prose_places
from numpy.typing import NDArray

from recall_lsp.index.phrase_words import words_of
from recall_lsp.index.vault import Vault
from recall_lsp.notes.model import Link, Note
from recall_lsp.notes.read import decode, read_text
from recall_lsp.recall.naming import FEATURES, named_note

Array = NDArray[np.float64]
KINDS = ("wiki", "markdown", "org")


HABIT = ("linked", "stands")


@dataclass(frozen=True, slots=True)
class LinkOffer:
    """`offset`: where the name ends in the text without links."""

    features: tuple[float, ...]
    chance: float
    right: bool
    offset: int


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """Of some notes: how many links were truly made to notes that are there, the keys of prose, and the names that
    were finished: their features [n, FEATURES] and which were linked [n]."""

    made: int
    keys: int
    features: Array
    right: Array


def habit(features: Array) -> Array:
    """The bound that the package sets to the chance of a link: how often the name is a link [n]."""
    links, stands = (np.exp(features[:, FEATURES.index(name)]) for name in HABIT)
    return np.asarray(links / stands)


def record_links(vault: Vault, root: Path, paths: list[str], most: int) -> LinkRecord:
    notes = list(replay(vault, root, paths, most))
    rows = [offer for _, _, offers in notes for offer in offers]
    features = np.array([offer.features for offer in rows], float).reshape(-1, len(FEATURES))
    right = np.array([offer.right for offer in rows], float)
    return LinkRecord(sum(made for made, *_ in notes), sum(keys for _, keys, _ in notes), features, right)


def unlinked(text: str, note: Note) -> tuple[str, list[tuple[int, int, Link]]]:
    """The text with each link's label alone, and where the labels stand in it."""
    pieces: list[str] = []
    labels: list[tuple[int, int, Link]] = []
    done = size = 0
    for link in sorted(note.links, key=lambda link: link.span.start):
        if link.kind not in KINDS or link.span.start < done or not link.text or "\n" in link.text:
            continue
        pieces += [text[done : link.span.start], link.text]
        size += link.span.start - done
        labels.append((size, size + len(link.text), link))
        size += len(link.text)
        done = link.span.end
    return "".join([*pieces, text[done:]]), labels


def replay(vault: Vault, root: Path, paths: list[str], most: int) -> Iterator[tuple[int, int, list[LinkOffer]]]:
    """For each note: links truly made to notes that are there, how many keys, and what was offered where."""
    for path in paths[:most]:
        text = (decode((root / path).read_bytes()) or "").replace("\r\n", "\n")
        note = read_text(path, text)
        plain, labels = unlinked(text, note)
        made = [
            (start, end, target)
            for start, end, link in labels
            if (target := vault.resolve(link, path)) and target != path
        ]
        prose = frozenset(prose_places(read_text(path, plain)))
        language = vault.language_of(note)
        offers: list[LinkOffer] = []
        words = words_of(plain, language)
        for word in words:
            if not word.surface or word.end - 1 not in prose:
                continue
            linked = {vault.ids[target] for start, end, target in made if end <= word.start and target in vault.ids}
            offers_here = (named_note(vault, path, plain, word.end + gap, language, linked) for gap in (1, 2))
            found = next((one for one in offers_here if one is not None), None)
            if found is None:
                continue
            right = any(found.start < end and start < found.end and target == found.path for start, end, target in made)
            offers.append(LinkOffer(found.features, found.chance, right, word.end + 1))
        yield len([1 for start, end, _ in made if start in prose]), len(prose), offers
