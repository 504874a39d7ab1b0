"""LlamaIndex's stock path over a folder, put together as in its documentation.

Run as a process of its own: ``python -m benchmarks.stock PAGES STORE`` indexes; without STORE it
counts the text of the pages that the model would not read. Every setting is the library's default,
except the model: Footnote's bundled one, so that both embed with the same model and nothing is
downloaded.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from typing import Any

from fastembed import TextEmbedding
from fastembed.common.model_description import ModelSource, PoolingType
from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import MetadataMode
from llama_index.embeddings.fastembed import FastEmbedEmbedding
from llama_index.vector_stores.qdrant import QdrantVectorStore
from qdrant_client import QdrantClient

from footnote_bot.indexers.index.embedding import BUNDLED

_MODEL = "bundled"
_COLLECTION = "handbook"


def index(pages: str, store: str) -> dict[str, float]:
    started = time.perf_counter()
    documents = SimpleDirectoryReader(pages, recursive=True).load_data()
    client = QdrantClient(path=store)
    VectorStoreIndex.from_documents(
        documents,
        storage_context=StorageContext.from_defaults(
            vector_store=QdrantVectorStore(_COLLECTION, client=client)
        ),
        embed_model=_embedding(),
    )
    chunks = client.count(_COLLECTION).count
    client.close()
    return {"chunks": chunks, "seconds": time.perf_counter() - started}


def unread(pages: str) -> dict[str, float]:
    """Return the share of the chunks' tokens beyond the model's limit, and the number within it."""
    documents = SimpleDirectoryReader(pages, recursive=True).load_data()
    chunks = SentenceSplitter().get_nodes_from_documents(documents)
    model: Any = _embedding()._model.model  # noqa: SLF001 - nothing public counts its tokens
    tokenizer = model.tokenizer
    limit = tokenizer.truncation["max_length"]
    tokenizer.no_truncation()
    tokenizer.no_padding()
    texts = [chunk.get_content(metadata_mode=MetadataMode.EMBED) for chunk in chunks]
    lengths = [len(encoding.ids) for encoding in tokenizer.encode_batch(texts)]
    read = sum(min(length, limit) for length in lengths)
    return {"unread": 1 - read / sum(lengths), "read": read}


def _embedding() -> FastEmbedEmbedding:
    return FastEmbedEmbedding(_MODEL, specific_model_path=str(BUNDLED))


def _register() -> None:
    TextEmbedding.add_custom_model(
        _MODEL,
        pooling=PoolingType.MEAN,
        normalization=True,
        sources=ModelSource(url="https://localhost/"),  # never asked: the folder is tried first
        dim=384,
        model_file="model.onnx",
    )


if __name__ == "__main__":
    # The warning that local mode has no payload indexes.
    warnings.filterwarnings("ignore", category=UserWarning, module="llama_index")
    _register()
    json.dump((index if sys.argv[2:] else unread)(*sys.argv[1:]), sys.stdout)
