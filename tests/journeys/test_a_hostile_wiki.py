"""Two wikis full of hostile text, and a model that repeats it: in Slack it is plain text."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime
from html import escape

import pytest

from footnote_bot.playground.confluence.model import Who
from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.world import World
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.fakes.openai_server import Reply, Server, openai_server

from .alive import alive
from .conftest import Company, write
from .hostile import CODE, LINKS, MAIL, PINGS, TABLES

pytestmark = pytest.mark.long

HOSTS = frozenset({"wiki.example.com", "127.0.0.1", "local.slack.com"})
BOAT = "How do I book the company boat?"
SAUNA = "How do I heat the sauna of the office?"
_TELL = (
    "To book the company boat, tell <!channel> and @here, see [x](https://evil.example) and "
    f"www.evil.example, or write to {MAIL}."
)
_HEAT = f"To heat the sauna of the office, tell <!channel> and @here, and write to {MAIL}."
SPICE = [*PINGS, *LINKS, *CODE, *TABLES]
HEAPS = [SPICE[at : at + 12] for at in range(0, len(SPICE), 12)]
"""Enough sections: each is embedded."""


def page() -> str:
    """Return the page in Markdown."""
    sections = "\n\n".join(
        f"## The boat {title}\n\n" + "\n\n".join(lines) for title, *lines in HEAPS
    )
    return f"""---
title: The boat <!channel> @here [x](https://evil.example) \u202e&lt;!here&gt; for all?
owner: <!everyone> @channel https://evil.example
---

# The boat

{_TELL}

{sections}
"""


def body() -> str:
    """Return the page in storage format: hostile text in words, links, an image, a table and
    code."""
    words = "".join(
        f"<h2>The sauna {escape(title)}</h2>"
        + "".join(f"<p>{escape(other)}</p>" for other in lines)
        for title, *lines in HEAPS
    )
    return f"""
<p>{escape(_HEAT)}</p>
<p>The sauna: <a href="https://evil.example/a">x</a>, <a href="javascript:alert(1)">y</a>,
<a href="https://wiki.example.com@evil.example">z</a>, <a href="mailto:{MAIL}">{MAIL}</a>,
<ac:image ac:alt="&lt;!here&gt;"><ri:url ri:value="https://evil.example/p.png" /></ac:image>,
<ac:link><ri:page ri:content-title="&lt;!channel&gt;" /><ac:plain-text-link-body>
<![CDATA[<!channel> @here]]></ac:plain-text-link-body></ac:link>.</p>
<table><tbody><tr><th>The sauna &lt;!here&gt;</th><th>@channel</th></tr>
<tr><td><a href="https://evil.example">https://evil.example</a></td><td>&amp;lt;!here&amp;gt;</td>
</tr></tbody></table>
<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[heat <!channel> @here
https://evil.example]]></ac:plain-text-body></ac:structured-macro>
{words}
"""


@pytest.fixture
def model() -> Iterator[Server]:
    """A model that repeats the wikis' text and adds more of its own; then it fails."""
    boat = f"To book the company boat, write to {MAIL}. [1]"
    additions = ["Click [here](https://evil.example) <!here>. [1] ", "<!channel> @everyone [1]"]
    sauna = [f"{_HEAT} [1]\n\n```\n<!channel>\n", "```\n", "![i](https://evil.example/p) [1]"]
    with openai_server(*map(Reply, [[boat], sauna, [boat, *additions], sauna])) as server:
        yield server


@pytest.fixture
async def bot(company: Company, model: Server) -> AsyncIterator[LocalSlack]:
    world = World("data-center", now=lambda: datetime.now(UTC))
    world.add_space("ALL", "All <!here>", readers=[Who("anonymous"), Who("licensed")])
    world.create("ALL", "The sauna <!channel> @here https://evil.example", body())
    reader = world.add_user("Foot Note", admin=True, sees_everything=True)
    write(company.wiki, {"boat.md": page()})
    company.slack.people["U0ANNA"].name = "<!here> https://evil.example"
    with LocalConfluence(world, context="/confluence") as confluence:
        company.secrets |= {
            "CONFLUENCE_TOKEN": confluence.token(reader),
            "FOOTNOTE_LLM_KEY": "sk-secret",
        }
        settings = (company.folder / "footnote.toml").read_text()
        company.write_settings(settings + _more(confluence.base_url, model.url))
        code, _, errors = await company.run("sync")
        assert code == 0, errors
        process = await company.serve()
        yield company.slack
        await company.stop(process)


def _more(confluence: str, model: str) -> str:
    return f"""
[[wiki]]
type = "confluence"
name = "space"
url = "{confluence}"
product = "data_center"

[llm]
provider = "compatible"
model = "tiny"
url = "{model}"
"""


async def test_what_wikis_and_models_say_is_words_in_slack(
    company: Company, bot: LocalSlack
) -> None:
    answers = [await ask(bot, BOAT), await ask(bot, SAUNA), await asked_alone(bot, BOAT)]
    await asked_alone(bot, SAUNA)
    quoted = [await ask(bot, BOAT), await ask(bot, f"{SAUNA} <!here> https://evil.example")]
    for answer in (answers[0], quoted[1]):
        await flagged(bot, answer)
    for typed in (
        "status",
        "flags",
        "gaps",
        "reindex --dry-run",
        "<!channel> https://evil.example",
    ):
        await bot.command("U0BOSS", "C0TEAM", "/wiki", typed)
    await bot.open_home("U0ANNA", "messages")
    await bot.wait_for(lambda: bot.calls_to("assistant.threads.setSuggestedPrompts"))
    await bot.wait_for_message("C0TEAM", lambda m: "Nothing was changed" in m.text)
    await bot.settled()

    assert alive(bot, HOSTS) == []
    assert "language model" not in texts_of(answers[:1])
    assert texts_of([*answers, *quoted]).count(MAIL) >= 4
    assert "evil.example" in texts_of(answers)
    assert "evil.example" in texts_of(quoted)


async def ask(slack: LocalSlack, question: str) -> Message:
    message = await slack.mention("U0ANNA", "C0TEAM", question)
    return await slack.wait_for_message("C0TEAM", _is_done, thread_ts=message.ts)


async def asked_alone(slack: LocalSlack, question: str) -> Message:
    message = await slack.dm("U0ANNA", question)
    return await slack.wait_for_message(message.channel, _is_done, thread_ts=message.ts)


async def flagged(slack: LocalSlack, answer: Message) -> None:
    cards = len(slack.from_app("C0REVIEW"))
    await slack.click("U0BOSS", answer, "verdict", "negative")
    form = await slack.wait_for_view("U0BOSS")
    await slack.submit("U0BOSS", form, {"choice": "wrong", "words": "\n".join(SPICE)[:1000]})
    await slack.wait_for(lambda: len(slack.from_app("C0REVIEW")) > cards)


def _is_done(message: Message) -> bool:
    return "verdict" in message.action_ids()


def texts_of(messages: Iterable[Message]) -> str:
    return json.dumps([(m.text, m.blocks) for m in messages], ensure_ascii=False)
