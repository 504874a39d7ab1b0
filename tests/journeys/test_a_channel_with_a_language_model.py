"""A bot with a language model: the language of its answers, and when it calls the model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from footnote_bot.bot.texts import WHY_NO_MODEL as WHY
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.fakes.openai_server import Reply, Server, openai_server
from tests.ports import free_port

from .conftest import MANIFEST, UNHURRIED, Company, write
from .test_a_wrong_answer_gets_its_page_fixed import rendered

GERMAN = "Der Urlaub dauert 30 Tage im Jahr."
SALARY = "The salary of level 4 is 58,000 to 71,000."
PAGES = {
    "wiki/urlaub.md": f"# Urlaub\n\n{GERMAN} Er wird im Portal bei der Leitung beantragt.\n",
    "wiki/vpn.md": "# VPN access\n\nTo get VPN access, open a ticket with the IT desk.\n",
    "hr/salaries.md": f"# Salaries\n\n{SALARY}\n",
}


@pytest.fixture
def model() -> Iterator[Server]:
    german, salary = Reply([f"{GERMAN[:-1]} [1]."]), Reply([f"{SALARY[:-1]} [1]."])
    with openai_server(german, german, salary) as server:
        yield server


@pytest.fixture
async def company(tmp_path: Path, model: Server) -> AsyncIterator[Company]:
    port = free_port()
    write(tmp_path, PAGES)
    (tmp_path / "footnote.toml").write_text(f"""
[[wiki]]
type = "markdown"
name = "handbook"
path = "wiki"
site_url = "https://wiki.example.com"

[[wiki]]
type = "markdown"
name = "people"
path = "hr"
site_url = "https://hr.example.com"
readers = ["@hr"]

[sync]
every_minutes = 0


[llm]
provider = "compatible"
model = "tiny"
url = "{model.url}"
verify = "off" # each request is counted

[slack]
port = {port}
""")
    async with LocalSlack(MANIFEST, timing=UNHURRIED) as slack:
        slack.add_user("U0ANNA", name="anna", email="anna@example.com", is_admin=True)
        slack.add_user("U0BOB", name="bob", email="bob@example.com")
        slack.add_usergroup("S0HR", handle="hr", users=["U0ANNA"])
        slack.add_channel("C0TEAM", name="team", members=["U0ANNA", "U0BOB"])
        yield Company(tmp_path, slack, "socket", port, {"FOOTNOTE_LLM_KEY": "sk-secret"})


@pytest.fixture
async def bot(company: Company) -> AsyncIterator[asyncio.subprocess.Process]:
    code, _, errors = await company.run("sync")
    assert code == 0, errors
    process = await company.serve()
    yield process
    await company.stop(process)


def rules(model: Server) -> list[str]:
    return [request["messages"][0]["content"] for request in model.asked]


async def test_a_channel_is_answered_in_its_language_where_a_page_is_in_it(
    company: Company, bot: asyncio.subprocess.Process, model: Server
) -> None:
    slack = company.slack
    await slack.command("U0ANNA", "C0TEAM", "/wiki", "settings")
    form = await slack.wait_for_view("U0ANNA")
    assert (await slack.submit("U0ANNA", form, {"language": "german"})).accepted
    await slack.wait_for_ephemeral("U0ANNA", lambda message: "Saved" in message.text)
    question = await slack.mention("U0BOB", "C0TEAM", "Urlaub: how many Tage im Jahr?")
    answer = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await slack.wait_for(lambda: "30 Tage" in rendered(answer))
    direct = await slack.dm("U0BOB", "Urlaub: how many Tage im Jahr?")
    await slack.wait_for_message(direct.channel)
    await slack.wait_for(lambda: len(model.asked) == 2)

    assert "Write in German:" in rules(model)[0]
    assert "Write in the language of the question:" in rules(model)[1]


async def test_the_model_is_asked_for_a_private_answer_once_it_is_wanted(
    company: Company, bot: asyncio.subprocess.Process, model: Server
) -> None:
    slack, model.replies = company.slack, model.replies[-1:]
    question = await slack.mention("U0ANNA", "C0TEAM", "What is the salary of level 4?")
    refusal = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    offer = await slack.wait_for_ephemeral("U0ANNA")
    before = len(model.asked)
    await slack.click("U0ANNA", offer, "answer_privately")
    answer = await slack.wait_for_ephemeral("U0ANNA", lambda message: "58,000" in rendered(message))

    assert "58,000" not in rendered(refusal)
    assert before == 0
    assert len(model.asked) == 1
    assert "https://hr.example.com/salaries" in rendered(answer)


async def test_what_is_no_answer_ends_in_quotations_and_a_true_note(
    company: Company, bot: asyncio.subprocess.Process, model: Server
) -> None:
    slack, verified = company.slack, "To get VPN access, open a ticket with the IT desk [1]. "
    no_answers = {
        "How do I get VPN access?": (
            Reply(["I'm sorry, but I can't assist."]),
            WHY["unsupported"],
        ),
        "How to get VPN access": (
            Reply([verified, "Or"], ending="content_filter"),
            WHY["failed"],
        ),
        "VPN access, how?": (Reply(raw=b"\x00\xff\xfe no event"), WHY["failed"]),
        "Where do I get VPN access?": (Reply([verified, "Or "], ending=""), WHY["failed"]),
    }
    for text, (reply, note) in no_answers.items():
        model.replies = [reply]
        question = await slack.mention("U0BOB", "C0TEAM", text)
        answer = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
        await slack.wait_for(lambda a=answer, n=note: n in rendered(a))

        assert "open a ticket with the IT desk" in rendered(answer)
        assert f"{note}, so here are quotes from the pages." in rendered(answer)
        assert "sorry" not in rendered(answer)
        assert model.replies == []
