"""Approach, energy source and device: values that stand for themselves wherever the page states them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from extract import roles
from extract.axes.act import DESTRUCTION
from extract.axes.claims import claim
from extract.mentions import Mention
from extract.view import Findings, Verdict, View, by_sentence

_MARKS = frozenset({",", ";", ":", "(", ")", "–", "."})
OPEN = "approach/open"
CHEMICAL = "energy/chemical"
CURRENT = "energy/electrical"
CAUTERY = "energy/electrocautery"
_LISTED = 6
"""Words between two alternatives of one list, at most."""
_LONG_LIST = 9
"""Words between a hint and the other alternatives of its list, at most."""
_MATES = 2
_MANY_MATES = 3
"""So many others make a list that needs no or before its last."""
_NEUROLYTIC = "neurolytic"
_ENTERED = frozenset({"introduced", "inserted", "passed", "advanced", "led", "slipped", "pushed", "threaded", "guided"})
"""Words right before the way that something takes in."""
_LIST_WORDS = frozenset({",", "or", "and", "else", "either", "a", "by", "with"})


def read(view: View, findings: Findings, scheme: str, predicate: str) -> None:
    """Hold every value that is stated; hints count where nothing firmer stands, or beside a firm value in one list.

    Args:
        view: The page.
        findings: Where facts and rejections go.
        scheme: Concept scheme of the values.
        predicate: Property that they become.
    """
    believed = list(view.believed(scheme, predicate, findings))
    believed = [_promoted(view, mention) for mention in believed if not _inflected(view, mention)]
    firm = [mention for mention in believed if not mention.hint]
    ranked = _best(view, firm)
    if predicate == "energySource" and not findings.values("type"):
        ranked = _applied(view, findings, ranked)
        applied = set(ranked)
        believed = [mention for mention in believed if mention.hint or mention in applied]
    if not ranked:
        hints = [mention for mention in believed if mention.hint and view.role(mention) in view.main]
        hints = [mention for mention in hints if not _ajar(view, mention)]
        if predicate == "energySource":
            named = {mention.path for mention in firm}
            if findings.values("type"):
                hints = _destroying(view, findings, hints)
            else:
                hints = _applied(view, findings, [hint for hint in hints if hint.path in named])
        claim(view, findings, predicate, hints, "hinted")
        return
    if predicate == "energySource":
        ranked = _named_closer(view, findings, ranked)
        ranked = _by_descriptor(view, findings, ranked)
        hints = [mention for mention in believed if mention.hint]
        ranked = _salient(view, findings, ranked, hints)
    if predicate == "approach":
        ranked = _led(view, findings, ranked)
    claim(view, findings, predicate, ranked, "stated")
    values = {mention.path for mention in ranked}
    if predicate == "energySource" and all(view.contexts.around(mention, "optional") for mention in ranked):
        described = [mention for mention in believed if mention.hint and view.role(mention) in roles.DESCRIPTOR]
        claim(view, findings, predicate, described, "descriptor")
        values |= {mention.path for mention in described}
    for mention in believed:
        if mention.hint and mention.path not in values:
            burns = mention.path == CURRENT and CAUTERY in values  # the current is that of the cautery
            if predicate == "energySource" and not burns and _listed(view, mention, believed):
                claim(view, findings, predicate, [mention], "listed")
            else:
                findings.reject(predicate, mention.path, Verdict("hint-beside-firmer", ""), view.of(mention))


def _named_closer(view: View, findings: Findings, mentions: list[Mention]) -> list[Mention]:
    """Without a neurolytic agent that the text never names, where it says by what else the nerve is destroyed."""
    unnamed = [m for m in mentions if m.path == CHEMICAL]
    others = {m.path for m in mentions if m.path != CHEMICAL and view.role(m) in view.main}
    if not others or any(_NEUROLYTIC not in view.norms(m.first, m.last) for m in unnamed):
        return mentions
    for mention in unnamed:
        findings.reject("energySource", mention.path, Verdict("named-closer", ""), view.of(mention))
    return [m for m in mentions if m.path != CHEMICAL]


def _destroying(view: View, findings: Findings, hints: list[Mention]) -> list[Mention]:
    """Hints such as heat, where no firm word says more: in a sentence that defines the code or destroys."""
    kept = [
        hint
        for hint in hints
        if view.defining(view.sentence(hint)) or _destroys(view, hint, apart=True) or _delivered(view, hint)
    ]
    for hint in hints:
        if hint not in kept:
            findings.reject("energySource", hint.path, Verdict("in-passing", ""), view.of(hint))
    return kept


def _inflected(view: View, mention: Mention) -> bool:
    """Whether *open* is a verb: ``opens the cervix``."""
    if mention.path != OPEN or not mention.hint or mention.last - mention.first > 1:
        return False
    word = view.words(mention.first, mention.last).casefold()
    return word.endswith("s") and not view.script.tokens[mention.first].norm.endswith("s")


def _ajar(view: View, mention: Mention) -> bool:
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


def _best(view: View, mentions: list[Mention]) -> list[Mention]:
    main = [
        mention
        for mention in mentions
        if view.role(mention) in view.main or view.contexts.around(mention, "optional") is not None
    ]
    return main or mentions


def _applied(view: View, findings: Findings, mentions: list[Mention]) -> list[Mention]:
    """On a page that is no ablation: energies that its definition names or that it returns to, not those in passing."""
    sentences: defaultdict[str, set[int]] = defaultdict(set)
    for mention in mentions:
        sentences[mention.path].add(mention.sentence)
    kept: list[Mention] = []
    for mention in mentions:
        told = view.role(mention) in roles.DESCRIPTOR | roles.PROSE
        if told and (view.names_code(mention) or len(sentences[mention.path]) > 1):
            kept.append(mention)
        else:
            findings.reject("energySource", mention.path, Verdict("in-passing", ""), view.of(mention))
    return kept


def _salient(view: View, findings: Findings, mentions: list[Mention], hints: list[Mention]) -> list[Mention]:
    """Energies that define the code, destroy in their sentence, or are listed beside such a one.

    A hint at the same energy speaks for it too, but only where a firm word names it as well.
    """
    named = {mention.path for mention in mentions}
    strong = {
        mention.path
        for mention in mentions + [hint for hint in hints if hint.path in named]
        if view.defining(view.sentence(mention))
        or view.role(mention) == "names"
        or _destroys(view, mention)
        or _by_agent(view, mention)
        or _delivered(view, mention)
        or view.contexts.around(mention, "optional") is not None
    }
    strong -= _once(view, mentions, hints)
    beside = by_sentence(mentions)
    for mention in mentions:
        others = beside[mention.sentence]
        if any(other.path in strong and _beside(view, mention, other) for other in others):
            strong.add(mention.path)
    if not strong:
        return mentions
    for mention in mentions:
        if mention.path not in strong:
            findings.reject("energySource", mention.path, Verdict("in-passing", ""), view.of(mention))
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
    sentences: defaultdict[str, set[int]] = defaultdict(set)
    told: set[str] = set()
    for mention in mentions:
        sentences[mention.path].add(mention.sentence)
        if view.defining(view.sentence(mention)) or view.contexts.around(mention, "optional") is not None:
            told.add(mention.path)
    return {path for path, places in sentences.items() if len(places) == 1} - told - named if ruling else set()


def _led(view: View, findings: Findings, mentions: list[Mention]) -> list[Mention]:
    """Approaches that define the code, come back, or by which an instrument is led; others are named in passing."""
    sentences: defaultdict[str, set[int]] = defaultdict(set)
    for mention in mentions:
        sentences[mention.path].add(mention.sentence)
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
    for mention in mentions:
        if mention.path not in strong:
            findings.reject("approach", mention.path, Verdict("in-passing", ""), view.of(mention))
    return [mention for mention in mentions if mention.path in strong]


def _acting(view: View, mention: Mention) -> bool:
    """Whether an approach stands right before what destroys: ``percutaneous cryoablation``."""
    return any(
        0 <= other.first - mention.last <= 1 and (scheme == "energy" or other.path == DESTRUCTION)
        for scheme in ("action", "energy")
        for other in view.within(scheme, mention.sentence)
    )


def _by_agent(view: View, mention: Mention) -> bool:
    """Whether a substance that destroys by itself stands for the energy."""
    return any(agent.first == mention.first for agent in view.within("agent", mention.sentence) if not agent.hint)


def _delivered(view: View, mention: Mention) -> bool:
    """Whether the main text says that an energy is brought to bear."""
    return view.role(mention) in view.main and view.contexts.around(mention, "delivered") is not None


def _destroys(view: View, mention: Mention, *, apart: bool = False) -> bool:
    """Whether the sentence of an energy says that it destroys; ``apart``: in other words than its own name."""
    return any(
        action.path == DESTRUCTION
        and view.verdict(action, "type") is None
        and not (apart and action.first < mention.last and mention.first < action.last)
        for action in view.within("action", mention.sentence)
    )


def _beside(view: View, one: Mention, other: Mention) -> bool:
    return view.near(one, other, _LISTED) and bool({"or", "and", ","} & set(_between(view, one, other)))


def _by_descriptor(view: View, findings: Findings, mentions: list[Mention]) -> list[Mention]:
    """Where an official descriptor names the energy, another one must come back in the text to stand beside it."""
    ruling = {mention.path for mention in mentions if view.role(mention) == "official-descriptor"}
    if not ruling:
        return mentions
    sentences: defaultdict[str, set[int]] = defaultdict(set)
    for mention in mentions:
        sentences[mention.path].add(mention.sentence)
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
        if told or mention.path in ruling | listed:
            kept.append(mention)
        else:
            findings.reject("energySource", mention.path, Verdict("descriptor-decides", ""), view.of(mention))
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


def _between(view: View, one: Mention, other: Mention) -> tuple[str, ...]:
    left, right = (one, other) if one.first < other.first else (other, one)
    return view.norms(left.last, right.first)
