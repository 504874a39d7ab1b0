"""All fuzzing targets."""

from __future__ import annotations

import tests.conftest  # noqa: F401 - the profiles that the properties' files ask for  # isort: skip

from .pages import PAGES
from .payloads import PAYLOADS
from .settings_files import SETTINGS

TARGETS = (*PAGES, *PAYLOADS, *SETTINGS)
