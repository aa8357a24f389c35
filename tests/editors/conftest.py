from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import vscode
from terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
OURS = ("RECALL_CACHE_DIR", "RECALL_DATA_DIR", "HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")


@dataclass(frozen=True, slots=True)
class Desk:
    """An indexed copy of the sample vault, and the environment to open it in."""

    vault: Path
    env: dict[str, str]


@pytest.fixture(scope="session")
def nvim() -> str:
    found = os.environ.get("RECALL_NVIM") or shutil.which("nvim")
    if not found:
        pytest.skip("no Neovim: put one on the PATH or name it in RECALL_NVIM")
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    version = tuple(int(part) for part in told.split()[1].removeprefix("v").split("-")[0].split(".")[:2])
    if version < (0, 11):
        pytest.skip(f"Neovim {version[0]}.{version[1]} has no vim.lsp.config: 0.11 or later is needed")
    return found


@pytest.fixture(scope="session")
def indexed(compiled_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Built once: the tests work on copies of the vault's folder in the same place, one after another."""
    base = tmp_path_factory.mktemp("desk")
    vault = base / "notes"
    shutil.copytree(ROOT / "recall_lsp" / "sample", vault)
    (vault / ".obsidian").mkdir()
    (vault / "recall.toml").write_text("quiet = 0.3\n", "utf-8")  # what is shown is tested here, not when
    places = {name: str(base / name.lower()) for name in OURS}
    for place in places.values():
        Path(place).mkdir()
    (Path(places["RECALL_CACHE_DIR"]) / "models").symlink_to(compiled_models)
    env = {**os.environ, **places, "RECALL_PYTHON": sys.executable, "RECALL_CLIENT": str(ROOT / "clients" / "nvim")}
    env |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    env.pop("NVIM", None)
    subprocess.run(
        [sys.executable, "-m", "recall_lsp", "index", str(vault)], env=env, check=True, capture_output=True, timeout=300
    )
    return Desk(vault, env)


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """One VS Code for all tests, since starting it costs most, on the indexed vault; see vscode.py.

    Beside our extension it has one that stands in for the Python extension, and nowhere on its PATH a recall-lsp.
    """
    vscode.installed()
    indexed: Desk = request.getfixturevalue("indexed")
    base = tmp_path_factory.mktemp("vscode")
    vsix = vscode.package(base / "recall-lsp.vsix")
    python = vscode.python_extension(base / "python.vsix", base / "venv" / "bin" / "python")
    folders = [folder for folder in indexed.env["PATH"].split(os.pathsep) if not (Path(folder) / "recall-lsp").exists()]
    env = {**indexed.env, "PATH": os.pathsep.join(folders)}
    with vscode.vscode(base, indexed.vault, env, vsix, python) as drive:
        yield {**drive, "base": str(base), "vsix": str(vsix)}


@pytest.fixture
def desk(indexed: Desk) -> Iterator[Desk]:
    """Checks that no editing session wrote into the vault unasked."""
    before = {path: path.read_bytes() for path in indexed.vault.rglob("*") if path.is_file()}
    yield indexed
    assert {path: path.read_bytes() for path in indexed.vault.rglob("*") if path.is_file()} == before


@pytest.fixture
def terminal(nvim: str, desk: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    """A note open in Neovim; its parameter, if any, is the settings of `setup`."""
    env = {**desk.env, "RECALL_SETTINGS": json.dumps(getattr(request, "param", {}))}
    command = [nvim, "--clean", "-u", str(HERE / "nvim_init.lua"), str(desk.vault / "The two-day loaf.md")]
    opened = Terminal(command, env, 100, 34, tmp_path / "screen.txt")
    yield opened
    opened.close()


@pytest.fixture
def ghostly(nvim: str, terminal: Terminal) -> Terminal:
    """The same, in a Neovim that has ghost text."""
    told = subprocess.run([nvim, "--version"], capture_output=True, text=True, check=True).stdout
    if "v0.11" in told.split("\n")[0]:
        pytest.skip("ghost text came with Neovim 0.12")
    return terminal
