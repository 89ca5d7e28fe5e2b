"""Which code a page is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from extract.blocks import Piece
from extract.model import BlockKind, PageError, Reason
from ontology import headings

_SHAPE: Final = r"\d{4}[0-9FTUMA]"
_AFTER: Final = r"(?![\w%°])(?!-\d{3,4}\b)(?![.,]\d)(?![^\s\w]{0,4}[<>{}\\^])"
_PLAIN: Final = re.compile(rf"(?:(?<=cpt)|(?<![\w$€£#.,/–])(?<!\d-))(?P<code>{_SHAPE}){_AFTER}", re.IGNORECASE)
_LABEL: Final = (
    r"\b(?:cpt(?:\b|(?=\d))[\s®™]{0,4}4?|bills as|"
    r"(?:(?:billing|procedure|service|cpt|your)[\s®]{1,3}){0,3}(?:code|number|no\.))"
    r"(?:[\s®:#(–-]|\bcodes?\b|\bno\.|\bnumber\b|\bis\b|\byour hospital will use\b){0,8}"
)
_LABELLED: Final = re.compile(rf"{_LABEL}(?:(?<=cpt)|(?<![\w.,/]))(?P<code>\d{{4}}[0-9A-Z]){_AFTER}", re.IGNORECASE)
_MALFORMED: Final = re.compile(
    rf"{_LABEL}(?:(?<=cpt)|(?<![\w.,/]))(?P<token>\d{{4}}[0-9A-Z](?:[^\s\w]{{0,4}}[<>{{}}\\^]|\w)\S*)", re.IGNORECASE
)
_OPENER: Final = re.compile(rf"\W{{0,4}}CPT[\s®™-]{{0,4}}(?:codes?\W{{1,3}})?(?P<code>{_SHAPE}){_AFTER}", re.IGNORECASE)
_LONGEST: Final = 50_000
_VALUE: Final = re.compile(rf"\W*(?P<code>\d{{4}}[0-9A-Z]){_AFTER}", re.IGNORECASE)
_BROKEN: Final = re.compile(r"\W*(?P<token>\d{4}[0-9A-Z](?:[^\s\w]{0,4}[<>{}\\^]|\w)\S*)", re.IGNORECASE)
_STEM: Final = re.compile(r"(?:cpt[-_ ]?)?(?P<code>\d{4}[0-9A-Z])(?=[-_. ]|$)", re.IGNORECASE)
_IN_ADDRESS: Final = re.compile(r"(?<![A-Za-z0-9])(?:cpt[-_]?)?(?P<code>\d{4}[0-9FTUMA])(?![A-Za-z0-9])", re.IGNORECASE)
_CODE_LABELS: Final = frozenset(
    (
        "",
        "code",
        "number",
        "billing number",
        "billing",
        "us billing number",
        "procedure",
        "no",
        "entry",
        "code addressed",
        "subject code",
        "addressed",
    )
)
_QUESTION: Final = re.compile(r"\bquestions? about\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Mention:
    code: str
    start: int
    labelled: bool


def codes_in(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[str, int, int]]:
    """Codes in a stretch of text, with start and end of each; sums, years and longer numbers are none.

    >>> [c for c, _, _ in codes_in("CPT® Code 0582t, $12345, 50593-50595, 55812-1234, page 3")]
    ['0582T', '50593']
    """
    for found in _PLAIN.finditer(text, start, len(text) if end is None else end):
        yield found["code"].upper(), found.start("code"), found.end("code")


def code_of_name(name: str) -> str | None:
    """The code that a file name begins with, or None.

    >>> code_of_name("0404t_site_1.html"), code_of_name("index.html"), code_of_name("505933.txt")
    ('0404T', None, None)
    """
    found = _STEM.match(PurePath(name).name)
    return found["code"].upper() if found else None


def find_code(text: str, pieces: Sequence[Piece], name: str, title: str = "", address: str | None = None) -> str:
    """The code that a page is about.

    What the page puts in its title, at its head, on a line of its own, behind the label "Code" or in its own address
    counts most; then what its first sentences call their subject; then the file name; then the one code that the rest
    speaks of. The file name decides among several, and against a head whose code the page speaks of less.

    Args:
        text: The page's text.
        pieces: Its pieces in reading order.
        name: The file's name.
        title: The document's title.
        address: The page's own address.

    Raises:
        PageError: No code, several alike, or something that is no code where the page names its own.
    """
    named = code_of_name(name)
    heads, broken = _heads(text, pieces, title)
    if address:
        heads.update(dict.fromkeys(_address_codes(address), 2))
    if named and named in heads:
        return named
    first = _opening(text, pieces) if len(_openers(text, pieces)) <= 1 else None
    if broken is None and not heads:
        broken = _broken_opening(text, pieces)
    if broken is not None and not (heads or first):
        token, start = broken
        raise PageError(
            Reason.MALFORMED_CODE,
            f"The page gives {token[:20]!r} as its code, which is no code (four digits and a digit or letter).",
            start,
        )
    clear = _clear_winner(heads) or (first if not heads else None)
    spoken = _spoken(text, pieces)
    if clear and not (named and spoken[named] >= max(1, spoken[clear])):
        return clear
    if named:
        return named
    spoken.update(dict.fromkeys(heads, 2))
    stem = _BROKEN.match(PurePath(name).name.removesuffix(PurePath(name).suffix))
    if not spoken and stem:
        raise PageError(
            Reason.MALFORMED_CODE,
            f"The file's name begins with {stem['token'][:20]!r}, which is no code, and the page names none.",
        )
    if not spoken:
        raise PageError(
            Reason.NO_CODE,
            "The page names no procedure code (four digits and a digit or letter, such as 50593 or 0404T).",
        )
    winner = _clear_winner(spoken)
    if winner:
        return winner
    several = ", ".join(sorted(spoken)[:6])
    raise PageError(
        Reason.SEVERAL_CODES, f"The page tells of several codes alike ({several}): one page is about one code."
    )


def _clear_winner(votes: Counter[str]) -> str | None:
    ranked = votes.most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] < 2 * ranked[1][1]):
        return None
    return ranked[0][0]


def _address_codes(address: str) -> set[str]:
    return {found["code"].upper() for found in _IN_ADDRESS.finditer(address)}


def _heads(text: str, pieces: Sequence[Piece], title: str) -> tuple[Counter[str], tuple[str, int] | None]:
    """Codes in the places where a page says what it is about, and the first broken code there."""
    titled = {code for code, _, _ in codes_in(title)}
    votes: Counter[str] = Counter(dict.fromkeys(titled, 3 if len(titled) == 1 else 1))
    broken: tuple[str, int] | None = None
    alike = len(_openers(text, pieces)) > 1
    after_label = headed = opened = False
    for number, (piece, line) in enumerate(_main(text, pieces)):
        label, after_label = after_label, False
        codes = {code for code, _, _ in codes_in(line, 0, min(len(line), _LONGEST))}
        if len(line) > 200:
            opened = opened or bool(codes)
            continue
        bare = label or (number < 6 and len(line.split()) <= 4)
        found = _MALFORMED.search(line) or (_BROKEN.match(line) if bare else None)
        if found and broken is None and (bare or _is_head(piece, line, number)):
            broken = found["token"], piece.start + found.start("token")
        value = _VALUE.match(line)
        if label and value:
            votes[value["code"].upper()] += 3
        elif piece.kind is BlockKind.HEADING and piece.level <= 3 and not headed:
            votes.update(dict.fromkeys(codes, 3))
            headed = bool(codes)
        elif is_label(line) and codes and number < 12:
            votes.update(dict.fromkeys(codes, 3))
        elif _QUESTION.search(line):
            votes.update(dict.fromkeys(codes, 1))
        elif (
            (not opened or _OPENER.match(line))
            and not alike
            and number < 8
            and len(line.split()) <= 25
            and not _turns_away(line[: line.upper().find(min(codes, key=line.upper().find))] if codes else line)
        ):
            votes.update(dict.fromkeys(codes, 3))
        opened = opened or bool(codes)
        after_label = is_label(line) and not codes and not value
    return votes, broken


def _is_head(piece: Piece, line: str, number: int) -> bool:
    return piece.kind is BlockKind.HEADING or (number < 6 and len(line.split()) <= 16)


def is_label(line: str) -> bool:
    """Whether a line is a code's label, with or without the code: "Code", "CPT® 50593", "Billing number: 55880"."""
    return headings.normalise(line) in _CODE_LABELS and len(line.split()) <= 8


def _turns_away(before: str) -> bool:
    return headings.lines()["other-code"].pattern.search(before) is not None


def _main(text: str, pieces: Sequence[Piece]) -> Iterator[tuple[Piece, str]]:
    for piece in pieces:
        if not piece.side and not piece.linked:
            yield piece, text[piece.start : piece.end]


def _opening(text: str, pieces: Sequence[Piece]) -> str | None:
    """The code that the first prose names as its subject behind a label, in its first two sentences or so."""
    for piece, line in _main(text, pieces):
        if len(line.split()) < 8:
            continue
        found = _LABELLED.search(line, 0, 400)
        if found and not _turns_away(_clause_before(line, found.start())):
            return found["code"].upper()
        if len(line.split()) >= 25 or piece.kind is BlockKind.PARAGRAPH:
            return None
    return None


def _openers(text: str, pieces: Sequence[Piece]) -> set[str]:
    """Codes that begin a paragraph or item of the main part behind the label "CPT"."""
    return {found["code"].upper() for _, line in _main(text, pieces) if (found := _OPENER.match(line))}


def _broken_opening(text: str, pieces: Sequence[Piece]) -> tuple[str, int] | None:
    for piece, line in _main(text, pieces):
        found = _MALFORMED.search(line, 0, 400)
        if found:
            return found["token"], piece.start + found.start("token")
        if _LABELLED.search(line, 0, 400):
            return None
    return None


def _clause_before(line: str, end: int) -> str:
    start = max(line.rfind(mark, 0, end) for mark in (". ", "; ", "(", "? ", "! ")) + 1
    return line[max(start, end - 60) : end]


def _spoken(text: str, pieces: Sequence[Piece]) -> Counter[str]:
    """How often the main part speaks of each code, where it does not turn to another one."""
    votes: Counter[str] = Counter()
    for _, line in _main(text, pieces):
        labelled = {found.start("code") for found in _LABELLED.finditer(line, 0, _LONGEST)}
        for code, start, _ in codes_in(line, 0, min(len(line), _LONGEST)):
            if not _turns_away(_clause_before(line, start)):
                votes[code] += 3 if start in labelled else 1
    return votes
