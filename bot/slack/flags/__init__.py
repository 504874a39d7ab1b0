"""Verdicts on answers, and flags on their way back to the page."""
