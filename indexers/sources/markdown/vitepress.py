"""The settings of VitePress, which are a program and so are read as text.

Source of the rules: VitePress 1.6, ``node/config.ts`` and ``node/plugins/rewritesPlugin.ts``;
path-to-regexp for the patterns of ``rewrites``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from indexers.sources.markdown.addresses import Move

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
