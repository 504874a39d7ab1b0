"""Use case of answering: retrieve, decide, quote or compose.

The folders, each built upon those before it: words, llm, question, languages, retrieval, reranking,
deciding, quoting, checking, composing, engine. `answerer` joins them.
"""
