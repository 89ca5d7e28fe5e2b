"""The shipped queries: SPARQL files beside this module, each with a question and, where it asks for one, a parameter.

A file starts with comment lines: ``# question: …``, ``# param: name = default  what it is`` (any number) and
``# columns: …``. A default is written as in SPARQL: ``<IRI>`` or ``"text"`` or a number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode

from ontology import terms

FOLDER: Final = Path(__file__).parent / "queries"

_HEAD: Final = re.compile(r"# *(?P<key>question|param|columns): *(?P<value>.*\S)")
_PARAMETER: Final = re.compile(r'(?P<name>\w+) *= *(?P<default><[^>]*>|"[^"]*"|\S+) *(?P<description>.*)')
_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_DECIMAL: Final = re.compile(r"[+-]?[0-9]*\.[0-9]+")
_PATH: Final = re.compile(r"[a-z][a-z-]*/[A-Za-z0-9][A-Za-z0-9.-]*")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_PREFIXED: Final = re.compile(r"([a-z]+):([A-Za-z][A-Za-z0-9_.-]*)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable of a query that the caller may set.

    Attributes:
        name: Of the variable, without question mark.
        default: What it stands for where the caller says nothing.
        description: What it is, in words.
    """

    name: str
    default: NamedNode | Literal
    description: str


@dataclass(frozen=True, slots=True)
class ShippedQuery:
    """A query that comes with the project.

    Attributes:
        name: What it is called by.
        question: What it answers, in one line.
        parameters: What may be set.
        columns: Names of the variables that it gives.
        text: The SPARQL.
    """

    name: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    text: str


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, ShippedQuery]:
    """Every shipped query by name, sorted by it."""
    return {file.stem: parse(file.stem, file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.rq"))}


def parse(name: str, text: str) -> ShippedQuery:
    r"""Read a query file.

    Args:
        name: What the query is to be called by.
        text: Of the file.

    Raises:
        ValueError: It has no question, or a parameter that cannot be read.

    >>> parse("all", "# question: What is there?\n# param: n = 3  how many\nSELECT ?n {}").parameters[0].default.value
    '3'
    """
    question = ""
    columns: tuple[str, ...] = ()
    parameters: list[Parameter] = []
    for line in text.splitlines():
        found = _HEAD.fullmatch(line.rstrip())
        if found is None:
            break
        if found["key"] == "question":
            question = found["value"]
        elif found["key"] == "columns":
            columns = tuple(part.strip() for part in found["value"].split(","))
        else:
            parameters.append(_parameter(name, found["value"]))
    if not question:
        raise ValueError(f"query {name}: the first line must be '# question: …'")
    return ShippedQuery(name, question, tuple(parameters), columns, text)


def term(value: str, like: NamedNode | Literal | None = None) -> NamedNode | Literal:
    """The term that a value on the command line means.

    Args:
        value: ``<IRI>`` or an address, ``abl:name`` with a known prefix, a concept's path (``organ/liver``), a number,
            or text with or without quotation marks.
        like: The parameter's default: for an IRI a bare name is taken to stand beside it (``liver`` beside
            ``organ/kidney``), for text everything is text.

    Raises:
        ValueError: The value is to be an IRI and cannot be one.

    >>> term("organ/liver").value
    'https://w3id.org/ablation-kg/organ/liver'
    >>> term("liver", NamedNode("https://w3id.org/ablation-kg/organ/kidney")).value
    'https://w3id.org/ablation-kg/organ/liver'
    >>> term("50593", Literal("50250")).value, term("12").datatype.value[-7:]
    ('50593', 'integer')
    """
    if isinstance(like, Literal) and like.datatype.value == terms.XSD + "string":
        return Literal(_unquoted(value))
    iri = _iri(value, like.value if isinstance(like, NamedNode) else None)
    if iri is not None:
        return NamedNode(iri)
    if like is not None and not isinstance(like, Literal):
        raise ValueError(f"not an IRI, a concept's path or a concept's name: {value!r}")
    for pattern, kind in ((_INTEGER, "integer"), (_DECIMAL, "decimal")):
        if pattern.fullmatch(value):
            return Literal(value, datatype=NamedNode(terms.XSD + kind))
    return Literal(_unquoted(value))


def _iri(value: str, beside: str | None) -> str | None:
    if value.startswith("<") and value.endswith(">"):
        return value[1:-1]
    if value.startswith(("https://", "http://", "urn:")):
        return value
    prefixed = _PREFIXED.fullmatch(value)
    if prefixed and prefixed[1] in terms.PREFIXES:
        return terms.PREFIXES[prefixed[1]] + prefixed[2]
    if _PATH.fullmatch(value):
        return terms.BASE + value
    if beside is not None and _NAME.fullmatch(value):
        return beside[: beside.rfind("/") + 1] + value
    return None


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value


def _parameter(query: str, line: str) -> Parameter:
    found = _PARAMETER.fullmatch(line)
    if found is None:
        raise ValueError(f"query {query}: a parameter is written 'name = default  what it is', not {line!r}")
    default = found["default"]
    value = Literal(_unquoted(default)) if default.startswith('"') else term(default)
    return Parameter(found["name"], value, found["description"].strip("() "))
