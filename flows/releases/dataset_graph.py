"""The graph that describes a release, piece by piece."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib import DCTERMS, OWL, PROV, RDF, RDFS, SDO, SH, VOID, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from flows.releases import sssom
from flows.releases.tally import Counts, Rights, Tally, sha256
from ontology import queries, terms

# rdflib's own DCAT is of the second edition and knows no versions.
_DCAT: Final = Namespace(terms.DCAT)
_SPDX: Final = Namespace(terms.SPDX)
_TURTLE: Final = URIRef("https://www.iana.org/assignments/media-types/text/turtle")
_TABLE: Final = URIRef("https://www.iana.org/assignments/media-types/text/tab-separated-values")
_LICENSE: Final = URIRef(sssom.LICENSE)
_TERMS: Final = (
    "Descriptors of procedure codes belong to their publisher, the prose of a page to its site. This release carries "
    "codes, facts drawn from pages, labels of its own and quotes of at most twelve words. The rights lines of the "
    "pages are listed under dcterms:rights. Whoever builds a release brings the pages and the licence to read them."
)


_TITLE: Final = "Ablation knowledge graph"
_DESCRIPTION: Final = (
    "What procedures on pages about procedure codes are: how the site is reached, what destroys the tissue, where, "
    "under which imaging guidance, and for each fact the place on the page that says so."
)


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the release: its media type, what it is, whether it is our own work throughout."""

    name: str
    media: URIRef
    title: str
    ours: bool


_FILES: Final = (
    _File("procedures.ttl", _TURTLE, "The facts, one block a procedure, in code order", ours=False),
    _File("evidence.ttl", _TURTLE, "For every fact, where it was read", ours=False),
    _File("ontology.ttl", _TURTLE, "The vocabulary that the release was made with", ours=True),
    _File(sssom.FILE, _TABLE, "Concepts of the vocabulary against outside ones, in SSSOM", ours=True),
)


def _number(value: int) -> Literal:
    return Literal(value, datatype=XSD.integer)


def _english(text: str) -> Literal:
    return Literal(text, lang="en")


class Description:
    """The graph of the description as it grows."""

    def __init__(self, name: str, version: str) -> None:
        self.graph = Graph(bind_namespaces="none")
        self.name, self.version = name, version
        self.node = self.iri("release", name)
        spaces = {
            **terms.PREFIXES,
            "dcat": terms.DCAT,
            "owl": terms.OWL,
            "sh": terms.SH,
            "spdx": terms.SPDX,
            "void": terms.VOID,
        }
        for prefix, space in spaces.items():
            self.graph.bind(prefix, space)

    def iri(self, kind: str, key: str) -> URIRef:
        """A node of ours."""
        return URIRef(f"{terms.BASE}{kind}/{key}")

    def say(self, node: URIRef, *pairs: tuple[URIRef, Node]) -> URIRef:
        """Say of a node some properties and values."""
        for link, value in pairs:
            self.graph.add((node, link, value))
        return node

    def whole(self, counts: Counts, words: Tally, before: str | None) -> None:
        """The release itself."""
        triples = counts.facts.triples + counts.evidence.triples + words.triples
        self.say(
            self.say(URIRef(terms.BASE + "dataset"), (RDF.type, _DCAT.Resource), (DCTERMS.title, _english(_TITLE))),
            (_DCAT.hasVersion, self.node),
        )
        self.say(
            self.node,
            (RDF.type, _DCAT.Dataset),
            (RDF.type, VOID.Dataset),
            (RDF.type, PROV.Entity),
            (DCTERMS.title, _english(f"{_TITLE}, release {self.name}")),
            (DCTERMS.description, _english(_DESCRIPTION)),
            (DCTERMS.identifier, Literal(self.name)),
            (DCTERMS.language, URIRef("http://id.loc.gov/vocabulary/iso639-1/en")),
            (DCTERMS.conformsTo, URIRef(terms.BASE + "ontology")),
            (_DCAT.version, Literal(self.name)),
            (_DCAT.isVersionOf, URIRef(terms.BASE + "dataset")),
            (_DCAT.keyword, _english("ablation")),
            (_DCAT.keyword, _english("medical procedures")),
            (_DCAT.keyword, _english("knowledge graph")),
            (SDO.conditionsOfAccess, _english(_TERMS)),
            (VOID.uriSpace, Literal(terms.BASE)),
            (VOID.triples, _number(triples)),
            (VOID.feature, URIRef("http://www.w3.org/ns/formats/Turtle")),
        )
        if before:
            self.say(self.node, (_DCAT.previousVersion, self.iri("release", before)))
        used = {*counts.facts.properties, *counts.evidence.properties, *counts.facts.classes, *counts.evidence.classes}
        for space in sorted({*terms.PREFIXES.values()} - {terms.XSD}):
            if any(iri.startswith(space) for iri in used):
                self.say(self.node, (VOID.vocabulary, URIRef(space)))

    def rights(self, rights: Rights) -> None:
        """Whose rights the pages name, and of which years they are."""
        for holder, year in rights.lines:
            key = hashlib.sha256(f"{holder}\n{year or ''}".encode()).hexdigest()[:32]
            line = self.say(
                self.iri("rights", key), (RDF.type, DCTERMS.RightsStatement), (SDO.copyrightHolder, Literal(holder))
            )
            if year is not None:
                self.say(line, (SDO.copyrightYear, Literal(year, datatype=XSD.integer)))
            self.say(self.node, (DCTERMS.rights, line))
        if rights.years is not None:
            first, last = (Literal(year, datatype=XSD.gYear) for year in rights.years)
            period = self.iri("period", self.name)
            self.say(period, (RDF.type, DCTERMS.PeriodOfTime), (_DCAT.startDate, first), (_DCAT.endDate, last))
            self.say(self.node, (DCTERMS.temporal, period))

    def files(self, draft: Path, tallies: Mapping[str, Tally]) -> None:
        """The files, each with its size and checksum, and what is counted in it."""
        for file in _FILES:
            short = file.name.partition(".")[0]
            key = f"{self.name}-{short}"
            # The mappings are written after this; they hang on the ontology alone.
            made = sssom.table(draft / "ontology.ttl") if file.name == sssom.FILE else None
            size = (draft / file.name).stat().st_size if made is None else len(made)
            digest = sha256(draft / file.name) if made is None else hashlib.sha256(made).hexdigest()
            address = URIRef(f"{terms.BASE}release/{self.name}/{file.name}")
            one = self.say(
                self.iri("distribution", key),
                (RDF.type, _DCAT.Distribution),
                (DCTERMS.title, _english(f"{file.title} ({file.name})")),
                (_DCAT.mediaType, file.media),
                (_DCAT.byteSize, Literal(size, datatype=XSD.nonNegativeInteger)),
                (_DCAT.downloadURL, address),
                (_SPDX.checksum, self.checksum(key, digest)),
                (DCTERMS.license, _LICENSE) if file.ours else (SDO.conditionsOfAccess, _english(_TERMS)),
            )
            self.say(self.node, (_DCAT.distribution, one))
            if short in tallies:
                self.say(self.node, (VOID.dataDump, address))
                self.say(
                    self.subset(key, tallies[short]), (VOID.dataDump, address), (DCTERMS.title, _english(file.title))
                )

    def checksum(self, key: str, digest: str) -> URIRef:
        """The SHA-256 of a file."""
        return self.say(
            self.iri("checksum", key),
            (RDF.type, _SPDX.Checksum),
            (_SPDX.algorithm, _SPDX.checksumAlgorithm_sha256),
            (_SPDX.checksumValue, Literal(digest, datatype=XSD.hexBinary)),
        )

    def subset(self, key: str, tally: Tally) -> URIRef:
        """What one Turtle file holds, by class and property."""
        node = self.say(
            self.iri("subset", key),
            (RDF.type, VOID.Dataset),
            (VOID.triples, _number(tally.triples)),
            (VOID.distinctSubjects, _number(tally.subjects)),
        )
        self.say(self.node, (VOID.subset, node))
        for kind, numbers in (("class", tally.classes), ("property", tally.properties)):
            for iri, number in numbers.items():
                if number:
                    part = self.iri("partition", f"{key}-{kind}-{_short(iri)}")
                    value = (VOID.entities if kind == "class" else VOID.triples, _number(number))
                    self.say(part, (VOID[kind], URIRef(iri)), value)
                    self.say(node, (VOID[f"{kind}Partition"], part))
        return node

    def provenance(self, draft: Path, before: str | None) -> None:
        """The run: what went in, what did it, what came out."""
        ended: Counter[str] = Counter()
        with (draft / "pages.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                ended[json.loads(line)["status"]] += 1
        pages = self.say(
            self.iri("pages", self.name),
            (RDF.type, PROV.Collection),
            (DCTERMS.title, _english("The pages that were given (pages.jsonl)")),
            (SDO.numberOfItems, _number(ended.total())),
            (_SPDX.checksum, self.checksum(f"{self.name}-pages", sha256(draft / "pages.jsonl"))),
        )
        for status in ("published", "quarantined", "out-of-scope"):
            some = self.say(
                self.iri("pages", f"{self.name}-{status}"),
                (RDF.type, PROV.Collection),
                (DCTERMS.title, _english(f"Pages that ended {status}")),
                (SDO.numberOfItems, _number(ended[status])),
            )
            self.say(pages, (PROV.hadMember, some))
        software = self.say(
            self.iri("software", f"ablation-kg-{self.version}"),
            (RDF.type, PROV.SoftwareAgent),
            (SDO.name, Literal("ablation-kg")),
            (SDO.softwareVersion, Literal(self.version)),
        )
        run = self.say(
            self.iri("build", self.name),
            (RDF.type, PROV.Activity),
            (PROV.used, pages),
            (PROV.used, URIRef(terms.BASE + "ontology")),
            (PROV.wasAssociatedWith, software),
        )
        self.say(URIRef(terms.BASE + "ontology"), (RDF.type, PROV.Entity), (OWL.versionInfo, Literal(self.version)))
        self.say(self.node, (PROV.wasGeneratedBy, run), (PROV.wasDerivedFrom, pages))
        if before:
            self.say(self.node, (PROV.wasRevisionOf, self.iri("release", before)))

    def queries(self) -> None:
        """The shipped queries, described as SHACL's SPARQL executables."""
        for query in queries.shipped().values():
            node = self.say(
                self.iri("query", query.name),
                (RDF.type, SH.SPARQLExecutable),
                (RDF.type, SH.SPARQLSelectExecutable),
                (RDFS.label, Literal(query.name)),
                (RDFS.comment, _english(query.question)),
                (DCTERMS.tableOfContents, Literal(", ".join(query.columns))),
                (SH.select, Literal(query.text)),
            )
            self.say(self.node, (DCTERMS.hasPart, node))
            for place, parameter in enumerate(query.parameters):
                default = parameter.default
                value = Literal(default.value) if isinstance(default, ox.Literal) else URIRef(default.value)
                one = self.say(
                    self.iri("query-parameter", f"{query.name}-{parameter.name}"),
                    (RDF.type, SH.Parameter),
                    (SH.name, Literal(parameter.name)),
                    (SH.description, _english(parameter.description)),
                    (SH.defaultValue, value),
                    (SH.order, _number(place)),
                )
                self.say(node, (SH.parameter, one))


_SPACES: Final = {space: prefix for prefix, space in {**terms.PREFIXES, "owl": terms.OWL}.items()}


def _short(iri: str) -> str:
    """A class or property as part of an IRI: ``abl-Procedure``."""
    cut = max(iri.rfind("/"), iri.rfind("#")) + 1
    return f"{_SPACES.get(iri[:cut], hashlib.sha256(iri[:cut].encode()).hexdigest()[:8])}-{iri[cut:]}"
