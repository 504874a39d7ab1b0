"""What an admin is told of a reindex, or of who may read a page, fits into a message; what does not
fit is counted."""

from __future__ import annotations

import re

from bot.operations.model import AccessNow, Order
from bot.playground.web_api.content import checked_blocks
from bot.slack.commands.access import access_message
from bot.slack.reindexing.reports import details
from indexers.findings import Access
from indexers.model import Failed, SyncReport

from .conftest import words

LONG = "handbook/" + "a" * 90


def test_a_dry_run_counts_what_it_does_not_name() -> None:
    planned = [f"change {LONG}/{number:02}.md" for number in range(40)]
    told = details(Order(dry_run=True), [SyncReport("handbook", planned=planned)])

    assert told
    named = words(told).count("change ")
    more = re.search(r"and (\d+) more", words(told))
    assert more
    assert 20 < named < 30
    assert named + int(more[1]) == 40


def test_the_plans_of_many_wikis_fit_into_a_message() -> None:
    planned = [f"add {LONG}/{number:02}.md" for number in range(30)]
    reports = [SyncReport(f"wiki-{number}", planned=planned) for number in range(15)]
    told = details(Order(dry_run=True), reports)

    assert told
    assert checked_blocks(told.blocks)
    assert words(told).count("more") == 15


def test_the_failures_of_many_wikis_fit_into_a_message() -> None:
    failed = [Failed(f"{LONG}/{number}.md", "it cannot be read " * 20) for number in range(10)]
    reports = [SyncReport(f"wiki-{number}", failed=failed) for number in range(15)]
    told = details(Order(), reports)

    assert told
    assert checked_blocks(told.blocks)
    assert words(told).count("more") == 15


def test_who_may_read_a_page_with_a_title_of_any_length_is_told() -> None:
    access = Access("handbook", "a@example.com", may_read=True, title="T" * 4000)
    told = access_message(AccessNow(access, None, rechecked=True), "Ada", with_titles=True)

    assert checked_blocks(told.blocks)
