"""Tests that run on a few values in `make test` and on many in `make test-long`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import pytest
from hypothesis import settings

T = TypeVar("T")


def few(values: Sequence[T], first: int) -> list[object]:
    """Return parameters: the ``first`` values for both, the others for `make test-long` only."""
    long_values = [pytest.param(value, marks=pytest.mark.long) for value in values[first:]]
    return [*values[:first], *long_values]


def tries(whole: int, **options: Any) -> settings:
    """Return how many examples a property gets: a tenth of ``whole`` in `make test`."""
    usual = settings.get_profile("footnote").max_examples
    return settings(max_examples=max(1, whole * settings().max_examples // usual), **options)
