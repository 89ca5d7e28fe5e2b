"""Copyright lines: who holds the rights, and since which year."""

from __future__ import annotations

import re
from typing import Final

from extract.model import RightsLine

_MARK: Final = r"(?:©|\(c\)|\bcopyright(?:ed)?\b)"
_YEARS: Final = r"(?P<{0}>(?:19|20)\d\d(?:\s*(?:[-–—,/]|to|and)\s*(?:19|20)?\d\d)*)"
_LINE: Final = re.compile(
    rf"(?P<marks>{_MARK}(?:\s{{0,3}}{_MARK}){{0,3}})[\s:,]{{0,4}}(?:by\s+)?(?:{_YEARS.format('before')}[\s,.:]{{0,4}})?(?:by\s+|of\s+)?(?P<rest>[^\n]{{0,240}})",
    re.IGNORECASE,
)
_WORK: Final = r",(?=[^\n]{0,60}\b(?:edition|manual|volume|vol|version|release)\b)"
"""Behind a holder: what it holds the rights of."""
_STOPS: Final = (
    rf"{_WORK}"
    r"|[;|·•\"“”()]|,?\s*\ball rights\b|,\s*(?:19|20)\d\d|\s(?:19|20)\d\d\b|\.(?:\s|$)|\s[-–—]\s"
    r"|\s+(?:is|and is|has|CPT)\s|\s+(?:Imprint|Impressum|Terms|Privacy|Contact|Sitemap|Cookies|Disclaimer)\b|$"
)
_HOLDER: Final = re.compile(rf"(?:the\s+)?(?P<name>[A-Z0-9][^\n]*?)(?=\s*(?:{_STOPS}))")
_BEFORE: Final = re.compile(r"(?:^|[\n|·•.])[ \t]*(?P<name>[A-Z][^\n|·•.:;,]{2,70}(?:, (?:Inc|LLC|Ltd))?\.?),?[ \t]*$")
_YEARS_END: Final = re.compile(rf"[ \t]*{_YEARS.format('years')}[ \t]*(?=[\n.|·•]|$)")
"""A holder in front of the mark, with nothing but years behind it: ``Foo Press © 2024``."""
_LOWER_CASE_HOLDER: Final = re.compile(r"(?P<name>[a-z][^\n]{0,60}?)(?=[\s,.;]{1,3}all rights\b)")
"""A site that writes itself small: only between a year and "all rights reserved", else it is prose."""
_ABBREVIATION: Final = re.compile(r"\b(?:Inc|Ltd|Co|Corp|Assn|St|Dr|S\.A|B\.V|U\.S)\.?$")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


def rights_lines(text: str) -> tuple[RightsLine, ...]:
    """The copyright lines of a page in reading order, each holder and year once.

    A line that only says whose trademark something is, is none. Of several years the latest counts.

    >>> [(r.holder, r.year) for r in rights_lines("Copyright © 2024-2026 Foo Inc. All rights reserved.")]
    [('Foo Inc.', 2026)]
    >>> [(r.holder, r.year) for r in rights_lines("Foo Press © 2024. CPT is a trademark.")]
    [('Foo Press', 2024)]
    >>> [(r.holder, r.year) for r in rights_lines("(c) 2023 foonotes, all rights reserved")]
    [('foonotes', 2023)]
    >>> [(r.holder, r.year) for r in rights_lines("© 2026 Foo Press Imprint Privacy")]
    [('Foo Press', 2026)]
    >>> rights_lines("CPT is a registered trademark of the American Medical Association.")
    ()
    """
    found: dict[tuple[str, int | None], RightsLine] = {}
    at = 0
    while match := _LINE.search(text, at):
        line = _rights(match)
        at = line.end if line else match.end("marks")
        if line:
            found.setdefault((line.holder, line.year), line)
    return tuple(found.values())


def _rights(match: re.Match[str]) -> RightsLine | None:
    before = _BEFORE.search(match.string, max(0, match.start() - 120), match.start())
    ends = _YEARS_END.match(match.string, match.end("marks"))
    if before and ends:
        year = max(map(int, _YEAR.findall(ends[0])))
        return RightsLine(before["name"].strip(), year, before.start("name"), ends.end("years"))
    rest = match["rest"]
    holder = _HOLDER.match(rest) or (match["before"] and _LOWER_CASE_HOLDER.match(rest))
    if not holder:
        return None
    name = holder["name"].strip(" ,.")
    end = holder.end("name")
    if _ABBREVIATION.search(name) and rest[end : end + 1] == ".":
        name, end = name + ".", end + 1
    years = _YEAR.findall(match["before"] or "")
    if not years:
        years = _YEAR.findall(rest[end : end + (80 if re.match(_WORK, rest[end:], re.IGNORECASE) else 8)])
    # A bare "(c)" numbers a list, and "copyright" is also a word of prose.
    if (not years and "©" not in match["marks"]) or not name or len(name.split()) > 12:
        return None
    return RightsLine(name, max(map(int, years), default=None), match.start(), match.start("rest") + end)
