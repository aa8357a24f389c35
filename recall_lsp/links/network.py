"""The graph of notes as figures and as a picture: tags, orphans, what is linked most, a note's neighbourhood."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from recall_lsp.index.vault import Vault

_SIZE = 900
_MIDDLE = _SIZE / 2


@dataclass(frozen=True, slots=True)
class Network:
    """`links` are pairs of paths, from the note that links to the one that it links to."""

    notes: Mapping[str, str]
    links: tuple[tuple[str, str], ...]


def network(vault: Vault, around: str = "", steps: int = 1) -> Network:
    """All notes, by path with their titles, and the links between them; or those so few links away from one."""
    graph = vault.graph
    chosen = set(vault.entries) if not around else {vault.ids[around]}
    for _ in range(steps if around else 0):
        chosen |= {other for note in chosen for other in (*graph.outlinks(note), *graph.backlinks(note))}
    notes = {vault.entries[note].path: vault.entries[note].title for note in chosen}
    links = [
        (vault.entries[note].path, vault.entries[target].path)
        for note in chosen
        for target in graph.outlinks(note)
        if target in chosen
    ]
    return Network(dict(sorted(notes.items())), tuple(sorted(links)))


def orphans(vault: Vault) -> list[str]:
    """The notes that no other links to and that link to none."""
    graph = vault.graph
    return sorted(
        entry.path for note, entry in vault.entries.items() if not graph.outlinks(note) | graph.backlinks(note)
    )


def most_linked(vault: Vault, limit: int) -> list[tuple[str, int]]:
    """Paths with the number of notes that link to them, the most first."""
    counted = [(entry.path, len(vault.graph.backlinks(note))) for note, entry in vault.entries.items()]
    return sorted((pair for pair in counted if pair[1]), key=lambda pair: (-pair[1], pair[0]))[:limit]


def tags_by_use(vault: Vault) -> list[tuple[str, int]]:
    """Tags with the number of notes that have them, the most first."""
    counted = [(tag, len(paths)) for tag, paths in vault.tally.tagged.items()]
    return sorted(counted, key=lambda pair: (-pair[1], pair[0]))


def as_svg(found: Network, around: str) -> str:
    """A picture of a note's neighbourhood: it in the middle, the others in rings about it."""
    others = [path for path in found.notes if path != around]
    places = {around: (_MIDDLE, _MIDDLE)} | dict(zip(others, _rings(len(others)), strict=True))
    lines = [_line(places[one], places[other]) for one, other in found.links if one != other]
    dots = [_dot(places[path], title, path == around) for path, title in found.notes.items()]
    style = "text{font:13px sans-serif;text-anchor:middle;fill:#333}line{stroke:#bbb}circle{fill:#4878a8}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE}"><style>{style}</style>'
    return "\n".join([head, *lines, *dots, "</svg>\n"])


def _rings(count: int) -> Sequence[tuple[float, float]]:
    """So many places, twelve on the first ring and twelve more on each further."""
    sizes: list[int] = []
    while sum(sizes) < count:
        sizes.append(min(12 * (len(sizes) + 1), count - sum(sizes)))
    step = (_MIDDLE - 60) / max(len(sizes), 1)
    return [
        (
            _MIDDLE + step * (ring + 1) * math.cos(math.tau * (at + ring / 2) / size),
            _MIDDLE + step * (ring + 1) * math.sin(math.tau * (at + ring / 2) / size),
        )
        for ring, size in enumerate(sizes)
        for at in range(size)
    ]


def _line(one: tuple[float, float], other: tuple[float, float]) -> str:
    return f'<line x1="{one[0]:.1f}" y1="{one[1]:.1f}" x2="{other[0]:.1f}" y2="{other[1]:.1f}"/>'


def _dot(place: tuple[float, float], title: str, middle: bool) -> str:
    short = title if len(title) <= 32 else title[:31] + "…"
    x, y, radius = *place, 9 if middle else 5
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}"><title>{escape(title)}</title></circle>'
        f'<text x="{x:.1f}" y="{y - 12:.1f}">{escape(short)}</text>'
    )
