"""textDocument/codeAction: quick fixes of diagnostics, and refactorings of what is selected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

from recall_lsp.lsp.features.diagnostic import severity_of
from recall_lsp.lsp.markup import one_line
from recall_lsp.lsp.navigation import Asked, ask_page
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.thread import threads
from recall_lsp.lsp.workspace_edit import RequestFailed, workspace_edit

if TYPE_CHECKING:
    from recall_lsp.links.edits import Plan

OPTIONS = types.CodeActionOptions(
    [
        types.CodeActionKind.QuickFix,
        types.CodeActionKind.RefactorExtract,
        types.CodeActionKind.RefactorInline,
        types.CodeActionKind.RefactorRewrite,
        types.CodeActionKind.Source,
    ]
)
QUOTE = "refactor.rewrite.quote"
Actions = list[types.CodeAction] | None


async def code_action(session: Session, params: types.CodeActionParams) -> Actions:
    place = session.place(params.text_document.uri)
    if place is None or not place[0].whole:
        return None
    only = params.context.only

    def wanted(kind: str) -> bool:
        return not only or any(kind == one or kind.startswith(f"{one}.") for one in only)

    def find(asked: Asked) -> Actions:
        made = []
        offered = [*_fixes(asked, params.range), *_refactorings(asked, params.range)]
        if params.context.trigger_kind != types.CodeActionTriggerKind.Automatic and wanted(QUOTE):
            offered += _threads(asked, params.range)  # recall at each move of the cursor would be noise
        for kind, title, plan in offered:
            if wanted(kind):
                try:
                    edit = workspace_edit(asked.notebook, asked.places, session.client, plan)
                except RequestFailed:
                    continue  # the client cannot do it
                made.append(types.CodeAction(one_line(title), kind, edit=edit))
        return made

    return await ask_page(session, types.TEXT_DOCUMENT_CODE_ACTION, params.text_document.uri, find, None)


def _threads(asked: Asked, range_: types.Range) -> Iterator[tuple[str, str, Plan]]:
    for hit, plan in threads(asked, asked.snapshot.offset(range_.start)):
        yield QUOTE, f"Quote {hit.title} here, and link it back", plan


def _fixes(asked: Asked, range_: types.Range) -> Iterator[tuple[str, str, Plan]]:
    from recall_lsp.links.check import problems
    from recall_lsp.links.fixes import fixes

    start, end = asked.snapshot.offset(range_.start), asked.snapshot.offset(range_.end)
    for problem in problems(asked.notebook, asked.page):
        touched = problem.span.start <= end and start <= problem.span.end
        if touched and severity_of(asked.options, problem.kind) != "off":
            for fix in fixes(asked.notebook, asked.page, problem, asked.options):
                yield types.CodeActionKind.QuickFix.value, fix.title, fix.plan


def _refactorings(asked: Asked, range_: types.Range) -> Iterator[tuple[str, str, Plan]]:
    from recall_lsp.links.refactor import refactorings

    start, end = sorted((asked.snapshot.offset(range_.start), asked.snapshot.offset(range_.end)))
    for one in refactorings(asked.notebook, asked.page, asked.options, start, end):
        yield one.kind, one.title, one.plan
