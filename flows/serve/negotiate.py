"""Which form of a page is wanted: the Accept header (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pyoxigraph as ox

HTML: Final = "text/html"
GRAPHS: Final[Mapping[str, ox.RdfFormat]] = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
"""Media types of a node's triples."""

ENDINGS: Final[Mapping[str, str]] = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
}
"""What ``format`` may be in a link to a node's page."""


def choose(accept: str, offers: Sequence[str]) -> str | None:
    """The media type that suits best.

    Args:
        accept: The header; everything suits if it is empty.
        offers: Media types that there are, the best one first.

    Returns:
        One of the offers, or None if none is accepted.

    >>> choose("text/turtle, text/html;q=0.5", ["text/html", "text/turtle"])
    'text/turtle'
    >>> choose("image/png", ["text/html"]), choose("", ["text/html"])
    (None, 'text/html')
    """
    wanted = dict(_range(part) for part in (accept or "*/*").split(","))
    scores = [_score(offer, wanted) for offer in offers]
    best = max(scores, default=0.0)
    return offers[scores.index(best)] if best > 0 else None


def _score(offer: str, wanted: Mapping[str, float]) -> float:
    """The weight of the closest range."""
    for name in (offer, offer.partition("/")[0] + "/*", "*/*"):
        if name in wanted:
            return wanted[name]
    return 0.0


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    weight = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
    try:
        return name.lower(), float(weight)
    except ValueError:
        return name.lower(), 0.0
