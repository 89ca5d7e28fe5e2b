from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.decode import MOST_BYTES
from extract.markup import DEEPEST
from extract.model import PageError, Reason
from extract.page import read_page

PROSE = "Freezing of a tumor of the kidney with a probe that is passed through the skin."
BITS = [
    *("CPT® Code 50593", "50592", "50593> <x", "0404t", "Official Description", "Q: Why?", "A: So.", "Also known as:"),
    *("© 2026 Foo", "(c)", "Register to view content", "Indications", "1. x", "- item", "    ", "  |  ", "...", ":"),
    *("The tumor is frozen.", "see 47382", "renal tumor(s), 1 or more", "\n", "\n\n", "\r\n", "\t", "\f", "\u2028"),
    *("<p>", "</p>", "<br>", "<h2>", "</h2>", "<table><tr><th>", "<td>", "<li>", "<dl><dt>", "<dd>", "<b>", "</b>"),
    *("<nav>", "<pre>", "<style>p{display:none}</style>", "<script>", "<!--", "-->", "<![CDATA[", "&nbsp;", "&#0;"),
]


def reason(data: bytes | str, name: str = "page.txt") -> Reason:
    with pytest.raises(PageError) as caught:
        read_page(data.encode() if isinstance(data, str) else data, name)
    assert caught.value.message
    return caught.value.reason


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("", Reason.EMPTY),
        (b"\xef\xbb\xbf \r\n\t", Reason.NO_TEXT),
        ("<html><head><title>50593</title></head><body><script>50593</script></body></html>", Reason.NO_TEXT),
        (b"%PDF-1.7 CPT Code 50593", Reason.BINARY),
        (b"PK\x03\x04rest", Reason.BINARY),
        (b"CPT Code 50593\0 describes", Reason.BINARY),
        (b"\x01\x02\x03\x04" * 100, Reason.BINARY),
        (b"a" * (MOST_BYTES + 1), Reason.TOO_LARGE),
        ("<html>" + "<div>" * 100_000 + PROSE, Reason.TOO_DEEP),
        ("<html>" + "<b>" * (DEEPEST + 1) + PROSE, Reason.TOO_DEEP),
        (PROSE, Reason.NO_CODE),
        (PROSE + " It costs $50593, by phone 555-50593, for C64.1, G0297 and 12345-6789.", Reason.NO_CODE),
        ("CPT 50593> <x\n\n" + PROSE, Reason.MALFORMED_CODE),
        ("50593> <x\n\n" + PROSE, Reason.MALFORMED_CODE),
        ("Code\n50593> <x\n\n" + PROSE, Reason.MALFORMED_CODE),
        ("CPT Code 505933 describes the " + PROSE, Reason.MALFORMED_CODE),
        ('CPT Code 50593"><script>alert(1)</script> describes the ' + PROSE, Reason.MALFORMED_CODE),
        ("<html><h1>CPT 50593&gt; &lt;x</h1><p>" + PROSE, Reason.MALFORMED_CODE),
        ("<html><h1>CPT 50593> <x</h1><p>" + PROSE, Reason.MALFORMED_CODE),
        ("<html><h1>50592 or 50593?</h1><p>Both 50592 and 50593 go through the skin.", Reason.SEVERAL_CODES),
        ("CPT 50592 is for heat.\n\nCPT 50593 is for cold.", Reason.SEVERAL_CODES),
        ("CPT code 50593\n\nYou have reached your page view limit. Sign in to go on reading.", Reason.LOCKED),
        ("CPT code 50593\n\nDescription\nMembers only: sign in to read this section", Reason.LOCKED),
        ("Home | Codes | Forum\n\nSubscribers only\n\n(c) 2026 Foo", Reason.LOCKED),
    ],
)
def test_a_page_that_cannot_be_used(data: bytes | str, expected: Reason) -> None:
    assert reason(data) is expected


def test_a_broken_code_in_the_file_name() -> None:
    assert reason(PROSE, "50593> <x.txt") is Reason.MALFORMED_CODE


def test_the_file_name_settles_what_a_comparison_leaves_open() -> None:
    assert read_page(b"CPT 50592 is for heat.\n\nCPT 50593 is for cold.", "50593_site_1.txt").code == "50593"


def test_a_view_counter_on_a_page_with_its_text_is_furniture() -> None:
    page = read_page(f"0 code page views remaining.\n\nCPT code 50593 describes this. {PROSE}".encode(), "a.txt")
    assert [s.role for s in page.sections] == ["boilerplate", "description"]


@pytest.mark.parametrize("unit", ["<p>", "<li>x", "CPT ", "© ", "50593 ", "a.", " ", "x  ", "(c) 2020 A", "<", "| "])
def test_long_pages_are_read_quickly(unit: str) -> None:
    data = ("<html>" if unit.startswith("<") else "") + unit * 20_000
    check(data.encode(), "50593.html")


def check(data: bytes, name: str) -> None:
    try:
        page = read_page(data, name)
    except PageError:
        return
    at = 0
    for section in page.sections:
        assert section.blocks
        assert (section.start, section.end) == (section.blocks[0].start, section.blocks[-1].end)
        for block in section.blocks:
            assert at <= block.start < block.end <= len(page.text)
            at = block.end
    for line in page.rights:
        assert line.holder in page.text[line.start : line.end]


@given(st.binary(max_size=400), st.sampled_from(["50593.txt", "50593.html", "x.htm"]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_page_or_a_reason(data: bytes, name: str) -> None:
    check(data, name)


@given(
    st.lists(st.sampled_from(BITS) | st.text(max_size=8), max_size=40),
    st.sampled_from(["50593.txt", "50593.html", "x"]),
)
@settings(max_examples=200, deadline=None)
def test_any_page_like_text_gives_a_page_or_a_reason(parts: list[str], name: str) -> None:
    check(" ".join(parts).encode("utf-8", "replace"), name)
