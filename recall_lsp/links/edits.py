"""Changes to notes, before they are written in any protocol's terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from recall_lsp.notes.model import Span


class RefusedError(ValueError):
    """What was asked cannot be done; the message tells the user why."""


@dataclass(frozen=True, slots=True)
class Edit:
    """`new` in place of a span of a note's text as it stands."""

    span: Span
    new: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All at once: `edits` of notes by their paths of before, `moves` of files, `created` files with their texts.

    `unwritable`: notes with a link for which the new name could not be written.
    """

    edits: Mapping[str, tuple[Edit, ...]] = field(default_factory=dict)
    moves: tuple[tuple[str, str], ...] = ()
    created: Mapping[str, str] = field(default_factory=dict)
    unwritable: tuple[str, ...] = ()


def ready(plan: Plan) -> Callable[[], Plan]:
    """A plan that is made already, as one that is made when it is asked for."""
    return lambda: plan


def gathered(edits: Iterable[tuple[str, Edit]]) -> dict[str, tuple[Edit, ...]]:
    """Edits by path, in order; one that is asked for twice is made once, and of two that overlap the first."""
    by_path: dict[str, dict[Span, Edit]] = {}
    for path, edit in edits:
        by_path.setdefault(path, {}).setdefault(edit.span, edit)
    made = {}
    for path, found in sorted(by_path.items()):
        kept: list[Edit] = []
        for edit in sorted(found.values(), key=lambda edit: (edit.span.start, edit.span.end)):
            if not kept or edit.span.start >= kept[-1].span.end:
                kept.append(edit)
        made[path] = tuple(kept)
    return made


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text after the edits."""
    out, done = [], 0
    for edit in sorted(edits, key=lambda edit: edit.span.start):
        out += [text[done : edit.span.start], edit.new]
        done = edit.span.end
    return "".join([*out, text[done:]])
