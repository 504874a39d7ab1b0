"""A language model: prompts, clients, limits and budget, and the small tasks beside answering.

prompt      passages and question as data that cannot give instructions
model_client
            the port to a model: retries, timeouts, concurrency
providers   settings -> a model of LlamaIndex's
llama_client, forms, refusals, connection, thoughts
            requests in the form that a server accepts
usage       the budget of each person, channel and day
rewriting   a question -> one that stands alone, or is in the language of the pages
"""
