"""Fetch what a source list names and what has changed, in batches; every address ends with an outcome."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, Protocol

from flows.fetching.addresses import host_of
from flows.fetching.answers import FetchError, Outcome, Result, Why
from flows.fetching.cache import Cache
from flows.fetching.clock import Clock, SystemClock
from flows.fetching.hosts import Memory, agent
from flows.fetching.listing import Listed, addresses_of
from flows.fetching.network import Network, Resolve
from flows.fetching.page import fetch_page, unasked
from flows.fetching.sources import Kind, Source, Sources
from flows.fetching.visit import Visitor
from flows.progress import SILENT, Progress

PAGES_A_BATCH: Final = 200


class Errand:
    """All that the batches of one run share. A plain class, so that Prefect does not look into it.

    Args:
        sources: The source list.
        cache: Where copies stand.
        clock: Time.
        resolve: Looks up hosts; the system does if None.
    """

    def __init__(
        self, sources: Sources, cache: Cache, clock: Clock | None = None, resolve: Resolve | None = None
    ) -> None:
        self.sources = sources
        self.cache = cache
        self.clock: Clock = clock or SystemClock()
        self.resolve = resolve
        self.memory = Memory()
        for host, (why, message) in cache.paused(self.clock.now()).items():
            self.memory.hosts[host].stopped = FetchError(Why(why), message)

    def network(self) -> Network:
        """A network for one batch."""
        return Network(agent(self.sources.rules.contact), self.sources.may_be_private, self.resolve)


class List(Protocol):
    """`list_source`, plain or wrapped."""

    def __call__(self, source: Source, errand: Errand) -> Listed:
        """See `list_source`."""


class Fetch(Protocol):
    """`fetch_batch`, plain or wrapped."""

    def __call__(self, addresses: Sequence[str], errand: Errand, number: int) -> tuple[Outcome, ...]:
        """See `fetch_batch`."""


@dataclass(frozen=True, slots=True)
class OfSource:
    """What became of the addresses of a source; an address that two sources name counts with the first."""

    source: Source
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a run of the fetcher did.

    Attributes:
        sources: In the order of the source list, folders left out.
        dropped: Pages that are no longer among those to build.
    """

    sources: tuple[OfSource, ...]
    dropped: int

    @property
    def nothing_came(self) -> bool:
        """Whether there was something to fetch, and all of it failed."""
        results = [outcome.result for one in self.sources for outcome in one.outcomes]
        return bool(results) and all(result is Result.FAILED for result in results)


def list_source(source: Source, errand: Errand) -> Listed:
    """List the addresses of a source.

    Args:
        source: The source; no folder.
        errand: Of this run.

    Raises:
        UserError: A list on the disk cannot be read.
    """

    async def listed() -> Listed:
        async with errand.network() as network:
            return await addresses_of(source, Visitor(errand.sources, network, errand.memory, errand.clock))

    return asyncio.run(listed())


def fetch_batch(addresses: Sequence[str], errand: Errand, number: int) -> tuple[Outcome, ...]:
    """Fetch some pages: hosts side by side, the pages of a host one after the other.

    Args:
        addresses: In normal form, each once.
        errand: Of this run.
        number: Of the batch.

    Returns:
        An outcome for each address, in any order.
    """
    by_host: defaultdict[str, list[str]] = defaultdict(list)
    for address in addresses:
        by_host[host_of(address)].append(address)

    async def of_host(host: str, some: Iterable[str], visitor: Visitor) -> list[Outcome]:
        outcomes = []
        for address in some:
            stopped = errand.memory.hosts[host].stopped
            if stopped is not None:
                outcomes.append(unasked(address, errand.cache, stopped))
            else:
                max_bytes = errand.sources.rules.max_bytes
                outcomes.append(await fetch_page(address, visitor, errand.cache, errand.clock, max_bytes))
        return outcomes

    async def of_all() -> list[list[Outcome]]:
        async with errand.network() as network:
            visitor = Visitor(errand.sources, network, errand.memory, errand.clock)
            return await asyncio.gather(*(of_host(host, some, visitor) for host, some in by_host.items()))

    return tuple(outcome for some in asyncio.run(of_all()) for outcome in some)


def fetch(
    errand: Errand, progress: Progress = SILENT, listing: List = list_source, fetching: Fetch = fetch_batch
) -> Fetched:
    """Fetch all that has changed, and put aside what no source names any more.

    Args:
        errand: What to fetch, and where to.
        progress: Is told how far it is.
        listing: Lists the addresses of a source.
        fetching: Fetches a batch of pages.

    Returns:
        What became of every address.

    Raises:
        UserError: A list on the disk cannot be read.
    """
    cache = errand.cache
    run = cache.begin()
    of_source: list[tuple[Source, list[str], list[Outcome]]] = []
    seen: set[str] = set()
    complete = True
    for source in errand.sources.sources:
        if source.kind is Kind.FOLDER:
            continue
        listed = listing(source, errand)
        key = f"{source.kind} {source.where}"
        before = () if listed.whole else cache.listed(key)
        complete = complete and (listed.whole or bool(before))
        if listed.whole:
            cache.keep_list(key, listed.addresses)
        addresses = [one for one in dict.fromkeys((*listed.addresses, *before)) if one not in seen]
        seen.update(addresses)
        of_source.append((source, addresses, list(listed.failed)))
    outcomes: dict[str, Outcome] = {}
    planned = _planned(seen, cache.last_asked())
    for number, start in enumerate(range(0, len(planned), PAGES_A_BATCH)):
        progress.step("pages fetched", start, len(planned))
        batch = planned[start : start + PAGES_A_BATCH]
        done = fetching(batch, errand, number)
        if {outcome.address for outcome in done} != set(batch):
            raise AssertionError("a batch of addresses did not come back as a whole")
        outcomes.update((outcome.address, outcome) for outcome in done)
        cache.asked((outcome.address for outcome in done if not outcome.message.startswith("not asked")), run)
    progress.step("pages fetched", len(planned), len(planned))
    # Where a list could not be read and none is known from before, nobody can say which pages belong to it.
    dropped = cache.settle([one.address for one in outcomes.values() if one.kept]) if complete else 0
    return Fetched(
        tuple(
            OfSource(source, tuple(sorted((*(outcomes[one] for one in addresses), *failed))))
            for source, addresses, failed in of_source
        ),
        dropped,
    )


def _planned(addresses: Iterable[str], last_asked: Mapping[str, int]) -> list[str]:
    """The order to ask in.

    What was not asked for longest comes first, so that a site that lets us see a few pages a day is seen as a whole in
    the end; hosts take turns, so that a batch has work for all of them.
    """
    by_host: defaultdict[str, list[str]] = defaultdict(list)
    for address in sorted(addresses, key=lambda one: (last_asked.get(one, 0), one)):
        by_host[host_of(address)].append(address)
    return [one for turn in zip_longest(*by_host.values()) for one in turn if one is not None]
