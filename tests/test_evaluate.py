"""The command ``evaluate``: what it counts, what it tells of each miss, and which input it refuses."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from extract.gold import AXES
from flows import cli
from flows.evaluating import evaluate, evaluate_text

Run = Callable[..., tuple[int, str, str]]

KIDNEY = """Code 50593
Ablation, renal tumor(s), unilateral, percutaneous, cryotherapy

The doctor passes a probe through the skin into the tumor of the kidney and freezes it with argon, guided by CT.
It is less invasive than open surgery. The thorax stays shut.

(c) 2026 Invented Coding Notes
"""
LIVER = """<html><head><title>47380</title></head><body><h1>CPT 47380</h1>
<h2>Description</h2><p>Open radiofrequency ablation of one or more liver tumors.</p></body></html>
"""


def gold(file: str, code: str, **values: Any) -> dict[str, Any]:
    """An entry of gold that says nothing, but for the values given."""
    return {
        "file": file,
        "code": code,
        "is_ablation": True,
        "borderline": False,
        "approach": [],
        "energy": [],
        "organ": [],
        "organ_optional": [],
        "target": ["tumor"],
        "guidance": [],
        "laterality": None,
        "multiplicity": "one-or-more",
        "agents": [],
        "temperature_celsius": None,
        "freeze_thaw_cycles": None,
        "locked_sections": 0,
        "rights_holders": [],
        "official_descriptor_present": False,
        "traps": "",
        **values,
    }


def kidney(**values: Any) -> dict[str, Any]:
    own = {
        "approach": ["percutaneous"],
        "energy": ["cryogenic"],
        "organ": ["kidney"],
        "guidance": [{"modality": "ct", "necessity": "required", "reporting": "unstated"}],
        "laterality": "unilateral",
        "agents": [{"agent": "argon", "role": "freeze"}],
        "rights_holders": [{"name": "Invented Coding Notes", "year": 2026}],
    }
    return gold(**{"file": "50593-notes.txt", "code": "50593", **own, **values})


def liver(**values: Any) -> dict[str, Any]:
    own = {"approach": ["open"], "energy": ["radiofrequency"], "organ": ["liver"]}
    return gold(**{"file": "more/47380.html", "code": "47380", **own, **values})


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``evaluate``: exit code, standard output, standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as done:
            cli.main(["evaluate", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert isinstance(done.value.code, int)
        return done.value.code, out, err

    return run


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    (folder / "more").mkdir(parents=True)
    (folder / "50593-notes.txt").write_text(KIDNEY)
    (folder / "more" / "47380.html").write_text(LIVER)
    return folder


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a gold file."""

    def write(content: object, name: str = "gold.json") -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    return write


@pytest.fixture
def answer(run: Run, pages: Path, write: Callable[..., Path]) -> Callable[..., dict[str, Any]]:
    """What ``evaluate --json`` answers for the entries given."""

    def answer(*entries: dict[str, Any]) -> dict[str, Any]:
        code, out, err = run(pages, "--gold", write(list(entries)), "--json")
        assert (code, err) == (0, "")
        return cast("dict[str, Any]", json.loads(out))

    return answer


def differences(
    found: dict[str, Any], file: str = "50593-notes.txt"
) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
    return {
        (item["axis"], item["kind"], item["value"]): item["behind"]
        for item in found["differences"]
        if item["file"] == file
    }


# figures


def test_what_is_read_right_counts_as_such(answer: Callable[..., dict[str, Any]]) -> None:
    found = answer(kidney(), liver())
    assert list(found["axes"]) == list(AXES)
    assert found["differences"] == []
    assert found["micro"] == {"hit": 16, "false": 0, "missed": 0, "precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert found["macro"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert found["axes"]["temperature"] == {
        "hit": 0,
        "false": 0,
        "missed": 0,
        "precision": None,
        "recall": None,
        "f1": None,
    }
    assert {name: item["agree"] for name, item in found["agreement"].items()} == {
        "code": 2,
        "locked_sections": 2,
        "rights_holders": 2,
    }


def test_the_order_of_gold_changes_nothing(answer: Callable[..., dict[str, Any]]) -> None:
    wrong = {"approach": ["open"], "energy": ["laser", "plasma"]}
    assert answer(kidney(**wrong), liver(**wrong)) == answer(liver(**wrong), kidney(**wrong))


def test_several_gold_files_add_up(run: Run, pages: Path, write: Callable[..., Path]) -> None:
    one, other = write([kidney()], "a.json"), write([liver()], "b.json")
    code, out, _ = run(pages, "--gold", one, "--gold", other, "--json")
    assert (code, json.loads(out)["pages"]) == (0, 2)


def test_a_half_is_scored_alone(run: Run, pages: Path, write: Callable[..., Path]) -> None:
    file = write([kidney(), liver()])
    found = [json.loads(run(pages, "--gold", file, "--json", "--half", half)[1] or "{}") for half in ("tune", "hold")]
    assert sum(each.get("pages", 0) for each in found) == 2


def test_fields_that_are_no_axes_may_be_left_out(answer: Callable[..., dict[str, Any]]) -> None:
    short = kidney()
    for name in ("borderline", "organ_optional", "locked_sections", "rights_holders", "traps"):
        del short[name]
    found = answer(short, liver())
    assert found["differences"] == []
    assert found["agreement"]["rights_holders"]["pages"] == 1


# what lies behind a difference


def test_a_false_value_shows_its_rule_and_its_words(answer: Callable[..., dict[str, Any]]) -> None:
    [fact, *_] = differences(answer(kidney(energy=[]), liver()))["energy", "false", "cryogenic"]
    assert (fact["kind"], fact["value"], fact["quote"]) == ("fact", "energy/cryogenic", "cryotherapy")
    assert fact["reason"]
    assert fact["sentence"].startswith("Ablation, renal tumor(s)")
    assert KIDNEY[fact["start"] : fact["end"]] == fact["quote"]


def test_a_missed_value_shows_why_it_was_rejected(answer: Callable[..., dict[str, Any]]) -> None:
    [told] = differences(answer(kidney(approach=["percutaneous", "open"]), liver()))["approach", "missed", "open"]
    assert (told["kind"], told["reason"], told["quote"]) == ("rejection", "compared", "open surgery")
    assert told["cue"]
    assert told["sentence"] == "It is less invasive than open surgery."


def test_a_missed_value_without_words_on_the_page_has_nothing_behind_it(answer: Callable[..., dict[str, Any]]) -> None:
    assert differences(answer(kidney(organ=["kidney", "spleen"]), liver()))["organ", "missed", "spleen"] == []


def test_another_necessity_of_the_same_modality_is_told(answer: Callable[..., dict[str, Any]]) -> None:
    use = {"modality": "ct", "necessity": "optional", "reporting": "included"}
    found = differences(answer(kidney(guidance=[use]), liver()))
    [necessity] = found["guidance-necessity", "missed", "ct=optional"]
    assert (necessity["kind"], necessity["value"]) == ("fact", "necessity/required")
    [reporting] = found["guidance-reporting", "missed", "ct=included"]
    assert (reporting["kind"], reporting["value"]) == ("fact", "modality/ct")


def test_words_in_a_section_that_is_not_read_are_told(answer: Callable[..., dict[str, Any]], pages: Path) -> None:
    footer = "<footer><p>All rights reserved. Spleen and liver news.</p></footer></body>"
    (pages / "more" / "47380.html").write_text(LIVER.replace("</body>", footer))
    [told] = differences(answer(kidney(), liver(organ=["liver", "spleen"])), "more/47380.html")[
        "organ", "missed", "spleen"
    ]
    assert (told["kind"], told["role"], told["quote"]) == ("unread", "boilerplate", "Spleen")


# for people


def test_the_text_is_readable_in_a_hundred_columns(run: Run, pages: Path, write: Callable[..., Path]) -> None:
    long = KIDNEY.replace("The thorax", "The thorax, of which much might be said, and of which much is indeed " * 4)
    (pages / "50593-notes.txt").write_text(long)
    file = write([kidney(approach=["open"], energy=[], organ=["spleen"], code="50592"), liver(borderline=True)])
    code, out, err = run(pages, "--gold", file)
    assert (code, err) == (0, "")
    assert max(len(line) for line in out.splitlines()) <= evaluate_text.WIDTH
    assert out.startswith("2 pages, 1 borderline, left out of is-ablation\n")
    assert "\ncode: 1 of 2 pages agree\n" in out
    assert "\n  50593-notes.txt: gold 50592; read 50593\n" in out
    assert "\n50593-notes.txt\n" in out
    assert "\n  + energy: cryogenic\n" in out
    assert "approach/open was rejected, compared by “" in out
    assert "\n  - organ: spleen\n      not found on the page\n" in out


def test_nothing_is_said_of_differences_where_there_are_none(run: Run, pages: Path, write: Callable[..., Path]) -> None:
    _, out, _ = run(pages, "--gold", write([kidney(), liver()]))
    assert "Differences" not in out
    assert "Other" not in out


def test_progress_is_shown_on_a_terminal_alone(
    run: Run, pages: Path, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write([kidney(), liver()])
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert run(pages, "--gold", file, "--quiet")[2] == ""
    assert run(pages, "--gold", file)[0] == 0


# pages in quarantine


def test_pages_in_quarantine_count_with_all_their_gold_missed(
    answer: Callable[..., dict[str, Any]], run: Run, pages: Path, tmp_path: Path
) -> None:
    (pages / "50593-notes.txt").write_text("")
    found = answer(kidney(), liver())
    assert [(page["file"], page["reason"]) for page in found["quarantined"]] == [("50593-notes.txt", "empty")]
    assert (found["micro"]["hit"], found["micro"]["missed"]) == (6, 10)
    assert found["agreement"]["code"]["differing"] == [
        {"file": "50593-notes.txt", "gold": "50593", "read": "in quarantine"}
    ]
    _, out, _ = run(pages, "--gold", tmp_path / "gold.json")
    assert "2 pages, 1 in quarantine" in out
    assert "\n  50593-notes.txt: empty: " in out
    assert "- organ: kidney" not in out


# bad input: exit code 2, nothing scored, a message with file and entry


def refused(run: Run, pages: Path, *golds: Path) -> str:
    code, out, err = run(pages, *(part for path in golds for part in ("--gold", path)))
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "gold.json: not JSON"),
        ("", "gold.json: not JSON"),
        ("[" * 100_000, "gold.json: n"),
        ("\ufeff{}", "gold.json: not a list of entries"),
        ('{"file": "a"}', "gold.json: not a list of entries"),
        ("[3]", "gold.json: entry 1: not an object"),
        ("[]", "gold.json: no entry"),
        ('[{"organ": [], "organ": []}]', 'names the field "organ" twice'),
        ("[1" + "0" * 5000 + "]", "gold.json: not JSON"),
    ],
)
def test_a_file_that_is_no_gold(run: Run, pages: Path, write: Callable[..., Path], text: str, message: str) -> None:
    assert message in refused(run, pages, write(text))


def test_gold_that_is_no_text(run: Run, pages: Path, tmp_path: Path) -> None:
    (tmp_path / "gold.json").write_bytes(b"\xff\xfe\x00[")
    assert "gold.json: not JSON" in refused(run, pages, tmp_path / "gold.json")


def test_gold_that_is_not_there(run: Run, pages: Path, tmp_path: Path) -> None:
    assert "none.json: cannot be read" in refused(run, pages, tmp_path / "none.json")
    assert "cannot be read" in refused(run, pages, tmp_path)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"orgn": ["liver"]}, 'unknown axis or field "orgn"; did you mean "organ"?'),
        (
            {"approach": ["percutanous"]},
            'unknown concept "percutanous" of the axis approach; did you mean "percutaneous"?',
        ),
        ({"approach": ["approach/open"]}, 'unknown concept "approach/open" of the axis approach'),
        ({"energy": [None]}, "unknown concept null of the axis energy"),
        ({"organ": "liver"}, 'organ is no list: "liver"'),
        ({"organ_optional": ["soul"]}, 'unknown concept "soul" of the axis organ'),
        ({"target": ["cryogenic"]}, 'unknown concept "cryogenic" of the axis target'),
        ({"laterality": "left"}, 'unknown concept "left" of the axis laterality'),
        ({"multiplicity": ["single"]}, 'unknown concept ["single"] of the axis multiplicity'),
        ({"guidance": ["ct"]}, "each is an object with modality, necessity, reporting"),
        ({"guidance": [{"modality": "x-ray-eyes", "necessity": "required", "reporting": "unstated"}]}, '"x-ray-eyes"'),
        (
            {"guidance": [{"modality": "ct", "necessity": "maybe", "reporting": "unstated"}]},
            '"maybe" of the axis necessity',
        ),
        ({"guidance": [{"modality": "ct", "necessity": "required"}]}, "each is an object with modality"),
        ({"agents": [{"agent": "ice-cream", "role": "freeze"}]}, '"ice-cream" of the axis agent'),
        ({"agents": [{"agent": "argon", "role": "warm"}]}, '"warm" of the axis role'),
        ({"temperature_celsius": "cold"}, "temperature_celsius is neither a number nor [low, high] nor null"),
        ({"temperature_celsius": [1, 2, 3]}, "temperature_celsius is neither"),
        ({"temperature_celsius": float("nan")}, "temperature_celsius is neither"),
        ({"freeze_thaw_cycles": -1}, "freeze_thaw_cycles is neither"),
        ({"freeze_thaw_cycles": True}, "freeze_thaw_cycles is neither"),
        ({"is_ablation": "yes"}, "is_ablation is neither true nor false"),
        ({"code": "5059"}, "code is no code"),
        ({"file": ""}, "file is no name of a page"),
        ({"locked_sections": 1.5}, "locked_sections is no whole number"),
        ({"rights_holders": [{"name": "A", "year": "2026"}]}, "rights_holders.year is no whole number"),
    ],
)
def test_an_entry_that_is_wrong(
    run: Run, pages: Path, write: Callable[..., Path], values: dict[str, Any], message: str
) -> None:
    told = refused(run, pages, write([kidney(), liver(**values)]))
    assert message in told
    assert "gold.json: entry 2" in told


def test_an_entry_that_lacks_an_axis(run: Run, pages: Path, write: Callable[..., Path]) -> None:
    short = kidney()
    del short["target"], short["agents"]
    told = refused(run, pages, write([short, liver()]))
    assert "gold.json: entry 1 (50593-notes.txt): lacks target, agents" in told


def test_all_problems_are_told_at_once(run: Run, pages: Path, write: Callable[..., Path]) -> None:
    told = refused(run, pages, write([kidney(approach=["a"], organ=["b"]), liver(energy=["c"])]))
    assert [word in told for word in ('"a"', '"b"', '"c"')] == [True] * 3
    many = refused(run, pages, write([kidney(approach=[f"way-{n}" for n in range(100)]), liver()]))
    assert "and 80 more" in many


def test_a_page_without_gold(run: Run, pages: Path, write: Callable[..., Path]) -> None:
    told = refused(run, pages, write([kidney()]))
    assert "more/47380.html: a page without gold" in told


def test_gold_without_its_page(run: Run, pages: Path, write: Callable[..., Path]) -> None:
    told = refused(run, pages, write([kidney(), liver(), gold("gone.txt", "50593")]))
    assert "gold.json: entry 3 (gone.txt): there is no such page" in told


def test_the_same_page_twice_in_one_file(run: Run, pages: Path, write: Callable[..., Path]) -> None:
    told = refused(run, pages, write([kidney(), liver(), kidney()]))
    assert "entry 3 (50593-notes.txt): the same page twice, first in" in told
    assert "entry 1 (50593-notes.txt)" in told


def test_a_page_in_two_gold_files(run: Run, pages: Path, write: Callable[..., Path]) -> None:
    told = refused(run, pages, write([kidney(), liver()], "a.json"), write([liver()], "b.json"))
    assert "b.json: entry 1 (more/47380.html): the same page twice, first in" in told
    assert "a.json: entry 2" in told


def test_the_same_page_under_two_names(run: Run, pages: Path, write: Callable[..., Path]) -> None:
    (pages / "copy.txt").write_text(KIDNEY)
    told = refused(run, pages, write([kidney(), liver(), kidney(file="copy.txt")]))
    assert "50593-notes.txt and copy.txt: the same page twice" in told


def test_a_folder_that_is_not_there(run: Run, tmp_path: Path, write: Callable[..., Path]) -> None:
    assert "no such file or folder" in refused(run, tmp_path / "none", write([kidney()]))


def test_nothing_is_read_before_gold_is_whole(
    run: Run, pages: Path, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> Sequence[object]:
        raise AssertionError("a page was read")

    monkeypatch.setattr(evaluate, "read_page", never)
    refused(run, pages, write([kidney(), liver(organ=["soul"])]))


def test_control_characters_of_gold_do_not_reach_the_terminal(
    run: Run, pages: Path, write: Callable[..., Path]
) -> None:
    told = refused(run, pages, write([kidney(), liver(), gold("\u001b[31m.txt", "50593")]))
    assert "\u001b" not in told
