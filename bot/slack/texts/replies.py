"""The texts around an answer: its small print and buttons, the status line, and who gets none."""

from __future__ import annotations

from footnote_bot.indexers.text.counting import counted

# While an answer is being written

READING = "is reading the wiki\u2026"
LOADING = (
    "Looking through the wiki\u2026",
    "Reading the pages that fit\u2026",
    "Checking that they are still current\u2026",
)
COMPOSING = (*LOADING, "Writing the answer\u2026", "Checking each sentence beside the pages\u2026")

# Who gets no answer

NO_OUTSIDERS = (
    "I do not answer where people from other companies can read along. Ask me in a direct message,"
    " or in another channel."
)
MEMBERS_ONLY = (
    "I only answer members of this workspace, and I do not know you as one. Ask one of them."
)
SOMEONE = "someone"

# Pages

FOUND = "Here is what I found."
NEAREST_PAGES = "The nearest sections:"
CLOSE_TO_IT = "This may add something:"
OUTDATED = ":warning: marked as outdated"
TODAY = "today"


def days_ago(number: int) -> str:
    return f"{counted(number, 'day')} ago"


def months_ago(number: int) -> str:
    return f"{counted(number, 'month')} ago"


def years_ago(number: int) -> str:
    return f"{counted(number, 'year')} ago"


def updated(ago: str) -> str:
    return f"updated {ago}"


def old_updated(ago: str) -> str:
    return f":warning: old, updated {ago}"


def in_quotation_marks(words: str) -> str:
    return f"\u201c{words}\u201d"


def owned_by(owner: str) -> str:
    return f"owner: {owner}"


def wiki_as_of(moment: str) -> str:
    return f"Wiki as of {moment}"


# Verdicts

HELPFUL = "Helpful"
HELPFUL_ALOUD = "Helpful: this answer helped"
FLAG = "Flag"
FLAG_ALOUD = "Flag: say what is wrong with this answer"
YOU_FOUND_IT_HELPFUL = "You found this helpful."
YOU_FLAGGED_IT = "You flagged this."

# Buttons below an answer

SHOW_QUOTES = "Show the quotes"
SHOW_QUOTES_ALOUD = "Show the quotes from the pages, only to you"
ASK_REVIEWERS = "Ask the reviewers"
ASK_REVIEWERS_ALOUD = "Ask the wiki's reviewers to answer this"
SHALL_I_ASK_REVIEWERS = "Ask the reviewers?"
REVIEWERS_SEE = (
    "The question and your name go to the wiki's reviewers and to the nearest page's owner."
)
ASK = "Ask"
CANCEL = "Cancel"
