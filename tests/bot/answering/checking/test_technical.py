"""Versions, durations in short, cron expressions and code in a model's sentences."""

from __future__ import annotations

import pytest

from bot.answering.checking.checking import CheckOutcome
from bot.answering.checking.claims import Flaw, claim
from bot.answering.composing.draft import Draft
from bot.answering.words.sentences import Sentence, Sentences
from indexers.model import OPEN, Passage
from tests.bot.answering.checking.test_relations import decision_on, goes_out, passage


@pytest.mark.parametrize("size", [1, 4, 1000])
def test_an_answer_is_not_cut_within_code_however_it_is_streamed(size: int) -> None:
    text = "Code `E40` is first [1]. `E41` is next [1]. Tags are `vX.Y.Z-rc.N` [1]. A ` is stray."
    sentences = Sentences()
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    split = [sentence for piece in pieces for sentence in sentences.add(piece)]

    assert [sentence.text for sentence in [*split, *sentences.end()]] == [
        "Code `E40` is first [1].",
        "`E41` is next [1].",
        "Tags are `vX.Y.Z-rc.N` [1].",
        "A ` is stray.",
    ]


@pytest.mark.parametrize(
    ("text", "true", "false"),
    [
        ("The timeout is 3000 ms.", "It times out after 3 seconds.", "It ends after 3000 seconds."),
        ("Job timeout: 60m", "Jobs end after 60 minutes.", "Jobs end after 60 hours."),
        ("Answers by phone: 24h", "Expect one within an hour, or 24 hours.", "It takes 24 days."),
        ("Use Kestrel v1.20.", "Use Kestrel 1.20.", "Use Kestrel 1.30."),
        ("Use Kestrel 15.4.", "Use Kestrel v15.4.", "Use Kestrel v16.4."),
        ("Use version 2 of the API.", "The API to use is v2.", "The API to use is v3."),
        ("Use the API v2.", "The API to use is version 2.", "The API to use is version 3."),
        ("The job is `15 1 * * 1-5`, 1 h.", "It runs on weekdays at 01:15.", "It runs at 15:01."),
        (
            "Backup: `0 2 * * 0`",
            "Backups run on Sundays at 2 am.",
            "They run on Saturdays at 2 am.",
        ),
        ("Ends on 31/12/2026.", "It ends in December 2026.", "It ends in November 2026."),
        ("Ends on November 14, 2024.", "It is over on 11/14/2024.", "It is over on 12/14/2024."),
        ("Ends on 14 Nov. 2024.", "It is over on 14/11/24.", "It is over on 15/11/24."),
        ("Ends on November 14, 2024.", "It is over on 2024-11-14.", "It is over on 2025-11-14."),
        ("The cap is $191,900.", "It is about $192,000.", "It is about $212,000."),
        ("The cap is 191,900.", "Der Deckel: rund 192.000.", "Der Deckel: 192.000."),
        ("Credit hours do not lapse.", "**Credit hours:** kein Verfall.", "They lapse in March."),
        ("It has 32 GiB of memory.", "Nodes have 32 GiB of RAM.", "Nodes have 32 GiB of SSD."),
        ("Listens on 127.0.0.1:8888.", "It uses port 8888.", "It uses port 8080."),
        (
            "Audit logs: 30d hot, 7y cold",
            "They are kept for 7 years.",
            "They are kept for 9 years.",
        ),
        ("default: 100r/s", "100 requests per second are allowed.", "It is 500 requests a second."),
        ("Use 8x A100 80GB.", "Use eight A100s.", "Use eight A200s."),
        ("It is in room 3D for 3 days.", "Go to room 3D.", "Go to room 4D."),
    ],
)
def test_technical_facts_in_other_forms_are_no_contradiction(
    text: str, true: str, false: str
) -> None:
    assert decision_on(true, passage(text)) is not CheckOutcome.CONTRADICTED
    assert decision_on(false, passage(text)) is CheckOutcome.CONTRADICTED


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Publish the key, wait 48 hours, and use it.", "After 48 hours you can use the key."),
        (
            "Stop the workers, then the scheduler.",
            "Stop the workers, and after them the scheduler.",
        ),
        ("Publish the key, then activate it.", "Activate it after you publish the key."),
        ("Request the role; you have it for 4 hours.", "First request the role, for 4 hours."),
        ("Commits must be signed.", "All commits must be signed."),
        ("It is applied within 15 minutes.", "It is applied in 15 minutes or less."),
        ("The quota is 20 GB per user.", "Each user has a quota of 20 GB."),
        ("Export to CSV is disabled for logs.", "You can't export logs to CSV."),
        ("Write a memo for SEV1; none is needed for SEV3.", "Don't write a memo for SEV3."),
        ("Rules expire unless renewed.", "Rules expire if you don't renew them."),
    ],
)
def test_an_order_or_a_limit_in_other_words_is_neither_verified_nor_a_contradiction(
    text: str, sentence: str
) -> None:
    assert decision_on(sentence, passage(text)) is CheckOutcome.UNCLEAR


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Stop the workers, then the scheduler.", "Stop the workers after the scheduler."),
        ("Most commits must be signed.", "All commits must be signed."),
        ("Export to CSV is disabled for logs.", "You can export logs to CSV."),
        ("Sign the form.", "Everybody signs the form."),
        ("Release 1.2 is dead.", "Release 1.20 is dead."),
        ("Required: lint, unit. Optional: e2e.", "Lint is required, and e2e is too."),
    ],
)
def test_another_order_limit_or_version_does_not_go_out(text: str, sentence: str) -> None:
    assert not goes_out(sentence, passage(text))


@pytest.mark.parametrize("sign", ["\u26a0\ufe0f", "\U0001f4a1"])
def test_a_sign_of_a_note_at_the_beginning_is_not_shown(sign: str) -> None:
    assert claim(Sentence(f"{sign} **Note:** ask first [1].")).text == "Note: ask first."


CACHE = Passage("w", "p", "", 0, "Cache", (), "", "The cache is off by default.", "", OPEN)


@pytest.mark.parametrize(
    ("introduction", "flaw", "unclear"),
    [
        ("Turn it on in the settings:", None, False),
        ("The cache is on by default, and this limits it:", None, True),
        ("The cache is never off, so do this:", Flaw.NEGATION, False),
    ],
)
def test_an_introduction_that_makes_a_claim_is_checked(
    introduction: str, flaw: Flaw | None, unclear: bool
) -> None:
    drafted = Draft([CACHE], "How do I use the cache?").take(Sentence(introduction))

    assert (drafted.flaw, drafted.unclear) == (flaw, unclear)


STEPS = """Stop it with `boxctl stop --all`.

```
boxctl pull main
boxctl check
boxctl start
```
"""


@pytest.mark.parametrize(
    ("code", "flaw"),
    [
        ("boxctl stop --all\nboxctl start", None),
        ("boxctl start\nboxctl pull main", Flaw.QUOTATION),
        ("boxctl stop\nboxctl start", Flaw.QUOTATION),
    ],
)
def test_code_put_together_from_lines_of_a_page_is_unclear(code: str, flaw: Flaw | None) -> None:
    page = Passage("w", "p", "", 0, "Boxes", (), "", STEPS, "", OPEN)
    drafted = Draft([page], "How do I restart it?").take(Sentence(code, code=True))

    assert (drafted.flaw, drafted.unclear) == (flaw, flaw is None)


@pytest.mark.parametrize("size", [1, 4, 1000])
def test_a_wrapped_line_is_one_sentence_however_it_is_streamed(size: int) -> None:
    text = "- Unless you are a guest,\n  leave is 30 days\n  long [1].\n- Ask first\n\nThen go [1]."
    sentences = Sentences()
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    split = [sentence for piece in pieces for sentence in sentences.add(piece)]

    assert [sentence.text for sentence in [*split, *sentences.end()]] == [
        "Unless you are a guest, leave is 30 days long [1].",
        "Ask first",
        "Then go [1].",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Install it:\npip install [1]",
        "# Steps\nfirst ask [1]",
        "| a |\n| b |",
        "Ask [1]\nand go [1]",
        "Run\n```\nnpm start\n```",
        "It is over.\niPads are next.",
    ],
)
def test_the_next_line_after_a_finished_one_is_another_sentence(text: str) -> None:
    sentences = Sentences()

    assert len([*sentences.add(text), *sentences.end()]) == 2
