"""Text to unit vectors, in this process, by a compiled model: onnxruntime and tokenizers, never torch.

`load(model)` gives the encoder if the model has been compiled; if not, `run_compile(model, sample)` does that in
another process, and `load` is asked again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
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
BATCH_TOKENS = 1024
"""Tokens of one batch: 50 to 150 ms of work on one core, after which a bulk indexer can stop."""
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
        session = _session(folder / "model.onnx")
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
            threads=threads,
            inputs=tuple(entry.name for entry in session.get_inputs()),
            tokenizer=tokenizer,
            session=session,
        )
    except Exception as error:  # both libraries raise bare Exceptions and classes of their own
        raise ValueError(f"the compiled model in {folder} cannot be loaded: {error}") from error


def batches(lengths: Sequence[int], max_tokens: int = BATCH_TOKENS) -> Iterator[list[int]]:
    """Indexes into `lengths` (tokens) in their order, in groups of at most `max_tokens` tokens together.

    A text longer than `max_tokens` is a group of its own.  Nothing is padded, so nothing need be sorted.
    """
    group: list[int] = []
    tokens = 0
    for index, length in enumerate(lengths):
        if group and tokens + length > max_tokens:
            yield group
            group, tokens = [], 0
        group.append(index)
        tokens += length
    if group:
        yield group


@dataclass(frozen=True, slots=True)
class _OnnxEncoder:
    """Runs the model on one text at a time, `threads` texts side by side.

    int8 activations are scaled by the largest value in a run, so in a batch a text's vector would depend on its
    neighbours (cosine .992 with itself alone, a tenth of the ten nearest changed); alone, the same text always
    gives the same vector.  It costs nothing from some 60 tokens up (bench/encoding.py); at 30, a third of the speed.
    """

    model_id: str
    dims: int
    languages: frozenset[str] | None
    max_tokens: int
    prompt: str
    lower_case: bool
    threads: int
    inputs: tuple[str, ...]
    tokenizer: Tokenizer
    session: onnxruntime.InferenceSession

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        encodings = self._tokenize(texts)
        vectors = np.zeros((len(texts), self.dims), np.float32)

        def fill(row: int) -> None:
            vectors[row] = self._vector(encodings[row])

        if self.threads == 1 or len(texts) < 2:
            for row in range(len(texts)):
                fill(row)
        else:
            with ThreadPoolExecutor(self.threads) as pool:
                list(pool.map(fill, range(len(texts))))
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

    def _vector(self, encoding: Encoding) -> NDArray[np.float32]:
        """The unit vector [dims] of a text; zeros for one without a single token."""
        columns = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        if not encoding.ids:
            return np.zeros(self.dims, np.float32)
        feed = {name: np.array([columns[name]], np.int64) for name in self.inputs}
        row: NDArray[np.float32] = self.session.run(None, feed)[0][0]
        return row


def _clean(text: str) -> str:
    """`text` as the tokenizer can take it: a half of a surrogate pair, which editors can send, becomes `?`."""
    text = text.strip()
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # the calling thread does the work
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    # Never spin: it would take a core from the editor.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # A memory plan kept for each new shape only grows.
    options.enable_mem_pattern = False
    # The tokenizer's own threads would take all cores whatever `threads` says.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
