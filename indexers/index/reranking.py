"""Cross-encoders: models that read question and passage together, through fastembed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from footnote_bot.indexers.errors import ModelUnavailable, ModelUnknown
from footnote_bot.indexers.index.local_models import (
    MODELS,
    bundled,
    by_name,
    check,
    described,
    in_threads,
)
from footnote_bot.indexers.text.sentences import encodable

if TYPE_CHECKING:
    from fastembed.rerank.cross_encoder import TextCrossEncoder

BUNDLED = MODELS / "ms-marco-MiniLM-L-12-v2-int8"

# From the bundle's PROVENANCE.md: other weights or tokens would be another model.
_DIGESTS = {
    "model.onnx": "25e6ddd45065b80d4ffa41644fba676d16e3ee15c0e13d45b5ddce82b550fa87",
    "word_embeddings.bin": "9b66fb86c376f2e052dc872f7ef12e607895552a805b1072eaf14c913bbac891",
    "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
    "tokenizer_config.json": "7b082b48a08a0b5c5939d99472e33addce3d96202155e33f7928cecd171186a0",
    "special_tokens_map.json": "5d5b662e421ea9fac075174bb0688ee0d9431699900b90662acd44b2a350503a",
}
_IDENTITY = f"ms-marco-MiniLM-L-12-v2-int8@{_DIGESTS['model.onnx'][:12]}"
_MOST_TOKENS = 192
"""The limit for question and text together. Twice as many tokens take twice the time and rank no
better; with 128 the first passage was right for .64 of 192 questions instead of .72."""
_loading = threading.Lock()


class _Reranker:
    """The common part of both kinds. ``at_once`` texts are read at the same time."""

    def __init__(
        self, name: str, load: Callable[[], TextCrossEncoder], *, at_once: int = 1
    ) -> None:
        self.identity = name
        self._load = cache(load)
        self._at_once = at_once

    def _loaded(self) -> TextCrossEncoder:
        with _loading:
            return self._load()

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return the scores of the texts.

        Raises:
            ModelUnavailable: the model is missing, is another one, or does not run.
        """
        try:
            return self._scores(encodable(question), [encodable(text) for text in texts])
        except ModelUnavailable:
            raise
        except Exception as error:  # onnxruntime's and the tokenizer's errors share no class
            raise ModelUnavailable(f"The reranker {self.identity!r} does not run.") from error

    def _scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Read the texts one by one. A batch is padded to its longest text, which takes a third
        more time, and in it an int8 model's score of a text depends on its neighbours."""
        model = self._loaded()

        def score(text: str) -> float:
            (score,) = model.rerank(question, [text], batch_size=1)
            return score

        return list(in_threads(score, texts, at_once=self._at_once, name="reranker"))


class LocalReranker(_Reranker):
    """The bundled cross-encoder, loaded at first use: ms-marco-MiniLM-L-12-v2, for English. A score
    is a logit; by itself it tells an answer from a passage on the same subject.

    It uses all processor cores. Each reads its own text: cores that share a text wait for one
    another, for a third of the time.
    """

    def __init__(self, folder: Path = BUNDLED) -> None:
        super().__init__(_IDENTITY, partial(_read, folder), at_once=os.cpu_count() or 1)


@cache
def _read(folder: Path) -> TextCrossEncoder:
    """Load the model in ``folder``: once per process, however many indexes it opens."""
    check(folder, _DIGESTS, kind="reranker", setting="[answer] reranker")
    from fastembed.rerank.cross_encoder import TextCrossEncoder  # half a second

    model = bundled(TextCrossEncoder, _IDENTITY, folder)
    model.model.tokenizer.enable_truncation(_MOST_TOKENS)  # type: ignore[attr-defined]
    return model


class FastembedReranker(_Reranker):
    """A cross-encoder that fastembed knows by name, loaded at once: from ``cache_dir``, or
    downloaded into it.

    Raises:
        ModelUnavailable: it cannot be loaded; ModelUnknown: fastembed knows no model of this name.
    """

    def __init__(self, name: str, cache_dir: Path) -> None:
        from fastembed.rerank.cross_encoder import TextCrossEncoder  # half a second

        if described(TextCrossEncoder, name) is None:
            raise ModelUnknown(
                f"There is no reranker {name!r}: set [answer] reranker to the name of a"
                " cross-encoder that fastembed supports, or leave the setting out for the one"
                " that comes with Footnote."
            )
        model = by_name(TextCrossEncoder, name, cache_dir, kind="reranker")
        super().__init__(f"fastembed:{name.lower()}", lambda: model)
