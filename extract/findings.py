"""What the rules decided of a page: the facts that they hold, and the mentions that they reject."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from extract.model import Assertion, Evidence, Rejection


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a mention is no fact, and the words that say so."""

    reason: str
    cue: str


@dataclass(slots=True)
class Findings:
    """What the rules decided of one page so far."""

    claims: dict[tuple[tuple[str, ...], str, str], tuple[str, set[Evidence]]] = field(default_factory=dict)
    rejections: dict[tuple[str, str, str], Rejection] = field(default_factory=dict)

    def claim(self, node: tuple[str, ...], predicate: str, value: str, rule: str, evidence: Iterable[Evidence]) -> None:
        """Hold a fact; the first rule that gave it names it, the evidence of all is kept."""
        _, found = self.claims.setdefault((node, predicate, value), (rule, set()))
        found.update(evidence)

    def drop(self, node: tuple[str, ...], predicate: str, value: str, reason: str) -> None:
        """Take a fact back: its evidence becomes a rejection."""
        _, found = self.claims.pop((node, predicate, value))
        self.reject(predicate, value, Verdict(reason, ""), min(found))

    def values(self, predicate: str) -> tuple[str, ...]:
        """Values claimed for the procedure itself, sorted."""
        return tuple(sorted(value for node, name, value in self.claims if not node and name == predicate))

    def rule(self, predicate: str, value: str) -> str:
        """Name of the rule that gave a value of the procedure itself."""
        return self.claims[(), predicate, value][0]

    def evidence(self, predicate: str, value: str) -> frozenset[Evidence]:
        """Where a value of the procedure itself was read."""
        return frozenset(self.claims[(), predicate, value][1])

    def reject(self, predicate: str, value: str, verdict: Verdict, evidence: Evidence) -> None:
        """Hold a mention that is no fact, the first of each reason."""
        self.rejections.setdefault(
            (predicate, value, verdict.reason), Rejection(predicate, value, verdict.reason, verdict.cue, evidence)
        )

    def assertions(self) -> tuple[Assertion, ...]:
        """All facts, sorted."""
        return tuple(
            sorted(
                Assertion(node, predicate, value, rule, tuple(sorted(found)))
                for (node, predicate, value), (rule, found) in self.claims.items()
            )
        )
