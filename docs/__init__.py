"""Footnote's documentation, and what makes its pages from the code."""
