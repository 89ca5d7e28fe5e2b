"""What the report shows, gathered from the files of a release in one pass over its procedures."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from flows.releases import diff
from flows.releases.blocks import with_previous
from flows.releases.diff import Change, Difference, Kind, Release
from flows.releases.records import Status
from flows.report import known
from flows.report.entries import AXES, Entry, entry
from flows.report.lexis import Lexis
from ontology import terms
from shapes.check import FOLDER as SHAPES

EXAMPLES: Final = 3
_REASONS: Final = 3 + len(AXES)
"""Where the reasons stand in a line for lists; what pages differ in follows, then pages, then facts."""

Paths = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Open:
    """A rule that warns of what pages leave open: its name, the axis that it asks for, what it says."""

    rule: str
    axis: str
    message: str


@dataclass(slots=True)
class Gathered:
    """What was gathered.

    Attributes:
        above: See `flows.report.lexis.Lexis`.
        index: Lines for lists, in code order.
        ablations: Number of procedures that are ablations.
        facts: Number of facts.
        open: Name of a warning's rule to the number of procedures.
        reasons: Reason of rejections to its number.
        concerned: The same to the number of procedures.
        examples: Reason to a few rejections: code, property, value, cue, quote.
        used: Number of a concept to the number of procedures that it, or one below it, describes on an axis.
        disagreements: Number of disagreements.
    """

    above: Sequence[frozenset[int]]
    index: list[str] = field(default_factory=list)
    ablations: int = 0
    facts: int = 0
    open: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    concerned: Counter[str] = field(default_factory=Counter)
    examples: defaultdict[str, list[Sequence[Any]]] = field(default_factory=lambda: defaultdict(list))
    used: Counter[int] = field(default_factory=Counter)
    disagreements: int = 0

    def add(self, one: Entry) -> None:
        """Take in a procedure."""
        row = json.loads(one.index)
        self.index.append(one.index)
        self.ablations += row[2]
        self.facts += row[-1]
        self.disagreements += len(row[-3])
        for rule in warnings():
            self.open[rule.rule] += row[2] and not row[3 + AXES.index(rule.axis)]
        self.used.update({up for axis in row[3:_REASONS] for number in axis for up in self.above[number]})
        for reason, number in row[_REASONS]:
            self.reasons[reason] += number
            self.concerned[reason] += 1
        if any(len(self.examples[reason]) < EXAMPLES for reason, _ in row[_REASONS]):
            self._example(json.loads(one.detail))

    def _example(self, row: Sequence[Any]) -> None:
        code, _, places, _, rejections, _ = row
        seen = set()
        for name, value, reason, cue, where in rejections:
            if reason not in seen and len(self.examples[reason]) < EXAMPLES:
                seen.add(reason)
                self.examples[reason].append((code, name, value, cue, places[where[0]][4] if where else None))


def entries(draft: Path, previous: Path | None, lexis: Lexis) -> Iterator[Entry]:
    """The procedures of a release, each as its lines.

    Args:
        draft: The release's folder.
        previous: Folder of the release before: lines of procedures that have not changed are taken from its report.
        lexis: The vocabulary.
    """
    paths, before = _paths(draft), {} if previous is None else _paths(previous)
    token = known.made_with(draft / "ontology.ttl")
    with known.opened(None if previous is None else previous / "report.html", token) as lines:
        for new, old in with_previous(draft, previous):
            if new is None:
                continue
            mine = paths.get(new.code, {})
            same = lines.entry(new.code) if new == old and mine == before.get(new.code, {}) else None
            yield same or entry(new, mine, lexis)


def _paths(folder: Path) -> Paths:
    """Code to SHA-256 of a page to its names."""
    found: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    with (folder / "pages.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["status"] == Status.PUBLISHED:
                found[row["code"]][row["sha256"]].append(row["path"])
    return found


@lru_cache(maxsize=1)
def warnings() -> tuple[Open, ...]:
    """The rules of the shapes that warn of an ablation without a value on an axis."""
    store = ox.Store()
    for file in sorted(SHAPES.glob("*.ttl")):
        store.bulk_load(path=str(file), format=ox.RdfFormat.TURTLE)

    def value(node: Any, name: str) -> str:
        found = store.quads_for_pattern(node, ox.NamedNode(terms.SH + name), None)
        return next((quad.object.value for quad in found if not isinstance(quad.object, ox.Triple)), "")

    rules = store.quads_for_pattern(None, ox.NamedNode(terms.SH + "severity"), ox.NamedNode(terms.SH + "Warning"))
    found = []
    for quad in rules:
        axis = value(quad.subject, "path").removeprefix(terms.ABL)
        if value(quad.subject, "targetClass") == terms.abl("AblationProcedure") and axis in AXES:
            rule = str(quad.subject).strip("<>").rpartition("/")[2]
            found.append(Open(rule, axis, value(quad.subject, "message")))
    return tuple(sorted(found, key=lambda one: AXES.index(one.axis)))


@dataclass(slots=True)
class Ended:
    """Pages by where they ended.

    Attributes:
        counts: Status to number.
        quarantine: Reason to rows: path, code, SHA-256, message.
        out_of_scope: Rows: path, code, SHA-256, no message.
        violations: Name of a rule to rows: path, code, what the shapes say.
    """

    counts: Counter[str] = field(default_factory=Counter)
    quarantine: defaultdict[str, list[Sequence[str]]] = field(default_factory=lambda: defaultdict(list))
    out_of_scope: list[Sequence[str]] = field(default_factory=list)
    violations: defaultdict[str, list[Sequence[str]]] = field(default_factory=lambda: defaultdict(list))


def ended(draft: Path) -> Ended:
    """Where the pages of a release ended."""
    found = Ended()
    with (draft / "pages.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            found.counts[row["status"]] += 1
            if row["status"] == Status.OUT_OF_SCOPE:
                found.out_of_scope.append((row["path"], row["code"] or "", row["sha256"] or "", ""))
    with (draft / "quarantine.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            about = (row["path"], row["code"] or "", row["sha256"] or "", row["message"])
            found.quarantine[row["reason"]].append(about)
            for finding in row["findings"]:
                found.violations[finding["shape"]].append((row["path"], row["code"] or "", finding["message"]))
    return found


@dataclass(frozen=True, slots=True)
class Changes:
    """What is other than in the release before.

    Attributes:
        previous: Its identifier.
        procedures: Rows: code, label, what happened, changes of facts (what happened, part, property, before, now,
            pages), number of facts before.
        pages: Rows: path, what happened, reason.
    """

    previous: str
    procedures: tuple[Sequence[Any], ...]
    pages: tuple[Sequence[str | None], ...]


def changes(draft: Path, previous: Path | None, lexis: Lexis) -> Changes | None:
    """What is other than in the release before; None where there is none."""
    if previous is None:
        return None
    new, old = Release(draft), Release(previous)
    found = [_difference(one, lexis) for one in diff.compare(new, old) if isinstance(one, Difference)]
    return Changes(previous.name, tuple(found), tuple(diff.moved(new, old)))


def _difference(one: Difference, lexis: Lexis) -> Sequence[Any]:
    facts = [_change(change, lexis) for change in one.changes] if one.kind is Kind.CHANGED else []
    return [one.code, one.label, str(one.kind), facts, one.facts_before]


def _change(one: Change, lexis: Lexis) -> Sequence[Any]:
    part = one.part.partition("/")[2].replace("-", " ")
    values = [None if value is None else _value(value, lexis) for value in (one.before, one.after)]
    return [str(one.kind), part, lexis.name(one.name), *values, list(one.pages)]


def _value(value: str, lexis: Lexis) -> int | str:
    return lexis.number(value) if value.startswith(terms.BASE) else value
