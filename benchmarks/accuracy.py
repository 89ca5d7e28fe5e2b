"""How well three readers read the same pages: this project, a plain keyword matcher, and medspaCy.

All three know the same labels, and only what all can answer is scored. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode

from extract.gold import HALVES, half
from extract.scoring import Score, compare, facts
from flows.evaluating.evaluate import Judged, judge
from ontology import lexicon, store, terms
from ontology.words import tokens

ROOT: Final = Path(__file__).parents[1]
GOLD: Final = ROOT / "tests" / "gold"
WORKER: Final = Path(__file__).with_name("medspacy_worker.py")

AXES: Final = {
    "action": "is-ablation",
    "approach": "approach",
    "energy": "energy",
    "organ": "organ",
    "target": "target",
    "modality": "guidance-modality",
}
"""Schemes that all three can answer, and the axes that they answer."""

_DESTRUCTION: Final = "action/destruction"
_LABELS: Final = tuple(terms.SKOS + name for name in ("prefLabel", "altLabel", "hiddenLabel"))

Values = dict[str, frozenset[str]]
Reader = Callable[[Sequence[Judged]], list[Values]]


def this_project(pages: Sequence[Judged]) -> list[Values]:
    """What our rules believe."""
    return [
        {axis: values for axis, values in facts(page.reading.assertions).items() if axis in AXES.values()}
        if page.reading
        else values_of(())
        for page in pages
    ]


def keyword_matcher(pages: Sequence[Judged]) -> list[Values]:
    """Every label that stands in the visible text is a fact; of labels inside one another the longest counts."""
    words = lexicon.load()
    longest = max(map(len, words.senses))

    def paths(text: str) -> Iterator[str]:
        norms = [token.norm for token in tokens(text, known=words.words) if token.word]
        upper = [token.upper for token in tokens(text, known=words.words) if token.word]
        at = 0
        while at < len(norms):
            for length in range(longest, 0, -1):
                senses = [
                    sense
                    for sense in words.senses.get(tuple(norms[at : at + length]), ())
                    if not sense.hint and (not sense.capitals or all(upper[at : at + length]))
                ]
                if senses:
                    yield from (sense.path for sense in senses)
                    break
            at += length if senses else 1

    return [values_of(paths(text_of(page))) for page in pages]


def medspacy(python: Path) -> Reader:
    """Target matcher and ConText of medspaCy, with its own context rules, in the environment of a Python.

    Args:
        python: The Python of an environment that has medspaCy.
    """

    def read(pages: Sequence[Judged]) -> list[Values]:
        # Its matcher knows no bracketed plurals; they are written out for it.
        texts = [text_of(page).replace("(s)", "s").replace("(es)", "es") for page in pages]
        request = {"labels": list(labels()), "texts": texts}
        command = [str(python), str(WORKER)]
        try:
            done = subprocess.run(command, input=json.dumps(request), stdout=subprocess.PIPE, text=True, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            sys.exit(f"medspaCy did not run with {python}: {error}")
        answer: list[list[str]] = json.loads(done.stdout)
        return [values_of(path for category in found for path in category.split()) for found in answer]

    return read


def labels() -> Iterator[dict[str, str]]:
    """The labels of the lexicon as they are written, with plurals, and the concepts that each stands for."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    names: defaultdict[str, list[str]] = defaultdict(list)
    evoked: defaultdict[str, list[str]] = defaultdict(list)
    for subject, predicate, value in store.triples():
        if isinstance(subject, NamedNode) and isinstance(value, Literal) and predicate.value in _LABELS:
            names[subject.value].append(value.value)
        elif isinstance(subject, NamedNode) and isinstance(value, NamedNode) and predicate.value == terms.abl("evokes"):
            evoked[subject.value].append(value.value.removeprefix(terms.BASE))
    for iri, own in names.items():
        path = iri.removeprefix(terms.BASE)
        for label in own:
            for form in forms(label):
                found[form].update(one for one in (path, *evoked[iri]) if one.partition("/")[0] in AXES)
    for label, paths in sorted(found.items()):
        if paths:
            yield {"label": label, "category": " ".join(sorted(paths))}


def forms(label: str) -> tuple[str, ...]:
    """A label and its plural.

    >>> forms("biopsy"), forms("mass"), forms("CT")
    (('biopsy', 'biopsies'), ('mass', 'masses'), ('CT',))
    """
    if label.isupper():
        return (label,)
    if label.endswith("y") and label[-2:-1] not in "aeiou":
        return (label, label[:-1] + "ies")
    return (label, label + ("es" if label.endswith(("s", "x", "z", "ch", "sh")) else "s"))


def text_of(page: Judged) -> str:
    """The visible text of a page."""
    return page.reading.page.text if page.reading else ""


def values_of(paths: Iterable[str]) -> Values:
    """Concepts as values by axis."""
    found: Values = dict.fromkeys(AXES.values(), frozenset())
    for path in paths:
        scheme, _, name = path.partition("/")
        if path == _DESTRUCTION:
            found["is-ablation"] |= {"true"}
        elif name and scheme in AXES and scheme != "action":
            found[AXES[scheme]] |= {name}
    return found


def corpora(shared: Path) -> Iterator[tuple[str, tuple[Judged, ...]]]:
    """The pages to read, by the name of their set."""
    if shared.exists():
        yield "shared", judge(shared, [shared / "gold.json"])
    else:
        print(f"no shared pages at {shared}: left out", file=sys.stderr)
    ours = judge(GOLD / "pages", sorted(set(GOLD.glob("*.json")) - {GOLD / "floors.json"}))
    for name in HALVES:
        yield f"ours, {name} half", tuple(page for page in ours if half(page.entry["file"]) == name)


def overall(found: Mapping[str, Mapping[str, Score]], sizes: Mapping[str, int]) -> Iterator[str]:
    """Micro figures of each set and reader, as the lines of a Markdown table."""
    yield "| pages | reader | precision | recall | F1 |"
    yield "|---|---|---|---|---|"
    for corpus, scores in found.items():
        for reader, score in scores.items():
            all_axes = score.micro(AXES.values())
            figures = " | ".join(f"{figure:.3f}" for figure in (all_axes.precision, all_axes.recall, all_axes.f1))
            yield f"| {corpus} ({sizes[corpus]}) | {reader} | {figures} |"


def by_axis(found: Mapping[str, Mapping[str, Score]]) -> Iterator[str]:
    """Precision and recall by axis, as the lines of a Markdown table."""
    readers = list(next(iter(found.values())))
    yield f"| pages | axis | {' | '.join(readers)} |"
    yield "|---|---|" + "---|" * len(readers)
    for corpus, scores in found.items():
        for axis in AXES.values():
            tallies = [scores[reader].tallies[axis] for reader in readers]
            cells = " | ".join(f"{tally.precision:.3f} / {tally.recall:.3f}" for tally in tallies)
            yield f"| {corpus} | {axis} | {cells} |"


def main() -> None:
    """Read, score, and print two tables."""
    parser = argparse.ArgumentParser(description="Accuracy of three readers on the same pages, as Markdown.")
    parser.add_argument("--medspacy-python", type=Path, metavar="PATH", help="Python of an environment with medspaCy")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared" / "pages", metavar="DIR")
    options = parser.parse_args()
    readers: dict[str, Reader] = {"this project": this_project, "keyword matcher": keyword_matcher}
    if options.medspacy_python is None:
        print("no --medspacy-python: medspaCy is left out", file=sys.stderr)
    else:
        readers["medspaCy"] = medspacy(options.medspacy_python)
    found: dict[str, dict[str, Score]] = {}
    sizes: dict[str, int] = {}
    for corpus, pages in corpora(options.shared):
        sizes[corpus] = len(pages)
        entries = [page.entry for page in pages]
        found[corpus] = {name: compare(zip(entries, read(pages), strict=True)) for name, read in readers.items()}
    print("\n".join([*overall(found, sizes), "", "Precision / recall by axis:", "", *by_axis(found)]))


if __name__ == "__main__":
    main()
