"""The curated data of the ontology: what must hold of every concept, class and property, and how to mend it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, parse

from ontology import store, terms
from ontology.words import phrase

SCHEMES = (*terms.SCHEMES, "bound", "action")
SCHEME_FOLDER = store.FOLDER / "schemes"
CONTRACT = (Path(__file__).parent / "data" / "contract-concepts.txt").read_text(encoding="utf-8").split()
NAMES = {terms.SKOS + "prefLabel", terms.SKOS + "altLabel", terms.SKOS + "hiddenLabel"}
HINT = terms.abl("hintLabel")
DECOY = terms.abl("decoyLabel")
LABELS = NAMES | {HINT, DECOY}
TYPE = terms.RDF + "type"


@lru_cache(maxsize=1)
def values() -> dict[str, dict[str, list[NamedNode | Literal]]]:
    """Values by subject and property of the whole ontology."""
    found: defaultdict[str, defaultdict[str, list[NamedNode | Literal]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in store.triples():
        assert isinstance(subject, NamedNode)
        assert isinstance(value, NamedNode | Literal)
        found[subject.value][predicate.value].append(value)
    return {subject: dict(properties) for subject, properties in found.items()}


def texts(subject: str, *properties: str) -> list[str]:
    return [value.value for name in properties for value in values().get(subject, {}).get(name, [])]


def concepts(scheme: str) -> list[str]:
    """IRIs of the concepts of a scheme."""
    inside = terms.scheme(scheme)
    return sorted(iri for iri in values() if inside in texts(iri, terms.SKOS + "inScheme"))


def short(iri: str) -> str:
    return iri.removeprefix(terms.BASE)


def report(faults: list[str], mend: str) -> str:
    return "\n".join([f"{len(faults)} to mend: {mend}", *sorted(faults)])


def inside(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every shorter run of words."""
    for length in range(1, len(words)):
        for start in range(len(words) - length + 1):
            yield words[start : start + length]


@pytest.mark.parametrize("file", store.files(), ids=lambda file: str(file.relative_to(store.FOLDER)))
def test_parses_without_blank_nodes(file: Path) -> None:
    blank = {
        str(term)
        for quad in parse(path=str(file))
        for term in (quad.subject, quad.object)
        if isinstance(term, BlankNode)
    }
    assert not blank, f"{file.name} has {len(blank)} nodes without a name: write each [...] and (...) with an IRI"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_two_concepts_share_a_label(scheme: str) -> None:
    owners: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for iri in concepts(scheme):
        for label in texts(iri, *LABELS):
            owners[phrase(label)].add(short(iri))
    faults = [f'"{" ".join(words)}": {sorted(who)}' for words, who in owners.items() if len(who) > 1]
    assert not faults, report(faults, "leave the label with one of the concepts, or write an abl:Expression")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_concepts_are_complete(scheme: str) -> None:
    faults = []
    assert concepts(scheme), f"no concept has skos:inScheme <{terms.scheme(scheme)}>"
    for iri in concepts(scheme):
        kinds = texts(iri, TYPE)
        if kinds != [terms.SKOS + "Concept"]:
            faults.append(f"{short(iri)}: give it the type skos:Concept alone, not {kinds}")
        for name, number in (("prefLabel", 1), ("definition", 1), ("inScheme", 1)):
            if len(texts(iri, terms.SKOS + name)) != number:
                faults.append(f"{short(iri)}: give it exactly one skos:{name}")
        if not re.fullmatch(rf"{scheme}/[a-z0-9]+(-[a-z0-9]+)*", short(iri)):
            faults.append(f"{short(iri)}: name it {scheme}/ and lower-case words with hyphens")
        top = terms.scheme(scheme) in texts(iri, terms.SKOS + "topConceptOf")
        if top == bool(texts(iri, terms.SKOS + "broader")):
            faults.append(f"{short(iri)}: give it either skos:broader or skos:topConceptOf")
    assert not faults, report(faults, f"in ontology/schemes/{scheme}.ttl")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_labels_are_english_words(scheme: str) -> None:
    faults = []
    for iri in concepts(scheme):
        for name in LABELS | {terms.SKOS + "definition"}:
            for label in values()[iri].get(name, []):
                assert isinstance(label, Literal)
                if label.language != "en":
                    faults.append(f'{short(iri)}: "{label.value}" needs @en')
                if label.value != " ".join(label.value.split()) or not phrase(label.value):
                    faults.append(f'{short(iri)}: "{label.value}" is empty or has stray spaces')
    assert not faults, report(faults, f"in ontology/schemes/{scheme}.ttl")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_decoys_keep_a_shorter_label_from_matching(scheme: str) -> None:
    names = {phrase(label) for iri in concepts(scheme) for label in texts(iri, *NAMES, HINT)}
    faults = [
        f'{short(iri)}: "{decoy}"'
        for iri in concepts(scheme)
        for decoy in texts(iri, DECOY)
        if not any(words in names for words in inside(phrase(decoy)))
    ]
    assert not faults, report(faults, f"no label of {scheme} lies inside these decoys; take them out")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_hierarchy_stays_in_its_scheme_and_has_no_circle(scheme: str) -> None:
    own = set(concepts(scheme))
    above = {iri: texts(iri, terms.SKOS + "broader") for iri in own}
    strangers = [f"{short(iri)} -> {short(up)}" for iri, ups in above.items() for up in ups if up not in own]
    assert not strangers, report(strangers, "skos:broader must name a concept of the same scheme")
    faults = []
    for iri in own:
        seen: set[str] = set()
        queue = list(above[iri])
        while queue:
            up = queue.pop()
            if up not in seen:
                seen.add(up)
                queue.extend(above[up])
        if iri in seen:
            faults.append(short(iri))
    assert not faults, report(faults, "these are broader than themselves; cut the circle")


@pytest.mark.parametrize("file", sorted(SCHEME_FOLDER.glob("*.ttl")), ids=lambda file: file.stem)
def test_a_scheme_file_holds_its_own_concepts(file: Path) -> None:
    own = terms.BASE + file.stem + "/"
    faults = {
        quad.subject.value
        for quad in parse(path=str(file))
        if isinstance(quad.subject, NamedNode)
        and not quad.subject.value.startswith(own)
        and quad.subject.value != terms.scheme(file.stem)
    }
    assert not faults, report(sorted(faults), f"these do not belong into {file.name}")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_schemes_say_what_they_are(scheme: str) -> None:
    iri = terms.scheme(scheme)
    assert texts(iri, TYPE) == [terms.SKOS + "ConceptScheme"], f"declare <{iri}> a skos:ConceptScheme"
    for name in ("prefLabel", "definition"):
        assert len(texts(iri, terms.SKOS + name)) == 1, f"give <{iri}> one skos:{name}"


def test_the_names_of_the_contract_exist() -> None:
    known = {short(iri) for scheme in SCHEMES for iri in concepts(scheme)}
    faults = [path for path in CONTRACT if path not in known]
    assert not faults, report(faults, "consumers rely on these concepts; bring them back")


def test_nothing_is_said_about_a_particular_code() -> None:
    faults = [
        f'{short(iri)}: "{value.value}"'
        for iri, properties in values().items()
        if iri.startswith((terms.ABL, *(f"{terms.BASE}{scheme}/" for scheme in SCHEMES)))
        for found in properties.values()
        for value in found
        if isinstance(value, Literal) and re.search(r"\b(?=\w*\d)\d{4}[0-9A-Z]\b", value.value)
    ]
    assert not faults, report(faults, "what the graph says of a code, a page has said; take the code out")


def test_links_between_words_and_concepts_lead_somewhere() -> None:
    known = {iri for scheme in SCHEMES for iri in concepts(scheme)}
    links = [terms.abl(name) for name in ("evokes", "hintsAt", "usualRole", "innerApproach", "serves")]
    faults = [f"{short(iri)} -> {short(end)}" for iri in values() for end in texts(iri, *links) if end not in known]
    faults += [
        short(iri)
        for iri in values()
        if set(links) & set(values()[iri]) and "/expression/" not in iri and iri not in known
    ]
    assert not faults, report(
        faults, "no such concept; mend the name, or take the line out of the expressions or usage file"
    )


def used_names() -> Iterator[str]:
    """Names under ``abl:`` that the ontology uses as a property or as a class, or speaks of."""
    for subject, predicate, value in store.triples():
        for term in (subject, predicate, value):
            if isinstance(term, NamedNode) and term.value.startswith(terms.ABL):
                yield term.value


def declared(*kinds: str) -> set[str]:
    return {iri for iri in values() if iri.startswith(terms.ABL) and set(kinds) & set(texts(iri, TYPE))}


CLASS = terms.OWL + "Class"
PROPERTIES = tuple(
    [terms.OWL + kind for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")]
    + [terms.RDF + "Property"]
)
HELPERS = (terms.abl("definition-"), terms.abl("restriction-"), terms.abl("list-"))


def test_every_name_in_use_is_declared() -> None:
    known = declared(CLASS, *PROPERTIES)
    faults = {iri for iri in used_names() if iri not in known and not iri.startswith(HELPERS)}
    assert not faults, report(sorted(faults), "declare these in ontology/vocabulary.ttl, or mend the spelling")


def test_axes_are_declared() -> None:
    faults = [name for name in terms.AXIS_SCHEME if terms.abl(name) not in declared(terms.OWL + "ObjectProperty")]
    assert not faults, report(faults, "declare these as owl:ObjectProperty in ontology/vocabulary.ttl")


def test_classes_and_properties_say_what_they_mean() -> None:
    faults = [
        f"{iri.removeprefix(terms.ABL)}: {name.rpartition('#')[2]}"
        for iri in declared(CLASS, *PROPERTIES)
        if not iri.startswith(HELPERS)
        for name in (
            terms.RDFS + "label",
            terms.SKOS + "definition",
            terms.SKOS + "example",
            terms.RDFS + "isDefinedBy",
        )
        if len(texts(iri, name)) != 1
    ]
    assert not faults, report(faults, "give each exactly one of these in ontology/vocabulary.ttl")


def test_labels_of_classes_differ_and_so_do_those_of_properties() -> None:
    for kinds in ((CLASS,), PROPERTIES):
        labels = Counter(
            label
            for iri in declared(*kinds)
            if not iri.startswith(HELPERS)
            for label in texts(iri, terms.RDFS + "label")
        )
        faults = [label for label, number in labels.items() if number > 1]
        assert not faults, report(faults, "two terms have the same rdfs:label")


def test_the_ontology_has_a_licence_and_a_version() -> None:
    header = terms.BASE + "ontology"
    assert texts(header, TYPE) == [terms.OWL + "Ontology"]
    assert texts(header, terms.DCTERMS + "license") == ["https://creativecommons.org/licenses/by/4.0/"]
    for name in (terms.DCTERMS + "title", terms.DCTERMS + "description", terms.OWL + "versionInfo"):
        assert len(texts(header, name)) == 1, f"give the ontology one <{name}>"
