"""One procedure as a release knows it: each fact, where it was read, what was rejected and why."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from flows.asking import store
from flows.asking.look import Look
from flows.errors import UserError
from ontology import terms

_PARTS: Final = tuple(terms.abl(name) for name in ("guidance", "substance", "temperature"))
_ORDER: Final = (
    terms.RDF + "type",
    *map(terms.abl, ("approach", "energySource", "organ", "target", "guidance", "laterality", "multiplicity")),
    *map(terms.abl, ("device", "substance", "temperature", "freezeThawCycles")),
)
_MAKERS: Final = frozenset({terms.abl("modality"), terms.abl("agent"), terms.QUDT + "numericValue"})


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something was read.

    Attributes:
        authority: Of the section, 1 (descriptor) to 4: the lowest decides where pages disagree.
        page: Number of the page in the explanation, from 1.
        start: First character in the page's text (0-based).
        end: One past the last character.
        section: Role of the section, in words.
        quote: The words, or None in a release without quotes.
    """

    authority: int
    page: int
    start: int
    end: int
    section: str
    quote: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact and where it was read.

    Attributes:
        property: In words.
        value: In words.
        places: Where it was read.
        more: The facts about a part, such as a guidance.
        iri: Of the value's concept or class, or None for a number.
    """

    property: str
    value: str
    places: tuple[Place, ...]
    more: tuple[Fact, ...] = ()
    iri: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Rejected:
    """A mention that is no fact, why, and the words that made it so."""

    property: str
    value: str
    reason: str
    cue: str | None
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, order=True)
class Disagreed:
    """A question that the pages answer differently."""

    property: str
    kept: str
    withheld: str
    kept_places: tuple[Place, ...]
    withheld_places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A page of the procedure.

    Attributes:
        names: Its paths in the release.
        sha256: Of its bytes.
        address: Its own address, or None.
        edition: Year, or None.
        locked_sections: Number of sections closed to guests.
        rights: Holders and years.
    """

    names: tuple[str, ...]
    sha256: str
    address: str | None
    edition: str | None
    locked_sections: int
    rights: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that a release knows of one procedure."""

    code: str
    label: str
    ablation: bool
    release: str
    facts: tuple[Fact, ...]
    rejections: tuple[Rejected, ...]
    disagreements: tuple[Disagreed, ...]
    pages: tuple[Source, ...]


def explain(folder: Path, code: str) -> Explanation:
    """Gather what a release says of a procedure.

    Args:
        folder: The release's folder.
        code: As a person writes it: ``50593``, ``cpt-50593``.

    Raises:
        UserError: The release has no such procedure; the message says what became of its pages, or what is near.
    """
    code = re.sub(r"^CPT[- ]?", "", code.strip().upper())
    rows = [json.loads(line) for line in (folder / "pages.jsonl").read_text("utf-8").splitlines()]
    if not any(row["code"] == code and row["status"] == "published" for row in rows):
        raise UserError(_unknown(code, rows))
    return tell(
        Look(store.load_procedure(folder, code)), code, [row for row in rows if row["code"] == code], folder.name
    )


def tell(look: Look, code: str, rows: Sequence[Mapping[str, str]], release: str) -> Explanation:
    """Gather what a graph says of a procedure that it holds.

    Args:
        look: The graph.
        code: Of the procedure.
        rows: The lines of ``pages.jsonl`` about its pages.
        release: Name of the release.
    """
    node = terms.procedure(code)
    sources = _sources(look, node, rows)
    numbers = {terms.page(source.sha256): number for number, source in enumerate(sources, start=1)}
    return Explanation(
        code=code,
        label=look.text(node, terms.RDFS + "label"),
        ablation=terms.abl("AblationProcedure") in look.iris(node, terms.RDF + "type"),
        release=release,
        facts=_facts(look, node, numbers),
        rejections=_rejections(look, node, numbers),
        disagreements=_disagreements(look, node, numbers),
        pages=sources,
    )


def _facts(look: Look, node: str, numbers: Mapping[str, int], skip: frozenset[str] = frozenset()) -> tuple[Fact, ...]:
    """The facts about a node, each part with its own facts below it."""
    found: list[tuple[int, Fact]] = []
    for assertion in look.about(terms.RDF + "subject", node):
        predicate = look.iris(assertion, terms.RDF + "predicate")[0]
        if predicate in skip:
            continue
        (value,) = look.values(assertion, terms.RDF + "object")
        words, iri = look.words(value), value.value if isinstance(value, ox.NamedNode) else None
        more: tuple[Fact, ...] = ()
        if predicate in _PARTS and isinstance(value, ox.NamedNode):
            words, iri = _maker(look, value.value)
            more = _facts(look, value.value, numbers, _MAKERS)
        places = _places(look, assertion, terms.abl("evidence"), numbers)
        rank = _ORDER.index(predicate) if predicate in _ORDER else len(_ORDER)
        found.append((rank, Fact(look.name(predicate), words, places, more, iri)))
    return tuple(fact for _, fact in sorted(found, key=lambda one: (one[0], one[1].property, one[1].value)))


def _maker(look: Look, part: str) -> tuple[str, str | None]:
    """What a part is called, and the IRI behind that: its modality, its agent, its temperature."""
    for maker in sorted(_MAKERS):
        for value in look.values(part, maker):
            if isinstance(value, ox.NamedNode):
                return look.words(value), value.value
            return look.words(value) + (" °C" if maker == terms.QUDT + "numericValue" else ""), None
    return part.rpartition("/")[2], None


def _rejections(look: Look, node: str, numbers: Mapping[str, int]) -> tuple[Rejected, ...]:
    return tuple(
        sorted(
            (
                Rejected(
                    look.name(look.iris(one, terms.abl("onProperty"))[0]),
                    look.words(look.values(one, terms.abl("withheld"))[0]),
                    look.text(one, terms.abl("reason")),
                    look.text(one, terms.abl("cue")) or None,
                    _places(look, one, terms.abl("evidence"), numbers),
                )
                for one in look.about(terms.abl("describes"), node, terms.abl("Rejection"))
            ),
            key=lambda one: (one.property, one.value, one.reason, one.places[:1]),
        )
    )


def _disagreements(look: Look, node: str, numbers: Mapping[str, int]) -> tuple[Disagreed, ...]:
    return tuple(
        sorted(
            (
                Disagreed(
                    look.name(look.iris(one, terms.abl("onProperty"))[0]),
                    look.words(look.values(one, terms.abl("kept"))[0]),
                    look.words(look.values(one, terms.abl("withheld"))[0]),
                    _places(look, one, terms.abl("keptEvidence"), numbers),
                    _places(look, one, terms.abl("withheldEvidence"), numbers),
                )
                for one in look.about(terms.abl("describes"), node, terms.abl("Disagreement"))
            ),
            key=lambda one: (one.property, one.kept, one.withheld),
        )
    )


def _places(look: Look, node: str, link: str, numbers: Mapping[str, int]) -> tuple[Place, ...]:
    places = []
    for evidence in look.iris(node, link):
        selector = look.iris(evidence, terms.OA + "hasSelector")[0]
        page = look.iris(evidence, terms.OA + "hasSource")[0]
        role = look.values(evidence, terms.abl("sectionRole"))[0]
        places.append(
            Place(
                int(look.text(role.value, terms.abl("authority")) or 0),
                numbers.get(page, 0),
                int(look.text(selector, terms.OA + "start")),
                int(look.text(selector, terms.OA + "end")),
                look.words(role),
                look.text(selector, terms.OA + "exact") or None,
            )
        )
    return tuple(sorted(places, key=order))


def order(place: Place) -> tuple[int, int, int, int]:
    """Sort key of places: what decides comes first."""
    return place.authority, place.page, place.start, place.end


def _sources(look: Look, node: str, rows: Sequence[Mapping[str, str]]) -> tuple[Source, ...]:
    sources = []
    for page in look.about(terms.abl("describes"), node, terms.abl("Page")):
        sha256 = look.text(page, terms.abl("sha256"))
        rights = (
            f"{look.text(line, terms.SCHEMA + 'copyrightHolder')} {look.text(line, terms.SCHEMA + 'copyrightYear')}"
            for line in look.iris(page, terms.DCTERMS + "rights")
        )
        sources.append(
            Source(
                tuple(row["path"] for row in rows if row["sha256"] == sha256),
                sha256,
                look.text(page, terms.SCHEMA + "url") or None,
                look.text(page, terms.abl("editionYear")) or None,
                int(look.text(page, terms.abl("lockedSections")) or 0),
                tuple(sorted(line.strip() for line in rights)),
            )
        )
    return tuple(sorted(sources, key=lambda source: (source.names, source.sha256)))


def _unknown(code: str, rows: Sequence[Mapping[str, str]]) -> str:
    ended = [row for row in rows if row["code"] == code]
    if ended:
        row = ended[0]
        why = f" ({row['reason']}: see quarantine.jsonl)" if row["reason"] else ""
        return f"{code}: not in this release; its page {row['path']} is {row['status']}{why}"
    codes = sorted({row["code"] for row in rows if row["status"] == "published"})
    near = difflib.get_close_matches(code, codes, n=3, cutoff=0.0)
    return f"{code}: not in this release; near it: {', '.join(near)}"
