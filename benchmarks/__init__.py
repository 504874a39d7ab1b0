"""The numbers that Footnote is held to, each with its command: ``python -m benchmarks``."""
