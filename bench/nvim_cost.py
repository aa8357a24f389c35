"""What does the Neovim plugin cost the writer?  `python bench/nvim_cost.py [SESSIONS]`

At the start: milliseconds that `require` and `setup` take, and Neovim's start with the plugin beside its start without.
While writing: how long each callback of the plugin holds the main loop, with the panel, the line and the menu open on a
note of 600 KB in real Neovim (RECALL_NVIM, or nvim on the PATH), typed key by key.  A call is as long as its thread was
on the processor; each session is a fresh Neovim, and of each callback's longest calls the shortest counts, as that of
the session that was disturbed least.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import pynvim

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = Path(__file__).with_suffix(".lua")
START_TARGET, LOOP_TARGET = 3.0, 5.0
ROUNDS = 3
NOTE_BYTES = 600_000
SETUP = "vim.opt.runtimepath:prepend(vim.env.RECALL_CLIENT)\nrequire('recall').setup()\n"
TYPED = (
    "An angry letter should lie in a drawer until morning. ",
    "We had to find the way back to the hotel without a map. ",
    "The dough rests in the cold larder for two days. ",
)
ASKED = (":Recall focus<CR>", "]]", "]]", "P", "P", "K", ":close<CR>", "c", "l", "d", "u", "?", ":close<CR>", "<C-w>h")
"""Every key of the panel that does not leave it for good."""
Calls = dict[str, list[tuple[float, float]]]
"""For each callback of the plugin the milliseconds of its calls, and of these those on the processor."""


def started(nvim: str, env: Mapping[str, str], base: Path, settings: str) -> tuple[float, float]:
    """Milliseconds until Neovim is ready and those that it read its settings, as it tells itself (`--startuptime`)."""
    (base / "init.lua").write_text(settings, encoding="utf-8")
    (base / "log").unlink(missing_ok=True)
    log, init = str(base / "log"), str(base / "init.lua")
    command = [nvim, "--clean", "--headless", "--startuptime", log, "-u", init, "+qa"]
    subprocess.run(command, env=dict(env), check=True, capture_output=True, timeout=60)
    lines = [line.split() for line in (base / "log").read_text().splitlines()]
    [reading] = [float(line[1]) for line in lines if line[-1:] == [init]]
    return float(next(line for line in lines if line[-2:] == ["STARTED", "---"])[0]), reading


def written(nvim: str, env: Mapping[str, str], note: Path) -> Calls:
    """Types into the note and uses the panel."""
    socket = note.parent.parent / "editor"
    command = [nvim, "--clean", "--listen", str(socket), "--headless", "-u", str(SETTINGS), "-n", str(note)]
    with subprocess.Popen(command, env=dict(env), stderr=subprocess.DEVNULL) as process:
        while not socket.exists():
            time.sleep(0.05)
        editor = pynvim.attach("socket", path=str(socket))
        try:
            return typed(editor)
        finally:
            editor.close()
            process.terminate()


def typed(editor: pynvim.Nvim) -> Calls:
    """What it costs to write and to use every key of the panel."""
    ready = "return (require('recall').client(0) or {}).initialized == true"
    while not editor.exec_lua(ready):
        time.sleep(0.2)
    time.sleep(3)
    editor.command("Recall")
    for turn in range(ROUNDS):
        editor.input("<Esc>ggo<CR>")
        for key in TYPED[turn % len(TYPED)] + ";;":
            editor.input(key)
            time.sleep(0.01)
        time.sleep(0.6)
        editor.input("<BS><BS>[[as")
        time.sleep(0.3)
        editor.input("<BS>" * 4 + "<Esc>")
        time.sleep(0.6)
        for keys in ASKED:
            editor.input(keys)
            time.sleep(0.1)
    answer: Calls = editor.exec_lua("return cost()")
    return answer


def show_calls(sessions: Sequence[Calls]) -> float:
    """Prints a row for each callback; the longest call of all."""
    print(f"{'callback':20} {'calls':>6} {'p50 ms':>8} {'longest ms':>11} {'and waiting':>12}")
    longest: dict[str, float] = {}
    for place in sorted({place for taken in sessions for place in taken}):
        of_place = [taken[place] for taken in sessions if place in taken]
        every = [cpu for calls in of_place for _, cpu in calls]
        longest[place] = min(max(cpu for _, cpu in calls) for calls in of_place)
        wall = min(max(wall for wall, _ in calls) for calls in of_place)
        print(f"{place:20} {len(every):6} {median(every):8.3f} {longest[place]:11.3f} {wall:12.3f}")
    return max(longest.values())


def main(sessions: int) -> int:
    nvim = os.environ.get("RECALL_NVIM") or shutil.which("nvim") or sys.exit("no Neovim: name it in RECALL_NVIM")
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        vault = base / "notes"
        shutil.copytree(ROOT / "recall_lsp" / "sample", vault)
        (vault / "recall.toml").touch()
        text = "\n\n".join(path.read_text("utf-8") for path in sorted(vault.glob("*.md")))
        env = {**os.environ, "PYTHONPATH": str(ROOT), "RECALL_PYTHON": sys.executable}
        env |= {"RECALL_CLIENT": str(ROOT / "clients" / "nvim"), "RECALL_DATA_DIR": str(base / "data"), "HOME": folder}
        env.setdefault("RECALL_CACHE_DIR", str(base / "cache"))
        index = [sys.executable, "-m", "recall_lsp", "index", str(vault)]
        subprocess.run(index, env=env, check=True, stdout=subprocess.DEVNULL)
        note = vault / "long.md"
        note.write_text("# Long\n\n" + text * (NOTE_BYTES // len(text.encode()) + 1), encoding="utf-8")

        rounds_of_start = [[started(nvim, env, base, settings) for settings in ("", SETUP)] for _ in range(15)]
        without, with_plugin = (median(pair[side][0] for pair in rounds_of_start) for side in (0, 1))
        setup = median(pair[1][1] for pair in rounds_of_start)
        print(f"Neovim starts in {without:.1f} ms, with the plugin in {with_plugin:.1f} ms (medians of 15)")
        print(f"require and setup take {setup:.2f} ms (target {START_TARGET:g})\n")
        longest = show_calls([written(nvim, env, note) for _ in range(sessions)])
        print(f"\nlongest call {longest:.2f} ms on the processor (target {LOOP_TARGET:g})")
    return 0 if setup <= START_TARGET and longest <= LOOP_TARGET else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
