"""Answers in a language model's words, with a check of every sentence.

objects, answer_reading
            a model's output, structured or plain -> sentences
judge, judging, nli_judging
            sentences that rules cannot decide: the port for judges; a language model; an NLI model
draft, layout
            the sentences so far, each with its state; those that are verified -> an answer's text
composer    the use case
language_model
            one model and its tasks
"""
