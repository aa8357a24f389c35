"""How three completion menus of Neovim treat a server's answer: its own, nvim-cmp's and blink.cmp's.

Each is told here in our words, after its documentation and source, and by its defaults: when it asks, which items it
keeps for what has been typed, in which order, and what accepting one does to the text.  What a menu remembers of its
user (what was chosen lately, which words stand near) is left out.  Where a menu matches loosely, this matches strictly,
so that what is kept here is kept there.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lsprotocol import types

Kind = types.CompletionTriggerKind
_WORDS_OF_CMP = re.compile(r"(?:-?\d+(?:\.\d+)?|[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]*)*)$")
_WORD_OF_BLINK = re.compile(r"[^\W_][\w-]*$|_[\w-]*$")
_LINK_OR_QUERY = re.compile(r"\[\[[^\[\]|]+$|;;\S+$")
_RESOLVED = ["documentation", "detail", "additionalTextEdits"]


@dataclass
class Edit:
    """`new` goes in the place of `line[start:end]` of the line that is being written."""

    start: int
    end: int
    new: str


@dataclass
class Menu(ABC):
    """One menu at one line; places are code points into it."""

    triggers: Sequence[str]
    items: list[types.CompletionItem] = field(default_factory=list)
    incomplete: bool = False

    @abstractmethod
    def asks(self, before: str, typed: str) -> types.CompletionContext | None:
        """With what it asks after `typed`, the last character of `before`; None where it does not."""

    @abstractmethod
    def shown(self, before: str) -> list[types.CompletionItem]:
        """What it shows of the items, in its order."""

    def end(self, cursor: int, item: types.CompletionItem) -> int:
        """Where the text that an accepted item replaces ends."""
        return cursor

    first_edits_beside = True
    """Whether an item's further edits are made with its own, by the places of the text as it was; else after it."""

    def answered(self, answer: types.CompletionList | None) -> None:
        self.items = list(answer.items) if answer else []
        self.incomplete = answer is None or answer.is_incomplete

    @staticmethod
    def capabilities() -> types.CompletionClientCapabilities:
        """As the plugin adds them to Neovim's."""
        markdown = [types.MarkupKind.Markdown, types.MarkupKind.PlainText]
        return types.CompletionClientCapabilities(
            dynamic_registration=False,
            completion_item=types.ClientCompletionItemOptions(
                snippet_support=True,
                deprecated_support=True,
                documentation_format=markdown,
                insert_replace_support=True,
                label_details_support=True,
                resolve_support=types.ClientCompletionItemResolveOptions(_RESOLVED),
            ),
            completion_list=types.CompletionListCapabilities(
                ["commitCharacters", "editRange", "insertTextFormat", "insertTextMode", "data"]
            ),
            context_support=True,
        )


class Builtin(Menu):
    """Neovim 0.12's own, as our client switches it on: at trigger characters, and again while a link is being named.

    Replaces what stands before the cursor; makes further edits after that.
    """

    first_edits_beside = False

    def asks(self, before: str, typed: str) -> types.CompletionContext | None:
        if typed in self.triggers:
            return types.CompletionContext(Kind.TriggerCharacter, typed)
        if self.incomplete or _LINK_OR_QUERY.search(before):
            return types.CompletionContext(Kind.TriggerForIncompleteCompletions)
        return None

    def shown(self, before: str) -> list[types.CompletionItem]:
        start = min((start_of(item) for item in self.items), default=0)
        typed = before[start:]
        kept = [item for item in self.items if not re.search(r"\w", typed) or matches(typed, filter_text(item))]
        return sorted(kept, key=lambda item: item.sort_text or item.label)


class NvimCmp(Menu):
    """Asks anew at each letter of an incomplete list, else once a word; an empty answer leaves nothing to filter.

    An item is matched from its own start or the word's, whichever comes first, blanks left out.  Places, exact matches
    and kinds sort before sortText, plain text last.  The whole range is replaced, also behind the cursor, and what was
    typed since the list came.
    """

    word = -1
    """Where the word began when it last asked."""
    cursor = 0
    """Where the cursor stood then."""

    def asks(self, before: str, typed: str) -> types.CompletionContext | None:
        kind, word = self._kind(before, typed), self._word(before)
        if kind is None:
            if word == len(before):
                self.answered(None)
                self.word = -1
            return None
        self.word, self.cursor = word, len(before)
        return types.CompletionContext(kind, typed if kind == Kind.TriggerCharacter else None)

    def _kind(self, before: str, typed: str) -> types.CompletionTriggerKind | None:
        if typed in self.triggers:
            return Kind.TriggerCharacter
        if self._word(before) == len(before):
            return None
        if self.incomplete:
            return Kind.TriggerForIncompleteCompletions
        return None if self._word(before) == self.word else Kind.Invoked

    def answered(self, answer: types.CompletionList | None) -> None:
        super().answered(answer)
        self.incomplete = answer is not None and answer.is_incomplete

    def shown(self, before: str) -> list[types.CompletionItem]:
        placed = [(self._start(item, before), item) for item in self.items]
        kept = [(start, item) for start, item in placed if matches(before[start:], filter_text(item))]

        def order(one: tuple[int, types.CompletionItem]) -> tuple[int, bool, int, str]:
            start, item = one
            kind = int(item.kind or types.CompletionItemKind.Text)
            last = 100 if kind == types.CompletionItemKind.Text else kind
            return start, before[start:] != filter_text(item), last, (item.sort_text or "").casefold()

        return [item for _, item in sorted(kept, key=order)]

    def end(self, cursor: int, item: types.CompletionItem) -> int:
        assert isinstance(item.text_edit, types.TextEdit)
        return item.text_edit.range.end.character + cursor - self.cursor

    @staticmethod
    def _word(before: str) -> int:
        found = _WORDS_OF_CMP.search(before)
        return found.start() if found else len(before)

    def _start(self, item: types.CompletionItem, before: str) -> int:
        start = min(start_of(item), self._word(before))
        return start + len(before[start:]) - len(before[start:].lstrip())


class Blink(Menu):
    """Asks by hand, as it says, at the first letter of a word and at each further one of an incomplete list; what is
    neither a trigger nor of a word closes the menu.

    An item is matched with the word before the cursor and, where that stands there too, what its filterText has before
    its own last word.  Items of kind Text are left to the buffer's source.  Equal scores sort by sortText.  Resolves
    before it accepts; the range is cut off at the cursor.
    """

    open = False

    def asks(self, before: str, typed: str) -> types.CompletionContext | None:
        if typed in self.triggers and not typed.isalpha() and not typed.isspace():
            self.open = True
            return types.CompletionContext(Kind.TriggerCharacter, typed)
        if not re.fullmatch(r"[\w-]", typed):
            self.open = False
            self.answered(None)
            return None
        if self.open and not self.incomplete:
            return None
        self.open = True
        return types.CompletionContext(Kind.Invoked)

    def shown(self, before: str) -> list[types.CompletionItem]:
        kept = [item for item in self.items if matches(self._needle(before, filter_text(item)), filter_text(item))]
        kept = [item for item in kept if item.kind != types.CompletionItemKind.Text]
        return sorted(kept, key=lambda item: item.sort_text or "")

    @staticmethod
    def _needle(before: str, text: str) -> str:
        head, words = (_WORD_OF_BLINK.sub("", side) for side in (before, text))
        return before[len(head) - len(words) :] if head.endswith(words) else before[len(head) :]


MENUS: Mapping[str, type[Menu]] = {"built in": Builtin, "nvim-cmp": NvimCmp, "blink.cmp": Blink}


def filter_text(item: types.CompletionItem) -> str:
    return item.label if item.filter_text is None else item.filter_text


def start_of(item: types.CompletionItem) -> int:
    assert isinstance(item.text_edit, types.TextEdit)
    return item.text_edit.range.start.character


def matches(typed: str, text: str) -> bool:
    """Whether the text, or a word in it, begins with what was typed."""
    return re.search(rf"(?:^|\b|(?<=[^\w])){re.escape(typed.casefold())}", text.casefold()) is not None
