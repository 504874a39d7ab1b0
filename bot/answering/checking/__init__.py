"""The check of a sentence against passages, and of an answer against other pages."""
