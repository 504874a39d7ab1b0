"""MDX as Docusaurus reads it: Markdown also between tags, and no code by indentation."""

from __future__ import annotations

import pytest

from indexers.sources.markdown.convert import sections


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
        ("<table>\n<tr>\n<td>**a**</td>\n</tr>\n</table>\n", "| a |\n| --- |"),
        ('<img\n  src={x}\n  alt="A drawing"\n/>\n', "A drawing"),
        ("<pre>\n**a**\n\nb\n</pre>\n", "```\n**a**\n\nb\n```"),
        ("Seen.\n\n<!--\nHidden.\n\nHidden.\n-->\n", "Seen."),
        ("a < b\nand > c\n", "a < b and > c"),
    ],
)
def test_between_tags_is_markdown(page: str, expected: str) -> None:
    assert text(page) == expected
