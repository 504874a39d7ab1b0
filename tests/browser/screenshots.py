"""Take README's pictures of the demo: `make screenshots`, or with DATA_DIR.

They show an answer with its footnotes, and the card of a flag after the page is fixed. The index is
built anew, or in DATA_DIR, for a second run.
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

from footnote_bot.playground.demo import HANDBOOK
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.playground import PATIENCE, Visit, playground

if TYPE_CHECKING:
    from playwright.sync_api import Locator

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1240, 1800
"""The page's size in CSS pixels."""
NARROW = 700
"""The page's width for a picture. The thread or the channel fills it, and GitHub shows 830."""
SHARPNESS = 2
"""Device pixels for a CSS pixel."""
COLOURS = 128
"""Colours of a picture. A page of text needs few, and the file is a third as large."""
MARGIN = 12
MOST_BYTES = 150_000
QUESTION = "What should I do if I lose my laptop?"
COMMENT = "Whom do I call?"
MENDED = ('"equipment" %}.', '"equipment" %}, and call 555-0100.')


def main() -> None:
    """Take the pictures, with a temporary index or with the one in the given folder."""
    with TemporaryDirectory() as empty, visited(Path(*sys.argv[1:2] or [empty])) as visit:
        visit.become("Bob")
        visit.go("general")
        answer = visit.ask(QUESTION)
        question = visit.thread.locator("article").first
        save(visit, "answer.png", question, answer)
        save(visit, "flag.png", flagged(visit, answer))


def flagged(visit: Visit, answer: Locator) -> Locator:
    """Flag the answer, fix its page, and return the card."""
    page, window = visit.page, visit.window
    answer.get_by_role("button", name="Flag").click()
    window.get_by_label("Something is missing").check()
    window.get_by_label("What should it say?").fill(COMMENT)
    window.get_by_role("button", name="Send").click()
    window.wait_for(state="hidden")
    visit.become("Mira")
    visit.go("wiki-review")
    card = visit.conversation.locator("article", has_text=COMMENT).last
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
    """Open the demo's page in light colours, with its index in ``folder``."""
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


def save(visit: Visit, name: str, *elements: Locator) -> None:
    """Write a picture from the first to the last of ``elements``."""
    visit.page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    elements[0].scroll_into_view_if_needed()
    visit.page.mouse.move(0, 0)  # no message toolbar under the pointer
    boxes = [box for element in elements if (box := element.bounding_box())]
    top = min(box["y"] for box in boxes) - MARGIN
    bottom = max(box["y"] + box["height"] for box in boxes)  # the next message may follow directly
    clip = {"x": 2, "y": top, "width": NARROW - 2, "height": bottom - top}
    screenshot = visit.page.screenshot(clip=clip, animations="disabled", caret="hide")
    picture = (
        Image.open(io.BytesIO(screenshot))
        .convert("RGB")
        .quantize(COLOURS, dither=Image.Dither.NONE)
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
