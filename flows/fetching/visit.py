"""Ask hosts as they want to be asked: ``robots.txt``, their rate, patience, few redirects."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import urljoin

from protego import Protego

from flows.fetching.addresses import AddressError, host_of, normal, origin_of
from flows.fetching.answers import MAY_PASS, Answer, FetchError, Why
from flows.fetching.clock import Clock, seconds_until
from flows.fetching.hosts import AGENT, HostState, Memory, delay_of
from flows.fetching.network import Network
from flows.fetching.sources import Sources

LONGEST_WAIT: Final = 300.0
"""Seconds; a host that wants a longer pause is left alone for this run."""
_FAILURES_IN_A_ROW: Final = 3
_ROBOTS_BYTES: Final = 512 * 1024
"""At least 500 KiB have to be read (RFC 9309, 2.5)."""
_ROBOTS_HEADERS: Final = {"Accept": "text/plain, */*;q=0.5"}
_ROBOTS_REDIRECTS: Final = 5
"""So many have to be followed (RFC 9309, 2.3.1.2)."""
_SERVER_ERRORS: Final = frozenset({408, 425, 500, 502, 503, 504})
_MANY: Final = frozenset({429, 503})
_GONE: Final = frozenset({404, 410})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_SAID: Final = frozenset({Why.PRIVATE, Why.SLOW_DOWN, Why.VIEWS_USED_UP})
"""Reasons that say all, wherever they show."""
_OK, _NOT_MODIFIED = 200, 304


class Visitor:
    """Asks for addresses with all due respect.

    Args:
        sources: Rules and hosts.
        network: Sends the requests.
        memory: What is known of hosts.
        clock: Time.
    """

    def __init__(self, sources: Sources, network: Network, memory: Memory, clock: Clock) -> None:
        self._sources = sources
        self._network = network
        self._memory = memory
        self._clock = clock
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._asked_robots: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(
        self,
        address: str,
        types: Collection[str],
        max_bytes: int,
        validators: Mapping[str, str] | None = None,
        valid_at: str | None = None,
    ) -> Answer:
        """Ask for an address, follow its redirects and try again what may pass.

        Args:
            address: In normal form.
            types: Media types that are wanted.
            max_bytes: Most bytes of the body.
            validators: ``If-None-Match`` and the like.
            valid_at: The address that sent them, after redirects; no other is asked with them.

        Returns:
            An answer with status 200, or 304 if it has not changed.

        Raises:
            FetchError: There is none; an error page comes with it where there was one.
        """
        place = address
        for _ in range(self._sources.rules.redirects + 1):
            await self._see_allowed(place)
            headers = {"Accept": ", ".join(types), **((validators or {}) if place == valid_at else {})}
            answer = await self._patiently(place, headers, max_bytes, types)
            if answer.status not in _REDIRECTS:
                return replace(answer, address=place)
            place = _leads_to(place, answer.location or "about:nothing")
        raise FetchError(Why.REDIRECTS, f"more than {self._sources.rules.redirects} redirects, the last to {place}")

    def stop(self, host: str, error: FetchError) -> None:
        """Ask a host no more in this run."""
        self._memory.hosts[host].stopped = error

    async def _see_allowed(self, address: str) -> None:
        """See that the host's ``robots.txt`` lets us fetch this.

        Raises:
            FetchError: It does not, or it could not be fetched.
        """
        origin = origin_of(address)
        async with self._asked_robots[origin]:
            if origin not in self._memory.robots:
                self._memory.robots[origin] = await self._robots(origin)
        robots = self._memory.robots[origin]
        if isinstance(robots, FetchError):
            raise robots
        if not robots.can_fetch(address, AGENT):
            raise FetchError(Why.ROBOTS, f"{origin}/robots.txt forbids it")

    async def _robots(self, origin: str) -> Protego | FetchError:
        """The rules of an origin; what cannot be known forbids everything (RFC 9309, 2.3.1)."""
        place = f"{origin}/robots.txt"
        try:
            for _ in range(_ROBOTS_REDIRECTS + 1):
                answer = await self._patiently(place, _ROBOTS_HEADERS, _ROBOTS_BYTES, None, cut=True)
                if answer.status not in _REDIRECTS or answer.location is None:
                    break
                place = _leads_to(place, answer.location)
        except FetchError as error:
            if error.why in {Why.GONE, Why.REFUSED, Why.REDIRECTS}:
                return Protego.parse("")
            if error.why in _SAID:
                return error
            return FetchError(
                Why.ROBOTS_UNKNOWN, f"{origin}/robots.txt cannot be fetched, so nothing is: {error.message}"
            )
        text = answer.body.decode("utf-8", "replace") if answer.status == _OK else ""
        robots = Protego.parse(text)
        host = self._memory.hosts[host_of(origin)]
        host.delay = max(host.delay, delay_of(robots))
        return robots

    async def _patiently(
        self,
        address: str,
        headers: Mapping[str, str],
        max_bytes: int,
        types: Collection[str] | None,
        *,
        cut: bool = False,
    ) -> Answer:
        """Ask once, and again for what may pass, each time waiting longer; redirects are not followed."""
        name = host_of(address)
        host = self._memory.hosts[name]
        rules = self._sources.rules
        for attempt in range(rules.retries + 1):
            await self._turn(name, host)
            try:
                answer = await self._network.get(
                    address, headers, seconds=rules.seconds, max_bytes=max_bytes, types=types, cut=cut
                )
                self._judge(answer)
            except FetchError as error:
                if error.why not in MAY_PASS:
                    host.failures = 0
                    raise
                wait = 2.0**attempt if error.wait is None else error.wait
                if wait > LONGEST_WAIT:
                    host.stopped = error
                if attempt == rules.retries or host.stopped is not None:
                    self._count_failure(name, host, error)
                    raise
                host.free_at = max(host.free_at, self._clock.seconds() + wait)
            else:
                host.failures = 0
                return answer
        raise AssertionError("the last attempt returns or raises")

    def _count_failure(self, name: str, host: HostState, error: FetchError) -> None:
        host.failures += 1
        if host.failures >= _FAILURES_IN_A_ROW and host.stopped is None:
            message = f"{name} failed {host.failures} times in a row and is left alone for now: {error.message}"
            host.stopped = FetchError(error.why, message)

    async def _turn(self, name: str, host: HostState) -> None:
        """Wait until the host may be asked.

        Raises:
            FetchError: It is not to be asked any more.
        """
        pause = max(60.0 / self._sources.per_minute(name), host.delay)
        async with self._turns[name]:
            while host.stopped is None and (wait := host.free_at - self._clock.seconds()) > 0:
                if wait > LONGEST_WAIT:
                    host.stopped = FetchError(Why.SLOW_DOWN, f"{name} wants {wait:.0f} s between two pages")
                else:
                    await self._clock.sleep(wait)
            if host.stopped is not None:
                raise host.stopped
            host.free_at = self._clock.seconds() + pause

    def _judge(self, answer: Answer) -> None:
        """Turn a status that is none of success into an error.

        Raises:
            FetchError: It is.
        """
        status = answer.status
        if status in {_OK, _NOT_MODIFIED} or status in _REDIRECTS:
            return
        if status in _MANY:
            wait = seconds_until(answer.retry_after, self._clock.now())
            asked = "" if wait is None else f" and asks to wait {wait:.0f} s"
            why = Why.SLOW_DOWN if status == 429 or wait is not None else Why.SERVER_ERROR
            raise PageOfError(why, f"the server says {status}{asked}", answer, wait)
        if status in _SERVER_ERRORS:
            raise PageOfError(Why.SERVER_ERROR, f"the server says {status}", answer)
        if status in _GONE:
            raise PageOfError(Why.GONE, f"the server says {status}: there is no such page", answer)
        raise PageOfError(Why.REFUSED if status < 500 else Why.SERVER_ERROR, f"the server says {status}", answer)


class PageOfError(FetchError):
    """A failure that came with a page, which may tell more.

    Args:
        why: Reason code.
        message: The same in words.
        answer: The page.
        wait: Seconds that the server asked to wait, or None.
    """

    def __init__(self, why: Why, message: str, answer: Answer, wait: float | None = None) -> None:
        super().__init__(why, message, wait)
        self.answer = answer


def _leads_to(place: str, location: str) -> str:
    try:
        return normal(urljoin(place, location))
    except (AddressError, ValueError) as error:
        raise FetchError(Why.REDIRECTS, f"leads to {location[:200]!r}: {error}") from error
