"""The mappings of our concepts to outside ones."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, parse

from ontology import store, terms
from ontology.lexicon import load

FILE = store.FOLDER / "mappings.ttl"
MATCHES = (terms.SKOS + "exactMatch", terms.SKOS + "closeMatch")
PATTERNS = {
    "UBERON": r"http://purl\.obolibrary\.org/obo/UBERON_(\d{7})",
    "NCIT": r"http://purl\.obolibrary\.org/obo/NCIT_(C\d+)",
    "MONDO": r"http://purl\.obolibrary\.org/obo/MONDO_(\d{7})",
    "MAXO": r"http://purl\.obolibrary\.org/obo/MAXO_(\d{7})",
    "CHEBI": r"http://purl\.obolibrary\.org/obo/CHEBI_(\d+)",
    "SNOMEDCT": r"http://snomed\.info/id/(\d{6,18})",
    "MESH": r"http://id\.nlm\.nih\.gov/mesh/(D\d{6,9})",
    "RADLEX": r"http://radlex\.org/RID/(RID\d+)",
    "DICOM": r"http://dicom\.nema\.org/resources/ontology/DCM/([A-Z]+|\d+)",
    "schema.org": r"https://schema\.org/([A-Za-z]+)",
}
CURIES = {"SNOMEDCT": "sct:{}", "MESH": "mesh:{}", "RADLEX": "radlex:{}", "schema.org": "schema:{}"}


def mappings() -> list[tuple[str, str, str]]:
    """Path of our concept, property, outside IRI."""
    found = []
    for quad in parse(path=str(FILE)):
        if quad.predicate.value in MATCHES:
            assert isinstance(quad.subject, NamedNode)
            assert isinstance(quad.object, NamedNode)
            found.append((quad.subject.value.removeprefix(terms.BASE), quad.predicate.value, quad.object.value))
    return found


def vocabulary(iri: str) -> tuple[str, str]:
    """Name of the outside vocabulary and the identifier in it, both empty if the IRI is not well-formed."""
    for name, pattern in PATTERNS.items():
        if match := re.fullmatch(pattern, iri):
            return name, match[1]
    return "", ""


def check_digit(number: str) -> bool:
    """Whether a SNOMED CT identifier meets its check digit (Verhoeff's dihedral scheme)."""
    times = [[(i + j) % 5 if j < 5 else (i + j) % 5 + 5 for j in range(10)] for i in range(5)]
    times += [[(i - j) % 5 + 5 if j < 5 else (i - j) % 5 for j in range(10)] for i in range(5, 10)]
    step = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
    moved = list(range(10))
    total = 0
    for digit in reversed(number):
        total = times[total][moved[int(digit)]]
        moved = [step[value] for value in moved]
    return total == 0


def test_check_digit() -> None:
    assert check_digit("64033007")
    assert not check_digit("64033008")


def test_only_skos_matches_and_labels() -> None:
    allowed = {*MATCHES, terms.RDFS + "label"}
    faults = {quad.predicate.value for quad in parse(path=str(FILE)) if quad.predicate.value not in allowed}
    assert not faults, f"map with skos:exactMatch or skos:closeMatch, not with {sorted(faults)}"


def test_outside_ids_are_well_formed() -> None:
    faults = [f"{path}: {iri}" for path, _, iri in mappings() if not vocabulary(iri)[0]]
    faults += [
        f"{path}: {iri} (check digit)"
        for path, _, iri in mappings()
        if vocabulary(iri)[0] == "SNOMEDCT" and not check_digit(vocabulary(iri)[1])
    ]
    assert not faults, "mend these outside identifiers:\n" + "\n".join(faults)


def test_our_side_exists() -> None:
    known = load().concepts
    faults = sorted({path for path, _, _ in mappings() if path not in known})
    assert not faults, f"mapped, but no concept of ours: {faults}"


def test_exact_matches_are_one_to_one() -> None:
    to: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    back: defaultdict[str, list[str]] = defaultdict(list)
    kinds: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for path, match, iri in mappings():
        kinds[path, iri].add(match)
        if match == MATCHES[0]:
            to[path, vocabulary(iri)[0]].append(iri)
            back[iri].append(path)
    assert not [key for key, found in kinds.items() if len(found) > 1], "a pair is both exact and close: choose"
    assert not {key: found for key, found in to.items() if len(found) > 1}, "make all but one a skos:closeMatch"
    assert not {iri: found for iri, found in back.items() if len(found) > 1}, "two of ours cannot both be the same"


def test_outside_concepts_have_their_label() -> None:
    labelled = {quad.subject for quad in parse(path=str(FILE)) if quad.predicate.value == terms.RDFS + "label"}
    faults = sorted({iri for _, _, iri in mappings() if NamedNode(iri) not in labelled})
    assert not faults, f"say with rdfs:label what these are called there: {faults}"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


@pytest.fixture
def checked(shared: Callable[..., Path]) -> dict[str, list[dict[str, str]]]:
    found: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(shared("ids.tsv")):
        found[row["external curie"]].append(row)
    return dict(found)


def test_outside_ids_were_checked_in_a_source(checked: dict[str, list[dict[str, str]]]) -> None:
    faults = []
    for path, _, iri in mappings():
        name, number = vocabulary(iri)
        curie = iri if name == "DICOM" else CURIES.get(name, name + ":{}").format(number)
        if curie not in checked:
            faults.append(f"{path}: {curie} is not in ids.tsv")
        elif name == "SNOMEDCT" and not any("SNOMED GPS" in row["verified_in"] for row in checked[curie]):
            faults.append(f"{path}: {curie} is not of the Global Patient Set")
    assert not faults, "take these mappings out:\n" + "\n".join(faults)
