from __future__ import annotations

import os
from pathlib import Path

import pytest

from extract.model import PageError, Reason
from flows import files
from flows.errors import UserError


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"page {name}")


def names(*paths: Path, leave_out: tuple[Path, ...] = ()) -> list[str]:
    return [found.name for found in files.find(paths, leave_out)]


def trouble(path: Path, limit: int = files.MAX_BYTES) -> PageError:
    with pytest.raises(PageError) as caught:
        files.read(files.Found(path.name, str(path)), limit)
    return caught.value


def test_pages_are_found_in_folders_by_their_endings(tmp_path: Path) -> None:
    put(tmp_path, "b.txt", "a.html", "deep/er/c.HTM", "deep/d.xhtml", "notes.md", "e.pdf", "txt")
    assert names(tmp_path) == ["a.html", "b.txt", "deep/d.xhtml", "deep/er/c.HTM"]


def test_files_can_be_given_directly(tmp_path: Path) -> None:
    put(tmp_path, "one.txt", "two.html")
    assert names(tmp_path / "two.html", tmp_path / "one.txt") == ["one.txt", "two.html"]


def test_a_page_given_twice_counts_once_whatever_the_order(tmp_path: Path) -> None:
    put(tmp_path, "deep/one.txt")
    ways = [tmp_path, tmp_path / "deep", tmp_path / "deep" / "one.txt", tmp_path / "deep" / ".." / "deep"]
    assert names(*ways) == names(*reversed(ways)) == ["one.txt"]


def test_pages_of_one_name_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a/one.txt", "b/one.txt", "b/two.txt")
    monkeypatch.chdir(tmp_path)
    assert names(Path("a"), Path("b")) == ["a/one.txt", "b/one.txt", "two.txt"]
    assert names(Path("b/one.txt"), Path("a")) == ["a/one.txt", "b/one.txt"]


def test_earlier_releases_are_not_searched(tmp_path: Path) -> None:
    put(tmp_path, "one.txt", "out/releases/x/report.html")
    assert names(tmp_path, leave_out=(tmp_path / "out" / "releases",)) == ["one.txt"]


@pytest.mark.parametrize("name", ["missing", "missing.txt"])
def test_a_path_that_does_not_exist_is_the_users_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="no such file"):
        files.find([tmp_path / name])


def test_a_file_of_another_type_is_the_users_error(tmp_path: Path) -> None:
    put(tmp_path, "scan.pdf")
    with pytest.raises(UserError, match="not a page"):
        files.find([tmp_path / "scan.pdf"])


def test_a_link_to_a_folder_above_is_a_loop(tmp_path: Path) -> None:
    put(tmp_path, "sub/one.txt")
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    found = files.find([tmp_path])
    assert [(one.name, one.reason) for one in found] == [("sub/one.txt", None), ("sub/up", Reason.LINK_LOOP)]


def test_links_that_lead_to_each_other_are_loops(tmp_path: Path) -> None:
    put(tmp_path, "a/one.txt", "b/two.txt")
    (tmp_path / "a" / "to-b").symlink_to(tmp_path / "b")
    (tmp_path / "b" / "to-a").symlink_to(tmp_path / "a")
    found = {one.name: one.reason for one in files.find([tmp_path])}
    assert found == {
        "a/one.txt": None,
        "b/two.txt": None,
        "a/to-b": Reason.LINK_LOOP,
        "b/to-a": Reason.LINK_LOOP,
    }


def test_a_link_that_leads_to_itself_is_a_loop(tmp_path: Path) -> None:
    put(tmp_path, "one.txt")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "there.txt").symlink_to(tmp_path / "back.txt")
    (tmp_path / "back.txt").symlink_to(tmp_path / "there.txt")
    found = {one.name: one.reason for one in files.find([tmp_path])}
    assert found == dict.fromkeys(("self", "there.txt", "back.txt"), Reason.LINK_LOOP) | {"one.txt": None}
    (given,) = files.find([tmp_path / "back.txt"])
    assert given.reason is Reason.LINK_LOOP


def test_links_to_folders_elsewhere_are_followed_and_their_loops_found(tmp_path: Path) -> None:
    put(tmp_path, "pages/one.txt", "elsewhere/two.txt")
    (tmp_path / "pages" / "more").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "pages")
    found = {one.name: one.reason for one in files.find([tmp_path / "pages"])}
    assert found == {"one.txt": None, "more/two.txt": None, "more/back": Reason.LINK_LOOP}


def test_a_link_to_nothing_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing.txt")
    (found,) = files.find([tmp_path])
    assert found.reason is Reason.UNREADABLE


def test_a_page_that_vanished_is_unreadable(tmp_path: Path) -> None:
    assert trouble(tmp_path / "gone.txt").reason is Reason.UNREADABLE


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert trouble(tmp_path / "pipe.txt").reason is Reason.UNREADABLE


def test_a_page_that_may_not_be_read_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "one.txt")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    error = trouble(tmp_path / "one.txt")
    assert error.reason is Reason.UNREADABLE
    assert "chmod" in error.message


def test_a_folder_that_may_not_be_read_is_accounted_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "closed/one.txt", "open/two.txt")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = {one.name: one.reason for one in files.find([tmp_path])}
    assert found == {"closed": Reason.UNREADABLE, "open/two.txt": None}


def test_a_large_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    error = trouble(large)
    assert error.reason is Reason.TOO_LARGE
    assert "10 MiB" in error.message


def test_the_limit_itself_is_allowed(tmp_path: Path) -> None:
    put(tmp_path, "one.txt")
    found = files.Found("one.txt", str(tmp_path / "one.txt"))
    assert files.read(found, limit=len("page one.txt")) == b"page one.txt"
    assert trouble(tmp_path / "one.txt", limit=3).reason is Reason.TOO_LARGE


def test_names_that_are_no_text_can_be_written(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text("page")
    (found,) = files.find([tmp_path])
    assert found.name == "caf\\xe9.txt"
    assert files.read(found) == b"page"
