"""The numbers that Footnote is held to, each by a command: ``python -m benchmarks``."""
