"""Answers of queries as a table, CSV, JSON or Turtle."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import pyoxigraph as ox

from flows import table
from flows.errors import UserError
from flows.query import Answer
from ontology import terms


class Format(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    TURTLE = "turtle"


_RESULTS: Final = {Format.CSV: ox.QueryResultsFormat.CSV, Format.JSON: ox.QueryResultsFormat.JSON}


def write(answer: Answer, form: Format) -> None:
    """Write an answer to standard output.

    Args:
        answer: Of a SELECT, an ASK, a CONSTRUCT or a DESCRIBE.
        form: How. Rows have no Turtle, and triples no CSV; triples as a table are written as Turtle.

    Raises:
        UserError: The answer has no such form.
    """
    if isinstance(answer, ox.QueryTriples):
        _write_triples(answer, form)
    elif form is Format.TURTLE:
        raise UserError("--format turtle: rows have no Turtle; ask with CONSTRUCT or DESCRIBE, or take csv or json")
    elif form is not Format.TABLE:
        sys.stdout.write((answer.serialize(format=_RESULTS[form]) or b"").decode())
        sys.stdout.write("\n" if form is Format.JSON else "")
    elif isinstance(answer, ox.QueryBoolean):
        sys.stdout.write("yes\n" if answer else "no\n")
    else:
        head = [variable.value for variable in answer.variables]
        table.write(head, [[short(solution[name]) for name in head] for solution in answer])


def short(term: object) -> str:
    """A term as a person reads it: IRIs of ours without their base, known ones with a prefix, literals bare.

    >>> short(ox.NamedNode("https://w3id.org/ablation-kg/organ/kidney")), short(ox.Literal(3)), short(None)
    ('organ/kidney', '3', '')
    """
    if term is None:
        return ""
    if isinstance(term, ox.Literal):
        return term.value
    if not isinstance(term, ox.NamedNode):
        return str(term)
    for prefix, namespace in terms.PREFIXES.items():
        if term.value.startswith(namespace):
            return f"{prefix}:{term.value.removeprefix(namespace)}"
    return term.value.removeprefix(terms.BASE)


def _write_triples(answer: Iterable[ox.Triple], form: Format) -> None:
    triples = sorted(set(answer), key=str)
    if form is Format.CSV:
        raise UserError("--format csv: triples have no CSV; ask with SELECT, or take turtle or json")
    kind = ox.RdfFormat.JSON_LD if form is Format.JSON else ox.RdfFormat.TURTLE
    data = ox.serialize(triples, format=kind, prefixes=terms.PREFIXES) or b""
    text = data.decode()
    if form is Format.JSON:
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"
    sys.stdout.write(text)
