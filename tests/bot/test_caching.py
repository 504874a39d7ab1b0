from __future__ import annotations

from footnote_bot.bot import caching
from footnote_bot.bot.caching import ExpiringCache


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_value_is_remembered_until_its_time_is_over() -> None:
    clock = Clock()
    cache = ExpiringCache[str, int](clock)
    cache.put("a", 1, 10.0)
    clock.now = 9.9
    cache.put("b", 2, 10.0)
    early = cache.get("a")
    clock.now = 10.0

    assert early == 1
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (None, 2, None)


def test_a_value_can_be_forgotten_and_put_again() -> None:
    cache = ExpiringCache[str, int](Clock())
    cache.put("a", 1, 10.0)
    cache.forget("a")
    cache.forget("never")
    expired = cache.get("a")
    cache.put("a", 2, 10.0)

    assert expired is None
    assert cache.get("a") == 2


def test_what_has_expired_takes_no_memory_for_ever() -> None:
    clock = Clock()
    cache = ExpiringCache[int, int](clock)
    for number in range(10 * caching._MANY):
        clock.now = float(number)
        cache.put(number, number, 10.0)

    assert len(cache._entries) <= caching._MANY
    assert cache.get(number) == number
