"""recall-lsp: brings a writer's past notes back while they write."""

import os

# onnxruntime reports its use to its makers unless it is told not to before it is imported; nothing here may.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
# numpy's matrix products are small here: on more threads than one they wait for each other, and take an editor's cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
