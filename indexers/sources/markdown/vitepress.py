"""The settings of VitePress, which are a program and so are read as text, and its Markdown.

Source of the rules: VitePress 1.6, ``node/config.ts``, ``node/plugins/rewritesPlugin.ts`` and
``node/markdown``; path-to-regexp for the patterns of ``rewrites``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import PurePosixPath

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.container import container_plugin

from footnote_bot.indexers.sources.markdown.addresses import Move
from footnote_bot.indexers.sources.markdown.block_state import line_of, quoted

_ENDINGS = ("js", "ts", "mjs", "mts")
CONFIG = tuple(f".vitepress/config{stem}.{end}" for end in _ENDINGS for stem in ("/index", ""))

_REMARK = re.compile(r"^[ \t]*+(?://|/?\*(?!\*?/)).*$", re.MULTILINE)
_STRING = r"(?:'[^'\\\n]*+'|\"[^\"\\\n]*+\")"
_SRC_DIR = re.compile(rf"\bsrcDir:\s*+({_STRING})")
_CLEAN = re.compile(r"\bcleanUrls:\s*+true\b")
_HOST = re.compile(rf"\bsitemap:\s*+\{{[^{{}}]*?\bhostname:\s*+({_STRING})")
_EXCLUDED = re.compile(rf"\bsrcExclude:\s*+\[((?:\s*+{_STRING}\s*+,?+)*+)\s*+\]")
_PAIR = rf"({_STRING}|(?<![\w$])[\w$]++)\s*+:\s*+({_STRING})\s*+,?+\s*+"
_NEXT_PAIR = re.compile(_PAIR)
_REWRITES = re.compile(rf"\brewrites:\s*+\{{\s*+((?:{_PAIR})*+)\}}")
_PART = re.compile(
    r":(?P<name>\w++)(?:\(\.[*+]\))?+(?P<many>[*+]?+)|(?P<rest>\(\.[*+]\))|(?P<text>[^:(){}*+?\\]++)"
)
_MOST_PARTS = 3
"""Variable parts of a rewritten path; nobody has more, and a pattern with many takes long."""

_CONTAINER = re.compile(r"\s*+(?P<kind>[A-Za-z][\w-]*+)(?P<title>.*)$")
_TRAILING_BRACES = re.compile(r"\{[^{}]*+\}\s*+$")
_LANGUAGE = re.compile(r"[^\s{:=\[]*+")


@dataclass(frozen=True, slots=True)
class VitePressSettings:
    """A site as its settings describe it. ``excluded`` are patterns as in ``.gitignore``."""

    folder: str
    site_url: str
    has_clean_urls: bool
    moves: tuple[Move, ...]
    excluded: tuple[str, ...]


def settings(program: str) -> VitePressSettings:
    """Return what can be told of a program of settings; what it works out cannot."""
    text = _REMARK.sub("", program)
    folder = PurePosixPath(_string_after(_SRC_DIR, text))
    is_below = not folder.is_absolute() and ".." not in folder.parts
    excluded = _EXCLUDED.search(text)
    rewrites = _REWRITES.search(text)
    return VitePressSettings(
        "".join(f"{part}/" for part in folder.parts) if is_below else "",
        _string_after(_HOST, text),
        bool(_CLEAN.search(text)),
        tuple(_moves(rewrites[1])) if rewrites else (),
        tuple(f"/{_bare(each)}" for each in re.findall(_STRING, excluded[1])) if excluded else (),
    )


def _string_after(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return _bare(match[1]) if match else ""


def _bare(string: str) -> str:
    return string.strip("'\"")


def _moves(pairs: str) -> Iterator[Move]:
    at = 0
    while pair := _NEXT_PAIR.match(pairs, at):
        at = pair.end()
        move = _move(_bare(pair[1]), _bare(pair[2]))
        if move:
            yield move


def _move(source: str, target: str) -> Move | None:
    """Return a rule of path-to-regexp as one of ours; None if it has what people rarely write."""
    names: list[str] = []
    pattern = to = ""
    parts, places = _parts(source), _parts(target)
    if parts is None or places is None:
        return None
    for part in parts:
        if part["text"]:
            pattern += re.escape(part["text"])
            continue
        names.append(part["name"] or "")
        pattern += "(.*)" if part["many"] or part["rest"] else "([^/]+)"
    if len(names) > _MOST_PARTS or pattern.count("(.*)") > 1:
        return None
    for part in places:
        if part["text"]:
            to += part["text"]
        elif (part["name"] or "") in names:
            to += rf"\g<{names.index(part['name'] or '') + 1}>"
        else:
            return None
    return pattern, to


def _parts(rule: str) -> list[re.Match[str]] | None:
    parts = list(_PART.finditer(rule))
    return parts if "".join(part[0] for part in parts) == rule else None


def vitepress(md: MarkdownIt) -> None:
    """Add VitePress' rules to a parser."""
    md.use(container_plugin, "code-group", render=_element("div"))
    md.use(container_plugin, "v-pre", render=_element("div", " v-pre"))
    md.use(container_plugin, "raw", render=_element("div"))
    md.use(container_plugin, "details", render=_element("fn-tab"))
    md.use(
        container_plugin,
        "note",
        validate=lambda params, _mark: _CONTAINER.match(params) is not None,
        render=_element("fn-note"),
    )
    md.block.ruler.before("fence", "snippet", _snippet)
    md.add_render_rule("fence", _fence)


def _element(name: str, attributes: str = "") -> Callable[..., str]:
    """Return the rendering of ``::: kind Title`` as an element of this name."""

    def render(_self: RendererHTML, tokens: Sequence[Token], at: int, *_: object) -> str:
        match = _CONTAINER.match(tokens[at].info)
        if tokens[at].nesting < 0 or match is None:
            return f"</{name}>\n"
        title = _TRAILING_BRACES.sub("", match["title"])
        label = f" label={quoted(match['kind'])} title={quoted(title)}" if "-" in name else ""
        return f"<{name}{label}{attributes}>\n"

    return render


def _fence(
    self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    """Render code below its name in brackets. Its language ends where the lines to highlight
    begin."""
    token = tokens[at]
    label = escape(token.info.rpartition("]")[0].partition("[")[2])
    language = _LANGUAGE.match(token.info.strip())
    token.info = language[0].removesuffix("-vue") if language else ""
    return (f"<p>{label}</p>\n" if label else "") + self.fence(tokens, at, options, env)


def _snippet(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Parse ``<<< @/file``, which shows a file that the page does not hold."""
    if state.is_code_block(start) or not line_of(state, start).startswith("<<<"):
        return False
    if not silent:
        state.line = start + 1
    return True
