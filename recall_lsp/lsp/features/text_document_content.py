"""workspace/textDocumentContent: all notes related to a place, as a document that the editor opens.

`recall:/any name?uri=DOCUMENT&line=LINE` with the 0-based line and the document's URI, percent-encoded.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from recall_lsp.lsp.moments import moment_wherever, related_notes
from recall_lsp.lsp.render import related_page
from recall_lsp.lsp.session import Session

if TYPE_CHECKING:
    from recall_lsp.index.vault import Vault

SCHEME = "recall"
MOST = 50


async def text_document_content(
    session: Session, params: types.TextDocumentContentParams
) -> types.TextDocumentContentResult:
    uri, line = place_of(params.uri)
    at = session.open_at(uri)
    if at is None:
        return types.TextDocumentContentResult("The document that this was asked for is not open.\n")
    served, path, snapshot = at
    number, today = min(line, len(snapshot.starts) - 1), date.today()

    def find(vault: Vault) -> str:
        moment = moment_wherever(path, snapshot.text, snapshot.starts[number], snapshot.line_span(number))
        hits = related_notes(vault, moment, MOST, served.options.quiet)
        entry = vault.entry(path)
        return related_page(hits, served.root, path if entry is None else entry.title, today)

    key = (types.WORKSPACE_TEXT_DOCUMENT_CONTENT, params.uri)
    return types.TextDocumentContentResult(await served.ask(key, find, ""))


def place_of(uri: str) -> tuple[str, int]:
    """The document and the line that a `recall:` URI asks about; raises JsonRpcInvalidParams for any other."""
    parts = urlsplit(uri)
    query = parts.query if "=" in parts.query else unquote(parts.query)  # VS Code encodes the whole of it
    found = parse_qs(query)
    document, line = found.get("uri", [""])[0], found.get("line", ["0"])[0]
    if parts.scheme != SCHEME or not document or not line.isdecimal():
        raise JsonRpcInvalidParams("the document's URI must be recall:/name?uri=DOCUMENT&line=LINE")
    return document, int(line)
