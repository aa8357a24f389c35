"""The Neovim client as people get it: by `vim.pack` from the repository, and in a Neovim that has no ghost text."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from conftest import HERE, ROOT, Desk
from told import replaced, told

pytestmark = pytest.mark.slow


def run(nvim: str, desk: Desk, *arguments: str) -> str:
    command = [nvim, "--clean", "--headless", *arguments, "+qa!"]
    done = subprocess.run(command, env=desk.env, capture_output=True, text=True, timeout=90, check=True)
    return done.stdout + done.stderr


def test_by_vim_pack(nvim: str, desk: Desk, tmp_path: Path) -> None:
    """As our README tells it, from a repository of what stands here."""
    if "has('nvim-0.12') 1" not in run(nvim, desk, "+echo \"has('nvim-0.12') \" .. has('nvim-0.12')"):
        pytest.skip("vim.pack came with Neovim 0.12")
    repository = tmp_path / "recall-lsp"
    files = subprocess.run(
        ["git", "ls-files", "clients/nvim"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    for file in files:
        (repository / file).parent.mkdir(parents=True, exist_ok=True)
        (repository / file).write_bytes((ROOT / file).read_bytes())
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "all"]):
        subprocess.run(["git", *command], cwd=repository, check=True)
    settings = tmp_path / "init.lua"
    block = replaced(
        told("lua", "vim.pack.add", "nvim/README.md"), "https://github.com/recall-lsp/recall-lsp", str(repository)
    )
    settings.write_text(replaced(block, "load =", "confirm = false, load ="), encoding="utf-8")
    seen = run(nvim, desk, "-u", str(settings), "+Recall pause", "+helptags ALL", "+help recall", "+echo expand('%:t')")
    assert "recall.txt" in seen
    assert "Error" not in seen


def test_without_ghost_text(nvim: str, desk: Desk) -> None:
    """What Neovim 0.11 lacks is taken away; all else goes on."""
    note = str(desk.vault / "The two-day loaf.md")
    wait = "lua assert(vim.wait(30000, function() return (require('recall').client(0) or {}).initialized end))"
    look = (
        "lua vim.wait(500) io.stdout:write(('keys %s'):format(vim.fn.maparg('<Tab>', 'i', false, true).desc or 'none'))"
    )
    lacking = ["--cmd", "lua vim.lsp.inline_completion = false; vim.pack = nil"]
    seen = run(
        nvim,
        desk,
        *lacking,
        "-u",
        str(HERE / "nvim_init.lua"),
        note,
        f"+{wait}",
        f"+{look}",
        "+checkhealth recall",
        "+%p",
    )
    assert "vim.snippet" in seen  # the key is Neovim's own
    assert "ghost text needs Neovim 0.12" in seen
    assert "a server runs for" in seen
    assert "Error" not in seen


def test_what_setup_is_given(nvim: str, desk: Desk, tmp_path: Path) -> None:
    """A name that it does not know is told; another plugin's menu is not filled at every word unless that is wanted."""
    settings = tmp_path / "init.lua"
    look = "io.stdout:write('offers ' .. (require('recall').options.settings.completion or 'all') .. '\\n')"
    calls = (
        "{}",
        "{ completion = false }",
        "{ completion = false, settings = { completion = 'all' } }",
        "{ lines = true }",
    )
    written = [f"require('recall').setup({call}) {look}" for call in calls]
    settings.write_text("\n".join(["vim.opt.rtp:prepend(vim.env.RECALL_CLIENT)", *written]), encoding="utf-8")
    seen = run(nvim, desk, "-u", str(settings))
    assert [word for word in seen.split() if word in ("all", "links")] == ["all", "links", "all", "all"]
    assert seen.count("setup does not know") == 1 and "does not know lines" in seen


def test_health_while_notes_are_embedded(nvim: str, desk: Desk, tmp_path: Path) -> None:
    """What is there so far is not told as if it were all."""
    folder = {
        "notes": 9,
        "passages": 20,
        "embedded": 3,
        "model": "m",
        "keeper": "working",
        "skipped": {},
        "problems": {},
    }
    states = [
        folder | {"state": "embedding", "message": "9 notes; 3 of 20 passages embedded"},
        folder | {"state": "ready", "embedded": 20, "message": "9 notes"},
    ]
    settings = tmp_path / "init.lua"
    settings.write_text(
        "vim.opt.rtp:prepend(vim.env.RECALL_CLIENT)\n"
        "require('recall').setup()\n"
        f"local answer = {{ result = {{ folders = vim.json.decode([=[{json.dumps(states)}]=]) }} }}\n"
        "local client = { root_dir = '/notes', request_sync = function() return answer end }\n"
        "vim.lsp.get_clients = function() return { client } end\n",
        encoding="utf-8",
    )
    seen = run(nvim, desk, "-u", str(settings), "+checkhealth recall", "+%p")
    assert "OK still embedding, which goes on by itself: 9 notes; 3 of 20 passages embedded" in seen
    assert "OK 9 notes, 20 passages, 20 embedded with m" in seen
    assert seen.count("20 passages, 3 embedded") == 0
