"""The command ``validate``: any Turtle against the shapes."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pyoxigraph as ox
from rdflib import Graph

from flows.errors import UserError
from flows.table import clean
from shapes.check import check_graph
from shapes.convert import to_rdflib
from shapes.findings import Finding, Report, Severity


def validate(paths: Sequence[Path], *, turtle: bool, as_json: bool) -> int:
    """Check Turtle files, print what is found, and return the exit code: 1 where the shapes are violated.

    Args:
        paths: Files; together they are one graph, since a fact in one may have its evidence in another.
        turtle: Whether to print the SHACL report as Turtle.
        as_json: Whether to print the findings as JSON.

    Raises:
        UserError: A file is not there, cannot be read or is not Turtle; the message shows where.
    """
    graph = Graph(bind_namespaces="none")
    for path in paths:
        for triple in read(path):
            graph.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
    report = check_graph(graph)
    if turtle:
        sys.stdout.write(report.turtle)
    elif as_json:
        answer = {"conforms": report.conforms, "findings": [asdict(finding) for finding in report.findings]}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(words(report))
    return 0 if report.conforms else 1


def read(path: Path) -> tuple[ox.Triple, ...]:
    """Read a Turtle file.

    Raises:
        UserError: As in `validate`.
    """
    try:
        quads = ox.parse(
            path.read_bytes(), format=ox.RdfFormat.TURTLE, base_iri=path.resolve().as_uri(), rename_blank_nodes=True
        )
        return tuple(quad.triple for quad in quads)
    except SyntaxError as error:
        raise UserError(f"{path}: not Turtle: {error.msg}") from error
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from error


def words(report: Report) -> str:
    """The findings, a line each, and a last line that says what came of it."""
    bad = sum(map(_violates, report.findings))
    others = len(report.findings) - bad
    lines = [f"{finding.severity}: {clean(finding.message)}" for finding in report.findings]
    verdict = "conforms" if report.conforms else "does not conform"
    lines.append(f"{verdict}: {bad} {_plural('violation', bad)}, {others} {_plural('warning', others)}")
    return "\n".join(lines) + "\n"


def _violates(finding: Finding) -> bool:
    return finding.severity is Severity.VIOLATION


def _plural(word: str, number: int) -> str:
    return word if number == 1 else f"{word}s"
