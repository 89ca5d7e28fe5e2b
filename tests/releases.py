"""Releases to look at, made once for the whole run.

A test module takes part with ``from tests.releases import sample  # noqa: F401``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.assembly.assemble import assemble
from flows.releases import release

PAGES = Path(__file__).parents[1] / "pages"


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of the sample pages; nobody may change it."""
    output = tmp_path_factory.mktemp("sample")
    assemble([PAGES], output)
    return release.latest(output)


def build(pages: Path, output: Path) -> Path:
    """Build pages and give the release's folder."""
    assemble([pages], output)
    return release.latest(output)
