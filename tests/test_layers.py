"""The folders are the data flow: a file imports its own folder and those before it, and nothing else of ours."""

import ast
from pathlib import Path

import pytest

import recall_lsp

PACKAGE = Path(recall_lsp.__file__).parent
ORDER = ("config", "notes", "index", "links", "recall", "lsp", "commands", "cli", "__main__")
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py" or path.parent != PACKAGE)

ONLY = {
    "lsprotocol": ("lsp",),
    "pygls": ("lsp",),
    "sqlite3": ("index", "commands"),
    "tantivy": ("index",),
    "onnxruntime": ("index/encoder.py", "index/compile.py"),
    "torch": ("index/compile.py",),
    "sentence_transformers": ("index/compile.py",),
    "transformers": ("index/compile.py",),
    "huggingface_hub": ("index/fetch.py",),
    "watchdog": ("index/watch.py", "index/keep.py"),
}
"""Which part of the package may import a library."""


def layer(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def imports(path: Path) -> set[str]:
    """Full names of the modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_only_leftwards(path: Path) -> None:
    relative = path.relative_to(PACKAGE)
    own = relative.parts[0].removesuffix(".py")
    for module in imports(path):
        if module.startswith("recall_lsp."):
            assert ORDER.index(layer(module)) <= ORDER.index(own), f"{relative} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_only_the_edge_knows_a_library(path: Path) -> None:
    relative = path.relative_to(PACKAGE).as_posix()
    for module in imports(path):
        allowed = ONLY.get(module.partition(".")[0])
        assert allowed is None or relative.startswith(allowed), f"{relative} imports {module}"
