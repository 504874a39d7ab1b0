"""From one word in a channel to the answer that the person meant."""

from __future__ import annotations

import asyncio
import json

from .conftest import Company


async def test_a_press_on_a_reading_answers_it_in_the_same_thread(
    company: Company, bot: asyncio.subprocess.Process
) -> None:
    slack = company.slack
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    back = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    labels = {e["text"]["text"][3:]: e["action_id"] for e in back.blocks[1]["elements"]}
    await slack.click("U0BOSS", back, labels["Sick leave"])
    answer = await slack.wait_for_message(
        "C0TEAM", lambda message: message.ts > back.ts, thread_ts=question.ts
    )
    await slack.wait_for(lambda: "chosen by boss" in json.dumps(back.blocks))
    typed = await slack.mention("U0ANNA", "C0TEAM", "annual leave", thread_ts=question.ts)
    other = await slack.wait_for_message(
        "C0TEAM", lambda message: message.ts > typed.ts, thread_ts=question.ts
    )

    assert set(labels) == {"Annual leave", "Sick leave"}
    assert answer.text.startswith("Tell your manager before ten o'clock")
    assert "28 days of annual leave" in json.dumps(other.blocks)
    assert "leave" not in company.log
