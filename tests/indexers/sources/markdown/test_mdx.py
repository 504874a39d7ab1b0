"""MDX as Docusaurus reads it: Markdown also between tags, and no code by indentation."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.sources.markdown.convert import sections


def text(page: str) -> str:
    (section,) = sections(page, flavour="docusaurus", path="a.mdx").sections
    return section.text


def test_the_content_of_an_element_may_be_indented() -> None:
    inside = "    Eat it.\n\n    ```sh\n    eat\n    ```\n"
    page = f"<Tabs>\n  <TabItem label='Apple'>\n{inside}  </TabItem>\n</Tabs>\n"

    assert text(page) == "Apple\n\nEat it.\n\n```sh\neat\n```"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<div className="x">\n  **Bold** [x](https://x.y)\n</div>\n', "Bold [x](https://x.y)"),
        ('One.\n<div\n  style={{color: "red"}}\n>\n  **Two**\n</div>\n', "One.\n\nTwo"),
        ("<details>\n<summary>More</summary>\n- a\n- `b`\n</details>\n", "More\n\n- a\n- `b`"),
        ("<table>\n<tr>\n<td>**a**</td>\n</tr>\n</table>\n", "a"),
        ('<img\n  src={x}\n  alt="A drawing"\n/>\n', "A drawing"),
        ("<pre>\n**a**\n\nb\n</pre>\n", "```\n**a**\n\nb\n```"),
        ("Seen.\n\n<!--\nHidden.\n\nHidden.\n-->\n", "Seen."),
        ("a < b\nand > c\n", "a < b and > c"),
    ],
)
def test_between_tags_is_markdown(page: str, expected: str) -> None:
    assert text(page) == expected


@pytest.mark.parametrize(
    "module",
    [
        "import { Steps, Aside } from '@docs/components';",
        'import Tabs, { TabItem } from "@docs/tabs"',
        "import {\n  Steps,\n  Aside,\n} from '@docs/components';",
        "export const Box = () => {\n  const a = 1;\n\n  return <b>{a}</b>;\n};",
    ],
)
def test_imports_and_exports_are_no_text(module: str) -> None:
    assert text(f"{module}\n\nEat it.\n") == "Eat it."


def test_an_export_whose_brackets_never_close_ends_at_a_blank_line() -> None:
    assert text("export const a = {\n  b: 1,\n\nEat it.\n") == "Eat it."


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("    - one\n    - two\n", "- one\n- two"),
        ("    Eat:\n    - one\n    - two\n", "Eat:\n\n- one\n- two"),
        ("    Eat:\n    ```sh\n    eat\n    ```\n", "Eat:\n\n```sh\neat\n```"),
        ("    1. one\n       - a\n    2. two\n", "1. one\n   - a\n2. two"),
        ("    Eat\n    it.\n", "Eat it."),
    ],
)
def test_blocks_within_an_element_begin_at_any_indentation(inside: str, expected: str) -> None:
    assert text(f"<Card>\n  <Step>\n{inside}  </Step>\n</Card>\n") == expected


def test_an_escaped_brace_is_text() -> None:
    assert text(r"Ask /bread/\{id\} for it." + "\n") == "Ask /bread/{id} for it."
