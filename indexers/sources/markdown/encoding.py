"""Bytes of a page to its text, in any encoding."""

from __future__ import annotations

import codecs
import logging

from charset_normalizer import from_bytes

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks. The mark of UTF-32 LE begins with the mark of UTF-16 LE, so it comes first."""
_WESTERN = "cp1252"
_LEGACY = [
    _WESTERN, "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "shift_jis",
    "euc_jp", "gb18030", "big5", "euc_kr",
]  # fmt: skip
"""Encodings of pages that are not in Unicode. Rare encodings would match too many texts."""
_SAMPLE = 100_000
"""Bytes that are read to detect the encoding."""

logging.getLogger("charset_normalizer").setLevel(logging.WARNING)


class Binary(ValueError):
    """The bytes are no text."""


def text_of(raw: bytes) -> tuple[str, str]:
    """Return the text, and a warning if it is not UTF-8.

    Raises:
        Binary: ``raw`` is no text, see `is_binary`.
    """
    if is_binary(raw):
        raise Binary("binary")
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            text = raw.decode(encoding, "replace").replace("\0", "")
            return text, f"it is in {encoding.upper()}, not in UTF-8"
    try:
        return raw.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        pass
    text = raw.decode("utf-8-sig", "replace")
    lost = text.count("\ufffd")
    # In another encoding, hardly any character beyond ASCII would be valid UTF-8.
    if sum(char > "\x7f" for char in text) - lost >= lost:
        return text, "not UTF-8 throughout; what could not be read was replaced"
    encoding = _detect(raw)
    warning = f"not in UTF-8; read as {encoding}, save it as UTF-8"
    return raw.decode(encoding, "replace"), warning


def is_binary(raw: bytes) -> bool:
    """Return whether the bytes are no text: there is a zero, and no mark of a wide encoding."""
    return b"\0" in raw and not any(raw.startswith(mark) for mark, _ in _MARKS)


def _detect(raw: bytes) -> str:
    """Return the likeliest encoding; the western one in a tie, as others share its characters."""
    sample = raw[: raw.rfind(b"\n", 0, _SAMPLE) + 1 or _SAMPLE] if len(raw) > _SAMPLE else raw
    matches = from_bytes(sample, cp_isolation=_LEGACY)
    best = matches.best()
    if best is None:
        return _WESTERN
    for match in matches:
        names = {match.encoding, *match.could_be_from_charset}
        if _WESTERN in names and match.chaos <= best.chaos and match.coherence >= best.coherence:
            return _WESTERN
    return best.encoding
