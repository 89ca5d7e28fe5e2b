"""Target: the lesion or tissue that is treated, told from what is only named."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from extract import roles
from extract.axes.act import DESTRUCTION, guides
from extract.axes.beside import NERVE, NODE, in_scope, listed_with, tied_to_action
from extract.axes.claims import claim, once_and_late
from extract.axes.values import pass_over
from extract.findings import Findings
from extract.mentions import Mention
from extract.view import SECONDARY, View, by_sentence

FIBRILLATION: Final = "target/atrial-fibrillation"
RHYTHM: Final = "target/arrhythmia-focus"
FLUID: Final = "target/fluid"
GENERAL: Final = "target/lesion"
COVERED: Final = "target/cancer"
GROWTH: Final = "target/tumor"
_OPENS: Final = 3


def read(view: View, findings: Findings, targets: Sequence[Mention]) -> None:
    """Hold the targets that a descriptor names, that an action has for its object, or that a procedure is meant for.

    Args:
        view: The page.
        findings: Where facts and rejections go.
        targets: Mentions that no word around them rejects.
    """
    destroys = bool(findings.values("type"))
    if not destroys:
        targets = [replace(m, hint=False) if m.hint and tied_to_action(view, m, destroys=False) else m for m in targets]
    graded = {
        mention: _grade(view, mention, tied_to_action(view, mention, destroys) or _aimed_at(view, mention))
        for mention in targets
    }
    if not destroys and guides(view):
        graded = {m: max(grade, 3) if view.role(m) in view.main else grade for m, grade in graded.items()}
    firm = {mention: grade for mention, grade in graded.items() if not mention.hint}
    top = max(firm.values(), default=0)
    again = Counter(path for path, _ in {(m.path, m.sentence) for m, grade in firm.items() if grade == 2})
    chosen = [
        m
        for m, grade in firm.items()
        if (grade >= min(3, max(top, 1)) and (grade > 1 or destroys))
        or (grade == 2 and (again[m.path] > 1 or _aimed_at(view, m)))
    ]
    if destroys:
        taken = set(chosen)
        chosen += [m for m in firm if m not in taken and _indicated(view, m)]
    if not chosen:
        chosen = [
            mention for mention, grade in graded.items() if grade >= 3 and (not destroys or _treated(view, mention))
        ]
    chosen = [m for m in chosen if _fits(view, m, destroys)]
    chosen += _returned_to(view, firm, chosen)
    if destroys:
        chosen += _kinds(view, firm, chosen)
    taken = set(chosen)
    chosen += [m for m, grade in firm.items() if m.path == SECONDARY and m not in taken and (destroys or grade > 1)]
    chosen = _without_general(view, chosen)
    if len({m.path for m in chosen}) == 1 and once_and_late(view, chosen) and view.role(chosen[0]) != "indications":
        chosen = []
    paths = {mention.path for mention in chosen}
    pass_over(view, findings, "target", [mention for mention in targets if mention.path not in paths], "not-treated")
    indicated = {mention.path for mention in chosen if view.role(mention) == "indications"}
    claim(view, findings, "target", chosen, "treated", always={SECONDARY, *indicated})
    if {GROWTH, COVERED} <= set(findings.values("target")):
        findings.drop((), "target", COVERED, "covered-by-tumor")


def weighable(view: View, findings: Findings) -> list[Mention]:
    """Mentions of targets that a second look may weigh: *lesion* beside its kinds is a matter of the rules alone."""
    alone = set(findings.values("target")) <= {GENERAL}
    return [mention for mention in view.scheme("target") if alone or mention.path != GENERAL]


def leave_nerves(view: View, findings: Findings) -> None:
    """Drop what a nerve hurts for: a nerve is treated as such, once the organs are known.

    The node between the chambers of the heart is so too: the fibrillation from which it is cut off goes on.
    """
    organs = findings.values("organ")
    if NODE in organs and FIBRILLATION in findings.values("target") and not _described(findings, FIBRILLATION):
        findings.drop((), "target", FIBRILLATION, "nerve-as-such")
    if not organs or not all(view.lexicon.related(NERVE, path) for path in organs):
        return
    for path in findings.values("target"):
        made = path == GENERAL
        side = made or all(evidence.role in roles.SIDE for evidence in findings.evidence("target", path))
        if side or {GROWTH, COVERED} & {path, *view.lexicon.ancestors(path)}:
            findings.drop((), "target", path, "nerve-as-such")


def _described(findings: Findings, path: str) -> bool:
    return any(evidence.role in roles.DESCRIPTOR for evidence in findings.evidence("target", path))


def _grade(view: View, mention: Mention, tied: bool) -> int:
    sentence = view.sentence(mention)
    if sentence.role in roles.DESCRIPTOR:
        return 4
    if sentence.role in view.main:
        if view.defining(sentence):
            return 3
        return 2 if tied else 1
    return 1 if tied else 0


def _indicated(view: View, mention: Mention) -> bool:
    """Whether an indication opens with a target: ``Osteoid osteoma in children``."""
    before = view.norms(max(view.sentence(mention).first, mention.first - _OPENS - 1), mention.first)
    opens = len(before) <= _OPENS or ";" in before
    return opens and view.role(mention) == "indications" and mention.path != COVERED


def _returned_to(view: View, targets: Iterable[Mention], chosen: Sequence[Mention]) -> list[Mention]:
    """Targets of no kin to those chosen that a page comes back to, with the organ that has them."""
    paths = {mention.path for mention in chosen}
    places: defaultdict[str, dict[int, Mention]] = defaultdict(dict)
    for mention in targets:
        if mention.path != COVERED and not any(view.lexicon.related(mention.path, path) for path in paths):
            places[mention.path].setdefault(mention.sentence, mention)
    return [
        mention
        for found in places.values()
        if len(found) > 1 and any(view.within("organ", sentence) for sentence in found)
        for mention in found.values()
    ]


def _kinds(view: View, targets: Iterable[Mention], chosen: Sequence[Mention]) -> list[Mention]:
    """Kinds of what is treated that the main text names: ``the other one is osteoid osteoma``, a tumor."""
    paths = {mention.path for mention in chosen} - {RHYTHM, GENERAL}
    taken = set(chosen)
    return [
        mention
        for mention in targets
        if mention not in taken
        and mention.path not in {SECONDARY, COVERED, GROWTH}
        and not paths.isdisjoint(view.lexicon.ancestors(mention.path))
        and view.role(mention) in view.main
        and not view.late(mention)
    ]


def _fits(view: View, target: Mention, destroys: bool) -> bool:
    """Whether a cancer is what a code is for and not why it is done, and fluid what is let out and not what flows."""
    if view.role(target) in roles.DESCRIPTOR:
        return True
    return not (target.path == FLUID if destroys else target.path == COVERED)


def _treated(view: View, target: Mention) -> bool:
    """Whether the sentence of a target says with what, or that, something is destroyed."""
    acts = any(action.path == DESTRUCTION for action in view.within("action", target.sentence))
    return acts or any(not energy.hint for energy in view.within("energy", target.sentence))


def _aimed_at(view: View, target: Mention) -> bool:
    """Whether a target is what the procedure is meant for, or where an instrument is led."""
    led = in_scope(view, target, "destination") and bool(view.within("device", target.sentence))
    return led or in_scope(view, target, "meant-for")


def _without_general(view: View, chosen: list[Mention]) -> list[Mention]:
    """Leave a broader word (lesion) out beside the kinds that a page names, unless it stands in one list with them."""
    paths = {mention.path for mention in chosen}
    out: set[str] = set()
    for path in paths:
        kinds = [m for m in chosen if m.path not in {path, SECONDARY, COVERED}]
        kinds = kinds if path == GENERAL else [m for m in kinds if path in view.lexicon.ancestors(m.path)]
        own = [m for m in chosen if m.path == path]
        known = by_sentence(kinds)
        listed = any(listed_with(view, m, kind) for m in own for kind in known[m.sentence])
        listed = listed or any(view.role(m) in roles.DESCRIPTOR for m in own)
        listed = listed or any(view.names_code(m) for m in own)
        if kinds and not listed:
            out.add(path)
    return [mention for mention in chosen if mention.path not in out]
