"""How hard the keeper may work: not at all while it is paused, little on battery, on one core while somebody writes.

The pause is a file in the index folder: it holds for all windows, and until it is taken back.
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic

from recall_lsp.index.places import index_dir, private_dir

SMALL_BACKLOG = 100
"""Texts that are embedded on battery too: a few notes saved, some seconds of work."""
_WRITING = 5.0
_REST = 0.3
"""Longer than between two keys of one who types."""
_LOOK_AT_POWER = 10.0


class Pace:
    """What the keeper is told of its surroundings, from another thread."""

    def __init__(self) -> None:
        self._asked = -_WRITING
        self._looked, self._battery = -_LOOK_AT_POWER, False

    def asked(self) -> None:
        """Somebody writes: the server has just had to answer."""
        self._asked = monotonic()

    @property
    def gently(self) -> bool:
        """Whether a core is to be left free."""
        return monotonic() - self._asked < _WRITING

    @property
    def rest(self) -> float:
        """For how many seconds both cores are to be left free: what follows a request is often the next one."""
        return max(0.0, self._asked + _REST - monotonic())

    @property
    def on_battery(self) -> bool:
        """As of the last ten seconds."""
        if monotonic() - self._looked >= _LOOK_AT_POWER:
            self._looked, self._battery = monotonic(), on_battery()
        return self._battery


def pause(root: Path) -> None:
    """Have whoever keeps the folder neither read nor embed, until `resume`.  Raises OSError."""
    (private_dir(index_dir(root)) / "paused").touch(mode=0o600)


def resume(root: Path) -> None:
    """Raises OSError."""
    (index_dir(root) / "paused").unlink(missing_ok=True)


def is_paused(folder: Path) -> bool:
    """Whether the keeper of an index folder is to pause."""
    return (folder / "paused").exists()


def on_battery() -> bool:
    """Whether this machine runs on its battery; False where the platform does not tell."""
    import psutil

    try:
        battery = psutil.sensors_battery()
    except Exception:  # platforms differ in what they lack, and in how they say so
        return False
    return battery is not None and battery.power_plugged is False
