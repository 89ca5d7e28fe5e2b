"""Work grows with the length of a page, however hostile: counted in calls, so that no clock decides."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from extract.page import read_page
from extract.reading import read

OPENING = "CPT code 50593 describes cryoablation of a kidney tumor. "
PATTERNS = {
    "alternatives": "CT or MRI, ultrasound, ",
    "organs and acts": "liver kidney tumor ablation ",
    "denials": "without no not unlike liver ",
    "other codes": "see 47382 for liver tumor, ",
    "short sentences": "The liver tumor is frozen. ",
    "open brackets": "( liver ",
    "cues behind": "is not used, ",
    "agents": "argon freezes helium thaws ",
    "temperatures": "60 to 80 degrees C ",
    "cycles": "freeze again ",
    "pronouns": "Those are other codes; they have codes of their own. ",
}
FEW, MANY = 150, 600


def calls(text: str) -> int:
    """How many calls it takes to read a page."""
    page = read_page(text.encode(), "50593_x.txt")
    number = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal number
        number += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read(page)
    finally:
        sys.setprofile(before)
    return number


@pytest.mark.parametrize("name", PATTERNS)
def test_work_grows_with_the_text(name: str) -> None:
    calls(OPENING)  # What is read once and kept is no part of it.
    few, many = (calls(OPENING + PATTERNS[name] * times) for times in (FEW, MANY))
    assert many < few * (MANY / FEW) * 1.5
