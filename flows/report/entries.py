"""A procedure as two lines of JSON: one for lists and filters, one with all that was read of it.

Concepts stand there as their numbers in the report's table of concepts, everything else in words.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from flows.releases.blocks import Block, Nodes, Value, iris, text
from flows.report.lexis import Lexis
from ontology import terms

AXES: Final = ("approach", "energySource", "organ", "target", "modality")
"""Properties whose values the lists can be filtered by, as they stand in the first line."""

_PARTS: Final = {
    terms.abl("guidance"): terms.abl("modality"),
    terms.abl("substance"): terms.abl("agent"),
    terms.abl("temperature"): terms.QUDT + "numericValue",
}
_ORDER: Final = (
    terms.RDF + "type",
    *map(terms.abl, ("approach", "energySource", "organ", "target", "guidance", "laterality", "multiplicity")),
    *map(terms.abl, ("device", "substance", "temperature", "freezeThawCycles")),
    *map(terms.abl, ("necessity", "reporting", "purpose", "role", "bound")),
)
_RANK: Final = {link: rank for rank, link in enumerate(_ORDER)}
_TYPE: Final = terms.RDF + "type"

Json = int | str | None | Sequence["Json"]


@dataclass(frozen=True, slots=True)
class Entry:
    """The two lines of a procedure; each is JSON that no HTML parser takes for markup."""

    code: str
    index: str
    detail: str


def entry(block: Block, paths: Mapping[str, Sequence[str]], lexis: Lexis) -> Entry:
    """Make the lines of a procedure.

    Args:
        block: What the release holds of it.
        paths: SHA-256 of a page to its names.
        lexis: The vocabulary.

    Returns:
        ``index``: code, label, 1 for an ablation, numbers of concepts for each of `AXES`, reasons of rejections with
        how often, disagreements (property, kept, withheld), number of pages, number of facts. ``detail``: code, pages,
        places, facts, rejections, disagreements.
    """
    made = _Maker(block, paths, lexis)
    return Entry(block.code, dump(made.index()), dump(made.detail()))


def dump(value: object) -> str:
    r"""JSON that can stand inside a ``script`` element.

    >>> dump("</script>")
    '"\\u003c/script\\u003e"'
    """
    return _MARKUP.sub(_escaped, json.dumps(value, ensure_ascii=False, separators=(",", ":")))


_MARKUP: Final = re.compile("[<>&\x7f-\x9f\u2028\u2029\ufeff]")


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


class _Maker:
    """What is known of a procedure while its lines are made."""

    def __init__(self, block: Block, paths: Mapping[str, Sequence[str]], lexis: Lexis) -> None:
        self._code, self._paths, self._lexis = block.code, paths, lexis
        self._nodes: Nodes = block.nodes()
        self._procedure = terms.procedure(block.code)
        self._kinds: dict[str, list[str]] = {}
        for iri, node in self._nodes.items():
            for kind in iris(node, _TYPE):
                self._kinds.setdefault(kind, []).append(iri)
        self._pages = sorted(self._kinds.get(terms.abl("Page"), ()), key=self._by_name)
        self._places: dict[str, int] = {}
        self._said: dict[str, list[str]] = {}
        for one in self._kinds.get(terms.abl("Assertion"), ()):
            self._said.setdefault(text(self._nodes[one], terms.RDF + "subject"), []).append(one)

    def _by_name(self, page: str) -> tuple[Sequence[str], str]:
        sha256 = text(self._nodes[page], terms.abl("sha256"))
        return list(self._paths.get(sha256, ())), sha256

    def index(self) -> Json:
        node = self._nodes[self._procedure]
        axes: list[list[int | str]] = []
        for axis in AXES:
            owners = iris(node, terms.abl("guidance")) if axis == "modality" else [self._procedure]
            values = {value for owner in owners for value in iris(self._nodes.get(owner, {}), terms.abl(axis))}
            axes.append([self._lexis.number(value) for value in sorted(values)])
        reasons = Counter(text(self._nodes[one], terms.abl("reason")) for one in self._kind("Rejection"))
        return [
            self._code,
            text(node, terms.RDFS + "label"),
            int(terms.abl("AblationProcedure") in iris(node, _TYPE)),
            *axes,
            [[reason, number] for reason, number in sorted(reasons.items())],
            [one[1:4] for one in map(self._difference, self._kind("Disagreement"))],
            len(self._pages),
            len(self._kind("Assertion")),
        ]

    def detail(self) -> Json:
        facts = self._facts(self._procedure, None)
        rejections: list[Json] = [self._rejection(one) for one in self._kind("Rejection")]
        disagreements = [
            [*self._difference(one), self._seen(one, "keptEvidence"), self._seen(one, "withheldEvidence")]
            for one in self._kind("Disagreement")
        ]
        pages: list[Json] = [self._page(iri) for iri in self._pages]
        places: list[Json] = [self._place(iri) for iri in self._places]
        return [self._code, pages, places, facts, rejections, disagreements]

    def _kind(self, name: str) -> list[str]:
        return sorted(self._kinds.get(terms.abl(name), ()))

    def _facts(self, subject: str, maker: str | None) -> list[Json]:
        """The facts of a node: property, value, rules, places, and for a part its own facts."""
        found = []
        for one in self._said.get(subject, ()):
            node = self._nodes[one]
            link = text(node, terms.RDF + "predicate")
            if link == maker:
                continue
            value = node[terms.RDF + "object"][0]
            name, more = self._value(value), list[Json]()
            if link in _PARTS and isinstance(value, ox.NamedNode):
                made = self._nodes.get(value.value, {}).get(_PARTS[link])
                name = self._value(made[0]) if made else name
                name = f"{name} °C" if link == terms.abl("temperature") else name
                more = self._facts(value.value, _PARTS[link])
            rules = sorted(rule.value for rule in node.get(terms.abl("rule"), ()))
            row: list[Json] = [self._lexis.name(link), name, ", ".join(rules), self._seen(one, "evidence"), more]
            found.append((_RANK.get(link, len(_RANK)), link, str(value), row))
        return [row for *_, row in sorted(found, key=lambda one: one[:3])]

    def _value(self, value: Value) -> int | str:
        if isinstance(value, ox.NamedNode):
            return self._lexis.number(value.value)
        if value.datatype.value == terms.XSD + "decimal":
            return re.sub(r"\.0+$", "", value.value).replace("-", "−")
        return value.value

    def _rejection(self, one: str) -> Json:
        node = self._nodes[one]
        return [
            self._lexis.name(text(node, terms.abl("onProperty"))),
            self._value(node[terms.abl("withheld")][0]),
            text(node, terms.abl("reason")),
            text(node, terms.abl("cue")),
            self._seen(one, "evidence"),
        ]

    def _difference(self, one: str) -> list[Json]:
        node = self._nodes[one]
        subject = text(node, terms.abl("onSubject"))
        about: int | str = ""
        for maker in _PARTS.values():
            made = self._nodes.get(subject, {}).get(maker)
            if subject != self._procedure and made:
                about = self._value(made[0])
        return [
            about,
            self._lexis.name(text(node, terms.abl("onProperty"))),
            self._value(node[terms.abl("kept")][0]),
            self._value(node[terms.abl("withheld")][0]),
        ]

    def _seen(self, one: str, link: str) -> list[Json]:
        """Numbers of the places that a node points at: what decides first, then as they stand on the pages."""
        found = iris(self._nodes[one], terms.abl(link))
        return [self._places.setdefault(iri, len(self._places)) for iri in sorted(found, key=self._order)]

    def _order(self, place: str) -> tuple[int, int, int]:
        page, start, end, _, authority = self._read(place)
        return authority, page, start * 1_000_000 + end

    def _read(self, place: str) -> tuple[int, int, int, str, int]:
        node = self._nodes[place]
        selector = self._nodes[text(node, terms.OA + "hasSelector")]
        role = text(node, terms.abl("sectionRole"))
        page = self._pages.index(text(node, terms.OA + "hasSource"))
        start, end = int(text(selector, terms.OA + "start")), int(text(selector, terms.OA + "end"))
        return page, start, end, role, self._lexis.authority.get(role, 9)

    def _place(self, place: str) -> Json:
        """Page, start, end, section, quote (or null)."""
        page, start, end, role, _ = self._read(place)
        selector = self._nodes[text(self._nodes[place], terms.OA + "hasSelector")]
        quote = text(selector, terms.OA + "exact") or None
        return [page, start, end, self._lexis.number(role), quote]

    def _page(self, iri: str) -> Json:
        """SHA-256, names, address, edition, number of locked sections, length of its text, rights lines."""
        node = self._nodes[iri]
        sha256 = text(node, terms.abl("sha256"))
        rights = [
            f"{text(self._nodes[one], terms.SCHEMA + 'copyrightHolder')} "
            f"{text(self._nodes[one], terms.SCHEMA + 'copyrightYear')}".strip()
            for one in iris(node, terms.DCTERMS + "rights")
        ]
        return [
            sha256,
            list(self._paths.get(sha256, ())),
            text(node, terms.SCHEMA + "url"),
            text(node, terms.abl("editionYear")),
            int(text(node, terms.abl("lockedSections")) or 0),
            int(text(node, terms.abl("textLength")) or 0),
            rights,
        ]
