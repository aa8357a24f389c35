"""Texts that no vault has a past note for: they should bring up nothing."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from random import Random

from recall_lsp.notes.read import read_bytes

_LATIN = """
lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna
aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea commodo consequat duis aute
irure in reprehenderit voluptate velit esse cillum fugiat nulla pariatur excepteur sint occaecat cupidatat non proident
sunt culpa qui officia deserunt mollit anim id est laborum
""".split()
_LEAST_LETTERS = 120


def lorem(count: int) -> list[str]:
    """Paragraphs of filler, always the same."""
    chance = Random(7)
    return [_sentences(chance) for _ in range(count)]


def foreign(count: int, without: Path) -> list[str]:
    """Paragraphs of our sample vault, evenly taken; none for the vault at `without` when it is that one.

    A vault about the same things may rightly answer some of them.
    """
    sample = Path(str(files("recall_lsp") / "sample"))
    if without.resolve() == sample.resolve():
        return []
    texts = []
    for file in sorted(path for path in sample.rglob("*") if path.is_file()):
        note = read_bytes(file.relative_to(sample).as_posix(), file.read_bytes())
        texts += [passage.text for passage in getattr(note, "passages", ()) if len(passage.text) >= _LEAST_LETTERS]
    return texts[:: max(1, len(texts) // count)][:count]


def _sentences(chance: Random) -> str:
    lengths = [chance.randint(7, 14) for _ in range(4)]
    return " ".join(" ".join(chance.choices(_LATIN, k=length)).capitalize() + "." for length in lengths)
