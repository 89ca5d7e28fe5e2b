"""``mappings.sssom.tsv``: our concepts against outside ones, as the Simple Standard for Sharing Ontological Mappings.

SSSOM 1.0, the TSV form: metadata as commented YAML, then one mapping a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from ontology import terms

FILE: Final = "mappings.sssom.tsv"
LICENSE: Final = "https://creativecommons.org/licenses/by/4.0/"
"""Of our own work; the rows of SNOMED CT are of the Global Patient Set, which has the same."""

_PREDICATES: Final = {
    terms.SKOS + name: f"skos:{name}" for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch")
}
OUTSIDE: Final = {
    "CHEBI": "http://purl.obolibrary.org/obo/CHEBI_",
    "DCM": "http://dicom.nema.org/resources/ontology/DCM/",
    "MAXO": "http://purl.obolibrary.org/obo/MAXO_",
    "MESH": "http://id.nlm.nih.gov/mesh/",
    "MONDO": "http://purl.obolibrary.org/obo/MONDO_",
    "NCIT": "http://purl.obolibrary.org/obo/NCIT_",
    "RADLEX": "http://radlex.org/RID/",
    "SCTID": "http://snomed.info/id/",
    "UBERON": "http://purl.obolibrary.org/obo/UBERON_",
    "schema": terms.SCHEMA,
}
"""Prefix to namespace of the outside vocabularies."""

# Every outside identifier was looked up and compared by a person (see ontology/mappings.ttl).
_JUSTIFICATION: Final = "semapv:ManualMappingCuration"
_COLUMNS: Final = ("subject_id", "subject_label", "predicate_id", "object_id", "mapping_justification", "object_source")


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """A concept of ours and one outside.

    Attributes:
        subject: CURIE of ours, ``organ:kidney``.
        label: Its name.
        predicate: ``skos:exactMatch`` and the like.
        object: CURIE of the other.
    """

    subject: str
    label: str
    predicate: str
    object: str


def write(draft: Path) -> None:
    """Write ``mappings.sssom.tsv`` of a release.

    Args:
        draft: The release's folder, with its ``ontology.ttl``.

    Raises:
        ValueError: An outside identifier has no known prefix; the message names it.
    """
    (draft / FILE).write_bytes(table(draft / "ontology.ttl"))


def table(ontology: Path) -> bytes:
    """The mappings of an ontology as SSSOM.

    Args:
        ontology: A Turtle file.

    Returns:
        UTF-8, sorted; the same bytes for the same ontology.

    Raises:
        ValueError: An outside identifier has no known prefix; the message names it.
    """
    labels: dict[str, str] = {}
    pairs: list[tuple[str, str, str]] = []
    version = ""
    for quad in ox.parse(path=str(ontology), format=ox.RdfFormat.TURTLE):
        subject, predicate, value = quad.subject, quad.predicate.value, quad.object
        if not isinstance(subject, ox.NamedNode):
            continue
        if isinstance(value, ox.NamedNode) and predicate in _PREDICATES:
            pairs.append((subject.value, predicate, value.value))
        elif isinstance(value, ox.Literal) and predicate == terms.SKOS + "prefLabel":
            labels[subject.value] = value.value
        elif isinstance(value, ox.Literal) and predicate == terms.OWL + "versionInfo":
            version = value.value
    ours = {iri[: iri.rfind("/") + 1] for iri, _, _ in pairs}
    prefixes = {space.removeprefix(terms.BASE).rstrip("/"): space for space in ours} | OUTSIDE
    matches = sorted(
        Match(curie(iri, prefixes), labels.get(iri, ""), _PREDICATES[predicate], curie(other, prefixes))
        for iri, predicate, other in pairs
    )
    return "".join([*_head(prefixes, matches, version), *_lines(matches)]).encode()


def curie(iri: str, prefixes: Mapping[str, str]) -> str:
    """An IRI with a prefix.

    Args:
        iri: The IRI.
        prefixes: Prefix to namespace; the longest that fits is taken.

    Raises:
        ValueError: None fits.

    >>> curie("http://purl.obolibrary.org/obo/UBERON_0002113", OUTSIDE)
    'UBERON:0002113'
    """
    fitting = [(len(space), prefix) for prefix, space in prefixes.items() if iri.startswith(space)]
    if not fitting:
        raise ValueError(f"no prefix is known for {iri}: add its namespace to flows/releases/sssom.py")
    length, prefix = max(fitting)
    return f"{prefix}:{iri[length:]}"


def _head(prefixes: Mapping[str, str], matches: Iterable[Match], version: str) -> Iterable[str]:
    used = {name.partition(":")[0] for match in matches for name in (match.subject, match.object)}
    spaces = {prefix: space for prefix, space in prefixes.items() if prefix in used}
    spaces |= {"semapv": "https://w3id.org/semapv/vocab/", "skos": terms.SKOS}
    yield "#curie_map:\n"
    yield from (f"#  {prefix}: {spaces[prefix]}\n" for prefix in sorted(spaces))
    yield f"#license: {LICENSE}\n"
    yield "#mapping_set_description: Concepts of the ablation knowledge graph against those of other vocabularies.\n"
    yield f"#mapping_set_id: {terms.BASE}mappings\n"
    yield "#mapping_set_title: Ablation knowledge graph, mappings\n"
    if version:
        yield f"#mapping_set_version: '{version}'\n"
    yield f"#subject_source: {terms.BASE}ontology\n"


def _lines(matches: Iterable[Match]) -> Iterable[str]:
    yield "\t".join(_COLUMNS) + "\n"
    for match in matches:
        source = OUTSIDE[match.object.partition(":")[0]]
        source = source.removesuffix("_").rstrip("/#").lower() + ".owl" if source.endswith("_") else source
        cells = (match.subject, match.label, match.predicate, match.object, _JUSTIFICATION, source)
        yield "\t".join(" ".join(cell.split()) for cell in cells) + "\n"
