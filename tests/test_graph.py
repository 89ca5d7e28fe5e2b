from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph
from rdflib.compare import to_isomorphic

from extract import turtle
from extract.graph import GraphParts, in_order, to_triples
from extract.model import Assertion, Evidence, Procedure, Rejection
from ontology import terms
from shapes.check import Severity, check
from tests.procedures import CODE, PAGES, load, procedures

CASES = Path(__file__).parent / "cases" / "graph"
A = ox.NamedNode(terms.RDF + "type")
STRUCTURE = {terms.SKOS + "notation", terms.RDFS + "label", terms.QUDT + "unit"}
CLASSES = {terms.abl(name) for name in ("Procedure", "GuidanceUse", "SubstanceUse")} | {terms.QUDT + "QuantityValue"}


def written(parts: GraphParts) -> dict[str, str]:
    files = {"procedures.ttl": parts.facts, "evidence.ttl": parts.evidence}
    return {name: (turtle.header() + turtle.block(triples)).decode() for name, triples in files.items()}


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_whole_graph(case: Path) -> None:
    for name, text in written(to_triples(load(case))).items():
        assert text == (case / name).read_text("utf-8"), f"{case.name}/{name} is no longer what is made"


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_whole_graph_conforms(case: Path) -> None:
    parts = to_triples(load(case))
    assert [one.message for one in check(parts.facts + parts.evidence) if one.severity == Severity.VIOLATION] == []


def test_without_quotes_no_words_of_the_page_go_in() -> None:
    procedure = load(CASES / "kidney-two-pages")
    with_words, without = to_triples(procedure), to_triples(procedure, quotes=False)
    assert without.facts == with_words.facts
    gone = {triple.predicate.value for triple in set(with_words.evidence) - set(without.evidence)}
    assert gone == {terms.RDF + "type", terms.OA + "exact", terms.abl("cue")}
    assert set(without.evidence) < set(with_words.evidence)
    assert check(without.facts + without.evidence) == check(with_words.facts + with_words.evidence)


def facts_of(parts: GraphParts) -> Counter[ox.Triple]:
    """What needs an assertion: everything but names, classes of structure and units."""
    return Counter(
        triple
        for triple in parts.facts
        if triple.predicate.value not in STRUCTURE
        and not (triple.predicate == A and str(triple.object).strip("<>") in CLASSES)
    )


def asserted(parts: GraphParts) -> Counter[ox.Triple]:
    said: dict[object, dict[str, ox.NamedNode | ox.Literal]] = {}
    for triple in parts.evidence:
        if triple.predicate.value.startswith(terms.RDF) and triple.predicate != A:
            value = triple.object
            assert isinstance(value, ox.NamedNode | ox.Literal)
            said.setdefault(triple.subject, {})[triple.predicate.value.removeprefix(terms.RDF)] = value
    found: Counter[ox.Triple] = Counter()
    for one in said.values():
        subject, predicate = one["subject"], one["predicate"]
        assert isinstance(subject, ox.NamedNode)
        assert isinstance(predicate, ox.NamedNode)
        found[ox.Triple(subject, predicate, one["object"])] += 1
    return found


@given(procedures())
def test_every_fact_has_one_assertion_and_every_assertion_its_fact(procedure: Procedure) -> None:
    parts = to_triples(procedure)
    assert facts_of(parts) == asserted(parts)


@given(procedures())
def test_sorted_once_each_and_no_blank_node(procedure: Procedure) -> None:
    parts = to_triples(procedure)
    for triples in (parts.facts, parts.evidence):
        assert in_order(triples) == triples
        assert all(isinstance(triple.subject, ox.NamedNode) for triple in triples)
        assert all(isinstance(triple.object, ox.NamedNode | ox.Literal) for triple in triples)


@given(procedures(), st.randoms(use_true_random=False))
def test_order_of_what_comes_in_does_not_matter(procedure: Procedure, random: object) -> None:
    facts, rejections, pages = list(procedure.assertions), list(procedure.rejections), list(procedure.pages.items())
    for one in (facts, rejections, pages):
        random.shuffle(one)  # type: ignore[attr-defined]
    shuffled = replace(procedure, assertions=tuple(facts), rejections=tuple(rejections), pages=dict(pages))
    assert to_triples(shuffled) == to_triples(procedure)


@settings(max_examples=15)
@given(procedures())
def test_made_up_procedures_conform(procedure: Procedure) -> None:
    parts = to_triples(procedure)
    assert [one.message for one in check(parts.facts + parts.evidence) if one.severity == Severity.VIOLATION] == []


def place(start: int) -> Evidence:
    page = PAGES[0]
    return Evidence(page.sha256, start, start + 4, "description", page.text[start : start + 4])


def test_same_fact_by_two_rules_is_one_assertion_with_all_evidence() -> None:
    twice = (
        Assertion((), "organ", "organ/kidney", "stated", (place(0),)),
        Assertion((), "organ", "organ/kidney", "descriptor", (place(5),)),
    )
    parts = to_triples(Procedure(CODE, {PAGES[0].sha256: PAGES[0]}, twice, (), ()))
    name = terms.part("assertion", CODE, "organ", "kidney")
    values = [t.object for t in parts.evidence if t.subject == ox.NamedNode(name) and "ontology#" in t.predicate.value]
    assert [str(value) for value in values] == [
        f"<{terms.evidence(PAGES[0].sha256, 0, 4)}>",
        f"<{terms.evidence(PAGES[0].sha256, 5, 9)}>",
        '"descriptor"',
        '"stated"',
    ]


def test_two_reasons_against_one_mention_are_two_rejections() -> None:
    both = tuple(Rejection("approach", "approach/open", reason, "", place(0)) for reason in ("compared", "negated"))
    parts = to_triples(Procedure(CODE, {PAGES[0].sha256: PAGES[0]}, (), both, ()))
    kind = ox.NamedNode(terms.abl("Rejection"))
    assert len([triple for triple in parts.evidence if triple.predicate == A and triple.object == kind]) == 2


@pytest.mark.parametrize(
    ("node", "predicate", "value"),
    [
        ((), "approach", "approach/> <x"),
        ((), "approach", "open"),
        ((), "a> <b", "approach/open"),
        ((), "freezeThawCycles", "several"),
        ((), "type", "a b"),
        (("temperature", "-100"), "numericValue", "cold"),
        (("guidance-use",), "modality", "modality/ct"),
        (("guidance-use", "c t"), "modality", "modality/ct"),
        (("elsewhere", "ct"), "modality", "modality/ct"),
    ],
)
def test_what_has_no_place_in_the_graph_is_refused(node: tuple[str, ...], predicate: str, value: str) -> None:
    fact = Assertion(node, predicate, value, "stated", (place(0),))
    with pytest.raises(ValueError, match="not "):
        to_triples(Procedure(CODE, {PAGES[0].sha256: PAGES[0]}, (fact,), (), ()))


def test_code_cannot_break_out_of_an_iri() -> None:
    with pytest.raises(ValueError, match="not a procedure code"):
        to_triples(Procedure("50593> <x", {}, (), (), ()))


IRIS = st.one_of(
    st.sampled_from(
        ["procedure/CPT-50593", "organ/kidney", "page/0a", "x/y/z", "organ/", "organ/.a", "organ/a.", "organ/é"]
    )
    .map(terms.BASE.__add__)
    .map(ox.NamedNode),
    st.sampled_from([A.value, "urn:x", "http://qudt.org/vocab/unit/DEG_C", "https://e.example/a?b=(c)&d='e'#f%20"]).map(
        ox.NamedNode
    ),
)
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(
        ['"""', "\\", '\\"', "\r\n", "\u2028", "\x00", "\x7f\x85", "\ufeff", " \t ", "'", "1.", "-0.0", "+1"]
    ),
)
KINDS = st.sampled_from(["string", "integer", "decimal", "double", "boolean", "anyURI", "gYear", "date"])
LITERALS = st.one_of(
    TEXTS.map(ox.Literal),
    st.builds(lambda text, tag: ox.Literal(text, language=tag), TEXTS, st.sampled_from(["en", "de-at"])),
    st.builds(lambda text, kind: ox.Literal(text, datatype=ox.NamedNode(terms.XSD + kind)), TEXTS, KINDS),
)
TRIPLES = st.lists(st.builds(ox.Triple, IRIS, IRIS, st.one_of(IRIS, LITERALS)), max_size=12)


@settings(max_examples=300)
@given(TRIPLES)
def test_turtle_reads_back_as_it_was(triples: list[ox.Triple]) -> None:
    text = turtle.header() + turtle.block(in_order(triples))
    read = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    assert len(read) == len(set(triples))
    assert set(read) == set(triples)


@settings(max_examples=100)
@given(TRIPLES)
def test_turtle_holds_no_hidden_line_end(triples: list[ox.Triple]) -> None:
    text = turtle.block(in_order(triples)).decode()
    assert text.splitlines() == text.split("\n")[:-1] if text else True


def test_another_parser_reads_the_same() -> None:
    for name, text in written(to_triples(load(CASES / "kidney-two-pages"))).items():
        triples = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
        lines = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
        one, other = Graph().parse(data=text, format="turtle"), Graph().parse(data=lines, format="nt")
        assert to_isomorphic(one) == to_isomorphic(other), name


def test_no_triples_no_turtle() -> None:
    assert turtle.block([]) == b""


def test_blank_nodes_are_refused() -> None:
    with pytest.raises(ValueError, match="no release holds"):
        turtle.block([ox.Triple(ox.BlankNode("b"), A, A)])
    with pytest.raises(ValueError, match="no release holds"):
        turtle.block([ox.Triple(A, A, ox.BlankNode("b"))])
