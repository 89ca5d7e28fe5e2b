"""Approach: the ways in that the procedure itself takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from extract import roles
from extract.axes.act import DESTRUCTION, guides
from extract.axes.claims import claim
from extract.axes.values import best, firm, hinting, leave_hints, pass_over, sentences_of
from extract.findings import Findings
from extract.mentions import Mention
from extract.view import View

PREDICATE: Final = "approach"
OPEN: Final = "approach/open"
ENDOSCOPIC: Final = "approach/endoscopic"
ANAL: Final = "approach/transanal"
RECTAL: Final = "approach/transrectal"
_MARKS: Final = frozenset({",", ";", ":", "(", ")", "–", "."})
_ENTERED: Final = frozenset(
    {"introduced", "inserted", "passed", "advanced", "led", "slipped", "pushed", "threaded", "guided", "brought", "fed"}
)
"""Words right before the way that something takes in."""


def read(view: View, findings: Findings) -> None:
    """Hold the approaches that are stated and not only named in passing; hints count where nothing firmer stands.

    Args:
        view: The page.
        findings: Where facts and rejections go.
    """
    believed = list(view.believed("approach", PREDICATE, findings))
    believed = [_promoted(view, mention) for mention in believed if not _inflected(view, mention)]
    if not findings.values("type") and guides(view):  # the way in is that of the ablation, which another code reports
        pass_over(view, findings, PREDICATE, [m for m in believed if view.role(m) not in roles.DESCRIPTOR])
        believed = [mention for mention in believed if view.role(mention) in roles.DESCRIPTOR]
    ranked = best(view, firm(believed))
    if not ranked:
        hints = [mention for mention in hinting(view, believed) if not _ajar(mention)]
        claim(view, findings, PREDICATE, hints, "hinted")
        return
    ranked = _entering(view, findings, _led(view, findings, ranked))
    claim(view, findings, PREDICATE, ranked, "stated")
    leave_hints(view, findings, PREDICATE, believed, {mention.path for mention in ranked})


def _inflected(view: View, mention: Mention) -> bool:
    """Whether *open* is a verb: ``opens the cervix``."""
    if mention.path != OPEN or not mention.hint or mention.last - mention.first > 1:
        return False
    word = view.words(mention.first, mention.last).casefold()
    return word.endswith("s") and not view.script.tokens[mention.first].norm.endswith("s")


def _ajar(mention: Mention) -> bool:
    """Whether *open* stands alone, said of anything: ``so that the airway stays open``."""
    return mention.path == OPEN and mention.last - mention.first == 1


def _promoted(view: View, mention: Mention) -> Mention:
    """A word such as open is firm where it stands alone in a descriptor, or right before what is done."""
    if mention.scheme != "approach" or not mention.hint or mention.last - mention.first > 1:
        return mention
    exact = view.words(mention.first, mention.last).casefold() == view.script.tokens[mention.first].norm
    before, after = view.norms(mention.first - 1, mention.first), view.norms(mention.last, mention.last + 1)
    alone = view.role(mention) in roles.DESCRIPTOR and (_MARKS & {*before, *after} or not after or not before)
    alone = alone or before == after == (",",)
    acting = any(
        0 <= other.first - mention.last <= 1
        for scheme in ("action", "energy")
        for other in view.within(scheme, mention.sentence)
    )
    return replace(mention, hint=False) if exact and (alone or acting) else mention


def _led(view: View, findings: Findings, mentions: list[Mention]) -> list[Mention]:
    """Approaches that define the code, come back, or by which an instrument is led; others are named in passing."""
    sentences = sentences_of(mentions)
    strong = {
        mention.path
        for mention in mentions
        if len(sentences[mention.path]) > 1
        or view.defining(view.sentence(mention))
        or view.role(mention) in {"names", "steps"}
        or view.within("device", mention.sentence)
        or _acting(view, mention)
        or _ENTERED & set(view.norms(mention.first - 1, mention.first))
        or view.norms(mention.last - 1, mention.last)[0].endswith("ly")  # an adverb says how something is done
        or view.contexts.around(mention, "optional") is not None
    }
    if not strong:
        return mentions
    pass_over(view, findings, PREDICATE, [mention for mention in mentions if mention.path not in strong])
    return [mention for mention in mentions if mention.path in strong]


def _entering(view: View, findings: Findings, mentions: list[Mention]) -> list[Mention]:
    """Without the rectum where an endoscope enters by the anus: it is only passed."""
    if not {m.path for m in mentions} >= {ENDOSCOPIC, ANAL}:
        return mentions
    pass_over(view, findings, PREDICATE, [mention for mention in mentions if mention.path == RECTAL], "passed")
    return [mention for mention in mentions if mention.path != RECTAL]


def _acting(view: View, mention: Mention) -> bool:
    """Whether an approach stands right before what destroys: ``percutaneous cryoablation``."""
    return any(
        0 <= other.first - mention.last <= 1 and (scheme == "energy" or other.path == DESTRUCTION)
        for scheme in ("action", "energy")
        for other in view.within(scheme, mention.sentence)
    )
