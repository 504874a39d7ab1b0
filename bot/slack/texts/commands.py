"""The texts of `/wiki`. A usage begins with the command's name, which stays as it is; the help has
a line for each command, with what the command does."""

from __future__ import annotations

from datetime import datetime

from footnote_bot.bot.moments import in_words
from footnote_bot.indexers.text.counting import counted

# All commands

INTRODUCTION = "Mention me in a channel, or write to me directly, and I answer from the wiki."
MEMBERS_ONLY = "I tell this to members of this workspace only."
ASK_A_MEMBER = "Ask one of them."
SEE_HELP = "/wiki help lists what you can use. Or ask a question: /wiki how do I ...?"
ASK_AN_ADMIN = "Ask one of them. /wiki help lists what you can use."
HELP_ON_QUESTIONS = "/wiki and a question: I answer it in our direct messages"
HELP_ON_HELP = "/wiki help: this"
NO_ARGUMENTS = "This command takes no arguments."


def help_line(usage: str, does: str) -> str:
    return f"/wiki {usage}: {does}"


def right_usage(usage: str) -> str:
    return f"/wiki {usage}"


def unknown_command(name: str) -> str:
    return f"I do not know /wiki {name}."


def admins_only(name: str) -> str:
    return f"Only admins may use /wiki {name}."


# Arguments


def unknown_option(word: str) -> str:
    return f"I do not know {word}."


def option_twice(option: str) -> str:
    return f"{option} is given twice."


def name_without_person(word: str) -> str:
    return (
        f"Slack sent me the name {word} but not who that is. Pick the person from the list that"
        ' opens at @; if I still do not know them, "Escape channels, users, and links" is off in my'
        " settings at api.slack.com."
    )


def no_person(word: str) -> str:
    return f"{word} is not a person: begin with @ and pick one from the list."


# Questions

ANSWERED_DIRECTLY = "That is a question: I answer it in our direct messages."
NO_DIRECT_MESSAGES = "That is a question, and I cannot write to you directly."
MENTION_ME = "Mention me in a channel with it."
YOU_ASKED_WITH_WIKI = "You asked a question with /wiki."


def you_asked(quotation: str) -> str:
    return f"*You asked*\n{quotation}"


# access

ACCESS_USAGE = "access @person <page link>"
ACCESS_DOES = "whether they may read it, and which gate says so"
PERSON_AND_PAGE = "Name one person and one page."
SECOND_IS_NO_LINK = "The second is not a link: copy the page's address from the browser."
NO_MEMBER = (
    "They are not a full member of this workspace: they get what is open to everyone at most, and"
    " nothing unless `guests` or `shared_channels` are set."
)
NO_EMAIL_ADDRESS = (
    "I know no e-mail address that is certainly theirs, so they get what is open to everyone: Slack"
    " tells me none, has not confirmed it, or somebody else has it too; or, if the settings say who"
    " is who, they do not name them."
)
THIS_PAGE = "this page"
A_PAGE_ABOVE = "a page above it"


def may_read(name: str, page: str, wiki: str) -> str:
    return f"Yes: {name} may read {page} of {wiki}"


def may_not_read(name: str, page: str, wiki: str) -> str:
    return f"No: {name} may not read {page} of {wiki}"


def cannot_tell_access(name: str, wiki: str) -> str:
    return f"It cannot be told whether {name} may read this page of {wiki}"


def gate_passed(where: str, why: str) -> str:
    return f"Passed at {where}: {why}"


def gate_stopped(where: str, why: str) -> str:
    return f"STOPPED at {where}: {why}"


# audit

AUDIT_USAGE = "audit @person | <page link>"
PERSON_OR_PAGE = "Name one person, or one page by its link."
FORGOTTEN_PERSON = "somebody who was forgotten"
ADDRESS_UNKNOWN = (
    "I do not know which page has this address now, so I only list what was shown under this very"
    " address. `footnote audit --page` with the page's key lists all."
)
EVERYONE = "everyone"


def audit_does(days: int) -> str:
    return f"what they were shown in {days} days, or who was shown that page"


def nothing_shown(days: int) -> str:
    return f"Nothing was shown in the last {days} days."


def last_shown(number: int) -> str:
    return f"The last {number}, all times in UTC:" if number > 1 else "Once, in UTC:"


def shown_to(when: str, person: str, readers: str, pages: str) -> tuple[str, str]:
    """Return the sentence before and after the place, which is a link."""
    return f"{when}, {person}, ", f", read by {readers}: {pages}"


def more_readers(names: str, more: int) -> str:
    return f"{names} and {more} more"


def shown_words(wiki: str, page: str) -> str:
    return f"{wiki}: {page}"


def shown_title(wiki: str, page: str) -> str:
    return f"{wiki}: {page} (title)"


def more_pages(more: int) -> str:
    return f"and {more} more"


# flags

FLAGS_USAGE = "flags"
FLAGS_DOES = "what people flagged and is open"
NO_OPEN_FLAG = "No flag is open."
OPEN_CARD = "Open the card"


def open_flags(number: int) -> str:
    return f"{counted(number, 'open flag')}, the oldest first:"


def flag_heading(complaint: str, question: str) -> str:
    return f"*{complaint}*: {question}"


def flagged(ago: str) -> str:
    return f"Flagged {ago}"


def more_flags(more: int) -> str:
    return f"And {more:,} more; `footnote flags` has all."


# token

TOKEN_USAGE = "token [new NAME | revoke NAME]"  # noqa: S105
TOKEN_DOES = "the tokens of your agents, which ask me as you may"  # noqa: S105
TOKEN_WORDS = "`new` and `revoke` take one name, as in `/wiki token new laptop`."  # noqa: S105
YOUR_TOKENS = "Your agents' tokens"
REVOKE = "Revoke"


NO_TOKENS = "None. `/wiki token new laptop` makes one, so that an agent can ask for you."
ONCE = (
    "I show this only now. Whoever has it reads the wikis as you do: put it where the agent reads"
    " its secrets, and nowhere else."
)


def revoke_aloud(name: str) -> str:
    return f"Revoke the token {name}"


def made(name: str, expires: datetime) -> str:
    return f"The token {name} works until {in_words(expires)}:"


def valid(name: str, expires: datetime) -> str:
    return f"{name}, until {in_words(expires)}"


def expired(name: str) -> str:
    return f"{name}, expired"


def revoked(name: str) -> str:
    return f"The token {name} is revoked: its next request is refused."


def no_such_token(name: str) -> str:
    return f"You have no token called {name}."


# forget me

FORGET_USAGE = "forget me"
FORGET_DOES = "delete what I keep of you"
ONLY_YOU = "I can forget you, and nobody else."
SHALL_I_FORGET = (
    "Shall I forget you? I delete your questions, also those that I have not answered yet, my"
    " answers to them, your verdicts, your name and words on flags, and your name in the audit"
    " trail."
)
STAYS_IN_SLACK = (
    "What is in Slack stays there: delete your messages yourself. This cannot be undone."
)
FORGET_BUTTON = "Forget me"
FORGET_BUTTON_ALOUD = "Forget me: delete what Footnote keeps of me"
FLAG_DELETED = "The person who asked this had it deleted, and the flag with it."


def forgotten(questions: int, verdicts: int, flags: int) -> str:
    return (
        f"Done. Deleted: {counted(questions, 'question')}, {counted(verdicts, 'verdict')}, and your"
        f" name on {counted(flags, 'flag')}."
    )


# gaps

GAPS_USAGE = "gaps"
NOT_ANSWERED = "What people asked most and the wiki did not answer:"


def gaps_does(days: int) -> str:
    return f"what people asked in {days} days and the wiki did not answer"


def no_gaps(days: int) -> str:
    return f"Of the last {days} days no question is left that the wiki does not answer."


def none_to_show(days: int) -> str:
    return f"Of the last {days} days there is no unanswered question that I may show."


# reindex

REINDEX_USAGE = "reindex [wiki | space | page link] [--full] [--dry-run]"
REINDEX_DOES = "read it again now; --full: into a new index; --dry-run: only say what would change"
FULL_IS_FOR_WIKIS = "--full is for a wiki: a page or a space is read anew without it."
ONE_SCOPE = "Name one wiki, one space or one page, or none for all wikis."


# settings

SETTINGS_USAGE = "settings"
SETTINGS_DOES = "how I answer in this channel"
USE_IN_CHANNEL = "Use this in a channel that I am in: it sets how I answer there."
NOT_YOUR_CHANNEL = "Only the person who made this channel, and admins, can set how I answer in it."
ASK_ITS_ADMINS = "Ask one of them."
BOT_NOT_IN_REVIEW_CHANNEL = (
    "I am not in that channel, so no flags can go there: invite me to it first."
)
NOT_IN_REVIEW_CHANNEL = "Flags can only go to a channel that you are in."
REVIEW_CHANNEL_TOO_OPEN = "This channel is private, so its flags can only go to a private channel."
NOT_OFFERED = "I do not offer that. Nothing was changed: please try again."
SAVED = "Saved. I answer in this channel as you set it."
SETTINGS_TITLE = "This channel"
SAVE = "Save"
CANCEL = "Cancel"
WHICH_WIKIS = "Which wikis do I read for it?"
ALL_WIKIS = "All of them"
WHICH_QUESTIONS = "Which questions do I answer?"
WHEN_MENTIONED = "When mentioned"
WHO_SEES = "Who sees the answers?"
ALL_SEE = "All who are here"
ONLY_ASKER_SEES = "Only the person who asked"
WHICH_LANGUAGE = "In which language do I answer?"
SAME_LANGUAGE = "Same as the question"
LANGUAGE_COMPOSED = (
    "If a page in this language answers, I answer in it; else in the question's language. My own"
    " words around it stay English."
)
LANGUAGE_QUOTED = (
    "I quote pages as they are written, because no language model is set up. Of pages that fit"
    " equally well, one in this language comes first. My own words around it stay English."
)
WHERE_FLAGS_GO = "Where do flags of this channel go?"
WHERE_ALL_FLAGS_GO = "Where all flags go"


def nothing_changed(problem: str) -> str:
    return f"{problem} Nothing was changed."


def when_sure(share: float) -> str:
    return f"Others, too, if I am {share:.0%} sure of the answer"


# status

STATUS_USAGE = "status"
STATUS_DOES = "which wikis I read, and as of when"
WHAT_I_READ = "What I read:"
BUILDING = "A new index is being built; until it is ready I may miss pages."
NEVER_READ = "not read completely yet"


def as_of(moment: str) -> str:
    return f"as of {moment}"


def wiki_read(name: str, pages: int, when: str) -> str:
    return f"*{name}*: {counted(pages, 'page')}, {when}"


def more_wikis(more: int) -> str:
    return f"And {more:,} more; `footnote status` has all."


def passages_and_closed_pages(passages: int, closed: int) -> str:
    return f"{counted(passages, 'passage')}, {counted(closed, 'page')} nobody can read"


def edits_reach_answers(half: str, most: str) -> str:
    return f"Edits reach answers in {half} (95% in {most})"


def other_changes_reach_answers(half: str, most: str) -> str:
    return f"Other changes reach answers in {half} (95% in {most})"


def pages_failed(number: int) -> str:
    return f"{counted(number, 'page')} failed; `footnote status` says which"


def warnings(number: int) -> str:
    return f"{counted(number, 'warning')}; `footnote status` says which"


def ended_early(error: str) -> str:
    return f"The last sync ended early: {error}"
