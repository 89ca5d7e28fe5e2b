"""Laterality and multiplicity: one side or both, one lesion or more."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from extract import roles
from extract.findings import Findings
from extract.mentions import Mention
from extract.view import View

_PLURAL_GAP = 5
_COUNT_GAP = 6
_PLURALS = frozenset({"several", "multiple"})
_EACH_ONE = frozenset({"each", "every", "any", "no", "not"})
_COUNTED = frozenset({"level", "site", "vein", "nerve", "joint", "disc", "lesion", "segment", "region", "spot"})
"""Words beside the targets of the ontology whose number a code tells."""
_DEFINING = 3
_SAID_OF = 6
_OF_THE_CODE = frozenset({"only", "code", "number", "cpt", "unit"})
_HEADING = 3
"""Words of a heading over add-on codes, at most."""
_UNCOUNTED_GAP = 3
_UNCOUNTED = frozenset(
    {
        *("injection", "device", "core", "time", "sample", "specimen", "biopsy", "probe", "electrode", "needle"),
        *("marker", "session", "fraction", "catheter", "steroid"),
        *("shot", "pass", "burn", "application", "pulse", "puncture"),
    }
)
"""Words for what may be several while the code counts something else."""
_WIDENED_GAP = 9
_SPELLED_GAP = 4
_ONES = frozenset({"one", "1", "single"})
_CROWDS = frozenset({"whole", "carpet", "cluster"})
_A_HUNDRED = 100
"""So many are no lesions but a code."""
_OTHERWISE = frozenset({"or", "and", ","})
_FILLERS = frozenset(
    {"a", "for", "whether", "even", "as", "up", "to", "one", "unit", "code", "same", "the", "or", "of", "with", "small"}
)
_NUMBERS = frozenset(
    {
        *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
        *(
            "fourteen",
            "fifteen",
            "twenty",
            "thirty",
            "many",
            "several",
            "dozen",
            "handful",
            "more",
            "larger",
            "number",
            "crop",
            "field",
            "few",
            "group",
        ),
    }
)
_MODIFIERS = frozenset({"modifier", "50", "rt", "lt", "indicator"})
"""Words of billing: a side beside them tells how to claim two sides, and not on how many the code acts."""
_MODIFIED_GAP = 8
BOTH = "laterality/bilateral"
ONE = "multiplicity/single"
EACH = "multiplicity/each-additional"
MORE = "multiplicity/one-or-more"


def read(view: View, findings: Findings) -> None:
    """Hold the one value that the best section states; the descriptor decides over the rest."""
    _one(view, findings, "laterality")
    _one(view, findings, "multiplicity")
    if not findings.values("multiplicity"):
        _bracketed(view, findings)


def _one(view: View, findings: Findings, axis: str) -> None:
    believed = [mention for mention in view.scheme(axis) if _believed(view, findings, mention, axis)]
    believed = [_widened(view, mention) for mention in believed]
    if axis == "multiplicity":
        believed += [mention for target in view.scheme("target") if (mention := _spelled_out(view, target)) is not None]
    destroys = bool(findings.values("type"))
    open_ended = [mention for mention in believed if mention.path == MORE and mention.hint and _or(view, mention)]
    ranked: defaultdict[int, list[Mention]] = defaultdict(list)
    for mention in believed:
        if mention.hint and mention not in open_ended and not _counts(view, mention):
            continue
        if _of_something_else(view, mention) or not (destroys or _of_what_is_treated(view, mention)):
            continue
        if mention.path == ONE and any(view.near(mention, more, _PLURAL_GAP) for more in open_ended):
            continue
        rank = _rank(view, mention)
        if axis == "laterality" and (_by_modifier(view, mention) or not _said(view, mention, rank)):
            continue
        if rank:
            ranked[rank].append(mention)
    if not ranked:
        return
    best = ranked[max(ranked)]
    paths = {mention.path for mention in best}
    for widest in (EACH, MORE):
        if widest in paths:
            paths = {widest}
    if len(paths) == 1:
        evidence = [view.of(mention) for mention in best if mention.path in paths]
        findings.claim((), axis, paths.pop(), "stated", evidence[:3])


def _believed(view: View, findings: Findings, mention: Mention, axis: str) -> bool:
    """Whether a count stands; what a billing section says of units counts too."""
    verdict = view.verdict(mention, axis)
    if verdict is None or (verdict.reason == "section" and view.role(mention) == "coverage-and-billing"):
        return True
    findings.reject(axis, mention.path, verdict, view.of(mention))
    return False


def _widened(view: View, mention: Mention) -> Mention:
    """One or more, where a number follows that makes no difference: ``one fibroid or eleven``."""
    if mention.path != ONE:
        return mention
    end = min(view.sentence(mention).last, mention.last + _WIDENED_GAP)
    words = view.norms(mention.last, end)
    for at, word in enumerate(words):
        if word in _OTHERWISE:
            rest = [word for word in words[at + 1 :] if word not in _FILLERS]
            return (
                replace(mention, path=MORE) if rest and _many(rest[0]) and not _UNCOUNTED & set(rest[:3]) else mention
            )
    return mention


def _spelled_out(view: View, target: Mention) -> Mention | None:
    """One or more, said around what is treated: ``one renal mass lesion or more``."""
    start = max(view.sentence(target).first, target.first - _SPELLED_GAP)
    before = view.norms(start, target.first)
    end = min(view.sentence(target).last, target.last + _WIDENED_GAP)
    after = view.norms(target.last, end)
    if not _ONES & set(before) or "or" not in after[:2] or view.verdict(target, "multiplicity") is not None:
        return None
    place = after.index("or") + 1
    rest = [word for word in after[place:] if word not in _FILLERS]
    if not rest or not (_many(rest[0]) or rest[0] in _CROWDS):
        return None
    first = start + max(at for at, word in enumerate(before) if word in _ONES)
    return Mention(
        MORE, hint=False, first=first, last=target.last + after.index(rest[0], place) + 1, sentence=target.sentence
    )


def _many(word: str) -> bool:
    return word in _NUMBERS or (word.isdigit() and 1 < int(word) < _A_HUNDRED)


def _of_what_is_treated(view: View, mention: Mention) -> bool:
    """Whether a count on a page that destroys nothing is that of lesions, and not of samples or of guided services."""
    if mention.path == EACH:
        words = view.norms(mention.first, mention.last)
        return not any(word.startswith("add") and word != "additional" for word in words)
    if mention.path != MORE:
        return True
    return any(
        max(target.first - mention.last, mention.first - target.last) < _COUNT_GAP
        for target in view.within("target", mention.sentence)
    )


def _of_something_else(view: View, mention: Mention) -> bool:
    """Whether a number is that of instruments, samples or the like, or an add-on another code's."""
    if mention.path == EACH and "add" in view.norms(mention.first, mention.last):
        sentence = view.sentence(mention)
        return not view.defining(sentence) or sentence.last - sentence.first <= _HEADING
    return bool(_UNCOUNTED & set(view.norms(mention.last, mention.last + _UNCOUNTED_GAP)))


def _counts(view: View, mention: Mention) -> bool:
    """Whether a word such as single counts what is treated: it stands right before it, and is no mere plural.

    A plural counts where a sentence says what the code is: ``36471 is the injection of multiple veins``.
    """
    plural = bool(_PLURALS & set(view.norms(mention.first, mention.last)))
    if (plural and not view.names_code(mention)) or _EACH_ONE & set(view.norms(mention.first - 1, mention.first)):
        return False
    if _COUNTED & set(view.norms(mention.last, mention.last + _COUNT_GAP)):
        return True
    return any(
        0 <= target.first - mention.last < _COUNT_GAP and target.path != mention.path
        for target in view.within("target", mention.sentence)
    )


def _or(view: View, mention: Mention) -> bool:
    """Whether a word such as several stands behind an or: ``one growth or several``."""
    return "or" in view.norms(mention.first - 2, mention.first)


def _by_modifier(view: View, mention: Mention) -> bool:
    if mention.path != BOTH:
        return False
    end = min(view.sentence(mention).last, mention.last + _MODIFIED_GAP)
    return view.norms(mention.last, mention.last + 1) == (":",) or bool(_MODIFIERS & set(view.norms(mention.last, end)))


def _said(view: View, mention: Mention, rank: int) -> bool:
    return rank >= _DEFINING or _in_so_many_words(view, mention)


def _in_so_many_words(view: View, mention: Mention) -> bool:
    """Whether a side is named by its term or said of the code; *on one side* elsewhere may be that of anything."""
    if any(word.startswith(("unilateral", "bilateral")) for word in view.norms(mention.first, mention.last)):
        return True
    start = max(view.sentence(mention).first, mention.first - _SAID_OF)
    return bool(_OF_THE_CODE & set(view.norms(start, mention.last)))


def _rank(view: View, mention: Mention) -> int:
    sentence = view.sentence(mention)
    if sentence.role == "official-descriptor":
        return 5
    if sentence.role in roles.DESCRIPTOR:
        return 4
    if sentence.role in view.main:
        return _DEFINING if view.defining(sentence) else 2
    return 1


def _bracketed(view: View, findings: Findings) -> None:
    for target in view.scheme("target"):
        bracketed = view.script.tokens[target.last - 1].optional_plural and view.role(target) in roles.DESCRIPTOR
        if bracketed and view.verdict(target, "multiplicity") is None:
            findings.claim((), "multiplicity", MORE, "bracketed-plural", [view.of(target)])
