"""A page that says that it is outdated counts as outdated."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.text.outdated import says_outdated


@pytest.mark.parametrize(
    "title",
    ["Parking (old)", "[ARCHIVED] Parking", "Deprecated: Parking", "OUTDATED - Parking"],
)
def test_a_title_says_so(title: str) -> None:
    assert says_outdated(title, "Ask the gatehouse.")


@pytest.mark.parametrize(
    "text",
    [
        "**Outdated, see Parking 2.** Ask the gatehouse.",
        "> This page is no longer maintained.\n\nAsk the gatehouse.",
        "The policy has been superseded by Parking 2.",
        "ARCHIVED\n\nAsk the gatehouse.",
        "Veraltet! Siehe Parken 2.",
    ],
)
def test_the_beginning_of_the_text_says_so(text: str) -> None:
    assert says_outdated("Parking", text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Parking", "Ask the gatehouse. This page is no longer maintained by Jo but by Ann."),
        ("Deprecated endpoints", "Deprecated endpoints are removed after a year."),
        ("Old town office", "Archived letters are in the cellar."),
        ("Parking", "Permits that are out of date: ask the gatehouse."),
        ("Parking", ""),
    ],
)
def test_other_pages_may_speak_of_what_is_outdated(title: str, text: str) -> None:
    assert not says_outdated(title, text)
