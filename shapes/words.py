"""Names of nodes, properties and values as a person reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import SH
from rdflib.term import Node

from ontology import terms

_CODE: Final = re.compile(re.escape(terms.BASE) + r"[a-z-]+/CPT-([0-9]{4}[0-9A-Z])(?:-|$)")
_MOST_WORDS: Final = 5
_MOST_CHARACTERS: Final = 80


def code_of(node: Node) -> str | None:
    """The code in the IRI of a procedure or of one of its parts.

    >>> code_of(URIRef("https://w3id.org/ablation-kg/guidance-use/CPT-50593-ct"))
    '50593'
    """
    found = _CODE.match(node) if isinstance(node, URIRef) else None
    return found[1] if found else None


def node_name(node: Node) -> str:
    """A node by its kind and name.

    >>> node_name(URIRef("https://w3id.org/ablation-kg/guidance-use/CPT-50593-ct"))
    'guidance use CPT-50593-ct'
    """
    if not isinstance(node, URIRef) or not node.startswith(terms.BASE) or node.startswith(terms.ABL):
        return term_name(node)
    kind, _, name = node.removeprefix(terms.BASE).partition("/")
    return f"{kind.replace('-', ' ')} {name}"


def term_name(term: Node) -> str:
    """A value in short: a concept's path, a prefixed name, the first words of a literal.

    A literal is cut, since findings are published and a quote that is too long is one of the things they tell of.

    >>> term_name(URIRef("https://w3id.org/ablation-kg/approach/open")), term_name(Literal("a b c d e f"))
    ('approach/open', '"a b c d e …"')
    """
    if isinstance(term, Literal):
        text = " ".join(str(term).split(maxsplit=_MOST_WORDS)[:_MOST_WORDS])[:_MOST_CHARACTERS]
        return f'"{text} …"' if len(text) < len(" ".join(str(term).split())) else f'"{text}"'
    if isinstance(term, BNode):
        return "a blank node"
    iri = str(term)
    for prefix, namespace in terms.PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri.removeprefix(terms.BASE)


def listed(values: Iterable[Node], most: int = 4) -> str:
    """Values in short, sorted, with commas."""
    names = sorted({term_name(value) for value in values})
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def path_text(report: Graph, path: Node, *, short: bool) -> str:
    """A property path in SPARQL's way of writing.

    Args:
        report: The graph that describes the path, where it is more than a property.
        path: The node that `sh:resultPath` names.
        short: Whether IRIs are written with prefixes.
    """
    if isinstance(path, URIRef):
        return term_name(path) if short else str(path)
    inverse = report.value(path, SH.inversePath)
    if inverse is not None:
        return "^" + path_text(report, inverse, short=short)
    if report.value(path, RDF.first) is not None:
        return "/".join(path_text(report, step, short=short) for step in Collection(report, path))
    return "a path"
