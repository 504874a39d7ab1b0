"""The words of a chat in the terminal that people read: its help, and replies to its commands."""

from __future__ import annotations

HELP = "Ask a question, or several at once. You can follow up: what was said before counts."
HELP_COMMANDS = (
    "/good            the last answer helped",
    "/wrong [REASON]  flag the last answer (outdated: ..., incomplete: ..., wrong page: ...)",
    "/reviewers       ask the wiki's reviewers, when I did not find the answer",
    "/quotes          the pages' own words, when a language model wrote the answer",
    "/help            show this help",
    "/quit            quit, like Ctrl-D",
)
NOTHING_SAID = "There is no answer yet. Please ask a question first."
IS_ANSWERED = (
    "The last question was answered. If the answer is wrong, /wrong REASON tells the wiki's"
    " reviewers."
)
NO_QUOTES = "The last answer is already in the pages' own words, or there is none."
TOO_LONG = "That is too long for a question. Please ask it in fewer words."
NOT_NOW = "I could not take this question: the database is busy. Please ask again."


def unknown_command(word: str) -> str:
    return f"Unknown command: {word}. /help lists the commands."


def flag_withdrawn(number: int) -> str:
    return f"Your flag {number} on it is withdrawn."


def flagged(number: int, reason: str) -> str:
    return f"Flag {number}, {reason}. `footnote flags` lists it."


def about(question: str) -> str:
    """Return the line with the question that a verdict is about."""
    return f"On: {question}"
