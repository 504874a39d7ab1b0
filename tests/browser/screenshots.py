"""Take README's picture of the demo: `make screenshots`, or with DATA_DIR.

It shows an answer with its footnotes. The index is made anew, or in DATA_DIR, for a second run.
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


def main() -> None:
    """Take it, with an index of its own or with the one in the folder that is named."""
    with TemporaryDirectory() as empty, visited(Path(*sys.argv[1:2] or [empty])) as visit:
        visit.become("Bob")
        visit.go("general")
        answer = visit.ask(QUESTION)
        asked = visit.thread.locator("article").first
        save(visit, "answer.png", asked, answer)


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
    bottom = max(box["y"] + box["height"] for box in boxes) + MARGIN
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
