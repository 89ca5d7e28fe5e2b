"""From the middle form to terms of the graph: the IRI of a part, the property of a predicate, the term of a value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pyoxigraph import Literal, NamedNode

from ontology import terms

_CONCEPT: Final = re.compile(r"[a-z0-9-]+/[a-z0-9][a-z0-9-]*")
_CLASS: Final = re.compile(r"[A-Za-z]+")
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_INTEGER: Final = re.compile(r"-?[0-9]+")


@dataclass(frozen=True, slots=True)
class PartKind:
    """A kind of node that belongs to a procedure.

    Attributes:
        link: Property (local name under ``abl:``) from the procedure to the node.
        type: IRI of the node's class.
        maker: Predicate of the assertion that brings the node into being.
    """

    link: str
    type: str
    maker: str


PART_KINDS: Final = {
    "guidance-use": PartKind("guidance", terms.abl("GuidanceUse"), "modality"),
    "substance-use": PartKind("substance", terms.abl("SubstanceUse"), "agent"),
    "temperature": PartKind("temperature", terms.QUDT + "QuantityValue", "numericValue"),
}
"""First key of a part to its kind."""


@lru_cache(maxsize=1 << 14)
def named(iri: str) -> NamedNode:
    """The node of an IRI; kept, since the same concepts come again and again."""
    return NamedNode(iri)


def subject(code: str, node: tuple[str, ...]) -> NamedNode:
    """The node that an assertion is about.

    Args:
        code: The procedure's code.
        node: ``()`` for the procedure, else the key of a part.

    Raises:
        ValueError: The code or the key has a form that no IRI is made of.

    >>> subject("50593", ("guidance-use", "ct")).value
    'https://w3id.org/ablation-kg/guidance-use/CPT-50593-ct'
    """
    if not node:
        return NamedNode(terms.procedure(code))
    if node[0] not in PART_KINDS or len(node) < 2:
        raise ValueError(f"not the key of a part: {node!r}")
    return NamedNode(terms.part(node[0], code, *node[1:]))


def predicate(name: str) -> NamedNode:
    """The property of an assertion's predicate.

    >>> predicate("numericValue").value
    'http://qudt.org/schema/qudt/numericValue'
    """
    if name == "type":
        return named(terms.RDF + "type")
    if name == "numericValue":
        return named(terms.QUDT + "numericValue")
    if not name.isascii() or not name.isalpha():
        raise ValueError(f"not a predicate: {name!r}")
    return named(terms.abl(name))


def value(name: str, text: str) -> NamedNode | Literal:
    """The term of an assertion's value.

    Args:
        name: Its predicate.
        text: Its value.

    Raises:
        ValueError: The value has not the form that the predicate asks for.

    >>> value("numericValue", "-100").value
    '-100.0'
    """
    if name == "type" and _CLASS.fullmatch(text):
        return named(terms.abl(text))
    if name == "numericValue" and _NUMBER.fullmatch(text):
        return Literal(text if "." in text else f"{text}.0", datatype=named(terms.XSD + "decimal"))
    if name == "freezeThawCycles" and _INTEGER.fullmatch(text):
        return Literal(text, datatype=named(terms.XSD + "integer"))
    if _CONCEPT.fullmatch(text) and name not in {"type", "numericValue", "freezeThawCycles"}:
        return named(terms.concept(text))
    raise ValueError(f"not a value of {name}: {text!r}")


def key(text: str) -> str:
    """What stands for a value in the IRI of its assertion.

    >>> key("approach/percutaneous"), key("-100")
    ('percutaneous', '-100')
    """
    return text.rpartition("/")[2]
