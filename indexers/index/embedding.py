"""Text embedding by local models, through fastembed."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from footnote_bot.indexers.errors import ModelUnknown
from footnote_bot.indexers.index import pooling
from footnote_bot.indexers.index.local_models import (
    MODELS,
    bundled,
    by_name,
    check,
    described,
    in_threads,
)
from footnote_bot.indexers.ports import Embedding, Vector
from footnote_bot.indexers.text.sentences import encodable

if TYPE_CHECKING:
    import numpy.typing as npt
    from fastembed import TextEmbedding
    from tokenizers import Encoding, Tokenizer


_BY_WORD = "BertPreTokenizer"
"""The pre-tokenizer that cuts at every space, so that no token contains one."""
_SPACES = str.maketrans("\t\n\r", "   ")
"""The characters that BERT takes for spaces, whatever Unicode says of them."""
_REMEMBERED = 65_536
"""Words whose count is kept, some 8 MB."""
_LONG = 40
"""Characters from which on the count of a word is not kept: such words hardly occur twice."""


class TokenCounter:
    """Counts all tokens of a text, without special tokens and truncation.

    If the tokenizer reads word by word, each word is counted once: passages repeat their words
    again and again, and this takes less than half of the time.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._reads_words = type(tokenizer.pre_tokenizer).__name__ == _BY_WORD
        self._of_word = lru_cache(maxsize=_REMEMBERED)(self._count)

    def __call__(self, text: str) -> int:
        """Return the number of tokens. ``text`` has no unpaired surrogates."""
        if not self._reads_words:
            return self._count(text)
        count = self._of_word
        return sum(
            count(word) if len(word) < _LONG else self._count(word)
            for word in text.translate(_SPACES).split(" ")
        )

    def _count(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)


_SEARCH_QUERY = "Represent this sentence for searching relevant passages: "
_WEB_QUERY = (
    "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"
)

_STELLA_QUERY = _WEB_QUERY.replace("query\nQuery:", "query.\nQuery: ")

# The prompts of the question and of the passage, by the beginning of the model's name.
_PROMPTS = {
    "baai/bge-small-zh": ("为这个句子生成表示以用于检索相关文章：", ""),  # noqa: RUF001 - Chinese
    "baai/bge-": (_SEARCH_QUERY, ""),
    "mixedbread-ai/mxbai-": (_SEARCH_QUERY, ""),
    "snowflake/snowflake-arctic-embed-": (_SEARCH_QUERY, ""),
    "nomic-ai/nomic-embed-text-": ("search_query: ", "search_document: "),
    "intfloat/multilingual-e5-": ("query: ", "passage: "),
    "intfloat/e5-": ("query: ", "passage: "),
    "google/embeddinggemma-": ("task: search result | query: ", "title: none | text: "),
    "qwen/qwen3-embedding-": (_WEB_QUERY, ""),
    "qdrant/stella-en-": (_STELLA_QUERY, ""),
}


def prompts_for(model: str) -> tuple[str, str]:
    """Return the prompts for questions and for passages; empty for models without."""
    name = model.lower()
    return next((pair for start, pair in _PROMPTS.items() if name.startswith(start)), ("", ""))


BUNDLED = MODELS / "all-MiniLM-L6-v2-int8"

# From the bundle's PROVENANCE.md: other weights or tokens would be another model.
_DIGESTS = {
    "model.onnx": "dafd77fbbeb7ad3374c2e1449badd71de69b04a5d6c5e8f3c29429b6c4b441d6",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
}
_TRAINED_FOR = 256  # tokens

# Before a model is downloaded, fastembed states its limit only in the description.
_LIMIT = re.compile(r"(?<!\d)(\d{1,9}) input tokens truncation")
_MULTILINGUAL = re.compile(r"multi-?lingual", re.IGNORECASE)
_USUAL_LIMIT = 512  # for a model whose description names none

# Small batches of texts with the same number of tokens waste the least on padding: 22,000 tokens a
# second on two cores, 18,000 if sorted by characters, and about half if unsorted.
_BATCH = 8

_QUESTIONS = 256
"""Questions whose vectors are kept, some 12 KB each."""

_sharing = threading.Lock()


class _Embedder:
    """The common part of both kinds. The model is loaded once, at its first use in any thread.
    ``at_once`` batches are embedded at the same time."""

    identity: str
    dimensions: int
    max_tokens: int
    multilingual: bool

    def __init__(
        self,
        load: Callable[[], TextEmbedding],
        *,
        query: str = "",
        passage: str = "",
        averages: Callable[[TextEmbedding], bool] = pooling.averages,
        at_once: int = 1,
    ) -> None:
        self._load = load
        self._is_averaging = averages
        self._loading = threading.Lock()
        self._query = query
        self._passage = passage
        self._at_once = at_once
        self._of_question = lru_cache(maxsize=_QUESTIONS)(self._embed_question)

    def count_tokens(self, text: str) -> int:
        """Count all tokens by the model's own tokenizer, without special tokens and truncation."""
        with self._loading:
            counter = self._token_counter
        return counter(encodable(text))

    def embed_passages(self, texts: Sequence[str]) -> list[Embedding]:
        """Return embeddings in the order of ``texts``. The first line of a text is its path and no
        sentence.

        Raises:
            ModelUnavailable: the model is missing or not the one named.
        """
        prompted = [self._passage + encodable(text) for text in texts]
        encodings = self._counter.encode_batch(prompted)
        order = sorted(range(len(prompted)), key=lambda i: len(encodings[i].ids))
        embeddings = [Embedding(())] * len(prompted)
        batches = [order[at : at + _BATCH] for at in range(0, len(order), _BATCH)]
        batches.reverse()  # the longest first: at the end no core waits long for another

        def read(batch: Sequence[int]) -> list[Embedding]:
            return self._read([prompted[i] for i in batch], [encodings[i] for i in batch])

        results = in_threads(read, batches, at_once=self._at_once, name="embedder")
        for batch, batch_embeddings in zip(batches, results, strict=True):
            for i, embedding in zip(batch, batch_embeddings, strict=True):
                embeddings[i] = embedding
        pooling.give_back(self._model)
        return embeddings

    def _read(self, texts: Sequence[str], encodings: Sequence[Encoding]) -> list[Embedding]:
        if self._averages:
            starts = [max(text.find("\n") + 1, len(self._passage)) for text in texts]
            return list(pooling.embeddings(self._model, texts, encodings, starts))
        return list(map(Embedding, _plain(self._model.passage_embed(texts, batch_size=_BATCH))))

    def embed_question(self, text: str) -> Vector:
        """Return a vector for searching; a few milliseconds with the bundled model. The last
        vectors are cached: a follow-up is searched for together with the questions before it.

        Raises:
            ModelUnavailable: the model is missing or not the one named.
        """
        return self._of_question(text)

    def _embed_question(self, text: str) -> Vector:
        (vector,) = _plain(self._model.query_embed([self._query + encodable(text)]))
        return tuple(vector)

    @property
    def _model(self) -> TextEmbedding:
        with self._loading:
            return self._loaded

    @property
    def _counter(self) -> Tokenizer:
        with self._loading:
            return self._tokenizer_copy

    @cached_property
    def _loaded(self) -> TextEmbedding:
        return self._load()

    @cached_property
    def _averages(self) -> bool:
        return self._is_averaging(self._model)

    @cached_property
    def _tokenizer_copy(self) -> Tokenizer:
        return _full_tokenizer(self._loaded)

    @cached_property
    def _token_counter(self) -> TokenCounter:
        return TokenCounter(self._tokenizer_copy)


class LocalEmbedder(_Embedder):
    """A sentence-transformers model of 384 dimensions in a folder; by default the bundled one. It
    works without a network, and is checked against its digests.

    ``threads`` limits the processor cores it uses; None takes all. Each core embeds its own batch:
    cores that share a batch wait for one another, for a third of the time. The model runs in the
    calling thread, and so at its priority.
    """

    identity = "all-MiniLM-L6-v2-int8@" + _DIGESTS["model.onnx"][:12]
    dimensions = 384
    max_tokens = _TRAINED_FOR
    multilingual = False

    def __init__(self, folder: Path | None = None, *, threads: int | None = None) -> None:
        self._folder = folder or BUNDLED
        at_once = threads or os.cpu_count() or 1
        super().__init__(self._from_folder, averages=lambda _: True, at_once=at_once)

    def _from_folder(self) -> TextEmbedding:
        with _sharing:
            return _read(self._folder)


@cache
def _full_tokenizer(model: TextEmbedding) -> Tokenizer:
    """Return a copy of the model's tokenizer that neither truncates nor pads, as the model's own
    must. It takes 0.1 s, once for each model."""
    from tokenizers import Tokenizer  # slow, and needed only with a model

    tokenizer = Tokenizer.from_str(_tokenizer(model).to_str())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@cache
def _read(folder: Path) -> TextEmbedding:
    """Load a model once a process, however many indexes it opens."""
    check(folder, _DIGESTS, kind="embedding model", setting="[index] model")
    from fastembed import TextEmbedding  # half a second
    from fastembed.common.model_description import PoolingType  # as above

    model = bundled(
        TextEmbedding,
        LocalEmbedder.identity,
        folder,
        pooling=PoolingType.MEAN,
        normalization=True,
        dim=LocalEmbedder.dimensions,
    )
    _tokenizer(model).enable_truncation(_TRAINED_FOR)
    return model


class FastembedEmbedder(_Embedder):
    """A model that fastembed knows by name, downloaded at first use into ``cache_dir``, with the
    prefixes it was trained with.

    Raises:
        ModelUnknown: fastembed knows no model of this name.
    """

    def __init__(self, name: str, cache_dir: Path, *, threads: int | None = None) -> None:
        from fastembed import TextEmbedding  # half a second

        self._name = name
        self._cache_dir = cache_dir
        self._threads = threads
        if (description := described(TextEmbedding, name)) is None:
            raise ModelUnknown(
                f"There is no embedding model {name!r}: set [index] model to a name that"
                " fastembed supports, or leave it empty for the bundled one."
            )
        query, passage = prompts_for(name)
        self.identity = f"fastembed:{name.lower()}"
        self.dimensions = description["dim"]
        limit = _LIMIT.search(description["description"])
        self.multilingual = bool(_MULTILINGUAL.search(description["description"]))
        self.max_tokens = int(limit[1]) if limit else _USUAL_LIMIT
        super().__init__(self._from_cache_or_hub, query=query, passage=passage)

    def _from_cache_or_hub(self) -> TextEmbedding:
        from fastembed import TextEmbedding  # half a second

        return by_name(
            TextEmbedding,
            self._name,
            self._cache_dir,
            kind="embedding model",
            threads=self._threads,
        )


def _tokenizer(model: TextEmbedding) -> Tokenizer:
    tokenizer: Tokenizer = model.model.tokenizer  # type: ignore[attr-defined]
    return tokenizer


def _plain(vectors: Iterable[npt.NDArray[Any]]) -> Iterator[Vector]:
    """Yield vectors of length 1 as lists, as the index takes them; some models do not normalise."""
    for vector in vectors:
        yield pooling.unit(vector).tolist()
