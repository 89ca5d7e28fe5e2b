"""Terms and graphs between pyoxigraph, which is quick at queries, and rdflib, which pyshacl wants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef, Variable
from rdflib.query import Result
from rdflib.term import IdentifiedNode, Node

from shapes.frozen import FrozenStore


def to_rdflib(term: object) -> IdentifiedNode | Literal:
    """A pyoxigraph term as rdflib has it; literals keep their spelling.

    Raises:
        ValueError: It is a triple term, which rdflib does not know.

    >>> to_rdflib(ox.Literal("01", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))).n3()
    '"01"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language is not None:
            return Literal(term.value, lang=term.language)
        if term.datatype.value == "http://www.w3.org/2001/XMLSchema#string":
            # rdflib tells "a" from "a"^^xsd:string, RDF 1.1 does not; its parsers give the first.
            return Literal(term.value)
        return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)
    raise ValueError(f"no term that rdflib knows: {term}")


def to_oxigraph(term: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """An rdflib term as pyoxigraph has it.

    Raises:
        ValueError: It is no IRI, blank node or literal, or pyoxigraph does not accept it (an IRI with a space).
    """
    if isinstance(term, URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, BNode):
        return ox.BlankNode(str(term))
    if isinstance(term, Literal):
        if term.language is not None:
            return ox.Literal(str(term), language=term.language)
        return ox.Literal(str(term), datatype=None if term.datatype is None else ox.NamedNode(str(term.datatype)))
    raise ValueError(f"no term that pyoxigraph knows: {term!r}")


def to_triple(subject: Node, predicate: Node, value: Node) -> ox.Triple:
    """An rdflib triple as pyoxigraph has it.

    Raises:
        ValueError: RDF does not allow one of its terms in its place, such as an IRI with a space.
    """
    one, two = to_oxigraph(subject), to_oxigraph(predicate)
    if not isinstance(one, ox.Literal) and isinstance(two, ox.NamedNode):
        return ox.Triple(one, two, to_oxigraph(value))
    raise ValueError(f"no RDF triple: {subject!r} {predicate!r} {value!r}")


class CheckedGraph(Graph):
    """An rdflib graph whose queries Oxigraph answers.

    pyshacl hands every ``sh:sparql`` rule to `query`, once a focus node. rdflib takes 8 ms to parse such a query
    alone, Oxigraph 0.05 ms to answer it.
    """

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        """Fill the graph.

        Args:
            triples: What it holds from now on; later changes do not reach the queries.
        """
        held = tuple(triples)
        self._twin = ox.Store()
        self._twin.bulk_extend(ox.Quad(one.subject, one.predicate, one.object) for one in held)
        known: dict[object, IdentifiedNode | Literal] = {}

        def term(one: object) -> IdentifiedNode | Literal:
            found = known.get(one)
            if found is None:
                found = known[one] = to_rdflib(one)
            return found

        filled = FrozenStore((term(one.subject), term(one.predicate), term(one.object)) for one in held)
        super().__init__(store=filled, bind_namespaces="none")

    def query(  # type: ignore[override]
        self,
        query_object: str,
        processor: object = "sparql",
        result: object = "sparql",
        initNs: Mapping[str, Any] | None = None,  # noqa: N803
        initBindings: Mapping[str, IdentifiedNode] | None = None,  # noqa: N803
        use_store_provided: bool = True,
        **kwargs: Any,
    ) -> Result:
        """Answer a SELECT query.

        Args:
            query_object: The query.
            processor: Not used.
            result: Not used.
            initNs: Prefixes.
            initBindings: Values of variables.
            use_store_provided: Not used.
            **kwargs: Not used.
        """
        answer = self._twin.query(
            query_object,
            prefixes={prefix: str(iri) for prefix, iri in (initNs or {}).items()},
            substitutions={ox.Variable(str(name)): to_oxigraph(value) for name, value in (initBindings or {}).items()},
        )
        if not isinstance(answer, ox.QuerySolutions):
            raise TypeError(f"the shapes ask SELECT queries only, not: {query_object}")
        found = Result("SELECT")
        names = [variable.value for variable in answer.variables]
        found.vars = [Variable(name) for name in names]
        found.bindings = [
            {Variable(name): to_rdflib(value) for name, value in zip(names, row, strict=True) if value is not None}
            for row in answer
        ]
        return found
