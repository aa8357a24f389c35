"""Questions about links and structure: asked in the vault's thread, of the notes as the editor holds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lsprotocol import types

from recall_lsp.lsp.documents import Document, Snapshot
from recall_lsp.lsp.positions import Encoding
from recall_lsp.lsp.served_vault import ServedVault
from recall_lsp.lsp.session import Session
from recall_lsp.notes.model import Span

if TYPE_CHECKING:
    from recall_lsp.config import Options
    from recall_lsp.index.vault import Vault
    from recall_lsp.links.notebook import Notebook, Page
    from recall_lsp.links.subject import Subject

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Places:
    """Places in notes as the client counts them.  `open` are the snapshots of the vault's open documents by path."""

    root: Path
    encoding: Encoding
    open: Mapping[str, Snapshot]
    versions: Mapping[str, int]
    _closed: dict[str, Snapshot] = field(default_factory=dict)

    @property
    def texts(self) -> dict[str, str]:
        return {path: snapshot.text for path, snapshot in self.open.items()}

    def uri(self, path: str) -> str:
        """An open note keeps the URI by which the client opened it."""
        return self.open[path].uri if path in self.open else (self.root / path).as_uri()

    def range(self, page: Page, span: Span) -> types.Range:
        return self.snapshot(page).range(span.start, span.end)

    def location(self, page: Page, span: Span) -> types.Location:
        return types.Location(self.uri(page.path), self.range(page, span))

    def snapshot(self, page: Page) -> Snapshot:
        if page.path in self.open:
            return self.open[page.path]
        if page.path not in self._closed:
            self._closed[page.path] = Document(self.uri(page.path), page.text, 0, self.encoding).snapshot()
        return self._closed[page.path]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about an open document: its page, and the notes around it."""

    notebook: Notebook
    page: Page
    snapshot: Snapshot
    places: Places
    options: Options

    def subject(self, position: types.Position) -> Subject:
        from recall_lsp.links.subject import subject_at

        return subject_at(self.notebook, self.page, self.snapshot.offset(position))


async def ask_page(session: Session, method: str, uri: str, work: Callable[[Asked], T], nothing: T) -> T:
    """`work` on an open document; `nothing` where there is none, or when a later question has come."""
    place, document = session.place(uri), session.documents.get(uri)
    if place is None or document is None:
        return nothing
    served, path = place
    places = open_places(session, served)

    def find(vault: Vault) -> T:
        notebook = open_notebook(vault, places)
        page = notebook.page(path)
        return nothing if page is None else work(Asked(notebook, page, places.open[path], places, served.options))

    return await served.ask((method, uri), find, nothing)


async def ask_vault(
    session: Session, served: ServedVault, key: object, work: Callable[[Notebook, Places], T], nothing: T
) -> T:
    """`work` on a whole vault."""
    places = open_places(session, served)
    return await served.ask(key, lambda vault: work(open_notebook(vault, places), places), nothing)


def open_places(session: Session, served: ServedVault) -> Places:
    """Taken on the event loop, where the documents change."""
    snapshots, versions = {}, {}
    for uri, document in session.documents.items():
        place = session.place(uri)
        if place is not None and place[0] is served:
            snapshots[place[1]], versions[place[1]] = document.snapshot(), document.version
    return Places(served.root, session.encoding, snapshots, versions)


def open_notebook(vault: Vault, places: Places) -> Notebook:
    from recall_lsp.links.notebook import Notebook

    return Notebook(vault, places.texts)
