"""Parsing of the cells of Quarto and R Markdown, and of what they publish.

Source of the rules: Quarto's documentation (execution options, websites) and the R Markdown guide
(chunk options).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

from footnote_bot.indexers.sources.markdown.block_state import end_of_fence, line_of

SUFFIXES = (".qmd", ".rmd")
SETTINGS = ("_quarto.yml", "_quarto.yaml", "_bookdown.yml", "_site.yml")
_ENDS_OTHERS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
_CELL = re.compile(
    r"(?P<mark>`{3,}+)[ \t]*+\{(?P<language>[A-Za-z]\w*+)(?P<options>[^`\n]*)\}[ \t]*+$"
)
_OPTION = re.compile(r"(?:#|//|--|%%)\|(?P<option>.*)$")
_UNSEEN = re.compile(r"\b(?:echo|include)[ \t]*+[:=][ \t]*+(?:false|FALSE|F)\b")
_SPECIAL = re.compile(r"([\\*?\[\]!# ])")


def cells(md: MarkdownIt) -> None:
    """Add cells to a parser: code whose language is a name in braces. A page shows it, unless its
    options hide it; what it prints is known only to the program that runs it."""
    md.block.ruler.before("fence", "cell", _cell, _ENDS_OTHERS)


def _cell(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    match = None if state.is_code_block(start) else _CELL.match(line_of(state, start))
    if match is None:
        return False
    if silent:
        return True
    last = end_of_fence(state, start, end, match["mark"])
    options, body = [match["options"]], start + 1
    while body < last and (option := _OPTION.match(line_of(state, body))):
        options.append(option["option"])
        body += 1
    if not any(map(_UNSEEN.search, options)):
        token = state.push("fence", "code", 0)
        token.info, token.markup = match["language"].lower(), match["mark"]
        token.content = state.getLines(body, last, state.sCount[start], True)
        token.map = [start, last]
    state.line = min(last + 1, end)
    return True


def has_most(files: Collection[str]) -> bool:
    """Return whether at least half of the pages are of Quarto or R Markdown: a package in R also
    has a few."""
    paths = [path.lower() for path in files]
    own = sum(path.endswith(SUFFIXES) for path in paths)
    return own > 0 and own >= sum(path.endswith(".md") for path in paths)


def site_url(settings: Mapping[str, object]) -> str:
    """Return the address of the site that its settings say; empty if they do not."""
    website = settings.get("website")
    return str(website.get("site-url") or "") if isinstance(website, dict) else ""


def left_out(files: Collection[str]) -> Iterator[str]:
    """Yield a pattern for each page beside which there is the Markdown that was made from it, with
    what its cells print."""
    for path in files:
        source = PurePosixPath(path)
        if source.suffix.lower() in SUFFIXES and str(source.with_suffix(".md")) in files:
            yield "/" + _SPECIAL.sub(r"\\\1", path)
