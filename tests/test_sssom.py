from __future__ import annotations

import csv
from pathlib import Path

import pytest

from flows.releases import sssom
from ontology import store, terms
from tests.releases import sample  # noqa: F401

MATCHES = {terms.SKOS + name for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch")}


def rows(folder: Path) -> list[dict[str, str]]:
    lines = (folder / sssom.FILE).read_text("utf-8").splitlines()
    return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


def head(folder: Path) -> dict[str, str]:
    """The prefixes that the file names."""
    lines = [line[3:] for line in (folder / sssom.FILE).read_text("utf-8").splitlines() if line.startswith("#  ")]
    return {prefix: space for prefix, _, space in (line.partition(": ") for line in lines)}


def test_it_says_what_the_ontology_says(sample: Path) -> None:  # noqa: F811
    prefixes = head(sample)

    def iri(curie: str) -> str:
        prefix, _, name = curie.partition(":")
        return prefixes[prefix] + name

    told = {(iri(row["subject_id"]), iri(row["predicate_id"]), iri(row["object_id"])) for row in rows(sample)}
    expected = {
        (str(subject).strip("<>"), predicate.value, str(value).strip("<>"))
        for subject, predicate, value in store.triples()
        if predicate.value in MATCHES
    }
    assert told == expected
    assert len(rows(sample)) == len(expected)


def test_each_row_is_labelled_and_justified(sample: Path) -> None:  # noqa: F811
    for row in rows(sample):
        assert row["subject_label"]
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"


def test_an_unknown_namespace_is_told(tmp_path: Path) -> None:
    (tmp_path / "ontology.ttl").write_text(
        f"<{terms.BASE}organ/liver> <{terms.SKOS}exactMatch> <https://outside.example/1> ."
    )
    with pytest.raises(ValueError, match="add its namespace"):
        sssom.write(tmp_path)


def test_the_sssom_library_finds_it_valid(sample: Path) -> None:  # noqa: F811
    reason = "no check by the sssom library: pip install sssom (with what it needs some 400 MB)"
    parsers = pytest.importorskip("sssom.parsers", reason=reason)
    validators = pytest.importorskip("sssom.validators", reason=reason)
    constants = pytest.importorskip("sssom.constants", reason=reason)
    table = parsers.parse_sssom_table(sample / sssom.FILE)
    checks = [*constants.DEFAULT_VALIDATION_TYPES, constants.SchemaValidationType.StrictCurieFormat]
    reports = validators.validate(table, checks, fail_on_error=False)
    assert {str(kind): [one.message for one in report.results] for kind, report in reports.items()} == {
        str(kind): [] for kind in checks
    }
    assert len(table.df) == len(rows(sample))


def test_owlready2_loads_the_ontology(sample: Path) -> None:  # noqa: F811
    owlready2 = pytest.importorskip("owlready2", reason="no look through owlready2: pip install owlready2")
    world = owlready2.World()
    ontology = world.get_ontology(terms.ABL)
    # Owlready2 has no Turtle parser of its own; this is its documented way.
    with ontology:
        world.as_rdflib_graph().parse(sample / "ontology.ttl", format="turtle")
    assert {"Procedure", "AblationProcedure", "GuidanceUse"} <= {one.name for one in ontology.classes()}
    assert {"approach", "energySource", "organ"} <= {one.name for one in ontology.object_properties()}
    procedure, ablation = (world[terms.abl(name)] for name in ("Procedure", "AblationProcedure"))
    assert issubclass(ablation, procedure)


def test_horned_owl_loads_the_ontology(sample: Path) -> None:  # noqa: F811
    pyhornedowl = pytest.importorskip("pyhornedowl", reason="no look through Horned-OWL: pip install py-horned-owl")
    ontology = pyhornedowl.open_ontology(str(sample / "ontology.ttl"))
    assert {terms.abl("Procedure"), terms.abl("AblationProcedure")} <= set(ontology.get_classes())
    assert terms.abl("organ") in set(ontology.get_object_properties())
    assert ontology.get_subclasses(terms.abl("Procedure")) >= {terms.abl("AblationProcedure")}
