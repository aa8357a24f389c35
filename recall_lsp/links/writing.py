"""Links as this vault writes them."""

from __future__ import annotations

from recall_lsp.links.notebook import Notebook
from recall_lsp.notes.link_format import format_link


def link_text(
    notebook: Notebook, path: str, source: str, *, label: str = "", title: str = "", heading: str = ""
) -> str:
    """The link from the note at `source` to the one at `path`, shown as `label` where the style can show another."""
    title = title or notebook.title(path)
    vault = notebook.vault
    ambiguous = path in vault.ids and vault.ambiguous(path)
    link = format_link(vault.link_style, path, title, source, ambiguous, notebook.logseq, heading)
    if not label:
        return link
    if link.startswith("[[file:"):
        return f"{link[: link.rindex('][')]}][{label}]]"
    if link.startswith("[["):
        target = link[2:-2].partition("|")[0]
        if notebook.logseq and target != label:
            return f"[{label}]([[{target}]])"
        return f"[[{target}]]" if target == label else f"[[{target}|{label}]]"
    return f"[{label}]{link[link.rindex('](') + 1 :]}"
