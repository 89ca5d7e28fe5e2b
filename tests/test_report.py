from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extract import turtle
from extract.model import Reason
from flows import report
from flows.asking.explain import explain
from flows.releases.blocks import blocks
from flows.report import gather, lexis, words
from ontology import lexicon
from shapes.check import Severity, check
from tests.many import multiply
from tests.releases import build, sample  # noqa: F401

SCRIPT = re.compile(r'<script type="application/json" id="([a-z0-9-]+)">(.*?)</script>', re.DOTALL)


def data(folder: Path) -> dict[str, Any]:
    """The data that stands in a report, by the id of its element."""
    html = (folder / report.FILE).read_text("utf-8")
    return {name: json.loads(text) for name, text in SCRIPT.findall(html)}


def details(found: dict[str, Any]) -> list[Any]:
    parts = sorted((name for name in found if name.startswith("part-")), key=lambda name: int(name[5:]))
    return [row for name in parts for row in found[name]]


def test_every_procedure_is_there_with_its_words(sample: Path) -> None:  # noqa: F811
    found = data(sample)
    index, rows = found["procedures-data"], details(found)
    codes = [one.code for one in blocks(sample)]
    assert [row[0] for row in index] == codes
    assert [row[0] for row in rows] == codes
    for code, row in zip(codes, rows, strict=True):
        known = explain(sample, code)
        quotes = Counter(place[4] for place in row[2])
        facts = (*known.facts, *(inner for fact in known.facts for inner in fact.more))
        seen = [one.places for one in facts] + [one.places for one in known.rejections]
        seen += [places for one in known.disagreements for places in (one.kept_places, one.withheld_places)]
        places = {(place.page, place.start, place.end, place.quote) for some in seen for place in some}
        assert quotes == Counter(quote for *_, quote in places)
        assert len(row[3]) == len(known.facts)
        assert len(row[4]) == len(known.rejections)
        assert len(row[5]) == len(known.disagreements)
        assert [page[1] for page in row[1]] == [list(source.names) for source in known.pages]


def test_it_asks_for_nothing_outside(sample: Path) -> None:  # noqa: F811
    html = SCRIPT.sub("", (sample / report.FILE).read_text("utf-8"))
    links = re.findall(r'\b(?:href|src|action|data)="([^"]*)"', html)
    assert {link for link in links if not link.startswith("#")} == {"data:,"}
    assert "url(" not in html
    assert "@import" not in html
    assert "fetch(" not in html
    assert "innerHTML" not in html


def test_it_names_neither_clock_nor_machine(sample: Path) -> None:  # noqa: F811
    assert str(sample.parents[1]) not in (sample / report.FILE).read_text("utf-8")


HOSTILE = """Code 50593
Ablation, renal tumor(s), unilateral, percutaneous, cryotherapy

The doctor passes a </script><script>document.title="run"</script> probe through the skin into the tumor of the kidney.
Not <img src=x onerror="document.title='run'"> open surgery.

(c) 2026 <b onmouseover="document.title='run'">Invented</b> &amp; <!-- Notes
"""


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "50593-<img src=x onerror=alert(1)>.txt").write_text(HOSTILE)
    (tmp_path / "pages" / "<script>alert(1)<").with_suffix(".html").write_text("<p></p>")
    return build(tmp_path / "pages", tmp_path / "out")


def test_markup_of_a_page_is_no_markup_of_the_report(hostile: Path) -> None:
    html = (hostile / report.FILE).read_text("utf-8")
    assert "onerror=alert" in SCRIPT.sub(lambda found: json.dumps(json.loads(found[2])), html)
    assert "<img" not in html
    assert "<b on" not in html
    assert html.count("<script") == html.count("</script>") == html.count("<script type=") + 1


def test_a_report_with_lines_of_the_one_before_is_the_same(sample: Path, tmp_path: Path) -> None:  # noqa: F811
    multiply(sample, tmp_path / "old", 50)
    multiply(sample, tmp_path / "new", 90)
    facts = tmp_path / "new" / "procedures.ttl"
    facts.write_bytes(facts.read_bytes().replace(b" organ:liver", b" organ:bone", 1))
    report.write(tmp_path / "old", None)
    report.write(tmp_path / "new", tmp_path / "old")
    carried = (tmp_path / "new" / report.FILE).read_bytes()
    (tmp_path / "old" / report.FILE).unlink()
    report.write(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "new" / report.FILE).read_bytes() == carried


def test_lines_of_the_report_before_are_used(
    sample: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    multiply(sample, tmp_path / "old", 35)
    report.write(tmp_path / "old", None)
    known = lexis.read(sample / "ontology.ttl")
    expected = list(gather.entries(tmp_path / "old", None, known))
    monkeypatch.delattr("flows.report.gather.entry")
    assert list(gather.entries(tmp_path / "old", tmp_path / "old", known)) == expected


def test_lines_made_otherwise_are_not_used(sample: Path, tmp_path: Path) -> None:  # noqa: F811
    shutil.copytree(sample, tmp_path / "old")
    file = tmp_path / "old" / report.FILE
    html = file.read_text("utf-8").replace("Percutaneous", "Wrong")
    file.write_text(re.sub(r'made-with" content="[0-9a-f]+', 'made-with" content="0123456789abcdef', html))
    known = lexis.read(sample / "ontology.ttl")
    lines = [one.index for one in gather.entries(sample, tmp_path / "old", known)]
    assert not any("Wrong" in line for line in lines)


def test_a_page_under_another_name_is_told(sample: Path, tmp_path: Path) -> None:  # noqa: F811
    shutil.copytree(sample, tmp_path / "new")
    pages = tmp_path / "new" / "pages.jsonl"
    pages.write_text(pages.read_text("utf-8").replace("50593-lindenmark", "50593-moved"), "utf-8")
    report.write(tmp_path / "new", sample)
    found = data(tmp_path / "new")
    assert "50593-moved.txt" in json.dumps(details(found))
    assert ["50593-moved.txt", "added", None] in found["changes-data"]["pages"]


def test_changes_are_told_fact_by_fact(sample: Path, tmp_path: Path) -> None:  # noqa: F811
    multiply(sample, tmp_path / "old", 6)
    multiply(sample, tmp_path / "new", 7)
    for name in ("procedures.ttl", "evidence.ttl"):
        file = tmp_path / "new" / name
        file.write_bytes(file.read_bytes().replace(b"organ:skin", b"organ:tongue"))
    report.write(tmp_path / "new", tmp_path / "old")
    found = data(tmp_path / "new")["changes-data"]["procedures"]
    assert [row[2] for row in found] == ["changed", "added"]
    assert [[change[0], change[2]] for change in found[0][3]] == [["changed", "organ"]]


DROP = st.frozensets(st.sampled_from(["approach", "energySource", "organ", "target"]))


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DROP)
def test_what_is_left_open_is_what_the_shapes_warn_of(
    sample: Path,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
    drop: frozenset[str],
) -> None:
    folder = tmp_path_factory.mktemp("open")
    shutil.copytree(sample, folder / "new")
    facts = (sample / "procedures.ttl").read_text("utf-8")
    for axis in drop:
        facts = re.sub(rf"\n    abl:{axis} [^\n]*(?= ;\n| \.\n)[ ;]*", "", facts) if axis != "target" else facts
    facts = re.sub(r" ;?\n\n", " .\n\n", facts)
    (folder / "new" / "procedures.ttl").write_text(facts, "utf-8")
    quads = ox.parse(path=str(folder / "new" / "procedures.ttl"), format=ox.RdfFormat.TURTLE)
    warned = Counter(one.shape for one in check(quad.triple for quad in quads) if one.severity is Severity.WARNING)
    known = lexis.read(sample / "ontology.ttl")
    gathered = gather.Gathered(known.above)
    for one in gather.entries(folder / "new", None, known):
        gathered.add(one)
    assert +gathered.open == warned


def test_each_short_word_has_a_sentence(sample: Path) -> None:  # noqa: F811
    assert set(words.QUARANTINED) == set(Reason)
    rows = details(data(sample))
    assert {rejection[2] for row in rows for rejection in row[4]} <= set(words.REJECTED)
    assert {cue.context for cues in lexicon.load().cues.values() for cue in cues if cue.rejects} <= set(words.REJECTED)
    facts = [fact for row in rows for fact in row[3]]
    facts += [inner for fact in facts for inner in fact[4]]
    assert {rule for fact in facts for rule in fact[2].split(", ")} <= set(words.RULES)


def test_a_release_without_quotes_or_procedures_in_doubt(sample: Path, tmp_path: Path) -> None:  # noqa: F811
    shutil.copytree(sample, tmp_path / "bare")
    evidence = (sample / "evidence.ttl").read_text("utf-8")
    evidence = re.sub(r"\n    oa:exact [^\n]*", "", evidence.replace(", oa:TextQuoteSelector", ""))
    (tmp_path / "bare" / "evidence.ttl").write_text(evidence, "utf-8")
    report.write(tmp_path / "bare", None)
    assert {place[4] for row in details(data(tmp_path / "bare")) for place in row[2]} == {None}


def test_an_empty_release_has_a_report(sample: Path, tmp_path: Path) -> None:  # noqa: F811
    shutil.copytree(sample, tmp_path / "none")
    for name in ("procedures.ttl", "evidence.ttl"):
        (tmp_path / "none" / name).write_bytes(turtle.header())
    report.write(tmp_path / "none", None)
    assert data(tmp_path / "none")["procedures-data"] == []
