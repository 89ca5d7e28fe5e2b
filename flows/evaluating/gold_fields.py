"""The fields of a gold entry, and what each may hold: concepts must stand in the ontology."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from ontology.lexicon import load
from ontology.terms import CODE_PATTERN

Rule = Callable[[str, object], Iterable[str]]
"""Told a field's name and value, says what is wrong."""

_UNSTATED: Final = "unstated"


def check(entry: object) -> Iterable[str]:
    """What is wrong with a gold entry, in words; nothing if it is well-formed.

    >>> list(check({"file": "a.txt", "colour": "red"}))[0]
    'unknown axis or field "colour"'
    """
    if not isinstance(entry, dict):
        yield "not an object"
        return
    for name in entry:
        if name not in _FIELDS:
            yield f'unknown axis or field "{name}"{_near(name, _FIELDS)}'
    missing = [name for name in _FIELDS if name not in entry and name not in _OPTIONAL]
    if missing:
        yield f"lacks {', '.join(missing)}; say [] or null where the page says nothing"
    for name, rule in _FIELDS.items():
        if name in entry:
            yield from rule(name, entry[name])


def _near(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, sorted(known), n=1)
    return f'; did you mean "{close[0]}"?' if close else ""


def _text(name: str, value: object) -> Iterable[str]:
    if not isinstance(value, str):
        yield f"{name} is no text: {_shown(value)}"


def _page(name: str, value: object) -> Iterable[str]:
    if not isinstance(value, str) or not value:
        yield f"{name} is no name of a page: {_shown(value)}"


def _code(name: str, value: object) -> Iterable[str]:
    if not isinstance(value, str) or not CODE_PATTERN.fullmatch(value):
        yield f"{name} is no code of four digits and a digit or capital: {_shown(value)}"


def _flag(name: str, value: object) -> Iterable[str]:
    if not isinstance(value, bool):
        yield f"{name} is neither true nor false: {_shown(value)}"


def _count(name: str, value: object) -> Iterable[str]:
    if not _is_count(value):
        yield f"{name} is no whole number from 0 up: {_shown(value)}"


def _cycles(name: str, value: object) -> Iterable[str]:
    if value is not None and value != "multiple" and not _is_count(value):
        yield f'{name} is neither a whole number nor "multiple" nor null: {_shown(value)}'


def _degrees(name: str, value: object) -> Iterable[str]:
    values = value if isinstance(value, list) and len(value) == 2 else [] if value is None else [value]
    if not all(isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) for v in values):
        yield f"{name} is neither a number nor [low, high] nor null: {_shown(value)}"


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _concept(scheme: str, value: object, also: tuple[str, ...] = ()) -> Iterable[str]:
    known = {path.partition("/")[2] for path in load().concepts if path.startswith(f"{scheme}/")} | set(also)
    if not isinstance(value, str) or value not in known:
        near = _near(value, known) if isinstance(value, str) else ""
        yield f"unknown concept {_shown(value)} of the axis {scheme}{near}"


def _list_of(scheme: str) -> Rule:
    def rule(name: str, value: object) -> Iterable[str]:
        if not isinstance(value, list):
            yield f"{name} is no list: {_shown(value)}"
            return
        for item in value:
            yield from _concept(scheme, item)

    return rule


def _one_of(scheme: str) -> Rule:
    def rule(name: str, value: object) -> Iterable[str]:
        if value is not None:
            yield from _concept(scheme, value)

    return rule


def _objects(parts: Mapping[str, Rule]) -> Rule:
    def rule(name: str, value: object) -> Iterable[str]:
        if not isinstance(value, list):
            yield f"{name} is no list: {_shown(value)}"
            return
        for item in value:
            if not isinstance(item, dict) or set(item) != set(parts):
                yield f"{name} holds {_shown(item)}; each is an object with {', '.join(parts)}"
                continue
            for part, inner in parts.items():
                yield from inner(f"{name}.{part}", item[part])

    return rule


def _year(name: str, value: object) -> Iterable[str]:
    return () if value is None else _count(name, value)


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"


_FIELDS: Final[Mapping[str, Rule]] = {
    "file": _page,
    "code": _code,
    "is_ablation": _flag,
    "borderline": _flag,
    "approach": _list_of("approach"),
    "energy": _list_of("energy"),
    "organ": _list_of("organ"),
    "organ_optional": _list_of("organ"),
    "target": _list_of("target"),
    "guidance": _objects(
        {
            "modality": lambda _, value: _concept("modality", value),
            "necessity": lambda _, value: _concept("necessity", value, (_UNSTATED,)),
            "reporting": lambda _, value: _concept("reporting", value, (_UNSTATED,)),
        }
    ),
    "laterality": _one_of("laterality"),
    "multiplicity": _one_of("multiplicity"),
    "agents": _objects(
        {"agent": lambda _, value: _concept("agent", value), "role": lambda _, value: _concept("role", value)}
    ),
    "temperature_celsius": _degrees,
    "freeze_thaw_cycles": _cycles,
    "locked_sections": _count,
    "rights_holders": _objects({"name": _text, "year": _year}),
    "official_descriptor_present": _flag,
    "traps": _text,
}
_OPTIONAL: Final = frozenset(
    {
        "borderline",
        "organ_optional",
        "locked_sections",
        "rights_holders",
        "official_descriptor_present",
        "traps",
    }
)
