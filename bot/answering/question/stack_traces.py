"""A pasted stack trace -> the error in it.

The frames name files and lines that no page tells of, and drown the error in a search.
"""

from __future__ import annotations

import re

_FRAME = re.compile(
    r"\s*+File\s++\"[^\"]++\",\s++line\s++\d"
    r"|\s*+at\s++\S[^(]{0,400}"
    r"\((?:[^():]{1,400}:\d[\d:]{0,20}|Native Method|Unknown Source)\)\s*+\Z"
    r"|\s*+(?:at|from)\s++\S{1,400}:\d++(?::\d++|:in\b.{0,400})?\s*+\Z"
    r"|\s++\S{1,400}\.go:\d++\b"
)
"""A frame of Python, Java, JavaScript, Ruby or Go."""
_ABOVE = re.compile(
    r"\s*+(?:Traceback \(most recent call last\):|goroutine \d++ \[.{1,80}\]:|\.\.\. \d++ more)"
    r"\s*+\Z"
)
"""A line around the frames that says nothing about the error."""
_FENCE = "```"


def without_frames(message: str) -> str:
    """Return the message without the frames of a stack trace; the message itself if it has none, or
    nothing else."""
    lines = message.replace(_FENCE, "\n").splitlines()
    if not any(map(_FRAME.match, lines)):
        return message
    kept: list[str] = []
    is_below_frame = False
    for line in lines:
        is_source = is_below_frame and line[:1].isspace()
        is_below_frame = is_source or bool(_FRAME.match(line))
        if not (is_below_frame or _ABOVE.match(line)) and line.strip():
            kept.append(line.strip())
    return "\n".join(kept) or message
