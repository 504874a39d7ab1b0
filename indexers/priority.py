"""Priority of threads: answers to people go before the reading of pages."""

from __future__ import annotations

import os
import sys
import threading

_NICENESS = 10
"""About a tenth of a processor's time beside work of ordinary priority, and all of it otherwise."""


def lower_priority() -> None:
    """Lower the priority of this thread, and of the threads and processes that it starts. Only on
    Linux: elsewhere a priority belongs to the whole process."""
    if sys.platform == "linux":
        thread_id = threading.get_native_id()
        niceness = os.getpriority(os.PRIO_PROCESS, thread_id)
        os.setpriority(os.PRIO_PROCESS, thread_id, max(niceness, _NICENESS))
