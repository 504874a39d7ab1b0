"""Fragments, each by its generator's rule."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.sources.markdown.anchors import Anchors, slug


@pytest.mark.parametrize(
    ("rule", "heading", "anchor"),
    [
        ("github", "Hello, World! -- C++", "hello-world----c"),
        ("github", ":rocket: Launch", "rocket-launch"),
        ("github", "🚀 Launch", "-launch"),
        ("github", "Größe_1 über", "größe_1-über"),
        ("github", "⚙\ufe0f Set up", "\ufe0f-set-up"),
        ("github", "हिन्दी में", "हिन्दी-में"),
        ("gitlab", "Steps & Checks - now", "steps-checks-now"),
        ("gitlab", "2024", "anchor-2024"),
        ("gitlab", "2024 goals", "2024-goals"),
        ("hugo", "What's new? (2024)", "whats-new-2024"),
        ("hugo", "!!!", "heading"),
        ("pandoc", "3. What's new in v2.0 / *é*_x?", "whats-new-in-v2.0-é_x"),
        ("pandoc", "2024", "section"),
        ("mkdocs", "Rota é & Co. -- now", "rota-e-co-now"),
        ("eleventy", "What's in it & don't", "whats-in-it-and-dont"),
        ("eleventy", "Anyone\u2019s guess", "anyone-s-guess"),
        ("kramdown", "1. First: step", "first-step"),
        ("kramdown", "2024", "section"),
        ("middleman", "Before you & I start", "before-you-amp-i-start"),
        ("middleman", "What's `x`?", "what-39-s-x"),
        ("obsidian", "Local: [x] | y", "Local%3A%20x%20y"),
        ("docutils", "2. What's new? Größe", "what-s-new-groe"),
        ("vitepress", "1. What's new?", "_1-what-s-new"),
        ("vitepress", "Emoji :tada: at 10:30:15", "emoji-at-10-30-15"),
        ("vitepress", "“Größe” — C++", "große-—-c"),
        ("forge-bitbucket", "Roll back & forth", "markdown-header-roll-back-forth"),
    ],
)
def test_a_heading_becomes(rule: str, heading: str, anchor: str) -> None:
    assert slug(rule, heading) == anchor


@pytest.mark.parametrize(
    ("rule", "headings", "anchors"),
    [
        ("github", ["a", "a", "a-1", "a"], ["a", "a-1", "a-1-1", "a-2"]),
        ("mkdocs", ["a", "a", "a", "!", "!"], ["a", "a_1", "a_2", "_1", "_2"]),
        ("mkdocs", ["a_1", "a_1", "a"], ["a_1", "a_2", "a"]),
        ("hugo", ["!", "!"], ["heading", "heading-1"]),
        ("forge-github", ["a", "a"], ["a", "a-1"]),
        ("forge-bitbucket", ["a", "a"], ["markdown-header-a", "markdown-header-a_1"]),
        ("obsidian", ["a", "a"], ["a", "a"]),
        ("vitepress", ["a", "a"], ["a", "a-1"]),
        ("pandoc", ["a", "a", "1", "2"], ["a", "a-1", "section", "section-1"]),
        ("docutils", ["a", "a", "!", "b"], ["a", "id1", "id2", "b"]),
    ],
)
def test_repeats_are_numbered(rule: str, headings: list[str], anchors: list[str]) -> None:
    anchor_rule = Anchors(rule)

    assert [anchor_rule.next(heading, heading, 2) for heading in headings] == anchors


def test_govuk_puts_the_parent_before_a_repeat() -> None:
    anchor_rule = Anchors("middleman")
    levels = [("One", 2), ("Check", 3), ("Two", 2), ("Check", 3), ("Check", 3)]

    assert [anchor_rule.next(heading, heading, level) for heading, level in levels] == [
        "one", "check", "two", "two-check", "two-check-2",
    ]  # fmt: skip


def test_anchors_that_the_author_set_count_too() -> None:
    anchor_rule = Anchors("github")
    anchor_rule.reserve("a")

    assert anchor_rule.next("A", "A", 2) == "a-1"
