"""Parts of an object that are made at their first use, by whichever thread is first."""

from __future__ import annotations

from functools import cached_property
from threading import RLock
from typing import Any, Self, TypeVar, overload

T = TypeVar("T")

MAKING = RLock()
"""Held while a part is made. There is one lock for all, because parts are made of parts."""


class part(cached_property[T]):  # noqa: N801 - it decorates, as `property` does
    """A property that is computed once. Since 3.12, Python's own is computed in each of several
    threads that are first at the same time."""

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> T: ...

    def __get__(self, instance: object | None, owner: type[Any] | None = None) -> Self | T:
        with MAKING:
            return super().__get__(instance, owner)
