"""Logging: to standard error and to a rotating file of the user's own.  Note text is logged at debug only."""

from __future__ import annotations

import logging
import sys
from logging.handlers import RotatingFileHandler

from recall_lsp.index.places import log_dir, private_dir

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def start_logging(level: str = "warning") -> None:
    """pygls is silenced: what it logs of a failure holds the message, which is the user's text."""
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
    root = logging.getLogger("recall_lsp")
    root.propagate = False
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    try:
        path = private_dir(log_dir()) / "server.log"
        handlers.append(RotatingFileHandler(path, maxBytes=1_000_000, backupCount=2, encoding="utf-8", delay=True))
    except OSError:
        pass  # a server without a log file still serves
    for handler in handlers:
        handler.setFormatter(logging.Formatter(FORMAT))
        root.addHandler(handler)
    set_level(level)


def set_level(level: str) -> None:
    logging.getLogger("recall_lsp").setLevel(level.upper())
