"""Text is shown as Slack shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

LINK = '<a class="kit-link" href="{}" target="_blank" rel="noopener noreferrer">{}</a>'
PERSON = '<span class="kit-mention" data-user="U0ADA">@<bdi>Ada</bdi></span>'

MRKDWN = {
    "plain": "plain",
    "*bold* _italic_ ~struck~": "<strong>bold</strong> <em>italic</em> <s>struck</s>",
    "*bold _and italic_*": "<strong>bold <em>and italic</em></strong>",
    "(*bold*), *bold*.": "(<strong>bold</strong>), <strong>bold</strong>.",
    "snake_case_name 2*3*4 a~b~c": "snake_case_name 2*3*4 a~b~c",
    "* no* *no *": "* no* *no *",
    "*never closed": "*never closed",
    "*over\nlines*": "*over\nlines*",
    "*a _b* c_": "<strong>a _b</strong> c_",
    "**": "**",
    "`code *not bold* &amp; &lt;b&gt;`": (
        '<code class="kit-code">code *not bold* &amp; &lt;b&gt;</code>'
    ),
    "`never closed": "`never closed",
    "&lt;b&gt; &amp;amp; &copy;": "&lt;b&gt; &amp;amp; &amp;copy;",
    "<https://x.example/a?b=1&amp;c=2|label &lt;>": LINK.format(
        "https://x.example/a?b=1&amp;c=2", "label &lt;"
    ),
    "<https://x.example/>": LINK.format("https://x.example/", "https://x.example/"),
    "<mailto:ada@x.example|ada@x.example>": LINK.format("mailto:ada@x.example", "ada@x.example"),
    "<javascript:alert(1)|press>": '<span class="kit-no-link">press</span>',
    "<data:text/html,x|press>": '<span class="kit-no-link">press</span>',
    "<@U0ADA>": PERSON,
    "<@U0ADA|other>": PERSON,
    "<@U0NOBODY>": ('<span class="kit-mention" data-user="U0NOBODY">@<bdi>U0NOBODY</bdi></span>'),
    "<#C0GENERAL>": (
        '<span class="kit-mention" data-channel="C0GENERAL">#<bdi>general</bdi></span>'
    ),
    "<!here>": '<span class="kit-mention kit-broadcast">@here</span>',
    "<!subteam^S1|@team>": '<span class="kit-mention">@<bdi>team</bdi></span>',
    "<!unheard-of|words>": "<span>words</span>",
    "<!date^1794990000^{date_num}|a day>": '<time title="a day">2026-11-18</time>',
    "<!date^1794990000^{date_pretty}|a day>": '<time title="a day">today</time>',
    "<!date^1794990000^on {date_short}^https://x.example/|a day>": LINK.format(
        "https://x.example/", '<time title="a day">on Nov 18, 2026</time>'
    ),
    "<!date^1794000000^{date_pretty}|a day>": '<time title="a day">November 6, 2026</time>',
    "<!date^nonsense^{date}|a day>": '<time title="a day">a day</time>',
    ":warning: :no-such-sign: 10:30:45": (
        '<span class="kit-emoji" role="img" aria-label="warning" title=":warning:">⚠️</span>'
        " :no-such-sign: 10:30:45"
    ),
    "before\n&gt; one\n&gt; two\nafter": (
        'before<blockquote class="kit-quote">one\ntwo</blockquote>after'
    ),
    "&gt;&gt;&gt; all\nof it": ('<blockquote class="kit-quote">all\nof it</blockquote>'),
    "a\n```\n*x* &lt;\n  y\n```\nb": (
        'a<pre class="kit-code-block"><code>*x* &lt;\n  y</code></pre>b'
    ),
    "``` never closed": "``` never closed",
    "<": "&lt;",
    "a < b <c": "a &lt; b &lt;c",
}


@pytest.mark.parametrize("text", MRKDWN)
def test_mrkdwn_is_shown_as_slack_shows_it(kit: Page, text: str) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
    kit.evaluate("payload => harness.show([payload])", {"ts": "1", "blocks": [block]})
    rendered = kit.locator(".kit-section-body > .kit-text").evaluate("one => one.innerHTML")

    assert rendered == MRKDWN[text]


def section(text: str, **fields: object) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, **fields}}


def html(kit: Page, *blocks: dict[str, object]) -> str:
    return str(kit.evaluate("blocks => harness.html({ts: '1', blocks})", list(blocks)))


def test_bare_addresses_and_pings_are_live_without_verbatim_alone(kit: Page) -> None:
    text = "see https://x.example/a. @here a@here.example"

    assert 'href="https://x.example/a"' in html(kit, section(text))
    assert html(kit, section(text)).count("kit-broadcast") == 1
    assert "href" not in html(kit, section(text, verbatim=True))
    assert "kit-broadcast" not in html(kit, section(text, verbatim=True))


def test_plain_text_has_emoji_and_no_markup(kit: Page) -> None:
    words = {"type": "plain_text", "text": "*a* <https://x.example> &amp; :tada:"}
    silent = {**words, "emoji": False}

    rendered = html(kit, {"type": "header", "text": words})
    assert "*a* &lt;https://x.example&gt; &amp;amp; " in rendered
    assert "🎉" in rendered
    assert ":tada:" in html(kit, {"type": "header", "text": silent})
    assert "🎉" not in html(kit, {"type": "header", "text": silent})


MARKDOWN = {
    "**b** *i* ~~s~~ `c`": ('<p class="kit-markdown"><strong class="kit-markdown">b</strong>'),
    "[x](https://x.example/)": LINK.format("https://x.example/", "x"),
    "[x](javascript:alert(1))": '<span class="kit-no-link">x</span>',
    "<b onclick=x>y</b>": "&lt;b onclick=x&gt;y&lt;/b&gt;",
    "![words](https://x.example/i.png)": "words (" + LINK.format(*["https://x.example/i.png"] * 2),
    "<@U0ADA>": PERSON,
    "| a |\n|--:|\n| 1 |": '<td class="kit-cell kit-right">1</td>',
    "1. a\n2. b": '<ol class="kit-list">',
    "> a": '<blockquote class="kit-quote">',
    "```py\n<x>\n```": '<pre class="kit-code-block"><code>&lt;x&gt;</code></pre>',
    "a\nb": "a<br>b",
}


@pytest.mark.parametrize("text", MARKDOWN)
def test_markdown_is_parsed_without_html(kit: Page, text: str) -> None:
    assert MARKDOWN[text] in html(kit, {"type": "markdown", "text": text})
