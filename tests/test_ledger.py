"""The ledger: what is read again and what is not, and what becomes of a ledger that is of no use."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from flows.assembly import assemble, ledger_pages, stages
from flows.assembly.ledger import State
from flows.assembly.outcome import ReadBatch
from flows.files import Found
from flows.releases import release
from tests.ledgers import OPEN, Notes, build, named, page, unmade, unread, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three procedures, one of them with two pages, and a page that cannot be used."""
    folder = tmp_path / "pages"
    write(folder, 3)
    (folder / "more").mkdir()
    (folder / "more" / "50000-more.txt").write_text(page("50000", energy="radiofrequency"))
    (folder / "bad.txt").write_text("Freezing of a tumor of the kidney. No number is named.")
    return folder


def fresh(folder: Path, tmp_path: Path) -> dict[str, bytes]:
    """What a build without anything before it gives."""
    output = tmp_path / "fresh"
    while output.exists():
        output = output.with_name(output.name + "-")
    build(folder, output)
    return named(output / "latest")


class Reader:
    """Reads pages and keeps their names."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, found: Sequence[Found], file: Path) -> ReadBatch:
        self.names.extend(one.name for one in found)
        return stages.read_batch(found, file)


def test_nothing_changed_is_said_and_nothing_is_read(folder: Path, tmp_path: Path) -> None:
    first = build(folder, tmp_path / "out")
    second = build(folder, tmp_path / "out", read=unread, make=unmade)
    assert second.summary.unchanged
    assert not first.summary.unchanged
    assert second.records == first.records
    for name in ("release", "folder", "procedures", "facts", "warnings", "quarantined", "published"):
        assert getattr(second.summary, name) == getattr(first.summary, name)
    assert (first.summary.pages_read, second.summary.pages_read) == (5, 0)
    assert len(list((tmp_path / "out" / "releases").iterdir())) == 1


def test_only_what_changed_is_read(folder: Path, tmp_path: Path) -> None:
    build(folder, tmp_path / "out")
    (folder / "50001-notes.txt").write_text(page("50001", "lung"))
    reader = Reader()
    build(folder, tmp_path / "out", read=reader, limits=OPEN)
    assert reader.names == ["50001-notes.txt"]
    assert named(tmp_path / "out" / "latest") == fresh(folder, tmp_path)


def test_the_other_pages_of_a_changed_procedure_are_read_again(folder: Path, tmp_path: Path) -> None:
    build(folder, tmp_path / "out")
    (folder / "50000-notes.txt").write_text(page("50000", "lung"))
    reader = Reader()
    build(folder, tmp_path / "out", read=reader, limits=OPEN)
    assert reader.names == ["50000-notes.txt", "more/50000-more.txt"]
    assert named(tmp_path / "out" / "latest") == fresh(folder, tmp_path)


def test_a_deleted_page_leaves_the_graph(folder: Path, tmp_path: Path) -> None:
    build(folder, tmp_path / "out")
    (folder / "50001-notes.txt").unlink()
    result = build(folder, tmp_path / "out", read=unread, make=unmade)
    assert result.summary.procedures == 2
    assert b"50001" not in named(tmp_path / "out" / "latest")["procedures.ttl"]
    assert named(tmp_path / "out" / "latest") == fresh(folder, tmp_path)


def test_a_page_that_moves_is_not_read_again(folder: Path, tmp_path: Path) -> None:
    build(folder, tmp_path / "out")
    (folder / "50001-notes.txt").rename(folder / "more" / "50001-notes.txt")
    result = build(folder, tmp_path / "out", read=unread, make=unmade)
    assert not result.summary.unchanged
    assert named(tmp_path / "out" / "latest") == fresh(folder, tmp_path)


def test_a_page_by_another_name_is_read_again_since_names_help_to_tell_the_code(folder: Path, tmp_path: Path) -> None:
    build(folder, tmp_path / "out")
    (folder / "50001-notes.txt").rename(folder / "50001-other.txt")
    reader = Reader()
    build(folder, tmp_path / "out", read=reader)
    assert reader.names == ["50001-other.txt"]
    assert named(tmp_path / "out" / "latest") == fresh(folder, tmp_path)


def test_a_page_put_back_with_its_old_times_is_seen(folder: Path, tmp_path: Path) -> None:
    build(folder, tmp_path / "out")
    file = folder / "50001-notes.txt"
    times = file.stat()
    file.write_text(file.read_text().replace("liver", "bones"))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert file.stat().st_size == times.st_size
    build(folder, tmp_path / "out", limits=OPEN)
    assert named(tmp_path / "out" / "latest") == fresh(folder, tmp_path)


def test_a_name_that_is_no_text_comes_back(folder: Path, tmp_path: Path) -> None:
    path = os.fsencode(folder) + b"/50003-\xff.txt"
    try:
        Path(os.fsdecode(path)).write_text(page("50003"))
    except OSError:
        pytest.skip("this disk takes no such name")
    build(folder, tmp_path / "out")
    assert build(folder, tmp_path / "out", read=unread, make=unmade).summary.unchanged


def test_the_same_bytes_under_names_of_two_codes_are_not_read_again(tmp_path: Path) -> None:
    write(tmp_path / "pages", 1)
    for code in ("50593", "50592"):
        (tmp_path / "pages" / f"{code}-a.txt").write_text("Percutaneous cryoablation of a tumor of the kidney.\n")
    first = build(tmp_path / "pages", tmp_path / "out")
    assert first.summary.quarantined == {"several-codes": 2}
    assert build(tmp_path / "pages", tmp_path / "out", read=unread, make=unmade).records == first.records


def test_an_earlier_state_gives_the_earlier_release(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    first = build(folder, output).summary.release
    (folder / "50002-notes.txt").rename(tmp_path / "aside")
    second = build(folder, output).summary.release
    (tmp_path / "aside").rename(folder / "50002-notes.txt")
    third = build(folder, output).summary
    assert first == third.release != second
    assert not third.unchanged
    # It follows another release now than when it was made first, and says so.
    assert str(second) in (output / "latest" / "changes.md").read_text()
    assert build(folder, output, read=unread, make=unmade).summary.unchanged


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) * 2 // 3] ^= 1
    file.write_bytes(data)


def of_version(number: int) -> Callable[[Path], None]:
    def spoil(file: Path) -> None:
        head, _, body = file.read_text().partition("\n")
        file.write_text(json.dumps({**json.loads(head), "ledger": number}) + "\n" + body)

    return spoil


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


SPOILT: list[tuple[str, Callable[[Path], object], State]] = [
    ("cut off", lambda file: file.write_bytes(file.read_bytes()[:-40]), State.CORRUPT),
    ("one bit", flip, State.CORRUPT),
    ("empty", lambda file: file.write_bytes(b""), State.CORRUPT),
    ("no text", lambda file: file.write_bytes(bytes(range(256))), State.CORRUPT),
    ("other JSON", lambda file: file.write_text("[1, 2]\n"), State.CORRUPT),
    ("a folder", a_folder, State.CORRUPT),
    ("missing", Path.unlink, State.MISSING),
    ("older", of_version(0), State.OLDER),
    ("newer", of_version(99), State.OLDER),
]


@pytest.mark.parametrize(("spoil", "state"), [row[1:] for row in SPOILT], ids=[row[0] for row in SPOILT])
def test_a_ledger_of_no_use_is_rebuilt_and_it_is_said(
    folder: Path, tmp_path: Path, spoil: Callable[[Path], object], state: State
) -> None:
    output, notes = tmp_path / "out", Notes()
    name = build(folder, output).summary.release
    assert name is not None
    spoil(release.ledger_of(output, name))
    again = build(folder, output, progress=notes).summary
    assert (again.release, again.unchanged, again.pages_read) == (name, True, 5)
    assert notes.notes == [state.value]
    assert build(folder, output, read=unread, make=unmade).summary.unchanged


def test_a_ledger_of_other_code_is_not_believed(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = Notes()
    build(folder, tmp_path / "out")
    monkeypatch.setattr(assemble, "fingerprint", lambda quotes: f"other {quotes}")
    assert build(folder, tmp_path / "out", progress=notes).summary.pages_read == 5
    assert notes.notes == [State.OTHER.value]
    assert build(folder, tmp_path / "out").summary.pages_read == 0


def test_quotes_are_not_taken_from_a_release_without(folder: Path, tmp_path: Path) -> None:
    build(folder, tmp_path / "out", quotes=False)
    assert build(folder, tmp_path / "out").summary.pages_read == 5
    assert named(tmp_path / "out" / "latest") == fresh(folder, tmp_path)


def test_blocks_are_not_taken_from_a_release_that_was_changed_by_hand(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    build(folder, output)
    flip(output / "latest" / "evidence.ttl")
    (folder / "50001-notes.txt").unlink()
    build(folder, output)
    assert named(output / "latest") == fresh(folder, tmp_path)


def test_a_page_that_changes_between_looking_and_reading_is_read_as_it_is_then(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out"
    build(folder, output)
    (folder / "50000-notes.txt").write_text(page("50000", "lung"))
    sort = ledger_pages.sort

    def sort_and_change(*arguments: Any) -> ledger_pages.Sorted:
        done = sort(*arguments)
        # Known as a page of 50000, which is to be made anew; meanwhile it speaks of 50002, which was to stay.
        (folder / "more" / "50000-more.txt").write_text("Code 50002\n" + page("50002", "lung", energy="microwave"))
        return done

    with monkeypatch.context() as patch:
        patch.setattr(ledger_pages, "sort", sort_and_change)
        build(folder, output, limits=OPEN)
    assert named(output / "latest") == fresh(folder, tmp_path)
    assert build(folder, output, read=unread, make=unmade).summary.unchanged


def test_a_page_that_vanishes_between_looking_and_reading_is_accounted_for(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(folder, tmp_path / "out")
    (folder / "50000-notes.txt").write_text(page("50000", "lung"))
    sort = ledger_pages.sort

    def sort_and_remove(*arguments: Any) -> ledger_pages.Sorted:
        done = sort(*arguments)
        (folder / "more" / "50000-more.txt").unlink()
        return done

    monkeypatch.setattr(ledger_pages, "sort", sort_and_remove)
    result = build(folder, tmp_path / "out", limits=OPEN)
    ended = {record.path: (record.status.value, record.reason) for record in result.records}
    assert ended["more/50000-more.txt"] == ("quarantined", "unreadable")
    assert ended["50000-notes.txt"] == ("published", None)


def test_every_file_hangs_on_the_pages_and_the_release_before_alone(folder: Path, tmp_path: Path) -> None:
    outputs = [tmp_path / "one", tmp_path / "other" / "place"]
    for output in outputs:
        build(folder, output)
    (folder / "50001-notes.txt").write_text(page("50001", "lung"))
    ledger = release.ledger_of(outputs[1], release.latest(outputs[1]).name)
    ledger.unlink()
    for output in outputs:
        build(folder, output, limits=OPEN)
    first, second = ({file.name: file.read_bytes() for file in release.latest(output).iterdir()} for output in outputs)
    assert first.keys() >= {"changes.md", "dataset.ttl", "mappings.sssom.tsv", "report.html"}
    assert [name for name in first if first[name] != second[name]] == []
