"""Energy source: what destroys, told from what is only named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from extract import roles
from extract.axes.act import DESTRUCTION
from extract.axes.claims import claim
from extract.axes.values import best, firm, hinting, leave_hints, pass_over, sentences_of
from extract.findings import Findings
from extract.mentions import Mention
from extract.view import View, by_sentence

PREDICATE: Final = "energySource"
CHEMICAL: Final = "energy/chemical"
STEAM: Final = "energy/water-vapor"
RADIOFREQUENCY: Final = "energy/radiofrequency"
HEAT: Final = "energy/thermal"
CURRENT: Final = "energy/electrical"
CAUTERY: Final = "energy/electrocautery"
PHOTODYNAMIC: Final = "energy/photodynamic"
LASER: Final = "energy/laser"
_SERVED: Final = {STEAM: RADIOFREQUENCY, PHOTODYNAMIC: LASER}
"""What destroys, and the energy that only serves it."""
_LISTED: Final = 6
"""Words between two alternatives of one list, at most."""
_LONG_LIST: Final = 9
"""Words between a hint and the other alternatives of its list, at most."""
_SOURCE: Final = 5
"""Words behind a hint in which its source is named."""
_MATES: Final = 2
_MANY_MATES: Final = 3
"""So many others make a list that needs no or before its last."""
_NEUROLYTIC: Final = "neurolytic"
_LIST_WORDS: Final = frozenset({",", "or", "and", "else", "either", "a", "by", "with", "the"})


def read(view: View, findings: Findings) -> None:
    """Hold the energies that define the code, destroy, or are applied; hints beside a firm value in one list.

    Args:
        view: The page.
        findings: Where facts and rejections go.
    """
    destroys = bool(findings.values("type"))
    believed = list(view.believed("energy", PREDICATE, findings))
    ranked = best(view, firm(believed))
    if not destroys:
        ranked = _applied(view, findings, ranked)
    if not ranked:
        hints = hinting(view, believed)
        if destroys:
            hints = _destroying(view, findings, hints)
        else:
            named = {mention.path for mention in firm(believed)}
            hints = _applied(view, findings, [hint for hint in hints if hint.path in named])
        claim(view, findings, PREDICATE, hints, "hinted")
        return
    if not destroys:
        applied = set(ranked)
        believed = [mention for mention in believed if mention.hint or mention in applied]
    ranked = _named_closer(view, findings, ranked)
    ranked = _by_descriptor(view, findings, ranked)
    ranked = _salient(view, findings, ranked, [mention for mention in believed if mention.hint])
    ranked = _not_served(view, findings, ranked)
    claim(view, findings, PREDICATE, ranked, "stated")
    values = {mention.path for mention in ranked}
    if all(view.contexts.around(mention, "optional") for mention in ranked):
        described = [mention for mention in believed if mention.hint and view.role(mention) in roles.DESCRIPTOR]
        claim(view, findings, PREDICATE, described, "descriptor")
        values |= {mention.path for mention in described}
    beside = {
        mention: None
        for mention in believed
        if mention.hint
        and mention.path not in values
        and not (
            mention.path in {CURRENT, HEAT} and CAUTERY in values
        )  # the current or the heat is that of the cautery
        and not _explained(view, mention)
        and (_listed(view, mention, believed) or _or_in_descriptor(view, mention, believed))
    }
    for mention in beside:
        claim(view, findings, PREDICATE, [mention], "listed")
    leave_hints(view, findings, PREDICATE, [mention for mention in believed if mention not in beside], values)


def _named_closer(view: View, findings: Findings, mentions: list[Mention]) -> list[Mention]:
    """Without a neurolytic agent that the text never names, where it says by what else the nerve is destroyed."""
    unnamed = [m for m in mentions if m.path == CHEMICAL]
    others = {m.path for m in mentions if m.path != CHEMICAL and view.role(m) in view.main}
    if not others or any(_NEUROLYTIC not in view.norms(m.first, m.last) for m in unnamed):
        return mentions
    pass_over(view, findings, PREDICATE, unnamed, "named-closer")
    return [m for m in mentions if m.path != CHEMICAL]


def _not_served(view: View, findings: Findings, mentions: list[Mention]) -> list[Mention]:
    """Without the current that only makes steam, and the laser that only lights a drug up: the others destroy."""
    for worked, served in _SERVED.items():
        destroying = [m for m in mentions if m.path == worked]
        serving = [m for m in mentions if destroying and m.path == served]
        if not any("or" in _between(view, m, other) for m in serving for other in destroying if _alike(view, m, other)):
            pass_over(view, findings, PREDICATE, serving, "named-closer")
            mentions = _without(mentions, serving)
    return mentions


def _applied(view: View, findings: Findings, mentions: list[Mention]) -> list[Mention]:
    """On a page that is no ablation: energies that its definition names or that it returns to, not those in passing."""
    sentences = sentences_of(mentions)
    kept = [
        mention
        for mention in mentions
        if view.role(mention) in roles.DESCRIPTOR | roles.PROSE
        and (view.names_code(mention) or len(sentences[mention.path]) > 1)
    ]
    pass_over(view, findings, PREDICATE, _without(mentions, kept))
    return kept


def _destroying(view: View, findings: Findings, hints: list[Mention]) -> list[Mention]:
    """Hints such as heat, where no firm word says more: in a sentence that defines the code or destroys."""
    kept = [
        hint
        for hint in hints
        if view.defining(view.sentence(hint)) or _destroys(view, hint, apart=True) or _delivered(view, hint)
    ]
    pass_over(view, findings, PREDICATE, _without(hints, kept))
    return kept


def _without(mentions: Iterable[Mention], kept: Iterable[Mention]) -> list[Mention]:
    held = set(kept)
    return [mention for mention in mentions if mention not in held]


def _salient(view: View, findings: Findings, mentions: list[Mention], hints: list[Mention]) -> list[Mention]:
    """Energies that define the code, destroy in their sentence, or are listed beside such a one.

    A hint at the same energy speaks for it too, but only where a firm word names it as well.
    """
    named = {mention.path for mention in mentions}
    described = any(view.role(mention) in roles.DESCRIPTOR for mention in mentions)
    strong = {
        mention.path
        for mention in mentions + [hint for hint in hints if hint.path in named]
        if view.defining(view.sentence(mention))
        or view.role(mention) == "names"
        or _destroys(view, mention)
        or _by_agent(view, mention)
        or _delivered(view, mention)
        or view.contexts.around(mention, "optional") is not None
        or (not described and not view.late(mention) and not _acted(view, mention))
    }
    strong -= _once(view, mentions, hints)
    beside = by_sentence(mentions)
    for mention in mentions:
        others = beside[mention.sentence]
        if any(other.path in strong and _beside(view, mention, other) for other in others):
            strong.add(mention.path)
    if not strong:
        return mentions
    pass_over(view, findings, PREDICATE, [mention for mention in mentions if mention.path not in strong])
    return [mention for mention in mentions if mention.path in strong]


def _once(view: View, mentions: list[Mention], hints: list[Mention]) -> set[str]:
    """Energies that destroy in one sentence alone, on a page that defines its code by another one.

    That sentence may tell what others do. A neurolytic agent in a descriptor rules nothing out: heat is one.
    """
    named = {mention.path for mention in [*mentions, *hints] if view.names_code(mention)}
    ruling = {
        mention.path
        for mention in mentions
        if view.names_code(mention) and _NEUROLYTIC not in view.norms(mention.first, mention.last)
    }
    sentences = sentences_of(mentions)
    told: set[str] = set()
    for mention in mentions:
        if view.defining(view.sentence(mention)) or view.contexts.around(mention, "optional") is not None:
            told.add(mention.path)
    return {path for path, places in sentences.items() if len(places) == 1} - told - named if ruling else set()


def _by_agent(view: View, mention: Mention) -> bool:
    """Whether a substance that destroys by itself stands for the energy."""
    return any(agent.first == mention.first for agent in view.within("agent", mention.sentence) if not agent.hint)


def _delivered(view: View, mention: Mention) -> bool:
    """Whether the main text says that an energy is brought to bear."""
    return view.role(mention) in view.main and view.contexts.around(mention, "delivered") is not None


def _worked(view: View, mention: Mention) -> bool:
    """Whether an energy works by an instrument, early on the page, in a sentence that tells no other destruction."""
    return bool(view.within("device", mention.sentence)) and not view.late(mention) and not _acted(view, mention)


def _acted(view: View, mention: Mention) -> bool:
    """Whether the sentence of an energy speaks of destroying, be it to deny it or of another code."""
    return any(action.path == DESTRUCTION for action in view.within("action", mention.sentence))


def _destroys(view: View, mention: Mention, *, apart: bool = False) -> bool:
    """Whether the sentence of an energy says that it destroys; ``apart``: in other words than its own name."""
    return any(
        action.path == DESTRUCTION
        and view.verdict(action, "type") is None
        and not (apart and action.first < mention.last and mention.first < action.last)
        for action in view.within("action", mention.sentence)
    )


def _alike(view: View, one: Mention, other: Mention) -> bool:
    return one.sentence == other.sentence and _beside(view, one, other)


def _beside(view: View, one: Mention, other: Mention) -> bool:
    return view.near(one, other, _LISTED) and bool({"or", "and", ","} & set(_between(view, one, other)))


def _by_descriptor(view: View, findings: Findings, mentions: list[Mention]) -> list[Mention]:
    """Where an official descriptor names the energy, another one must come back in the text to stand beside it."""
    ruling = {mention.path for mention in mentions if view.role(mention) == "official-descriptor"}
    if not ruling:
        return mentions
    sentences = sentences_of(mentions)
    beside = by_sentence(mentions)
    listed = {
        mention.path
        for mention in mentions
        for other in beside[mention.sentence]
        if other.path in ruling and _beside(view, mention, other) and "or" in _between(view, mention, other)
    }
    kept: list[Mention] = []
    for mention in mentions:
        told = len(sentences[mention.path]) > 1 or _destroys(view, mention, apart=True) or _delivered(view, mention)
        told = told or _worked(view, mention)
        if told or mention.path in ruling | listed:
            kept.append(mention)
        else:
            pass_over(view, findings, PREDICATE, [mention], "descriptor-decides")
    return kept


def _listed(view: View, hint: Mention, believed: Iterable[Mention]) -> bool:
    """Whether a hint is one of at least three alternatives of a list: ``heat, electricity or radiofrequency``."""
    mates = [
        mention
        for mention in believed
        if mention.sentence == hint.sentence and mention.path != hint.path and view.near(hint, mention, _LONG_LIST)
    ]
    inside = [hint, *mates]
    words = view.norms(min(m.first for m in inside), max(m.last for m in inside))
    if len({mention.path for mention in mates}) < (_MATES if "or" in words else _MANY_MATES):
        return False
    return any(
        {",", "or"} & set(words) and set(words) <= _LIST_WORDS for words in (_between(view, hint, m) for m in mates)
    )


def _or_in_descriptor(view: View, hint: Mention, believed: Iterable[Mention]) -> bool:
    """Whether a descriptor gives a hint as the other choice: ``electrosurgical ablation or thermoablation``."""
    if view.role(hint) != "official-descriptor":
        return False
    return any(not m.hint and _alike(view, hint, m) and "or" in _between(view, hint, m) for m in believed)


def _explained(view: View, hint: Mention) -> bool:
    """Whether a hint such as *burned* says right away by which energy: ``burned with an electrocautery tip``."""
    end = min(view.sentence(hint).last, hint.last + _SOURCE)
    if not {"with", "by"} & set(view.norms(hint.last, hint.last + 1)):
        return False
    return any(not other.hint and hint.last < other.first < end for other in view.within("energy", hint.sentence))


def _between(view: View, one: Mention, other: Mention) -> tuple[str, ...]:
    left, right = (one, other) if one.first < other.first else (other, one)
    return view.norms(left.last, right.first)
