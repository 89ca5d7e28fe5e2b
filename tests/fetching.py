"""What the tests of the fetcher share: a clock that costs no time, and a run over a source list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.fetching import fetch
from flows.fetching.answers import Outcome
from flows.fetching.cache import opened
from flows.fetching.network import Resolve
from flows.fetching.sources import load

START = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
PRIVATE = '\n[host."127.0.0.1"]\nprivate = true\n'
QUICK = "[fetch]\nseconds = 0.4\n"


@dataclass
class FakeClock:
    """Time that passes when somebody sleeps."""

    passed: float = 0.0
    slept: list[float] = field(default_factory=list)

    def seconds(self) -> float:
        return self.passed

    def now(self) -> datetime:
        return START + timedelta(seconds=self.passed)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.passed += seconds


@dataclass
class Runs:
    """Runs of the fetcher over one folder."""

    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    resolve: Resolve | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def file(self) -> Path:
        return self.folder / "sources.toml"

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    def lists(self, text: str) -> None:
        self.file.write_text(text)

    def addresses(self, *addresses: str, rules: str = PRIVATE) -> None:
        self.lists("".join(f'[[source]]\naddress = "{one}"\n' for one in addresses) + rules)

    def run(self) -> fetch.Fetched:
        with opened(self.cache, lost=lambda: self.notes.append("lost")) as cache:
            return fetch.fetch(fetch.Errand(load(self.file), cache, self.clock, self.resolve))

    def outcomes(self) -> dict[str, Outcome]:
        return {outcome.address: outcome for one in self.run().sources for outcome in one.outcomes}

    def only(self) -> Outcome:
        (outcome,) = self.outcomes().values()
        return outcome

    def pages(self) -> dict[str, bytes]:
        """The pages that go into the build, by the first part of their names."""
        files = [path for path in (self.cache / "pages").rglob("*") if path.is_file()]
        return {path.name.rpartition("-")[0]: path.read_bytes() for path in files}


def found(*places: str) -> Resolve:
    """A resolver that finds every host at these network addresses."""

    async def resolve(_: str, __: int) -> Sequence[str]:
        return places

    return resolve
