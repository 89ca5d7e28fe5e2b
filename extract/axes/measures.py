"""Temperatures at the site and the number of freeze-thaw cycles."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Final

from extract import roles
from extract.findings import Findings, Verdict
from extract.view import View

_CELSIUS: Final = re.compile(
    r"(?P<low>(?:minus\s|[-−–])?\s?\d{1,3}(?:\.\d+)?)(?:\s*(?:°\s*C?|degrees?(?:\s(?:centigrade|celsius|C\b))?)?\s*(?P<range>to|-|–|—|and|or)\s*"
    r"(?P<high>(?:minus\s|[-−–])?\s?\d{1,3}(?:\.\d+)?))?\s*(?:°\s*C\b|º\s*C\b|℃|(?:degrees?|deg\.?)[\s\u00a0]+(?:centigrade|celsius|C\b))",
    re.IGNORECASE,
)
_SIGNED: Final = re.compile(
    r"(?P<low>(?:\bminus\s|(?<!\w)[-−–])\s?\d{1,3}(?:\.\d+)?)(?P<high>(?!))?\s?C\b(?!\s*[-–])", re.IGNORECASE
)
"""A negative number of C, without a word or sign for degrees."""
_NUMBERS: Final = {"two": 2, "three": 3, "four": 4, "five": 5, "double": 2, "triple": 3}
_CYCLES: Final = re.compile(
    r"(?<!\bor )(?<!\bto )(?<!-)\b(?P<count>[2-9]|two|three|four|five|double|triple)[\s\u00a0]+"
    r"(?:(?:complete|full|such|successive|consecutive)[\s\u00a0]+)?"
    r"(?:freez\w*|cycles?\s+of\s+freez\w*|rounds?\s+of\s+freez\w*|cryo\w*\s+cycles?)",
    re.IGNORECASE,
)
_REPEATED: Final = re.compile(
    r"\b(?:(?:freez|froze|thaw|cycle|sequence)[^.;]{0,60}?\b(?P<twice>twice|two\s+times|three\s+times)"
    r"|(?:freez|froze)\w*[^.;]{0,40}?\b(?P<again>second\s+time|third\s+time|once\s+again"
    r"|(?:is|are)\s+(?:then\s+)?repeated(?!\s+(?:until|for|at|on|in|elsewhere|nearby|beside|as|if|when)\b))"
    r"|thaw[^.;]{0,60}?\b(?P<thawed>second\s+time|third\s+time|once\s+(?:again|more))"
    r"|(?:freez|froze)\w*\s+(?:it\s+|once\s+)?(?P<anew>again|anew|afresh|more\b(?!\s+\w))"
    r"|(?:freez|froze)[^.;]{0,60}?\bthaw\w*,?\s(?:[\w-]+,?\s){0,3}?(?P<then>and|then)\s(?:\w+\s)?(?:re)?(?:freez|froze)\w*"
    r"|(?P<second>second|third)\s+(?:freez\w*|cycle\s+of\s+freez\w*)"
    r"|(?P<cycles>two|three|four|2|3|4)\s+(?:complete\s+|full\s+|such\s+)?cycles)\b",
    re.IGNORECASE,
)
_CYCLE: Final = re.compile(r"\b(?P<cycle>second|two|2)\s+(?:such\s+|full\s+|complete\s+)?cycles?\b", re.IGNORECASE)
"""A cycle that says of what it is elsewhere: read where cold is the energy source."""
_FROZEN: Final = re.compile(r"freez|frozen|thaw|cryo", re.IGNORECASE)
_OPTION: Final = re.compile(r"\b(?:may|can|might|could)\b", re.IGNORECASE)
_OPTION_REACH: Final = 40
COLD: Final = "energy/cryogenic"
_TIMES: Final = {
    "twice": 2,
    "again": 2,
    "anew": 2,
    "afresh": 2,
    "more": 2,
    "and": 2,
    "then": 2,
    "is": 2,
    "are": 2,
    "three": 3,
    "once": 2,
    "two": 2,
    "second": 2,
    "third": 3,
    "four": 4,
    "2": 2,
    "3": 3,
    "4": 4,
}
_LOWER: Final = re.compile(
    r"(?:above|over|at least|more than|exceed\w*|beyond|upwards of|as low as|down to)\s*$", re.IGNORECASE
)
_UPPER: Final = re.compile(r"(?:below|under|at most|up to|as high as|less than|no more than)\s*$", re.IGNORECASE)
_FROST: Final = re.compile(r",?\s+(?:below\s+(?:zero|freezing|the\s+freezing\s+point)|of\s+frost)\b", re.IGNORECASE)
"""Words behind a temperature that make it one of cold."""
_ABOUT: Final = re.compile(r"(?:about|around|some|roughly|approximately|near|nearly|circa)\s*$", re.IGNORECASE)


def read(view: View, findings: Findings) -> None:
    """Hold every temperature and a number of cycles that a main section states."""
    cold = findings.values("energySource") == (COLD,)
    for sentence in view.script.sentences:
        if sentence.role not in view.main | roles.SIDE:
            continue
        start = view.script.tokens[sentence.first].start
        end = view.script.tokens[sentence.last - 1].end
        text = view.page.text[start:end]
        for found in chain(_CELSIUS.finditer(text), _SIGNED.finditer(text)):
            _temperature(view, findings, start, found, sentence.index)
        for found in _CYCLES.finditer(text):
            _cycles(view, findings, start, found)
        if _FROZEN.search(text):
            for found in _REPEATED.finditer(text):
                if not _OPTION.search(text, max(0, found.start() - _OPTION_REACH), found.end()):
                    _cycles(view, findings, start, found)
        elif cold and sentence.role in view.main:
            for found in _CYCLE.finditer(text):
                _cycles(view, findings, start, found)


def _tokens(view: View, start: int, end: int) -> tuple[int, int]:
    tokens = view.script.tokens
    first = bisect_right(tokens, start, key=lambda token: token.end)
    return first, bisect_left(tokens, end, lo=first, key=lambda token: token.start)


def _temperature(view: View, findings: Findings, offset: int, found: re.Match[str], sentence: int) -> None:
    first, last = _tokens(view, offset + found.start("low"), offset + found.end())
    evidence = view.evidence(first, last)
    values = [found["low"]] if found["high"] is None else [found["low"], found["high"]]
    numbers = [_number(value) for value in values]
    if None in numbers:
        return
    if _FROST.match(found.string, found.end()):
        numbers = [-abs(number) for number in numbers if number is not None]
    code = view.codes.foreign(first, last, sentence)
    if code is not None:
        for number in numbers:
            findings.reject("temperature", str(number), Verdict("other-code", view.words(code, code + 1)), evidence)
        return
    for scope in view.contexts.of(first, last, sentence):
        if "temperature" in scope.hit.cue.rejects:
            words = view.words(scope.hit.first, scope.hit.last)
            for number in numbers:
                findings.reject("temperature", str(number), Verdict(scope.hit.cue.context, words), evidence)
            return
    if found["high"] is not None and found["low"].strip()[0] in "-−–m" and numbers[1] is not None and numbers[1] > 0:
        numbers[1] = -numbers[1]
    before = found.string[: found.start()]
    bounds = ["lower", "upper"] if len(numbers) == 2 else [_bound(before)]
    if len(numbers) == 2:
        numbers.sort(key=lambda number: number or Decimal(0))
    for number, bound in zip(numbers, bounds, strict=True):
        node = ("temperature", str(number))
        findings.claim(node, "numericValue", str(number), "stated", [evidence])
        if bound:
            findings.claim(node, "bound", f"bound/{bound}", "stated", [evidence])


def _number(raw: str) -> Decimal | None:
    text = raw.strip().casefold().replace("−", "-").replace("–", "-").replace("minus", "-").replace(" ", "")
    text = re.sub(r"\s", "", text)
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _bound(before: str) -> str:
    if _LOWER.search(before):
        return "lower"
    if _UPPER.search(before):
        return "upper"
    return "approximate" if _ABOUT.search(before) else ""


def _cycles(view: View, findings: Findings, offset: int, found: re.Match[str]) -> None:
    word = next(group for group in found.groups() if group).split()[0].casefold()
    count = _TIMES.get(word) or _NUMBERS.get(word) or int(word)
    if not count or findings.values("freezeThawCycles"):
        return
    first, last = _tokens(view, offset + found.start(), offset + found.end())
    findings.claim((), "freezeThawCycles", str(count), "stated", [view.evidence(first, last)])
