"""Bytes to characters: what encoding a page is in, and whether it is text at all."""

from __future__ import annotations

import re
from typing import Final

from extract.model import PageError, Reason

MOST_BYTES: Final = 10 * 1024 * 1024
"""The largest page that is read, in bytes."""

_MAGIC: Final = (
    b"%PDF-",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"\x7fELF",
    b"\x1f\x8b",
    b"MZ\x90",
    b"\xd0\xcf\x11\xe0",
    b"{\\rtf",
    b"SQLite format 3",
    b"RIFF",
    b"7z\xbc\xaf",
    b"BZh",
    b"\xfd7zXZ",
)
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CONTROL: Final = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CHARSET: Final = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_TRUSTED: Final = re.compile(
    r"iso-?8859-(?:[2-9]|1[0-6])|windows-125[0-8]|cp125[0-8]|koi8-[ru]|gbk|gb2312|gb18030|big5|shift_jis|euc-(?:jp|kr)"
)


def decode(data: bytes) -> str:
    r"""The characters of a page, newlines as LF, without a byte order mark.

    A byte order mark decides; then UTF-8, which other encodings hardly ever happen to be; then the encoding that the
    page declares; then windows-1252, which browsers take ISO-8859-1 for (WHATWG Encoding, section 4.2).

    Args:
        data: The page, at most `MOST_BYTES`.

    Raises:
        PageError: The page is empty, too large, or no text.

    >>> decode("caf\u00e9\r\n".encode("windows-1252"))
    'café\n'
    """
    if not data:
        raise PageError(Reason.EMPTY, "The file is empty (0 bytes).")
    if len(data) > MOST_BYTES:
        raise PageError(Reason.TOO_LARGE, f"The file has {len(data):,} bytes; pages are read up to {MOST_BYTES:,}.")
    text = _characters(data)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _characters(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _plain(data[len(mark) :].decode(encoding, errors="replace"))
    if data.startswith(_MAGIC) or b"\0" in data or len(_CONTROL.findall(data, 0, 4096)) > min(len(data), 4096) // 50:
        raise PageError(Reason.BINARY, "The file is binary, not a page: give the page as HTML or as text.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(_declared(data), errors="replace")


def _plain(text: str) -> str:
    if "\0" in text:
        raise PageError(
            Reason.BINARY, "The file starts like text and goes on as binary: give the page as HTML or as text."
        )
    return text


def _declared(data: bytes) -> str:
    found = _CHARSET.search(data, 0, 2048)
    name = found[1].decode("ascii").lower() if found else ""
    return name if _TRUSTED.fullmatch(name) else "windows-1252"
