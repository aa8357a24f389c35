"""What the READMEs of the clients tell people to write into their editor's files."""

from __future__ import annotations

from pathlib import Path

CLIENTS = Path(__file__).resolve().parents[2] / "clients"


def told(language: str, mark: str, readme: str = "README.md") -> str:
    """The one block of code in `language` that holds `mark`."""
    text = (CLIENTS / readme).read_text(encoding="utf-8")
    blocks = [part.partition("\n```")[0] for part in text.split(f"```{language}\n")[1:]]
    [block] = [block for block in blocks if mark in block]
    return block + "\n"


def replaced(text: str, old: str, new: str) -> str:
    """`text` with the one `old` replaced.  Raises AssertionError where it is not there."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {text!r}"
    return text.replace(old, new)
