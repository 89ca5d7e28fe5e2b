"""Gates: what holds a release, where it waits, and how it is accepted; and how many releases stay."""

from __future__ import annotations

import inspect
import json
import shlex
import signal
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

from flows import cli
from flows.commands import build as build_command
from flows.commands import refresh as refresh_command
from flows.errors import UserError
from flows.releases import gates, held, release
from flows.releases.diff_text import Figures
from flows.releases.gates import Limits
from shapes.findings import Finding, Severity
from tests.ledgers import OPEN, build, named, page, unmade, unread, write

FINDING = Finding(Severity.VIOLATION, "x", None, None, None, "has no title", "s")
WARNING = Finding(Severity.WARNING, "x", None, None, None, "has no date", "s")


def held_by(figures: Figures | None, **options: Any) -> list[str]:
    given: dict[str, Any] = {"pages": 100, "quarantined": 0, "strict": False, "findings": ()}
    return [words.partition(":")[0] for words in gates.judge(Limits(), figures, **{**given, **options})]


@pytest.mark.parametrize(
    ("figures", "options", "expected"),
    [
        (None, {}, []),
        (Figures(before=40, removed=5), {}, ['gate "procedures gone"']),
        (Figures(before=40, removed=4), {}, []),
        (Figures(before=50, removed=5), {}, []),
        (Figures(before=6, removed=4), {}, []),
        (Figures(facts_before=300, facts_removed=50, facts_changed=50), {}, ['gate "facts changed"']),
        (Figures(facts_before=300, facts_removed=50, facts_changed=40), {}, []),
        (Figures(facts_before=1000, facts_removed=150, facts_changed=150), {}, []),
        (Figures(before=5, added=500, facts_before=100, facts_added=10_000), {}, []),
        (None, {"quarantined": 51}, ['gate "quarantine"']),
        (None, {"quarantined": 50}, []),
        (None, {"pages": 20, "quarantined": 19}, []),
        (None, {"quarantined": 1, "strict": True}, ["--strict"]),
        (None, {"findings": (FINDING, WARNING)}, ['gate "shapes"']),
        (None, {"findings": (WARNING,)}, []),
        (
            Figures(before=10, removed=9, facts_before=200, facts_removed=180),
            {"quarantined": 90, "strict": True},
            ["--strict", 'gate "quarantine"', 'gate "procedures gone"', 'gate "facts changed"'],
        ),
    ],
)
def test_what_closes_a_gate(figures: Figures | None, options: dict[str, Any], expected: list[str]) -> None:
    assert held_by(figures, **options) == expected


def test_limits_are_parameters() -> None:
    tight = Limits(gone=0, gone_from=1)
    (words,) = gates.judge(tight, Figures(before=40, removed=1), pages=1, quarantined=0, strict=False, findings=())
    assert "1 of 40 procedures (2.5 %)" in words
    assert "at most 0.0 %" in words


@pytest.mark.parametrize("command", [build_command, refresh_command])
def test_the_command_line_has_the_limits_of_the_library(command: ModuleType) -> None:
    app = typer.Typer()
    command.register(app)
    callback = app.registered_commands[0].callback
    assert callback is not None
    given = inspect.signature(callback).parameters
    for name in ("gone", "changed", "quarantined"):
        assert given[f"max_{name}"].default == getattr(gates.DEFAULT, name)
    assert given["keep"].default == release.KEEP


@pytest.fixture
def halved(tmp_path: Path) -> tuple[Path, Path]:
    """Pages of which half were deleted, and a folder with the release of all of them."""
    folder, output = tmp_path / "pages", tmp_path / "the output"
    write(folder, 12)
    build(folder, output)
    for number in range(6):
        (folder / f"{50000 + number}-notes.txt").unlink()
    return folder, output


def test_a_held_release_waits_whole_and_the_one_before_stays(halved: tuple[Path, Path]) -> None:
    folder, output = halved
    before = release.latest(output)
    summary = build(folder, output).summary
    assert (summary.release, summary.folder) == (None, None)
    assert "6 of 12 procedures (50.0 %)" in (summary.held_back or "")
    assert summary.held is not None
    waiting = Path(summary.held)
    assert waiting.parent == output / "held"
    assert release.whole(waiting)
    assert {"changes.md", "dataset.ttl", "procedures.ttl"} <= {file.name for file in waiting.iterdir()}
    assert release.latest(output) == before
    assert len(list((output / "releases").iterdir())) == 1
    # Held again, it is the same, and what was known of the release before is still known.
    again = build(folder, output, read=unread, make=unmade).summary
    assert again == summary


def test_the_command_in_the_message_publishes_it_without_building(
    halved: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, output = halved
    summary = build(folder, output).summary
    assert summary.held is not None
    files = {file.name: file.read_bytes() for file in Path(summary.held).iterdir()}
    program, *arguments = shlex.split((summary.held_back or "").partition("publish it all the same: ")[2])
    assert program == "ablation-kg"
    with pytest.raises(SystemExit) as done:
        cli.main([*arguments, "--json"])
    assert done.value.code == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["release"], told["procedures"], told["held_back"]) == (Path(summary.held).name, 6, None)
    latest = release.latest(output)
    assert latest.name == Path(summary.held).name
    assert {file.name: file.read_bytes() for file in latest.iterdir()} == {
        name: data for name, data in files.items() if name not in {"held.json", "ledger.jsonl"}
    }
    assert not (output / "held").exists()
    assert build(folder, output, read=unread, make=unmade).summary.unchanged


def test_a_release_that_is_not_held_is_not_accepted(halved: tuple[Path, Path]) -> None:
    folder, output = halved
    with pytest.raises(UserError, match="nothing is held"):
        held.accept(output, "0" * 16)
    waiting = Path(build(folder, output).summary.held or "")
    for name in ("0" * 16, "../releases", "", waiting.name[:8]):
        with pytest.raises(UserError, match=f"held: {waiting.name}"):
            held.accept(output, name)


@pytest.mark.parametrize("name", ["procedures.ttl", "changes.md", "held.json"])
def test_what_is_not_what_was_held_is_not_accepted(halved: tuple[Path, Path], name: str) -> None:
    folder, output = halved
    before = release.latest(output)
    waiting = Path(build(folder, output).summary.held or "")
    (waiting / name).write_text("something else")
    with pytest.raises(UserError, match="not what was held"):
        held.accept(output, waiting.name)
    assert release.latest(output) == before


def test_what_was_held_against_another_release_is_not_accepted(halved: tuple[Path, Path], tmp_path: Path) -> None:
    folder, output = halved
    waiting = Path(build(folder, output).summary.held or "")
    aside = tmp_path / "aside"
    waiting.rename(aside)
    write(folder, 13)
    build(folder, output)
    assert not (output / "held").exists()
    waiting.parent.mkdir()
    aside.rename(waiting)
    with pytest.raises(UserError, match="another release was published"):
        held.accept(output, waiting.name)


def test_a_kill_while_it_is_accepted_leaves_it_held_or_published(
    halved: tuple[Path, Path], in_child: Callable[[Callable[[], object]], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, output = halved
    before = release.latest(output)
    waiting = Path(build(folder, output).summary.held or "")
    for name in ("publish", "keep_ledger"):
        with monkeypatch.context() as patch:
            patch.setattr(release.Workshop, name, lambda *_: signal.raise_signal(signal.SIGKILL))
            assert in_child(lambda: held.accept(output, waiting.name)) == -signal.SIGKILL
        assert release.latest(output) == before
        assert release.whole(waiting)
    with monkeypatch.context() as patch:
        patch.setattr(release.Workshop, "_tidy", lambda *_: signal.raise_signal(signal.SIGKILL))
        assert in_child(lambda: held.accept(output, waiting.name)) == -signal.SIGKILL
    assert release.latest(output).name == waiting.name
    assert build(folder, output, read=unread, make=unmade).summary.unchanged


def test_strict_holds_a_release_that_can_be_accepted(tmp_path: Path) -> None:
    write(tmp_path / "pages", 2)
    (tmp_path / "pages" / "empty.txt").write_text("")
    summary = build(tmp_path / "pages", tmp_path / "out", strict=True).summary
    assert "1 of 3 pages" in (summary.held_back or "")
    assert held.accept(tmp_path / "out", Path(summary.held or "").name).release is not None
    # It is the latest now; strict or not, there is nothing to publish.
    again = build(tmp_path / "pages", tmp_path / "out", strict=True).summary
    assert (again.release, again.held) == (None, None)
    assert "1 of 3 pages" in (again.held_back or "")


def test_what_the_shapes_say_of_the_description_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "pages", 1)
    monkeypatch.setattr(gates, "check_dataset", lambda _: (FINDING,))
    summary = build(tmp_path / "pages", tmp_path / "out").summary
    assert "has no title" in (summary.held_back or "")


def test_the_first_release_is_compared_with_nothing(tmp_path: Path) -> None:
    write(tmp_path / "pages", 1)
    limits = Limits(gone=0, gone_from=0, changed=0, changed_from=0)
    assert build(tmp_path / "pages", tmp_path / "out", limits=limits).summary.release is not None


def test_so_many_releases_stay(tmp_path: Path) -> None:
    folder, output = tmp_path / "pages", tmp_path / "out"
    names = []
    for count in range(1, 5):
        write(folder, count)
        names.append(build(folder, output, keep=3).summary.release)
    assert [path.name for path in release.releases(output)] == names[:0:-1]
    assert [path.stem for path in (output / "ledger").iterdir()] == [names[-1]]
    (folder / "50000-notes.txt").write_text(page("50000", "lung"))
    last = build(folder, output, keep=1, limits=OPEN).summary.release
    assert [path.name for path in (output / "releases").iterdir()] == [last]
    assert named(release.latest(output))
