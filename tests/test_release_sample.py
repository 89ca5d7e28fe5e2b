"""The committed release of the sample pages is what the code makes of them now."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.assembly.assemble import assemble

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "output" / "sample"
RENEW = "run `make sample` and look at the difference before you commit it"


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("sample")
    assemble([ROOT / "pages"], output)
    return output / "latest"


def test_the_sample_has_the_files_of_a_release(rebuilt: Path) -> None:
    names = {file.name for file in SAMPLE.iterdir()} if SAMPLE.is_dir() else set()
    assert names == {file.name for file in rebuilt.iterdir()}, f"output/sample has other files now: {RENEW}"


@pytest.mark.parametrize("name", ["procedures.ttl", "evidence.ttl", "ontology.ttl", "quarantine.jsonl", "pages.jsonl"])
def test_the_sample_is_what_is_built_from_the_pages(rebuilt: Path, name: str) -> None:
    there = (SAMPLE / name).read_bytes() if (SAMPLE / name).is_file() else b""
    same = there == (rebuilt / name).read_bytes()
    assert same, f"output/sample/{name} is not what pages/ gives now: {RENEW}"
