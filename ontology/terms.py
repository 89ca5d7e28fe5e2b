"""Names of the graph, each written once.

Every IRI that the project writes or asks for is made here, from the base of the contract.
"""

from __future__ import annotations

import re
from typing import Final

BASE: Final = "https://w3id.org/ablation-kg/"
ABL: Final = BASE + "ontology#"

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
PROV: Final = "http://www.w3.org/ns/prov#"
OA: Final = "http://www.w3.org/ns/oa#"
QUDT: Final = "http://qudt.org/schema/qudt/"
UNIT: Final = "http://qudt.org/vocab/unit/"
DCTERMS: Final = "http://purl.org/dc/terms/"
SCHEMA: Final = "https://schema.org/"
OWL: Final = "http://www.w3.org/2002/07/owl#"
SH: Final = "http://www.w3.org/ns/shacl#"
DCAT: Final = "http://www.w3.org/ns/dcat#"
VOID: Final = "http://rdfs.org/ns/void#"
SPDX: Final = "http://spdx.org/rdf/terms#"

PREFIXES: Final[dict[str, str]] = {
    "abl": ABL,
    "dcterms": DCTERMS,
    "oa": OA,
    "prov": PROV,
    "qudt": QUDT,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": SCHEMA,
    "skos": SKOS,
    "unit": UNIT,
    "xsd": XSD,
}

CODE_PATTERN: Final = re.compile(r"[0-9]{4}[0-9A-Z]")

SCHEMES: Final = (
    "approach",
    "energy",
    "organ",
    "modality",
    "target",
    "agent",
    "device",
    "laterality",
    "multiplicity",
    "necessity",
    "reporting",
    "purpose",
    "role",
)
"""The concept schemes of the contract: the first part of each concept's path."""

AXIS_SCHEME: Final[dict[str, str]] = {
    "approach": "approach",
    "energySource": "energy",
    "organ": "organ",
    "target": "target",
    "modality": "modality",
    "laterality": "laterality",
    "multiplicity": "multiplicity",
    "agent": "agent",
    "role": "role",
    "device": "device",
    "necessity": "necessity",
    "reporting": "reporting",
    "purpose": "purpose",
}
"""Property (local name under ``abl:``) to the scheme that its values come from."""


def abl(name: str) -> str:
    """IRI of a class or property of the vocabulary.

    >>> abl("Procedure")
    'https://w3id.org/ablation-kg/ontology#Procedure'
    """
    return ABL + name


def concept(path: str) -> str:
    """IRI of a concept from its path ``scheme/name``.

    >>> concept("approach/percutaneous")
    'https://w3id.org/ablation-kg/approach/percutaneous'
    """
    return BASE + path


def scheme(name: str) -> str:
    """IRI of a concept scheme.

    >>> scheme("energy")
    'https://w3id.org/ablation-kg/scheme/energy'
    """
    return f"{BASE}scheme/{name}"


def procedure(code: str) -> str:
    """IRI of a procedure.

    Args:
        code: A CPT code, ``^[0-9]{4}[0-9A-Z]$``.

    Raises:
        ValueError: The code has another form, so that no page can break out of an IRI.

    >>> procedure("50593")
    'https://w3id.org/ablation-kg/procedure/CPT-50593'
    """
    if not CODE_PATTERN.fullmatch(code):
        raise ValueError(f"not a procedure code: {code!r}")
    return f"{BASE}procedure/CPT-{code}"


def part(kind: str, code: str, *keys: str) -> str:
    """IRI of a node that belongs to one procedure: a guidance use, a substance use, a temperature, an assertion.

    The path is flat, because nested ones cost rdflib's Turtle writer twice the time.

    Args:
        kind: First segment, such as ``guidance-use``.
        code: The procedure's code.
        keys: What tells the node from its siblings; each is made of letters, digits, ``.`` and ``-``.

    Raises:
        ValueError: The code or a key has another form.

    >>> part("guidance-use", "50593", "ct")
    'https://w3id.org/ablation-kg/guidance-use/CPT-50593-ct'
    """
    if not CODE_PATTERN.fullmatch(code):
        raise ValueError(f"not a procedure code: {code!r}")
    for key in keys:
        if not re.fullmatch(r"[A-Za-z0-9.-]+", key):
            raise ValueError(f"not a key: {key!r}")
    return f"{BASE}{kind}/CPT-{code}-" + "-".join(keys)


def page(sha256: str) -> str:
    """IRI of a page from the SHA-256 of its bytes (64 hexadecimal digits, the first 32 used).

    >>> page("ab" * 32)
    'https://w3id.org/ablation-kg/page/abababababababababababababababab'
    """
    return f"{BASE}page/{sha256[:32]}"


def evidence(sha256: str, start: int, end: int) -> str:
    """IRI of a span of a page: the same span is one node, however many facts it carries.

    >>> evidence("ab" * 32, 3, 9)
    'https://w3id.org/ablation-kg/evidence/abababababababababababababababab-3-9'
    """
    return f"{BASE}evidence/{sha256[:32]}-{start}-{end}"
