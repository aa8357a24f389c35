"""Folders that cannot be a vault, and why, in words for the user."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from recall_lsp.index.places import cache_dir, data_dir

_NAME_YOURS = "name the folder that holds your notes"
_MOUNTS = Path("/proc/self/mounts")
_NETWORK = frozenset("9p afs ceph cifs davfs fuse.davfs2 fuse.rclone fuse.sshfs ncpfs nfs nfs4 smb3 smbfs".split())
_HOLDERS = tuple(map(Path, ("/media", "/mnt", "/net", "/Network", "/Volumes")))
"""What is mounted stands in these."""


def refusal(root: Path) -> str | None:
    """Why a folder cannot be a vault; None when it can."""
    resolved = root.expanduser().resolve()
    if not resolved.is_dir() and too_wide(root) is None:
        return f"{root} is not a folder: {_NAME_YOURS}."
    return too_wide(root)


def too_wide(root: Path) -> str | None:
    """Why a folder, whether it is there or not, holds far more than notes, or what is ours; None when it may serve."""
    resolved = root.expanduser().resolve()
    if resolved == Path(resolved.anchor) or Path.home().resolve().is_relative_to(resolved) or resolved in _HOLDERS:
        return f"{root} is too wide to be a notes folder: {_NAME_YOURS}."
    if any(resolved.is_relative_to(own.resolve()) for own in (cache_dir(), data_dir())):
        return f"{root} belongs to recall-lsp itself: {_NAME_YOURS}."
    if resolved in _network_roots():
        return f"{root} is the root of a network share: name the folder in it that holds your notes."
    return None


def _network_roots() -> frozenset[Path]:
    """Where network file systems are mounted.  Linux tells; of a Windows share the root is the path's anchor."""
    if not sys.platform.startswith("linux"):
        return frozenset()
    try:
        lines = os.fsdecode(_MOUNTS.read_bytes()).splitlines()
    except OSError:
        return frozenset()
    mounts = (line.split() for line in lines)
    # The kernel writes a space in a path as \040.
    return frozenset(Path(parts[1].replace("\\040", " ")) for parts in mounts if parts[2] in _NETWORK)
