"""Where things live on this machine: the user's own folders, never the vault.

Nothing is created by asking; `private_dir` creates.  RECALL_CACHE_DIR and RECALL_DATA_DIR replace the
platform's folders (what can be rebuilt, and what cannot).
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import platformdirs

APP = "recall-lsp"


def cache_dir() -> Path:
    """What can be rebuilt: indexes, compiled models, logs."""
    return _override("RECALL_CACHE_DIR") or platformdirs.user_cache_path(APP, appauthor=False)


def data_dir() -> Path:
    """What cannot be rebuilt: what the user taught us."""
    return _override("RECALL_DATA_DIR") or platformdirs.user_data_path(APP, appauthor=False)


def index_dir(root: Path) -> Path:
    """The index of the vault at `root`."""
    return cache_dir() / "indexes" / vault_name(root)


def vault_name(root: Path) -> str:
    """Names the vault's files: the same for every path (link, relative) that leads to that folder."""
    real = os.path.normcase(os.path.realpath(root))
    return f"{readable(Path(real).name)}-{digest(os.fsencode(real))}"


def models_dir() -> Path:
    """Compiled models, one folder each."""
    return cache_dir() / "models"


def log_dir() -> Path:
    override = _override("RECALL_CACHE_DIR")
    return override / "log" if override else platformdirs.user_log_path(APP, appauthor=False)


def private_dir(path: Path) -> Path:
    """Creates `path` and its missing parents for this user alone (0700 whatever the umask) and returns it.

    A folder that is there already is closed to others too; its parents are left as they are.  Raises OSError.
    """
    if not path.parent.exists():
        private_dir(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    if os.name == "posix" and path.stat().st_mode & 0o777 != 0o700:
        path.chmod(0o700)
    return path


def readable(name: str) -> str:
    """`name` cut and cleaned so that it can be part of a file name on any platform; never empty."""
    return re.sub(r"[^\w.-]+", "-", name)[:40].strip("-.") or "root"


def digest(content: bytes) -> str:
    """Twelve hexadecimal digits: enough to tell a user's folders and models apart."""
    return hashlib.sha256(content).hexdigest()[:12]


def _override(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value).expanduser().absolute() if value else None
