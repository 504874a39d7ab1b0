"""What only one kind of wiki or site writes: Azure DevOps, mdBook, DocFX, Logseq, Wiki.js, docsify,
ReadMe."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.sources.markdown.convert import sections
from footnote_bot.indexers.sources.markdown.dialects import guess


def text(page: str, flavour: str = "github") -> str:
    (section,) = sections(page, flavour=flavour, path="a.md").sections
    return section.text


NUMBER = "1f2e3d4c-1111-2222-3333-444455556666"
COLUMN = ':::row:::\n  :::column span="":::\n'


@pytest.mark.parametrize(
    ("flavour", "page", "expected"),
    [
        ("github", f"Ask @<{NUMBER}> first.\n", "Ask first."),
        ("github", f"::: query-table {NUMBER}\n:::\n\nBake.\n", "Bake."),
        ("github", "{{#include ../a.md}}\n\n```sh\n{{#include b.sh}}\n```\n\nBake.\n", "Bake."),
        ("docfx", "# [Rye](#tab/rye)\n\nBake.\n\n# [Oat](#tab/oat)\n", "Rye\n\nBake.\n\nOat"),
        ("docfx", f"{COLUMN}      Bake.\n  :::column-end:::\n:::row-end:::\n", "Bake."),
        ("obsidian", "```dataview\nLIST FROM #x\n```\n\n```sh\nbake\n```\n", "```sh\nbake\n```"),
        ("obsidian", f"- a\n  collapsed:: true\n  id:: {NUMBER}\n\t- b\n", "- a\n  - b"),
        ("obsidian", f"- Bake (({NUMBER})) now.\n", "- Bake now."),
        ("obsidian", "- a\n  :LOGBOOK:\n  CLOCK: [x]\n  :END:\n- b\n", "- a\n- b"),
        ("obsidian", "- ![Oven](a.png){:height 30, :width 4} Bake.\n", "- Oven Bake."),
        ("obsidian", "- Set id:: here.\n", "- Set id:: here."),
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


def readme(said: str) -> str:
    return f"Bake.\n[block:callout]\n{said}\n[/block]\nEat.\n"


@pytest.mark.parametrize(
    ("said", "note"),
    [
        (
            '{\n  "type": "warning",\n  "title": "Hot",\n  "body": "Mind it.\\n\\n- a\\n- b"\n}',
            "> Warning: Hot\n>\n> Mind it.\n>\n> - a\n> - b",
        ),
        ('{"type": "info", "body": "Mind it."}', "> Info: Mind it."),
        ('{"type": "a b]", "title": null, "body": "Mind it."}', "> Note: Mind it."),
    ],
)
def test_a_callout_of_readme_is_a_note(said: str, note: str) -> None:
    assert text(readme(said)) == f"Bake.\n\n{note}\n\nEat."


@pytest.mark.parametrize("said", ["{broken", '["a"]', "[" * 100_000])
def test_a_callout_that_is_no_json_stays_as_it_is_written(said: str) -> None:
    assert f"[block:callout] {said} [/block]" in text(readme(said))
