"""One page: asked for with what is known of it, judged, and kept if it is new."""

from __future__ import annotations

from datetime import timedelta
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from flows.fetching import volume
from flows.fetching.addresses import file_name, host_of
from flows.fetching.answers import Answer, FetchError, Outcome, Result, Why
from flows.fetching.cache import Cache, Copy, sha256
from flows.fetching.clock import Clock
from flows.fetching.visit import LONGEST_WAIT, PageOfError, Visitor
from flows.files import SUFFIXES

TYPES: Final = ("text/html", "application/xhtml+xml", "text/plain")
PAUSE: Final = timedelta(hours=20)
"""So long a site is left alone that says the page views are used up: such limits are by the day, and a nightly run that
was there at two must not find itself shut out at two."""
_LONGEST_PAUSE: Final = timedelta(days=7)
_NOT_MODIFIED: Final = 304
_CLOSING: Final = b"</html"
_BROWSERS: Final = {"iso-8859-1": "windows-1252", "latin1": "windows-1252", "us-ascii": "windows-1252"}
"""What browsers take some names for (WHATWG Encoding, 4.2)."""


async def fetch_page(address: str, visitor: Visitor, cache: Cache, clock: Clock, max_bytes: int) -> Outcome:
    """Fetch a page if it has changed.

    Args:
        address: In normal form.
        visitor: Asks for it.
        cache: Where copies stand.
        clock: Time.
        max_bytes: Most bytes of the page.

    Returns:
        What became of it; errors of the other side are told there.
    """
    before = cache.copy(address)
    validators = {} if before is None else before.validators
    valid_at = None if before is None else before.final
    try:
        answer = await visitor.get(address, TYPES, max_bytes, validators, valid_at)
    except FetchError as error:
        return _failed(address, error, before, visitor, cache, clock)
    if before is not None and _cut_short(answer, before, cache):
        cut = FetchError(Why.BROKEN_OFF, "the page ends in the middle, which it did not before")
        return _failed(address, cut, before, visitor, cache, clock)
    if answer.status == _NOT_MODIFIED:
        if before is None:
            return Outcome(address, Result.FAILED, Why.SERVER_ERROR, "says 304 to a page never seen", kept=False)
        return Outcome(address, Result.UNCHANGED)
    return _taken(address, answer, before, visitor, cache, clock)


def _taken(address: str, answer: Answer, before: Copy | None, visitor: Visitor, cache: Cache, clock: Clock) -> Outcome:
    """Keep the page of an answer, unless it is but the news that there are no pages for us."""
    body = _as_unicode(answer)
    copy = Copy(
        address,
        file_name(address, _suffix(address, answer)),
        sha256(body),
        len(body),
        answer.etag,
        answer.last_modified,
        answer.address,
    )
    line = volume.used_up(body)
    if line is not None:
        error = _stop(answer.address, line, visitor, cache, clock)
        locked = volume.locked_sections(body, copy.name)
        known = None if before is None else volume.locked_sections((cache.pages / before.name).read_bytes(), "")
        # The last view that a guest has is a page like others; less than was there before is not taken for it.
        if locked is None or (known is not None and locked > known):
            return Outcome(address, Result.FAILED, error.why, error.message, kept=before is not None)
    if before is not None and (before.sha256, before.name) == (copy.sha256, copy.name):
        if copy != before:
            cache.note(copy)
        return Outcome(address, Result.UNCHANGED)
    cache.keep(copy, body)
    return Outcome(address, Result.FETCHED)


def _failed(
    address: str, error: FetchError, before: Copy | None, visitor: Visitor, cache: Cache, clock: Clock
) -> Outcome:
    """Say why there is no page, and leave a host alone that asks for that."""
    line = volume.used_up(error.answer.body) if isinstance(error, PageOfError) else None
    if line is not None and isinstance(error, PageOfError):
        error = _stop(error.answer.address, line, visitor, cache, clock)
    elif error.why is Why.SLOW_DOWN and error.wait is not None and error.wait > LONGEST_WAIT:
        host = host_of(error.answer.address if isinstance(error, PageOfError) else address)
        cache.pause(host, clock.now() + min(timedelta(seconds=error.wait), _LONGEST_PAUSE), error.why, error.message)
    kept = before is not None and error.why is not Why.GONE
    return Outcome(address, Result.FAILED, error.why, error.message, kept=kept)


def _stop(place: str, line: str, visitor: Visitor, cache: Cache, clock: Clock) -> FetchError:
    host = host_of(place)
    error = FetchError(Why.VIEWS_USED_UP, f'{host} says: "{line[:200]}"; it is asked no more for now')
    visitor.stop(host, error)
    cache.pause(host, clock.now() + PAUSE, error.why, error.message)
    return error


def _cut_short(answer: Answer, before: Copy, cache: Cache) -> bool:
    """Whether a page that used to have an end has none: a length that is too small shows in nothing else."""
    if answer.status == _NOT_MODIFIED or answer.content_type == "text/plain" or _CLOSING in answer.body[-2000:].lower():
        return False
    file = cache.pages / before.name
    return file.suffix != ".txt" and _CLOSING in file.read_bytes()[-2000:].lower()


def _suffix(address: str, answer: Answer) -> str:
    """The suffix that says what the page is."""
    given = PurePosixPath(urlsplit(address).path).suffix.lower()
    if answer.content_type == "text/plain":
        return ".txt"
    if given in SUFFIXES and given != ".txt":
        return given
    return ".txt" if not answer.content_type and given == ".txt" else ".html"


def _as_unicode(answer: Answer) -> bytes:
    """The page in UTF-8 where the header alone says which encoding it is in; it is not kept with the page.

    A header goes before what the page says of itself (WHATWG HTML, 13.2.3.2); what is UTF-8 already stays as it is.
    """
    body = answer.body
    if answer.charset is None or body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return body
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return body.decode(_BROWSERS.get(answer.charset, answer.charset)).encode()
        except (LookupError, UnicodeDecodeError):
            return body
    return body


def unasked(address: str, cache: Cache, error: FetchError) -> Outcome:
    """The outcome of an address whose host is not asked."""
    return Outcome(
        address, Result.FAILED, error.why, f"not asked: {error.message}", kept=cache.copy(address) is not None
    )
