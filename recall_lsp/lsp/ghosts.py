"""Ghost text at a place of a buffer: the writer's own words, or a link.  In the vault's thread.

Editors show ghost text only behind the cursor.  A link that takes the place of the words just typed is therefore
shown behind them, after an arrow; when it is accepted, the command `recall.link` puts it in their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lsprotocol import types

from recall_lsp.config import Options
from recall_lsp.lsp.documents import Snapshot
from recall_lsp.lsp.markup import one_line
from recall_lsp.lsp.messages import ACCEPTED, LINK_COMMAND
from recall_lsp.lsp.moments import link_to, moment_of, nearby, related_notes
from recall_lsp.lsp.render import quotation

if TYPE_CHECKING:
    from recall_lsp.index.vault import Vault
    from recall_lsp.recall.foretold import Foretold
    from recall_lsp.recall.offers import Offer

ARROW = "→ "
_RELATED = 3


@dataclass(frozen=True, slots=True)
class Ghost:
    """`text` comes at the cursor; with a `link`, that takes the place of all from `start` on when it is accepted.

    `path` is the note that was linked or quoted by it, "" for one's own words going on; `how` "link" or "quote".
    """

    text: str
    link: str = ""
    start: int = 0
    path: str = ""
    how: str = "link"


def accepting(ghost: Ghost, snapshot: Snapshot, offset: int, note: str) -> types.Command:
    """What the client runs once the ghost is accepted."""
    if not ghost.link:
        return types.Command("Accepted", ACCEPTED, arguments=[{"uri": snapshot.uri, "note": note, "how": ghost.how}])
    place = {
        "uri": snapshot.uri,
        "note": note,
        "start": snapshot.position(ghost.start),
        "text": snapshot.text[ghost.start : offset] + ghost.text,
        "link": ghost.link,
    }
    return types.Command("Link", LINK_COMMAND, arguments=[place])


def ghosts(
    vault: Vault, options: Options, path: str, text: str, offset: int, by_hand: bool, buffers: Mapping[str, str]
) -> list[Ghost]:
    """Best first; one's own words, then links.  `buffers` are the texts of the vault's open notes by path."""
    from recall_lsp.recall import offers, writable

    if options.ghost == "off" or writable.parts_word(text, offset) or not (by_hand or writable.ends_line(text, offset)):
        return []
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    if not line.strip():
        return _quotes(vault, options, path, text, offset, by_hand)
    sure = offers.BY_HAND if by_hand else options.ghost_sure
    near = nearby(path, text, offset)
    place = offset - near.start
    language = vault.language_of(near.note)
    if not writable.in_prose(near.note, near.text, place):
        return []
    found: list[Offer] = []
    if options.ghost == "on":
        foretold = None if by_hand else _foretold(vault)
        found += offers.continued(vault, path, near.text, place, language, options.ghost_sure, foretold, buffers)
    found += offers.named(vault, path, near.note, near.text, place, language, sure)
    if (by_hand or options.ghost_links) and offers.ends_sentence(near.text, place):
        hits = related_notes(vault, moment_of(path, text, offset), _RELATED, options.quiet)
        found += offers.referred(hits, path, options.quiet if by_hand else offers.STRONG)
    made = [_ghost(vault, path, near.text, near.start, place, offer) for offer in found]
    return list(dict.fromkeys(ghost for ghost in made if ghost.text.strip()))


@lru_cache(maxsize=8)
def _foretold(vault: Vault) -> Foretold:
    """One as long as a vault is open."""
    from recall_lsp.recall.foretold import Foretold

    return Foretold()


def _ghost(vault: Vault, path: str, text: str, shift: int, offset: int, offer: Offer) -> Ghost:
    """`shift`: where in the document `text` begins."""
    if offer.kind == "continuation":
        return Ghost(offer.text)
    link = one_line(link_to(vault, offer.path, offer.title, path, offer.heading))
    space = "" if text[:offset][-1:].isspace() else " "
    if offer.kind == "reference":
        return Ghost(space + link, path=offer.path)
    return Ghost(space + ARROW + link, link + text[offer.end : offset], shift + offer.start, offer.path)


def _quotes(vault: Vault, options: Options, path: str, text: str, offset: int, by_hand: bool) -> list[Ghost]:
    from recall_lsp.recall import offers, writable

    before = text[:offset].rstrip()
    if not (by_hand or options.ghost_quotes) or not before:
        return []
    near = nearby(path, text, offset)
    if not writable.in_prose(near.note, near.text, len(before) - near.start):
        return []
    least = options.quiet if by_hand else offers.STRONG
    hits = related_notes(vault, moment_of(path, text, offset), _RELATED, options.quiet)
    strong = [hit for hit in hits if hit.score >= least and hit.path != path and hit.sentence]
    links = (one_line(link_to(vault, hit.path, hit.title, path)) for hit in strong)
    quotations = (quotation(hit, link, path) for hit, link in zip(strong, links, strict=True))
    return [Ghost(text, path=hit.path, how="quote") for hit, text in zip(strong, quotations, strict=True)]
