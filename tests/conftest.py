"""Fixtures for all tests: caches of their own, a model in milliseconds, and the sample vault with the real model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_model import write_compiled
from vaults import BREAD_AND_RIVER, Keeper, Sample, copy_sample, index, read_vault, write_notes

from recall_lsp.index.compiled import compiled_model, find_source, run_compile
from recall_lsp.index.encoder import add_sketch
from recall_lsp.index.places import models_dir
from recall_lsp.index.vault import Vault


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's own caches."""
    _point_at(monkeypatch, tmp_path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty notes folder."""
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    """The name of a model that is compiled already in this test's cache: 8 dimensions, no torch."""
    source = write_notes(tmp_path / "tiny-model", {"config.json": "{}"})
    found = find_source(str(source))
    assert found is not None
    add_sketch(write_compiled(models_dir() / found.model_id, model_id=found.model_id))
    return str(source)


@pytest.fixture
def keeper(root: Path) -> Iterator[Keeper]:
    """A real keeper that has indexed two notes, and goes on."""
    with Keeper(write_notes(root, BREAD_AND_RIVER)) as made:
        yield made.ready()


@pytest.fixture
def vault(root: Path, keeper: Keeper) -> Vault:
    """A reader beside it."""
    return read_vault(root)


@pytest.fixture(scope="session")
def compiled_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder that holds the default model, compiled once a session (some 20 s)."""
    home = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        _point_at(patch, home)
        result = run_compile("default", [])
        assert not result.error
        assert compiled_model("default") is not None
        return models_dir()


@pytest.fixture
def default_model(compiled_models: Path, tmp_path: Path) -> str:
    """The default model, compiled already in this test's cache."""
    models_dir().parent.mkdir(parents=True, exist_ok=True)
    models_dir().symlink_to(compiled_models)
    return "default"


@pytest.fixture(scope="session")
def sample(compiled_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    home = tmp_path_factory.mktemp("sample")
    with pytest.MonkeyPatch.context() as patch:
        _point_at(patch, home)
        (home / "cache").mkdir()
        models_dir().symlink_to(compiled_models)
        root = copy_sample(home / "notes")
        index(root, model="default")
        vault = read_vault(root, model="default")
    yield Sample(root, vault)
    vault.close()


def _point_at(patch: pytest.MonkeyPatch, home: Path) -> None:
    patch.setenv("RECALL_CACHE_DIR", str(home / "cache"))
    patch.setenv("RECALL_DATA_DIR", str(home / "data"))
