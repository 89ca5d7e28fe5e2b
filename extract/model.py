"""The middle form: what a page is and what it says, in plain frozen dataclasses.

It knows neither the syntax of the input (HTML, text) nor that of the graph (RDF).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a page is in quarantine; the value is the reason code of ``quarantine.jsonl``."""

    EMPTY = "empty"
    BINARY = "binary"
    UNREADABLE = "unreadable"
    LINK_LOOP = "link-loop"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    NO_TEXT = "no-text"
    LOCKED = "locked"
    NO_CODE = "no-code"
    SEVERAL_CODES = "several-codes"
    MALFORMED_CODE = "malformed-code"
    SHAPE_VIOLATION = "shape-violation"


class PageError(Exception):
    """A page that cannot be used: the user's family of errors.

    Args:
        reason: Reason code.
        message: What is wrong and what to do, in words.
        start: Position in the page's text where it shows (0-based), or None.
    """

    def __init__(self, reason: Reason, message: str, start: int | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.start = start


class BlockKind(StrEnum):
    """What a block of a page's text is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    TERM = "term"
    DEFINITION = "definition"
    CELL = "cell"


@dataclass(frozen=True, slots=True)
class Block:
    """A run of the page's text that belongs together; a sentence never crosses a block.

    Attributes:
        start: First character (0-based) in the page's text.
        end: One past the last character.
        kind: What it is.
        level: Heading level 1 to 6, else 0.
    """

    start: int
    end: int
    kind: BlockKind
    level: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks under one heading.

    Attributes:
        role: Name of a concept of the scheme ``section-role`` (``official-descriptor``, ``description``, …).
        start: First character of the section's content, heading left out.
        end: One past the last character.
        heading: The heading's words, empty where the page has none.
        blocks: The content's blocks in reading order.
    """

    role: str
    start: int
    end: int
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class RightsLine:
    """A copyright line: who holds the rights, since which year, and where the line stands."""

    holder: str
    year: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was read.

    Attributes:
        sha256: Of the page's bytes, hexadecimal.
        text: The page's text: what positions count in. Newlines are LF, a byte order mark is gone, HTML is
            reduced to what a reader sees.
        code: The code that the page is about.
        sections: Titled sections in reading order; every block is in exactly one.
        rights: Copyright lines in reading order.
        locked_sections: How many sections are closed to guests.
        address: The page's own address, where it states one (``link rel=canonical``).
        edition_year: The latest year of the rights lines, or None.
    """

    sha256: str
    text: str
    code: str
    sections: tuple[Section, ...]
    rights: tuple[RightsLine, ...]
    locked_sections: int
    address: str | None
    edition_year: int | None


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """The words on a page that carry a fact.

    Attributes:
        sha256: Of the page.
        start: First character in the page's text (0-based).
        end: One past the last character.
        role: Section role by name (``official-descriptor``, …).
        quote: The words, at most twelve, exactly ``text[start:end]``.
    """

    sha256: str
    start: int
    end: int
    role: str
    quote: str


@dataclass(frozen=True, slots=True, order=True)
class Assertion:
    """A fact with its evidence.

    Attributes:
        node: What the fact is about: ``()`` for the procedure itself, else the key of one of its parts:
            ``("guidance-use", "ct")``, ``("substance-use", "argon", "freeze")``, ``("temperature", "-100")``.
        predicate: Local name under ``abl:`` (``approach``, ``energySource``, ``modality``, …), or ``type``
            for the class of an ablation.
        value: A concept's path (``approach/percutaneous``), a class name for ``type``, or a number in plain digits.
        rule: Name of the rule that accepted it.
        evidence: Where it was read, sorted, at least one.
    """

    node: tuple[str, ...]
    predicate: str
    value: str
    rule: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, order=True)
class Rejection:
    """A mention that names a value and is no fact, with the reason.

    Attributes:
        predicate: Which axis it would have been.
        value: The concept's path.
        reason: Name of the rule that rejected it (``negated``, ``compared``, ``other-code``, …).
        cue: The words that made the rule apply, empty where none did.
        evidence: Where the mention stands.
    """

    predicate: str
    value: str
    reason: str
    cue: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Reading:
    """What one page says."""

    page: Page
    assertions: tuple[Assertion, ...]
    rejections: tuple[Rejection, ...]


@dataclass(frozen=True, slots=True, order=True)
class Disagreement:
    """Two pages, or two sections, that give different answers to one question.

    Attributes:
        node: As in `Assertion`.
        predicate: As in `Assertion`.
        kept: The value that became the fact.
        withheld: The value that did not.
        kept_evidence: Where the kept one was read.
        withheld_evidence: Where the other one was read.
    """

    node: tuple[str, ...]
    predicate: str
    kept: str
    withheld: str
    kept_evidence: tuple[Evidence, ...]
    withheld_evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Procedure:
    """All that the pages of one code say.

    Attributes:
        code: The code.
        pages: Its pages, sorted by sha256, keyed by it.
        assertions: Facts, sorted.
        rejections: What was read and not believed, sorted.
        disagreements: Sorted.
    """

    code: str
    pages: Mapping[str, Page]
    assertions: tuple[Assertion, ...]
    rejections: tuple[Rejection, ...]
    disagreements: tuple[Disagreement, ...]

    @property
    def in_scope(self) -> bool:
        """Whether a page states one of the four axes: approach, energy source, organ, guidance."""
        axes = {"approach", "energySource", "organ", "modality"}
        return any(fact.predicate in axes for fact in self.assertions)
