"""Diagnostics: textDocument/diagnostic for clients that ask, textDocument/publishDiagnostics for the others.

Nothing is told while the index is being read: every link would seem broken.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from recall_lsp.lsp.navigation import Asked, ask_page
from recall_lsp.lsp.served_vault import ServedVault
from recall_lsp.lsp.session import Session

if TYPE_CHECKING:
    from recall_lsp.config import Options
    from recall_lsp.links.check import Problem, ProblemKind

PUSH = "recall/push"
SETTLED = 0.4
"""Seconds without a keystroke before diagnostics are sent unasked."""
SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "information": types.DiagnosticSeverity.Information,
    "hint": types.DiagnosticSeverity.Hint,
}

Report = types.RelatedFullDocumentDiagnosticReport | types.RelatedUnchangedDocumentDiagnosticReport


async def diagnostic(session: Session, params: types.DocumentDiagnosticParams) -> Report:
    uri, document = params.text_document.uri, session.documents.get(params.text_document.uri)
    place = session.place(uri)

    def find(asked: Asked) -> Report:
        identity = f"{document.version if document else 0} {asked.notebook.vault.revision} {hash(asked.options)}"
        if identity == params.previous_result_id:
            return types.RelatedUnchangedDocumentDiagnosticReport(identity)
        return types.RelatedFullDocumentDiagnosticReport(diagnostics(asked), result_id=identity)

    nothing: Report = types.RelatedFullDocumentDiagnosticReport([])
    if place is None or not place[0].whole:
        return nothing
    return await ask_page(session, types.TEXT_DOCUMENT_DIAGNOSTIC, uri, find, nothing)


def diagnostics(asked: Asked) -> list[types.Diagnostic]:
    from recall_lsp.links.check import problems

    made = []
    for problem in problems(asked.notebook, asked.page):
        severity = SEVERITIES.get(severity_of(asked.options, problem.kind))
        if severity is not None:
            made.append(_diagnostic(asked, problem, severity))
    return made


def severity_of(options: Options, kind: ProblemKind) -> str:
    return {
        "broken link": options.broken_links,
        "missing note": options.missing_notes,
        "broken fragment": options.broken_fragments,
        "ambiguous link": options.ambiguous_links,
        "duplicate id": options.duplicate_ids,
    }[kind]


def _diagnostic(asked: Asked, problem: Problem, severity: types.DiagnosticSeverity) -> types.Diagnostic:
    return types.Diagnostic(
        range=asked.snapshot.range(problem.span.start, problem.span.end),
        message=problem.message,
        severity=severity,
        code=problem.kind.replace(" ", "-"),
        source="recall",
    )


def push_soon(session: Session, uri: str) -> None:
    """Send a document's diagnostics once it has settled; nothing for a client that asks for them itself."""
    if session.client.pulls_diagnostics or not session.client.diagnostics:
        return
    waiting = session.settling.pop(uri, None)
    if waiting is not None:
        waiting.cancel()
    loop = asyncio.get_running_loop()
    session.settling[uri] = loop.call_later(SETTLED, lambda: session.spawn(_push(session, uri)))


def clear(session: Session, uri: str) -> None:
    """The document was closed: what was told of it is taken back."""
    waiting = session.settling.pop(uri, None)
    if waiting is not None:
        waiting.cancel()
    if uri in session.diagnosed:
        session.diagnosed.discard(uri)
        session.publish(types.PublishDiagnosticsParams(uri, []))


def index_changed(session: Session, vault: ServedVault) -> None:
    """Other notes have changed: links may lead elsewhere now."""
    if session.client.pulls_diagnostics:
        if session.client.refreshes_diagnostics:
            session.spawn(_refresh(session))
        return
    for uri in session.documents:
        place = session.place(uri)
        if place is not None and place[0] is vault:
            push_soon(session, uri)


async def _refresh(session: Session) -> None:
    await session.request(types.WORKSPACE_DIAGNOSTIC_REFRESH, None)


async def _push(session: Session, uri: str) -> None:
    session.settling.pop(uri, None)
    place, document = session.place(uri), session.documents.get(uri)
    if place is None or document is None or not place[0].whole:
        return
    found = await ask_page(session, PUSH, uri, diagnostics, None)
    if found or (found is not None and uri in session.diagnosed):
        (session.diagnosed.add if found else session.diagnosed.discard)(uri)
        session.publish(types.PublishDiagnosticsParams(uri, found, document.version))
