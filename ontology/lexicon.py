"""The lexicon that the matcher looks for: the labels of the concept schemes, expressions and cue phrases.

Nothing here knows a term: a term is added by a label in a Turtle file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from pyoxigraph import Literal, NamedNode

from ontology import store, terms
from ontology.inflection import inflected
from ontology.words import phrase

_NAMES: Final = frozenset(terms.SKOS + name for name in ("prefLabel", "altLabel", "hiddenLabel"))
_HINT: Final = terms.abl("hintLabel")
_DECOY: Final = terms.abl("decoyLabel")
_EVOKES: Final = terms.abl("evokes")
_HINTS_AT: Final = terms.abl("hintsAt")


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept of one of the schemes.

    Attributes:
        path: Scheme and name, ``organ/kidney``.
        pref_label: Its English name.
        broader: Paths of the concepts right above it, sorted.
        usual_role: Path of the role of a substance where its page says no more, or None.
        inner_approach: Path of the approach of an instrument that works inside this organ, or None.
        serves: Path of the approach that this device serves, or None.
    """

    path: str
    pref_label: str
    broader: tuple[str, ...]
    usual_role: str | None = None
    inner_approach: str | None = None
    serves: str | None = None

    @property
    def scheme(self) -> str:
        """Name of its scheme."""
        return self.path.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Cue:
    """A group of phrases that say how the words around them are meant.

    Attributes:
        name: Last part of its IRI.
        context: What it says: ``negated``, ``compared``, ``optional``, …
        direction: ``forward``, ``backward`` or ``both``: on which side of the phrase the words stand that it speaks of;
            ``backward-or-opening``: behind it only where it opens its clause.
        scope: How far it reaches: ``phrase`` (to the next comma or mark), ``list`` (over commas, to a comma with
            and), ``clause`` (to the next semicolon, dash, bracket or turning word), ``part`` (as
            clause, and to *including*), ``sentence``, ``block`` (to the
            end of the paragraph).
        reach: The most words it reaches over.
        rejects: Properties (local names) whose mentions in its scope are no facts.
    """

    name: str
    context: str
    direction: str
    scope: str
    reach: int
    rejects: frozenset[str]


@dataclass(frozen=True, slots=True, order=True)
class Sense:
    """What a label stands for.

    Attributes:
        path: A concept's path; a scheme and nothing behind the slash for a decoy, words that keep a shorter label of
            that scheme from matching; empty for words that keep any shorter label from matching.
        hint: Whether the label only hints, and counts only where nothing firmer stands.
        capitals: Whether the label matches in capitals alone.
    """

    path: str
    hint: bool
    capitals: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that the matcher and the rules need of the ontology.

    Attributes:
        concepts: By path.
        senses: What each phrase (normal forms of its words) stands for.
        cues: Which cues each phrase belongs to.
        words: All normal forms that occur in a phrase, and all pairs of neighbours with a space between them.
    """

    concepts: Mapping[str, Concept]
    senses: Mapping[tuple[str, ...], tuple[Sense, ...]]
    cues: Mapping[tuple[str, ...], tuple[Cue, ...]]
    words: frozenset[str]

    @property
    def schemes(self) -> frozenset[str]:
        """Names of all schemes that have a concept."""
        return frozenset(path.partition("/")[0] for path in self.concepts)

    def ancestors(self, path: str) -> frozenset[str]:
        """Paths of all broader concepts of a concept, itself left out."""
        found: set[str] = set()
        queue = [path]
        while queue:
            known = self.concepts.get(queue.pop())
            above = [] if known is None else [parent for parent in known.broader if parent not in found]
            found.update(above)
            queue.extend(above)
        return frozenset(found)

    def related(self, one: str, other: str) -> bool:
        """Whether two concepts are the same or one is broader than the other."""
        return one == other or one in self.ancestors(other) or other in self.ancestors(one)


@lru_cache(maxsize=1)
def load() -> Lexicon:
    """Read the lexicon from the Turtle files of the ontology; once.

    Raises:
        ValueError: A cue lacks a part; the message names it.
    """
    literals: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    links: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in store.triples():
        if isinstance(subject, NamedNode) and subject.value.startswith(terms.BASE):
            if isinstance(value, Literal):
                literals[subject.value][predicate.value].append(value.value)
            elif isinstance(value, NamedNode):
                links[subject.value][predicate.value].append(value.value)
    concepts: dict[str, Concept] = {}
    senses: defaultdict[tuple[str, ...], set[Sense]] = defaultdict(set)
    cues: defaultdict[tuple[str, ...], list[Cue]] = defaultdict(list)
    for iri in sorted(links):
        kinds = links[iri][terms.RDF + "type"]
        if terms.SKOS + "Concept" in kinds:
            path = iri.removeprefix(terms.BASE)
            broader = sorted(b.removeprefix(terms.BASE) for b in links[iri][terms.SKOS + "broader"])
            names = literals[iri][terms.SKOS + "prefLabel"]
            usage = [_first(links[iri], name) for name in ("usualRole", "innerApproach", "serves")]
            concepts[path] = Concept(path, names[0] if names else path, tuple(broader), *usage)
            if path.startswith("section-role/"):
                continue
            _add(senses, literals[iri], (path,), links[iri])
        elif terms.abl("Expression") in kinds:
            _add(senses, literals[iri], (), links[iri])
        elif terms.abl("Cue") in kinds:
            cue = _cue(iri, literals[iri], links[iri])
            for label in _labels(literals[iri], _NAMES):
                cues[phrase(label)].append(cue)
    written = frozenset(cues)
    for key, found in list(cues.items()):
        for form in inflected(key):
            if form not in written:
                cues[form].extend(cue for cue in found if cue not in cues[form])
    words = {word for key in (*senses, *cues) for word in key}
    words.update(f"{left} {right}" for key in (*senses, *cues) for left, right in pairwise(key))
    return Lexicon(
        concepts,
        {key: tuple(sorted(found)) for key, found in senses.items() if key},
        {key: tuple(found) for key, found in cues.items() if key},
        frozenset(words),
    )


def _first(links: Mapping[str, list[str]], name: str) -> str | None:
    found = sorted(iri.removeprefix(terms.BASE) for iri in links.get(terms.abl(name), ()))
    return found[0] if found else None


def _labels(values: Mapping[str, list[str]], predicates: frozenset[str]) -> list[str]:
    return sorted(label for predicate in predicates for label in values.get(predicate, ()))


def _add(
    senses: defaultdict[tuple[str, ...], set[Sense]],
    values: Mapping[str, list[str]],
    own: tuple[str, ...],
    links: Mapping[str, list[str]],
) -> None:
    firm = [iri.removeprefix(terms.BASE) for iri in links.get(_EVOKES, ())]
    weak = [iri.removeprefix(terms.BASE) for iri in links.get(_HINTS_AT, ())]
    for label in _labels(values, frozenset({_DECOY})):
        scheme = own[0].partition("/")[0] if own else ""
        senses[phrase(label)].add(Sense(f"{scheme}/", hint=False, capitals=label.isupper()))
    hints = frozenset(_labels(values, frozenset({_HINT})))
    for predicates, hint in ((_NAMES, False), (frozenset({_HINT}), True)):
        for label in _labels(values, predicates):
            if not hint and label in hints:
                continue  # a name that is a common word only hints
            key = phrase(label)
            capitals = label.isupper()
            for path in (*own, *firm):
                senses[key].add(Sense(path, hint, capitals))
            for path in weak:
                senses[key].add(Sense(path, True, capitals))
            if not own and not firm and not weak:
                senses[key].add(Sense("", hint, capitals))


def _cue(iri: str, values: Mapping[str, list[str]], links: Mapping[str, list[str]]) -> Cue:
    def one(name: str) -> str:
        found = values.get(terms.abl(name), ())
        if len(found) != 1:
            raise ValueError(f"{iri}: needs one abl:{name}, has {len(found)}; mend it in ontology/cues")
        return found[0]

    rejects = frozenset(link.removeprefix(terms.ABL) for link in links.get(terms.abl("rejects"), ()))
    return Cue(iri.rpartition("/")[2], one("context"), one("direction"), one("scope"), int(one("reach")), rejects)
