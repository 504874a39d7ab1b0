"""Priority of threads: who waits for a person goes before who reads pages."""

from __future__ import annotations

import os
import sys
import threading

_NICENESS = 10
"""About a tenth of a processor's time beside work of ordinary priority, and all of it if there is
none."""


def lower_priority() -> None:
    """Give this thread low priority from here on, and the threads and processes that it starts. On
    Linux alone: elsewhere a priority belongs to the whole process."""
    if sys.platform == "linux":
        here = threading.get_native_id()
        found = os.getpriority(os.PRIO_PROCESS, here)
        os.setpriority(os.PRIO_PROCESS, here, max(found, _NICENESS))
