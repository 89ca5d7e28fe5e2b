from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from extract.code import code_of_name, find_code
from extract.model import Page
from extract.page import read_page
from extract.rights import rights_lines
from ontology.headings import headings
from tests.floors import gold_files

CASES = Path(__file__).parent / "cases" / "page"
GOLD = Path(__file__).parent / "gold"
SHARED = Path(__file__).parents[1].parent / "shared"


def gold_pages() -> list[tuple[Path, dict[str, Any]]]:
    listed = [(GOLD / "pages", file) for file in gold_files()]
    listed += [(SHARED / "pages", SHARED / "pages" / "gold.json")] if SHARED.is_dir() else []
    return [(folder / e["file"], e) for folder, file in listed for e in json.loads(file.read_text("utf-8"))]


@cache
def read(file: Path) -> Page:
    return read_page(file.read_bytes(), file.name)


def flat(text: str) -> str:
    return " ".join(text.split())


def told(page: Page) -> dict[str, Any]:
    """A page in the form of ``expected.json``: what does not belong to the site."""
    return {
        "code": page.code,
        "locked_sections": page.locked_sections,
        "rights": [[line.holder, line.year] for line in page.rights],
        "sections": [
            {
                "role": section.role,
                "heading": section.heading.rstrip(":"),
                "blocks": [flat(page.text[b.start : b.end]) for b in section.blocks],
            }
            for section in page.sections
            if section.role != "boilerplate"
        ],
    }


@pytest.mark.parametrize("file", sorted(CASES.glob("*/page.*")), ids=lambda f: f"{f.parent.name}{f.suffix}")
def test_html_and_text_of_a_page_give_what_is_expected(file: Path) -> None:
    assert told(read(file)) == json.loads((file.parent / "expected.json").read_text("utf-8"))


@pytest.mark.parametrize(("file", "gold"), gold_pages(), ids=lambda v: v.name if isinstance(v, Path) else "")
def test_gold_pages(file: Path, gold: dict[str, Any]) -> None:
    page = read(file)
    rights = [(line.holder, line.year) for line in page.rights]
    assert page.code == gold["code"]
    assert page.locked_sections == gold["locked_sections"]
    assert sorted(rights) == sorted((r["name"], r["year"]) for r in gold["rights_holders"])


def test_descriptors_are_told_on_most_gold_pages() -> None:
    told_right = [
        any(s.role == "official-descriptor" for s in read(file).sections) == gold["official_descriptor_present"]
        for file, gold in gold_pages()
    ]
    assert sum(told_right) / len(told_right) > 0.9


@pytest.mark.parametrize(
    ("name", "code"), [("000_702efcb47936bfc5.txt", "50593"), ("001_0ce6313cf2d1e1ea.txt", "50250")]
)
def test_seeds(name: str, code: str) -> None:
    file = SHARED / "seeds" / name
    if not file.exists():
        pytest.skip("the seed pages are not beside this repository")
    page = read(file)
    assert (page.code, page.locked_sections, page.edition_year) == (code, 6, 2026)
    assert [(r.holder, r.year) for r in page.rights] == [("American Medical Association", 2026), ("Coding Ahead", 2026)]
    roles = [s.role for s in page.sections if s.role != "boilerplate"]
    assert roles == (["description"] if code == "50593" else ["official-descriptor", "description"])


def test_positions_stand_in_the_text() -> None:
    page = read(CASES / "portal" / "page.html")
    assert page.address == "https://pebble.example/cpt/38999"
    for hidden in ("Laser", "Heat", "microwave", "endoscopic", "laser"):
        assert hidden not in page.text
    for line in page.rights:
        assert line.holder in page.text[line.start : line.end]


def test_a_text_file_is_left_as_it_is() -> None:
    page = read_page(b"\xef\xbb\xbfCPT 38999\r\n\r\n  Freezing of  the spleen.\r\n", "a.txt")
    assert page.text == "CPT 38999\n\n  Freezing of  the spleen.\n"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("CPT 38999 covers caf\u00e9 \u2013 x".encode("windows-1252"), "caf\u00e9 \u2013 x"),
        ("CPT 38999 covers caf\u00e9".encode("utf-16"), "caf\u00e9"),
        (b'<meta charset="iso-8859-1"><p>CPT 38999 covers \x93x\x94', "\u201cx\u201d"),
        ('<meta charset="iso-8859-1"><p>CPT 38999 covers caf\u00e9'.encode(), "caf\u00e9"),
    ],
)
def test_encodings(data: bytes, expected: str) -> None:
    assert read_page(data, "38999.html" if data.startswith(b"<") else "38999.txt").text.endswith(expected)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>radio<b>frequency</b></p>", "radiofrequency"),
        ("<p>radio<span>frequency</span> <span>clamp</span></p>", "radiofrequency clamp"),
        ("<tr><td>liver</td><td>laser</td></tr>", "liver\nlaser"),
        ("<table><tr><td>liver<td>laser</table>", "liver\nlaser"),
        ("<p>RVU<span>20.28</span></p>", "RVU20.28"),
        ("<p><span>RVU</span><span>20.28</span></p>", "RVU 20.28"),
        ("<p>cryo&shy;probe&nbsp;tip</p>", "cryoprobe\u00a0tip"),
        ("<p>one\n  two<br>three</p>", "one two\nthree"),
        ("<p>seen</p><p style='display: none'>no</p><p aria-hidden=true>no</p>", "seen"),
        ("<style>.x, #y {display:none} @media print {.z{display:none}}</style><p class=x>a<p id=y>b<p class=z>c", "c"),
        ("<p>unclosed <b>bold<p>next", "unclosed bold\nnext"),
        ("<form><input type=submit value='Sign in'><input type=text value=no></form>", "Sign in"),
    ],
)
def test_visible_text(markup: str, text: str) -> None:
    assert read_page(f"<html><body>{markup}</body></html>".encode(), "38999.html").text == text


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("CPT® Code 0582t describes steam.", "a.txt", "0582T"),
        ("CPT50593 is for freezing of a renal tumor.", "a.txt", "50593"),
        ("CPT-50593\n\nFreezing of a renal tumor.", "a.txt", "50593"),
        ("By way of comparison, CPT® Code 61736 takes care of one simple lesion.", "61737_site_1.txt", "61737"),
        ("Code deleted, see 43229\n\nThe scope is passed down and the lesion is burned.", "43228_x.txt", "43228"),
        ("Freezing it\n(bills as 19105)\n\nA lump is frozen. It costs $12345 and is not 19120.", "a.txt", "19105"),
        ("Code: 32994\n\nUnlike 32998 it makes ice.\n\nUnlike 32998 again.", "a.txt", "32994"),
        ("CPT 47382\n\nThe tumor of the liver is heated. See 47383.", "47383_site.txt", "47382"),
    ],
)
def test_which_code_a_page_is_about(text: str, name: str, code: str) -> None:
    assert read_page(text.encode(), name).code == code


@pytest.mark.parametrize(
    ("name", "code"), [("61737_a_1.txt", "61737"), ("0404t.html", "0404T"), ("000_a.txt", None), ("505933.txt", None)]
)
def test_code_of_a_file_name(name: str, code: str | None) -> None:
    assert code_of_name(name) == code


def test_the_page_s_own_address_names_its_code() -> None:
    assert find_code("A renal tumor is frozen.", (), "a.html", address="https://x.example/cpt/50593") == "50593"


@pytest.mark.parametrize(
    ("line", "rights"),
    [
        (
            "© Copyright 2026 American Medical Association. All rights reserved.",
            [("American Medical Association", 2026)],
        ),
        ("(c) 2025 Quillhaven Health", [("Quillhaven Health", 2025)]),
        ("CPT copyright 2016 American Medical Association", [("American Medical Association", 2016)]),
        ("Copyright © 2024-2026 Foo Inc.", [("Foo Inc.", 2026)]),
        ("CPT © 2026 A Board. Site © 2025 B Analytics.", [("A Board", 2026), ("B Analytics", 2025)]),
        ("© Foo Health 2024", [("Foo Health", 2024)]),
        ("© Foo Health", [("Foo Health", None)]),
        ("© 2026 Foo\n© 2026 Foo", [("Foo", 2026)]),
        ("CPT is a registered trademark of the American Medical Association.", []),
        ("(a) liver (b) lung (c) Kidney", []),
        ("The copyright of the code set belongs to others.", []),
    ],
)
def test_rights_lines(line: str, rights: list[tuple[str, int | None]]) -> None:
    assert [(found.holder, found.year) for found in rights_lines(line)] == rights


@pytest.mark.parametrize(
    ("lines", "locked"),
    [
        (["Register to view content", "Create a free account to unlock this content"] * 2, 2),
        (["Create a free account to unlock this content"] * 3, 3),
        (["Register to view content", "Create a free account to unlock this content", "Register to view content"], 2),
        (["Modifiers", "Subscribers only", "Payment", "Members only: log in to view"], 2),
        (["Sign in to read this section"], 1),
        (["Log in Register free account", "Register free account to get 5 more views."], 0),
    ],
)
def test_locked_sections(lines: list[str], locked: int) -> None:
    text = "CPT 38999 is for the freezing of a lesion of the spleen.\n\n" + "\n\n".join(lines)
    assert read_page(text.encode(), "38999.txt").locked_sections == locked


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("1. Indications", "indications"),
        ("What Is CPT Code 36475?", "description"),
        ("Summary & Overview", "lay-summary"),
        ("II. Procedure Description:", "steps"),
        ("Frequently Asked Questions", "faq"),
        ("Applicable modifiers", "coverage-and-billing"),
        ("Descriptor (reworded by us)", "official-descriptor"),
        ("RVUboard", None),
    ],
)
def test_headings(heading: str, role: str | None) -> None:
    assert headings().role_of(heading) == role


def test_an_unknown_heading_over_prose_is_a_description() -> None:
    page = read_page(b"CPT 38999\n\nNuts and bolts\nThe belly is opened and the spleen is frozen twice.", "a.txt")
    assert [(s.role, s.heading) for s in page.sections if s.role != "boilerplate"] == [
        ("description", "Nuts and bolts")
    ]
