"""Answers in a language model's words, with a check of every sentence.

objects, reading    a model's output, structured or plain -> sentences
draft               the sentences so far, each with its state
judge, judging      a second reading of the sentences: the port and a language model; beside the
                    writing
layout              sentences -> an answer's text, with its footnotes
composer            the use case
language_model      one model and its tasks
"""
