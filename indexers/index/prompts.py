"""Prompts before a question or a passage, for models that were trained with them.

fastembed leaves this to its caller: its ``query_embed`` and ``passage_embed`` add no words (only
jina-embeddings-v3 tells the two apart, by a task number). The prompts are those of the model cards.
"""

from __future__ import annotations

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
