"""The gold set: what it covers, and that no figure falls below its pinned floor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extract.gold import AXES, HALVES, Entry, half
from tests import floors, renew_floors

RENEW = "python -m tests.renew_floors"
# The names that the contract promises, on the four axes.
CONTRACT = {
    "approach": """open percutaneous laparoscopic endoscopic endovascular transcervical transurethral transrectal
        transperineal transvaginal transanal transnasal transoral burr-hole external""",
    "energy": """cryogenic radiofrequency microwave laser focused-ultrasound irreversible-electroporation electrocautery
        electrical thermal water-vapor chemical mechanical photodynamic radiation plasma""",
    "organ": """kidney liver lung pleura chest-wall bone breast prostate thyroid parathyroid uterus endometrium
        myometrium cervix-uteri vein saphenous-vein heart heart-atrium esophagus stomach duodenum colon rectum anus
        bronchus trachea larynx vocal-cord nose nasal-turbinate palate tonsil tongue nerve trigeminal-nerve spine
        facet-joint intervertebral-disc brain eye retina choroid skin urinary-bladder urethra ureter pancreas
        adrenal-gland spleen soft-tissue lymph-node abdominal-cavity""",
    "modality": """ultrasound ct mri fluoroscopy endoscopic-visual intracardiac-echocardiography
        electrophysiologic-mapping stereotactic slit-lamp unspecified-imaging""",
}


def entries() -> list[Entry]:
    return [page.entry for page in floors.judged()]


def named(entry: Entry) -> Iterator[str]:
    yield from {f"approach/{name}" for name in entry["approach"]}
    yield from {f"energy/{name}" for name in entry["energy"]}
    yield from {f"organ/{name}" for name in entry["organ"]}
    yield from {f"modality/{use['modality']}" for use in entry["guidance"]}


# what it covers


def test_the_set_is_large_enough() -> None:
    assert len(entries()) >= 60
    assert sum(not entry["is_ablation"] for entry in entries()) >= 15


def test_both_kinds_of_pages_and_both_halves_are_there() -> None:
    for name in HALVES:
        files = [entry["file"] for entry in entries() if half(entry["file"]) == name]
        assert sum(file.endswith(".html") for file in files) >= 20
        assert sum(file.endswith(".txt") for file in files) >= 20


@pytest.mark.parametrize("scheme", CONTRACT)
def test_every_concept_of_the_contract_occurs_twice(scheme: str) -> None:
    seen = Counter(path for entry in entries() for path in named(entry))
    rare = {name: seen[f"{scheme}/{name}"] for name in CONTRACT[scheme].split() if seen[f"{scheme}/{name}"] < 2}
    assert not rare, f"write gold pages for these, see tests/gold/README.md: {rare}"


def test_no_page_is_one_of_the_shared(shared: Callable[..., Path]) -> None:
    ours = {page.read_bytes() for page in floors.PAGES.iterdir()}
    assert not [page.name for page in shared("pages").iterdir() if page.read_bytes() in ours]


def test_no_page_is_in_quarantine() -> None:
    assert [(page.entry["file"], page.message) for page in floors.judged() if page.reading is None] == []


# floors


def test_the_corpus_is_the_pinned_one() -> None:
    corpus, _ = floors.read()
    assert corpus == floors.corpus_hash(), f"the gold set changed, so its floors must be pinned anew: {RENEW}"


@pytest.mark.parametrize("corpus", HALVES)
def test_no_figure_is_below_its_floor(corpus: str) -> None:
    _, pinned = floors.read()
    assert len(pinned[corpus]) == 2 * len(AXES)
    fallen = floors.fallen({corpus: pinned[corpus]}, floors.figures())
    assert not fallen, "\n".join([*fallen, f"mend it, or lower the floors and say why: {RENEW} --lower"])


@pytest.mark.parametrize("axis", AXES)
def test_the_shared_pages_are_read_as_the_issue_demands(axis: str, shared: Callable[..., Path]) -> None:
    shared("pages", "gold.json")
    _, pinned = floors.read()
    found = floors.figures()["shared"][f"{axis} f1"]
    assert found >= pinned["shared"][f"{axis} f1"], f"F1 of {axis} is {found:.3f}; the aim is {floors.AIMS[axis]}"


# the command that pins them


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Floors of a set with one figure, in a file of the test's own."""
    file = tmp_path / "floors.json"
    monkeypatch.setattr(floors, "ROOT", tmp_path)
    monkeypatch.setattr(floors, "FLOORS", file)
    monkeypatch.setattr(floors, "corpus_hash", lambda: "new")
    monkeypatch.setattr(floors, "figures", lambda: {"tune": {"organ recall": 0.8}})
    return file


def test_a_floor_rises_by_itself(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    floors.write("old", {"tune": {"organ recall": 0.7}, "shared": {"organ f1": 0.9}})
    assert renew_floors.main([]) == 0
    assert floors.read() == ("new", {"tune": {"organ recall": 0.8}, "shared": {"organ f1": 0.9}})
    assert capsys.readouterr().out == "floors.json is renewed\n"


def test_a_floor_falls_only_when_told_to(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    floors.write("old", {"tune": {"organ recall": 0.9}})
    before = elsewhere.read_bytes()
    assert renew_floors.main([]) == 1
    assert elsewhere.read_bytes() == before
    assert "organ recall is 0.800, its floor is 0.900" in capsys.readouterr().out
    assert renew_floors.main(["--lower"]) == 0
    assert floors.read() == ("new", {"tune": {"organ recall": 0.8}})


def test_floors_can_be_pinned_for_the_first_time(elsewhere: Path) -> None:
    assert renew_floors.main([]) == 0
    assert elsewhere.exists()


def test_a_floor_of_the_shared_pages_ends_at_its_aim() -> None:
    assert floors.renewed({}, {"shared": {"organ f1": 1.0}}) == {"shared": {"organ f1": floors.AIMS["organ"]}}


def test_shares_are_cut_off_and_not_rounded_up() -> None:
    assert (floors.share(2, 3), floors.share(57, 100), floors.share(0, 0)) == (0.666, 0.57, 1.0)
