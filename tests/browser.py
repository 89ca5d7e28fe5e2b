"""Debian's Chromium for tests, and where its screenshots go.

A test module takes part with ``from tests.browser import chromium, shots  # noqa: F401``.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A running browser, one a module: while it runs, an event loop does, and other modules start their own.

    Tests are skipped where there is none.
    """
    sync_api = pytest.importorskip("playwright.sync_api", reason="no browser tests: pip install playwright")
    binary = shutil.which("chromium") or shutil.which("chromium-browser")
    if binary is None:
        pytest.skip("no browser tests: install Debian's chromium (apt-get install chromium)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=[*FLAGS])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shots() -> Path:
    """The folder for screenshots, ignored by git."""
    folder = Path(__file__).parent / "output"
    folder.mkdir(exist_ok=True)
    return folder
