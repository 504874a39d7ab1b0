"""Checks of the bot's own requirements for `footnote doctor`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from footnote_bot.bot.answering.deciding.confidence import least_chance
from footnote_bot.bot.answering.llm.model_client import ModelFailed
from footnote_bot.bot.errors import ModelMisconfigured, StateUnavailable
from footnote_bot.bot.moments import in_words
from footnote_bot.bot.operations.passes import Pass, PassLog
from footnote_bot.indexers.findings import Finding, failure, ok, warning
from footnote_bot.indexers.text.counting import counted

_NAMED = 8
_RARE = 0.8
"""Few sections have this chance: with `[answer] precision` at 0.9, five questions of five on the
demo's handbook got only the nearest."""


def language_model(name: str, ask: Callable[[], object]) -> Finding:
    """Report whether the language model answers when it is asked by ``ask``."""
    try:
        ask()
    except ModelMisconfigured as error:
        return failure("llm", str(error))
    except ModelFailed as error:
        todo = error.cause.todo if error.cause else "Is `[llm] model` the right one?"
        return failure("llm", f"The language model {name} does not answer: {error}.", todo)
    return ok("llm", f"The language model {name} answers.")


def slack(mode: str, problems: Sequence[str], *, nothing_set: bool) -> Finding:
    """Report ``problems``: missing or misplaced tokens. Slack itself is not asked."""
    if nothing_set:
        return warning(
            "slack",
            "No token of Slack is set, so `footnote serve` cannot start.",
            "Set SLACK_BOT_TOKEN and, by `[slack] mode`, SLACK_APP_TOKEN or SLACK_SIGNING_SECRET:"
            " `footnote settings --slack` tells where to get them.",
        )
    if problems:
        todo = f"Set what {mode} mode needs (`[slack] mode`), each in its own variable."
        return failure("slack", f"Slack's tokens: {'; '.join(problems)}.", todo)
    return ok("slack", f"The tokens that {mode} mode needs are set and look right.")


def identity(mode: str, named: int) -> Finding:
    """Report how people are identified. ``named`` counts the entries of `[slack] accounts`."""
    groups = (
        "User groups count by who is in them; Slack's own settings say who may change that"
        " (Permissions, User groups)."
    )
    if mode == "accounts" and not named:
        return warning(
            "identity",
            '`identity = "accounts"`, and `accounts` names nobody: everybody reads what is open to'
            f" everyone. {groups}",
            "Name people in `[slack] accounts`, by their Slack user ids.",
        )
    if mode == "accounts":
        people = "1 person is" if named == 1 else f"{named:,} people are"
        return ok(
            "identity",
            f"{people} known by `[slack] accounts`, and nobody by the address in Slack. {groups}",
        )
    return ok(
        "identity",
        "People are known by the e-mail address that Slack has confirmed. A member changes their"
        " own only with a click in the new mailbox; owners and admins of the workspace may change"
        " other people's, and so read what these people may. Where that is too many, set"
        f' `[slack] identity = "accounts"`. {groups}',
    )


def limits(person: int, channel: int) -> Finding:
    """Report how many questions a person and a channel may ask in a minute; 0: no limit."""
    most = [f"{number:,}" if number else "any number" for number in (person, channel)]
    return ok(
        "limits",
        f"Questions in a minute: {most[0]} of a person, {most[1]} of a channel (`[slack] "
        "person_minute`, `channel_minute`).",
    )


def precision(share: float) -> Iterator[Finding]:
    """Yield a warning if `[answer] precision` is so high that few questions get a plain answer: it
    is probably from an earlier version, where it meant something else."""
    if least_chance(share) > _RARE:
        yield warning(
            "precision",
            f"`[answer] precision` is {share:g}, probably from an earlier version. It is now the"
            " share of plain answers that are right, and few answers are that sure: most questions"
            " get only the nearest sections.",
            "Remove it (then it is 0.78), or choose again with questions of your own:"
            " `footnote eval` counts the plain answers, and how many of them are right.",
        )


def webhooks(*, is_set: bool) -> Finding:
    """Report whether the secret of Confluence's webhooks is set."""
    if is_set:
        return ok("webhooks", "A secret is set: Confluence's webhooks start the next sync sooner.")
    return ok(
        "webhooks", "No secret is set: webhooks are not accepted, and syncs run by the clock."
    )


def state(
    wikis: Sequence[str], opened: Callable[[], PassLog | None], since: datetime
) -> Iterator[Finding]:
    """Report whether the bot's database can be read, and how the last passes over ``wikis`` went.
    ``opened`` opens its log; None: no database was ever made."""
    try:
        log = opened()
        passes = log.since(since) if log else ()
    except StateUnavailable as error:
        yield failure("state", str(error))
        return
    if log is None:
        yield ok("state", "There is no database yet; a sync creates it.")
    else:
        yield ok("state", "The bot's database opens.")
    yield from last_passes(wikis, passes)


def last_passes(wikis: Sequence[str], passes: Sequence[Pass]) -> Iterator[Finding]:
    """Yield the findings of each wiki's last full pass; ``passes`` come oldest first."""
    latest = {pass_.wiki: pass_ for pass_ in passes if pass_.is_full}
    for wiki in wikis:
        if wiki in latest:
            yield from _last_pass(latest[wiki])
        else:
            yield warning(
                wiki, "There was no full pass in the last week.", "Run `footnote sync`, or the bot."
            )


def _last_pass(last: Pass) -> Iterator[Finding]:
    """Report a wiki's ``last`` full pass: failure, pages shown to nobody, failed pages."""
    when = in_words(last.ended.astimezone())
    if not last.complete:
        yield failure(
            last.wiki,
            f"Its last full pass ({when}) did not complete. {last.error}".strip(),
            "Run `footnote sync`.",
        )
        return
    closed = {key: closed_pages for key, (_, closed_pages) in last.spaces.items() if closed_pages}
    if closed:
        worst = sorted(closed, key=lambda key: (-closed[key], key))
        each = ", ".join(f"{closed[key]} in {key}" for key in worst[:_NAMED])
        if len(worst) > _NAMED:
            each += f" and in {counted(len(worst) - _NAMED, 'more space')}"
        yield warning(
            last.wiki,
            f"By its last full pass ({when}), pages that are shown to nobody:"
            f" {sum(closed.values())} ({each}).",
            "Their rights cannot be read, or name nobody known: `footnote access` tells which, page"
            " by page.",
        )
    else:
        yield ok(last.wiki, f"Its last full pass ({when}) completed.")
    if failed := last.counts.get("failed", 0):
        yield warning(
            last.wiki, f"Pages that this pass could not read: {failed}.", "See `footnote status`."
        )
