"""Answers in the words of the pages: the choice of sentences, and their looks."""
