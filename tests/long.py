"""What is tried a few times in `make test` and often in `make test-long`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import pytest
from hypothesis import settings

T = TypeVar("T")


def few(values: Sequence[T], first: int) -> list[object]:
    """Parameters: the ``first`` of them for both, the others for `make test-long` alone."""
    rest = [pytest.param(value, marks=pytest.mark.long) for value in values[first:]]
    return [*values[:first], *rest]


def tries(whole: int, **more: Any) -> settings:
    """How often a property is tried: a tenth of ``whole`` in `make test`."""
    usual = settings.get_profile("footnote").max_examples
    return settings(max_examples=max(1, whole * settings().max_examples // usual), **more)
