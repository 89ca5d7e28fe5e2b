"""Organ and target: what is treated, told from what is only named."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from extract import roles
from extract.axes.act import DESTRUCTION
from extract.mentions import Mention
from extract.view import Findings, Verdict, View, by_sentence

_TARGET_GAP = 4
_LIST_GAP = 4
_MEANT_GAP = 3
_LISTING = frozenset({"or", "and", ","})
_EXAMPLE_GAP = 12
_EXAMPLES = frozenset({"such", "include", "including", "namely", "example", "instance", "g", "like"})
_ACTION_GAP = 5
_MOST_EVIDENCE = 4
_DESCRIBED = 5
SECONDARY = "target/metastasis"
GENERAL = "target/lesion"
COVERED = "target/cancer"
GROWTH = "target/tumor"
NERVE = "organ/nerve"
SURFACE = "organ/skin"
_DOUBTS = frozenset({"care", "nearby", "passed"})


def read(view: View, findings: Findings) -> None:
    """Organs and targets that a descriptor names, that an action has for its object, or that hold the target."""
    destroys = bool(findings.values("type"))
    targets = list(view.believed("target", "target", findings))
    _targets(view, findings, targets, destroys)
    _organs(view, findings, list(view.believed("organ", "organ", findings)), targets, destroys)
    _nerves(view, findings)


def _nerves(view: View, findings: Findings) -> None:
    """A nerve is treated as such: what only a side section names is what it hurts for, and no target."""
    organs = findings.values("organ")
    if not organs or not all(view.lexicon.related(NERVE, path) for path in organs):
        return
    for path in findings.values("target"):
        if all(evidence.role in roles.SIDE for evidence in findings.evidence("target", path)):
            findings.drop((), "target", path, "nerve-as-such")


def _tied_to_action(view: View, mention: Mention, destroys: bool) -> bool:
    """Whether a mention stands beside what is done: to destroy on an ablation's page, anything else on others."""
    for action in view.within("action", mention.sentence):
        fits = (action.path == DESTRUCTION) == destroys and action.path != "action/imaging"
        if fits and view.near(action, mention, _ACTION_GAP) and view.verdict(action, "type") is None:
            return True
    return False


def _in_scope(view: View, mention: Mention, context: str) -> bool:
    return view.contexts.around(mention, context) is not None


def _grade(view: View, mention: Mention, tied: bool) -> int:
    sentence = view.sentence(mention)
    if sentence.role in roles.DESCRIPTOR:
        return 4
    if sentence.role in view.main:
        if view.defining(sentence):
            return 3
        return 2 if tied else 1
    return 1 if tied else 0


def _targets(view: View, findings: Findings, targets: Sequence[Mention], destroys: bool) -> None:
    if not destroys:
        targets = [
            replace(m, hint=False) if m.hint and _tied_to_action(view, m, destroys=False) else m for m in targets
        ]
    graded = {
        mention: _grade(view, mention, _tied_to_action(view, mention, destroys) or _aimed_at(view, mention))
        for mention in targets
    }
    firm = {mention: grade for mention, grade in graded.items() if not mention.hint}
    top = max(firm.values(), default=0)
    again = Counter(path for path, _ in {(m.path, m.sentence) for m, grade in firm.items() if grade == 2})
    chosen = [
        m
        for m, grade in firm.items()
        if (grade >= min(3, max(top, 1)) and (grade > 1 or destroys or not _grown(view, m)))
        or (grade == 2 and (again[m.path] > 1 or _aimed_at(view, m)))
    ]
    if not chosen:
        chosen = [mention for mention, grade in graded.items() if grade >= 3]
    taken = set(chosen)
    chosen += [m for m, grade in firm.items() if m.path == SECONDARY and m not in taken and (destroys or grade > 1)]
    chosen = _without_general(view, chosen)
    paths = {mention.path for mention in chosen}
    for mention in targets:
        if mention.path not in paths:
            findings.reject("target", mention.path, Verdict("not-treated", ""), view.of(mention))
    _claim(view, findings, "target", chosen)
    if "target/tumor" in paths and COVERED in paths:
        findings.drop((), "target", COVERED, "covered-by-tumor")


def _grown(view: View, target: Mention) -> bool:
    """Whether a target is a growth: where nothing is destroyed, one that is only named is what the doctor looks for."""
    return GROWTH in {target.path, *view.lexicon.ancestors(target.path)}


def _aimed_at(view: View, target: Mention) -> bool:
    """Whether a target is what the procedure is meant for, or where an instrument is led."""
    led = _in_scope(view, target, "destination") and bool(view.within("device", target.sentence))
    return led or _in_scope(view, target, "meant-for")


def _without_general(view: View, chosen: list[Mention]) -> list[Mention]:
    """Leave a broader word (lesion) out beside the kinds that a page names, unless it stands in one list with them."""
    paths = {mention.path for mention in chosen}
    out: set[str] = set()
    for path in paths:
        kinds = [m for m in chosen if m.path not in {path, SECONDARY, COVERED}]
        kinds = kinds if path == GENERAL else [m for m in kinds if path in view.lexicon.ancestors(m.path)]
        own = [m for m in chosen if m.path == path]
        known = by_sentence(kinds)
        listed = any(_listed_with(view, m, kind) for m in own for kind in known[m.sentence])
        listed = listed or any(view.role(m) in roles.DESCRIPTOR for m in own)
        if kinds and not listed:
            out.add(path)
    return [mention for mention in chosen if mention.path not in out]


def _listed_with(view: View, one: Mention, other: Mention) -> bool:
    left, right = (one, other) if one.first < other.first else (other, one)
    between = view.norms(left.last, right.first)
    if view.near(one, other, _EXAMPLE_GAP) and _EXAMPLES & set(between):
        return True
    return view.near(one, other, _LIST_GAP) and bool(_LISTING & set(between)) and "of" not in between


def _organs(
    view: View, findings: Findings, organs: Sequence[Mention], targets: Sequence[Mention], destroys: bool
) -> None:
    near: dict[Mention, bool] = {}
    beside = by_sentence(targets)
    for mention in organs:
        holds = any(_holds(view, mention, target) for target in beside[mention.sentence])
        lies = bool(beside[mention.sentence]) and _in_scope(view, mention, "located")
        arrives = not destroys and _in_scope(view, mention, "destination")
        near[mention] = holds or lies or arrives or _meant(view, mention) or _tied_to_action(view, mention, destroys)
    named = by_sentence(organs)
    for mention in organs:
        near[mention] = near[mention] or any(
            near[other] and _listed_with(view, mention, other) for other in named[mention.sentence]
        )
    graded = {mention: _organ_grade(view, mention, near[mention]) for mention in organs}
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
    chosen += [m for m in firm if m.path not in paths and _in_scope(view, m, "located") and _finer(view, m.path, paths)]
    paths = {mention.path for mention in chosen}
    for mention in organs:
        if mention.path not in paths:
            findings.reject("organ", mention.path, Verdict("not-treated", ""), view.of(mention))
    _claim(view, findings, "organ", chosen)
    for path in sorted(paths):
        if any(path in view.lexicon.ancestors(other) for other in paths):
            findings.drop((), "organ", path, "broader")


def _meant(view: View, organ: Mention) -> bool:
    """Whether words right beside an organ say that the procedure is meant for it."""
    return any(
        max(scope.hit.first - organ.last, organ.first - scope.hit.last) <= _MEANT_GAP
        for scope in view.contexts.named("meant-for", organ.sentence)
    )


def _holds(view: View, organ: Mention, target: Mention) -> bool:
    """Whether an organ stands beside a target so that the one is in the other, and not merely after it."""
    left, right = (organ, target) if organ.first < target.first else (target, organ)
    between = set(view.norms(left.last, right.first))
    return view.near(organ, target, _TARGET_GAP) and not {"and", ","} & between


def _organ_grade(view: View, mention: Mention, near: bool) -> int:
    """How surely an organ is the one treated: 5 in a descriptor, 4 and 3 beside target or act, less elsewhere."""
    sentence = view.sentence(mention)
    if sentence.role in roles.DESCRIPTOR:
        return _DESCRIBED
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


def _claim(view: View, findings: Findings, predicate: str, mentions: Sequence[Mention]) -> None:
    grouped: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        grouped[mention.path].append(mention)
    for path, found in grouped.items():
        found.sort(key=lambda mention: (not view.defining(view.sentence(mention)), mention.first))
        findings.claim((), predicate, path, "treated", [view.of(mention) for mention in found[:_MOST_EVIDENCE]])
