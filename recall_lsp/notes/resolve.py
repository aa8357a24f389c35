"""Which note a link means: the names notes answer to, and the names a link tries.

The caller keeps a mapping of key -> paths of notes.  Keys are case-folded NFC: a path or any of its suffixes
(`b/c.md`, `b/c`), `title:` and a title or alias, `id:` and a block's id, `~` and a name in which spaces, `-`, `_`
and the ways of writing a namespace are one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from unicodedata import normalize
from urllib.parse import unquote

from recall_lsp.notes.dates import written_in
from recall_lsp.notes.model import Link

NOTE_EXTENSIONS = (".md", ".markdown", ".mdx", ".org", ".txt")

WORD = re.compile(r"\w+(?:['’-]\w+)*")
_OPENING = re.compile(rf"{WORD.pattern}\W+{WORD.pattern}")
_TITLE = "title:"
_LOOSE = re.compile(r"[\s_-]+")
_PERMALINK = re.compile(r"(?:^|/)(\d{4})/(\d\d)/(\d\d)/([^/]+?)(?:/|\.html)?$")
_DAY_NAME = re.compile(r"[^\W\d_]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{4}[-_/.]\d\d[-_/.]\d\d", re.I)


def note_keys(path: str, title: str, aliases: Iterable[str], ids: Iterable[str]) -> tuple[str, ...]:
    """All keys that a note answers to."""
    path = _folded(path)
    bare = without_extension(path)
    keys = [*_suffixes(path), *_suffixes(bare)]
    names = [name for name in (title, *aliases) if name]
    keys += [title_key(name) for name in names]
    stem = bare.rpartition("/")[2]
    keys += [f"~{_loose(_folded(name))}" for name in (bare, stem, _namespaced(stem), *names)]
    keys += [f"id:{_folded(name)}" for name in ids if name]
    return tuple(dict.fromkeys(keys))


def title_key(name: str) -> str:
    """The key of a title or alias."""
    return f"{_TITLE}{_folded(name).strip()}"


def opening(key: str) -> str:
    """The first two words, folded, of a title, by its key; "" for another key, and where there are not two."""
    found = _OPENING.match(key, len(_TITLE)) if key.startswith(_TITLE) else None
    return found.group() if found else ""


def link_keys(link: Link, source: str) -> tuple[str, ...]:
    """The keys to try for a link in the note at `source`, most specific first; no path leaves the vault."""
    if link.kind == "block":
        return (f"id:{_folded(link.target)}",)
    if not link.target:
        return (_folded(source),)
    if link.target.startswith("id:"):
        return (_folded(link.target),)
    target = _folded(link.target.removeprefix("file:").replace("\\", "/"))
    if link.kind in ("markdown", "org"):
        keys = _path_keys(target, _folded(source)) + name_keys(target)
    else:
        relative = _path_keys(target, _folded(source)) if "/" in target else []
        keys = relative + name_keys(target) if target.startswith(".") else name_keys(target) + relative
    return tuple(dict.fromkeys(keys))


def nearest(candidates: Collection[str], source: str) -> str:
    """Of several notes of one name, the one with most folders in common with `source`, then the least deep."""
    folders = source.split("/")[:-1]

    def distance(path: str) -> tuple[int, int, str]:
        common = 0
        for ours, theirs in zip(folders, path.split("/")[:-1], strict=False):
            if ours != theirs:
                break
            common += 1
        return -common, path.count("/"), path

    return min(candidates, key=distance)


def without_extension(path: str) -> str:
    """The path without a notes file's extension."""
    for extension in NOTE_EXTENSIONS:
        if path.lower().endswith(extension):
            return path[: -len(extension)]
    return path


def _path_keys(target: str, source: str) -> list[str]:
    """The target as a path from the source's folder, then from the vault's root."""
    folder = source.rpartition("/")[0]
    places = [_within(target)] if target.startswith("/") else [_within(f"{folder}/{target}"), _within(target)]
    if permalink := _PERMALINK.search(target):
        places.append("-".join(permalink.groups()))
    return [place for place in places if place]


def _within(path: str) -> str:
    """The path with `.` and `..` resolved; "" if it leaves the vault."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return _without_html("/".join(parts))


def _without_html(path: str) -> str:
    """Sites link to the page made from a note."""
    return path.removesuffix(".html")


def name_keys(target: str) -> list[str]:
    """The keys to try for a folded name, as of a wiki link without a folder."""
    name = target.strip("/").lstrip("./") or target
    keys = [name, f"{_TITLE}{name}", f"~{_loose(without_extension(name))}"]
    if _DAY_NAME.fullmatch(name) and (day := written_in(name)):
        keys += [day.strftime("%Y_%m_%d"), day.isoformat()]
    return keys


def _suffixes(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[index:]) for index in range(len(parts))]


def _namespaced(stem: str) -> str:
    """The page name in a Logseq file name: `a___b`, `a%2Fb`, `a.b`."""
    decoded = unquote(stem).replace("___", "/")
    return decoded if "/" in decoded else decoded.replace(".", "/")


def _folded(name: str) -> str:
    return name.lower() if name.isascii() else normalize("NFC", name).casefold()


def _loose(name: str) -> str:
    return _LOOSE.sub(" ", name).strip()
