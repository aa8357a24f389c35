"""workspace/diagnostic: the problems of notes that are not open, and files that no note shows, where set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from lsprotocol import types

from recall_lsp.lsp.navigation import Places, open_places
from recall_lsp.lsp.served_vault import ServedVault
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.survey import Survey

if TYPE_CHECKING:
    from recall_lsp.index.vault import Vault

Report = types.WorkspaceFullDocumentDiagnosticReport | types.WorkspaceUnchangedDocumentDiagnosticReport


async def workspace_diagnostic(
    session: Session, params: types.WorkspaceDiagnosticParams
) -> types.WorkspaceDiagnosticReport:
    """What the client does not know yet; an open note is asked for by itself."""
    known = {one.uri: one.value for one in params.previous_result_ids}
    items: list[Report] = []
    for served in list(session.vaults):
        if served.options.workspace_diagnostics and served.whole:
            survey = session.surveys.setdefault(served, Survey())
            await _checked(session, served, survey)
            items += _news(session, survey, known)
    return types.WorkspaceDiagnosticReport(items)


async def _checked(session: Session, served: ServedVault, survey: Survey) -> None:
    """Step by step, so that whoever writes meanwhile is answered between two."""
    more = True
    while more and session.running:
        places = open_places(session, served)
        work = partial(_step, survey, places, served)
        more = await served.ask(object(), work, False, urgent=False)


def _step(survey: Survey, places: Places, served: ServedVault, vault: Vault) -> bool:
    return survey.step(vault, places, served.options)


def _news(session: Session, survey: Survey, known: Mapping[str, str]) -> Iterator[Report]:
    for one in survey.findings.values():
        news = known.get(one.uri, "") != one.number and (one.found or one.uri in known)
        if news and one.uri not in session.documents:
            yield types.WorkspaceFullDocumentDiagnosticReport(one.uri, one.found, result_id=one.number)
