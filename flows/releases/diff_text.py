"""The difference of two releases as Markdown that a person reads, and as JSON."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, TextIO

from extract.label import names
from flows.releases import diff
from flows.releases.diff import Change, Difference, Kind, Release
from flows.table import clean
from ontology import terms

_PAGES_SHOWN: Final = 3
_IN_MEMORY: Final = 1 << 24
_PARTS: Final = {"guidance-use": "guidance", "substance-use": "substance", "temperature": "temperature"}
_MAIN: Final = frozenset((terms.abl("modality"), terms.abl("agent"), terms.QUDT + "numericValue"))
"""What a part is told by; its other properties are told under its name."""


@dataclass
class Figures:
    """How many of what changed between two releases.

    Attributes:
        before: Procedures of the older release.
        added: Procedures that it has not.
        removed: Procedures that it alone has.
        changed: Procedures with other facts.
        moved: Procedures whose same facts rest on other words or pages.
        facts_before: Facts of the older release.
        facts_added: Facts that it has not.
        facts_removed: Facts that it alone has.
        facts_changed: Facts with another value.
    """

    before: int = 0
    added: int = 0
    removed: int = 0
    changed: int = 0
    moved: int = 0
    facts_before: int = 0
    facts_added: int = 0
    facts_removed: int = 0
    facts_changed: int = 0

    def add(self, one: Difference | int) -> None:
        """Count a procedure, as `flows.releases.diff.compare` gives it."""
        if isinstance(one, int):
            self.before += 1
            self.facts_before += one
            return
        self.before += one.kind is not Kind.ADDED
        self.facts_before += one.facts_before
        self.added += one.kind is Kind.ADDED
        self.removed += one.kind is Kind.REMOVED
        self.changed += one.kind is Kind.CHANGED and bool(one.changes)
        self.moved += one.kind is Kind.CHANGED and not one.changes
        self.facts_added += diff.counted(one.changes, Kind.ADDED)
        self.facts_removed += diff.counted(one.changes, Kind.REMOVED)
        self.facts_changed += diff.counted(one.changes, Kind.CHANGED)


def write_markdown(out: TextIO, title: str, after: Path, before: Path) -> Figures:
    """Write the difference as Markdown.

    Args:
        out: Where to.
        title: What stands above it.
        after: Folder of the newer release.
        before: Folder of the older one.

    Returns:
        How many of what changed.
    """
    new, old = Release(after), Release(before)
    figures = Figures()
    names_of = _Names()
    # The figures stand above the procedures, and neither is held in memory however much changed.
    with tempfile.SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="\n") as body:
        rests: list[str] = []
        for one in diff.compare(new, old):
            figures.add(one)
            if isinstance(one, Difference):
                if one.changes or one.kind is not Kind.CHANGED:
                    body.writelines(_procedure(one, names_of))
                else:
                    rests.append(one.code)
        if rests:
            body.write(f"\n## The same facts, read from other words or pages\n\n{', '.join(rests)}\n")
        body.seek(0)
        out.writelines((f"# {title}\n\n", *_head(figures)))
        out.writelines(_pages(new, old))
        shutil.copyfileobj(body, out)
    return figures


def write_json(out: TextIO, after: Path, before: Path) -> Figures:
    """Write the difference as one JSON object; see `write_markdown`."""
    new, old = Release(after), Release(before)
    figures = Figures()
    out.write(f'{{"before": {json.dumps(before.name)}, "after": {json.dumps(after.name)},\n"procedures": [')
    comma = "\n"
    for one in diff.compare(new, old):
        figures.add(one)
        if isinstance(one, Difference):
            row = {"code": one.code, "label": one.label, "kind": one.kind, "facts": [asdict(c) for c in one.changes]}
            out.write(comma + json.dumps(row, ensure_ascii=False))
            comma = ",\n"
    pages = [{"path": path, "change": what, "reason": reason} for path, what, reason in diff.moved(new, old)]
    out.write(f'],\n"pages": {json.dumps(pages, ensure_ascii=False)},\n"figures": {json.dumps(asdict(figures))}}}\n')
    return figures


def _head(figures: Figures) -> Iterator[str]:
    procedures = {
        "added": figures.added,
        "gone": figures.removed,
        "changed": figures.changed,
        "with the same facts from other words or pages": figures.moved,
    }
    facts = {"added": figures.facts_added, "removed": figures.facts_removed, "changed": figures.facts_changed}
    for what, counts, total in (("procedures", procedures, figures.before), ("facts", facts, figures.facts_before)):
        told = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
        yield f"- {what}: {told or 'the same'}; {total} before\n"


def _pages(new: Release, old: Release) -> Iterator[str]:
    changes = list(diff.moved(new, old))
    count = Counter(what for _, what, _ in changes)
    if count:
        yield "- pages: " + ", ".join(f"{number} {what}" for what, number in sorted(count.items())) + "\n"
    bad = [(path, reason) for path, what, reason in changes if what == "in quarantine"]
    if bad:
        yield "\n## New in quarantine\n\n"
        yield from (f"- {_code(path)}: {reason}\n" for path, reason in bad)


def _procedure(one: Difference, names_of: _Names) -> Iterator[str]:
    what = "gone" if one.kind is Kind.REMOVED else one.kind.value
    yield f"\n## {one.code} {one.label} ({what})\n\n"
    for change in one.changes:
        yield f"- {names_of.change(change, plain=one.kind is not Kind.CHANGED)}{_behind(change.pages)}\n"


def _behind(pages: tuple[str, ...]) -> str:
    more = f" and {len(pages) - _PAGES_SHOWN} more" if len(pages) > _PAGES_SHOWN else ""
    return f" ({', '.join(map(_code, pages[:_PAGES_SHOWN]))}{more})" if pages else ""


def _code(path: str) -> str:
    """A path as Markdown shows it unchanged."""
    return f"`{clean(path).replace('`', chr(39))}`"


@dataclass(frozen=True)
class _Names:
    """Words for what stands in the graph."""

    concepts: Mapping[str, str] = field(default_factory=names)

    def change(self, change: Change, *, plain: bool) -> str:
        """A change in words; plain where all of a procedure's facts share its fate."""
        about = self.about(change.part, change.name)
        if change.kind is Kind.CHANGED:
            return f"changed {about}: {self.value(change.before)} → {self.value(change.after)}"
        value = self.value(change.after if change.kind is Kind.ADDED else change.before)
        return f"{'' if plain else change.kind.value + ' '}{about}: {value}"

    def about(self, part: str, name: str) -> str:
        """A property in words, with the part that it belongs to."""
        words = _words(name)
        if not part:
            return words
        kind, _, key = part.partition("/")
        kind = _PARTS.get(kind, kind)
        return kind if name in _MAIN else f"{kind} {key}, {words}"

    def value(self, value: str | None) -> str:
        """A value in words."""
        if value is None:
            return "nothing"
        path = value.removeprefix(terms.BASE)
        return self.concepts.get(path) or (_words(value) if value.startswith("http") else value)


def _words(iri: str) -> str:
    """The last part of an IRI in words.

    >>> _words("https://w3id.org/ablation-kg/ontology#freezeThawCycles")
    'freeze thaw cycles'
    """
    if iri == terms.RDF + "type":
        return "kind"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.split(r"[/#]", iri)[-1]).replace("-", " ").lower()
