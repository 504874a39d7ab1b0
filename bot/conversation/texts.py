"""The words that people read in a conversation: notices, labels of buttons, the status line."""

from __future__ import annotations

from footnote_bot.indexers.text.counting import counted

HELP = "Ask me a question, and I answer from the wiki with links to where it says so."
YOU_ARE_WELCOME = "You are welcome. Ask me again any time."
HELP_EXAMPLE = "For example: How do I book leave? In a channel, mention me; here, just write."

# Questions that wait, or that are too many.

WAITS = (
    "I have your question but cannot answer it yet: my database is unavailable. I will answer as"
    " soon as it is back."
)
WAITS_FOR_SEARCH = (
    "I have your question but cannot answer it yet: the search is unavailable. I will answer as"
    " soon as it is back."
)
NOT_KEPT = (
    "I could not save your question: I cannot write anything just now. I should get it again within"
    " five minutes. If no answer comes, please ask again."
)


def person_limit(most: int) -> str:
    return (
        f"You have asked {counted(most, 'question')} within a minute, which is the limit. Please"
        " ask again in a minute."
    )


def channel_limit(most: int) -> str:
    return (
        f"This channel has asked {counted(most, 'question')} within a minute, which is the limit."
        " Please ask again in a minute."
    )


# Questions that end without an answer.

STOPPED = "I stopped, as you asked."
RETRACTED = (
    "I retracted this answer: its question was edited, a page it cited can no longer be read, or"
    " somebody withdrew what it said. Please ask again."
)
WENT_WRONG = "Something went wrong on my side, and I could not do this. Please try again later."
NO_SEARCH = "I cannot reach the search right now, so I could not do this. Please try again later."

CANNOT_WRITE_THERE = (
    "I cannot write where you asked me: perhaps only some people may write there, or it was"
    " archived. Please ask me here."
)


def tell_your_admin(incident: str) -> str:
    return f"If it keeps happening, tell your Footnote admin this number: {incident}"


# Following a thread without being mentioned.

FOLLOWING_STARTED = (
    "I am following this thread: no need to mention me. To end this, say: stop following."
)
FOLLOWING_STOPPED = "I no longer follow this thread. Mention me to ask, or say: start following."
NOT_YOUR_THREAD = "Only people who asked me in this thread can stop that."
WHY_ANSWERED = "I answered without a mention because you asked me earlier in this thread."
STOP_FOLLOWING = "Stop following"

# Private answers, and sharing them.

PRIVATE_OFFER = (
    "I can answer you privately: you may read a page about this, but not everybody here may."
)
PERHAPS_ANSWERED = (
    "I was interrupted while answering this. You may already have my answer, visible only to you."
    " If not, press the button."
)
QUESTION_FORGOTTEN = "I no longer have this question. Please ask again."
NO_ANSWER_NOW = (
    "I looked again and found no answer for you: the pages do not say it, or what you may read has"
    " changed."
)
NOT_FOR_ALL = "I cannot share this: not everybody here may read the pages it comes from."
NOT_FOR_OUTSIDERS = "I cannot share this: somebody in this channel may not get answers from me."
ONLY_YOU = "Only you see this: somebody in this channel may not get answers from me."
SHARED = "I shared the answer in the thread."
ANSWER_PRIVATELY = "Answer me privately"
ANSWER_AGAIN = "Answer me again"
SHARE = "Share to channel"

# The quotes behind an answer.

ANSWER_FORGOTTEN = "I no longer have this answer. Please ask again."
NO_QUOTES = "I looked again and found nothing to quote for you: what you may read has changed."
ONLY_YOU_QUOTES = "Only you see these quotes."
