"""Whatever happens to the pages: a build on the release before gives what a fresh build gives, byte for byte."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.assembly import assemble, draft
from tests.ledgers import OPEN, build, named, page

NAMES = ("50593-a.txt", "50593-b.txt", "47380-a.txt", "x/47380-a.txt", "32998-a.txt", "plain.txt")
TEXTS = (
    *(page(code, organ) for code, organ in itertools.product(("50593", "47380"), ("kidney", "lung"))),
    page("50593", "kidney", "open"),
    # No code of its own: what it is about hangs on the file's name.
    "Percutaneous cryoablation of a tumor of the kidney.\n",
    "Code 99213\nA visit to the office that takes twenty minutes, with a talk about medication.\n",
    "You have reached your page view limit.\nRegister to view content\n",
    "",
)
# Each step puts texts in place of others, or takes pages away; an earlier text may come back.
STEP = st.dictionaries(st.sampled_from(NAMES), st.sampled_from((*TEXTS, None)), min_size=1, max_size=4)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files that a release is not named by are left out, and batches are small."""
    monkeypatch.setattr(draft, "write_rest", lambda *_: None)
    monkeypatch.setattr(assemble, "PAGES_A_BATCH", 2)
    monkeypatch.setattr(assemble, "PROCEDURES_A_BATCH", 2)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=2, max_size=5))
def test_edits_additions_deletions_and_restorations(steps: list[dict[str, str | None]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder, output = Path(place, "pages"), Path(place, "out")
        (folder / "x").mkdir(parents=True)
        for number, step in enumerate(steps):
            for name, text in step.items():
                if text is None:
                    (folder / name).unlink(missing_ok=True)
                else:
                    (folder / name).write_text(text)
            fresh = build(folder, Path(place, f"fresh{number}"))
            grown = build(folder, output, limits=OPEN)
            assert grown.records == fresh.records
            for field in ("release", "procedures", "facts", "warnings", "quarantined", "published", "out_of_scope"):
                assert getattr(grown.summary, field) == getattr(fresh.summary, field)
            if fresh.summary.release is not None:
                assert named(output / "latest") == named(Path(place, f"fresh{number}", "latest"))
