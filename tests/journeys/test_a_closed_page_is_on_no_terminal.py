"""The output of every command on a Confluence, searched for words of pages that its person may not
read. Output without a person is for the operator, who needs none of those words either."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from footnote_bot.config.settings import Secrets
from footnote_bot.playground.confluence.site import LocalConfluence
from tests.bot.shell import Ran, Shell
from tests.kept_logging import kept_logging
from tests.long import few

from .closed_pages import (
    BROKEN,
    CANARY,
    SHUT,
    TOPICS,
    Closed,
    annex,
    canary,
    closed,
    question,
    remark,
    rendered,
    settings,
)

pytestmark = pytest.mark.long

JSON = ["--json"]
ADA = "ada@example.com"
OUTSIDERS = ("", "bob@example.com", "nell@elsewhere.example", "dee@example.com")
"""Nobody in particular; a person without the right; an unknown one; a deactivated one."""
LOUD = ("restricted", "hidden", "blog")
"""Closed pages that break while they are read."""
SOME_FILES = ("below", "group")
"""Closed pages whose files break while they are read."""


class Terminal(Shell):
    """The terminal of an operator whose Confluence is ``closed``."""

    confluence: LocalConfluence
    closed: Closed

    def ask(self, question: str, email: str, *form: str) -> Ran:
        return self.footnote("ask", question, *(["--as", email] if email else []), *form)

    def access(self, page: str, form: list[str]) -> Ran:
        """Return Bob's access to a page, by an address without its title."""
        url = (
            f"{self.confluence.base_url}/pages/viewpage.action?pageId={self.closed.pages[page].id}"
        )
        return self.footnote("access", "bob@example.com", url, *form)


@pytest.fixture(params=few(["cloud", "data-center"], 1))
def terminal(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Terminal]:
    for name in list(os.environ):
        if name.upper().startswith("FOOTNOTE_") or name.lower() in Secrets.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    terminal.closed = closed(request.param)
    with (
        LocalConfluence(terminal.closed.world, context="/confluence") as confluence,
        kept_logging(),
    ):
        terminal.confluence = confluence
        terminal.closed.mend(confluence)
        monkeypatch.setenv("CONFLUENCE_TOKEN", confluence.token(terminal.closed.bot))
        terminal.write("footnote.toml", settings(confluence, terminal.closed.bot))
        yield terminal


def test_nobody_is_told_more_than_the_one_who_is_named_may_read(terminal: Terminal) -> None:
    synced = terminal.footnote("sync", "--json")
    before = terminal.ask(question("later"), "bob@example.com")
    assert canary("later", "") in rendered(before.out)
    terminal.closed.shut()

    for question_, word in (
        (question("restricted"), canary("restricted", "")),
        (question("later"), canary("later", "")),
        (annex("restricted"), canary("restricted", "annexed")),
        (remark("restricted"), canary("restricted", "remark")),
    ):
        for form in ([], JSON):
            assert word in rendered(terminal.ask(question_, ADA, *form).out)
    for page in SHUT:
        assert canary(page, "") not in rendered(terminal.ask(question(page), ADA).out)
    aimed = [
        *map(question, TOPICS),
        *(form_(page) for form_ in (annex, remark) for page in ("restricted", "later")),
    ]
    answers = [
        terminal.ask(text, OUTSIDERS[at % len(OUTSIDERS)], *["--json"] * (at // 4 % 2))
        for at, text in enumerate(aimed)
    ]
    assert all("Asking for the" in other.out for other in answers)
    assert CANARY not in rendered([synced, answers])


def test_the_operator_is_told_pages_by_their_ids(terminal: Terminal) -> None:
    terminal.footnote("sync")
    pages = terminal.closed.pages
    # A sync repeats requests without a response for a quarter of a minute.
    loud = {page: BROKEN[how] for page, how in zip(LOUD, BROKEN, strict=False)}
    for page, fault in loud.items():
        terminal.closed.world.edit(pages[page].id, body="<p>Anew.</p>")
        terminal.confluence.faults.on(rf"{pages[page].id}.*body", fault, times=None)
    files: set[str] = set()
    for page, fault in zip(SOME_FILES, BROKEN.values(), strict=False):
        name = canary(page, "annex.txt")
        file = terminal.closed.world.attach(pages[page].id, name, b"It says nothing now.")
        terminal.confluence.faults.on(rf"{file.id}.*download|download.*{name}", fault, times=None)
        files.add(file.id)
    outputs = [
        failing := terminal.footnote("sync", "--json"),
        terminal.footnote("sync"),
        terminal.footnote("status"),
        terminal.footnote("status", "--json"),
        terminal.footnote("doctor"),
        terminal.footnote("doctor", "--json"),
    ]
    failed = {failure["page"] for failure in failing.json["failed"]}
    assert files <= failed
    assert {pages[page].id for page in loud} <= failed

    for fault in loud.values():
        terminal.confluence.faults.clear()
        terminal.confluence.faults.on(".*", fault, times=None)
        outputs.append(terminal.ask(question("restricted"), "bob@example.com"))
        outputs.append(terminal.footnote("doctor"))
    assert CANARY not in rendered(outputs)


def test_which_gate_decides_is_told_to_the_operator_by_titles_and_nothing_else(
    terminal: Terminal,
) -> None:
    """The operator has the token, and must know which page closes another one."""
    outputs = [terminal.access(page, form) for page in ("below", "hidden") for form in ([], JSON)]
    words = set(re.findall(rf"{CANARY}\w+", rendered(outputs)))

    assert canary("restricted", "title") in words
    assert all(word.endswith(("title", "space")) for word in words)
