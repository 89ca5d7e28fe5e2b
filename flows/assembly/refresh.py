"""A refresh with plain functions: fetch what changed, build what changed; Prefect only hands in wrapped ones."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from flows.assembly.assemble import Result, assemble
from flows.fetching.answers import Result as Ended
from flows.fetching.cache import opened
from flows.fetching.clock import Clock
from flows.fetching.fetch import Errand, Fetch, Fetched, List, OfSource, fetch, fetch_batch, list_source
from flows.fetching.network import Resolve
from flows.fetching.sources import load
from flows.progress import SILENT, Progress
from flows.releases import release

LAST_FETCH: Final = "last-fetch.jsonl"


class Build(Protocol):
    """`flows.assembly.assemble.assemble`, plain or wrapped."""

    def __call__(self, paths: Sequence[Path], output: Path, *, quotes: bool, strict: bool) -> Result:
        """See `flows.assembly.assemble.assemble`."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did.

    Attributes:
        fetched: What became of every address.
        built: What the build did, or None where there was none.
        held_back: Why nothing was built or published, or None.
    """

    fetched: Fetched
    built: Result | None
    held_back: str | None

    def as_json(self) -> str:
        """All of it as one JSON object, the addresses that failed among it."""
        whole = {
            "sources": [
                {
                    "name": one.source.name,
                    "kind": one.source.kind,
                    "where": one.source.where,
                    "addresses": len(one.outcomes),
                    **counts(one),
                    "failures": [
                        {
                            "address": outcome.address,
                            "why": outcome.why,
                            "message": outcome.message,
                            "kept": outcome.kept,
                        }
                        for outcome in one.outcomes
                        if outcome.result is Ended.FAILED
                    ],
                }
                for one in self.fetched.sources
            ],
            "dropped": self.fetched.dropped,
            "build": None if self.built is None else asdict(self.built.summary),
            "held_back": self.held_back,
        }
        return json.dumps(whole, ensure_ascii=False, indent=2)


def counts(one: OfSource) -> dict[str, Any]:
    """How many addresses of a source were fetched, unchanged, and failed by reason."""
    results = Counter(outcome.result for outcome in one.outcomes)
    why = Counter(str(outcome.why) for outcome in one.outcomes if outcome.result is Ended.FAILED)
    return {
        "fetched": results[Ended.FETCHED],
        "unchanged": results[Ended.UNCHANGED],
        "failed": dict(sorted(why.items())),
    }


def refresh(
    file: Path,
    output: Path,
    *,
    quotes: bool = True,
    strict: bool = False,
    progress: Progress = SILENT,
    build: Build = assemble,
    listing: List = list_source,
    fetching: Fetch = fetch_batch,
    clock: Clock | None = None,
    resolve: Resolve | None = None,
) -> Refreshed:
    """Fetch what changed, and build what changed.

    What cannot be fetched stays as it was fetched before, so that a site that is down takes nothing out of the graph;
    a page that its site says is gone leaves it.

    Args:
        file: The source list.
        output: The folder of the releases; fetched pages are kept in its ``cache/``.
        quotes: Whether quoted words go into the evidence.
        strict: Whether one address that failed, or one page in quarantine, holds the release back.
        progress: Is told how far it is.
        build: Builds a release.
        listing: Lists the addresses of a source.
        fetching: Fetches a batch of pages.
        clock: Time.
        resolve: Looks up hosts.

    Returns:
        What happened.

    Raises:
        UserError: The source list or the output folder cannot be used.
    """
    sources = load(file)
    release.check(output)

    def waiting() -> None:
        progress.note(f"another refresh writes to {output}; waiting for it")

    def lost() -> None:
        progress.note(f"{output / release.CACHE}: the index of fetched pages could not be used and is begun anew")

    with opened(output / release.CACHE, waiting, lost) as cache:
        fetched = fetch(Errand(sources, cache, clock, resolve), progress, listing, fetching)
        _write(output / release.CACHE / LAST_FETCH, fetched)
        held_back = _held_back(fetched, folders=bool(sources.folders), strict=strict)
        if held_back is not None:
            return Refreshed(fetched, None, held_back)
        built = build([*sources.folders, cache.pages], output, quotes=quotes, strict=strict)
    return Refreshed(fetched, built, built.summary.held_back)


def _held_back(fetched: Fetched, *, folders: bool, strict: bool) -> str | None:
    """Why nothing is to be built, or None."""
    failed = [one for some in fetched.sources for one in some.outcomes if one.result is Ended.FAILED]
    if fetched.nothing_came and not folders:
        return f"nothing could be fetched: {failed[0].address}: {failed[0].message}"
    if strict and failed:
        return f"--strict, and {len(failed)} addresses could not be fetched"
    return None


def _write(file: Path, fetched: Fetched) -> None:
    """Write what became of every address, a line each."""
    lines = (
        json.dumps({"source": one.source.name, **asdict(outcome)}, ensure_ascii=False) + "\n"
        for one in fetched.sources
        for outcome in one.outcomes
    )
    new = file.with_name(f".new-{file.name}")
    with new.open("w", encoding="utf-8") as out:
        out.writelines(lines)
    new.replace(file)
