from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import SH
from rdflib.term import Node

from extract import turtle
from extract.graph import to_triples
from ontology import terms
from shapes.check import Finding, Severity, check, check_graph, shapes_graph
from shapes.convert import to_oxigraph, to_rdflib
from shapes.frozen import FrozenStore
from tests.procedures import load

CASES = Path(__file__).parent / "cases"
RULES = sorted(
    {
        str(rule).rpartition("/")[2]
        for parameter in (SH.path, SH.sparql, SH.nodeKind, SH.pattern)
        for rule in shapes_graph().subjects(parameter, None)
        if isinstance(rule, URIRef)
    }
)
PARTS = to_triples(load(CASES / "graph" / "kidney-two-pages"))
WHOLE = frozenset(PARTS.facts + PARTS.evidence)


def case(rule: str, name: str) -> list[Finding]:
    report = check_graph(Graph().parse(CASES / "shapes" / rule / f"{name}.ttl"))
    return [finding for finding in report.findings if finding.shape == rule]


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_lets_pass_what_conforms(rule: str) -> None:
    assert case(rule, "conforms") == []


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_says_what_violates_it(rule: str) -> None:
    text = "".join(f"{finding.severity} {finding.message}\n" for finding in case(rule, "violates"))
    assert text == (CASES / "shapes" / rule / "expected.txt").read_text("utf-8")


def test_no_case_without_a_rule() -> None:
    assert sorted(folder.name for folder in (CASES / "shapes").iterdir()) == RULES


def test_each_rule_has_a_message_that_says_what_to_do() -> None:
    graph = shapes_graph()
    for rule in (URIRef(f"{terms.BASE}shape/{name}") for name in RULES):
        holders = [rule, *graph.objects(rule, SH.sparql)]
        messages = [str(message) for holder in holders for message in graph.objects(holder, SH.message)]
        assert len(messages) == 1, f"{rule}: give it one sh:message"
        assert messages[0].count(". ") >= 1, f"{rule}: say in a second sentence how to mend it"


def parsed(body: str) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(turtle.header() + body.encode(), format=ox.RdfFormat.TURTLE)}


P, A = "procedure:CPT-0001T", "assertion:CPT-0001T-"
PLACE = next(str(t.subject).strip("<>").rpartition("/")[2] for t in PARTS.evidence if "/evidence/" in str(t.subject))
PAGE = PLACE.partition("-")[0]


def said_of_place(name: str) -> str:
    """What the selector of that place says, as it stands in Turtle."""
    found = [
        t.object
        for t in PARTS.evidence
        if str(t.subject).endswith(f"/selector/{PLACE}>") and t.predicate.value == terms.OA + name
    ]
    assert len(found) == 1
    assert isinstance(found[0], ox.Literal)
    return found[0].value


START, END, EXACT = said_of_place("start"), said_of_place("end"), f'"{said_of_place("exact")}"'
WRONG = {
    "approach of another scheme": (
        f"{P} abl:approach approach:percutaneous .",
        f"{P} abl:approach energy:laser .",
        "value-of-approach",
    ),
    "unknown approach": ("", f"{P} abl:approach approach:no-such-way .", "value-of-approach"),
    "approach as words": ("", f'{P} abl:approach "open" .', "value-of-approach"),
    "evidence past the end of the page": (
        f"selector:{PLACE} oa:end {END} ; oa:exact {EXACT} .",
        f'selector:{PLACE} oa:end 9999 ; oa:exact "x" .',
        "Evidence-within",
    ),
    "evidence that ends before it starts": (
        f"selector:{PLACE} oa:start {START} .",
        f"selector:{PLACE} oa:start {int(END) + 1} .",
        "Selector-start",
    ),
    "evidence before the page": (
        f"selector:{PLACE} oa:start {START} .",
        f"selector:{PLACE} oa:start -1 .",
        "Selector-start",
    ),
    "fact without an assertion": ("", f"{P} abl:organ organ:liver .", "Fact-assertion"),
    "fact of a part without an assertion": (
        "",
        "guidance-use:CPT-0001T-ultrasound abl:necessity necessity:optional .",
        "Fact-assertion",
    ),
    "class without an assertion": (
        f"{A}type-AblationProcedure rdf:object abl:AblationProcedure .",
        "",
        "Fact-assertion",
    ),
    "number without an assertion": (
        "",
        "temperature:CPT-0001T--100 qudt:numericValue -40.0 .",
        "Fact-assertion",
    ),
    "assertion without its fact": (f"{P} abl:organ organ:kidney .", "", "Assertion-fact"),
    "assertion without its fact on a part": (
        "guidance-use:CPT-0001T-ct abl:reporting reporting:separate .",
        "",
        "Assertion-fact",
    ),
    "assertion without its number": ("temperature:CPT-0001T--100 qudt:numericValue -100.0 .", "", "Assertion-fact"),
    "assertion about what is not there": (
        f"{A}organ-kidney rdf:subject {P} .",
        f"{A}organ-kidney rdf:subject guidance-use:CPT-0001T-mri .",
        "Assertion-subject-type",
    ),
    "two codes": ("", f'{P} skos:notation "0002T" .', "Procedure-notation"),
    "a code that is none": (f'{P} skos:notation "0001T" .', f'{P} skos:notation "1T" .', "Procedure-notation"),
    "another code": (f'{P} skos:notation "0001T" .', f'{P} skos:notation "0002T" .', "Procedure-code"),
    "guidance without a modality": (
        "guidance-use:CPT-0001T-ct abl:modality modality:ct .",
        "",
        "GuidanceUse-modality",
    ),
    "a quote of thirteen words": (
        f"selector:{PLACE} oa:exact {EXACT} .",
        f'selector:{PLACE} oa:exact "1 2 3 4 5 6 7 8\\n9 10 11\\t12 13" .',
        "Selector-exact",
    ),
    "two lateralities": ("", f"{P} abl:laterality laterality:bilateral .", "Procedure-laterality"),
    "cycles that are no number": (
        f"{P} abl:freezeThawCycles 2 .",
        f'{P} abl:freezeThawCycles "two" .',
        "Procedure-freezeThawCycles",
    ),
    "no cycle": (f"{P} abl:freezeThawCycles 2 .", f"{P} abl:freezeThawCycles 0 .", "Procedure-freezeThawCycles"),
    "half a cycle": (f"{P} abl:freezeThawCycles 2 .", f"{P} abl:freezeThawCycles 1.5 .", "Procedure-freezeThawCycles"),
    "number without a unit": ("temperature:CPT-0001T--100 qudt:unit unit:DEG_C .", "", "Temperature-unit"),
    "number in another unit": (
        "temperature:CPT-0001T--100 qudt:unit unit:DEG_C .",
        "temperature:CPT-0001T--100 qudt:unit unit:DEG_F .",
        "Temperature-unit",
    ),
    "blank node": ("", f"{P} abl:guidance [ abl:modality modality:mri ] .", "Node"),
    "section of another scheme": (
        "",
        f"evidence:{PLACE} abl:sectionRole purpose:placement .",
        "value-of-sectionRole",
    ),
    "hash that is none": ("", f'page:{PAGE} abl:sha256 "XYZ" .', "Page-sha256"),
    "evidence that is missing": ("", f"{A}organ-kidney abl:evidence evidence:{PAGE}-0-1 .", "Evidence-type"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_triples_are_caught(name: str) -> None:
    gone, new, rule = WRONG[name]
    assert parsed(gone) <= WHOLE, "the case takes away what is not there"
    findings = [one for one in check((WHOLE - parsed(gone)) | parsed(new)) if one.severity == Severity.VIOLATION]
    assert rule in {one.shape for one in findings}
    assert {one.code for one in findings} == {"0001T"}
    assert all("0001T" in one.message for one in findings)


def test_assertion_without_any_evidence_is_caught() -> None:
    links = {t for t in WHOLE if t.predicate.value == terms.abl("evidence") and "-organ-" in str(t.subject)}
    assert "Assertion-evidence" in {one.shape for one in check(WHOLE - links)}


def test_evidence_without_a_page_is_caught() -> None:
    links = {t for t in WHOLE if t.predicate.value == terms.OA + "hasSource"}
    findings = [one for one in check(WHOLE - links) if one.shape == "Evidence-page"]
    assert {one.code for one in findings} == {"0001T"}
    assert len(findings) == len(links)


def test_a_violation_is_told_of_its_procedure_alone() -> None:
    other = to_triples(load(CASES / "graph" / "bare"))
    broken = {*other.facts, *other.evidence, *parsed("procedure:CPT-0002T abl:organ organ:kidney, energy:laser .")}
    findings = check(WHOLE | broken)
    assert {one.code for one in findings if one.severity == Severity.VIOLATION} == {"0002T"}
    assert check(WHOLE) == ()


def test_what_an_ablation_leaves_open_is_a_warning() -> None:
    subject = {t for t in WHOLE if t.predicate.value == terms.abl("approach")}
    claims = {t for t in WHOLE if "/assertion/CPT-0001T-approach" in str(t.subject)}
    findings = check(WHOLE - subject - claims)
    assert [(one.severity, one.shape) for one in findings] == [(Severity.WARNING, "AblationProcedure-approach")]


def test_findings_never_repeat_a_long_text() -> None:
    text = " ".join(f"word{number}" for number in range(40))
    findings = check(WHOLE | parsed(f'selector:{PLACE} oa:exact "{text}", "{"x" * 500}" .'))
    told = [one for one in findings if one.shape == "Selector-exact"]
    assert told
    assert all("word7" not in one.message and len(one.message) < 400 for one in told)
    assert all(one.value is None or len(one.value) < 100 for one in findings)


def test_report_tells_the_same_as_the_findings() -> None:
    graph = Graph().parse(CASES / "shapes" / "value-of-approach" / "violates.ttl")
    size = len(graph)
    report = check_graph(graph)
    assert not report.conforms
    read = Graph().parse(data=report.turtle, format="turtle")
    rules = {str(rule).rpartition("/")[2] for rule in read.objects(None, SH.sourceShape)}
    assert rules == {one.shape for one in report.findings}
    assert set(read.objects(None, SH.conforms)) == {Literal(False)}
    assert len(graph) == size


def test_warnings_alone_conform() -> None:
    report = check_graph(Graph().parse(CASES / "shapes" / "AblationProcedure-organ" / "violates.ttl"))
    assert any(one.severity == Severity.WARNING for one in report.findings)
    bare = Graph()
    for triple in (*WHOLE, *parsed("")):
        bare.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
    assert check_graph(bare).conforms


def test_what_is_no_rdf_is_refused() -> None:
    graph = Graph()
    graph.add((URIRef("https://e.example/a b"), URIRef("urn:p"), Literal("x")))
    with pytest.raises(ValueError, match="IRI"):
        check_graph(graph)


def test_plain_pyshacl_finds_the_same() -> None:
    import pyshacl

    broken = set(WHOLE)
    for name in (
        "two codes",
        "fact without an assertion",
        "approach of another scheme",
        "evidence past the end of the page",
    ):
        gone, new, _ = WRONG[name]
        broken = (broken - parsed(gone)) | parsed(new)
    data = Graph()
    for triple in broken:
        data.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
    ours = Counter(one.shape for one in check(broken))
    for file in sorted((Path(__file__).parents[1] / "ontology" / "schemes").glob("*.ttl")):
        data.parse(file)
    written = Graph()
    for file in sorted((Path(__file__).parents[1] / "shapes").glob("*.ttl")):
        written.parse(file)
    _, report, _ = pyshacl.validate(data, shacl_graph=written)
    assert isinstance(report, Graph)
    theirs = Counter(str(rule).rpartition("/")[2] for rule in report.objects(None, SH.sourceShape))
    assert {rule: theirs[rule] for rule in ours} == dict(ours)
    assert set(theirs) == set(ours)


@settings(max_examples=25)
@given(st.sampled_from(sorted(WHOLE, key=str)))
def test_whatever_is_taken_away_nothing_breaks(triple: ox.Triple) -> None:
    for finding in check(WHOLE - {triple}):
        assert finding.code in {"0001T", None}
        assert finding.message.endswith(".")


NODES = st.sampled_from([URIRef("urn:a"), URIRef("urn:b"), BNode("c"), Literal("d"), Literal("d", lang="en")])
TRIPLES = st.lists(st.tuples(NODES, NODES, NODES), max_size=20)
ANY: st.SearchStrategy[Node | None] = st.one_of(st.none(), NODES)


@given(TRIPLES, st.tuples(ANY, ANY, ANY))
def test_the_frozen_store_answers_as_rdflib_does(
    triples: list[tuple[Node, Node, Node]], pattern: tuple[Node | None, Node | None, Node | None]
) -> None:
    store = FrozenStore(triples)
    expected = {t for t in triples if all(asked in {None, term} for asked, term in zip(pattern, t, strict=True))}
    found = [triple for triple, _ in store.triples(pattern)]
    assert len(found) == len(expected)
    assert set(found) == expected
    assert len(store) == len(set(triples))


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["integer", "decimal", "string", "gYear"]))
def test_terms_keep_their_spelling(text: str, kind: str) -> None:
    term = ox.Literal(text, datatype=ox.NamedNode(terms.XSD + kind))
    assert to_oxigraph(to_rdflib(term)) == term
