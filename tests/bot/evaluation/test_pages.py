"""The page that a question set means."""

from __future__ import annotations

from footnote_bot.bot.evaluation.pages import Pages
from footnote_bot.bot.evaluation.questions import Case
from footnote_bot.indexers.model import EVERYONE, OPEN, Acl, Principal


def case(**relevant: float) -> Case:
    return Case("1", "?", relevant, (), None)


def test_a_page_goes_by_wiki_and_key_by_key_or_by_the_end_of_its_key() -> None:
    pages = Pages(
        dict.fromkeys(
            [
                "a/handbook/sales/a.md", "a/x/b.md", "a/y/b.md", "a/own.md", "a/deep/own.md",
                "a/README.md", "b/README.md", "b/only.md",
            ],
            OPEN,
        )
    )  # fmt: skip
    expected = {
        "sales/a.md": "a/handbook/sales/a.md",
        "handbook/sales/a.md": "a/handbook/sales/a.md",
        "b.md": "b.md",
        "gone.md": "gone.md",
        "own.md": "a/own.md",
        "README.md": "README.md",
        "b/README.md": "b/README.md",
        "only.md": "b/only.md",
    }
    (located,) = pages.located([case(**dict.fromkeys(expected, 1.0))])

    assert list(located.relevant) == list(dict.fromkeys(expected.values()))
    assert pages.unreachable([located], Principal.of(EVERYONE)) == {
        "not_indexed": ["gone.md"],
        "ambiguous": ["README.md", "b.md"],
        "closed": [],
    }


def test_pages_that_the_reader_may_not_read_are_told() -> None:
    pages = Pages({"w/open": OPEN, "w/closed": Acl.of(["group:board"]), "w/unasked": Acl.of(["x"])})
    cases = pages.located([case(open=1.0, unasked=0.0), case(closed=2.0)])

    assert pages.unreachable(cases, Principal.of(EVERYONE))["closed"] == ["w/closed"]
    assert pages.unreachable(cases, Principal.of(EVERYONE, "group:board"))["closed"] == []
