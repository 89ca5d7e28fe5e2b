"""What one release has that another has not: in words, as JSON, and in ``changes.md``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from flows import cli
from flows.releases import release
from tests.ledgers import OPEN, build, page

Run = Callable[..., tuple[int, str, str]]

CHANGES = """\
- procedures: 1 added, 1 gone, 1 changed, 1 with the same facts from other words or pages; 4 before
- facts: 9 added, 9 removed, 2 changed; 36 before
- pages: 2 added, 2 edited, 1 gone, 1 in quarantine

## New in quarantine

- `empty.txt`: empty

## 50000 Percutaneous cryogenic ablation of kidney tumor (gone)
"""


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """Two releases: a procedure comes, one goes, one changes, one is told in other words, one stays."""
    folder, output = tmp_path / "pages", tmp_path / "output"
    folder.mkdir()
    for code in ("50000", "50001", "50002", "50003"):
        (folder / f"{code}-a.txt").write_text(page(code))
    build(folder, output)
    (folder / "50000-a.txt").unlink()
    (folder / "50001-a.txt").write_text(page("50001", organ="liver", energy="microwave"))
    (folder / "50002-a.txt").write_text(page("50002") + "\nThat is all.\n")
    (folder / "50004-a.txt").write_text(page("50004"))
    (folder / "empty.txt").write_text("")
    build(folder, output, limits=OPEN)
    return output


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line: exit code, standard output, standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as done:
            cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert isinstance(done.value.code, int)
        return done.value.code, out, err

    return run


def both(output: Path) -> tuple[str, str]:
    new, old = (folder.name for folder in release.releases(output))
    return old, new


def test_changes_are_told_by_procedure(output: Path) -> None:
    text = (output / "latest" / "changes.md").read_text("utf-8")
    old, _ = both(output)
    assert text.startswith(f"# Changes since release {old}\n\n{CHANGES}")
    changed = text.partition("## 50001 ")[2].partition("\n## ")[0]
    assert "- changed energy source: cryogenic → microwave (`50001-a.txt`)\n" in changed
    assert "- changed organ: kidney → liver (`50001-a.txt`)\n" in changed
    added = text.partition("## 50004 ")[2].partition("\n## ")[0]
    assert "- approach: percutaneous (`50004-a.txt`)\n" in added
    assert "- guidance: CT (`50004-a.txt`)\n" in added
    assert text.endswith("## The same facts, read from other words or pages\n\n50002\n")
    assert "50003" not in text


def test_the_first_release_says_that_it_is_the_first(tmp_path: Path) -> None:
    (tmp_path / "50000.txt").write_text(page("50000"))
    build(tmp_path / "50000.txt", tmp_path / "out")
    assert "first release" in (tmp_path / "out" / "latest" / "changes.md").read_text()


def test_diff_says_what_changes_says(run: Run, output: Path) -> None:
    old, new = both(output)
    code, out, err = run("diff", old, new, "--output", output)
    assert (code, err) == (0, "")
    head, _, rest = out.partition("\n")
    assert head == f"# From release {old} to {new}"
    assert rest == (output / "latest" / "changes.md").read_text("utf-8").partition("\n")[2]


def test_the_other_way_round_what_was_added_is_removed(run: Run, output: Path) -> None:
    old, new = both(output)
    there = json.loads(run("diff", old, new, "--output", output, "--json")[1])
    back = json.loads(run("diff", new, old, "--output", output, "--json")[1])
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert [(row["code"], row["kind"]) for row in there["procedures"]] == [
        ("50000", "removed"),
        ("50001", "changed"),
        ("50002", "changed"),
        ("50004", "added"),
    ]
    assert [(row["code"], turned[row["kind"]]) for row in back["procedures"]] == [
        (row["code"], row["kind"]) for row in there["procedures"]
    ]
    for one, other in zip(there["procedures"], back["procedures"], strict=True):
        facts = {(fact["part"], fact["name"], fact["before"], fact["after"]) for fact in one["facts"]}
        assert facts == {(fact["part"], fact["name"], fact["after"], fact["before"]) for fact in other["facts"]}
        assert all(len(fact["pages"]) == 1 for fact in (*one["facts"], *other["facts"]))


@pytest.mark.parametrize("name", [lambda o: o, lambda o: o / "latest", lambda o: release.releases(o)[0]])
def test_releases_are_named_in_each_way(run: Run, output: Path, name: Callable[[Path], Path]) -> None:
    old, new = both(output)
    code, out, _ = run("diff", old[:6], name(output), "--output", output)
    assert code == 0
    assert out.startswith(f"# From release {old} to {new}\n")


def test_a_release_is_no_other_than_itself(run: Run, output: Path) -> None:
    code, out, _ = run("diff", output, output)
    assert code == 0
    assert "procedures: the same; 4 before" in out
    assert "##" not in out


def test_an_unknown_release_exits_2_and_names_those_there_are(run: Run, output: Path) -> None:
    for name in ("nothing", "", output / "pages"):
        code, out, err = run("diff", output, name, "--output", output)
        assert (code, out) == (2, "")
        assert both(output)[0] in err


def test_a_held_release_can_be_looked_at(run: Run, output: Path, tmp_path: Path) -> None:
    (tmp_path / "pages" / "50001-a.txt").write_text("")
    waiting = Path(build(tmp_path / "pages", output, strict=True).summary.held or "")
    code, out, _ = run("diff", output, waiting.name, "--output", output)
    assert code == 0
    assert "## 50001" in out
    assert "(gone)" in out


def test_a_file_that_was_changed_by_hand_exits_2(run: Run, output: Path) -> None:
    old, new = both(output)
    file = output / "releases" / old / "procedures.ttl"
    file.write_text(file.read_text().replace("abl:organ organ:kidney", "abl:organ organ:kidney organ"))
    code, _, err = run("diff", old, new, "--output", output)
    assert code == 2
    assert "by hand" in err


def test_names_of_pages_do_not_break_the_markdown(tmp_path: Path) -> None:
    folder, output = tmp_path / "pages", tmp_path / "out"
    folder.mkdir()
    (folder / "50000.txt").write_text(page("50000"))
    build(folder, output)
    (folder / "a`b\n# c.txt").write_text(page("50001"))
    build(folder, output, limits=OPEN)
    text = (output / "latest" / "changes.md").read_text()
    assert "(`a'b # c.txt`)" in text
