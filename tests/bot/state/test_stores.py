"""The stores as the event loop uses them."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest

from footnote_bot.bot.conversation.ports import AuditTrail, ChannelSettingsStore, Inbox, Threads
from footnote_bot.bot.flags.maintenance import Passes
from footnote_bot.bot.flags.ports import AnswerStore, CitedPages, Figures, WrittenAnswers
from footnote_bot.bot.operations.ports import Jobs
from footnote_bot.bot.slack.home.digest import DigestLog
from footnote_bot.bot.slack.running import ProcessInbox
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.audit import DatabaseAudit
from footnote_bot.bot.state.channels import DatabaseChannels, DatabaseThreads
from footnote_bot.bot.state.cited_pages import DatabaseCitedPages
from footnote_bot.bot.state.figures import DatabaseFigures
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.bot.state.job_log import DatabaseDigests, DatabaseJobs
from footnote_bot.bot.state.pass_log import DatabasePassLog
from footnote_bot.bot.state.stores import in_threads
from footnote_bot.bot.state.written import DatabaseWrittenAnswers


@pytest.mark.parametrize(
    ("port", "store"),
    [
        (Inbox, DatabaseInbox),
        (ProcessInbox, DatabaseInbox),
        (Threads, DatabaseThreads),
        (ChannelSettingsStore, DatabaseChannels),
        (AuditTrail, DatabaseAudit),
        (AnswerStore, DatabaseAnswers),
        (CitedPages, DatabaseCitedPages),
        (WrittenAnswers, DatabaseWrittenAnswers),
        (Figures, DatabaseFigures),
        (Passes, DatabasePassLog),
        (DigestLog, DatabaseDigests),
        (Jobs, DatabaseJobs),
    ],
)
def test_a_store_has_the_methods_of_its_port(port: type, store: type) -> None:
    """`in_threads` hides them from mypy."""
    methods = {
        name: method
        for base in port.__mro__
        for name, method in vars(base).items()
        if inspect.iscoroutinefunction(method)
    }

    assert methods
    assert {name: called_with(method) for name, method in methods.items()} == {
        name: called_with(getattr(store, name)) for name in methods
    }


def called_with(method: Callable[..., object]) -> list[inspect.Parameter]:
    return [*inspect.signature(method).parameters.values()]


async def test_a_call_runs_in_a_thread_and_hands_on_its_result_and_its_error() -> None:
    facade = in_threads({"a": 1})

    assert await facade.get("b", 2) == 2
    with pytest.raises(KeyError):
        await facade.pop("b")
