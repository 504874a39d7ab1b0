"""Take README's pictures of the demo: `make screenshots`, or with DATA_DIR.

They show an answer with its footnotes, and the card of a flag once the page is mended. The index is
made anew, or in DATA_DIR, for a second run.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from PIL import Image  # comes with fastembed
from playwright.sync_api import sync_playwright

from bot.demo import HANDBOOK
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.playground import PATIENCE, Visit, playground

if TYPE_CHECKING:
    from playwright.sync_api import Locator

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1240, 1800
"""Of the page, in CSS pixels."""
NARROW = 700
"""The page's width for a picture: the thread or the channel fills it, and GitHub's 830 show it."""
SHARPNESS = 2
"""Pixels of the picture for a CSS pixel."""
COLOURS = 128
"""Of a picture: a page of text has few, and its file is a third as large."""
MARGIN = 12
MOST_BYTES = 150_000
QUESTION = "What should I do if I lose my laptop?"
COMMENT = "Whom do I call?"
MENDED = ("Inform your team.", "Inform your team, and call the hotline: 555-0100.")


def main() -> None:
    """Take them, with an index of its own or with the one in the folder that is named."""
    with TemporaryDirectory() as empty, visited(Path(*sys.argv[1:2] or [empty])) as visit:
        visit.become("Bob")
        visit.go("general")
        answer = visit.ask(QUESTION)
        asked = visit.thread.locator("article").first
        save(visit, "answer.png", asked, answer)
        save(visit, "flag.png", flagged(visit, answer))


def flagged(visit: Visit, answer: Locator) -> Locator:
    """Flag the answer, mend its page, and return the card."""
    page, window = visit.page, visit.window
    answer.get_by_role("button", name="Flag").click()
    window.get_by_label("Something is missing").check()
    window.get_by_label("What should it say?").fill(COMMENT)
    window.get_by_role("button", name="Send").click()
    window.wait_for(state="hidden")
    visit.become("Mira")
    visit.go("wiki-review")
    card = page.get_by_role("main").locator("article", has_text=COMMENT).last
    card.get_by_role("link", name="Equipment").first.click()
    text = page.get_by_role("textbox", name="Text of Equipment")
    page.get_by_role("button", name="Edit", exact=True).click()
    text.fill(text.input_value().replace(*MENDED))
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved.").wait_for()
    visit.go("wiki-review")
    visit.say("/wiki reindex handbook")
    card.get_by_text("New answer").wait_for()
    return card


@contextmanager
def visited(folder: Path) -> Iterator[Visit]:
    """Open the demo's page, light, with its index in ``folder``."""
    arguments = ["--data-dir", str(folder)]
    with playground(HANDBOOK, arguments) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT},
            device_scale_factor=SHARPNESS,
            color_scheme="light",
        )
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        visit = Visit(page)
        visit.skip_the_tour()
        yield visit
        browser.close()


def save(visit: Visit, name: str, *shown: Locator) -> None:
    """Write the picture of what stands from the first to the last of ``shown``."""
    visit.page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    shown[0].scroll_into_view_if_needed()
    visit.page.mouse.move(0, 0)  # no tools of a message under the pointer
    boxes = [box for one in shown if (box := one.bounding_box())]
    top = min(box["y"] for box in boxes) - MARGIN
    bottom = max(box["y"] + box["height"] for box in boxes)  # the next message may follow
    clip = {"x": 2, "y": top, "width": NARROW - 2, "height": bottom - top}
    taken = visit.page.screenshot(clip=clip, animations="disabled", caret="hide")
    picture = (
        Image.open(io.BytesIO(taken)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    )
    visit.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    IMAGES.mkdir(exist_ok=True)
    picture.save(IMAGES / name, optimize=True)
    size = (IMAGES / name).stat().st_size
    sys.stdout.write(f"{name}: {picture.width} x {picture.height}, {size:,} bytes\n")
    if size > MOST_BYTES:
        raise SystemExit(f"{name} is larger than {MOST_BYTES:,} bytes.")


if __name__ == "__main__":
    main()
