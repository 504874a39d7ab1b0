"""A template tag shows the words that it holds."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.sources.markdown.convert import sections


def text(page: str, flavour: str) -> str:
    return "\n".join(section.text for section in sections(page, flavour=flavour).sections)


@pytest.mark.parametrize(
    ("flavour", "tag"),
    [
        ("jekyll", '{% include note.html content="Call 911 first." %}'),
        ("jekyll", '{% include callouts/warning.html "Call 911 first." %}'),
        ("hugo", '{{< alert text="Call 911 first." >}}'),
        ("hugo", '{{< callout message="Call 911 first." >}}'),
        ("hugo", '{{< panel body="Call 911 first." />}}'),
        ("hugo", '{{< hint "Call 911 first." >}}'),
        ("hugo", "{{< notice warning `Call 911 first.` >}}"),
        ("eleventy", '{% callout "Call 911 first." %}'),
        ("docusaurus", '<Note text="Call 911 first."/>'),
        ("docusaurus", "<Note text={'Call 911 first.'}/>"),
    ],
)
def test_the_words_of_a_tag_are_text(flavour: str, tag: str) -> None:
    assert text(f"# T\n\n{tag}\n\nThen log in.\n", flavour) == "Call 911 first.\n\nThen log in."


def test_a_tags_heading_comes_before_what_it_says() -> None:
    tag = '{{< alert text="Call 911." title="Fire" >}}'

    assert text(f"# T\n\n{tag}\n", "hugo") == "Fire: Call 911."


@pytest.mark.parametrize(
    ("flavour", "tag"),
    [
        ("jekyll", "{% include note.html content=page.note %}"),
        ("docusaurus", "<Note text={props.note}/>"),
        ("hugo", "{{< hint warning >}}"),
        ("hugo", '{{< video "How to call 911.mp4" >}}'),
    ],
)
def test_a_variable_a_kind_and_an_argument_of_another_tag_are_no_text(
    flavour: str, tag: str
) -> None:
    assert text(f"# T\n\n{tag}\n\nThen log in.\n", flavour) == "Then log in."


def test_words_beside_the_text_between_two_tags_are_its_heading() -> None:
    page = '# T\n\n{{< alert text="Fire drill" >}}\n\nCall 911.\n\n{{< /alert >}}\n'

    assert text(page, "hugo") == "> Note: Fire drill\n>\n> Call 911."


@pytest.mark.parametrize("flavour", ["github", "docfx"])
def test_a_drawing_of_azure_devops_is_code(flavour: str) -> None:
    page = "Flow:\n\n::: mermaid\ngraph LR;\n  A --> B;\n:::\n\nDone.\n"

    assert text(page, flavour) == "Flow:\n\n```mermaid\ngraph LR;\n  A --> B;\n```\n\nDone."


@pytest.mark.parametrize(
    ("flavour", "page", "expected"),
    [
        ("docusaurus", "It costs {{ price * 2 }} now.", "It costs now."),
        ("docusaurus", "It costs {price} now.", "It costs now."),
        ("jekyll", "Seen.\n\n{::comment}\nHidden.\n{:/comment}\n", "Seen."),
        ("mkdocs", 'Press ++ctrl+c++ :material-key: now.\n\n--8<-- "a.md"\n', "Press ctrl+c now."),
        ("docfx", '::: zone pivot="cli"\n\nRun it.\n\n::: zone-end\n', "Run it."),
        ("obsidian", "Words. ^a1b2\n\n- Item ^c\n", "Words.\n\n- Item"),
        ("obsidian", "2 ^10 is 1024", "2 ^10 is 1024"),
        ("docfx", "[!INCLUDE [a](b.md)] Words.", "Words."),
    ],
)
def test_values_that_only_the_site_knows_are_left_out(
    flavour: str, page: str, expected: str
) -> None:
    assert text(page, flavour) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ('{{% alert title="Note" color="primary" %}}', "> Note: Ask first."),
        ('{{% alert color="primary" %}}', "> Note: Ask first."),
        ('{{% alert title="Note" color="danger" %}}', "> Note: Ask first."),
        ('{{% alert title="Fire" color="danger" %}}', "> Danger: Fire\n>\n> Ask first."),
        ('{{% alert color="danger" %}}', "> Danger: Ask first."),
    ],
)
def test_the_colour_of_a_note_is_no_word_beside_its_label(tag: str, expected: str) -> None:
    assert text(f"# T\n\n{tag}\n\nAsk first.\n\n{{{{% /alert %}}}}\n", "hugo") == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('title="Rota" caption="Who is next"', "Rota: Who is next"),
        ('title="Rota" alt="A wheel"', "Rota"),
        ('caption="Who is next" alt="A wheel"', "Who is next"),
        ('alt="A wheel"', "A wheel"),
    ],
)
def test_a_figure_has_its_title_and_its_caption(arguments: str, expected: str) -> None:
    assert text(f'{{{{< figure src="a.png" {arguments} >}}}}\n', "hugo") == expected


def test_a_note_that_names_its_own_kind_has_one_label() -> None:
    assert text('# T\n\n!!! danger "Note:"\n    Ask first.\n', "mkdocs") == "> Note: Ask first."


def test_a_switch_of_a_tag_is_no_word() -> None:
    assert text("{{< tabpane text=true >}}\nBake.\n{{< /tabpane >}}\n", "hugo") == "Bake."


def test_a_term_is_its_words_also_as_code() -> None:
    assert text('Edit {% term "`oven.yaml`" %} first.\n', "jekyll") == "Edit `oven.yaml` first."


def test_a_tag_whose_words_hold_code_over_several_lines_is_its_words() -> None:
    tag = '{% include note.html content="\nThe `bake` **command**\nends. " %}'

    assert text(f"{tag}\n", "jekyll") == "The `bake` command ends."


def test_a_tab_without_a_label_has_its_value_as_title() -> None:
    page = '<Tabs>\n<TabItem value="Rye">\nBake.\n</TabItem>\n</Tabs>\n'

    assert text(page, "docusaurus") == "Rye\n\nBake."


PANE = '{{< tabpane lang="sh" >}}\n{{< tab header="Rye" >}}\n# Heat\nbake *now*\n{{< /tab >}}\n'


def test_the_tabs_of_a_pane_are_code() -> None:
    page = PANE + '{{< tab header="Oat" lang="py" >}}\nx = 1\n{{< /tab >}}\n{{< /tabpane >}}\n'

    assert text(page, "hugo") == (
        "Rye\n\n```sh\n# Heat\nbake *now*\n```\n\nOat\n\n```py\nx = 1\n```"
    )


@pytest.mark.parametrize(
    ("pane", "tab", "tag"),
    [
        ("tabpane text=true", "tab", "{{< %s >}}"),
        ("tabpane", "tab text=true", "{{< %s >}}"),
        ("tabpane", "tab", "{{%% %s %%}}"),
        ("tabs", "tab", "{{< %s >}}"),
    ],
)
def test_the_tabs_of_text_are_text(pane: str, tab: str, tag: str) -> None:
    inside = f"{tag % (tab + ' header=Rye')}\n*Bake.*\n{tag % '/tab'}\n"
    page = f"{tag % pane}\n{inside}{tag % ('/' + pane.split(maxsplit=1)[0])}\n"

    assert text(page, "hugo") == "Rye\n\nBake."


def test_a_tag_alone_on_a_line_is_a_tag_at_any_indentation() -> None:
    assert (
        text('{{< tree >}}\n    {{< leaf name="a" >}}\n{{< /tree >}}\n\nBake.\n', "hugo") == "Bake."
    )
