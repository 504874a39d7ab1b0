"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# The same examples every time, however busy the machine is.
settings.register_profile("footnote", derandomize=True, deadline=None)
settings.load_profile("footnote")
