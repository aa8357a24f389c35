"""A model from the Hugging Face hub into its cache on this machine: `python -m recall_lsp.index.fetch NAME`.

The only file that uses the network, and only ever run as a process of its own, when the user asks for a model by
name.  Prints one line of JSON: {"error": ...}, "" when all is well.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence

_PARTS = ("*.json", "*.txt", "*.model", "*.safetensors", "README.md")
_PICKLED = "pytorch_model.bin"
_OTHERS = ("onnx/*", "openvino/*")
_ORGANISATION = "sentence-transformers/"
"""Whose models go by a name without one, as in Sentence-Transformers."""


def run_fetch(name: str) -> str:
    """Fetches `name` in a process of its own; what went wrong, "" if nothing did.  Progress is on standard error."""
    command = [sys.executable, "-P", "-m", "recall_lsp.index.fetch", name]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    try:
        return str(json.loads(done.stdout)["error"])
    except (ValueError, KeyError):
        return f"Fetching ended with code {done.returncode}: see the lines above."


def fetch(name: str) -> str:
    """The same, in this process."""
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import GatedRepoError, HFValidationError, OfflineModeIsEnabled, RepositoryNotFoundError

    repository = name if "/" in name else _ORGANISATION + name
    try:
        files = [file.rfilename for file in HfApi().model_info(repository).siblings or ()]
        if not {"modules.json", "config.json"} & set(files):
            return f"'{repository}' is no Sentence-Transformers model: it has neither modules.json nor config.json."
        safe = any(file.endswith(".safetensors") for file in files)
        parts = [*_PARTS, *(() if safe else (_PICKLED, f"*/{_PICKLED}"))]
        snapshot_download(repository, allow_patterns=parts, ignore_patterns=list(_OTHERS))
    except HFValidationError:
        return f"'{name}' is no name of a model: one looks like all-MiniLM-L6-v2 or organisation/model."
    except GatedRepoError:
        return f"'{repository}' is given out on request only: ask for it on the hub, then `hf auth login`."
    except RepositoryNotFoundError:
        return f"The hub has no model '{repository}'."
    except OfflineModeIsEnabled:
        return "HF_HUB_OFFLINE is set: unset it to fetch a model."
    except OSError as error:  # all errors of the network are
        return f"The hub could not be reached ({type(error).__name__}): is this machine on the network?"
    except Exception as error:
        # The hub's client has errors of its library's own for a network that is not there.
        return f"The hub could not be asked ({type(error).__name__}): is this machine on the network?"
    return ""


def main(arguments: Sequence[str]) -> int:
    os.umask(0o077)
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    error = fetch(arguments[0])
    print(json.dumps({"error": error}))
    return 1 if error else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
