"""recall/related, and the recall.related command for clients without requests of their own (see messages.py)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pygls.exceptions import JsonRpcInvalidParams

from recall_lsp.lsp.markup import one_line
from recall_lsp.lsp.messages import RELATED, RelatedHit, RelatedParams, RelatedResult, Span
from recall_lsp.lsp.moments import link_to, moment_of, moment_of_selection, moment_wherever, related_notes
from recall_lsp.lsp.render import note_uri, quotation
from recall_lsp.lsp.served_vault import ServedVault
from recall_lsp.lsp.session import Session
from recall_lsp.recall.ago import ago
from recall_lsp.recall.band import band
from recall_lsp.recall.why import reasons

if TYPE_CHECKING:
    from recall_lsp.index.vault import Vault
    from recall_lsp.recall.model import Hit, Moment

MOST = 50


async def related(session: Session, params: RelatedParams) -> RelatedResult:
    uri = params.text_document.uri if params.text_document is not None else ""
    _check(params, uri)
    asked = _asked(session, params, uri)
    if asked is None:
        return RelatedResult([])
    served, path, moment = asked
    limit, today = params.limit or served.options.limit, date.today()
    quiet = served.options.quiet if params.quiet is None else params.quiet

    def find(vault: Vault) -> list[RelatedHit]:
        return [_hit(vault, served.root, path, hit, today) for hit in related_notes(vault, moment(), limit, quiet)]

    return RelatedResult(await served.ask((RELATED, uri), find, []))


def _check(params: RelatedParams, uri: str) -> None:
    if not uri and params.text is None:
        raise JsonRpcInvalidParams("recall/related needs a textDocument or a text")
    if params.limit is not None and not 1 <= params.limit <= MOST:
        raise JsonRpcInvalidParams(f"limit must lie between 1 and {MOST}")
    if params.quiet is not None and not 0 <= params.quiet <= 1:
        raise JsonRpcInvalidParams("quiet must lie between 0 and 1")


def _asked(session: Session, params: RelatedParams, uri: str) -> tuple[ServedVault, str, Callable[[], Moment]] | None:
    """The vault to ask, the path to ask from, and how the moment is made there; None where nothing is served."""
    place = session.place(uri or "untitled:")
    if place is None:
        return None
    served, path = place
    if params.text is not None:
        text = params.text
        return served, path, lambda: moment_of(path, text, len(text))
    document = session.documents.get(uri)
    if document is None:
        return None
    snapshot = document.snapshot()
    if params.selection is not None:
        start, end = sorted((snapshot.offset(params.selection.start), snapshot.offset(params.selection.end)))
        return served, path, lambda: moment_of_selection(path, snapshot.text, start, end)
    offset = len(snapshot.text) if params.position is None else snapshot.offset(params.position)
    line = snapshot.line_span(snapshot.line_at(offset))
    return served, path, lambda: moment_wherever(path, snapshot.text, offset, line)


def _hit(vault: Vault, root: Path, source: str, hit: Hit, today: date) -> RelatedHit:
    link = link_to(vault, hit.path, hit.title, source)
    return RelatedHit(
        uri=note_uri(root, hit.path),
        path=hit.path,
        title=hit.title,
        written=hit.written.isoformat() if hit.written else None,
        ago=ago(hit.written, today) if hit.written else "",
        headings=list(hit.headings),
        passage=hit.passage,
        sentence=hit.sentence,
        span=Span(hit.span.start, hit.span.end),
        line=hit.line,
        marks=[Span(start, end) for start, end in hit.marks],
        shared=list(hit.shared),
        found_by=list(hit.found_by),
        why=" · ".join(map(one_line, reasons(hit))),
        score=round(hit.score, 4),
        band=band(hit.score),
        linked=hit.linked,
        link=link,
        quote=quotation(hit, link, source),
    )
