"""What a program can check of a model's sentence: its evidence, its facts, what it may not hold.

Nothing here knows a language. Whether a page means what a sentence says is for a judge.
"""
