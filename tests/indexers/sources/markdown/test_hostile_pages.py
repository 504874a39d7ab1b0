"""Pages made to stop a sync: each fails alone, or is read in linear time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TypeGuard

import pytest

from footnote_bot.indexers.model import Changed, Failed, PageChange
from footnote_bot.indexers.parsing.limits import Limits
from footnote_bot.indexers.parsing.process import Parsers, stoppable
from footnote_bot.indexers.sources.markdown import anchors
from footnote_bot.indexers.sources.markdown.convert import sections
from footnote_bot.indexers.sources.markdown.dialects import DIALECTS
from footnote_bot.indexers.sources.markdown.front_matter import split
from footnote_bot.indexers.sources.markdown.reading import convert_page, skim
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki
from tests.long import few
from tests.timing import seconds_of, takes_linear_time

from . import costly

BRIEF = Limits(seconds=1, wall_seconds=600)

DEEP_TOML = f"+++\na = {'[' * 50_000}{']' * 50_000}\n+++\n# Title\n\ntext\n"
LONG_INTEGER = f"+++\nweight = {'9' * 6000}\n+++\n# Title\n\ntext\n"
LONG_HEX = f"---\nweight: 0x{'f' * 6000}\ntitle: T\n---\ntext\n"
EARLY = "---\ntitle: Early\ndate: 0001-01-01T00:00:00+14:00\n---\ntext\n"
LATE = "---\ntitle: Late\nexpirydate: 9999-12-31T23:59:59-14:00\n---\ntext\n"
ALIASES = (
    "---\na0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    + "title: *a8\n---\ntext\n"
)
MERGES = (
    "---\na0: &a0 {k: v}\n"
    + "".join(f"a{n}: &a{n}\n  <<: [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    + "title: T\n---\ntext\n"
)
ENDLESS = "---\na: &a [*a]\ntitle: T\n---\ntext\n"
DEEP_YAML = f"---\na: {'[' * 30_000}{']' * 30_000}\ntitle: T\n---\ntext\n"
SEXAGESIMAL = f"---\nweight: 1{':59' * 30_000}\ntitle: T\n---\ntext\n"
HALF_A_CHARACTER = '---\ntitle: "a \\ud800 b"\nslug: "\\ud800"\npermalink: "/\\ud800/"\n---\ntext\n'
HOSTILE = {
    "deep-toml": DEEP_TOML,
    "long-integer": LONG_INTEGER,
    "long-hex": LONG_HEX,
    "early": EARLY,
    "late": LATE,
    "aliases": ALIASES,
    "merges": MERGES,
    "endless": ENDLESS,
    "deep-yaml": DEEP_YAML,
    "sexagesimal": SEXAGESIMAL,
    "half-a-character": HALF_A_CHARACTER,
    "deep-json": '{"a": ' + "[" * 50_000 + "\n\ntext\n",
    "json-integer": '{"a": ' + "9" * 6000 + "}\n\ntext\n",
    "long": f"---\ntitle: T\nx: {'y' * 150_000}\n---\ntext\n",
    "no-bool": "---\ntitle: T\nx: !!bool abc\n---\ntext\n",
    "no-time": "---\ntitle: T\nx: !!timestamp abc\n---\ntext\n",
    "url": "---\ntitle: T\nurl: 'http://[::1'\naliases: ['//[', '/a']\n---\ntext [x](//[)\n",
}


@pytest.fixture
def parsers() -> Iterator[Parsers]:
    parsers = Parsers()
    yield parsers
    parsers.rest()


@pytest.mark.parametrize("name", HOSTILE)
def test_front_matter_keeps_no_other_page_away(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.md").write_text("# Good\n\nfirst\n")
    (tmp_path / "hostile.md").write_text(HOSTILE[name])
    (tmp_path / "z.md").write_text("# Good, too\n\nlast\n")

    changes = _changes(MarkdownWiki("wiki", tmp_path))

    assert {"a.md", "z.md"} <= {
        change.page.key for change in changes if isinstance(change, Changed)
    }


@pytest.mark.parametrize("tag", ["bool", "timestamp", "int", "float", "binary", "set", "omap"])
def test_a_value_that_does_not_match_its_tag_is_broken_front_matter(tag: str) -> None:
    matter, body = split(f"---\ntitle: T\nx: !!{tag} abc\n---\ntext\n")

    assert "front matter is no YAML" in matter.warning
    assert body == "text\n"


SITES = {
    "SUMMARY.md": ["* [a](http://[x)\n* [b](//[::1)\n"],
    "mkdocs.yml": [
        "a: !!bool abc\n",
        "a: !!timestamp abc\n",
        f"docs_dir: {'x' * 5000}\n",
        "site_url: 'http://['\n",
        "site_url: 'https://x.org:99999'\n",
        "site_url: 'javascript://x/%0aalert(1)'\n",
        'site_url: "https://x.org/\\n[2] Verified by"\n',
        "site_url: 'https://x.org@evil.example'\n",
    ],
    "_config.yml": ["url: 'http://['\n"],
    "docusaurus.config.js": ["url: 'http://['\n"],
    "hugo.toml": ["baseURL = 'http://['\n"],
    ".vitepress/config.ts": [
        "sitemap: { hostname: 'http://[' }\n",
        f"srcDir: '{'x' * 5000}'\n",
        "srcExclude: ['a\\\\']\n",
        "srcDir: '../..'\n",
    ],
}


@pytest.mark.parametrize(("name", "text"), [(name, t) for name in SITES for t in SITES[name]])
def test_an_invalid_site_address_of_a_wiki_stops_no_page_and_is_ignored(
    tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    for folder in (tmp_path, tmp_path / "docs", tmp_path / "content"):
        folder.mkdir(exist_ok=True)
        (folder / "a.md").write_text("# Good\n\nfirst\n")

    pages = [change.page for change in _changes(MarkdownWiki("wiki", tmp_path)) if _is_page(change)]

    assert pages
    assert all(page.url.startswith("file:///") for page in pages)


def _is_page(change: PageChange) -> TypeGuard[Changed]:
    return isinstance(change, Changed) and change.page.key.endswith("a.md")


def test_the_address_of_a_checkout_that_is_none_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Good\n\nfirst\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".git" / "config").write_text('[remote "origin"]\n\turl = https://[::1/w.git\n')

    (change,) = _changes(MarkdownWiki("wiki", tmp_path))

    assert isinstance(change, Changed)


@pytest.mark.parametrize("name", HOSTILE)
def test_front_matter_is_read_in_bounded_time(name: str) -> None:
    def read_values() -> tuple[object, ...]:
        matter, _ = split(HOSTILE[name])
        return (matter.title, matter.owner, matter.tags, matter.updated, matter.outdated)

    assert seconds_of(read_values, 3) <= 3
    matter, values = split(HOSTILE[name])[0], read_values()
    assert len(str(values)) < 2000
    assert matter.withheld(date(2026, 1, 1)) in ("", "expired")


def test_a_date_at_the_end_of_time_expires_nothing() -> None:
    assert split(EARLY)[0].updated is None
    assert split(LATE)[0].withheld(date(2026, 1, 1)) == ""


def test_the_other_values_of_front_matter_with_a_bomb_are_kept() -> None:
    matter, body = split("---\ntitle: T\nowner: '@anna'\na: &a [*a]\n---\ntext\n")

    assert (matter.title, matter.owner, body) == ("T", "@anna", "text\n")
    assert "aliases" in matter.warning


def test_some_aliases_are_fine() -> None:
    matter, _ = split("---\nauthor: &me Anna\nowner: *me\nbase: &b {x: 1}\nc: {<<: *b}\n---\n")

    assert (matter.owner, matter.warning) == ("Anna", "")
    assert matter.values["c"] == {"x": 1}


SEEDS = (
    "[", "{", "{{<", "[[a|", "<!--", "\n", "a\n\n", "<a ", "==", "`", "{/*", "<%", "%%", "> ", "](",
    "{% highlight %}\n", "{% x %}{% endy %}", "{#a", "[^1]", "![", "\\", "{{</*", "!!! a", "&",
    "  ", "\n[a\n", "<A a={", "a@", "<li>", ":::{a}\n", "{a}`", "(a", ":::row", "[!div [", "++a",
    "{{ a", "::: a\n", "?> a\n", "```{r}\n", "[block:callout]\n", "///a\n", ":::image ", "[a](b) ",
)  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS, ids=repr)
@pytest.mark.parametrize(
    "flavour",
    few(["docusaurus", "hugo", "myst", "docfx", "mkdocs", "vitepress", "github", "quarto"], 1),
)
def test_a_page_of_one_piece_is_read_in_linear_time(seed: str, flavour: str) -> None:
    def read_page(size: int) -> None:
        raw = (seed * (size // len(seed))).encode()
        skim(raw)
        page = convert_page(raw, DIALECTS[flavour], path="a.md", anchors="", title="", address="")
        page.page_with(lambda target, _style: target)

    assert takes_linear_time(read_page, 3_000)


@pytest.mark.parametrize(
    ("flavour", "piece"),
    [
        ("jekyll", "{: hidden}\n"),
        ("github", "<div markdown a"),
        ("vitepress", "```[[[\n```\n::: code-group\n"),
        ("vitepress", "<<< @/a "),
        ("obsidian", "^[a] ![a|5](b) "),
        ("obsidian", "^[a"),
        ("mkdocs", "==a b== "),
        ("mkdocs", "==a ![a](b =5x5"),
        ("mkdocs", "*[a]: b\n"),
    ],
)
def test_a_page_of_one_rare_piece_is_read_in_linear_time(flavour: str, piece: str) -> None:
    def read_page(size: int) -> None:
        sections(piece * (size // len(piece)), flavour=flavour)

    assert takes_linear_time(read_page, 25_000)


@pytest.mark.parametrize("rule", anchors.RULES)
def test_a_heading_that_is_repeated_is_numbered_in_linear_time(rule: str) -> None:
    def number_headings(size: int) -> None:
        anchor_rule = anchors.Anchors(rule)
        for _ in range(size):
            anchor_rule.next("a", "a", 2)

    assert takes_linear_time(number_headings, 2_000)


def test_a_page_that_costs_too_much_fails_alone(
    tmp_path: Path, parsers: Parsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_text("# Good\n\nfirst\n")
    (tmp_path / "b.md").write_text("# Costly\n\n" + "text\n" * 10)
    (tmp_path / "c.md").write_text("# Good, too\n\nlast\n")
    monkeypatch.setattr("footnote_bot.indexers.sources.markdown.reading.skim", costly.skim_or_spin)
    monkeypatch.setattr("footnote_bot.indexers.sources.markdown.reading.PAGE", BRIEF)

    changes = _changes(MarkdownWiki("wiki", tmp_path, parse=parsers))

    assert [change.page.key for change in changes if isinstance(change, Changed)] == [
        "a.md",
        "c.md",
    ]
    assert [change for change in changes if isinstance(change, Failed)] == [
        Failed("b.md", "takes more than 1 s of a processor to be read")
    ]


def test_links_are_resolved_although_another_process_parses(
    tmp_path: Path, parsers: Parsers
) -> None:
    (tmp_path / "a.md").write_text(
        "# A\n\nSee [b](b.md#part), [ü](ü.md) and <a href='b.md'>it</a>.\n"
    )
    (tmp_path / "b.md").write_text("# B\n\n## Part\n\ntext\n")
    (tmp_path / "ü.md").write_text("# Ü\n\ntext\n")

    def changes(**options: Parsers) -> list[PageChange]:
        return _changes(MarkdownWiki("wiki", tmp_path, site_url="https://w.example", **options))

    assert changes(parse=parsers) == changes()


def test_after_a_stop_no_page_is_parsed(tmp_path: Path, parsers: Parsers) -> None:
    for number in range(20):
        (tmp_path / f"{number}.md").write_text("text\n")
    stopped = False
    changes = MarkdownWiki("wiki", tmp_path, parse=parsers).changes({})
    with stoppable(lambda: stopped):
        next(changes)
        stopped = True

        assert {type(change) for change in changes} == {Failed}


def test_a_comment_that_nothing_closes_hides_the_rest() -> None:
    page = sections("# T\n\nshown <!-- hidden --> again\n\n<!-- hidden\n\nalso hidden\n")

    assert [part.text for part in page.sections] == ["shown again"]


def test_an_open_comment_within_code_hides_nothing() -> None:
    page = sections("Write `<!--`, or\n\n```html\n<!-- so\n```\n\nand go on.\n")

    assert page.sections[0].text.endswith("and go on.")
    assert "<!-- so" in page.sections[0].text


def _changes(wiki: MarkdownWiki) -> list[PageChange]:
    return [change for change in wiki.changes({}) if isinstance(change, Changed | Failed)]
