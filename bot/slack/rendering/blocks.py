"""An answer as a Slack message: short text, sources in small print, two buttons. Pure."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from datetime import date

from bot.conversation.model import RecordedAnswer, Tally, offers_quotes
from bot.foreign import on_one_line
from bot.model import EARLY, Answer, Clarify, NoAnswer, Reason, Result, Source
from bot.moments import in_words, time_of
from bot.slack.rendering import asking_keepers, quotes, readings
from bot.slack.rendering.message import Block, Message, context, section
from bot.slack.rendering.mrkdwn import LOOKED_AT, Piece, link, literal, render
from bot.slack.rendering.sections import LIMIT, sections
from indexers.text.counting import counted
from indexers.text.prose import plain

VERDICT = "verdict"
"""The action id of the feedback buttons; their values are ``good:<id>``, ``bad:<id>``."""

BODY = 8_500
"""Characters of text in one message. Slack takes 13,200 in all, and the sources and the
notification text count."""
_QUOTATION = 2_500
_KEEPER = 80
"""Characters of a page's owner."""
SHORT = 150
"""Characters of a notification."""


def answer(
    recorded: RecordedAnswer,
    origins: Container[str],
    *,
    today: date,
    tally: Tally | None = None,
) -> list[Message]:
    """Return one message, or as many as needed; sources and buttons are in the last."""
    result = recorded.answer
    if isinstance(result, NoAnswer):
        pieces, small = (
            render(result.text, origins),
            _nearest("The nearest pages:", result, origins, today),
        )
    elif isinstance(result, Clarify):
        pieces, small = [Piece(literal(result.text))], _readings(result, origins, today)
    else:
        notes = [source.url for source in result.sources]
        pieces, small = render(result.text, origins, notes), _sources(result, origins, today)
        small += _nearest("Close to it:", result, origins, today)
    text = literal(first_sentence(result.text)) or "Here is what I found."
    bodies = _grouped(sections(pieces)) or [[text]]
    messages = [Message(text, [section(body) for body in group]) for group in bodies]
    if isinstance(result, Clarify):
        messages[-1].blocks.extend([readings.buttons(recorded.id, result), context(readings.HINT)])
    messages[-1].blocks.extend(_foot(recorded, small, origins, tally))
    return messages


_LABEL = re.compile(r"(\A|\n\n)\*\*[^*\n]{1,400}\*\*\n")
"""A quotation's label: its page is named in the small print, and a notification shows no bold."""


def first_sentence(text: str) -> str:
    """Return the first sentence in plain words, for a notification; cut between words if it is
    long."""
    unlabelled = _LABEL.sub(r"\1", text).replace("**", "")
    words = " ".join(re.sub(r" ?\[\d{1,2}\]", "", plain(unlabelled)).split())
    sentence = re.match(r".+?(?:[.!?\u2026](?=\s|$)|[\u3002\uff01\uff1f]|$)", words)
    first = sentence[0] if sentence else words
    return first if len(first) <= SHORT else first[: SHORT - 1].rsplit(" ", 1)[0] + "\u2026"


def source_line(source: Source, origins: Container[str], today: date) -> str:
    """Return ``title > heading`` as a link, and how far to trust its age."""
    title, heading = source.title[:LOOKED_AT], source.heading[:LOOKED_AT]
    place = f"{title} > {heading}" if heading else title
    return f"{link(source.url, on_one_line(place), origins)}{_age(source, today)}"


def _age(source: Source, today: date) -> str:
    if source.outdated:
        return " \u00b7 :warning: marked as outdated"
    if source.updated is None:
        return ""
    warning = ":warning: old, " * source.old
    return f" \u00b7 {warning}updated {ago(source.updated, today)}"


def ago(then: date, today: date) -> str:
    days = (today - then).days
    for size, name in ((365, "year"), (30, "month"), (1, "day")):
        if days >= size:
            number = days // size
            return f"{counted(number, name)} ago"
    return "today"


def _sources(result: Answer, origins: Container[str], today: date) -> list[str]:
    return [
        f"[{number}] {source_line(source, origins, today)}"
        for number, source in enumerate(result.sources, 1)
    ]


def _nearest(head: str, result: Result, origins: Container[str], today: date) -> list[str]:
    lines = [
        f"\u2022 {source_line(source, origins, today)}{_keeper(source)}"
        for source in asking_keepers.nearest(result)
    ]
    return [head, *lines] if lines else []


def _keeper(source: Source) -> str:
    """Return the owner in the page's words, which mention nobody."""
    return f" \u00b7 kept by {literal(source.keeper[:_KEEPER])}" if source.keeper else ""


def _readings(result: Clarify, origins: Container[str], today: date) -> list[str]:
    return [
        f"{number}. {source_line(source, origins, today)}"
        for number, source in enumerate(result.sources, 1)
    ]


def _foot(
    recorded: RecordedAnswer, small: Sequence[str], origins: Container[str], tally: Tally | None
) -> list[Block]:
    blocks: list[Block] = []
    result = recorded.answer
    warnings = [*_unchecked(recorded), *_narrowed(result)]
    lines = [*_verified(result), *warnings, *_fallback(result), *small]
    lines += [*_linked(result, origins), *_as_of(recorded)]
    if lines:
        blocks.append(context(joined(lines)))
    if offers_quotes(result):
        blocks.append(quotes.button(recorded.id))
    if tally and (tally_line := _told(tally, private=recorded.asked.private)):
        blocks.append(context(tally_line) | {"block_id": "tally"})
    if asking_keepers.is_unsure(result):
        blocks.append(asking_keepers.button(recorded.id))
    if _is_judged(recorded.answer):
        blocks.append(_buttons(recorded.id))
    return blocks


def _is_judged(result: Result) -> bool:
    """Return whether it has feedback buttons. A clarifying question has buttons of its own; the
    answer to its choice is judged."""
    return isinstance(result, Answer) or (
        isinstance(result, NoAnswer) and result.reason is Reason.NOTHING_FITS
    )


def joined(lines: Iterable[str], limit: int = LIMIT) -> str:
    """Return as many whole lines as fit."""
    text = ""
    for line in lines:
        longer = f"{text}\n{line}" if text else line
        if len(longer) > limit:
            break
        text = longer
    return text


def quoted(text: str) -> str:
    """Return somebody's words as an inert quotation: as much as fits into a section beside its
    heading."""
    lines = literal(text).splitlines() or [""]
    lead = "\n".join(f"&gt; {line}" for line in lines)
    return next(iter(sections([Piece(lead)], _QUOTATION)), "")


def _unchecked(recorded: RecordedAnswer) -> list[str]:
    """Return the warning above the sources, because text below many of them may be cut off."""
    unchecked = recorded.answer.unchecked
    return [f":warning: {unchecked.words}"] if unchecked else []


def _linked(result: Result, origins: Container[str]) -> list[str]:
    """Return links to pages of which nothing may be shown but that they exist."""
    return [
        f":link: {link(one.url, one.name, origins)}: {one.doubt.words}" for one in result.linked
    ]


def _narrowed(result: Result) -> list[str]:
    """Return the note that only open pages were searched. If there is no answer, the text says
    it."""
    if isinstance(result, NoAnswer) or result.narrowed is None:
        return []
    return [f":warning: {result.narrowed.words}."]


def _verified(result: Result) -> list[str]:
    if not isinstance(result, Answer) or result.verified is None:
        return []
    # On one line, whatever name was stored.
    return [f":white_check_mark: {literal(' '.join(result.verified.words.split()))}"]


def _fallback(result: Result) -> list[str]:
    if not isinstance(result, Answer):
        return []
    early = [EARLY] if result.early else []
    return [*early, *([result.fallback.words] if result.fallback else []), *result.check_notes]


def _as_of(recorded: RecordedAnswer) -> list[str]:
    moment, unchecked = recorded.as_of, recorded.answer.unchecked
    if moment is None or (unchecked and unchecked.last_check):
        return []
    same_day = moment.date() == recorded.answered.astimezone(moment.tzinfo).date()
    return [f"Wiki as of {time_of(moment) if same_day else in_words(moment)}"]


def _told(tally: Tally, *, private: bool) -> str:
    if private:
        return "You found this helpful." if tally.good else "You flagged this." * bool(tally.bad)
    counts = [f":+1: {tally.good}"] * bool(tally.good) + [f":-1: {tally.bad}"] * bool(tally.bad)
    return "   ".join(counts)


def _buttons(answer: int) -> Block:
    def button(text: str, verdict: str, label: str) -> Block:
        return {
            "text": {"type": "plain_text", "text": text},
            "value": f"{verdict}:{answer}",
            "accessibility_label": label,
        }

    element = {
        "type": "feedback_buttons",
        "action_id": VERDICT,
        "positive_button": button("Helpful", "good", "Helpful: this answer helped"),
        "negative_button": button("Flag", "bad", "Flag: say what is wrong with this answer"),
    }
    return {"type": "context_actions", "block_id": "verdicts", "elements": [element]}


def _grouped(texts: Sequence[str]) -> list[list[str]]:
    groups: list[list[str]] = []
    for text in texts:
        if groups and sum(map(len, groups[-1])) + len(text) <= BODY:
            groups[-1].append(text)
        else:
            groups.append([text])
    return groups
