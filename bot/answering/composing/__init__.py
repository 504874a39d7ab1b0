"""Answers in a language model's words, of which every sentence is checked.

prompt      passages and question as data that cannot give orders
model_client
            the port to a model: when to try again, how long to wait, how many at once
providers   settings -> a model of LlamaIndex's
llama_client, forms, refusals, context_limit, connection, thoughts
            asking it in the way that its server takes
objects, answer_reading
            what it writes, structured or plain -> sentences
judge, judging, nli_judging
            who decides sentences that rules cannot decide: the port; a model; an NLI model
usage       what persons, channels and days may cost
rewriting   a follow-up made to stand alone, for the search
reranking   passages put in order
sentences   a stream of text, cut into sentences
claims      what a sentence says, cites, quotes and links to
checking    does a passage say that?
composer    the use case
language_model
            one model, and all that it does
"""
