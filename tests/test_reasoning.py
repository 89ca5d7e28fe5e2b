"""An OWL RL reasoner puts procedures into the defined classes of the vocabulary."""

from __future__ import annotations

from pathlib import Path

import pytest
from owlrl import DeductiveClosure, OWLRL_Semantics
from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef
from rdflib.term import Node

from ontology import store, terms

CASES = Path(__file__).parent / "cases" / "reasoning"
EX = "https://example.org/"
ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#ErrorMessage")
WORDS = {RDFS.label, RDFS.isDefinedBy, RDFS.seeAlso, SKOS.definition, SKOS.example, SKOS.editorialNote}
GIVEN = {URIRef(terms.abl(name)) for name in ("Procedure", "AblationProcedure")}


def vocabulary() -> Graph:
    """The vocabulary without its words, which no rule reads and which cost time."""
    whole = Graph().parse(store.FOLDER / "vocabulary.ttl")
    lean = Graph()
    for triple in whole:
        if triple[1] not in WORDS:
            lean.add(triple)
    return lean


def one(graph: Graph, subject: Node, predicate: Node) -> Node:
    found = graph.value(subject, predicate)
    assert found is not None, f"{subject} lacks {predicate}"
    return found


def definitions(graph: Graph) -> dict[URIRef, tuple[Node, Node]]:
    """Property and value that put an ablation into a defined class."""
    found = {}
    for defined, _, definition in graph.triples((None, OWL.equivalentClass, None)):
        assert isinstance(defined, URIRef)
        parts = list(graph.items(one(graph, definition, OWL.intersectionOf)))
        assert parts[0] == URIRef(terms.abl("AblationProcedure")), defined
        found[defined] = (one(graph, parts[1], OWL.onProperty), one(graph, parts[1], OWL.hasValue))
    return found


def probe(defined: URIRef) -> URIRef:
    return URIRef(EX + "probe-" + defined.removeprefix(terms.ABL))


@pytest.fixture(scope="module")
def plain() -> Graph:
    return vocabulary()


@pytest.fixture(scope="module")
def closed() -> Graph:
    graph = vocabulary().parse(CASES / "data.ttl")
    for defined, (onto, value) in definitions(graph).items():
        graph.add((probe(defined), RDF.type, URIRef(terms.abl("AblationProcedure"))))
        graph.add((probe(defined), onto, value))
    DeductiveClosure(OWLRL_Semantics).expand(graph)
    return graph


def classes(graph: Graph, subject: Node) -> set[Node]:
    """The named classes of ours that a node is in, without those that were given."""
    helpers = tuple(terms.abl(name) for name in ("definition-", "restriction-"))
    kinds = {kind for kind in graph.objects(subject, RDF.type) if str(kind).startswith(terms.ABL)}
    return {kind for kind in kinds if not str(kind).startswith(helpers)} - GIVEN


@pytest.mark.parametrize("name", ["frozen", "open-question", "cooled", "either"])
def test_procedures_are_classified(closed: Graph, name: str) -> None:
    expected = Graph().parse(CASES / "expected.ttl")
    subject = URIRef(EX + name)
    assert classes(closed, subject) == set(expected.objects(subject, RDF.type))


def test_every_defined_class_is_reached(plain: Graph, closed: Graph) -> None:
    missing = [str(defined) for defined in definitions(plain) if defined not in classes(closed, probe(defined))]
    assert not missing, f"the reasoner does not reach these; look at their restriction and list nodes: {missing}"


def test_every_energy_source_has_a_class(plain: Graph) -> None:
    by_energy = {str(value) for onto, value in definitions(plain).values() if onto == URIRef(terms.abl("energySource"))}
    energies = {
        str(subject)
        for subject in Graph().parse(store.FOLDER / "schemes" / "energy.ttl").subjects(RDF.type, SKOS.Concept)
    }
    assert energies == by_energy, f"define a class in ontology/vocabulary.ttl for: {sorted(energies ^ by_energy)}"


def test_definitions_name_concepts_that_exist(plain: Graph) -> None:
    concepts = Graph()
    for scheme in ("approach", "energy"):
        concepts.parse(store.FOLDER / "schemes" / f"{scheme}.ttl")
    faults = [str(value) for _, value in definitions(plain).values() if (value, RDF.type, SKOS.Concept) not in concepts]
    assert not faults, f"no such concept: {faults}"


def test_nothing_contradicts(closed: Graph) -> None:
    faults = [str(text) for text in closed.subjects(RDF.type, ERROR)]
    assert not faults, faults
    assert not list(closed.subjects(RDF.type, OWL.Nothing))
