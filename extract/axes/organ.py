"""Organ: where it is treated, told from what is only named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from typing import Final

from extract import roles
from extract.axes.act import guides
from extract.axes.beside import NERVE, NODE, alternatives, in_scope, listed_with, tied_to_action
from extract.axes.claims import claim
from extract.axes.values import pass_over
from extract.findings import Findings
from extract.mentions import Mention
from extract.view import View, by_sentence

SURFACE: Final = "organ/skin"
CHAMBERS: Final = frozenset({"organ/heart-atrium", "organ/heart-ventricle"})
GENERAL: Final = "organ/soft-tissue"
"""Said of any organ's tissue: a site only where no other is named."""
_MANY: Final = frozenset({"organ/nerve", "organ/vein", "organ/brain"})
"""What the body has many of: where one is treated, it is the one that the page names."""
_TARGET_GAP: Final = 4
_MEANT_GAP: Final = 3
_EXPLAINED: Final = 5
_DESCRIBED: Final = 5
_DOUBTS: Final = frozenset({"care", "nearby", "passed"})


def read(view: View, findings: Findings, targets: Sequence[Mention]) -> None:
    """Hold the organs that a descriptor names, that an action has for its object, or that hold the target.

    Args:
        view: The page.
        findings: Where facts and rejections go.
        targets: Mentions of targets that no word around them rejects.
    """
    destroys = bool(findings.values("type"))
    organs = list(view.believed("organ", "organ", findings))
    near: dict[Mention, bool] = {}
    beside = by_sentence(targets)
    for mention in organs:
        holds = any(_holds(view, mention, target) for target in beside[mention.sentence])
        lies = bool(beside[mention.sentence]) and in_scope(view, mention, "located")
        arrives = not destroys and in_scope(view, mention, "destination")
        near[mention] = holds or lies or arrives or _meant(view, mention) or tied_to_action(view, mention, destroys)
    named = by_sentence(organs)
    for mention in organs:
        near[mention] = near[mention] or any(
            near[other] and listed_with(view, mention, other) for other in named[mention.sentence]
        )
    graded = {mention: _grade(view, mention, near[mention]) for mention in organs}
    firm = {mention: grade for mention, grade in graded.items() if not mention.hint}
    descriptor = {mention.path for mention, grade in firm.items() if grade == _DESCRIBED}
    top = max(firm.values(), default=0)
    if top == 3:
        firm = {m: 4 if grade == 2 and _named_with_code(view, m) else grade for m, grade in firm.items()}
        top = max(firm.values())
    if descriptor:
        chosen = [m for m, grade in firm.items() if grade == top or (grade >= 2 and _fits(view, m.path, descriptor))]
    elif top == 4:
        defined = {m.path for m, grade in firm.items() if grade == 4}
        again = Counter((m.path, m.sentence) for m, grade in firm.items() if grade == 3)
        twice = Counter(path for path, _ in again)
        chosen = [
            m
            for m, grade in firm.items()
            if grade == 4 or (grade == 3 and (twice[m.path] > 1 or _fits(view, m.path, defined)))
        ]
    else:
        chosen = [m for m, grade in firm.items() if grade >= min(3, top)]
    if top <= 1:
        hinted = [m for m, grade in graded.items() if grade >= 2]
        kinds = {m.path for m in hinted}
        chosen = hinted + [m for m in chosen if not kinds or _finer(view, m.path, kinds)]
        chosen = chosen if kinds else _doubted(view) or chosen
    paths = {mention.path for mention in chosen}
    chosen += [m for m in firm if m.path not in paths and in_scope(view, m, "located") and _finer(view, m.path, paths)]
    paths = {mention.path for mention in chosen}
    chosen += [m for m in firm if m.path not in paths and _explains(view, m, named[m.sentence], paths)]
    paths = {mention.path for mention in chosen} & _MANY
    taken = set(chosen)
    finer = [m for m in firm if m not in taken and _finer(view, m.path, paths)]
    chosen += [m for m in finer if view.role(m) in view.main] or [m for m in finer if view.role(m) == "indications"]
    nerves = [mention for mention in chosen if view.lexicon.related(NERVE, mention.path)]
    if any(graded[mention] >= 3 for mention in nerves):
        listed = {m.path for m in chosen for nerve in nerves if m not in nerves and alternatives(view, m, nerve)}
        chosen = [mention for mention in chosen if mention in nerves or mention.path in listed]
    chosen = [m for m in chosen if m.path != GENERAL] or chosen
    if destroys and any(m.path == NODE for m in chosen):  # what lies on both sides of the node is not treated
        chosen = [m for m in chosen if m.path not in CHAMBERS or view.role(m) in roles.DESCRIPTOR]
    if not destroys and guides(view):
        chosen = [m for m in chosen if view.role(m) in roles.DESCRIPTOR]
    paths = {mention.path for mention in chosen}
    pass_over(view, findings, "organ", [mention for mention in organs if mention.path not in paths], "not-treated")
    claim(view, findings, "organ", chosen, "treated")
    leave_broader(view, findings)


def leave_broader(view: View, findings: Findings) -> None:
    """Drop organs of which a part is held: the concept scheme leads from the part to them."""
    held = findings.values("organ")
    for path in held:
        if any(path in view.lexicon.ancestors(other) for other in held):
            findings.drop((), "organ", path, "broader")


def _explains(view: View, organ: Mention, beside: Sequence[Mention], paths: Set[str]) -> bool:
    """Whether a sentence says which part of a treated organ is meant: ``the vein is the great saphenous vein``."""
    if view.role(organ) not in view.main:
        return False
    return any(
        whole.path in paths
        and whole.path in view.lexicon.ancestors(organ.path)
        and whole.last <= organ.first
        and {"is", "are"} & set(view.norms(whole.last, organ.first))
        and organ.first - whole.last <= _EXPLAINED
        for whole in beside
    )


def _meant(view: View, organ: Mention) -> bool:
    """Whether words right beside an organ say that the procedure is meant for it."""
    return any(
        max(scope.hit.first - organ.last, organ.first - scope.hit.last) <= _MEANT_GAP
        for scope in view.contexts.named("meant-for", organ.sentence)
    )


def _holds(view: View, organ: Mention, target: Mention) -> bool:
    """Whether an organ stands beside a target so that the one is in the other, and not merely after it."""
    if not view.near(organ, target, _TARGET_GAP):
        return False
    left, right = (organ, target) if organ.first < target.first else (target, organ)
    return {"and", ","}.isdisjoint(view.norms(left.last, right.first))


def _grade(view: View, mention: Mention, near: bool) -> int:
    """How surely an organ is the one treated: 5 in a descriptor, 4 and 3 beside target or act, less elsewhere."""
    sentence = view.sentence(mention)
    if sentence.role == "official-descriptor":
        return _DESCRIBED
    if sentence.role == "title":
        return _DESCRIBED if near else 3
    main = sentence.role in view.main
    if near:
        return 2 + main + (main and view.defining(sentence))
    return main + (main and view.defining(sentence))


def _named_with_code(view: View, organ: Mention) -> bool:
    """Whether an organ is named in the main text in one sentence with the page's own code."""
    role = view.role(organ)
    return role in view.main and role not in roles.SIDE and view.names_code(organ)


def _doubted(view: View) -> list[Mention]:
    """Organs named with the code that words of care, entry or nearness set aside, where a page has no better."""
    return [
        mention
        for mention in view.scheme("organ")
        if not mention.hint
        and mention.path != SURFACE
        and _named_with_code(view, mention)
        and (verdict := view.verdict(mention, "organ")) is not None
        and verdict.reason in _DOUBTS
    ]


def _finer(view: View, path: str, chosen: set[str]) -> bool:
    return any(other in view.lexicon.ancestors(path) for other in chosen)


def _fits(view: View, path: str, stated: set[str]) -> bool:
    return any(view.lexicon.related(path, other) for other in stated)
