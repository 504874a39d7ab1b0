"""Office files are zips of XML: their unpacked size is checked before they are unpacked."""

from __future__ import annotations

from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from footnote_bot.indexers.sources.attachments.content import Unreadable

MOST_UNPACKED = 100 * 2**20
"""Bytes of all unpacked parts, as the zip declares them; no reader takes more."""

_MOST_PARTS = 20_000
_ENCRYPTED = 0x1
_BEFORE_2007 = b"\xd0\xcf\x11\xe0"
"""Also the format of a file with a password."""
_ENTITIES = tuple("<!ENTITY".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_XML = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00<", b" ", b"\t", b"\r", b"\n")


def checked(data: bytes, *, most_xml: int = MOST_UNPACKED) -> BytesIO:
    """Return the file for a reader; at most ``most_xml`` bytes of it are XML.

    Raises:
        Unreadable: the file is no Office file, encrypted, too large unpacked, or declares XML
            entities, which the format forbids and bombs use.
    """
    if data.startswith(_BEFORE_2007):
        raise Unreadable("encrypted, or of an Office before 2007")
    try:
        with ZipFile(BytesIO(data)) as archive:
            _check(archive, most_xml)
    except BadZipFile as error:
        raise Unreadable("broken (not an Office file, or cut off)") from error
    return BytesIO(data)


def _check(archive: ZipFile, most_xml: int) -> None:
    """Check the sizes of the parts, and the XML, see `checked`."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > _MOST_PARTS or unpacked > MOST_UNPACKED:
        raise Unreadable(f"too large: {unpacked / 2**20:,.0f} MB unpacked")
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise Unreadable("encrypted")
    xml = 0
    for part in parts:
        if content := _xml(archive, part):
            xml += len(content)
            if xml > most_xml:
                raise Unreadable(f"too large: more than {most_xml / 2**20:,.0f} MB of XML")
            if any(entity in content for entity in _ENTITIES):
                raise Unreadable("broken (XML with entities of its own)")


def _xml(archive: ZipFile, part: ZipInfo) -> bytes:
    """Return a part that may be XML; empty for others, such as pictures."""
    with archive.open(part) as source:
        head = source.read(3)
        return head + source.read() if head.startswith(_XML) else b""
