"""Faults, injected: whatever happens in whatever stage, the release before stays whole and the next build is right."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from flows import files
from flows.assembly import draft, finish, ledger, ledger_pages, stages
from flows.releases import held, release
from flows.releases.gates import Limits
from flows.releases.release import Workshop
from tests.ledgers import OPEN, build, named, page, unmade, unread, write

ROOT = Path(__file__).parents[1]
InChild = Callable[[Callable[[], object]], int]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pages that were published, of which one was edited, one added and one deleted since."""
    folder = tmp_path / "pages"
    write(folder, 3)
    build(folder, tmp_path / "out")
    (folder / "50000-notes.txt").write_text(page("50000", "lung"))
    (folder / "50001-notes.txt").unlink()
    (folder / "50009-notes.txt").write_text(page("50009"))
    (folder / "empty.txt").write_text("")
    return folder


def recovers(folder: Path, output: Path) -> None:
    """The next build gives what a fresh one gives, and cleans up; the one after it has nothing to do."""
    build(folder, output, limits=OPEN)
    build(folder, output.with_name("fresh"))
    assert named(release.latest(output)) == named(release.latest(output.with_name("fresh")))
    assert build(folder, output, read=unread, make=unmade).summary.unchanged
    assert {path.name for path in output.iterdir()} <= {".ablation-kg-lock", "latest", "releases", "ledger"}


STAGES: list[tuple[object, str]] = [
    (files, "find"),
    (ledger, "load"),
    (ledger_pages, "sort"),
    (stages, "read_batch"),
    (stages, "group"),
    (stages, "make_batch"),
    (finish, "finish"),
    (draft, "write"),
    (ledger, "save"),
    (draft, "write_rest"),
    (Workshop, "publish"),
    (Workshop, "keep_ledger"),
    (release, "_point"),
    (Workshop, "_tidy"),
]


@pytest.mark.parametrize(("owner", "name"), STAGES, ids=[name for _, name in STAGES])
def test_a_kill_in_each_stage(folder: Path, tmp_path: Path, in_child: InChild, owner: object, name: str) -> None:
    output = tmp_path / "out"
    before = release.latest(output)

    def killed() -> None:
        setattr(owner, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        build(folder, output, limits=OPEN, read=stages.read_batch, make=stages.make_batch)

    assert in_child(killed) == -signal.SIGKILL
    latest = release.latest(output)
    assert release.whole(latest)
    assert (latest != before) is (name == "_tidy")
    # What the ledger says is never more than what the release holds.
    assert release.ledger_of(output, latest.name).exists()
    recovers(folder, output)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_while_a_release_is_held(folder: Path, tmp_path: Path, in_child: InChild, when: str) -> None:
    output = tmp_path / "out"
    before = release.latest(output)
    closed = Limits(changed=0, changed_from=0)

    def killed() -> None:
        hold = Workshop.hold

        def call(shop: Workshop) -> tuple[str, Path]:
            if when == "after":
                hold(shop)
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError

        Workshop.hold = call  # type: ignore[assignment,method-assign]
        build(folder, output, limits=closed)

    assert in_child(killed) == -signal.SIGKILL
    assert release.latest(output) == before
    waiting = Path(build(folder, output, limits=closed).summary.held or "")
    assert held.accept(output, waiting.name).release == waiting.name


class Full:
    """A file on a disk that has no room left."""

    def __init__(self, file: IO[Any]) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Full:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data: bytes) -> int:
        """Take half of it, then fail, as a disk does."""
        self._file.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def writelines(self, lines: Any) -> None:
        """See `write`."""
        for line in lines:
            self.write(line)


WRITTEN = (
    *("pages-000000.pickle", "facts-000000.ttl", "evidence-000000.ttl"),
    *release.NAMED_BY,
    *("ledger.jsonl", "changes.md", "dataset.ttl"),
)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_disk_that_is_full(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    output = tmp_path / "out"
    before = release.latest(output)
    files_before = {file.name: file.read_bytes() for file in before.iterdir()}
    opened = Path.open

    def full(path: Path, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        file = opened(path, mode, *arguments, **options)
        return Full(file) if path.name == name and mode[0] in "wax" else file

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        with pytest.raises(OSError, match="No space left") as refused:
            build(folder, output, limits=OPEN)
    assert refused.value.errno == errno.ENOSPC
    assert release.latest(output) == before
    assert {file.name: file.read_bytes() for file in before.iterdir()} == files_before
    # What was half written is gone, so that there is room again.
    assert not list(output.glob(".ablation-kg-work-*"))
    recovers(folder, output)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 300 KB."""
    place = tmp_path / "small"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(place)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no small disk: mount needs root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.slow
def test_a_disk_that_is_full_under_the_command_line(folder: Path, tmp_path: Path, small_disk: Path) -> None:
    pages = [str(folder), str(ROOT / "pages")]
    command = [sys.executable, "-c", "from flows.cli import main; main()", "build", *pages, "--output", str(small_disk)]
    environment = {**os.environ, "PREFECT_HOME": str(tmp_path / "home")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    assert done.returncode == 3
    assert "No space left on device" in done.stderr
    assert str(small_disk) in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name for path in small_disk.iterdir()} <= {".ablation-kg-lock", "releases", "ledger"}


@pytest.mark.parametrize("call", ["fsync", "mkdir", "symlink"])
def test_a_disk_that_is_full_when_it_comes_to_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    output = tmp_path / "out"
    before = release.latest(output)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(OSError, match="No space left"):
            build(folder, output, limits=OPEN)
    assert release.latest(output) == before
    assert release.whole(before)
    recovers(folder, output)


def test_a_page_that_changes_while_it_is_read(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / "out"
    read, changes = files.read, iter(range(100))

    def read_and_change(found: files.Found, *arguments: Any) -> bytes:
        data = read(found, *arguments)
        if found.name == "50000-notes.txt":
            Path(found.path).write_text(page("50000", "liver", energy=("microwave", "laser")[next(changes) % 2]))
        return data

    with monkeypatch.context() as patch:
        patch.setattr(files, "read", read_and_change)
        build(folder, output, limits=OPEN)
    # The release holds some state of the page as a whole: facts and hash belong together.
    latest = release.latest(output)
    (row,) = [line for line in (latest / "pages.jsonl").read_text().splitlines() if "50000-notes" in line]
    assert row.partition('"sha256":"')[2][:64] in (latest / "evidence.ttl").read_text()
    recovers(folder, output)
