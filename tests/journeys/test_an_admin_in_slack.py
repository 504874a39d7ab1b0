"""An admin's work from Slack, with the real bot as its own process."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from .conftest import PAGES, Company, write
from .test_a_wrong_answer_gets_its_page_fixed import rendered

pytestmark = pytest.mark.long

LONG = 240.0
"""Seconds, enough for a busy machine."""
Process = asyncio.subprocess.Process


async def whispered(company: Company, text: str, begins: str) -> str:
    await company.slack.command("U0BOSS", "C0TEAM", "/wiki", text)
    reply = await company.slack.wait_for_ephemeral(
        "U0BOSS", lambda message: begins in rendered(message), timeout=LONG
    )
    return rendered(reply)


async def reindexed(company: Company, text: str, ends: str) -> str:
    await company.slack.command("U0BOSS", "C0TEAM", "/wiki", text)
    message_ = await company.slack.wait_for_message(
        "C0TEAM", lambda message: ends in rendered(message), timeout=LONG
    )
    return rendered(message_)


async def test_status_access_and_gaps_are_those_of_the_wiki(company: Company, bot: Process) -> None:
    slack = company.slack
    await slack.mention("U0ANNA", "C0TEAM", "Which volcano erupted in the year 79?")
    await slack.wait_for_message("C0TEAM", timeout=LONG)

    assert "3 pages" in await whispered(company, "status", "handbook")
    access = await whispered(
        company, "access <@U0ANNA|anna> <https://wiki.example.com/leave/>", "anna"
    )
    assert "Yes: anna may read" in access
    assert "Answers use it for them" in access
    gaps = await whispered(company, "gaps", "did not answer")
    assert "Which volcano erupted in the year 79?" in gaps


async def test_prometheus_reads_what_the_process_did(company: Company, bot: Process) -> None:
    slack = company.slack
    await slack.dm("U0ANNA", "How much annual leave do I have?")
    await slack.wait_for_message(slack.im("U0ANNA").id, timeout=LONG)
    address = f"http://127.0.0.1:{company.port}"
    async with aiohttp.ClientSession() as client:
        async with client.get(f"{address}/livez") as alive:
            assert await alive.json() == {"status": "ok"}
        async with client.get(f"{address}/metrics") as refused:
            is_open = company.mode == "socket"  # in HTTP mode everybody can reach the port
            assert refused.status == (200 if is_open else 401)
            page = await refused.text() if is_open else ""
    values = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }
    if is_open:
        assert values["footnote_questions_total", "answer", ""] == 1
        assert values["footnote_stage_seconds_count", "search"] == 1
        assert values["footnote_wiki_pages", "handbook"] == 3
        assert values["footnote_data_bytes", "index"] > 0
        assert values["footnote_source_up", "database"] == 1
        assert 0 < values["footnote_sync_lag_seconds", "handbook"] < 24 * 3600
        assert values["process_resident_memory_bytes",] > 1 << 20


async def test_a_page_is_read_again_by_its_link_and_is_unknown_once_it_is_gone(
    company: Company, bot: Process
) -> None:
    write(company.wiki, {"leave.md": PAGES["leave.md"].replace("28", "30")})
    link = "<https://wiki.example.com/leave/>"
    assert "1 changed" in await reindexed(company, f"reindex {link}", "1 changed")
    (company.wiki / "expenses.md").unlink()
    dry = await reindexed(company, "reindex handbook --dry-run", "Nothing was changed")
    assert "1 removed" in dry
    link = "<https://wiki.example.com/expenses/>"
    assert "no page or space" in await whispered(company, f"reindex {link}", "is read.")


async def test_a_new_index_takes_the_place_of_the_old_one(company: Company, bot: Process) -> None:
    report = await reindexed(company, "reindex --full", "Reindexed handbook")
    assert "3 added" in report
    folders = [path.name for path in (company.folder / "data" / "index").glob("passages-*")]
    assert len(folders) == 1
    assert folders[0].endswith(".1")
    await company.slack.dm("U0ANNA", "How much annual leave do I have?")
    answer = await company.slack.wait_for_message(company.slack.im("U0ANNA").id, timeout=LONG)
    assert "28 days" in rendered(answer)


async def test_a_bot_that_was_killed_answers_after_the_next_start(
    company: Company, bot: Process
) -> None:
    slack = company.slack
    slack.fail_next("chat.postMessage", status=503, times=1000)
    question = await slack.mention("U0ANNA", "C0TEAM", "How much annual leave do I have?")
    await slack.wait_for(lambda: slack.calls_to("chat.postMessage"), timeout=LONG)
    bot.kill()
    await bot.wait()
    slack.web_api.faults.clear()
    again = await company.serve()
    answer = await slack.wait_for_message("C0TEAM", thread_ts=question.ts, timeout=LONG)
    await company.stop(again)

    assert "28 days" in rendered(answer)
    assert len(slack.from_app("C0TEAM")) == 1
