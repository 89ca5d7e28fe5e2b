"""Pages read one by one and held against gold: how often they agree, and what lies behind every difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from extract.behind import Trace, Tracer
from extract.gold import Entry
from extract.model import PageError, Reading
from extract.page import read_page
from extract.reading import read
from extract.scoring import Miss, Score, score
from flows import files
from flows.evaluating import gold
from flows.progress import SILENT, Progress


@dataclass(frozen=True, slots=True)
class Judged:
    """A page beside its gold.

    Attributes:
        entry: What it must give.
        reading: What was read; None if the page is in quarantine.
        reason: Reason code of the quarantine, else empty.
        message: The same in words.
    """

    entry: Entry
    reading: Reading | None
    reason: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that gold and reading do not share, and the places on the page that bear on it."""

    miss: Miss
    traces: tuple[Trace, ...]


@dataclass(frozen=True, slots=True)
class Differing:
    """A page about which gold and reading say different things, in words."""

    file: str
    gold: str
    read: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often pages agree with gold in something that is no axis.

    Attributes:
        name: Field of gold.
        pages: How many pages have the field.
        differing: Those that do not agree.
    """

    name: str
    pages: int
    differing: tuple[Differing, ...]

    @property
    def agree(self) -> int:
        """Pages that agree."""
        return self.pages - len(self.differing)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that an evaluation finds.

    Attributes:
        judged: Pages, sorted by name.
        score: Counts and misses.
        differences: Each miss with what lies behind it, page by page, axes in their order.
        agreements: On code, locked sections and rights holders.
    """

    judged: tuple[Judged, ...]
    score: Score
    differences: tuple[Difference, ...]
    agreements: tuple[Agreement, ...]

    @property
    def quarantined(self) -> tuple[Judged, ...]:
        """Pages in quarantine: all their gold counts as missed."""
        return tuple(page for page in self.judged if page.reading is None)

    @property
    def borderline(self) -> int:
        """Pages that are left out of ``is-ablation``."""
        return sum(bool(page.entry.get("borderline")) for page in self.judged)


def judge(pages: Path, golds: Sequence[Path], progress: Progress = SILENT) -> tuple[Judged, ...]:
    """Read pages, each alone, for the gold that they have.

    Args:
        pages: A folder; gold names its pages by their paths below it.
        golds: Gold files.
        progress: Is told how far it is.

    Returns:
        A page for each entry of gold, sorted by name.

    Raises:
        UserError: Gold is malformed, or pages and gold do not fit together; nothing was scored then.
    """
    entries = gold.read(golds)
    found = {page.name: page for page in files.find([pages])}
    named = {one.entry["file"] for one in entries}
    problems = [
        f"{name}: a page without gold; add an entry, or take the page out" for name in sorted(found.keys() - named)
    ]
    problems += [f"{one.place}: there is no such page in {pages}" for one in entries if one.entry["file"] not in found]
    gold.refuse(problems, "pages and gold do not fit together, so nothing was scored")
    judged: list[Judged] = []
    same: defaultdict[str, list[str]] = defaultdict(list)
    for number, one in enumerate(entries, start=1):
        progress.step("reading pages", number, len(entries))
        judged.append(_read(found[one.entry["file"]], one.entry, same))
    twice = [
        f"{' and '.join(names)}: the same page twice; keep one of them" for names in same.values() if len(names) > 1
    ]
    gold.refuse(sorted(twice), "nothing was scored")
    return tuple(judged)


def _read(page: files.Found, entry: Entry, same: defaultdict[str, list[str]]) -> Judged:
    try:
        data = files.read(page)
        same[sha256(data).hexdigest()].append(page.name)
        return Judged(entry, read(read_page(data, Path(page.name).name)))
    except PageError as error:
        return Judged(entry, None, error.reason, error.message)


def weigh(judged: Iterable[Judged]) -> Evaluation:
    """Score pages, and look for what lies behind each miss.

    Args:
        judged: Pages beside their gold; any selection of them.
    """
    judged = tuple(judged)
    total = score((page.entry, page.reading.assertions if page.reading else ()) for page in judged)
    tracers = {page.entry["file"]: Tracer(page.reading) for page in judged if page.reading}
    differences = tuple(
        Difference(miss, tracers[miss.file].behind(miss) if miss.file in tracers else ()) for miss in total.misses
    )
    return Evaluation(judged, total, differences, tuple(_agreements(judged)))


def _agreements(judged: Sequence[Judged]) -> Iterable[Agreement]:
    for name in ("code", "locked_sections", "rights_holders"):
        pairs = [(page.entry["file"], _wanted(page.entry, name), _found(page.reading, name)) for page in judged]
        told = [(file, want, have) for file, want, have in pairs if want is not None]
        yield Agreement(name, len(told), tuple(Differing(*pair) for pair in told if pair[1] != pair[2]))


def _wanted(entry: Entry, name: str) -> str | None:
    """A field of gold in words, None where gold leaves it out."""
    if name == "code":
        return entry["code"]
    if name == "locked_sections":
        return str(entry["locked_sections"]) if "locked_sections" in entry else None
    if "rights_holders" not in entry:
        return None
    return _holders((line["name"], line["year"]) for line in entry["rights_holders"])


def _found(reading: Reading | None, name: str) -> str:
    if reading is None:
        return "in quarantine"
    page = reading.page
    if name == "code":
        return page.code
    if name == "locked_sections":
        return str(page.locked_sections)
    return _holders((line.holder, line.year) for line in page.rights)


def _holders(lines: Iterable[tuple[str, int | None]]) -> str:
    return "; ".join(sorted({f"{name} {year}" if year else name for name, year in lines})) or "none"
