"""What headings and lines say about a part of a page: the section roles and the kinds of lines, from Turtle."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pyoxigraph import Literal, NamedNode, Store

from ontology import store, terms

_LONGEST_HEADING: Final = 240
_LONGEST_LINE: Final = 1200
_NUMBERING: Final = re.compile(
    r"^\W*(?:(?:[qa](?=\d|[.:)]))?\d{0,3}|[ivx]{1,4}|[a-z])[.:)]+\s+(?=\S)|^\W*\d{1,2}\s+(?=[^\W\d])", re.IGNORECASE
)
_CODE: Final = re.compile(r"\b(?:cpt\W*)?(?:codes?\W+)?(?:no\.?\s*)?\d{4}[0-9a-z]\b|\bcpt4?\b", re.IGNORECASE)
_EDIT: Final = re.compile(r"\s*\[\s*edit[^\]]{0,20}\]\s*$", re.IGNORECASE)
"""What a wiki puts behind its headings."""
_OTHER: Final = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Role:
    """A section role.

    Attributes:
        name: Last part of its IRI.
        broader: Name of the role above it, or None.
        authority: 1 (descriptor) to 4.
        read_for_facts: Whether facts are read in such a section.
    """

    name: str
    broader: str | None
    authority: int
    read_for_facts: bool


@dataclass(frozen=True, slots=True)
class LineKind:
    """A kind of line that is recognised by its words.

    Attributes:
        pattern: Found anywhere in the line; never matches where there are no patterns.
        most_words: The longest line that can be of this kind, in words.
        words: Single words that the kind lists.
    """

    pattern: re.Pattern[str]
    most_words: int
    words: frozenset[str]

    def holds(self, line: str) -> bool:
        """Whether a line is of this kind."""
        if len(line) > _LONGEST_LINE:
            return False
        flat = " ".join(line.split())
        return len(flat.split(" ")) <= self.most_words and self.pattern.search(flat) is not None


@dataclass(frozen=True, slots=True)
class Headings:
    """The section roles with the headings that they go by.

    Attributes:
        roles: By name.
        whole: Normalised heading to role.
        leading: First word to leading words and role, longest first.
        within: Words anywhere and role, longest first.
    """

    roles: Mapping[str, Role]
    whole: Mapping[str, str]
    leading: Mapping[str, tuple[tuple[str, str], ...]]
    within: tuple[tuple[str, str], ...]

    def exact(self, heading: str) -> str | None:
        """Role of a heading by the whole of its words or by its leading words; None where it is not known."""
        return self._sure(normalise(heading)) if len(heading) <= _LONGEST_HEADING else None

    def role_of(self, heading: str) -> str | None:
        """Role of something that is a heading; None where its words are not known."""
        if len(heading) > _LONGEST_HEADING:
            return None
        norm = normalise(heading)
        found = self._sure(norm)
        if found:
            return found
        padded = f" {norm} "
        return next((role for words, role in self.within if f" {words} " in padded), None)

    def _sure(self, norm: str) -> str | None:
        whole = self.whole.get(norm)
        if whole:
            return whole
        padded = f"{norm} "
        begun = self.leading.get(norm.partition(" ")[0], ())
        return next((role for words, role in begun if padded.startswith((f"{words} ", f"{words}s "))), None)


@lru_cache(maxsize=4096)
def normalise(heading: str) -> str:
    """The form of a heading that is compared.

    >>> normalise("1. What Is CPT® Code 36475?")
    'what is'
    >>> normalise("Operation [edit]")
    'operation'
    >>> normalise("Summary & Overview:"), normalise("II. Indications"), normalise("CPT Code 47370")
    ('summary and overview', 'indications', '')
    """
    plain = _NUMBERING.sub("", _EDIT.sub("", heading).replace("®", "").replace("&", " and "))
    plain = _CODE.sub(" ", plain)
    return _OTHER.sub(" ", plain.casefold()).strip()


@lru_cache(maxsize=1)
def headings() -> Headings:
    """The section roles of the ontology; read once."""
    graph = store.graph()
    roles: dict[str, Role] = {}
    whole: dict[str, str] = {}
    leading: list[tuple[str, str]] = []
    within: list[tuple[str, str]] = []
    for node in _members(graph, "section-role"):
        values = _values(graph, node)
        name = node.value.rpartition("/")[2]
        above = values.get(terms.SKOS + "broader", [None])[0]
        roles[name] = Role(
            name,
            above.rpartition("/")[2] if above else None,
            int(values[terms.abl("authority")][0]),
            values[terms.abl("readForFacts")][0] == "true",
        )
        for label in (*values.get(terms.SKOS + "altLabel", ()), *values.get(terms.SKOS + "hiddenLabel", ())):
            whole[label] = name
        leading.extend((words, name) for words in values.get(terms.abl("leadingWords"), ()))
        within.extend((words, name) for words in values.get(terms.abl("headingWords"), ()))
    begun: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for words, name in leading:
        first = words.partition(" ")[0]
        for key in {first, first + "s" if first == words else first}:
            begun[key].append((words, name))
    return Headings(
        roles, whole, {word: _longest_first(pairs) for word, pairs in begun.items()}, _longest_first(within)
    )


@lru_cache(maxsize=1)
def lines() -> Mapping[str, LineKind]:
    """The kinds of lines of the ontology by name; read once."""
    graph = store.graph()
    kinds: dict[str, LineKind] = {}
    for node in _members(graph, "line"):
        values = _values(graph, node)
        patterns = sorted(values.get(terms.abl("linePattern"), ())) or ["(?!)"]
        most = values.get(terms.abl("mostWords"), ["1000"])[0]
        kinds[node.value.rpartition("/")[2]] = LineKind(
            re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE),
            int(most),
            frozenset(values.get(terms.SKOS + "hiddenLabel", ())),
        )
    return kinds


def _longest_first(pairs: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))


def _members(graph: Store, scheme: str) -> list[NamedNode]:
    found = graph.quads_for_pattern(None, NamedNode(terms.SKOS + "inScheme"), NamedNode(terms.scheme(scheme)))
    return sorted((q.subject for q in found if isinstance(q.subject, NamedNode)), key=lambda node: node.value)


def _values(graph: Store, node: NamedNode) -> dict[str, list[str]]:
    values: dict[str, list[str]] = defaultdict(list)
    for quad in graph.quads_for_pattern(node, None, None):
        if isinstance(quad.object, NamedNode | Literal):
            values[quad.predicate.value].append(quad.object.value)
    return {name: sorted(found) for name, found in values.items()}


def authority(role: str) -> int:
    """How much a section role weighs, 1 (descriptor) to 4; 4 for a role that is not known.

    >>> authority("official-descriptor"), authority("faq")
    (1, 4)
    """
    found = headings().roles.get(role)
    return found.authority if found else 4
