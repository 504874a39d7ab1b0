"""Small marks are not words of a passage."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.sources.markdown.convert import sections


def text(page: str, flavour: str) -> str:
    (section,) = sections(page, flavour=flavour, path="a.md").sections
    return section.text


@pytest.mark.parametrize(
    ("flavour", "page", "expected"),
    [
        ("github", "See ![The rota](a.png =500x250) now.", "See The rota now."),
        ("github", "![The rota](</a b.png> =500x) ![It](a.png =50%x50%)", "The rota It"),
        ("github", "[[_TOC_]]\n\nWords.\n\n[[_TOSP_]]\n", "Words."),
        ("github", "`![a](b =5x5)`, ![a](b.png =)", "`![a](b =5x5)`, a"),
        ("obsidian", "![The rota|100](a.png) ![It|100x50](b.png) ![250](c.png)", "The rota It"),
        ("obsidian", "![Plan 9](a.png) and ![a|b](c.png)", "Plan 9 and a|b"),
        ("obsidian", "Take.^[Not *in* May.] Go.", "Take.[1] Go.\n\n[1] Not in May."),
        ("obsidian", "x^[a [b](https://c.d) e]", "x[1]\n\n[1] a [b](https://c.d) e"),
        ("obsidian", "Bake ==two *loaves*==, 这==很好==吃.", "Bake two loaves, 这很好吃."),
        ("obsidian", "A ==loaf==s price", "A loafs price"),
        ("github", "Take it.^[Not in May.]", "Take it.^[Not in May.]"),
        ("mkdocs", "It is ==very *much* so==, ==yes==.", "It is very much so, yes."),
        ("mkdocs", "if a==b or c==d, a == b", "if a==b or c==d, a == b"),
        ("mkdocs", "~~No~~ Yes `H~2~O ==x==`.", "Yes `H~2~O ==x==`."),
        ("mkdocs", "Say HTML.\n*[HTML]: Hypertext Markup\n", "Say HTML.\n\nHTML: Hypertext Markup"),
        ("jekyll", "*[HTML]: Hypertext\n*[CSS]: Style\n", "HTML: Hypertext\n\nCSS: Style"),
        ("mkdocs", "*[a] b*", "[a] b"),
    ],
)  # fmt: skip
def test_a_mark_is_read(flavour: str, page: str, expected: str) -> None:
    assert text(page, flavour) == expected
