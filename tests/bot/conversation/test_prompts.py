from __future__ import annotations

import pytest

from footnote_bot.bot.conversation.prompts import question_of


@pytest.mark.parametrize(
    ("title", "question"),
    [
        ("Leave", "What does the wiki say about Leave?"),
        ("How to log in", "How do I log in?"),
        ("How to Request a laptop", "How do I request a laptop?"),
        ("How to", "How to?"),
        ("Can I work from home", "Can I work from home?"),
        ("How long is leave?", "How long is leave?"),
        ("How to ask? A guide", "How to ask? A guide"),
    ],
)
def test_a_title_becomes_a_question(title: str, question: str) -> None:
    assert question_of(title) == question
