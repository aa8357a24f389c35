"""textDocument/didOpen, didChange, didSave, didClose."""

from __future__ import annotations

from lsprotocol import types

from recall_lsp.lsp.documents import Document
from recall_lsp.lsp.features.diagnostic import clear, push_soon
from recall_lsp.lsp.session import Session


def did_open(session: Session, params: types.DidOpenTextDocumentParams) -> None:
    document = params.text_document
    session.documents[document.uri] = Document(document.uri, document.text, document.version, session.encoding)
    push_soon(session, document.uri)


def did_change(session: Session, params: types.DidChangeTextDocumentParams) -> None:
    document = session.documents.get(params.text_document.uri)
    if document is not None:
        document.change(params.text_document.version, list(params.content_changes))
        push_soon(session, document.uri)


def did_save(session: Session, params: types.DidSaveTextDocumentParams) -> None:
    """The keeper watches the folder itself; this spares it the wait for the file system to settle."""
    place = session.place(params.text_document.uri)
    if place is not None and place[0].keeper is not None:
        place[0].keeper.saved(place[1])


def did_close(session: Session, params: types.DidCloseTextDocumentParams) -> None:
    session.documents.pop(params.text_document.uri, None)
    clear(session, params.text_document.uri)
