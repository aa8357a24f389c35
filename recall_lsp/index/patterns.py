"""gitignore patterns as users write them: one that is none is passed over, not fatal; and what they hide where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from pathspec import GitIgnoreSpec

from recall_lsp.config import Scope


def read_patterns(lines: Iterable[str]) -> tuple[GitIgnoreSpec, list[str]]:
    """The patterns in `lines`, and the lines that are none."""
    good, wrong = [], []
    for line in lines:
        try:
            GitIgnoreSpec.from_lines([line])
            good.append(line)
        except (ValueError, re.error):
            wrong.append(line)
    return GitIgnoreSpec.from_lines(good), wrong


def hidden_from(scopes: Iterable[Scope], source: str) -> Callable[[str], bool] | None:
    """Which notes, by their paths, are never shown to a writer in the note at `source`; None where all are."""
    hides = [scope.hide for scope in scopes if _matches(scope.writing, source)]
    return (lambda path: any(_matches(hide, path) for hide in hides)) if hides else None


@lru_cache(maxsize=64)
def _spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    return read_patterns(patterns)[0]


@lru_cache(maxsize=200_000)
def _matches(patterns: tuple[str, ...], path: str) -> bool:
    return _spec(patterns).match_file(path)
