"""What a run knows of the hosts that it asks, and who it says it is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from protego import Protego

from flows.fetching.answers import FetchError

AGENT: Final = "ablation-kg"
"""What we are called in a ``robots.txt``."""
HOME: Final = "https://w3id.org/ablation-kg/"


@dataclass(slots=True)
class HostState:
    """What is known of a host in this run.

    Attributes:
        free_at: When it may be asked again, on the clock that never goes back.
        stopped: Why it is not asked any more, or None.
        failures: How many requests failed one after the other.
        delay: Seconds between two requests that its ``robots.txt`` asks for.
    """

    free_at: float = float("-inf")
    stopped: FetchError | None = None
    failures: int = 0
    delay: float = 0.0


class Memory:
    """What a run knows of hosts: shared by its batches, which follow one another."""

    def __init__(self) -> None:
        self.hosts: defaultdict[str, HostState] = defaultdict(HostState)
        self.robots: dict[str, Protego | FetchError] = {}


def agent(contact: str) -> str:
    """The user agent: who we are, where to read about it, and whom to write to.

    >>> agent("ops@example.org").partition("/")[0], agent("ops@example.org").endswith("; ops@example.org)")
    ('ablation-kg', True)
    """
    try:
        number = version("ablation-kg")
    except PackageNotFoundError:
        number = "0"
    return f"{AGENT}/{number} (+{HOME}{'; ' if contact else ''}{contact})"


def delay_of(robots: Protego) -> float:
    """Seconds between two requests that a ``robots.txt`` asks for."""
    rate = robots.request_rate(AGENT)
    each = rate.seconds / rate.requests if rate is not None and rate.requests else 0.0
    return max(robots.crawl_delay(AGENT) or 0.0, each)
