"""The texts of a flag: the forms, the card, the note to a page's owner, and a published answer."""

from __future__ import annotations

from datetime import date

# The form of a complaint

FLAG_ANSWER = "Flag this answer"
WHAT_IS_WRONG = "What is wrong with it?"
IT_IS_WRONG = "It is wrong"
IT_IS_OUTDATED = "It is outdated"
SOMETHING_IS_MISSING = "Something is missing"
FROM_WRONG_PAGE = "It is from the wrong page"
WHAT_SHOULD_IT_SAY = "What should it say?"
REVIEWERS_SEE = (
    "The question, this answer and your words go to the wiki's reviewers and to the page's owner."
)
SEND = "Send"
CANCEL = "Cancel"

# The form of an answer

WRITE_ANSWER = "Write the answer"
ONE_MOMENT = "One moment\u2026"
THE_ANSWER = "The answer"
WHICH_PAGES = "Which pages is it based on?"
WHO_GETS_IT = "People who may read all of them get it. Once one of them changes, nobody does."
UNTIL_WHEN = "Until when is it valid?"
PAGE = "Page"
TO_QUESTION = "To the question"


# The card

FLAGGED = "Flagged"
FIXED = "Fixed"
NOT_WRONG = "Not wrong"
ANSWERED = "Answered"
WITHDRAWN = "Flag withdrawn"
QUESTION_FOR_YOU = "A question for you"
QUESTION = "Question"
COMMENT = "Comment"
ANSWER = "Answer"
OLD_ANSWER = "Old answer"
NEW_ANSWER = "New answer"
OLD_ANSWER_MARKED = "Old answer, with what went struck through"
NEW_ANSWER_MARKED = "New answer, with what is new in bold"
SAME_ANSWER = "New answer: the same"
REST_TOO_LONG = "The rest of the answer is too long for this message and is not shown here."
REST_NOT_SHOWN = "The rest is not open to everyone and is not shown here."
ANSWER_NOT_SHOWN = "What was answered is not open to everyone and is not shown here."
EDIT_PAGE = "Edit page"
OPEN_ANSWER = "Open the answer"
TAKE = "Take"
OPEN_AGAIN = "Open again"


def heading(state: str, complaint: str) -> str:
    return f"{state}: {complaint}"


def asked_by(name: str) -> str:
    return f"Asked by {name}"


def flagged_by(name: str) -> str:
    return f"Flagged by {name}"


def page_of(owner: str) -> str:
    return f"Page of {owner}"


def is_on_it(name: str) -> str:
    return f"{name} is on it"


def step(when: str, what: str) -> str:
    return f"{when} \u00b7 {what}"


def step_by(when: str, what: str, name: str) -> str:
    return f"{when} \u00b7 {what} by {name}"


# The note to a page's owner

YOU_ARE_ASKED = "Somebody asks what the wiki does not say. A page of yours is close to it"


def your_page_was_flagged(complaint: str) -> str:
    return f"A page of yours was flagged: {complaint}"


# The reminder


def waiting(number: int) -> str:
    return f"{number} flags are waiting." if number > 1 else "A flag is waiting."


# A published answer

WITHDRAW = "Withdraw"
WITHDRAW_ALOUD = "Withdraw: stop giving this answer, and retract it where I gave it"
BASED_ON = "It is based on:"
PUBLISHED_NOT_SHOWN = "The answer is not shown here: not everybody here may read it."
FORGOTTEN_AUTHOR = "Somebody whose data was deleted"


def published_answer(question: str) -> str:
    return f"Published answer: {question}"


def day(then: date) -> str:
    return f"{then.day} {then:%b %Y}"


def published(author: str, until: str) -> str:
    return f"{author} published an answer. I give it to everybody who asks this, until {until}."


def withdrawn(author: str) -> str:
    return f"An answer that {author} published was withdrawn. I no longer give it."


def withdrawn_by(author: str, by: str) -> str:
    return f"An answer that {author} published was withdrawn by {by}. I no longer give it."


def replaced(author: str) -> str:
    return f"An answer that {author} published was replaced by another one. I no longer give it."


def lapsed(author: str) -> str:
    return (
        f"An answer that {author} published has ended: its time is up, or a page that it is based"
        " on was changed. I no longer give it."
    )
