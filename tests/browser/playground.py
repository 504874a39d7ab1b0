"""The playground as a process, and its page as a person uses it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from footnote_bot.playground.slack_demo import READY

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

HANDBOOK = {
    "getting-started/equipment.md": """---
title: Equipment
---

## Lost or stolen equipment

If you lose your laptop, follow the GSA-wide steps. Inform your team.
Inform {% slack_channel "equipment" %}. If your equipment is returned to you, it may have been
tampered with and should not be used.
""",
    "travel-and-leave/leave.md": "---\ntitle: Leave\n---\n\nBook leave in the staff calendar.\n\n"
    "## Parental leave\n\nYou get twelve weeks of parental leave, all at once or in parts.\n",
    "travel-and-leave/overtime.md": "---\ntitle: Overtime\n---\n\nOvertime is paid in May.\n",
    "office/parking.md": "---\ntitle: Parking\n---\n\n## When does the garage open?\n\n"
    "The garage opens at seven in the morning. A space costs 40 euros a month.\n",
    "office/boat.md": """# The boat <img src=x onerror="window.harmed=1">

The boat is rowed by six people <script>window.harmed=1</script> on Sundays. Ask
[the captain](javascript:window.harmed=1) or
<iframe srcdoc="<script>parent.harmed=1</script>"></iframe>
![captain](https://foreign.example/captain.png) <!channel> for an oar.
""",
}
"""The demo lists the first three for editing."""
PATIENCE = 60_000
"""Milliseconds. An answer takes one second, and ten on a busy machine."""
_OURS = ("SLACK_", "CONFLUENCE_", "FOOTNOTE_")
_ADDRESS = re.compile(r"http://localhost:\d+/\S+/")


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


@contextmanager
def playground(handbook: Path, arguments: Sequence[str], **secrets: str) -> Iterator[str]:
    """Run the playground of this handbook, and yield the address of its page once it answers."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    script = [sys.executable, "-m", "tests.browser.small_playground", str(handbook)]
    process = subprocess.Popen(
        [*script, "playground", "--port", "0", *arguments],
        env={**environment, **secrets, "PYTHONUNBUFFERED": "1"},
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    lines: list[str] = []
    try:
        for line in process.stdout:
            lines.append(line)
            if line.strip() == READY:
                yield _ADDRESS.findall("".join(lines))[0]
                break
        else:
            raise AssertionError("".join(lines))
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=30)
        finally:
            process.kill()


_NARROW = 1_000
"""Pixels of a page that shows one thing at a time."""


@dataclass(frozen=True)
class Visit:
    """An open page of the playground."""

    page: Page

    def become(self, name: str) -> None:
        """Switch to another person."""
        user = f"U0{name.upper()}"
        self.page.get_by_label("You are").select_option(value=user)
        self.page.wait_for_url(re.compile(f"as={user}"))

    def skip_the_tour(self) -> None:
        self.page.get_by_role("button", name="Skip the tour").click()

    def menu(self) -> None:
        """Open the sidebar. A narrow page hides it, and the button for it behind a thread."""
        menu = self.page.get_by_role("button", name="Channels", exact=True)
        close = self.thread.get_by_role("button", name="Close the thread")
        self.page.locator("nav button").first.wait_for(state="attached")
        is_narrow = (self.page.viewport_size or {"width": 0})["width"] < _NARROW
        if is_narrow and close.is_visible():
            close.click()
        if menu.is_visible():
            menu.click()

    def go(self, place: str) -> None:
        """Open a channel or Home by its name in the sidebar."""
        self.page.get_by_role("navigation").get_by_role("button", name=place).first.click()

    def say(self, text: str) -> None:
        """Write into the open channel."""
        field = self.page.get_by_role("textbox", name=re.compile("^Message "))
        field.fill(text)
        field.press("Escape")
        field.press("Enter")

    def ask(self, question: str) -> Locator:
        """Ask in the open channel, and return the answer once it is complete: in its thread, which
        opens, or below a question in a direct conversation."""
        is_direct = "#" not in self.title
        place = self.conversation if is_direct else self.thread
        self.say(question if is_direct else f"@footnote {question}")
        # An answer may hold the question's words, too, in a heading.
        people = "li.message:has(> article:not([aria-label^='Message of footnote']))"
        asked = place.locator(people, has_text=question).last
        reply = asked.locator("xpath=following-sibling::li[last()]")
        answer = reply.locator("article:not([aria-busy])", has_text="Helpful")
        answer.wait_for(timeout=PATIENCE)
        return answer

    @property
    def title(self) -> str:
        return self.page.locator(".main .title").inner_text()

    @property
    def conversation(self) -> Locator:
        return self.page.get_by_role("region", name="Conversation")

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("region", name="Thread")

    @property
    def window(self) -> Locator:
        return self.page.get_by_role("dialog")


class watched:  # noqa: N801 - used as a function
    """Check at the end that a page made no foreign request and raised no error."""

    def __init__(self, page: Page, address: str) -> None:
        self._complaints: list[str] = []
        root = urlsplit(address).netloc
        page.on("pageerror", lambda error: self._complaints.append(str(error)))
        page.on(
            "console",
            lambda message: message.type == "error" and self._complaints.append(message.text),
        )
        page.on(
            "request",
            lambda request: root not in request.url and self._complaints.append(request.url),
        )

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            assert self._complaints == []
