"""Looking things up in a release, node by node."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyoxigraph as ox

from ontology import terms


@dataclass(frozen=True, slots=True)
class Look:
    """A release to look things up in; IRIs go in and out as text.

    Attributes:
        store: The release.
    """

    store: ox.Store

    def values(self, node: str, link: str) -> tuple[ox.NamedNode | ox.Literal, ...]:
        """What a property of a node leads to, sorted."""
        found = self.store.quads_for_pattern(ox.NamedNode(node), ox.NamedNode(link), None)
        values = [quad.object for quad in found if isinstance(quad.object, ox.NamedNode | ox.Literal)]
        return tuple(sorted(values, key=str))

    def iris(self, node: str, link: str) -> tuple[str, ...]:
        """IRIs that a property of a node leads to, sorted."""
        return tuple(value.value for value in self.values(node, link) if isinstance(value, ox.NamedNode))

    def text(self, node: str, link: str) -> str:
        """The first literal that a property of a node has, or empty."""
        return next((value.value for value in self.values(node, link) if isinstance(value, ox.Literal)), "")

    def about(self, link: str, node: str, kind: str | None = None) -> tuple[str, ...]:
        """Nodes whose property leads to this one, of a class if one is named, sorted."""
        found = self.store.quads_for_pattern(None, ox.NamedNode(link), ox.NamedNode(node))
        subjects = sorted({quad.subject.value for quad in found if isinstance(quad.subject, ox.NamedNode)})
        return tuple(one for one in subjects if kind is None or kind in self.iris(one, terms.RDF + "type"))

    def name(self, iri: str) -> str:
        """A class or property in words: its label, else its own name taken apart.

        >>> Look(ox.Store()).name("https://w3id.org/ablation-kg/ontology#freezeThawCycles")
        'freeze thaw cycles'
        """
        if iri == terms.RDF + "type":
            return "kind"
        label = self.text(iri, terms.RDFS + "label") or self.text(iri, terms.SKOS + "prefLabel")
        return label or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.split(r"[/#]", iri)[-1]).lower()

    def words(self, value: ox.NamedNode | ox.Literal) -> str:
        """A value in words."""
        if isinstance(value, ox.Literal):
            return re.sub(r"\.0+$", "", value.value) if value.datatype.value == terms.XSD + "decimal" else value.value
        return self.name(value.value)
