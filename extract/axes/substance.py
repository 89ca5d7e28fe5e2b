"""Agents and what they are for: to freeze, to thaw, to cool, or to act themselves."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from extract.axes.claims import LATE
from extract.findings import Findings, Verdict
from extract.mentions import Mention
from extract.view import View

KIND: Final = "substance-use"
FREEZING: Final = "role/freeze"
_COLD: Final = "energy/cryogenic"
_CHEMICAL: Final = "energy/chemical"
_FAR: Final = 1000
_THAW_FIRST: Final = 3
"""Words by which thawing may stand farther off: the ice that melts is named beside it."""
_USUAL_FIRST: Final = 3
"""Words by which what a substance is usually for may stand farther off."""
_APART: Final = 8
"""Words that a semicolon between counts for."""
_HEATED: Final = frozenset({"hot", "heated"})
_ACTING: Final = frozenset({"energy/chemical", "energy/photodynamic"})


def read(view: View, findings: Findings) -> None:
    """Hold each agent with the role that the words nearest to it give, where the energy source allows that role.

    An agent freezes or thaws only if the page states cold as energy source, and acts itself only if it states a
    chemical or light-woken one; gas that makes room and contrast that shows vessels have no role.
    """
    energies = frozenset(findings.values("energySource"))
    destroys = bool(findings.values("type"))
    found: defaultdict[str, list[tuple[int, str, Mention]]] = defaultdict(list)
    for mention in view.believed("agent", "agent", findings):
        near, role = (0, "") if mention.hint else _role(view, mention, energies)
        if role == "coolant" and (not destroys or (_COLD not in energies and _hot(view, mention))):
            role = ""
        if role in {"", "coolant"} and _COLD in energies and _freezes_too(view, mention):
            role = "freeze"
        if role and view.last(mention):
            findings.reject("agent", mention.path, LATE, view.of(mention))
        elif role:
            found[mention.path].append((near, role, mention))
        else:
            findings.reject("agent", mention.path, Verdict("no-role", ""), view.of(mention))
    for path, uses in sorted(found.items()):
        if any(path in view.lexicon.ancestors(other) for other in found):
            findings.reject("agent", path, Verdict("named-closer", ""), view.of(uses[0][2]))
            continue
        for role in _roles(uses):
            node = (KIND, path.rpartition("/")[2], role)
            evidence = [view.of(mention) for _, own, mention in uses if own == role][:3]
            findings.claim(node, "agent", path, "stated", evidence)
            findings.claim(node, "role", f"role/{role}", "nearest-words", evidence)


def _freezes_too(view: View, mention: Mention) -> bool:
    """Whether a substance is named as the other choice beside one that freezes: ``nitrous oxide or carbon dioxide``."""
    for other in view.within("agent", mention.sentence):
        left, right = (mention, other) if mention.first < other.first else (other, mention)
        freezes = view.lexicon.concepts[other.path].usual_role == FREEZING
        if freezes and not mention.hint and view.norms(left.last, right.first) == ("or",):
            return True
    return False


def _acts(view: View, mention: Mention) -> bool:
    """Whether a substance destroys by itself, as its own words say: a chemical energy stands in the same place."""
    return any(
        energy.path == _CHEMICAL and energy.first == mention.first for energy in view.within("energy", mention.sentence)
    )


def _hot(view: View, mention: Mention) -> bool:
    return bool(_HEATED & set(view.norms(mention.first - 2, mention.last)))


def _roles(uses: list[tuple[int, str, Mention]]) -> list[str]:
    """The roles of one agent: it freezes or it thaws, as the words nearest to it say, and may cool besides."""
    roles = {role for _, role, _ in uses}
    if {"freeze", "thaw"} <= roles:
        nearest = min((near, role) for near, role, _ in uses if role in {"freeze", "thaw"})
        roles -= {"freeze", "thaw"} - {nearest[1]}
    return sorted(roles)


def _role(view: View, mention: Mention, energies: frozenset[str]) -> tuple[int, str]:
    """How many words away the role of a mention is said, and the role; an empty one where it has none."""
    nearest: tuple[int, str] | None = None
    usual = view.lexicon.concepts[mention.path].usual_role
    for role in ("freeze", "thaw", "coolant"):
        cold = _COLD in energies and usual is not None
        if cold == (role == "coolant") or (role == "coolant" and _acts(view, mention)):
            continue
        for scope in view.contexts.named(f"role/{role}", mention.sentence):
            if scope.holds(mention.first, mention.last):
                distance = max(scope.hit.first - mention.last, mention.first - scope.hit.last)
                left, right = min(scope.hit.last, mention.last), max(scope.hit.first, mention.first)
                distance += _APART * (";" in view.norms(left, right))
                distance -= _THAW_FIRST * (role == "thaw") + _USUAL_FIRST * (usual == f"role/{role}")
                if nearest is None or distance < nearest[0]:
                    nearest = (distance, role)
    if nearest:
        return nearest
    if usual is not None:
        return _FAR, usual.rpartition("/")[2] if _COLD in energies else ""
    return _FAR, "other" if energies & _ACTING else ""
