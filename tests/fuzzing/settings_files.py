"""Settings files: every problem is reported in words, and nothing else is raised."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from hypothesis import strategies as st

from footnote_bot.config.checking import check
from footnote_bot.config.loading import example as example_file
from footnote_bot.config.settings import Settings
from footnote_bot.config.wikis import WIKI_KINDS

from .model import Target

_EXAMPLE = re.sub(
    r"^#\s?(?=\S+ = |\[)", "", example_file().read_text(encoding="utf-8"), flags=re.MULTILINE
)
_LINES = [line for line in _EXAMPLE.splitlines() if line.strip()]
_KEYS = sorted({re.split(r" = ", line)[0] for line in _LINES if " = " in line})
_SECTIONS = sorted({line for line in _LINES if line.startswith("[")})
_VALUES = st.sampled_from(
    [
        "0", "-1", "1e400", "nan", "inf", "-0.0", "true", '""', '"x"', '"~nobody/x"', '"/"',
        '"\\u0000"',
        "[]", "[[]]", '["x"]', "[1]", "{}", "{ a = 1 }", "2026-01-01", "07:32:00", "9" * 5_000,
        '"http://[::1"', '"https://x:99999"', '"postgresql://x"', '"sqlite://"', '"*"', '"["',
        '"("',
        '"\\uffff"', "'''\n[x]\n'''", "[" * 500, "1_000", "0x7fffffffffffffffffff",
        '"é' + "x" * 300 + '"',
        '"markdown"', '"confluence"', '"' + "../" * 50 + '"', '"Europe/Berlin"', '"25:00"',
    ]
)  # fmt: skip
_OTHER = st.sampled_from(
    [
        "[[wiki]]", "[wiki]", 'type = "markdown"', 'type = "confluence"', 'name = "a"',
        'path = "."',
        "[wiki.access]", "[answer.x]", "[[answer]]", "[]", "a.b.c = 1", "= 1", "[a", '"', "\x00",
        "\ufeff",
        '"" = 1', "type = 3", "# \u2028 x", "\r", "wiki = 3", "wiki = [{}]", "answer = []",
        "slack = 1",
    ]
)  # fmt: skip
_NAMES = st.sampled_from(
    sorted(
        {*_KEYS, *Settings.model_fields, *(k for m in WIKI_KINDS.values() for k in m.model_fields)}
    )
)
_LINE = (
    st.sampled_from(_LINES)
    | st.sampled_from(_SECTIONS)
    | st.tuples(_NAMES, _VALUES).map(" = ".join)
    | _OTHER
    | st.text(max_size=12)
)
_FOLDER = tempfile.TemporaryDirectory(prefix="footnote-fuzzing-")
_FILE = Path(_FOLDER.name, "footnote.toml")


def read_settings(example: str) -> int:
    _FILE.write_bytes(example.encode(errors="surrogatepass"))
    _, problems = check(_FILE)

    lines = len(re.split(r"\r\n|\r|\n", example))  # lines as Python reads a text file
    for problem in problems:
        assert problem.says.strip()
        assert problem.line is None or 1 <= problem.line <= lines
    return sum(len(problem.says) for problem in problems)


SETTINGS = (
    Target(
        "settings files",
        st.lists(_LINE, max_size=25).map("\n".join),
        read_settings,
        lambda example: 3_000 * (example.count("\n") + 2) + 20 * len(example),
    ),
)
