"""What the user taught about a vault: which notes not to show, where, which to keep at hand, and which were taken.

One JSON line an event, only ever appended to, in the user's data folder: it cannot be rebuilt.  A line goes out in
one write, so that several servers of one vault append and follow, and a killed one leaves at most one broken line,
which is skipped.  Notes are known by their paths; a line tells of a move, and what was said before goes with the note.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from recall_lsp.index.places import data_dir, private_dir, vault_name

Kind = Literal["dismissed", "never", "pinned", "accepted", "undone", "moved"]
_NEEDS: dict[str, tuple[str, ...]] = {
    "dismissed": ("note", "near"),
    "never": ("note",),
    "pinned": ("note",),
    "accepted": ("note",),
    "undone": ("of",),
    "moved": ("note", "to"),
}
"""What each kind of event must hold; a line without it is skipped."""


@dataclass(frozen=True, slots=True)
class Event:
    """`note` was dismissed near the note at `near`, is never to be shown, is pinned, or was accepted there.

    Both are paths in the vault; `how` it was accepted ("link", "quote"); `of` is the id of the event undone; `to` where
    the note, or the folder, of path `note` was moved.
    """

    id: str
    at: str
    kind: Kind
    note: str = ""
    near: str = ""
    how: str = ""
    of: str = ""
    to: str = ""


class Feedback:
    """The events of one vault, as far as they have been read.  Used from one thread."""

    def __init__(self, root: Path) -> None:
        self._path = feedback_path(root)
        self._events: dict[str, Event] = {}
        self._undone: set[str] = set()
        self._read = 0
        self._inode = 0
        self._never: frozenset[str] = frozenset()
        self._dismissed: dict[str, frozenset[str]] = {}
        self._places: frozenset[str] = frozenset()

    def hidden(self, near: str) -> frozenset[str]:
        """Paths of the notes not to be shown while the note at `near` is written.  Costs a stat if nothing is new."""
        self.follow()
        return self._never | self._dismissed.get(near, frozenset())

    def standing(self) -> list[Event]:
        """What hides a note now, newest first."""
        self.follow()
        return [event for event in reversed(self._events.values()) if self._hides(event)]

    def pinned(self) -> list[Event]:
        """What keeps a note at hand now, oldest first."""
        self.follow()
        return [event for event in self._events.values() if event.kind == "pinned" and event.id not in self._undone]

    def concerns(self, path: str) -> bool:
        """Whether anything was taught of the note at this path, or near it, or of notes in a folder there."""
        self.follow()
        return path in self._places

    def move(self, old: str, new: str) -> None:
        """A note or a folder has moved.  Nothing is written where nothing was taught of it.  Raises OSError."""
        if old != new and self.concerns(old):
            self.record("moved", old, to=new)

    def record(self, kind: Kind, note: str = "", near: str = "", how: str = "", of: str = "", to: str = "") -> Event:
        """Append an event; it is on the disk when this returns.  Raises OSError."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        event = Event(secrets.token_hex(6), now, kind, note, near, how, of, to)
        told = {name: value for name, value in asdict(event).items() if value}
        _append(self._path, json.dumps(told, ensure_ascii=False))
        self.follow()
        return event

    def find(self, identity: str = "") -> Event | None:
        """The event of that id that hides or keeps a note, or the newest that hides one."""
        found = [*self.standing(), *self.pinned()] if identity else self.standing()
        return next((event for event in found if identity in ("", event.id)), None)

    def undo(self, identity: str = "") -> Event | None:
        """Take back what `find` finds; None without one.  Raises OSError."""
        event = self.find(identity)
        if event is not None:
            self.record("undone", of=event.id)
        return event

    def follow(self) -> None:
        """Take in what any process has appended.  A file that cannot be read counts as empty."""
        try:
            found = self._path.stat()
        except OSError:
            if self._inode:
                self._forget()
            return
        if (found.st_ino, found.st_size) == (self._inode, self._read):
            return
        if found.st_ino != self._inode or found.st_size < self._read:  # restored, or edited by hand
            self._forget()
        self._inode = found.st_ino
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                lines = file.read()
        except OSError:
            return
        whole = lines[: lines.rfind(b"\n") + 1]
        self._read += len(whole)
        for event in _events(whole):
            if event.kind == "undone":
                self._undone.add(event.of)
            elif event.kind == "moved":
                self._events = {known.id: _moved(known, event.note, event.to) for known in self._events.values()}
            else:
                self._events[event.id] = event
        self._settle()

    def _forget(self) -> None:
        self._events, self._undone, self._read, self._inode = {}, set(), 0, 0
        self._settle()

    def _hides(self, event: Event) -> bool:
        return event.kind in ("dismissed", "never") and event.id not in self._undone

    def _settle(self) -> None:
        hiding = [event for event in self._events.values() if self._hides(event)]
        self._never = frozenset(event.note for event in hiding if event.kind == "never")
        near: dict[str, set[str]] = {}
        for event in hiding:
            if event.kind == "dismissed":
                near.setdefault(event.near, set()).add(event.note)
        self._dismissed = {path: frozenset(notes) for path, notes in near.items()}
        taught = {path for event in self._events.values() for path in (event.note, event.near) if path}
        self._places = frozenset(taught.union(*(_folders(path) for path in taught)))


def feedback_path(root: Path) -> Path:
    return data_dir() / "feedback" / f"{vault_name(root)}.jsonl"


def _folders(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _within(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}/")


def _moved(event: Event, old: str, new: str) -> Event:
    def now(path: str) -> str:
        return new + path[len(old) :] if _within(path, old) else path

    return replace(event, note=now(event.note), near=now(event.near))


def _append(path: Path, line: str) -> None:
    private_dir(path.parent)
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(file).st_size
        broken = size > 0 and os.pread(file, 1, size - 1) != b"\n"  # by a process that was killed
        os.write(file, (b"\n" if broken else b"") + line.encode() + b"\n")
        os.fsync(file)
    finally:
        os.close(file)


def _events(lines: bytes) -> Iterator[Event]:
    for line in lines.splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if (event := _event(found)) is not None:
            yield event


def _event(found: Any) -> Event | None:
    """The event that a line tells; None for what is no event, or one of a kind that a later version knows."""
    if not isinstance(found, dict):
        return None
    known = {name: str(found.get(name, "")) for name in Event.__slots__}
    kind = known["kind"]
    if kind not in _NEEDS or not known["id"] or not all(known[name] for name in _NEEDS[kind]):
        return None
    return Event(**known)  # type: ignore[arg-type]
