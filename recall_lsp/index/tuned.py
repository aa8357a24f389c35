"""What was learned from a vault's own links, on disk: a readable JSON file, and beside it the map as .npy.

In the data folder, for it cannot be rebuilt without asking the user's notes again; for this user's eyes alone.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recall_lsp.index.places import data_dir, digest, index_dir, private_dir

_AGAIN = "run `recall-lsp tune` on the folder again, or with --undo."


@dataclass(frozen=True, slots=True, eq=False)
class Tuned:
    """`rank` maps each feature to its weight ({}: not tuned); `turn` [dims, dims], where there is one, turns what is
    asked before it meets the passages.

    Both hold for the model with `model_id` only ("" for none).  `story` says in figures how it came about; `problem`
    tells, in words, why a file is not used.
    """

    rank: Mapping[str, float] = field(default_factory=dict)
    turn: NDArray[np.float32] | None = None
    model_id: str = ""
    story: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""

    def turned(self, meaning: NDArray[np.float32] | None, model_id: str) -> NDArray[np.float32] | None:
        """The unit vector [dims] to ask with."""
        if meaning is None or self.turn is None or model_id != self.model_id:
            return meaning
        turned = self.turn @ meaning
        return np.asarray(turned / max(float(np.linalg.norm(turned)), 1e-12), np.float32)


UNTUNED = Tuned()


def tuned_path(root: Path) -> Path:
    """Where the vault's tuning is kept."""
    return data_dir() / "tuned" / f"{index_dir(root).name}.json"


def mark_tried(path: Path) -> None:
    """The vault was asked again and kept its tuning: it counts as new."""
    with suppress(OSError):
        os.utime(path)


def tuned_stamp(path: Path) -> tuple[int, int] | None:
    """Another whenever the file is another; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino


def read_tuned(path: Path) -> Tuned:
    """UNTUNED where there is no file; with its `problem` where there is one that cannot be used."""
    try:
        table = json.loads(path.read_bytes())
        turn = _read_turn(path.with_name(table["turn"])) if table["turn"] else None
        return Tuned(
            {str(name): float(weight) for name, weight in table["rank"].items()},
            turn,
            str(table["model_id"]),
            dict(table["story"]),
        )
    except FileNotFoundError as error:
        return UNTUNED if error.filename == str(path) else Tuned(problem=_cannot(path, error))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError) as error:
        return Tuned(problem=_cannot(path, error))


def write_tuned(path: Path, tuned: Tuned) -> None:
    """Whole or not at all; the map before what names it.  Raises OSError."""
    private_dir(path.parent)
    name = ""
    if tuned.turn is not None:
        content = io.BytesIO()
        np.save(content, tuned.turn.astype(np.float16), allow_pickle=False)
        name = f"{path.stem}.{digest(content.getvalue())}.npy"
        _write(path.with_name(name), content.getvalue())
    table = {
        "story": dict(tuned.story),
        "model_id": tuned.model_id,
        "turn": name,
        "rank": {feature: round(weight, 5) for feature, weight in tuned.rank.items()},
    }
    _write(path, json.dumps(table, indent=1).encode() + b"\n")
    _remove_turns(path, name)


def remove_tuned(path: Path) -> bool:
    """False when there was none.  Raises OSError."""
    there = path.exists()
    path.unlink(missing_ok=True)
    _remove_turns(path, "")
    return there


def _read_turn(path: Path) -> NDArray[np.float32]:
    turn = np.load(path, allow_pickle=False)
    if turn.ndim != 2 or turn.shape[0] != turn.shape[1] or not np.isfinite(turn).all():
        raise ValueError("its map is damaged")
    return np.asarray(turn, np.float32)


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _remove_turns(path: Path, but: str) -> None:
    for other in path.parent.glob(f"{path.stem}.*.npy"):
        if other.name != but:
            other.unlink(missing_ok=True)


def _cannot(path: Path, error: Exception) -> str:
    return f"The tuning in {path.name} cannot be read ({type(error).__name__}) and is not used: {_AGAIN}"
