"""How often people call within a minute."""

from __future__ import annotations

from footnote_bot.bot.agents.rate import Rate


def test_each_name_has_its_own_minute() -> None:
    now = [0.0]
    rate = Rate(lambda: 2, lambda: now[0])
    first = [rate.allows("anna") for _ in range(3)], rate.allows("ben")
    now[0] = 59.9
    still = rate.allows("anna")
    now[0] = 60.0

    assert first == ([True, True, False], True)
    assert (still, rate.allows("anna")) == (False, True)


def test_without_a_limit_everything_is_allowed() -> None:
    rate = Rate(lambda: 0, lambda: 0.0)

    assert all(rate.allows("anna") for _ in range(1000))


def test_names_of_a_minute_ago_take_no_memory() -> None:
    now = [0.0]
    rate = Rate(lambda: 1, lambda: now[0])
    for number in range(5000):
        now[0] = number
        rate.allows(str(number))

    assert len(rate._times) <= 1001
