"""Text of wikis, models and people -> inert Slack mrkdwn.

Whatever comes in, the result pings nobody and links only to the allowed origins: ``<``, ``>`` and
``&`` are escaped, so that every raw ``<`` is one of ours; ``@here`` and its like are broken by an
invisible joiner, and so are names of emoji, since some are signs of ours; deceptive characters
(zero-width, direction, control) are removed. E-mail addresses stay whole.

The callers must send it with ``verbatim``, or Slack turns bare addresses into links.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from footnote_bot.bot.foreign import clean
from footnote_bot.bot.slack.rendering.links import allowed
from footnote_bot.bot.slack.rendering.tables import aligned
from footnote_bot.indexers.text.prose import Kind, blocks, plain_line

LONGEST_LABEL = 150
"""Characters: a link must fit into one section, however much of it is escaped."""
LOOKED_AT = 8 * LONGEST_LABEL
"""Characters of a title or a heading, which may be as long as its page: messages are rendered on
the event loop."""

LONGEST_CODE = 500
"""Characters of a code span, for the same reason."""

JOINER = "\u2060"
"""An invisible character that breaks up text that would be live."""
LOOKS_LIKE_A_TICK = "\u02cb"

_PING = re.compile(r"@(?=(?:here|channel|everyone|group)\b)", re.IGNORECASE)
_ADDRESS = re.compile(r"(https?:|ftp:|www)(//|\.)", re.IGNORECASE)
_ENTITY_START = re.compile(r"<(?=[!@#a-z])", re.IGNORECASE)
_MAILBOX_END = re.compile(r"[\w.+%-]")
_MAIL_HOST = re.compile(r"@[\w-]{1,63}\.\w")
_EMOJI = re.compile(r":(?=([\w+'-]{1,100}):)")
_EMOJI_OF_DIGITS = frozenset({"+1", "-1", "100", "1234"})
_OUR_SIGN = re.compile(
    r"[\u2705\u2611\u2713\u2714\U0001f5f8\U0001f5f9]\ufe0f?(?=[\W_]{0,5}verif)", re.IGNORECASE
)
"""The sign of an answer that a person verified, before words that say so."""
_LINK_OR_CODE = re.compile(r"(<[^>|]*|`[^`]*`)")
_INLINE = re.compile(
    rf"(?P<ticks>`{{1,2}})(?!`)(?P<code>.{{1,{LONGEST_CODE}}}?)(?<!`)(?P=ticks)(?!`)"
    r"|!?\[(?P<label>(?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]"
    r"\((?P<url>(?:[^()\s]|\([^()\s]*\))*)(?:\s\"[^\"\n]*\")?\)"
    r"|\[(?P<note>\d{1,2})\]"
    r"|\*\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*\*"
    r"|(?P<bare>(?:(?:https?|ftp)://|www\.)[^\s<>\"'`|]+)",
    re.IGNORECASE,
)
_FENCE_LINE = re.compile(r"^ *(?:> ?)*(?:`{3,}|~{3,})")
_QUOTE_MARK = re.compile(r"^ *(?:> ?)+")
_ITEM = re.compile(r"^( *)(?:[-*+]|(\d{1,9}[.)])) +(?:\[([ xX])\] +)?")
_HEADING = re.compile(r"#{1,6} +(.*)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of safe mrkdwn. ``code``: to be shown in a fence, which is not part of ``text``.
    ``tight``: no empty line between it and the previous piece."""

    text: str
    code: bool = False
    tight: bool = False


def literal(text: str) -> str:
    """Return plain text, shown as it is: no markup in it has an effect."""
    return _inert_prose(_without_markup(clean(text)))


def inert(text: str) -> str:
    """Return text for places that Slack shows as it is, such as a title: nothing is escaped, and
    nothing would be live if it were read as mrkdwn after all."""
    entities = _ENTITY_START.sub(f"<{JOINER}", _without_addresses(clean(text)))
    return _PING.sub(_at_sign, _without_signs(entities))


def link(url: str, label: str, origins: Container[str]) -> str:
    """Return a link, or its label alone if the address is not allowed."""
    words = " ".join(clean(label[:LOOKED_AT]).split())
    if len(words) > LONGEST_LABEL:
        words = f"{words[: LONGEST_LABEL - 1]}\u2026"
    shown = literal(words).replace("|", "\u2223")
    address = allowed(url, origins)
    return f"<{_escaped(address)}|{shown}>" if address and shown else shown


def render(text: str, origins: Container[str], notes: Sequence[str] = ()) -> list[Piece]:
    """Return light Markdown as pieces of mrkdwn, in order. ``notes`` are the addresses behind
    ``[1]``, ``[2]`` and so on. Any text can be rendered."""
    pieces: list[Piece] = []
    previous_kind: Kind | None = None
    for block in blocks(clean(text)):
        lines = block.text.splitlines()
        if block.kind is Kind.CODE:
            code = "\n".join(_code_lines(lines))
            if code.strip():
                pieces.append(Piece(_inert_code(code), code=True))
        elif block.kind is Kind.TABLE:
            table = aligned(lines)
            prose = _inert_prose(_without_markup(table.text))
            shown = _inert_code(table.text) if table.fits else prose
            pieces.append(Piece(shown, code=table.fits))
        else:
            shown = "\n".join(_line(line, block.kind, origins, notes) for line in lines)
            if shown.strip():
                tight = block.kind is previous_kind is Kind.ITEM
                pieces.append(Piece(_inert_prose(shown), tight=tight))
        previous_kind = block.kind
    return pieces


def _code_lines(lines: Sequence[str]) -> list[str]:
    """Return the lines between the fences, without the quote marks around them."""
    quoted = bool(lines) and lines[0].lstrip().startswith(">")
    inner = lines[1:-1] if len(lines) > 1 and _FENCE_LINE.match(lines[-1]) else lines[1:]
    return [_QUOTE_MARK.sub("", line, count=1) if quoted else line for line in inner]


def _line(line: str, kind: Kind, origins: Container[str], notes: Sequence[str]) -> str:
    """Return a line of a quotation, a list or a paragraph, or a heading in bold."""
    prefix = ""
    if kind is Kind.QUOTE:
        prefix, line = "> ", _QUOTE_MARK.sub("", line)
    elif kind is Kind.ITEM and (item := _ITEM.match(line)):
        indent, number, task = item.groups()
        mark = {" ": "\u2610", "x": "\u2611", "X": "\u2611"}.get(task, number or "\u2022")
        prefix, line = f"{indent}{mark} ", line[item.end() :]
    elif kind is Kind.PARAGRAPH and (heading := _HEADING.match(line)):
        words = heading[1].rstrip(" ").rstrip("#")
        line = f"**{plain_line(words).replace('*', '')}**" if words.strip() else ""
    return _escaped(prefix) + _inline(line, origins, notes)


def _inline(line: str, origins: Container[str], notes: Sequence[str]) -> str:
    """Return the text of a line as mrkdwn: markup is converted, all else made inert."""
    shown, end = [], 0
    for match in _INLINE.finditer(line):
        shown.append(_without_markup(line[end : match.start()]))
        shown.append(_inline_markup(match, origins, notes))
        end = match.end()
    return "".join([*shown, _without_markup(line[end:])])


def _inline_markup(match: re.Match[str], origins: Container[str], notes: Sequence[str]) -> str:
    """Return a match of `_INLINE` as mrkdwn: a code span, a link, a footnote, bold words, or a bare
    address."""
    if match["code"] is not None:
        return f"`{_escaped(match['code'].replace('`', LOOKS_LIKE_A_TICK))}`"
    if match["label"] is not None:
        address = "" if match[0].startswith("!") else match["url"]
        return link(address, plain_line(match["label"]), origins)
    if match["note"] is not None:
        number = int(match["note"])
        note = notes[number - 1] if 0 < number <= len(notes) else ""
        return link(note, match[0], origins)
    if match["bold"] is not None:
        return f"*{_without_markup(match['bold'])}*"
    return _bare_address(match["bare"], origins)


def _bare_address(url: str, origins: Container[str]) -> str:
    """Return an address in running text: a live link if allowed, else code, which can be read and
    copied but not followed."""
    address = url.rstrip(".,;:!?)")
    punctuation = _without_markup(url[len(address) :])
    if linked := allowed(address, origins):
        return f"<{_escaped(linked)}>{punctuation}"
    if len(address) > LONGEST_CODE:
        return _without_markup(url)
    return f"`{_escaped(address)}`{punctuation}"


def _without_markup(text: str) -> str:
    """Return text without markup: addresses are inert, and every backtick left in a message is one
    of ours, in pairs."""
    return _escaped(_without_addresses(text).replace("`", LOOKS_LIKE_A_TICK))


def _without_addresses(text: str) -> str:
    """Return the text with its addresses broken by a joiner, so that Slack links none."""
    return _ADDRESS.sub(lambda match: f"{match[1]}{JOINER}{match[2]}", text)


def _inert_code(text: str) -> str:
    """Return text for a fence: nothing in it ends the fence, or pings."""
    return _without_pings(_escaped(_without_fences(text)))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _without_fences(text: str) -> str:
    """Return the text without three backticks in a row, which would open or close a fence of
    Slack's."""
    return re.sub(r"`(?=``)|(?<=``)`", f"`{JOINER}", text) if "```" in text else text


def _without_pings(mrkdwn: str) -> str:
    """Return text without pings, outside of addresses, which are ours and must not change."""
    parts = re.split(r"(<[^>|]*)", mrkdwn)
    return "".join(part if part.startswith("<") else _PING.sub(_at_sign, part) for part in parts)


def _inert_prose(mrkdwn: str) -> str:
    """Return prose in which nothing pings anybody, or looks like a sign of ours outside of code."""
    parts = _LINK_OR_CODE.split(_without_pings(mrkdwn))
    return "".join(part if part[:1] in ("<", "`") else _without_signs(part) for part in parts)


def _without_signs(text: str) -> str:
    """Return the text without live emoji and without our sign of a verified answer."""
    return _OUR_SIGN.sub("", _EMOJI.sub(_colon, text))


def _colon(match: re.Match[str]) -> str:
    """Return the first colon of ``:name:``, broken so that Slack draws no emoji; that of 10:30:45
    stays as it is."""
    is_emoji = match[1] in _EMOJI_OF_DIGITS or any(map(str.isalpha, match[1]))
    return f":{JOINER}" if is_emoji else ":"


def _at_sign(match: re.Match[str]) -> str:
    """Return the @ broken by a joiner, so that it pings nobody; in e-mail addresses it stays."""
    at = match.start()
    before = match.string[max(at - 1, 0) : at]
    in_mail = _MAILBOX_END.match(before) and _MAIL_HOST.match(match.string, at)
    return "@" if in_mail else f"@{JOINER}"
