"""Where the facts come from, as triples: assertions, evidence, pages, rejections, disagreements."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from extract import nodes
from extract.model import Assertion, Disagreement, Evidence, Page, Procedure, Rejection
from ontology import terms

_A: Final = nodes.named(terms.RDF + "type")
_INTEGER: Final = nodes.named(terms.XSD + "integer")
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """A triple of the graph as the middle form names it, with all that speaks for it.

    Attributes:
        node: As in `extract.model.Assertion`.
        predicate: As there; also the link from the procedure to a part.
        value: As there; for a link, the key of the part.
        rules: Rules that accepted it, sorted.
        evidence: Where it was read, sorted.
    """

    node: tuple[str, ...]
    predicate: str
    value: str | tuple[str, ...]
    rules: tuple[str, ...]
    evidence: tuple[Evidence, ...]

    def triple(self, code: str) -> Triple:
        """The triple in the graph of the procedure with this code."""
        value = (
            nodes.value(self.predicate, self.value) if isinstance(self.value, str) else nodes.subject(code, self.value)
        )
        return Triple(nodes.subject(code, self.node), nodes.predicate(self.predicate), value)

    def name(self, code: str) -> str:
        """IRI of its assertion."""
        value = (nodes.key(self.value),) if isinstance(self.value, str) else self.value[1:]
        return terms.part("assertion", code, *self.node, self.predicate, *value)


def facts(assertions: Iterable[Assertion]) -> tuple[Fact, ...]:
    """Each fact once, sorted, with the links to the parts that assertions imply.

    A part is linked to its procedure on the evidence of the assertion that makes it (the modality of a guidance use);
    where that is missing, on all that is said of the part, so that the shapes find it.
    """
    rules: defaultdict[tuple[tuple[str, ...], str, str | tuple[str, ...]], set[str]] = defaultdict(set)
    evidence: defaultdict[tuple[tuple[str, ...], str, str | tuple[str, ...]], set[Evidence]] = defaultdict(set)
    parts: defaultdict[tuple[str, ...], list[Assertion]] = defaultdict(list)
    for one in assertions:
        rules[one.node, one.predicate, one.value].add(one.rule)
        evidence[one.node, one.predicate, one.value].update(one.evidence)
        if one.node:
            parts[one.node].append(one)
    for node, said in parts.items():
        kind = nodes.PART_KINDS.get(node[0])
        if kind is None:
            raise ValueError(f"not the key of a part: {node!r}")
        for one in [maker for maker in said if maker.predicate == kind.maker] or said:
            rules[(), kind.link, node].add(one.rule)
            evidence[(), kind.link, node].update(one.evidence)
    found = [Fact(*key, tuple(sorted(rules[key])), tuple(sorted(evidence[key]))) for key in rules]
    return tuple(sorted(found, key=lambda fact: (fact.node, fact.predicate, str(fact.value))))


def triples(procedure: Procedure, stated: Sequence[Fact], *, quotes: bool) -> Iterator[Triple]:
    """All triples of ``evidence.ttl`` for one procedure, in no order, some perhaps twice.

    Args:
        procedure: The procedure.
        stated: Its facts, from `facts`.
        quotes: Whether words of the page go in.
    """
    used: set[Evidence] = set()
    for page in procedure.pages.values():
        yield from _page(procedure.code, page)
    for fact in stated:
        used.update(fact.evidence)
        yield from _assertion(procedure.code, fact)
    yield from _rejections(procedure, quotes=quotes)
    used.update(one.evidence for one in procedure.rejections)
    for one in procedure.disagreements:
        used.update(one.kept_evidence, one.withheld_evidence)
        yield from _disagreement(procedure.code, one)
    for place in used:
        yield from _evidence(place, quotes=quotes)


def _assertion(code: str, fact: Fact) -> Iterator[Triple]:
    about = partial(Triple, NamedNode(fact.name(code)))
    yield about(_A, nodes.named(terms.abl("Assertion")))
    yield about(_A, nodes.named(terms.RDF + "Statement"))
    triple = fact.triple(code)
    yield about(nodes.named(terms.RDF + "subject"), triple.subject)
    yield about(nodes.named(terms.RDF + "predicate"), triple.predicate)
    yield about(nodes.named(terms.RDF + "object"), triple.object)
    for rule in fact.rules:
        yield about(nodes.named(terms.abl("rule")), Literal(rule))
    for place in fact.evidence:
        yield about(nodes.named(terms.abl("evidence")), _place(place))


def _rejections(procedure: Procedure, *, quotes: bool) -> Iterator[Triple]:
    taken: set[str] = set()
    for one in sorted(procedure.rejections):
        name = _rejection_name(procedure.code, one)
        # Two rules may reject one mention: the second gets its reason into its name.
        name = f"{name}-{one.reason}" if name in taken else name
        taken.add(name)
        about = partial(Triple, NamedNode(name))
        yield about(_A, nodes.named(terms.abl("Rejection")))
        yield about(nodes.named(terms.abl("describes")), NamedNode(terms.procedure(procedure.code)))
        yield about(nodes.named(terms.abl("onProperty")), nodes.predicate(one.predicate))
        yield about(nodes.named(terms.abl("withheld")), nodes.value(one.predicate, one.value))
        yield about(nodes.named(terms.abl("reason")), Literal(one.reason))
        if one.cue and quotes:
            yield about(nodes.named(terms.abl("cue")), Literal(one.cue))
        yield about(nodes.named(terms.abl("evidence")), _place(one.evidence))


def _rejection_name(code: str, one: Rejection) -> str:
    where = (one.evidence.sha256[:8], str(one.evidence.start))
    return terms.part("rejection", code, one.predicate, nodes.key(one.value), *where)


def _disagreement(code: str, one: Disagreement) -> Iterator[Triple]:
    keys = (*one.node, one.predicate, nodes.key(one.kept), nodes.key(one.withheld))
    about = partial(Triple, NamedNode(terms.part("disagreement", code, *keys)))
    yield about(_A, nodes.named(terms.abl("Disagreement")))
    yield about(nodes.named(terms.abl("describes")), NamedNode(terms.procedure(code)))
    yield about(nodes.named(terms.abl("onSubject")), nodes.subject(code, one.node))
    yield about(nodes.named(terms.abl("onProperty")), nodes.predicate(one.predicate))
    yield about(nodes.named(terms.abl("kept")), nodes.value(one.predicate, one.kept))
    yield about(nodes.named(terms.abl("withheld")), nodes.value(one.predicate, one.withheld))
    for place in one.kept_evidence:
        yield about(nodes.named(terms.abl("keptEvidence")), _place(place))
    for place in one.withheld_evidence:
        yield about(nodes.named(terms.abl("withheldEvidence")), _place(place))


def _place(place: Evidence) -> NamedNode:
    return NamedNode(terms.evidence(place.sha256, place.start, place.end))


def _evidence(place: Evidence, *, quotes: bool) -> Iterator[Triple]:
    node = _place(place)
    selector = NamedNode(f"{terms.BASE}selector/{node.value.rpartition('/')[2]}")
    about = partial(Triple, node)
    yield about(_A, nodes.named(terms.abl("Evidence")))
    yield about(nodes.named(terms.OA + "hasSource"), NamedNode(terms.page(place.sha256)))
    yield about(nodes.named(terms.abl("sectionRole")), nodes.value("sectionRole", f"section-role/{place.role}"))
    yield about(nodes.named(terms.OA + "hasSelector"), selector)
    about = partial(Triple, selector)
    yield about(_A, nodes.named(terms.OA + "TextPositionSelector"))
    yield about(nodes.named(terms.OA + "start"), _integer(place.start))
    yield about(nodes.named(terms.OA + "end"), _integer(place.end))
    if quotes:
        yield about(_A, nodes.named(terms.OA + "TextQuoteSelector"))
        yield about(nodes.named(terms.OA + "exact"), Literal(place.quote))


def _page(code: str, page: Page) -> Iterator[Triple]:
    about = partial(Triple, NamedNode(terms.page(page.sha256)))
    yield about(_A, nodes.named(terms.abl("Page")))
    yield about(_A, nodes.named(terms.PROV + "Entity"))
    yield about(nodes.named(terms.abl("sha256")), Literal(page.sha256))
    yield about(nodes.named(terms.abl("describes")), NamedNode(terms.procedure(code)))
    yield about(nodes.named(terms.abl("textLength")), _integer(len(page.text)))
    yield about(nodes.named(terms.abl("lockedSections")), _integer(page.locked_sections))
    if page.address is not None and _ADDRESS.fullmatch(page.address):
        address = Literal(page.address, datatype=nodes.named(terms.XSD + "anyURI"))
        yield about(nodes.named(terms.SCHEMA + "url"), address)
    if page.edition_year is not None:
        year = Literal(f"{page.edition_year:04d}", datatype=nodes.named(terms.XSD + "gYear"))
        yield about(nodes.named(terms.abl("editionYear")), year)
    for number, line in enumerate(page.rights, start=1):
        rights = NamedNode(f"{terms.BASE}rights/{page.sha256[:32]}-{number}")
        yield about(nodes.named(terms.DCTERMS + "rights"), rights)
        yield Triple(rights, _A, nodes.named(terms.DCTERMS + "RightsStatement"))
        yield Triple(rights, nodes.named(terms.SCHEMA + "copyrightHolder"), Literal(line.holder))
        if line.year is not None:
            yield Triple(rights, nodes.named(terms.SCHEMA + "copyrightYear"), _integer(line.year))


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=_INTEGER)
