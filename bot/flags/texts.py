"""The words of flags that people read: replies to verdicts, to reviewers and to askers."""

from __future__ import annotations

from datetime import datetime

# Verdicts on an answer.

THANKS = "Thank you, noted: this answer helped."
FLAGGED = "Thank you. I noted what is wrong and told the wiki's reviewers."
FLAGGED_QUIETLY = "Thank you. I noted what is wrong."
ASKED = "I asked the wiki's reviewers. I will tell you once somebody has handled it."
NOTED = "I noted for the wiki's reviewers that it does not say this."
DOUBTED = "Noted: this answer did not help. What is wrong with it?"
SAY_WHAT_IS_WRONG = "Say what is wrong"
ANSWER_FORGOTTEN = "I no longer have this answer, so I cannot note that. Please ask again."

# Reasons of a complaint whose words differ from its name.

NO_REASON_GIVEN = "no reason given"
WIKI_DOES_NOT_SAY = "the wiki does not say"

# Messages to the person who flagged an answer, or who asked, when it is handled.

FLAG_HANDLED = "You flagged my answer to this. Somebody has handled it, and now I answer:"
QUESTION_HANDLED = "You asked the wiki's reviewers. Somebody has handled it, and now I answer:"

HANDLED_WITHOUT_QUESTION = (
    "You flagged an answer of mine, and somebody has handled it. I no longer have the question in"
    " words that I may show you. Please ask again."
)

# In place of a question.

QUESTION_LOST = "(I no longer have this question in words that I may show.)"
NOT_ASKED_AGAIN = "I did not ask this again: I no longer have it in words that everybody may read."

# Messages to reviewers.

FLAG_FORGOTTEN = "I no longer have this flag."
NOT_A_REVIEWER = "Only people in the review channel can handle a flag."
NOT_A_PUBLISHER = (
    "Everybody gets what is written here, as a verified answer. So only admins and people in the"
    " operator's review channel may write it."
)
FOLLOW_UP = (
    "This question follows up on an earlier one, so its words alone do not say what is asked. Write"
    " the answer into the wiki and press Fixed."
)
TOO_LATE = "Somebody has already handled this flag."
NO_PAGES = (
    "An answer must cite a page that everyone may read, and none was cited here. Write it into the"
    " wiki and press Fixed."
)
MOVED = "A page that you chose can no longer be read. Please look again."
NO_WORDS = "This answer is empty. Please write it."
PAST = "That day has passed, so nobody would get this answer. Please choose a later one."
KEPT = "Thank you. From now on I answer with your words."


def until(day: datetime, question: str) -> str:
    return f"Until {day:%d %b %Y}: {question}"


# Written answers that are withdrawn, and answers that are retracted.

NOT_GIVEN_ANY_MORE = "I no longer give this answer."
NOT_YOURS_TO_WITHDRAW = "Only people in this review channel, and admins, can withdraw an answer."
WITHDRAWN = "Withdrawn: I no longer give this answer, and I retract it where I gave it recently."
RETRACTED = (
    "I retracted this answer: a page it cited was removed or restricted since, or somebody withdrew"
    " what it said."
)
ASK_AGAIN = "Ask again, and I will answer from what the wiki says now."
