"""An admin's report on a reindex or on access to a page fits into one message; the rest is
counted."""

from __future__ import annotations

import re

from footnote_bot.bot.operations.model import AccessNow, Order
from footnote_bot.bot.slack.commands.access import access_message
from footnote_bot.bot.slack.reindexing.reports import details
from footnote_bot.indexers.findings import Access
from footnote_bot.indexers.model import Failed, SyncReport
from footnote_bot.playground.slack.web_api.content import checked_blocks

from .conftest import words

LONG = "handbook/" + "a" * 90


def test_a_dry_run_counts_what_it_does_not_name() -> None:
    planned = [f"change {LONG}/{number:02}.md" for number in range(40)]
    message = details(Order(dry_run=True), [SyncReport("handbook", planned=planned)])

    assert message
    named = words(message).count("change ")
    remainder = re.search(r"and (\d+) more", words(message))
    assert remainder
    assert 20 < named < 30
    assert named + int(remainder[1]) == 40


def test_the_plans_of_many_wikis_fit_into_a_message() -> None:
    planned = [f"add {LONG}/{number:02}.md" for number in range(30)]
    reports = [SyncReport(f"wiki-{number}", planned=planned) for number in range(15)]
    message = details(Order(dry_run=True), reports)

    assert message
    assert checked_blocks(message.blocks)
    assert words(message).count("more") == 15


def test_the_failures_of_many_wikis_fit_into_a_message() -> None:
    failed = [Failed(f"{LONG}/{number}.md", "it cannot be read " * 20) for number in range(10)]
    reports = [SyncReport(f"wiki-{number}", failed=failed) for number in range(15)]
    message = details(Order(), reports)

    assert message
    assert checked_blocks(message.blocks)
    assert words(message).count("more") == 15


def test_who_may_read_a_page_with_a_title_of_any_length_is_told() -> None:
    access = Access("handbook", "a@example.com", may_read=True, title="T" * 4000)
    message = access_message(AccessNow(access, None, rechecked=True), "Ada", with_titles=True)

    assert checked_blocks(message.blocks)
