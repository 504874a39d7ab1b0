"""PyMdown's blocks, as MkDocs' pages have them."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.sources.markdown.convert import sections
from footnote_bot.indexers.sources.markdown.dialects import guess


def text(page: str) -> str:
    (section,) = sections(page, flavour="mkdocs", path="a.md").sections
    return section.text


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("/// note\nBake.\n///\n", "Bake."),
        ("/// tip | Soon\n\nBake.\n- a\n///\nEat.\n", "Soon\n\nBake.\n\n- a\n\nEat."),
        ("/// admonition | Hot\n    type: info\n    open: true\na\n///\n", "Hot\n\na"),
        ("//// tab | Bread\n/// note\nBake.\n///\n////\n", "Bread\n\nBake."),
        ("![Oven](a.png)\n/// caption\nThe oven\n///\n", "Oven\n\nThe oven"),
        ("- Eat.\n\n    /// note\n    Bake.\n    ///\n- b\n", "- Eat.\n  Bake.\n- b"),
    ],
)  # fmt: skip
def test_a_block_is_read_as_its_title_and_its_content(page: str, expected: str) -> None:
    assert text(page) == expected


def test_code_after_the_options_stays_code() -> None:
    assert text("/// note\n\n    a: b\n///\n") == "```\na: b\n```"


def test_slashes_in_a_sentence_stay() -> None:
    assert text("See file:///etc and /// here.\n") == "See file:///etc and /// here."


def test_a_comment_of_a_programme_is_no_sign_of_mkdocs() -> None:
    assert guess("```rust\n/// Note that it bakes.\nfn bake() {}\n```\n") == "github"


def test_blocks_are_a_sign_of_mkdocs() -> None:
    assert guess("/// details | More\nBake.\n///\n") == "mkdocs"
