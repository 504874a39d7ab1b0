"""A model's sentence, checked as far as a program can: evidence, facts, and what it may not hold.

Nothing here knows a language. Whether a page means what a sentence says is for a judge.
"""
