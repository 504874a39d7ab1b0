"""LlamaIndex's stock path over a folder, as its documentation puts it together.

Run as a process of its own: ``python -m benchmarks.stock PAGES STORE``. Every setting is
the library's default, but for the model: Footnote's bundled one, so that both embed with
the same and nothing is downloaded.
"""

from __future__ import annotations

import json
import sys
import time
import warnings

from fastembed import TextEmbedding
from fastembed.common.model_description import ModelSource, PoolingType
from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
from llama_index.embeddings.fastembed import FastEmbedEmbedding
from llama_index.vector_stores.qdrant import QdrantVectorStore
from qdrant_client import QdrantClient

from indexers.index.embedding import BUNDLED

_MODEL = "bundled"
_COLLECTION = "handbook"


def run(pages: str, store: str) -> dict[str, float]:
    started = time.perf_counter()
    documents = SimpleDirectoryReader(pages, recursive=True).load_data()
    client = QdrantClient(path=store)
    VectorStoreIndex.from_documents(
        documents,
        storage_context=StorageContext.from_defaults(
            vector_store=QdrantVectorStore(_COLLECTION, client=client)
        ),
        embed_model=FastEmbedEmbedding(_MODEL, specific_model_path=str(BUNDLED)),
    )
    chunks = client.count(_COLLECTION).count
    client.close()
    return {"chunks": chunks, "seconds": time.perf_counter() - started}


def _register() -> None:
    TextEmbedding.add_custom_model(
        _MODEL,
        pooling=PoolingType.MEAN,
        normalization=True,
        sources=ModelSource(url="https://localhost/"),  # never asked: the folder goes first
        dim=384,
        model_file="model.onnx",
    )


if __name__ == "__main__":
    # That local mode has no payload indexes.
    warnings.filterwarnings("ignore", category=UserWarning, module="llama_index")
    _register()
    json.dump(run(*sys.argv[1:]), sys.stdout)
