"""Takes the pictures in our READMEs: real Neovim and Emacs on the sample vault, their screens drawn as SVGs.

python clients/nvim/picture.py    (RECALL_NVIM or nvim on the PATH, RECALL_EMACS or emacs; needs pexpect and pyte)
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

import pyte
from pyte.screens import Char

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "editors"))
from terminal import Terminal  # noqa: E402

CARD, PANEL = Path(__file__).with_name("screen.svg"), Path(__file__).with_name("panel.svg")
EMACS = Path(__file__).parents[1] / "emacs" / "panel.svg"
COLUMNS, LINES = 105, 30
CELL, ROW, FONT = 8.43, 19, 14
MARGIN, BAR, GAP = 22, 34, 22
BACKGROUND, FOREGROUND, EDGE = "#14161b", "#e0e2ea", "#2c2e33"
LOOK = "|".join(
    [
        "set linebreak noshowcmd fillchars=eob:\\  breakat=\\ :/ pumheight=8",
        "silent! set pumborder=rounded",
        "autocmd FileType markdown set conceallevel=2",
        "hi NormalFloat guibg=NONE",
        "hi FloatBorder guifg=#5c6370 guibg=NONE",
        "hi LspReferenceTarget guibg=#262b36",
        "hi! link PmenuBorder FloatBorder",
        "hi Pmenu guibg=NONE",
        "hi PmenuSel guibg=#34425a gui=none",
        "hi StatusLine guibg=#22252c guifg=#9b9ea4",
    ]
)
FRAME = {
    "─": "M0 {y} H{w}", "│": "M{x} 0 V{h}",
    "╭": "M{x} {h} V{l} Q{x} {y} {r} {y} H{w}", "╮": "M0 {y} H{n} Q{x} {y} {x} {l} V{h}",
    "╰": "M{x} 0 V{u} Q{x} {y} {r} {y} H{w}", "╯": "M0 {y} H{n} Q{x} {y} {x} {u} V0",
}  # fmt: skip
"""Frames are drawn, since letters of a font leave gaps between rows."""
NAMED = {
    "black": "#14161b", "red": "#d16969", "green": "#6fb58b", "brown": "#c9a45c", "blue": "#6c9bd2",
    "magenta": "#b48ead", "cyan": "#7fb8c4", "white": "#e0e2ea", "brightblack": "#6b7280",
}  # fmt: skip
"""What a program that knows few colours means by their names."""
DRAFT = (
    "# Tuesday\r\r"
    "We lost our way to the station, and it was the best hour of the trip. With the phone dead there "
    "was no map to follow, so we asked strangers and looked at the street."
)


@dataclass(frozen=True, slots=True)
class Shot:
    caption: str
    rows: list[list[Char]]


def take(terminal: Terminal) -> list[Shot]:
    """The card on a paragraph just written, then the menu of links in it."""
    terminal.wait_for(lambda screen: "recall ready" in screen, "the index")
    terminal.press("i" + DRAFT)
    terminal.press("\x1bK")
    terminal.wait_for(lambda screen: "ago" in screen, "the card")
    terminal.read(1)
    card = Shot("K: what you wrote about this before", rows(terminal.screen))
    terminal.press("ll:\x15\x1bA\rSee ;;")
    terminal.wait_for(lambda screen: "See ;;" in screen and "ago" in screen, "the menu")
    terminal.read(1)
    terminal.press("\x0e")
    terminal.read(2)
    return [card, Shot(";; a link to it", rows(terminal.screen))]


def take_panel(terminal: Terminal) -> list[Shot]:
    """The panel beside the draft."""
    terminal.wait_for(lambda screen: "recall ready" in screen, "the index")
    terminal.press(":set showtabline=0 laststatus=3\r:Recall\ri" + DRAFT)
    terminal.wait_for(lambda screen: screen.count(" ago") > 1, "the panel")
    terminal.read(2)
    return [Shot(":Recall beside the draft", rows(terminal.screen))]


def take_emacs(terminal: Terminal) -> list[Shot]:
    """The panel beside the draft in Emacs."""
    terminal.wait_for(lambda screen: "[eglot:notes" in screen, "the server", 60)
    terminal.press("\x1b>" + DRAFT + "\x1bxrecall-panel\r")
    terminal.wait_for(lambda screen: screen.count(" ago") > 1, "the panel", 60)
    terminal.press("\x07")
    terminal.read(2)
    return [Shot("M-x recall-panel beside the draft", rows(terminal.screen))]


def rows(screen: pyte.Screen) -> list[list[Char]]:
    """The screen without the empty rows above the status line."""
    cells = [[screen.buffer[row][column] for column in range(screen.columns)] for row in range(screen.lines)]
    empty = [all(cell.data == " " and colours(cell)[1] == BACKGROUND for cell in row) for row in cells]
    last = max(number for number, blank in enumerate(empty[:-2]) if not blank)
    return [*cells[: min(last + 2, len(cells) - 2)], cells[-2]]


def colours(cell: Char) -> tuple[str, str]:
    """Ink and paper as CSS colours."""
    ink = FOREGROUND if cell.fg == "default" else NAMED.get(cell.fg, f"#{cell.fg}")
    paper = BACKGROUND if cell.bg == "default" else NAMED.get(cell.bg, f"#{cell.bg}")
    return (paper, ink) if cell.reverse else (ink, paper)


def frame_path(letter: str) -> str:
    x, y, bend = CELL / 2, ROW / 2, 4
    ends = {"x": x, "y": y, "w": CELL, "h": ROW, "l": y + bend, "u": y - bend, "r": x + bend, "n": x - bend}
    return FRAME[letter].format(**{name: f"{value:.2f}" for name, value in ends.items()})


def draw_row(cells: list[Char], top: float) -> Iterator[str]:
    """Rectangles for the paper, then text, one piece per run of like cells: each is set to its exact width."""
    runs = [
        list(run) for _, run in groupby(enumerate(cells), lambda one: (*colours(one[1]), one[1].bold, one[1].italics))
    ]
    for run in runs:
        paper = colours(run[0][1])[1]
        if paper != BACKGROUND:
            place = f'x="{MARGIN + run[0][0] * CELL:.2f}" y="{top:.2f}"'
            size = f'width="{len(run) * CELL:.2f}" height="{ROW}"'
            yield f'<rect {place} {size} fill="{paper}" shape-rendering="crispEdges"/>'
    for column, cell in enumerate(cells):
        if cell.data in FRAME:
            at = f"translate({MARGIN + column * CELL:.2f} {top:.2f})"
            yield f'<path d="{frame_path(cell.data)}" transform="{at}" stroke="{colours(cell)[0]}" fill="none"/>'
    for run in runs:
        text = "".join(" " if cell.data in FRAME else cell.data for _, cell in run)
        if not text.strip():
            continue
        first = run[0][0] + len(text) - len(text.lstrip())
        text, cell = text.strip(), run[0][1]
        style = (' font-weight="700"' if cell.bold else "") + (' font-style="italic"' if cell.italics else "")
        yield (
            f'<text x="{MARGIN + first * CELL:.2f}" y="{top + ROW * 0.73:.2f}" fill="{colours(cell)[0]}"'
            f' textLength="{len(text) * CELL:.2f}" xml:space="preserve"{style}>{escape(text)}</text>'
        )


def draw(shots: list[Shot]) -> str:
    """Windows, one below the other, each with its title bar."""
    width = 2 * MARGIN + COLUMNS * CELL
    top, parts = 0.0, []
    for shot in shots:
        height = BAR + len(shot.rows) * ROW + MARGIN / 2
        frame = f'x="0.5" y="{top + 0.5:.1f}" width="{width - 1:.1f}" height="{height - 1:.1f}" rx="9"'
        parts.append(f'<rect {frame} fill="{BACKGROUND}" stroke="{EDGE}"/>')
        for place, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
            parts.append(f'<circle cx="{20 + place * 19}" cy="{top + 18:.1f}" r="5.5" fill="{colour}"/>')
        parts.append(
            f'<text x="{width / 2:.0f}" y="{top + 22:.1f}" fill="#9b9ea4" font-size="12" text-anchor="middle">'
            f"{escape(shot.caption)}</text>"
        )
        for number, row in enumerate(shot.rows):
            parts += draw_row(row, top + BAR + number * ROW)
        top += height + GAP
    size = f'width="{width:.0f}" height="{top - GAP:.0f}" viewBox="0 0 {width:.0f} {top - GAP:.0f}"'
    fonts = "ui-monospace, 'JetBrains Mono', 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{fonts}" font-size="{FONT}">'
    return "\n".join([head, *parts, "</svg>"]) + "\n"


def emacs_command(note: Path) -> list[str]:
    editor = os.environ.get("RECALL_EMACS") or shutil.which("emacs") or sys.exit("no Emacs: name it in RECALL_EMACS")
    init = ROOT / "tests" / "editors" / "emacs_init.el"
    faces = {"mode-line": "#2c2e33", "mode-line-inactive": "#22252c", "vertical-border": BACKGROUND}
    painted = "".join(
        f"""(set-face-attribute '{face} nil :background "{paper}" :foreground "#9b9ea4")"""
        for face, paper in faces.items()
    )
    look = f"""(progn (menu-bar-mode -1) (add-hook 'text-mode-hook #'visual-line-mode)
        (setq frame-background-mode 'dark) (frame-set-background-mode (selected-frame)) {painted})"""
    return [editor, "-Q", "-nw", "-l", str(init), "--eval", look, str(note)]


def main() -> None:
    editor = os.environ.get("RECALL_NVIM") or shutil.which("nvim") or sys.exit("no Neovim: name it in RECALL_NVIM")
    with tempfile.TemporaryDirectory() as place:
        base = Path(place)
        vault = base / "notes"
        shutil.copytree(ROOT / "recall_lsp" / "sample", vault)
        (vault / "recall.toml").write_text("limit = 3\n", encoding="utf-8")
        env = {**os.environ, "HOME": place, "TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        env |= {"RECALL_CACHE_DIR": f"{place}/cache", "RECALL_DATA_DIR": f"{place}/data"}
        env["RECALL_PYTHON"] = sys.executable
        subprocess.run([sys.executable, "-m", "recall_lsp", "index", str(vault)], env=env, check=True)
        init = ROOT / "tests" / "editors" / "nvim_init.lua"
        note = vault / "Tuesday.md"
        command = [editor, "--clean", "-u", str(init), "--cmd", f"cd {vault} | {LOOK}", str(note)]
        emacs = emacs_command(note)
        for picture, scene, run in ((CARD, take, command), (PANEL, take_panel, command), (EMACS, take_emacs, emacs)):
            env["RECALL_CLIENT"] = str(ROOT / "clients" / ("emacs" if run is emacs else "nvim"))
            terminal = Terminal(run, env, COLUMNS, LINES, Path("screen.txt"))
            try:
                picture.write_text(draw(scene(terminal)), encoding="utf-8")
            finally:
                terminal.close()


if __name__ == "__main__":
    main()
