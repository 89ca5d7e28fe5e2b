"""What may be asked: queries alone, of what this endpoint holds.

Whether a text is a query is for the parser of Oxigraph to say, which also answers it. It tells no keywords, so each
``SERVICE`` and ``FROM`` is replaced by a word of the same length that is none: where the word stood in a string, an IRI
or a comment the text is still a query, where it was a keyword it is not, and the error is at its place.

The parser can be brought down by a text nested deep enough, so it works in a process of its own (`flows.serve.reader`).
"""

from __future__ import annotations

import re
from typing import Final

import pyoxigraph as ox

from flows.asking.query import place

LONGEST: Final = 1 << 20
"""So many characters a query may have."""

_WORDS: Final = re.compile("SERVICE|FROM", re.IGNORECASE)
# A letter for the grammar wherever letters may stand in names (SPARQL 1.1, PN_CHARS_BASE), and in no keyword.
_LETTER: Final = "Þ"
# SPARQL 1.1, section 19.2: these stand for characters anywhere, in keywords too.
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_ESCAPES: Final = 8
_FORM: Final = re.compile(
    r"(?:\s|\#[^\n]*\n|PREFIX\s+[^\s:]*:\s*<[^>]*>|BASE\s*<[^>]*>)*"
    r"(?P<verb>INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY|WITH)\b",
    re.IGNORECASE,
)
_NOBODY: Final = "nobody_names_a_variable_so"
_NO_UPDATE: Final = "this endpoint is read-only: it answers SELECT, ASK, CONSTRUCT and DESCRIBE"
_WHY: Final = {
    "SERVICE": "SERVICE is refused: this endpoint asks no other one",
    "FROM": "FROM is refused: everything stands in one graph, and no file or address is read; leave FROM out",
}


class RefusedError(Exception):
    """A text that is not answered.

    Args:
        status: Of HTTP: 400 for what is no query, 403 for what is not allowed.
        message: Why, in words.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def check(text: str) -> str:
    r"""See that a text is a query and asks nothing but this endpoint.

    Args:
        text: SPARQL.

    Returns:
        The query to answer: the text with its code point escapes resolved, so that what is answered is what was seen.

    Raises:
        RefusedError: The text is no query, or it is an update, or asks elsewhere.

    >>> check("ASK { ?service ?from 'SERVICE' } # FROM")
    "ASK { ?service ?from 'SERVICE' } # FROM"
    >>> check("ASK { \\u0053ervice <https://a.example/> { ?s ?p ?o } }")
    Traceback (most recent call last):
    flows.serve.guard.RefusedError: SERVICE is refused: this endpoint asks no other one (line 1, column 7)
    """
    if len(text) > LONGEST:
        raise RefusedError(413, f"the query is longer than {LONGEST} characters")
    text = _resolved(text)
    error = _parse(_WORDS.sub(lambda found: _LETTER * len(found[0]), text))
    if error is None:
        return text
    update = _FORM.match(text)
    if update is not None:
        raise RefusedError(403, f"{update['verb'].upper()} is refused: {_NO_UPDATE}")
    plain = _parse(text)
    if plain is not None:
        raise RefusedError(400, place(text, plain))
    word = _keyword(text)
    line = text.count("\n", 0, word.start()) + 1
    column = word.start() - text.rfind("\n", 0, word.start())
    raise RefusedError(403, f"{_WHY[word[0].upper()]} (line {line}, column {column})")


def _resolved(text: str) -> str:
    """The text without code point escapes; one that only appears when others are resolved is resolved as well."""
    for _ in range(_ESCAPES):
        if not _ESCAPE.search(text):
            return text
        try:
            text = _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
        except (ValueError, OverflowError) as error:
            raise RefusedError(400, f"the query holds an escape that stands for no character: {error}") from error
        if any("\ud800" <= mark <= "\udfff" for mark in text):
            raise RefusedError(400, "the query holds an escape that stands for half a character")
    raise RefusedError(400, "the query holds escapes within escapes")


def _parse(text: str) -> SyntaxError | None:
    """The error that the parser finds; nothing is answered.

    pyoxigraph has no call to parse alone. A value for a variable that the query does not give back is refused after
    the parser and before anything is worked out.
    """
    try:
        ox.Store().query(text, substitutions={ox.Variable(_NOBODY): ox.Literal(1)})
    except SyntaxError as error:
        return error
    except RuntimeError:
        return None
    raise RefusedError(400, f"the query gives back ?{_NOBODY}; name the variable in another way")


def _keyword(text: str) -> re.Match[str]:
    """The first word that is a keyword: without it the text is no query."""
    found = list(_WORDS.finditer(text))
    for word in found:
        if _parse(text[: word.start()] + _LETTER * len(word[0]) + text[word.end() :]) is not None:
            return word
    return found[0]
