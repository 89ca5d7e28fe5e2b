"""Turtle that people read in diffs: one predicate a line, names instead of long IRIs, the same bytes every time.

A file is `header` followed by one `block` a procedure. pyoxigraph's own writer puts all values of a subject on few
long lines, so the text is made here; the tests read it back with two parsers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from ontology import terms

_NODE_KINDS: Final = (
    "procedure",
    "guidance-use",
    "substance-use",
    "temperature",
    "page",
    "rights",
    "assertion",
    "disagreement",
    "rejection",
    "evidence",
    "selector",
)

PREFIXES: Final[dict[str, str]] = {
    **terms.PREFIXES,
    **{kind: f"{terms.BASE}{kind}/" for kind in (*terms.SCHEMES, "bound", "section-role", *_NODE_KINDS)},
}
"""Prefix to namespace: those of `ontology.terms`, and one for each kind of IRI below the base."""

_BY_NAMESPACE: Final = {namespace: prefix for prefix, namespace in PREFIXES.items()}
# Turtle 1.1, section 6.5, PN_LOCAL, kept to ASCII.
_LOCAL: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_DECIMAL: Final = re.compile(r"[+-]?[0-9]*\.[0-9]+")
# What a quoted string may not hold (section 6.4), other control characters, and what editors take for a line end.
_SPECIAL: Final = re.compile('["\\\\\\x00-\\x1f\\x7f-\\x9f\u2028\u2029\ufeff]')
_SHORT: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_TYPE: Final = terms.RDF + "type"
_STRING: Final = terms.XSD + "string"


def header() -> bytes:
    """The ``@prefix`` lines that the blocks need, with an empty line after them.

    >>> header().decode().splitlines()[0]
    '@prefix abl: <https://w3id.org/ablation-kg/ontology#> .'
    """
    return "".join(f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in sorted(PREFIXES)).encode() + b"\n"


def block(triples: Iterable[Triple]) -> bytes:
    """Turtle of some triples, without prefix lines.

    Args:
        triples: Triples without blank nodes, grouped by subject and predicate, as `extract.graph.to_triples` gives
            them. Their order is kept.

    Returns:
        UTF-8; each subject ends with an empty line. Empty for no triples.

    Raises:
        ValueError: A subject or value is a blank node or a triple term: no release holds one.
    """
    out: list[str] = []
    last_subject = last_predicate = None
    for triple in triples:
        subject, predicate, value = triple.subject, triple.predicate, _term(triple.object)
        if subject != last_subject:
            out.append(f"{' .' if out else ''}\n\n{_term(subject)} " if out else f"{_term(subject)} ")
            out.append(f"{_verb(predicate.value)} {value}")
        elif predicate != last_predicate:
            out.append(f" ;\n    {_verb(predicate.value)} {value}")
        else:
            out.append(f", {value}")
        last_subject, last_predicate = subject, predicate
    return ("".join(out) + " .\n\n").encode() if out else b""


def _verb(iri: str) -> str:
    return "a" if iri == _TYPE else _iri(iri)


def _term(term: object) -> str:
    if isinstance(term, NamedNode):
        return _iri(term.value)
    if isinstance(term, Literal):
        return _literal(term)
    raise ValueError(f"no release holds such a node: {term}")


@lru_cache(maxsize=1 << 16)
def _iri(iri: str) -> str:
    cut = max(iri.rfind("/"), iri.rfind("#")) + 1
    prefix = _BY_NAMESPACE.get(iri[:cut])
    if prefix is not None and _LOCAL.fullmatch(iri, cut):
        return f"{prefix}:{iri[cut:]}"
    # pyoxigraph lets no character into a NamedNode that could end the IRI.
    return f"<{iri}>"


def _literal(literal: Literal) -> str:
    text = literal.value
    if literal.language is not None:
        return f'"{_escape(text)}"@{literal.language}'
    kind = literal.datatype.value
    if kind == _STRING:
        return f'"{_escape(text)}"'
    if (kind == terms.XSD + "integer" and _INTEGER.fullmatch(text)) or (
        kind == terms.XSD + "decimal" and _DECIMAL.fullmatch(text)
    ):
        return text
    return f'"{_escape(text)}"^^{_iri(kind)}'


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda found: _SHORT.get(found[0]) or f"\\u{ord(found[0]):04X}", text)
