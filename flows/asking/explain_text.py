"""An explanation as text of at most 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from flows.asking.explain import Disagreed, Explanation, Fact, Place, Rejected, Source, order
from flows.table import clean

WIDTH: Final = 80
FEW: Final = 3
"""So many places are shown for a fact unless all are asked for."""


def text(explanation: Explanation, *, everything: bool = False) -> str:
    """The explanation in a person's words.

    Args:
        explanation: What is known.
        everything: Whether every place is shown, however many there are.
    """
    return "\n".join(_lines(explanation, None if everything else FEW)) + "\n"


def _lines(one: Explanation, few: int | None) -> Iterator[str]:
    yield from _wrapped(f"{one.code}  ", one.label)
    yield f"{'An ablation' if one.ablation else 'No ablation'}, read from {_count(len(one.pages), 'page')}."
    yield from ("", "WHAT IT IS, AND THE WORDS THAT SAY SO")
    for fact in one.facts:
        yield from _fact(fact, 2, few)
    if one.disagreements:
        yield from ("", "WHERE THE PAGES DISAGREE")
        for difference in one.disagreements:
            yield from _disagreed(difference, few)
    if one.rejections:
        yield from ("", "READ, AND NOT TAKEN FOR A FACT")
        for group in _grouped(one.rejections):
            yield from _rejected(group, few)
    yield from ("", "PAGES")
    for number, source in enumerate(one.pages, start=1):
        yield from _source(number, source)


def _fact(fact: Fact, indent: int, few: int | None) -> Iterator[str]:
    yield from _wrapped(f"{' ' * indent}{fact.property}: ", fact.value)
    yield from _places(fact.places, indent + 4, few)
    for more in fact.more:
        yield from _fact(more, indent + 2, few)


def _disagreed(one: Disagreed, few: int | None) -> Iterator[str]:
    yield from _wrapped(f"  {one.property}: ", f"{one.kept}, and not {one.withheld}")
    yield f"    for {one.kept}:"
    yield from _places(one.kept_places, 6, few)
    yield f"    for {one.withheld}:"
    yield from _places(one.withheld_places, 6, few)


def _grouped(rejections: Iterable[Rejected]) -> Iterator[Sequence[Rejected]]:
    """Rejections of the same value for the same reason stand together."""
    groups: dict[tuple[str, str, str, str | None], list[Rejected]] = {}
    for one in rejections:
        groups.setdefault((one.property, one.value, one.reason, one.cue), []).append(one)
    yield from groups.values()


def _rejected(group: Sequence[Rejected], few: int | None) -> Iterator[str]:
    one = group[0]
    cue = f" (“{one.cue}”)" if one.cue else ""
    yield from _wrapped(f"  {one.property}: ", f"{one.value} – {one.reason.replace('-', ' ')}{cue}")
    yield from _places(sorted({place for rejected in group for place in rejected.places}, key=order), 6, few)


def _places(places: Sequence[Place], indent: int, few: int | None) -> Iterator[str]:
    shown = places if few is None or len(places) <= few + 1 else places[:few]
    for place in shown:
        where = f"[{place.page}] {place.section}, {place.start}-{place.end}"
        quote = "" if place.quote is None else f"“{place.quote}”  "
        yield from _wrapped(" " * indent, quote + where)
    if len(shown) < len(places):
        yield f"{' ' * indent}… and {len(places) - len(shown)} more (--all shows them)"


def _source(number: int, source: Source) -> Iterator[str]:
    yield from _wrapped(f"  [{number}] ", ", ".join(source.names) or source.sha256)
    if source.address:
        yield from _wrapped("      ", source.address)
    about = [f"edition {source.edition}"] if source.edition else []
    about += [f"{_count(source.locked_sections, 'section')} locked"] if source.locked_sections else []
    about += [f"sha256 {source.sha256[:16]}…"]
    yield from _wrapped("      ", ", ".join(about))
    if source.rights:
        yield from _wrapped("      rights: ", "; ".join(source.rights))


def _wrapped(start: str, words: str) -> Iterator[str]:
    yield from textwrap.wrap(
        clean(words), WIDTH, initial_indent=start, subsequent_indent=" " * len(start), break_on_hyphens=False
    ) or [start.rstrip()]


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
