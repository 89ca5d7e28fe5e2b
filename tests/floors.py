"""Figures of the gold set, and the floors below which they must not fall."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Final

from extract.gold import AXES, HALVES, Entry, half
from extract.scoring import Tally
from flows.evaluating.evaluate import Judged, judge, weigh

ROOT: Final = Path(__file__).parents[1]
GOLD: Final = ROOT / "tests" / "gold"
PAGES: Final = GOLD / "pages"
FLOORS: Final = GOLD / "floors.json"
SHARED: Final = ROOT.parent / "shared" / "pages"

AIMS: Final[dict[str, float]] = {
    **dict.fromkeys(("is-ablation", "approach", "energy", "organ"), 0.97),
    **dict.fromkeys(("target", "guidance-modality"), 0.95),
    **dict.fromkeys(("guidance-necessity", "guidance-reporting"), 0.92),
    **dict.fromkeys(("laterality", "multiplicity", "agents", "temperature", "cycles"), 0.95),
}
"""F1 to reach on the shared pages; a floor there rises so far and no further."""

Figures = dict[str, dict[str, float]]
"""By corpus, and by axis and measure: ``{"tune": {"organ precision": 0.912, …}, …}``."""


def gold_files() -> list[Path]:
    """The gold files of the set."""
    return sorted(set(GOLD.glob("*.json")) - {FLOORS})


def corpus_hash() -> str:
    """SHA-256 over the bytes of all pages and the entries of all gold files, whatever file an entry stands in."""
    found = hashlib.sha256()
    for page in sorted(PAGES.iterdir()):
        found.update(f"{page.name} {hashlib.sha256(page.read_bytes()).hexdigest()}\n".encode())
    for entry in entries():
        found.update(json.dumps(entry, sort_keys=True).encode() + b"\n")
    return found.hexdigest()


def entries() -> list[Entry]:
    """Gold of all pages, by their names."""
    found: list[Entry] = [entry for file in gold_files() for entry in json.loads(file.read_text("utf-8"))]
    return sorted(found, key=lambda entry: entry["file"])


@lru_cache(maxsize=1)
def judged() -> tuple[Judged, ...]:
    """Our own gold pages, read."""
    return judge(PAGES, gold_files())


@lru_cache(maxsize=1)
def figures() -> Figures:
    """Precision and recall by axis on both halves, and F1 on the shared pages where they are at hand.

    Cut off after three decimals, so that a figure that is written and read again is the same.
    """
    found: Figures = {}
    for name in HALVES:
        tallies = weigh(page for page in judged() if half(page.entry["file"]) == name).score.tallies
        found[name] = {}
        for axis in AXES:
            tally = tallies[axis]
            found[name][f"{axis} precision"] = share(tally.hit, tally.hit + tally.false)
            found[name][f"{axis} recall"] = share(tally.hit, tally.hit + tally.missed)
    if SHARED.exists():
        found["shared"] = {f"{axis} f1": f1(tally) for axis, tally in shared().items()}
    return found


@lru_cache(maxsize=1)
def shared() -> dict[str, Tally]:
    """Counts by axis on the shared pages."""
    return weigh(judge(SHARED, [SHARED / "gold.json"])).score.tallies


def f1(tally: Tally) -> float:
    """F1 as `share`."""
    return share(2 * tally.hit, 2 * tally.hit + tally.false + tally.missed)


def share(part: int, whole: int) -> float:
    """A share, cut off after three decimals; 1 of nothing."""
    return part * 1000 // whole / 1000 if whole else 1.0


def fallen(floors: Figures, now: Figures) -> list[str]:
    """Figures below their floor, in words."""
    return [
        f"{corpus}: {name} is {now[corpus][name]:.3f}, its floor is {floor:.3f}"
        for corpus, pinned in sorted(floors.items())
        for name, floor in sorted(pinned.items())
        if corpus in now and now[corpus][name] < floor
    ]


def renewed(floors: Figures, now: Figures) -> Figures:
    """Floors at today's figures; a corpus that is not at hand keeps its own, and the shared pages' end at the aims."""
    fresh = {corpus: dict(sorted(values.items())) for corpus, values in {**floors, **now}.items()}
    if "shared" in fresh:
        fresh["shared"] = {name: min(value, AIMS[name.removesuffix(" f1")]) for name, value in fresh["shared"].items()}
    return fresh


def read() -> tuple[str, Figures]:
    """The pinned corpus hash and floors; nothing where none are pinned yet."""
    if not FLOORS.exists():
        return "", {}
    pinned = json.loads(FLOORS.read_text("utf-8"))
    return pinned["corpus"], pinned["floors"]


def write(corpus: str, floors: Figures) -> None:
    """Pin a corpus and its floors."""
    text = json.dumps({"corpus": corpus, "floors": floors}, indent=1, sort_keys=True)
    FLOORS.write_text(text + "\n", "utf-8")
