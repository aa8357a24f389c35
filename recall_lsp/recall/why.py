"""Why a note came, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from recall_lsp.recall.model import Hit

_MOST_WORDS = 5


def reasons(hit: Hit) -> tuple[str, ...]:
    """As in ("both say memory, night and sleep", "dream ≈ sleep", "close in meaning"); empty when nothing is known."""
    found = []
    if hit.shared:
        once: dict[str, str] = {}
        for word in hit.shared:
            once.setdefault(word.casefold(), word)
        found.append(f"both say {_listed(list(once.values())[:_MOST_WORDS])}")
    elif "words" in hit.found_by:
        found.append("uses the same words")
    if hit.close:
        found.append(", ".join(f"{theirs} ≈ {own}" for theirs, own in hit.close))
    if "meaning" in hit.found_by:
        found.append("close in meaning")
    if "links" in hit.found_by:
        found.append("near by links")
    return tuple(found)


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
