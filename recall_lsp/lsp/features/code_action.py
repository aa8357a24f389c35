"""textDocument/codeAction and codeAction/resolve: quick fixes, refactorings, and what is done with related notes.

Where the client resolves, an action is listed without its edit, which is made when it is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from recall_lsp.lsp.features.diagnostic import severity_of
from recall_lsp.lsp.hiding import hiding_actions
from recall_lsp.lsp.markup import one_line
from recall_lsp.lsp.navigation import Asked, ask_page
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.thread import QUOTE, threads
from recall_lsp.lsp.workspace_edit import RequestFailed, workspace_edit
from recall_lsp.notes.model import Span

if TYPE_CHECKING:
    from recall_lsp.links.edits import Plan

OPTIONS = types.CodeActionOptions(
    [
        types.CodeActionKind.QuickFix,
        types.CodeActionKind.RefactorExtract,
        types.CodeActionKind.RefactorInline,
        types.CodeActionKind.RefactorRewrite,
        types.CodeActionKind.Source,
    ],
    resolve_provider=True,
)
_FIX = types.CodeActionKind.QuickFix.value
Actions = list[types.CodeAction] | None
Wanted = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be done; `creates`: only by a client that lets a new file be made."""

    kind: str
    title: str
    plan: Callable[[], Plan]
    creates: bool = False


async def code_action(session: Session, params: types.CodeActionParams) -> Actions:
    place = session.place(params.text_document.uri)
    if place is None or not place[0].whole:
        return None
    only, range_ = params.context.only, params.range
    by_hand = params.context.trigger_kind != types.CodeActionTriggerKind.Automatic

    def wanted(kind: str) -> bool:
        return not only or any(kind == one or kind.startswith(f"{one}.") for one in only)

    def find(asked: Asked) -> Actions:
        made = [
            types.CodeAction(one_line(offer.title), offer.kind, data=_data(params, offer))
            if session.client.resolves_actions
            else _whole(session, asked, offer)
            for offer in _offers(asked, range_, wanted, by_hand)
            if session.client.creates_files or not offer.creates
        ]
        return made + (hiding_actions(asked, range_) if by_hand and wanted("") else [])

    return await ask_page(session, types.TEXT_DOCUMENT_CODE_ACTION, params.text_document.uri, find, None)


async def resolve(session: Session, action: types.CodeAction) -> types.CodeAction:
    """The action with its edit.  Raises RequestFailed where it cannot be done any more."""
    data: Mapping[str, Any] = action.data if isinstance(action.data, Mapping) else {}
    if "uri" not in data:
        return action
    start, end = (types.Position(*data[side]) for side in ("start", "end"))

    def find(asked: Asked) -> types.CodeAction | None:
        offers = _offers(asked, types.Range(start, end), lambda kind: kind == data["kind"], by_hand=True)
        return next((_whole(session, asked, one) for one in offers if one_line(one.title) == action.title), None)

    uri = str(data["uri"])
    found = await ask_page(session, types.CODE_ACTION_RESOLVE, uri, find, None)
    if found is None:
        raise RequestFailed("The note has changed since: ask for the actions again.")
    action.edit = found.edit
    return action


def _data(params: types.CodeActionParams, offer: Offer) -> dict[str, Any]:
    start, end = params.range.start, params.range.end
    return {
        "uri": params.text_document.uri,
        "start": [start.line, start.character],
        "end": [end.line, end.character],
        "kind": offer.kind,
    }


def _whole(session: Session, asked: Asked, offer: Offer) -> types.CodeAction:
    edit = workspace_edit(asked.notebook, asked.places, session.client, offer.plan())
    return types.CodeAction(one_line(offer.title), offer.kind, edit=edit)


def _offers(asked: Asked, range_: types.Range, wanted: Wanted, by_hand: bool) -> Iterator[Offer]:
    if wanted(_FIX):
        yield from _fixes(asked, range_)
    yield from _refactorings(asked, range_, wanted)
    if by_hand and wanted(QUOTE):  # recall at each move of the cursor would be noise
        yield from (Offer(QUOTE, title, plan) for title, plan in threads(asked, asked.snapshot.offset(range_.start)))


def _fixes(asked: Asked, range_: types.Range) -> Iterator[Offer]:
    from recall_lsp.links.check import problems_within
    from recall_lsp.links.edits import ready
    from recall_lsp.links.fixes import fixes

    for problem in problems_within(asked.notebook, asked.page, _span(asked, range_)):
        if severity_of(asked.options, problem.kind) != "off":
            for fix in fixes(asked.notebook, asked.page, problem, asked.options):
                yield Offer(_FIX, fix.title, ready(fix.plan), bool(fix.plan.created))


def _refactorings(asked: Asked, range_: types.Range, wanted: Wanted) -> Iterator[Offer]:
    from recall_lsp.links.refactor import refactorings

    span = _span(asked, range_)
    for one in refactorings(asked.notebook, asked.page, asked.options, span.start, span.end, wanted):
        if wanted(one.kind):
            yield Offer(one.kind, one.title, one.plan, one.creates)


def _span(asked: Asked, range_: types.Range) -> Span:
    return Span(*sorted((asked.snapshot.offset(range_.start), asked.snapshot.offset(range_.end))))
