"""A small vault that changes at random, and tells what it holds."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

_NOTES = 60
_WORDS = "river road bread soup salt train night island book note memory winter garden letter stone harbour".split()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Each note's path, and the word that stands in it and nowhere else."""

    words: dict[str, str]


class TortureVault:
    """`root` is written at once; a change is a save, a rename, a move, a touch or a removal."""

    def __init__(self, root: Path, chance: random.Random, settings: str) -> None:
        self.root = root
        self._chance, self._settings = chance, settings
        self._words: dict[str, str] = {}
        self._count = 0
        self.begin_anew()

    def begin_anew(self) -> None:
        """All notes others than before."""
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        (self.root / "recall.toml").write_text(self._settings, "utf-8")
        self._words = {}
        for _ in range(_NOTES):
            self._write(self._new_path())

    def wanted(self) -> Wanted:
        return Wanted(dict(self._words))

    def change(self, times: int) -> None:
        for _ in range(times):
            path = self._chance.choice(list(self._words))
            action = self._chance.choices((self._write, self._rename, self._touch, self._replace), (5, 2, 1, 2))[0]
            action(path)

    def _new_path(self) -> str:
        self._count += 1
        return f"{self._chance.choice(('', 'a/', 'b/deep/'))}note {self._count}.md"

    def _write(self, path: str) -> None:
        self._count += 1
        word = f"qz{self._count}x"
        lines = [f"# {self._chance.choice(_WORDS)}", f"{word} {self._sentence()}", self._sentence(), self._sentence()]
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f".{file.name}.tmp")  # as editors save: whole, or not at all
        part.write_text("\n\n".join(lines), "utf-8")
        part.replace(file)
        self._words[path] = word

    def _rename(self, path: str) -> None:
        to = self._new_path()
        (self.root / to).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).rename(self.root / to)
        self._words[to] = self._words.pop(path)

    def _touch(self, path: str) -> None:
        (self.root / path).touch()

    def _replace(self, path: str) -> None:
        """One goes, another comes."""
        (self.root / path).unlink()
        del self._words[path]
        self._write(self._new_path())

    def _sentence(self) -> str:
        return " ".join(self._chance.choices(_WORDS, k=self._chance.randint(8, 40))) + "."
