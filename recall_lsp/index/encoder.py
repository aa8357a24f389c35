"""Text to unit vectors, in this process, by a compiled model: onnxruntime and tokenizers, never torch."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from recall_lsp.index.compiled import CompileResult, compiled_model, is_whole, run_compile

__all__ = ["CompileResult", "Encoder", "batches", "compiled_model", "load", "load_encoder", "run_compile"]

MAX_TOKENS = 256
"""No passage is longer; attention's cost grows with the square."""
BATCH_TOKENS = 512
_CHARACTERS_PER_TOKEN = 40
"""Text beyond this many characters for each token is not read at all, so that work is bounded on any text."""


class Encoder(Protocol):
    """Text to vectors.  `languages` holds the ISO codes that the model knows, None for all."""

    @property
    def model_id(self) -> str: ...
    @property
    def dims(self) -> int: ...
    @property
    def languages(self) -> frozenset[str] | None: ...
    @property
    def max_tokens(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows [len(texts), dims]; text beyond `max_tokens` is not seen."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, with the model's own start and end tokens, not cut at `max_tokens`."""
        ...


def load(model: str, threads: int = 1) -> Encoder | None:
    """The encoder for a model name or folder; None if it must be compiled first (`run_compile`)."""
    folder = compiled_model(model)
    if folder is None:
        return None
    try:
        return load_encoder(folder, threads)
    except ValueError:
        return None


def load_encoder(folder: Path, threads: int = 1) -> Encoder:
    """The encoder in a compiled model's folder, some 0.3 s.  Raises ValueError when it is damaged."""
    if not is_whole(folder):
        raise ValueError(f"{folder} is not a whole compiled model")
    try:
        meta = json.loads((folder / "meta.json").read_bytes())
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        session = _session(folder / "model.onnx", threads)
        languages = meta["languages"]
        limit = min(int(meta["max_tokens"]), MAX_TOKENS)
        tokenizer.no_padding()
        tokenizer.enable_truncation(limit)
        return _OnnxEncoder(
            model_id=str(meta["model_id"]),
            dims=int(meta["dims"]),
            languages=None if languages is None else frozenset(languages),
            max_tokens=limit,
            prompt=str(meta["prompt"]),
            lower_case=bool(meta["lower_case"]),
            pad_id=int(meta["pad_id"]),
            inputs=tuple(entry.name for entry in session.get_inputs()),
            tokenizer=tokenizer,
            session=session,
        )
    except Exception as error:  # both libraries raise bare Exceptions and classes of their own
        raise ValueError(f"the compiled model in {folder} cannot be loaded: {error}") from error


def batches(lengths: Sequence[int], max_tokens: int = BATCH_TOKENS) -> Iterator[list[int]]:
    """Indexes into `lengths` (tokens), shortest first, in groups of at most `max_tokens` tokens once padded.

    A text longer than `max_tokens` is a group of its own.
    """
    group: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        if group and (len(group) + 1) * lengths[index] > max_tokens:
            yield group
            group = []
        group.append(index)
    if group:
        yield group


@dataclass(frozen=True, slots=True)
class _OnnxEncoder:
    model_id: str
    dims: int
    languages: frozenset[str] | None
    max_tokens: int
    prompt: str
    lower_case: bool
    pad_id: int
    inputs: tuple[str, ...]
    tokenizer: Tokenizer
    session: onnxruntime.InferenceSession

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        encodings = self._tokenize(texts)
        vectors = np.zeros((len(texts), self.dims), np.float32)
        for group in batches([len(encoding) for encoding in encodings]):
            feed = self._feed([encodings[index] for index in group])
            vectors[group] = self.session.run(None, feed)[0]
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [
            len(encoding) + sum(part.special_tokens_mask.count(0) for part in encoding.overflowing)
            for encoding in self.tokenizer.encode_batch([_clean(text) for text in texts])
        ]

    def _tokenize(self, texts: Sequence[str]) -> list[Encoding]:
        cut = self.max_tokens * _CHARACTERS_PER_TOKEN
        cleaned = (_clean(self.prompt + text[:cut]) for text in texts)
        return self.tokenizer.encode_batch([text.lower() if self.lower_case else text for text in cleaned])

    def _feed(self, encodings: Sequence[Encoding]) -> dict[str, NDArray[np.int64]]:
        """The model's inputs [texts, longest text], padded at the end."""
        shape = (len(encodings), max(1, *(len(encoding) for encoding in encodings)))
        feed = {name: np.zeros(shape, np.int64) for name in self.inputs}
        feed["input_ids"][:] = self.pad_id
        for row, encoding in enumerate(encodings):
            columns = {
                "input_ids": encoding.ids,
                "attention_mask": encoding.attention_mask,
                "token_type_ids": encoding.type_ids,
            }
            for name in self.inputs:
                feed[name][row, : len(encoding)] = columns[name]
        return feed


def _clean(text: str) -> str:
    """`text` as the tokenizer can take it: a half of a surrogate pair, which editors can send, becomes `?`."""
    text = text.strip()
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    # Waiting threads sleep: spinning would take a core from the editor.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # A memory plan kept for each new shape only grows.
    options.enable_mem_pattern = False
    # Python's thread pool for tokens would take all cores whatever `threads` says.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
