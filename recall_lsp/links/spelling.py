"""How a link may name a note, in the manner in which it named one before; the most like first."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from recall_lsp.notes.link_site import Form
from recall_lsp.notes.resolve import NOTE_EXTENSIONS, without_extension

_PERMALINK = re.compile(r"/\d{4}/\d\d/\d\d/[^/]+(/?)$")
_POST = re.compile(r"(\d{4})-(\d\d)-(\d\d)-(.+)")


def spellings(form: Form, old: str, old_path: str, path: str, source: str, new_source: str) -> Iterator[str]:
    """Targets, not yet encoded, for the note now at `path` in a link that read `old` for the one at `old_path`.

    `source` is the linking note's path, `new_source` its path from now on.
    """
    if form == "post":
        yield without_extension(path.rpartition("/")[2])
        return
    if form == "wiki":
        yield from _by_name(old, path, new_source)
        return
    yield from _by_path(old, old_path, path, source, new_source)


def page_name(path: str) -> str:
    """The name of a Logseq page by its file: `a___b.md` and `a%2Fb.md` are `a/b`."""
    return unquote(without_extension(path.rpartition("/")[2]).replace("___", "/"))


def _by_name(old: str, path: str, source: str) -> Iterator[str]:
    extension = path[len(without_extension(path)) :] if old.lower().endswith(NOTE_EXTENSIONS) else ""
    if old.startswith("."):
        relative = _relative(path, source)
        dotted = relative if relative.startswith(".") else f"./{relative}"
        yield without_extension(dotted) + extension
    lead = "/" if old.startswith("/") else ""
    parts = without_extension(path).split("/")
    if "___" in parts[-1] or "%" in parts[-1]:
        yield page_name(path)
    fewest = min(len(old.strip("/").split("/")) if not old.startswith(".") else 1, len(parts))
    for count in range(fewest, len(parts) + 1):
        yield ("" if count < len(parts) else lead) + "/".join(parts[-count:]) + extension
    yield path
    yield "/" + path


def _by_path(old: str, old_path: str, path: str, source: str, new_source: str) -> Iterator[str]:
    lower = old.lower()
    bare = without_extension(path)
    if lower.endswith(".html"):
        endings = [bare + ".html"]
    elif lower.endswith(NOTE_EXTENSIONS):
        endings = [path]
    else:
        endings = [bare, path]
    permalink, post = _PERMALINK.search(old), _POST.fullmatch(bare.rpartition("/")[2])
    if permalink and post:
        yield f"/{'/'.join(post.groups())}{permalink[1]}"
    if "/" not in old and not leads(old, old_path, source):
        yield from (ending.rpartition("/")[2] for ending in endings)
    dot = "./" if old.startswith("./") else ""
    relative = [_relative(ending, new_source) for ending in [*endings, path]]
    relative = [one if one.startswith(".") else dot + one for one in relative]
    rooted = [("/" if old.startswith("/") else "") + ending for ending in endings]
    yield from [*relative, *rooted] if leads(old, old_path, source) else [*rooted, *relative]
    yield "/" + path


def leads(target: str, path: str, source: str) -> bool:
    """Whether a target, taken as a path from the source's folder, is the note's."""
    if target.startswith("/"):
        return False
    found = posixpath.normpath(posixpath.join(posixpath.dirname(source), target)).removesuffix(".html").casefold()
    return found in (path.casefold(), without_extension(path).casefold())


def _relative(path: str, source: str) -> str:
    return posixpath.relpath("/" + path, "/" + posixpath.dirname(source))
