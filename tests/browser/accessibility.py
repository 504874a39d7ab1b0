"""Find barriers with axe-core for people who use a keyboard, a screen reader or other colours."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_AXE = Path(__file__).parent / "vendor" / "axe.min.js"


def serious_problems(page: Page) -> list[str]:
    """Return the problems that axe-core calls serious or critical: the rule and the element."""
    return violations(page, ("serious", "critical"))


def violations(
    page: Page, impacts: Collection[str] = ("minor", "moderate", "serious", "critical")
) -> list[str]:
    """Return the problems that axe-core finds: the rule and the element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['html'][:300]} {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
        if node["impact"] in impacts
    ]
