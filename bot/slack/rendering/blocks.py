"""An answer as a Slack message: short text, sources in small print, buttons. Pure except for today.

Only ids and numbers pass through Slack with the buttons, never the question. ``origins`` are the
origins that links may lead to."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from footnote_bot.bot.conversation.model import (
    AnswerContent,
    Button,
    Buttons,
    Content,
    Notice,
    RecordedAnswer,
    Tally,
    offers_quotes,
)
from footnote_bot.bot.foreign import clean, excerpt, on_one_line, words_behind
from footnote_bot.bot.model import (
    LONGEST_LINE,
    Answer,
    NoAnswer,
    Reason,
    Result,
    Source,
    is_unsure,
    why_no_model,
)
from footnote_bot.bot.moments import in_words, time_of
from footnote_bot.bot.slack.rendering.message import (
    Block,
    Message,
    actions,
    button,
    context,
    plain_text,
    say,
    section,
)
from footnote_bot.bot.slack.rendering.mrkdwn import (
    LOOKED_AT,
    LOOKS_LIKE_A_TICK,
    Piece,
    link,
    literal,
    render,
)
from footnote_bot.bot.slack.rendering.sections import LIMIT, sections
from footnote_bot.bot.slack.texts import commands as command_texts
from footnote_bot.bot.slack.texts import replies as texts
from footnote_bot.bot.texts import EARLY
from footnote_bot.indexers.text.prose import plain

BODY = 8_500
"""Characters of text in one message. Slack takes 13,200 in all, and the sources and the
notification text count."""
_QUOTATION = 2_500
_OWNER = 80
"""Characters of a page's owner."""
SHORT = 150
"""Characters of a notification."""
VERDICT = "verdict"
"""The action id of the feedback buttons; their values are ``good:<id>``, ``bad:<id>``."""
ASK_REVIEWERS = "ask_keepers"
"""The action id; the value is the answer's id."""
SHOW_QUOTES = "show_quotes"
"""The same for the pages' own words."""
VERDICTS, _REVIEWERS, _QUOTES = "verdicts", "keepers", "quotes"
"""The blocks' ids."""
_QUESTION_SHOWN = 500
_REPEATED = 1000
"""Characters of the question that are repeated."""
_QUOTE_MARK = "&gt; "


def answer(
    recorded: RecordedAnswer, origins: Container[str], *, today: date, tally: Tally | None = None
) -> list[Message]:
    """Return the answer in one message or more; sources, buttons and ``tally`` are in the last."""
    result = recorded.answer
    notes = [source.url for source in result.sources] if isinstance(result, Answer) else []
    pieces = render(result.text, origins, notes)
    text = literal(first_sentence(result.text)) or texts.FOUND
    bodies = _grouped(sections(pieces)) or [[text]]
    messages = [Message(text, [section(body) for body in group]) for group in bodies]
    messages[-1].blocks.extend(_below_answer(recorded, origins, today, tally))
    return messages


def first_sentence(text: str) -> str:
    """Return the first sentence in plain words, cut if it is long, for a notification."""
    words = " ".join(re.sub(r" ?\[\d{1,2}\]", "", plain(text.replace("**", ""))).split())
    sentence = re.match(r".+?(?:[.!?\u2026](?=\s|$)|[\u3002\uff01\uff1f]|$)", words)
    first = sentence[0] if sentence else words
    return first if len(first) <= SHORT else first[: SHORT - 1].rsplit(" ", 1)[0] + "\u2026"


def source_line(source: Source, origins: Container[str], today: date) -> str:
    """Return ``title > heading`` as a link, and the page's age, with a warning if it is old."""
    title, heading = source.title[:LOOKED_AT], source.heading[:LOOKED_AT]
    place = f"{title} > {heading}" if heading else title
    return f"{link(source.url, on_one_line(place), origins)}{_age(source, today)}"


def _age(source: Source, today: date) -> str:
    if source.outdated:
        return f" \u00b7 {texts.OUTDATED}"
    if source.updated is None:
        return ""
    updated = texts.old_updated if source.old else texts.updated
    return f" \u00b7 {updated(ago(source.updated, today))}"


def ago(then: date, today: date) -> str:
    """Return how long ago the day was, in words such as "3 months ago"."""
    days = (today - then).days
    for size, in_text in ((365, texts.years_ago), (30, texts.months_ago), (1, texts.days_ago)):
        if days >= size:
            return in_text(days // size)
    return texts.TODAY


def _sources(
    result: Result, origins: Container[str], today: date, *, with_words: bool
) -> list[str]:
    """Return the lines that link to pages; ``with_words``: with the words that a footnote cites."""
    if isinstance(result, NoAnswer):
        return _nearest(texts.NEAREST_PAGES, result, origins, today)
    lines = []
    for number, (source, words) in enumerate(
        zip(result.sources, words_behind(result), strict=True), 1
    ):
        lines.append(f"[{number}] {source_line(source, origins, today)}")
        if with_words and words:
            lines[-1] += f"\n{texts.in_quotation_marks(literal(words))}"
    return [*lines, *_nearest(texts.CLOSE_TO_IT, result, origins, today)]


def _nearest(head: str, result: Result, origins: Container[str], today: date) -> list[str]:
    """Return lines that link to the nearest sections, below ``head``; none if there are none."""
    nearest = result.nearest if isinstance(result, Answer | NoAnswer) else ()
    lines = [
        f"\u2022 {source_line(source, origins, today)}{_owner(source)}{_quoted_line(source)}"
        for source in nearest
    ]
    return [head, *lines] if lines else []


def _quoted_line(source: Source) -> str:
    """Return a line that quotes the section, to stand below its link; empty without a quotation."""
    words = excerpt(source.quote, LONGEST_LINE) if source.quote else ""
    return f"\n{texts.in_quotation_marks(literal(words))}" if words else ""


def _owner(source: Source) -> str:
    """Return the owner as the page names them, without a mention; empty if it names nobody."""
    owner = literal(source.owner_named[:_OWNER])
    return f" \u00b7 {texts.owned_by(owner)}" if source.owner_named else ""


def _below_answer(
    recorded: RecordedAnswer, origins: Container[str], today: date, tally: Tally | None
) -> list[Block]:
    """Return the blocks below an answer: small print, buttons, and the number of verdicts."""
    blocks: list[Block] = []
    result = recorded.answer
    lines = _small_print(recorded, origins, today, with_words=True)
    if len("\n".join(lines)) > LIMIT:  # then links are worth more than quotations
        lines = _small_print(recorded, origins, today, with_words=False)
    if lines:
        blocks.append(context(joined(lines)))
    if offers_quotes(result):
        blocks.append(show_quotes(recorded.id))
    if tally and (tally_line := _tally_line(tally, private=recorded.asked.private)):
        blocks.append(context(tally_line) | {"block_id": "tally"})
    if is_unsure(result):
        blocks.append(ask_reviewers(recorded.id))
    if _takes_feedback(recorded.answer):
        blocks.append(feedback(recorded.id))
    return blocks


def _small_print(
    recorded: RecordedAnswer, origins: Container[str], today: date, *, with_words: bool
) -> list[str]:
    """Return the notes and sources below an answer; for ``with_words`` see `_sources`."""
    result = recorded.answer
    return [
        *_verified(result),
        *_unchecked(recorded),
        *_narrowed(result),
        *_fallback(result),
        *_sources(result, origins, today, with_words=with_words),
        *_linked(result, origins),
        *_as_of(recorded),
    ]


def _takes_feedback(result: Result) -> bool:
    """Return whether the answer has feedback buttons."""
    return isinstance(result, Answer) or (
        isinstance(result, NoAnswer) and result.reason is Reason.NOTHING_FITS
    )


def joined(lines: Iterable[str], limit: int = LIMIT) -> str:
    """Return as many whole lines as fit into ``limit`` characters, as one text."""
    text = ""
    for line in lines:
        longer = f"{text}\n{line}" if text else line
        if len(longer) > limit:
            break
        text = longer
    return text


def quoted(text: str) -> str:
    """Return somebody's words as an inert quotation that fits into a section with a heading."""
    lines = literal(text).splitlines() or [""]
    quotation = "\n".join(f"&gt; {line}" for line in lines)
    return next(iter(sections([Piece(quotation)], _QUOTATION)), "")


def _unchecked(recorded: RecordedAnswer) -> list[str]:
    """Return the warning that pages are unchecked. It comes first, as the end may be cut off."""
    unchecked = recorded.answer.unchecked
    return [f":warning: {unchecked.words}"] if unchecked else []


def _linked(result: Result, origins: Container[str]) -> list[str]:
    """Return links to pages whose words may not be shown."""
    return [
        f":link: {link(page.url, page.name, origins)}: {page.doubt.words}" for page in result.linked
    ]


def _narrowed(result: Result) -> list[str]:
    """Return the note that only open pages were searched. If there is no answer, its text already
    says so."""
    if isinstance(result, NoAnswer) or result.narrowed is None:
        return []
    return [f":warning: {result.narrowed.words}."]


def _verified(result: Result) -> list[str]:
    """Return who verified the answer as a whole, and its parts."""
    if not isinstance(result, Answer):
        return []
    whole = [result.verified.words] if result.verified else []
    notes = [*whole, *(part.words for part in result.verified_parts)]
    # On one line, whatever name was stored.
    return [f":white_check_mark: {literal(' '.join(note.split()))}" for note in notes]


def _fallback(result: Result) -> list[str]:
    """Return notes: an early answer, why no language model worded it, and what was not checked."""
    lines = [why_no_model(result)]
    if isinstance(result, Answer):
        lines = [EARLY if result.early else "", *lines, *result.check_notes]
    return list(filter(None, lines))


def _as_of(recorded: RecordedAnswer) -> list[str]:
    """Return the line that says when the wikis were last read, unless the warning says so."""
    moment, unchecked = recorded.as_of, recorded.answer.unchecked
    if moment is None or (unchecked and unchecked.last_check):
        return []
    same_day = moment.date() == recorded.answered.astimezone(moment.tzinfo).date()
    return [texts.wiki_as_of(time_of(moment) if same_day else in_words(moment))]


def _tally_line(tally: Tally, *, private: bool) -> str:
    """Return what people said of an answer; empty if nobody did. A private one has one reader."""
    if private:
        verdict = texts.YOU_FLAGGED_IT if tally.bad else ""
        return texts.YOU_FOUND_IT_HELPFUL if tally.good else verdict
    counts = {":+1:": tally.good, ":-1:": tally.bad}
    return "   ".join(f"{sign} {number}" for sign, number in counts.items() if number)


def _grouped(bodies: Sequence[str]) -> list[list[str]]:
    """Return the texts in groups that each fit into a message."""
    groups: list[list[str]] = []
    for text in bodies:
        if groups and sum(map(len, groups[-1])) + len(text) <= BODY:
            groups[-1].append(text)
        else:
            groups.append([text])
    return groups


def feedback(answer: int) -> Block:
    def verdict(text: str, value: str, label: str) -> Block:
        value = f"{value}:{answer}"
        return {"text": plain_text(text), "value": value, "accessibility_label": label}

    element = {
        "type": "feedback_buttons",
        "action_id": VERDICT,
        "positive_button": verdict(texts.HELPFUL, "good", texts.HELPFUL_ALOUD),
        "negative_button": verdict(texts.FLAG, "bad", texts.FLAG_ALOUD),
    }
    return {"type": "context_actions", "block_id": VERDICTS, "elements": [element]}


def ask_reviewers(answer: int) -> Block:
    """Return the button that asks the reviewers. It asks for confirmation: a person who asked
    in private may not want others to read it."""
    confirm = {
        "title": plain_text(texts.SHALL_I_ASK_REVIEWERS),
        "text": plain_text(texts.REVIEWERS_SEE),
        "confirm": plain_text(texts.ASK),
        "deny": plain_text(texts.CANCEL),
    }
    label, aloud = texts.ASK_REVIEWERS, texts.ASK_REVIEWERS_ALOUD
    ask = button(ASK_REVIEWERS, label, str(answer), aloud=aloud, confirm=confirm)
    return actions(ask, id_=_REVIEWERS)


def show_quotes(answer: int) -> Block:
    """Return the button that shows the pages' own words."""
    label, aloud = texts.SHOW_QUOTES, texts.SHOW_QUOTES_ALOUD
    return actions(button(SHOW_QUOTES, label, str(answer), aloud=aloud), id_=_QUOTES)


def without_buttons(blocks: list[Block]) -> list[Block]:
    """Return the blocks without feedback and buttons."""
    pressed = (_QUOTES, _REVIEWERS, VERDICTS)
    return [block for block in blocks if block.get("block_id") not in pressed]


def notice(content: Notice) -> Message:
    message = say(content.text, *content.small)
    return with_button(message, content.button) if content.button else message


def with_button(message: Message, added: Button) -> Message:
    element = button(added.action, added.label, added.value)
    return Message(message.text, [*message.blocks, actions(element)])


@dataclass(frozen=True, slots=True)
class Renderer:
    """The renderer of content. ``origins`` are those of `bot.slack.rendering.links.origins`."""

    origins: Container[str]
    clock: Callable[[], datetime]

    def messages(self, content: Content) -> list[Message]:
        """Return the content in one message or more; buttons are in the last."""
        if isinstance(content, Notice):
            return [notice(content)]
        shown = answer(
            content.recorded, self.origins, today=self.clock().date(), tally=content.tally
        )
        shown = [*shown[:-1], _with_content_buttons(shown[-1], content)]
        return [_with_lead(shown[0], content), *shown[1:]] if content.lead else shown


def _with_lead(message: Message, content: AnswerContent) -> Message:
    """Return the message below a lead that repeats the question."""
    question = literal(content.recorded.asked.question)[:_QUESTION_SHOWN].replace("\n", " ")
    lead = context(f"{content.lead}\n&gt; {question}")
    return Message(message.text, [lead, *message.blocks])


def _with_content_buttons(message: Message, content: AnswerContent) -> Message:
    """Return the message with the buttons and the note that ``content`` says."""
    shown_blocks = message.blocks
    if content.buttons is Buttons.NONE:
        shown_blocks = without_buttons(shown_blocks)
    elif content.buttons is Buttons.NO_VERDICTS:
        shown_blocks = [block for block in shown_blocks if block.get("block_id") != VERDICTS]
    if content.note:
        shown_blocks = [*shown_blocks, context(content.note)]
    shown = Message(message.text, shown_blocks)
    return with_button(shown, content.button) if content.button else shown


def repeated(question: str) -> Message:
    """Return the message that repeats a person's question. Their words are only in its blocks:
    markup in ``text`` would be live in Slack."""
    shown = section(command_texts.you_asked(quoted(question[:_REPEATED])))
    return Message(command_texts.YOU_ASKED_WITH_WIKI, [shown])


def question_in(text: str, shown: str) -> str:
    """Return the question that a message of the bot's repeats, as Slack escapes it; empty if it is
    another message. ``text`` is its text, and ``shown`` the text of its sections."""
    if text != command_texts.YOU_ASKED_WITH_WIKI:
        return ""
    _, *lines = shown.splitlines()
    words = "\n".join(line.removeprefix(_QUOTE_MARK) for line in lines)
    return clean(words).replace(LOOKS_LIKE_A_TICK, "`")
