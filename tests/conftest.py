"""What several tests need."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stores import oxigraph_store, released, served, virtuoso_store

__all__ = ["oxigraph_store", "released", "served", "virtuoso_store"]

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared() -> Callable[..., Path]:
    """A path in the folder of shared pages beside the repository; the test is skipped where it is absent."""

    def path_of(*parts: str) -> Path:
        path = ROOT.parent.joinpath("shared", *parts)
        if not path.exists():
            pytest.skip(f"no shared pages beside the repository: {Path('..', 'shared', *parts)}")
        return path

    return path_of


@pytest.fixture
def in_child() -> Callable[[Callable[[], object]], int]:
    """Runs something in a forked child: 0 if it ended well, minus the signal if it was killed, 1 if it raised."""

    def run(work: Callable[[], object]) -> int:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                work()
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status)

    return run


KIDNEY = """Code 50593
Ablation, renal tumor(s), unilateral, percutaneous, cryotherapy

The doctor passes a probe through the skin into the tumor of the kidney and freezes it with argon, guided by CT.

(c) 2026 Invented Coding Notes
"""
LIVER = """<html><head><title>47380</title></head><body><h1>CPT 47380</h1>
<h2>Description</h2><p>Open radiofrequency ablation of one or more liver tumors. The surgeon opens the abdomen and
destroys the tumor with radiofrequency current.</p></body></html>
"""
OFFICE = """Code 99213
A visit to the office that takes twenty minutes, with a talk about medication.
"""


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder with three pages of our own: two that can be published and one out of scope."""
    folder = tmp_path / "pages"
    (folder / "more").mkdir(parents=True)
    (folder / "50593-notes.txt").write_text(KIDNEY)
    (folder / "more" / "47380-notes.html").write_text(LIVER)
    (folder / "99213-notes.txt").write_text(OFFICE)
    return folder
