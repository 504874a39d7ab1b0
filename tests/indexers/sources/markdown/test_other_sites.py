"""What only one kind of wiki writes: Azure DevOps, mdBook, DocFX, Wiki.js, docsify, ReadMe."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.sources.markdown.convert import sections
from footnote_bot.indexers.sources.markdown.dialects import guess


def text(page: str, flavour: str = "github") -> str:
    (section,) = sections(page, flavour=flavour, path="a.md").sections
    return section.text


NUMBER = "1f2e3d4c-1111-2222-3333-444455556666"


@pytest.mark.parametrize(
    ("flavour", "page", "expected"),
    [
        ("github", f"Ask @<{NUMBER}> first.\n", "Ask first."),
        ("github", f"::: query-table {NUMBER}\n:::\n\nBake.\n", "Bake."),
        ("github", "{{#include ../a.md}}\n\n```sh\n{{#include b.sh}}\n```\n\nBake.\n", "Bake."),
        ("docfx", ":::row:::\n:::column:::\nBake.\n:::column-end:::\n:::row-end:::\n", "Bake."),
        ("obsidian", "```dataview\nLIST FROM #x\n```\n\n```sh\nbake\n```\n", "```sh\nbake\n```"),
        ("github", "> Bake.\n> Eat.{.is-info}\n", "> Bake. Eat."),
        ("github", "Write {.is-info} there.\n", "Write {.is-info} there."),
    ],
)  # fmt: skip
def test_what_a_site_does_not_show_is_no_text(flavour: str, page: str, expected: str) -> None:
    assert text(page, flavour) == expected


@pytest.mark.parametrize("alt", ["image.png", "IMAGE", "Untitled", "alt text", "oven-2.jpeg"])
def test_a_name_that_an_editor_gave_a_picture_is_no_text(alt: str) -> None:
    assert text(f"Bake. ![{alt}](a.png) Eat.\n") == "Bake. Eat."


def test_the_words_of_a_picture_are_text() -> None:
    assert text("![image.png of the oven](a.png)\n") == "image.png of the oven"


@pytest.mark.parametrize("tag", ["{{% hint warning %}}", '{{% tabs "a" %}}'])
def test_a_tag_of_hugo_is_no_sign_of_another_site(tag: str) -> None:
    assert guess(f"{tag}\nBake.\n") == "hugo"


def test_a_video_of_azure_is_no_sign_of_another_site() -> None:
    assert guess("::: video\n<iframe src='x'></iframe>\n:::\n") == "github"


def test_an_anchor_below_a_sections_text_is_not_the_sections() -> None:
    page = "# T\n\n## Bread\n\nBake.\n\n{: #oven}\nEat.\n\n## Rye\n{: #rye-bread}\n\nBake.\n"

    anchors = [section.anchor for section in sections(page, flavour="jekyll", path="a.md").sections]

    assert anchors == ["bread", "rye-bread"]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("?> Bake *early*.\nAlways.\n\nEat.\n", "> Tip: Bake early. Always.\n\nEat."),
        ("!> Never bake\n- rye\n", "> Important: Never bake\n\n- rye"),
        ("?> Bake.\n?> Eat.\n", "> Tip: Bake.\n\n> Tip: Eat."),
        ("Is it so ?> Yes.\n", "Is it so ?> Yes."),
        ("```\n!> x\n```\n", "```\n!> x\n```"),
    ],
)
def test_a_hint_of_docsify_is_a_note(page: str, expected: str) -> None:
    assert text(page) == expected


def test_the_words_of_a_callout_of_readme_are_text() -> None:
    callout = '[block:callout]\n{"type": "warning", "body": "Mind it."}\n[/block]\n'

    assert text(f"Bake.\n\n{callout}\nEat.\n") == (
        'Bake.\n\n{"type": "warning", "body": "Mind it."}\n\nEat.'
    )
