"""Answers are kept, judged by people, and flagged where a page is wrong."""
