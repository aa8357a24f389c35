"""How sure ghost text may be in a vault, as its writer's typing has taught: two numbers, and no word of what was typed.

In the data folder, for it cannot be rebuilt.
"""

from __future__ import annotations

import json
import math
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from recall_lsp.index.compiled import write_durably
from recall_lsp.index.places import data_dir, private_dir, vault_name

_LESSONS = 20


@dataclass(frozen=True, slots=True)
class Assurance:
    """`shift` is added to the log-odds of a chance; `known` tells how much it rests on: the inverse of its variance."""

    shift: float = 0.0
    known: float = 0.0


class Assured:
    """What is known of one vault, read when first asked."""

    def __init__(self, root: Path) -> None:
        self._path = data_dir() / "ghost" / f"{vault_name(root)}.json"
        self._known: Assurance | None = None
        self._news = 0

    def known(self) -> Assurance:
        """Nothing where there is no file yet, or one that cannot be read."""
        if self._known is None:
            self._known = _read(self._path)
        return self._known

    def learn(self, known: Assurance) -> None:
        """It is on the disk after the next few lessons, or with `keep`."""
        self._known, self._news = known, self._news + 1
        if self._news == _LESSONS:
            self.keep()

    def keep(self) -> None:
        if self._known is None or not self._news:
            return
        self._news = 0
        with suppress(OSError):  # it can be learned again
            private_dir(self._path.parent)
            write_durably(self._path, json.dumps(asdict(self._known)).encode())


def _read(path: Path) -> Assurance:
    try:
        table = json.loads(path.read_bytes())
        found = Assurance(float(table["shift"]), float(table["known"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Assurance()
    return found if math.isfinite(found.shift) and 0 <= found.known < math.inf else Assurance()
