"""A program in a pseudo-terminal, seen as a person sees it: a screen of coloured cells."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pexpect
import pyte

_PRIVATE = re.compile(rb"\x1bP.*?\x1b\\", re.DOTALL)
"""Device control strings, by which Neovim asks what the terminal can do; pyte would print them."""

PATIENCE = 60.0
"""Seconds: on a busy machine the editor, its server and others wait for each other."""


class _Screen(pyte.Screen):
    """pyte answers such questions to nobody, and stumbles over the private ones."""

    def report_device_status(self, mode: int = 0, **_: object) -> None:
        pass

    def report_device_attributes(self, mode: int = 0, **_: object) -> None:
        pass

    def select_graphic_rendition(self, *attributes: int, private: bool = False, **_: object) -> None:
        if not private:  # `CSI ? 4 m`, by which Vim asks
            super().select_graphic_rendition(*attributes)


class Terminal:
    """Runs `command`; `wait_for` reads until the screen shows what is expected and fails with a dump of it if not."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], columns: int, lines: int, dump: Path) -> None:
        self.screen = _Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self._held = self._last = b""
        self._ended = False
        self._dump = dump
        self._child = pexpect.spawn(command[0], list(command[1:]), dimensions=(lines, columns), env=dict(env))
        # Neovim asks for the background colour (OSC 11), Helix what we can do, and both wait for the answer.
        self._answers = {
            b"\x1b]11;?": b"\x1b]11;rgb:1616/1818/2121\x1b\\",
            b"\x1b[c": b"\x1b[?62c",
            b"\x1b[5n": b"\x1b[0n",
        }

    def press(self, keys: str) -> None:
        self._child.send(keys)

    def text(self) -> str:
        # A wide letter fills two cells, the second one empty.
        return "\n".join(
            "".join(self.screen.buffer[row][column].data for column in range(self.screen.columns)).rstrip()
            for row in range(self.screen.lines)
        )

    def read(self, seconds: float) -> None:
        """Takes in what is printed, for `seconds` or until the program ends."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                output = self._child.read_nonblocking(65536, timeout=0.05)
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                self._ended = True
                return
            self._held = _PRIVATE.sub(b"", self._held + output)
            whole, begun, rest = self._held.partition(b"\x1bP")
            self._stream.feed(whole)
            self._held = begun + rest
            for question, answer in self._answers.items():
                if question in self._last[1 - len(question) :] + output:  # it may come in two pieces
                    self._child.send(answer)
            self._last = (self._last + output)[-8:]

    def wait_for(self, expected: Callable[[str], object], what: str, seconds: float = PATIENCE) -> str:
        """The screen's text once `expected` holds for it.  Raises AssertionError after `seconds`."""
        if not self._shows(expected, seconds):
            self._dump.write_text(self.text(), encoding="utf-8")
            raise AssertionError(f"{what} did not come up on the screen (kept in {self._dump}):\n{self.text()}")
        return self.text()

    def press_until(self, keys: str, undo: str, expected: Callable[[str], object], what: str) -> str:
        """Presses `keys` until `expected` holds, `undo` after each vain try, and waits longer each time: an editor does
        not tell when the server is ready, and a busy one loses keys.  Raises AssertionError in the end."""
        for patience in (0.7, 1.0, 1.5, 2.5, 4.0, 6.0, 8.0, 8.0, 8.0, 8.0, 8.0):
            self.press(keys)
            if self._shows(expected, patience):
                return self.text()
            self.press(undo)
            self.read(0.3)
        return self.wait_for(expected, what, 0.0)

    def _shows(self, expected: Callable[[str], object], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._ended:
            self.read(0.1)
            if expected(self.text()):
                return True
        return False

    def close(self) -> None:
        self._child.close(force=True)
