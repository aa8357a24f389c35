"""textDocument/completion: links to related notes, and to any note by its name.

No client may filter the related notes away, since they seldom hold the letters typed: each item's filterText is
just the text that it replaces up to the cursor, the range is one for all, and the list counts as incomplete.
The range may end after the cursor; for clients that mind only its start, a command takes out what is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from recall_lsp.lsp.features.completion_resolve import item_data
from recall_lsp.lsp.features.take_out_rest import taking_out_rest
from recall_lsp.lsp.ghost_completion import ghost_items
from recall_lsp.lsp.link_input import LinkInput, link_input, replacement
from recall_lsp.lsp.markup import one_line
from recall_lsp.lsp.moments import link_to, moment_of, related_notes
from recall_lsp.lsp.render import dated
from recall_lsp.lsp.session import Session
from recall_lsp.lsp.syntax_completion import may_complete, syntax_items

if TYPE_CHECKING:
    from recall_lsp.index.suggest import Suggestion
    from recall_lsp.index.vault import Vault
    from recall_lsp.recall.model import Hit

MOST_RELATED = 10
MOST_NAMED = 50


@dataclass(frozen=True, slots=True)
class Offer:
    """A note, or a heading of it, to link to, before it is written as an item."""

    path: str
    title: str
    label: str
    detail: str
    link: str
    heading: str | None = None
    hit: Hit | None = None


async def completion(session: Session, params: types.CompletionParams) -> types.CompletionList | None:
    at = session.open_at(params.text_document.uri)
    if at is None:
        return None
    served, path, snapshot = at
    number = min(params.position.line, len(snapshot.starts) - 1)
    begin, offset = snapshot.starts[number], snapshot.offset(params.position)
    line = snapshot.line(number).rstrip("\r\n")
    syntax: list[types.CompletionItem] = []
    if may_complete(line[: offset - begin]):
        found_syntax = await syntax_items(session, params)
        if found_syntax is not None:
            syntax, more, beside = found_syntax
            if not beside:
                return types.CompletionList(is_incomplete=more, items=syntax)
    entered = link_input(line, offset - begin, served.options.trigger, _by_hand(params.context))
    if entered is None:
        return types.CompletionList(is_incomplete=True, items=syntax) if syntax else None
    # What is being entered is no part of what the writer says.
    text = snapshot.text[: begin + entered.start] + snapshot.text[begin + entered.end + 2 * entered.closed :]
    quiet, today = served.options.quiet, date.today()

    def find(vault: Vault) -> list[Offer]:
        if entered.kind == "word":
            if served.options.completion == "links":
                return []
            hits = related_notes(vault, moment_of(path, snapshot.text, offset), MOST_RELATED, quiet)
        else:
            hits = related_notes(vault, moment_of(path, text, begin + entered.start), MOST_RELATED, quiet)
        return offers(vault, path, entered, hits, today)

    none: list[Offer] = []
    found = await served.ask((types.TEXT_DOCUMENT_COMPLETION, snapshot.uri), find, none)
    served.offered = {offer.path: offer.hit for offer in found if offer.hit is not None}
    typed = line[entered.start : offset - begin]
    labels = Counter(offer.label for offer in found)
    items, first = syntax, len(syntax)
    for rank, offer in enumerate(found):
        end, new_text = replacement(entered, offer.link, offer.title)
        edit = types.TextEdit(snapshot.range(begin + entered.start, begin + end), one_line(new_text))
        folder = offer.path.rpartition("/")[0] if labels[offer.label] > 1 else ""
        item = _item(served.root, first + rank, offer, edit, typed, folder)
        item.command = taking_out_rest(snapshot, begin + entered.start, offset, begin + end, edit.new_text)
        items.append(item)
    if entered.kind == "word":
        items += await ghost_items(session, params.text_document.uri, begin + entered.start, offset, len(items))
    return types.CompletionList(is_incomplete=True, items=items)


def offers(vault: Vault, source: str, entered: LinkInput, hits: Sequence[Hit], today: date) -> list[Offer]:
    """Related notes first; for a name, what is exactly it, what begins with it, what is like it, and the rest."""
    from recall_lsp.index.suggest import Suggestion

    hits = [hit for hit in hits if hit.path != source]
    if entered.kind == "word" or (entered.kind == "trigger" and not entered.query):
        return [_related(vault, source, hit, today) for hit in hits]
    query = entered.query.replace("#", " ").strip()
    named = [one for one in vault.suggest(query, MOST_NAMED, source) if one.path != source]
    by_path = {hit.path: hit for hit in hits}
    exact = [one for one in named if query and one.matched.casefold() == query.casefold()]
    matching = {one.path for one in named if one.heading is None}
    first = [hit for hit in hits if not query or hit.path in matching]
    last = [hit for hit in hits if query and hit.path not in matching]
    begun = [one for one in named if _begins(one.matched, query)]
    paths = {one.path for one in begun if one.heading is None}
    ordered: list[Hit | Suggestion] = [*exact]
    ordered += [hit for hit in first if not query or hit.path in paths]
    ordered += [*begun, *first, *named, *last]
    once: dict[tuple[str, str | None], Hit | Suggestion] = {}
    for one in ordered:
        once.setdefault((one.path, one.heading if isinstance(one, Suggestion) else None), one)

    def offer(one: Hit | Suggestion) -> Offer:
        if isinstance(one, Suggestion):
            return _named(vault, source, one, by_path, today)
        return _related(vault, source, one, today)

    return [offer(one) for one in once.values()]


def _begins(name: str, query: str) -> bool:
    """Whether a name, or a word in it, begins with what was typed: nearer to what is meant than any relatedness."""
    return bool(query) and f" {query.casefold()}" in f" {name.casefold()}"


def _by_hand(context: types.CompletionContext | None) -> bool:
    """Typing on in a menu asks again, as incomplete: it goes on with what was asked by hand."""
    return context is None or context.trigger_kind != types.CompletionTriggerKind.TriggerCharacter


def _related(vault: Vault, source: str, hit: Hit, today: date) -> Offer:
    link = link_to(vault, hit.path, hit.title, source)
    return Offer(hit.path, hit.title, hit.title, dated(hit.written, today), link, hit=hit)


def _named(vault: Vault, source: str, one: Suggestion, hits: dict[str, Hit], today: date) -> Offer:
    link = link_to(vault, one.path, one.title, source, one.heading or "")
    label = one.title if one.matched == one.title else f"{one.matched} → {one.title}"
    return Offer(
        one.path,
        one.title,
        label,
        dated(one.written, today),
        link,
        one.heading,
        None if one.heading else hits.get(one.path),
    )


def _item(root: Path, rank: int, offer: Offer, edit: types.TextEdit, typed: str, folder: str) -> types.CompletionItem:
    """`folder`: told beside a label that others have too."""
    return types.CompletionItem(
        label=one_line(f"{offer.label} · {folder}" if folder else offer.label),
        kind=types.CompletionItemKind.Reference,
        # Neovim repeats a detail that the card does not hold: the date alone, as the card has it.
        detail=one_line(offer.detail),
        label_details=types.CompletionItemLabelDetails(description=one_line(offer.path)),
        sort_text=f"{rank:04}",
        filter_text=typed,
        text_edit=edit,
        data=item_data(root, offer.path, offer.heading),
    )
