"""From sources to addresses: single ones, files with one a line, sitemaps."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flows.errors import UserError
from flows.fetching.addresses import AddressError, host_of, normal
from flows.fetching.answers import FetchError, Outcome, Result, Why
from flows.fetching.sources import Kind, Source
from flows.fetching.visit import Visitor

MOST_ADDRESSES: Final = 500_000
_SITEMAP_TYPES: Final = (
    *("application/xml", "text/xml", "text/plain", "application/gzip", "application/x-gzip"),
    *("application/octet-stream", "application/rss+xml", "application/atom+xml"),
)
_SITEMAP_BYTES: Final = 50 * 1024 * 1024
"""As large as one may be, uncompressed (sitemaps.org)."""
_MOST_SITEMAPS: Final = 1000
_DEEPEST: Final = 3
_GZIP: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Listed:
    """The addresses of a source.

    Attributes:
        addresses: In normal form, each once, in the order of the source.
        failed: Entries that give no address, and lists that could not be read.
        whole: Whether all of the source was read; if not, addresses of before stay.
    """

    addresses: tuple[str, ...]
    failed: tuple[Outcome, ...] = ()
    whole: bool = True


async def addresses_of(source: Source, visitor: Visitor) -> Listed:
    """List the addresses of a source that is no folder.

    Args:
        source: The source.
        visitor: Fetches sitemaps.

    Raises:
        UserError: A list on the disk cannot be read.
    """
    if source.kind is Kind.ADDRESS:
        return Listed((source.where,))
    if source.kind is Kind.LIST:
        return _gathered(source, _lines(source))
    found: list[str | Outcome] = []
    await _sitemap(source.where, visitor, found, seen=set(), depth=1)
    return _gathered(source, iter(found))


def _gathered(source: Source, found: Iterator[str | Outcome]) -> Listed:
    addresses: dict[str, None] = {}
    failed: list[Outcome] = []
    whole = True
    pattern = re.compile("|".join(map(_as_regex, source.only)) or "")
    for one in found:
        if isinstance(one, Outcome):
            if one.why is Why.OTHER_HOST and not pattern.match(one.address):
                continue
            failed.append(one)
            whole = whole and one.why is not Why.BAD_LIST
        elif pattern.match(one):
            addresses[one] = None
    if len(addresses) > MOST_ADDRESSES:
        raise UserError(f"{source.name}: names {len(addresses):,} addresses; at most {MOST_ADDRESSES:,} are fetched")
    return Listed(tuple(addresses), tuple(failed), whole)


def _lines(source: Source) -> Iterator[str | Outcome]:
    """The lines of a file with addresses; empty ones and those with ``#`` say nothing."""
    try:
        text = Path(source.where).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{source.where}: cannot be read as a list of addresses in UTF-8 ({error})") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield _normal(line.strip(), f"line {number} of {Path(source.where).name}")


async def _sitemap(place: str, visitor: Visitor, found: list[str | Outcome], seen: set[str], depth: int) -> None:
    """Gather the addresses of a sitemap, and of those that it names (sitemaps.org, protocol 0.9)."""
    if place in seen:
        return
    seen.add(place)
    if depth > _DEEPEST or len(seen) > _MOST_SITEMAPS:
        found.append(_bad_list(place, "sitemaps that name sitemaps that name sitemaps are not followed further"))
        return
    try:
        answer = await visitor.get(place, _SITEMAP_TYPES, _SITEMAP_BYTES)
        inner, pages = _parsed(answer.body)
    except FetchError as error:
        found.append(_bad_list(place, f"sitemap: {error.message}"))
        return
    for page in pages:
        one = _normal(page, f"in {place}")
        # A sitemap speaks for its own host alone (sitemaps.org, "Sitemap file location").
        if isinstance(one, str) and host_of(one) != host_of(place):
            one = Outcome(one, Result.FAILED, Why.OTHER_HOST, f"stands in a sitemap of {host_of(place)}", kept=False)
        found.append(one)
    for address in inner:
        one = _normal(address, f"in {place}")
        if isinstance(one, Outcome):
            found.append(_bad_list(address, one.message))
        else:
            await _sitemap(one, visitor, found, seen, depth + 1)


def _parsed(body: bytes) -> tuple[list[str], list[str]]:
    """Sitemaps and pages that a sitemap names.

    Raises:
        FetchError: It is no sitemap.
    """
    if body.startswith(_GZIP):
        body = _unzipped(body)
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        lines = body.decode("utf-8-sig", "replace").splitlines()
        return [], [line.strip() for line in lines if line.strip()]
    # Imported here, so that the command line starts without it.
    from lxml import etree

    parts: tuple[list[str], list[str]] = ([], [])
    try:
        # Entities stay as they are: a sitemap needs none, and nested ones can be made to fill any memory.
        steps = etree.iterparse(
            io.BytesIO(body), events=("end",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        root = ""
        for _, element in steps:
            root = name = etree.QName(element).localname if isinstance(element.tag, str) else ""
            if name in {"url", "sitemap"}:
                where = [str(one.text or "").strip() for one in element if str(one.tag).rpartition("}")[2] == "loc"]
                parts[name == "url"].extend(filter(None, where))
                element.clear()
    except etree.XMLSyntaxError as error:
        raise FetchError(Why.BAD_LIST, f"is no sitemap: {error.msg}") from error
    if root not in {"urlset", "sitemapindex"} or not any(parts):
        raise FetchError(Why.BAD_LIST, "is no sitemap, or one that names nothing")
    return parts


def _unzipped(body: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(body)) as file:
            data = file.read(_SITEMAP_BYTES + 1)
    except (OSError, EOFError) as error:
        raise FetchError(Why.BAD_LIST, f"is no gzip ({error})") from error
    if len(data) > _SITEMAP_BYTES:
        raise FetchError(Why.TOO_LARGE, f"is larger than {_SITEMAP_BYTES:,} bytes")
    return data


def _normal(address: str, where: str) -> str | Outcome:
    try:
        return normal(address)
    except AddressError as error:
        return Outcome(address[:500], Result.FAILED, Why.BAD_ADDRESS, f"{error} ({where})", kept=False)


def _bad_list(place: str, message: str) -> Outcome:
    return Outcome(place, Result.FAILED, Why.BAD_LIST, message, kept=False)


def _as_regex(pattern: str) -> str:
    """A pattern with ``*`` and ``?`` as a regular expression for a whole address."""
    return "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern) + r"\Z"
