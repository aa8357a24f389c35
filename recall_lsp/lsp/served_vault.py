"""A workspace folder served as a vault: one thread that asks it, one keeper process that keeps it."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from recall_lsp.config import Options
from recall_lsp.lsp.keeper import Event, Keeper, keeper_command
from recall_lsp.lsp.latest import LatestWins
from recall_lsp.lsp.lenses import Answers

if TYPE_CHECKING:
    from recall_lsp.index.vault import Vault
    from recall_lsp.recall.model import Hit

log = logging.getLogger(__name__)
T = TypeVar("T")
Settings = Mapping[str, Any]
Opener = Callable[[Path, Options], "Vault"]

FOR_THE_KEEPER = ("model", "include", "exclude", "private_tags", "max_bytes", "log_level")
FOR_THE_READER = ("model", "link_style", "scope")
_ASKED_FIRST = ("recall.related", "links.refactor", "links.fixes", "links.symbols", "lsp.ghosts")


def open_vault(root: Path, options: Options) -> Vault:
    """Imported when first asked, in the vault's thread: the reply to `initialize` need not wait for it."""
    from recall_lsp.index import vault

    return vault.open_vault(root, options)


class ServedVault:
    """`settings` are the editor's, `options` what they and `recall.toml` come to.

    `offered` holds the hits of the latest completion by path, so that resolving one asks nothing again.
    """

    def __init__(self, root: Path, options: Options, settings: Settings, opener: Opener = open_vault) -> None:
        self.root = root
        self.options = options
        self.settings = settings
        self.keeper: Keeper | None = None
        self.whole = False
        """The folder has been read as a whole: what is not in the index is not there."""
        self.offered: Mapping[str, Hit] = {}
        self.lenses = Answers()
        self._opener = opener
        self._vault: Vault | None = None
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="vault")
        self._latest = LatestWins(self._executor)
        self._following = False
        self.on_taken: Callable[[], None] = lambda: None
        """Called in the vault's thread when all that the keeper wrote has been taken in."""
        self._taken = 0
        self._frozen = 0

    async def ask(self, key: Hashable, work: Callable[[Vault], T], superseded: T, *, urgent: bool = True) -> T:
        """`work` on the vault, in its thread, after what the keeper wrote has been taken in; latest wins by `key`.

        `urgent`: somebody waits for it at the keyboard, so that the keeper leaves the processor free.
        """
        if urgent and self.keeper is not None:
            self.keeper.asked()
        return await self._latest.ask(key, lambda: work(self._followed()), superseded)

    def start_keeper(self, on_event: Callable[[Event], None]) -> None:
        self.keeper = Keeper(keeper_command(self.root, self.settings), on_event)
        self.keeper.start()

    def follow(self) -> None:
        """Take in ahead of the next question what the keeper wrote, in steps that let questions in between."""
        if not self._following:
            self._following = True
            self._executor.submit(self._follow)

    async def close(self) -> None:
        self._executor.submit(self._close)
        self._executor.shutdown(wait=False)
        if self.keeper is not None:
            await self.keeper.stop()

    async def configure(self, options: Options, settings: Settings, on_event: Callable[[Event], None]) -> None:
        """From now on; keeper and reader start anew only where what concerns them is another."""
        reopen = any(getattr(options, name) != getattr(self.options, name) for name in FOR_THE_READER)
        restart = any(settings.get(name) != self.settings.get(name) for name in FOR_THE_KEEPER)
        self.options, self.settings = options, settings
        self.offered = {}  # what may be shown can be another
        if reopen:
            self._executor.submit(self._close)
        if restart and self.keeper is not None:
            await self.keeper.stop()
            self.start_keeper(on_event)

    def _open(self) -> Vault:
        if self._vault is None:
            self._vault = self._opener(self.root, self.options)
        return self._vault

    def _followed(self) -> Vault:
        """The vault with a bite of what was written since; the rest follows between the questions.

        While that goes on a question need not take a bite of its own.
        """
        vault = self._open()
        if not self._following and (vault.refresh() or vault.unprepared):
            with suppress(RuntimeError):  # shut down meanwhile
                self.follow()
        return vault

    def _follow(self) -> None:
        self._following = False
        try:
            vault = self._open()
            more = vault.refresh() or vault.prepare()
            if not more:
                _import_ahead()
                if len(vault.ids) > 1.25 * self._frozen:
                    # The collector would walk over all that is known of the notes, a tenth of a second at 13,000.
                    self._frozen = len(vault.ids)
                    gc.freeze()
        except BaseException as error:
            log.warning("the index of %s cannot be followed: %s", self.root.name, type(error).__name__)
            return
        with suppress(RuntimeError):  # shut down meanwhile
            if more:
                self.follow()
            elif vault.revision != self._taken:
                self._taken = vault.revision
                self.on_taken()

    def _close(self) -> None:
        vault, self._vault = self._vault, None
        if vault is not None:
            vault.close()


@cache
def _import_ahead() -> None:
    """What the first questions would import, some 50 ms: not at the start, which would take twice as long."""
    for name in _ASKED_FIRST:
        import_module(f"recall_lsp.{name}")


async def close_all(vaults: list[ServedVault]) -> None:
    await asyncio.gather(*(vault.close() for vault in vaults), return_exceptions=True)
