"""Whole builds with the plain functions: what becomes of each page, and when a release is written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from extract import graph
from extract.model import Procedure
from flows import files
from flows.assembly import assemble, spool, stages
from flows.assembly.assemble import Result
from flows.assembly.outcome import ReadPage
from flows.releases import release
from ontology import terms
from shapes.findings import Finding, Severity

ROOT = Path(__file__).parents[1]
FIRST_THREE = ("procedures.ttl", "evidence.ttl", "ontology.ttl")


def build(*paths: Path, output: Path, **options: Any) -> Result:
    return assemble.assemble(paths, output, **options)


def ended(result: Result) -> dict[str, tuple[str, str | None]]:
    return {record.path: (record.status.value, record.reason) for record in result.records}


def first_three(output: Path) -> tuple[bytes, ...]:
    return tuple((output / "latest" / name).read_bytes() for name in FIRST_THREE)


def rows(output: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (output / "latest" / name).read_text("utf-8").splitlines()]


def codes(output: Path) -> set[str]:
    store = ox.Store()
    store.bulk_load(path=str(output / "latest" / "procedures.ttl"), format=ox.RdfFormat.TURTLE)
    notation = ox.NamedNode(terms.SKOS + "notation")
    return {quad.object.value for quad in store.quads_for_pattern(None, notation, None)}  # type: ignore[union-attr]


def test_each_page_is_accounted_for_once(pages: Path, tmp_path: Path) -> None:
    (pages / "empty.txt").write_text("")
    result = build(pages, output=tmp_path / "out")
    assert ended(result) == {
        "50593-notes.txt": ("published", None),
        "99213-notes.txt": ("out-of-scope", None),
        "empty.txt": ("quarantined", "empty"),
        "more/47380-notes.html": ("published", None),
    }
    assert [row["path"] for row in rows(tmp_path / "out", "pages.jsonl")] == sorted(ended(result))
    (quarantined,) = rows(tmp_path / "out", "quarantine.jsonl")
    assert quarantined["path"] == "empty.txt"
    assert quarantined["message"]
    summary = result.summary
    assert (summary.pages, summary.published, summary.out_of_scope, summary.procedures) == (4, 2, 1, 2)
    assert summary.quarantined == {"empty": 1}
    assert summary.facts > 4
    assert codes(tmp_path / "out") == {"47380", "50593"}


def test_a_release_holds_valid_turtle_without_blank_nodes(pages: Path, tmp_path: Path) -> None:
    build(pages, output=tmp_path / "out")
    for data in first_three(tmp_path / "out"):
        triples = [quad.triple for quad in ox.parse(data, format=ox.RdfFormat.TURTLE)]
        assert triples
        assert not [triple for triple in triples if isinstance(triple.subject, ox.BlankNode)]
        assert not [triple for triple in triples if isinstance(triple.object, ox.BlankNode)]


def test_the_order_of_the_pages_changes_nothing(pages: Path, tmp_path: Path) -> None:
    given = [pages / "50593-notes.txt", pages / "99213-notes.txt", pages / "more" / "47380-notes.html"]
    names = {build(*order, output=tmp_path / "out").summary.release for order in (given, given[::-1])}
    assert len(names) == 1
    there = first_three(tmp_path / "out")
    build(pages, output=tmp_path / "other")
    assert first_three(tmp_path / "other") == there


def test_the_size_of_a_batch_changes_nothing(pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = build(pages, output=tmp_path / "out").summary
    monkeypatch.setattr(assemble, "PAGES_A_BATCH", 1)
    monkeypatch.setattr(assemble, "PROCEDURES_A_BATCH", 1)
    assert build(pages, output=tmp_path / "other").summary.release == whole.release


BUILD = """
import sys
from pathlib import Path
from flows.assembly.assemble import assemble
assemble([Path(sys.argv[1])], Path(sys.argv[2]))
"""


@pytest.mark.parametrize(
    "seeds", [("1", "2"), pytest.param(("0", "3", "77", "1234", "99999", "random"), marks=pytest.mark.slow)]
)
def test_the_hash_seed_changes_nothing(tmp_path: Path, seeds: tuple[str, ...]) -> None:
    found = set()
    for seed in seeds:
        output = tmp_path / seed
        command = [sys.executable, "-c", BUILD, str(ROOT / "pages"), str(output)]
        subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed}, check=True, timeout=300)
        found.add((release.latest(output).name, first_three(output)))
    assert len(found) == 1


def bad_nested(path: Path) -> None:
    path.write_text("<html><body>" + "<div>" * 100_000 + "Code 50593 cryoablation of the kidney")


def bad_large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)


def bad_loop(path: Path) -> None:
    path.symlink_to(path)


def says(text: str | bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("bad.txt", says(""), "empty"),
        ("bad.html", says("<html><script>var a = 'CPT 50593'</script></html>"), "no-text"),
        ("bad.txt", says(b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20), "binary"),
        ("bad.txt", says("Freezing of a tumor of the kidney through the skin. No number is named."), "no-code"),
        (
            "bad.html",
            says(
                "<h1>CPT codes 50593 and 50592 compared</h1><p>CPT Code 50593 freezes a kidney tumor through the skin. "
                "CPT Code 50592 heats one through the skin.</p>"
            ),
            "several-codes",
        ),
        ("bad.txt", says("You have reached your page view limit.\nRegister to view content\n"), "locked"),
        ("bad.html", bad_large, "too-large"),
        ("bad.html", bad_nested, "too-deep"),
        ("bad.txt", says("CPT Code 50593> <x\n\nIt describes freezing of a tumor of the kidney."), "malformed-code"),
        ("bad.txt", bad_loop, "link-loop"),
    ],
)
def test_a_bad_page_ends_in_quarantine_and_the_others_are_built(
    pages: Path, tmp_path: Path, name: str, make: Callable[[Path], object], reason: str
) -> None:
    make(pages / name)
    result = build(pages, output=tmp_path / "out")
    (bad,) = [record for record in result.records if record.path == name]
    assert (bad.status.value, bad.reason) == ("quarantined", reason)
    assert len(bad.message) > 10
    assert codes(tmp_path / "out") == {"47380", "50593"}


def test_a_page_that_may_not_be_read_ends_in_quarantine(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pages / "closed.txt").write_text("CPT 50593")
    opened = os.open

    def refuse(path: str, *arguments: Any, **options: Any) -> int:
        if str(path).endswith("closed.txt"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **options)

    monkeypatch.setattr(os, "open", refuse)
    assert ended(build(pages, output=tmp_path / "out"))["closed.txt"] == ("quarantined", "unreadable")


def test_a_page_that_vanishes_or_changes_does_not_break_the_build(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pages / "vanishing.txt").write_text("CPT 50593")
    find = files.find

    def find_and_lose(*arguments: Any) -> tuple[files.Found, ...]:
        found = find(*arguments)
        (pages / "vanishing.txt").unlink()
        (pages / "more" / "47380-notes.html").write_text("")
        return found

    monkeypatch.setattr(files, "find", find_and_lose)
    found = ended(build(pages, output=tmp_path / "out"))
    assert found["vanishing.txt"] == ("quarantined", "unreadable")
    assert found["more/47380-notes.html"] == ("quarantined", "empty")
    assert codes(tmp_path / "out") == {"50593"}


def test_identical_pages_are_both_accounted_for_and_count_once(pages: Path, tmp_path: Path) -> None:
    build(pages, output=tmp_path / "out")
    (pages / "copy-of-50593.txt").write_bytes((pages / "50593-notes.txt").read_bytes())
    result = build(pages, output=tmp_path / "twice")
    assert ended(result)["copy-of-50593.txt"] == ("published", None)
    assert result.summary.pages == 4
    assert first_three(tmp_path / "twice") == first_three(tmp_path / "out")


def test_the_same_bytes_under_names_of_two_codes_are_not_believed(tmp_path: Path) -> None:
    place = spool.Place("x", 0)
    torn = [
        ReadPage("50593-a.txt", "ab", "50593", place),
        ReadPage("50250-a.txt", "ab", "50250", place),
    ]
    sound = ReadPage("50592-a.txt", "cd", "50592", place)
    groups, quarantined = stages.group([*torn, sound])
    assert groups == ((sound,),)
    assert [record.reason for record in quarantined] == ["several-codes"] * 2


def test_nothing_publishable_leaves_the_release_before(pages: Path, tmp_path: Path) -> None:
    before = build(pages, output=tmp_path / "out").summary.release
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    for reason in ("no page was found", "can be published"):
        summary = build(nothing, output=tmp_path / "out").summary
        assert summary.release is None
        assert reason in (summary.held_back or "")
        assert release.latest(tmp_path / "out").name == before
        (nothing / "empty.txt").write_text("")
    assert len(list((tmp_path / "out" / "releases").iterdir())) == 1


def test_strict_holds_the_release_back(pages: Path, tmp_path: Path) -> None:
    (pages / "empty.txt").write_text("")
    summary = build(pages, output=tmp_path / "out", strict=True).summary
    assert summary.release is None
    assert "1 of 4 pages" in (summary.held_back or "")
    (pages / "empty.txt").unlink()
    assert build(pages, output=tmp_path / "out", strict=True).summary.release is not None


def test_what_breaks_the_shapes_never_gets_into_the_graph(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = graph.to_triples

    def spoilt(procedure: Procedure, **options: Any) -> graph.GraphParts:
        parts = make(procedure, **options)
        node = ox.NamedNode(terms.procedure(procedure.code))
        second = ox.Triple(node, ox.NamedNode(terms.SKOS + "notation"), ox.Literal("99999"))
        return graph.GraphParts((*parts.facts, second), parts.evidence) if procedure.code == "50593" else parts

    monkeypatch.setattr(graph, "to_triples", spoilt)
    result = build(pages, output=tmp_path / "out")
    assert ended(result)["50593-notes.txt"] == ("quarantined", "shape-violation")
    assert codes(tmp_path / "out") == {"47380"}
    (row,) = rows(tmp_path / "out", "quarantine.jsonl")
    assert row["findings"]
    assert {finding["severity"] for finding in row["findings"]} == {"violation"}
    assert row["findings"][0]["message"] in row["message"]


def test_a_finding_without_a_code_is_laid_at_the_right_door(monkeypatch: pytest.MonkeyPatch) -> None:
    node = ox.NamedNode("https://example.org/a")
    good, bad = (ox.Triple(node, node, ox.Literal(word)) for word in ("good", "bad"))

    def check(triples: Any) -> tuple[Finding, ...]:
        found = any(triple == bad for triple in triples)
        return (Finding(Severity.VIOLATION, "x", None, None, None, "is bad", "s"),) if found else ()

    monkeypatch.setattr(stages, "check", check)
    parts = {"50593": graph.GraphParts((good,), ()), "50250": graph.GraphParts((bad,), ())}
    assert list(stages.findings_by_code(parts)) == ["50250"]


def test_without_quotes_no_word_of_a_page_is_in_the_release(pages: Path, tmp_path: Path) -> None:
    build(pages, output=tmp_path / "out", quotes=False)
    text = (tmp_path / "out" / "latest" / "evidence.ttl").read_text("utf-8")
    assert "oa:start" in text
    assert "oa:exact" not in text
    assert "TextQuoteSelector" not in text
