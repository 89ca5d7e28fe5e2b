"""What comes of asking for an address: an answer, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Why an address could not be fetched."""

    BAD_ADDRESS = "bad-address"
    BAD_LIST = "bad-list"
    OTHER_HOST = "other-host"
    PRIVATE = "private-address"
    ROBOTS = "robots"
    ROBOTS_UNKNOWN = "robots-unknown"
    REDIRECTS = "redirects"
    NO_PAGE = "no-page"
    TOO_LARGE = "too-large"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    BROKEN_OFF = "broken-off"
    SERVER_ERROR = "server-error"
    REFUSED = "refused"
    GONE = "gone"
    SLOW_DOWN = "slow-down"
    VIEWS_USED_UP = "views-used-up"


MAY_PASS = frozenset({Why.TIMEOUT, Why.UNREACHABLE, Why.BROKEN_OFF, Why.SERVER_ERROR, Why.SLOW_DOWN})
"""What is worth trying again."""


class FetchError(Exception):
    """An address that could not be fetched.

    Args:
        why: Reason code.
        message: The same in words.
        wait: Seconds that the server asked to wait, or None.
    """

    def __init__(self, why: Why, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.why = why
        self.message = message
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent.

    Attributes:
        address: Where it came from in the end, after redirects.
        status: HTTP status.
        body: The bytes, uncompressed; empty where the status has none.
        content_type: Media type in lower case, without parameters; empty if it was not said.
        charset: As the header says, lower case, or None.
        etag: Validator for the next time, or None.
        last_modified: The same.
        location: Where a redirect leads, as sent, or None.
        retry_after: When to come again, as sent, or None.
    """

    address: str
    status: int
    body: bytes
    content_type: str = ""
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    location: str | None = None
    retry_after: str | None = None


class Result(StrEnum):
    """What became of an address in one run."""

    FETCHED = "fetched"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, order=True)
class Outcome:
    """What became of an address in one run.

    Attributes:
        address: In normal form, or as given where it is none.
        result: Fetched (new or other bytes), unchanged, or failed.
        why: Reason code of a failure, else None.
        message: The same in words.
        kept: Whether a copy of it, new or from before, goes into the build.
    """

    address: str
    result: Result
    why: Why | None = None
    message: str = ""
    kept: bool = True
