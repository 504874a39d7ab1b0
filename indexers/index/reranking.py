"""Cross-encoders: models that read question and passage together, through fastembed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from indexers.errors import ModelUnavailable
from indexers.index.text import encodable

_BATCH = 8


class FastembedReranker:
    """Any cross-encoder that fastembed knows by name, loaded at once: from ``cache_dir``, or
    downloaded into it.

    ``threads`` bounds the processor cores it uses; None takes all.

    Raises:
        ModelUnavailable: fastembed knows no model of this name, or it cannot be loaded.
    """

    def __init__(self, name: str, cache_dir: Path, *, threads: int | None = None) -> None:
        from fastembed.rerank.cross_encoder import TextCrossEncoder  # half a second

        known = (model["model"].lower() for model in TextCrossEncoder.list_supported_models())
        if name.lower() not in known:
            raise ModelUnavailable(
                f"There is no reranker {name!r}: set [answer] reranker to the name of a"
                " cross-encoder that fastembed supports, or leave it empty."
            )
        self._name = name
        try:
            self._model = TextCrossEncoder(name, cache_dir=str(cache_dir), threads=threads)
        except Exception as error:  # a hub's, a file's or onnxruntime's: they share no class
            raise ModelUnavailable(
                f"The reranker {name!r} could be neither read from {cache_dir} nor downloaded:"
                " check the network, or copy the model there from a machine that has it."
            ) from error

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """
        Raises:
            ModelUnavailable: the model does not run.
        """
        try:
            asked = encodable(question)
            return list(self._model.rerank(asked, map(encodable, texts), batch_size=_BATCH))
        except Exception as error:  # onnxruntime's and the tokenizer's share no class
            raise ModelUnavailable(f"The reranker {self._name!r} does not run.") from error
