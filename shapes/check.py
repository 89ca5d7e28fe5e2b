"""Run the shapes over triples and say in plain words what they find."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import SH
from rdflib.term import Node

from ontology import store, terms
from shapes import words
from shapes.convert import CheckedGraph, to_triple
from shapes.findings import Finding, Report, Severity

__all__ = ["Finding", "Report", "Severity", "check", "check_graph"]

FOLDER: Final = Path(__file__).parent
_SEVERITIES: Final = {
    str(SH.Violation): Severity.VIOLATION,
    str(SH.Warning): Severity.WARNING,
    str(SH.Info): Severity.INFO,
}
_IN_SCHEME: Final = ox.NamedNode(terms.SKOS + "inScheme")
_DESCRIBES: Final = URIRef(terms.abl("describes"))
_SOURCE: Final = URIRef(terms.OA + "hasSource")
_VALUE_RULE: Final = "value-of-"


@lru_cache(maxsize=1)
def shapes_graph() -> Graph:
    """All shapes, parsed once. Callers must not change the graph."""
    graph = Graph(bind_namespaces="none")
    for file in sorted(FOLDER.glob("*.ttl")):
        graph.parse(file, format="turtle")
    for rule, query in list(graph.subject_objects(SH.select)):
        # pyshacl searches each query for forbidden words once a focus node; on one line that takes a third of the time.
        graph.set((rule, SH.select, Literal(" ".join(str(query).split()))))
    return graph


@lru_cache(maxsize=1)
def _membership() -> tuple[ox.Triple, ...]:
    """Which scheme each concept is in: what the shapes need of the ontology."""
    return tuple(quad.triple for quad in store.graph().quads_for_pattern(None, _IN_SCHEME, None))


def check(triples: Iterable[ox.Triple]) -> tuple[Finding, ...]:
    """Check the triples of one or many procedures, facts and evidence together.

    Batches of about 200 procedures cost least for each.

    Args:
        triples: Triples as `extract.graph.to_triples` gives them.

    Returns:
        Findings sorted by code, violations first; none if all is well.
    """
    return _run(CheckedGraph((*triples, *_membership())))[0]


def check_graph(graph: Graph) -> Report:
    """Check any graph, such as files that a user gives.

    Args:
        graph: Facts and evidence together; it stays as it is.

    Returns:
        Findings, and the SHACL report.

    Raises:
        ValueError: The graph holds a term that RDF does not allow, such as an IRI with a space.
    """
    findings, report = _run(CheckedGraph((*(to_triple(*triple) for triple in graph), *_membership())))
    for prefix, namespace in {**terms.PREFIXES, "sh": str(SH), "shape": f"{terms.BASE}shape/"}.items():
        report.bind(prefix, namespace)
    return Report(findings, report.serialize(format="turtle"))


def _run(graph: CheckedGraph) -> tuple[tuple[Finding, ...], Graph]:
    # Its import takes as long as a small check, and much that imports this module never checks.
    import pyshacl

    _, report, _ = pyshacl.validate(
        graph, shacl_graph=shapes_graph(), inplace=True, inference="none", allow_warnings=True, allow_infos=True
    )
    if not isinstance(report, Graph):
        raise TypeError(f"the shapes could not be run: {report}")
    found = {finding for result in report.objects(None, SH.result) for finding in _findings(graph, report, result)}
    return tuple(sorted(found, key=lambda finding: finding.order)), report


def _findings(graph: Graph, report: Graph, result: Node) -> Iterator[Finding]:
    """The findings of one SHACL result: one for each procedure that it concerns."""
    focus, path = report.value(result, SH.focusNode), report.value(result, SH.resultPath)
    value, shape = report.value(result, SH.value), report.value(result, SH.sourceShape)
    if focus is None:
        return
    rule = str(shape).rpartition("/")[2]
    severity = _SEVERITIES.get(str(report.value(result, SH.resultSeverity)), Severity.VIOLATION)
    mend = " ".join(sorted(str(message) for message in report.objects(result, SH.resultMessage)))
    if rule.startswith(_VALUE_RULE):
        # The rule looks at the value; the finding is about those who use it.
        used = URIRef(terms.abl(rule.removeprefix(_VALUE_RULE)))
        for user in graph.subjects(used, focus):
            for code in _codes(graph, user):
                yield _finding(severity, user, code, (str(used), words.term_name(used)), [focus], mend, rule)
        return
    paths = None
    if path is not None:
        paths = (words.path_text(report, path, short=False), words.path_text(report, path, short=True))
    values = [value] if value is not None and value != focus else []
    if not values and isinstance(path, URIRef):
        values = list(graph.objects(focus, path))
    if value is not None and words.code_of(focus) is None and words.code_of(value) is not None:
        # What takes its evidence from the page of another procedure is at fault, not that page.
        focus, values = value, [focus]
    for code in _codes(graph, focus):
        yield _finding(severity, focus, code, paths, values, mend, rule)


def _finding(
    severity: Severity,
    focus: Node,
    code: str | None,
    path: tuple[str, str] | None,
    values: list[Node],
    mend: str,
    rule: str,
) -> Finding:
    who = "" if code is None else f"procedure {code}"
    if focus != URIRef(f"{terms.BASE}procedure/CPT-{code}"):
        who = ", ".join(filter(None, (who, words.node_name(focus))))
    what = "" if path is None else f", {path[1]}"
    found = f" Found: {words.listed(values)}." if values else ""
    text = f"{who[0].upper()}{who[1:]}{what}: {mend}{found}"
    value = None
    if len(values) == 1:
        value = words.term_name(values[0]).strip('"') if isinstance(values[0], Literal) else str(values[0])
    name = str(focus) if isinstance(focus, URIRef) else f"_:{focus}"
    return Finding(severity, name, code, None if path is None else path[0], value, text, rule)


def _codes(graph: Graph, node: Node) -> list[str | None]:
    """Codes of the procedures that a node belongs to, looked for along the links to it and to its page."""
    seen, level = {node}, [node]
    while level:
        known = {words.code_of(one) for near in level for one in (near, *graph.objects(near, _DESCRIBES))}
        codes = sorted(code for code in known if code is not None)
        if codes:
            return list(codes)
        linked = {one for near in level for one in (*graph.subjects(None, near), *graph.objects(near, _SOURCE))}
        level = list(linked - seen)
        seen.update(level)
    return [None]
