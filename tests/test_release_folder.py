from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from flows.errors import UserError
from flows.releases import release

STEPS = ("os.fsync", "pathlib.Path.rename", "pathlib.Path.replace", "pathlib.Path.symlink_to", "shutil.rmtree")


def publish(output: Path, text: str) -> tuple[str, Path]:
    with release.workshop(output) as shop:
        (shop.scratch / "block").write_text("thrown away")
        (shop.draft / "procedures.ttl").write_text(text)
        (shop.draft / "evidence.ttl").write_text(text * 2)
        return shop.publish()


def state(output: Path) -> str:
    """What a reader sees; fails where the release is not whole."""
    folder = release.latest(output)
    first, second = (folder / "procedures.ttl").read_text(), (folder / "evidence.ttl").read_text()
    assert second == first * 2
    assert release.identifier(folder) == folder.name
    return first


def test_a_release_is_published_and_the_one_before_stays(tmp_path: Path) -> None:
    first, _ = publish(tmp_path, "one")
    second, folder = publish(tmp_path, "two")
    assert state(tmp_path) == "two"
    assert folder == tmp_path / "releases" / second
    assert sorted(path.name for path in (tmp_path / "releases").iterdir()) == sorted([first, second])
    assert (tmp_path / "latest").readlink() == Path("releases", second)


def test_the_same_files_give_the_same_release(tmp_path: Path) -> None:
    assert publish(tmp_path / "a", "one")[0] == publish(tmp_path / "b", "one")[0]
    publish(tmp_path / "a", "two")
    publish(tmp_path / "a", "one")
    assert state(tmp_path / "a") == "one"
    assert len(list((tmp_path / "a" / "releases").iterdir())) == 2


def test_nothing_is_left_over(tmp_path: Path) -> None:
    publish(tmp_path, "one")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".ablation-kg-lock", "latest", "releases"]


def test_a_build_that_fails_changes_nothing(tmp_path: Path) -> None:
    publish(tmp_path, "one")
    with pytest.raises(ZeroDivisionError), release.workshop(tmp_path) as shop:
        (shop.draft / "procedures.ttl").write_text(str(1 / 0))
    assert state(tmp_path) == "one"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".ablation-kg-lock", "latest", "releases"]


def test_a_release_changed_by_hand_is_made_anew(tmp_path: Path) -> None:
    _, folder = publish(tmp_path, "one")
    (folder / "procedures.ttl").write_text("something else")
    publish(tmp_path, "one")
    assert state(tmp_path) == "one"


@pytest.mark.parametrize("before", [None, "one"])
def test_a_kill_at_any_step_leaves_the_release_before_whole(
    tmp_path: Path, before: str | None, in_child: Callable[[Callable[[], object]], int]
) -> None:
    kills = 0
    while True:
        output = tmp_path / str(kills)
        if before is not None:
            publish(output, before)
        if in_child(partial(_publish_until, output, kills)) == 0:
            break
        kills += 1
        if before is None and not (output / "latest").exists():
            with pytest.raises(UserError, match="no release"):
                release.latest(output)
        else:
            assert state(output) in {before, "two"}
        publish(output, "three")
        assert state(output) == "three"
        assert sorted(path.name for path in output.iterdir()) == [".ablation-kg-lock", "latest", "releases"]
    assert kills > 8


def _publish_until(output: Path, last: int) -> None:
    """Publish in this process, and die after some steps on the disk."""
    left = last

    def counted(name: str) -> None:
        module, _, attribute = name.rpartition(".")
        owner: object = {"os": os, "shutil": shutil, "pathlib.Path": Path}[module]
        step = getattr(owner, attribute)

        def call(*args: object, **kwargs: object) -> object:
            nonlocal left
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
            return step(*args, **kwargs)

        setattr(owner, attribute, call)

    for name in STEPS:
        counted(name)
    publish(output, "two")


def test_a_second_build_waits_for_the_first(tmp_path: Path) -> None:
    waited = threading.Event()

    def second() -> None:
        with release.workshop(tmp_path, waited.set) as shop:
            (shop.draft / "procedures.ttl").write_text("two")
            (shop.draft / "evidence.ttl").write_text("twotwo")
            shop.publish()

    thread = threading.Thread(target=second)
    with release.workshop(tmp_path) as shop:
        thread.start()
        assert waited.wait(timeout=30)
        (shop.draft / "procedures.ttl").write_text("one")
        (shop.draft / "evidence.ttl").write_text("oneone")
        shop.publish()
        assert state(tmp_path) == "one"
    thread.join(timeout=30)
    assert state(tmp_path) == "two"


def test_an_output_that_is_a_file_is_the_users_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for output in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(UserError, match="--output"), release.workshop(output):
            pass


def test_a_latest_that_is_no_link_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "latest").mkdir()
    with pytest.raises(UserError, match="no link of ours"), release.workshop(tmp_path):
        pass
    assert (tmp_path / "latest").is_dir()
