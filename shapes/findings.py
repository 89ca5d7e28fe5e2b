"""What the shapes have to say, apart from how SHACL says it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is: a violation breaks the structure, a warning shows what the pages leave open."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a shape found.

    Attributes:
        severity: How bad it is.
        focus: IRI of the node that it is about (``_:`` and a name for a blank node).
        code: Code of the procedure that the node belongs to; None where nothing in the graph ties it to one.
        path: IRI of the property, or a path of several in SPARQL's way of writing; None for the node itself.
        value: The value at fault: an IRI, or the first words of a literal; None where one is missing.
        message: Which procedure, which property, what is wrong and how to mend it, in plain words.
        shape: Name of the rule, the last part of its IRI in ``shapes/*.ttl``.
    """

    severity: Severity
    focus: str
    code: str | None
    path: str | None
    value: str | None
    message: str
    shape: str

    @property
    def order(self) -> tuple[str, bool, str, str, str, str, str]:
        """What findings are sorted by: code, then violations first."""
        grave = self.severity != Severity.VIOLATION
        return (self.code or "", grave, self.focus, self.path or "", self.shape, self.value or "", self.message)


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check.

    Attributes:
        findings: Sorted by code, violations first.
        turtle: The SHACL validation report.
    """

    findings: tuple[Finding, ...]
    turtle: str

    @property
    def conforms(self) -> bool:
        """Whether there is no violation; warnings are allowed."""
        return all(finding.severity != Severity.VIOLATION for finding in self.findings)
