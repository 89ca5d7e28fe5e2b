from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from extract import turtle
from flows.errors import UserError
from flows.releases.blocks import Block, blocks, with_previous
from tests.many import multiply
from tests.releases import sample  # noqa: F401


def test_the_blocks_are_the_files(sample: Path) -> None:  # noqa: F811
    found = list(blocks(sample))
    header = turtle.header()
    assert header + b"".join(one.facts for one in found) == (sample / "procedures.ttl").read_bytes()
    assert header + b"".join(one.evidence for one in found) == (sample / "evidence.ttl").read_bytes()
    assert [one.code for one in found] == sorted({one.code for one in found})
    assert any(one.evidence.count(b" a prov:Entity, abl:Page ") > 1 for one in found), "a procedure with two pages"


def test_each_block_holds_its_own_procedure(sample: Path) -> None:  # noqa: F811
    for one in blocks(sample):
        assert {part for iri in one.nodes() for part in [iri.partition("/CPT-")[2][:5]] if part} == {one.code}


def test_two_releases_side_by_side(sample: Path, tmp_path: Path) -> None:  # noqa: F811
    multiply(sample, tmp_path / "few", 5)
    multiply(sample, tmp_path / "many", 8)
    both = list(with_previous(tmp_path / "few", tmp_path / "many"))
    assert [(new is not None, old is not None) for new, old in both] == [(True, True)] * 5 + [(False, True)] * 3
    assert all(new == old for new, old in both[:5])
    turned = list(with_previous(tmp_path / "many", None))
    assert [old for _, old in turned] == [None] * 8


def test_files_that_do_not_belong_together_are_refused(sample: Path, tmp_path: Path) -> None:  # noqa: F811
    multiply(sample, tmp_path / "a", 5)
    multiply(sample, tmp_path / "b", 4)
    shutil.copy(tmp_path / "b" / "evidence.ttl", tmp_path / "a")
    with pytest.raises(UserError, match="do not belong together"):
        list(blocks(tmp_path / "a"))
    (tmp_path / "a" / "evidence.ttl").unlink()
    with pytest.raises(UserError, match="missing"):
        list(blocks(tmp_path / "a"))


def test_a_block_changed_by_hand_is_told() -> None:
    with pytest.raises(UserError, match="50593 were changed by hand"):
        Block("50593", b"procedure:CPT-50593 a", b"").nodes()


def test_empty_files_hold_no_blocks(tmp_path: Path) -> None:
    for name in ("procedures.ttl", "evidence.ttl"):
        (tmp_path / name).write_bytes(b"")
    assert list(blocks(tmp_path)) == []
