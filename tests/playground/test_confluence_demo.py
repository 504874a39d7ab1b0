"""`footnote demo --confluence`: the same question, two people, two answers."""

from __future__ import annotations

import pytest

from footnote_bot.playground import confluence_demo


def test_two_people_get_what_each_may_read(capsys: pytest.CaptureFixture[str]) -> None:
    confluence_demo.run_demo(lambda: False)
    out, err = capsys.readouterr()
    leave, bands, deploying, later = (part.partition("\n\nBob:") for part in out.split("\n? ")[1:])

    assert err.startswith("made-up: 6 added")
    assert "30 days of leave" in leave[0]
    assert "30 days of leave" in leave[2]
    assert "58,000 to 71,000" in bands[0]
    assert "Salar" not in bands[2]
    assert "deploy --to production" not in deploying[0]
    assert "deploy --to production" in deploying[2]
    assert "deploy --to production" not in later[2].partition("Your own")[0]
    assert "Deploying" not in later[2]


def test_it_ends_early_when_it_is_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    confluence_demo.run_demo(lambda: True)

    assert "\n? " not in capsys.readouterr().out
