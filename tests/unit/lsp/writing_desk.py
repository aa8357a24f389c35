"""A real vault of each dialect behind a server in this process: what an editor would ask, and what it would get.

Places are written into the texts themselves: `¦` stands where the cursor is.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import vaults
from wire import Wire

from recall_lsp.lsp.documents import Document
from recall_lsp.lsp.positions import Encoding, split_lines

NOTES: Mapping[str, str] = {
    "Bread.md": (
        "---\naliases: [The loaf]\ntags: [kitchen, craft/baking]\n---\n# Bread\n\n"
        "Needs [[Starter]] and patience. #kitchen\n\n## The crust\n\nSteam makes it. ^steam\n\n"
        "## Crumb & holes\n\nSee [flour](baking/Rye%20flour.md) and [[#The crust]].\n"
    ),
    "Starter.md": (
        "# Starter\n\nFeed it before [[Bread#The crust|the crust]] and [[The loaf]].\n\n"
        "- day one\n  - flour\n- day two\n"
    ),
    "baking/Rye flour.md": (
        "Dark flour for [bread](../Bread.md#crumb--holes), see [again][b] and ![[Bread#^steam]].\n\n"
        "[b]: <../Bread.md> 'loaf'\n\nIt drinks water.[^1] #craft/baking/rye\n\n[^1]: More than wheat.\n"
    ),
    "pages/Oven.md": (
        "title:: Oven\ntags:: kitchen, [[Bread]]\n\n- Hot stones\n  id:: 64f00000-0000-4000-8000-000000000001\n"
        "- Then [[Bread]] and #craft go in\n"
    ),
    "journals/2021_03_04.md": "- ((64f00000-0000-4000-8000-000000000001)) again with [[Oven]]\n- #[[Bread]] was good\n",
    "roam/mill.org": (
        ":PROPERTIES:\n:ID: mill-1\n:END:\n#+title: Mill\n#+filetags: :kitchen:\n\n* Stones :craft:\n"
        ":PROPERTIES:\n:ID: stones-1\n:END:\nGrind [[file:../Bread.md][for bread]].\n"
    ),
    "roam/wind.org": (
        "#+title: Wind\n\nTurns [[id:mill-1][the mill]] and [[id:stones-1][its stones]], [[file:mill.org::*Stones]].\n"
    ),
    "_posts/2015-06-14-salt.md": (
        "---\nlayout: post\ntitle: Salt\n---\n"
        "As in {% post_url 2015-06-20-water %}: [water]({% post_url 2015-06-20-water %}).\n"
    ),
    "_posts/2015-06-20-water.md": "---\nlayout: post\ntitle: Water\n---\nWith [salt](/2015/06/14/salt/).\n",
    "plain.txt": "Only words here.\n",
}

CAPABILITIES: Mapping[str, Any] = {
    "workspace": {
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create", "rename", "delete"]},
        "fileOperations": {"willRename": True, "didRename": True, "willCreate": True, "willDelete": True},
    },
    "textDocument": {
        "definition": {"linkSupport": False},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
        "diagnostic": {},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}},
    },
}


class Desk:
    """`ask` puts questions at the cursor of an open note; places in answers read `path:line:character`."""

    def __init__(self, root: Path, notes: Mapping[str, str | bytes] = NOTES, **settings: Any) -> None:
        self.root = root
        self.settings = settings
        self.wire = Wire(vaults.indexed(root, notes))  # type: ignore[arg-type]
        self.texts: dict[str, str] = {}
        self.cursor = {"line": 0, "character": 0}
        self.path = ""

    async def start(self, **capabilities: Any) -> Desk:
        params = {
            "processId": None,
            "capabilities": {**CAPABILITIES, **capabilities},
            "workspaceFolders": [{"uri": self.root.as_uri(), "name": "notes"}],
            "initializationOptions": self.settings or None,
        }
        self.initialized = await self.wire.request("initialize", params)
        self.wire.session.start = lambda vault: None  # type: ignore[method-assign]  # no keeper process
        self.wire.notify("initialized", {})
        self.wire.session.vaults[0].whole = True
        return self

    def open(self, path: str, text: str | None = None) -> None:
        """Open a note with this text, else as it stands on disk; `¦` is taken out and becomes the cursor."""
        marked = (self.root / path).read_bytes().decode() if text is None else text
        before, mark, after = marked.partition("¦")
        if mark:
            lines = split_lines(before)
            self.cursor = {"line": len(lines) - 1, "character": len(lines[-1].encode("utf-16-le")) // 2}
        self.path, self.texts[path] = path, before + after
        item = {"uri": self.uri(path), "languageId": "markdown", "version": 1, "text": before + after}
        self.wire.notify("textDocument/didOpen", {"textDocument": item})

    def at(self, before: str, after: str = "") -> None:
        """Put the cursor of the open note between these words."""
        self.close(self.path, keep=True)
        text = self.texts[self.path]
        assert text.count(before + after) == 1, (before, after)
        self.open(self.path, text.replace(before + after, f"{before}¦{after}"))

    def close(self, path: str, keep: bool = False) -> None:
        self.wire.notify("textDocument/didClose", {"textDocument": {"uri": self.uri(path)}})
        if not keep:
            del self.texts[path]

    async def ask(self, method: str, **more: Any) -> Any:
        place = {"textDocument": {"uri": self.uri(self.path)}, "position": self.cursor}
        return await self.wire.request(f"textDocument/{method}", place | more)

    async def places(self, method: str, **more: Any) -> list[str]:
        """An answer of locations, in words."""
        return [self.place(found["uri"], found["range"]) for found in await self.ask(method, **more) or ()]

    def place(self, uri: str, range_: Mapping[str, Any]) -> str:
        start = range_["start"]
        return f"{self.relative(uri)}:{start['line']}:{start['character']}"

    def uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    def relative(self, uri: str) -> str:
        from pygls.uris import to_fs_path

        found = to_fs_path(uri)
        assert found is not None
        return Path(found).relative_to(self.root).as_posix()

    def said(self, range_: Mapping[str, Any], path: str = "") -> str:
        """The words of a range."""
        return self.slice(self.texts[path or self.path], range_)

    @staticmethod
    def slice(text: str, range_: Mapping[str, Any]) -> str:
        from lsprotocol import types

        snapshot = Document("", text, 0, "utf-16").snapshot()
        places = [types.Position(**range_[end]) for end in ("start", "end")]
        return text[snapshot.offset(places[0]) : snapshot.offset(places[1])]

    async def apply(self, edit: Mapping[str, Any]) -> None:
        """Do to the files what an editor would do with a workspace edit."""
        for change in edit.get("documentChanges", ()):
            match change.get("kind"):
                case "rename":
                    source, target = (self.root / self.relative(change[end]) for end in ("oldUri", "newUri"))
                    target.parent.mkdir(parents=True, exist_ok=True)
                    assert not target.exists()
                    source.rename(target)
                case "create":
                    file = self.root / self.relative(change["uri"])
                    file.parent.mkdir(parents=True, exist_ok=True)
                    assert not file.exists()
                    file.write_text("")
                case "delete":
                    (self.root / self.relative(change["uri"])).unlink()
                case _:
                    self._write(change["textDocument"]["uri"], change["edits"])
        for uri, edits in edit.get("changes", {}).items():
            self._write(uri, edits)

    def _write(self, uri: str, edits: list[dict[str, Any]]) -> None:
        file = self.root / self.relative(uri)
        text = file.read_bytes().decode()
        file.write_bytes(edited(text, edits).encode())


def edited(text: str, edits: list[dict[str, Any]], encoding: Encoding = "utf-16") -> str:
    """A text after the edits that a client would make in it."""
    from lsprotocol import types

    snapshot = Document("", text, 0, encoding).snapshot()
    spans = []
    for edit in edits:
        start, end = (snapshot.offset(types.Position(**edit["range"][side])) for side in ("start", "end"))
        spans.append((start, end, edit["newText"]))
    for start, end, new in sorted(spans, reverse=True):
        text = text[:start] + new + text[end:]
    return text
