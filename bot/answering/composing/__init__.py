"""Answers in a language model's words, with a check of every sentence.

prompt      passages and question as data that cannot give instructions
model_client
            the port to a model: retries, timeouts, concurrency
providers   settings -> a model of LlamaIndex's
llama_client, forms, refusals, context_limit, connection, thoughts
            requests in the form that a server accepts
objects, answer_reading
            a model's output, structured or plain -> sentences
judge, judging, nli_judging
            sentences that rules cannot decide: the port for judges; a language model; an NLI model
usage       the budget of each person, channel and day
rewriting   a follow-up -> a standalone question for the search
reranking   passages in a model's order
sentences   a stream of text -> sentences
claims      a sentence's statement, citations, quotations and links
checking    whether a passage says what a sentence says
composer    the use case
language_model
            one model and its tasks
"""
