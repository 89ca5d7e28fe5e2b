"""Answers of queries as a table, CSV, JSON or Turtle."""

from __future__ import annotations

import codecs
import io
import json
import sys
from collections.abc import Callable, Iterable
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Final

import pyoxigraph as ox

from flows import table
from flows.asking.answer_format import Format
from flows.asking.query import Answer
from flows.errors import UserError
from ontology import terms

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


FEW: Final = 20_000
"""So many triples are sorted before they are written; more are written as they come."""

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
        _flowing(lambda out: answer.serialize(out, format=_RESULTS[form]))
        sys.stdout.write("\n" if form is Format.JSON else "")
    elif isinstance(answer, ox.QueryBoolean):
        sys.stdout.write("yes\n" if answer else "no\n")
    else:
        head = [variable.value for variable in answer.variables]
        table.stream(head, ([short(solution[name]) for name in head] for solution in answer))


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
    if form is Format.CSV:
        raise UserError("--format csv: triples have no CSV; ask with SELECT, or take turtle or json")
    kind = ox.RdfFormat.JSON_LD if form is Format.JSON else ox.RdfFormat.TURTLE
    coming = iter(answer)
    first = list(islice(coming, FEW))
    more = list(islice(coming, 1))
    if more:
        triples = chain(first, more, coming)
        _flowing(lambda out: ox.serialize(triples, out, format=kind, prefixes=terms.PREFIXES))
        return
    data = ox.serialize(sorted(set(first), key=str), format=kind, prefixes=terms.PREFIXES) or b""
    text = data.decode()
    if form is Format.JSON:
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"
    sys.stdout.write(text)


class _Bytes(io.RawIOBase):
    """Standard output for those who write bytes, also where it takes text alone."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        chunk = bytes(data)
        sys.stdout.write(self._decoder.decode(chunk))
        return len(chunk)


def _flowing(write: Callable[[IO[bytes]], object]) -> None:
    """Let something write to standard output as it goes, so that no answer is held as a whole."""
    with io.BufferedWriter(_Bytes(), 1 << 16) as out:
        write(out)
