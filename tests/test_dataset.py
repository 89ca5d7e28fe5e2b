from __future__ import annotations

import hashlib
import shutil
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import DCTERMS, RDF, SH, VOID, BNode, Graph, Literal, Namespace, URIRef

from extract import turtle
from flows.errors import UserError
from flows.releases import dataset, release
from flows.releases.blocks import blocks
from ontology import queries, terms
from shapes.check import check_graph
from tests.many import multiply
from tests.releases import sample  # noqa: F401

DCAT, SPDX = Namespace(terms.DCAT), Namespace(terms.SPDX)
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def described(sample: Path) -> Graph:  # noqa: F811
    return Graph().parse(sample / "dataset.ttl")


def node(graph: Graph) -> URIRef:
    (found,) = graph.subjects(RDF.type, DCAT.Dataset)
    assert isinstance(found, URIRef)
    return found


def test_it_conforms_and_holds_no_blank_node(described: Graph) -> None:
    assert check_graph(described).findings == ()
    assert not any(isinstance(term, BNode) for triple in described for term in triple)


def test_it_is_about_this_release(described: Graph, sample: Path) -> None:  # noqa: F811
    assert str(described.value(node(described), DCAT.version)) == sample.name
    assert str(node(described)) == f"{terms.BASE}release/{sample.name}"
    assert described.value(node(described), DCAT.previousVersion) is None


def test_each_file_is_there_with_its_size_and_checksum(described: Graph, sample: Path) -> None:  # noqa: F811
    names = set()
    for one in described.objects(node(described), DCAT.distribution):
        file = sample / str(described.value(one, DCAT.downloadURL)).rpartition("/")[2]
        names.add(file.name)
        assert described.value(one, DCAT.byteSize) == Literal(
            str(file.stat().st_size), datatype=URIRef(terms.XSD + "nonNegativeInteger")
        )
        digest = described.value(described.value(one, SPDX.checksum), SPDX.checksumValue)
        assert str(digest).lower() == hashlib.sha256(file.read_bytes()).hexdigest()
    assert names == {"procedures.ttl", "evidence.ttl", "ontology.ttl", "mappings.sssom.tsv"}


@pytest.mark.parametrize("name", ["procedures", "evidence", "ontology"])
def test_what_is_counted_is_what_a_parser_counts(described: Graph, sample: Path, name: str) -> None:  # noqa: F811
    quads = list(ox.parse(path=str(sample / f"{name}.ttl"), format=ox.RdfFormat.TURTLE))
    subset = URIRef(f"{terms.BASE}subset/{sample.name}-{name}")
    assert described.value(subset, VOID.triples) == Literal(len(quads))
    assert described.value(subset, VOID.distinctSubjects) == Literal(len({quad.subject for quad in quads}))
    properties = Counter(quad.predicate.value for quad in quads)
    classes = Counter(str(quad.object).strip("<>") for quad in quads if quad.predicate.value == str(RDF.type))
    for kind, number, expected in (("class", VOID.entities, classes), ("property", VOID.triples, properties)):
        told = {
            str(described.value(part, VOID[kind])): int(str(described.value(part, number)))
            for part in described.objects(subset, VOID[f"{kind}Partition"])
        }
        assert told == dict(expected)


def test_the_rights_lines_of_the_pages_are_told(described: Graph, sample: Path) -> None:  # noqa: F811
    holder = URIRef(terms.SCHEMA + "copyrightHolder")
    told = {str(described.value(line, holder)) for line in described.objects(node(described), DCTERMS.rights)}
    quads = ox.parse(path=str(sample / "evidence.ttl"), format=ox.RdfFormat.TURTLE)
    assert told == {str(quad.object.value) for quad in quads if quad.predicate.value == str(holder)}
    assert told


def test_the_queries_are_told_as_they_are(described: Graph) -> None:
    told = {
        str(described.value(one, SH.select)): one for one in described.subjects(RDF.type, SH.SPARQLSelectExecutable)
    }
    assert set(told) == {query.text for query in queries.shipped().values()}
    for query in queries.shipped().values():
        one = told[query.text]
        assert str(described.value(one, DCTERMS.tableOfContents)) == ", ".join(query.columns)
        names = {str(described.value(parameter, SH.name)) for parameter in described.objects(one, SH.parameter)}
        assert names == {parameter.name for parameter in query.parameters}


def test_version_of_vocabulary_and_package_are_one() -> None:
    package = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    version = (
        Graph()
        .parse(ROOT / "ontology" / "vocabulary.ttl")
        .value(URIRef(terms.BASE + "ontology"), URIRef(terms.OWL + "versionInfo"))
    )
    assert str(version) == package


def write_again(folder: Path, target: Path, keep: Callable[[int], bool], *, edit: frozenset[int]) -> None:
    """The release of some of the procedures of another, some of them with another organ."""
    target.mkdir(parents=True)
    for name in ("ontology.ttl", "pages.jsonl", "quarantine.jsonl"):
        shutil.copy(folder / name, target)
    with (target / "procedures.ttl").open("wb") as facts, (target / "evidence.ttl").open("wb") as evidence:
        facts.write(turtle.header())
        evidence.write(turtle.header())
        for place, one in enumerate(blocks(folder)):
            if keep(place):
                facts.write(
                    one.facts.replace(b" organ:liver", b" organ:bone, organ:lung") if place in edit else one.facts
                )
                evidence.write(one.evidence)


SOME = st.frozensets(st.integers(0, 29), min_size=1)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=SOME, second=SOME, edit=SOME)
def test_numbers_carried_over_are_those_counted_anew(
    sample: Path,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
    first: frozenset[int],
    second: frozenset[int],
    edit: frozenset[int],
) -> None:
    folder = tmp_path_factory.mktemp("two")
    write_again(sample, folder / "old", lambda place: place in first, edit=frozenset())
    write_again(sample, folder / "new", lambda place: place in second, edit=edit)
    dataset.write(folder / "old", None)
    carried = dataset.describe(folder / "new", folder / "old")
    (folder / "old" / "dataset.ttl").unlink()
    assert carried == dataset.describe(folder / "new", folder / "old")


def test_the_release_before_is_named(sample: Path, tmp_path: Path) -> None:  # noqa: F811
    write_again(sample, tmp_path / "new", lambda place: place > 0, edit=frozenset())
    text = dataset.describe(tmp_path / "new", sample).decode()
    graph = Graph().parse(data=text, format="turtle")
    assert str(graph.value(node(graph), DCAT.previousVersion)) == f"{terms.BASE}release/{sample.name}"
    assert check_graph(graph).findings == ()
    assert str(tmp_path) not in text


def test_numbers_of_files_changed_by_hand_are_not_believed(sample: Path, tmp_path: Path) -> None:  # noqa: F811
    shutil.copytree(sample, tmp_path / "old")
    write_again(sample, tmp_path / "new", lambda place: True, edit=frozenset())
    (tmp_path / "old" / "procedures.ttl").write_bytes(
        (sample / "procedures.ttl").read_bytes().replace(b" organ:liver", b" organ:bone, organ:lung")
    )
    fresh = dataset.describe(tmp_path / "new", None)
    carried = dataset.describe(tmp_path / "new", tmp_path / "old")
    counts = [line for line in fresh.splitlines() if b"void:" in line]
    assert counts == [line for line in carried.splitlines() if b"void:" in line]


def test_it_is_the_same_for_the_same_release(sample: Path, tmp_path: Path) -> None:  # noqa: F811
    multiply(sample, tmp_path / "many", 40)
    first = dataset.describe(tmp_path / "many", None)
    assert first == dataset.describe(tmp_path / "many", None)
    assert release.identifier(tmp_path / "many").encode() in first


def test_the_description_changes_no_answer(sample: Path) -> None:  # noqa: F811
    with_it, without = ox.Store(), ox.Store()
    for file in sorted(sample.glob("*.ttl")):
        with_it.bulk_load(path=str(file), format=ox.RdfFormat.TURTLE)
        if file.name != "dataset.ttl":
            without.bulk_load(path=str(file), format=ox.RdfFormat.TURTLE)
    for query in queries.shipped().values():
        assert answer(with_it, query) == answer(without, query), query.name


def answer(store: ox.Store, query: queries.ShippedQuery) -> list[list[str]]:
    """The rows of a query, as text."""
    found = store.query(query.text, substitutions={ox.Variable(one.name): one.default for one in query.parameters})
    assert isinstance(found, ox.QuerySolutions)
    return [[str(row[name]) for name in query.columns] for row in found]


def test_a_missing_file_is_told(tmp_path: Path, sample: Path) -> None:  # noqa: F811
    shutil.copytree(sample, tmp_path / "torn")
    (tmp_path / "torn" / "evidence.ttl").unlink()
    with pytest.raises(UserError, match="missing"):
        dataset.write(tmp_path / "torn", None)
