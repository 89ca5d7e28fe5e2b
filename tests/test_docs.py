"""Every snippet of the pages for users does what it says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stores import LONG, Served

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "using-a-release.md"
TEXT = PAGE.read_text("utf-8")


def snippets(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("number", range(len(snippets("python"))))
def test_python_snippets_run(number: int, released: Path, tmp_path: Path) -> None:
    code = snippets("python")[number]
    if "import pandas" in code:
        pytest.importorskip("pandas", reason="not run: pip install pandas")
    (tmp_path / "output").symlink_to(released)
    done = subprocess.run(
        [sys.executable, "-W", "error::SyntaxWarning", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("number", range(len(snippets("sh"))))
def test_calls_of_curl_are_answered(number: int, served: Served) -> None:
    if shutil.which("curl") is None:
        pytest.skip("not run: apt-get install curl")
    command = snippets("sh")[number].replace("http://127.0.0.1:7878", served.address)
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=LONG, check=False)
    assert done.returncode == 0, done.stderr
    assert "50593" in done.stdout or "kidney" in done.stdout


def test_queries_on_the_page_are_valid() -> None:
    import pyoxigraph as ox

    for query in snippets("sparql"):
        found = ox.Store().query(query)
        assert isinstance(found, ox.QuerySolutions)
        assert list(found) == []


def test_there_is_a_snippet_of_each_kind() -> None:
    assert len(snippets("python")) >= 5
    assert len(snippets("sh")) >= 3
    for library in ("rdflib", "pyoxigraph", "pandas"):
        assert any(library in code for code in snippets("python"))
