"""The texts of the Home tab and the weekly digest, and the figures that both show."""

from __future__ import annotations

from datetime import date

from footnote_bot.indexers.text.counting import counted

# The Home tab

HOW_TO_ASK = "How to ask"
FOR_EXAMPLE = "For example:"
SEE_HELP = "`/wiki help` lists what else I can do."
WHAT_I_READ = "What I read"
WENT_WRONG = "*What went wrong in the last syncs*"
YOUR_FLAGS = "Your open flags"
YOUR_TOKENS = "Your agents' tokens"
NO_FLAGS = "None. What you flag is listed here until somebody has handled it."
SOMEBODY_IS_ON_IT = "Somebody is on it"
OPEN = "Open"
OPEN_ANSWER = "Open the answer"
HOW_IT_GOES = "How it goes"
NO_GAPS = "None is left that the wiki does not answer."
STALE_PAGES = "Old pages that answers rest on"
NO_STALE_PAGES = "None that you may read."
COMING = "One moment\u2026"
CUT = "The rest has no room on this page; `/wiki help` says how to see it."


def not_answered_in(days: int) -> str:
    return f"Not answered in {days} days"


def more_failing(more: int) -> str:
    return f"And in {more:,} more; `footnote status` has all."


def flagged(ago: str) -> str:
    return f"flagged {ago}"


def more_flags(more: int) -> str:
    return f"And {more:,} more."


def last_days(days: int, figures: str) -> str:
    return f"*Last {days} days*: {figures}"


# Figures


def answered(number: int, questions: int) -> str:
    if not questions:
        return "no questions"
    return f"{number:,} of {counted(questions, 'question')} answered"


def shown_nearest(number: int) -> str:
    return f"{number:,} shown the nearest sections"


def shown_none(number: int) -> str:
    return f"{number:,} shown no section"


def flagged_share(share: float, verdicts: int) -> str:
    return f":-1: {share:.0%} of {counted(verdicts, 'verdict')}"


def asked(ago: str) -> str:
    return f"Asked {ago}"


def asked_often(times: int, ago: str) -> str:
    return f"Asked {times} times, last {ago}"


def kept_private(number: int) -> str:
    return f"And {counted(number, 'question')} asked in private, which I show to nobody."


def in_answers(page: str, number: int) -> str:
    return f"{page} \u00b7 in {counted(number, 'answer')}"


# The digest

DIGEST_NOT_ANSWERED = "*The wiki does not answer*"
DIGEST_STALE_PAGES = "*Old pages that answers rest on*"
DIGEST_SEE_STATUS = "`footnote status` says what went wrong."
A_FLAG = "a flag"


def last_week(figures: str) -> str:
    return f"The last 7 days: {figures}"


def last_week_in_bold(figures: str) -> str:
    return f"*The last 7 days*: {figures}"


def flags_of_week(opened: int, fixed: int, open_: int) -> str:
    return f"*Flags*: {opened:,} opened, {fixed:,} fixed, {open_:,} open"


def waits_longest(flags: str, since: str, flag: str) -> str:
    """Return the line of all ``flags`` with the one that waits longest."""
    return f"{flags}. Waits longest, since {since}: {flag}"


def day(then: date, ago: str) -> str:
    return f"{then.day} {then:%b} ({ago})"


def often(question: str, times: int) -> str:
    return f"{question} ({times} times)"


def failing(wikis: str) -> str:
    return f"*Syncs that went wrong*: {wikis}"


def failing_and_more(wikis: str, more: int) -> str:
    return f"*Syncs that went wrong*: {wikis} and {more:,} more"
