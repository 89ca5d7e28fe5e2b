"""Make pages to measure with: as many as wanted, varied in size, form and content, some broken, from a seed.

    python -m benchmarks.pages 10000 /some/folder --seed 7 --size mixed

What a page says is made of the ontology's own names, so that every concept of the axes comes up; the code is a number.
About a page in fifty is broken in one of seven ways. Each page hangs on the seed and its own number alone.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from ontology import lexicon

MIXED: Final = (5_000, 100_000)
"""Sizes of mixed pages in bytes; one half of them is smaller than a third of the largest."""
TEN: Final = (10_000, 10_000)
BROKEN: Final = 50
"""One page in so many is broken."""
_PAGES_A_CODE: Final = (1, 1, 1, 2, 2, 3)
_A_FOLDER: Final = 1000

_WHO: Final = (
    *("The nurse", "The doctor", "The radiologist", "A technician", "The team", "The anesthetist", "The surgeon"),
    *("An assistant", "The patient", "The resident", "The coordinator", "Whoever stands at the console"),
)
_DOES: Final = (
    *("checks", "notes", "prepares", "cleans", "covers", "measures", "compares", "explains", "watches", "confirms"),
    *("writes down", "looks through", "sets up", "talks about", "asks for", "goes over", "puts away", "counts"),
)
_WHAT: Final = (
    *("the consent form", "the name and the date of birth", "the blood tests of the week before", "the monitor"),
    *("the sterile drapes", "the position on the table", "the allergies", "the oxygen in the blood", "the dressing"),
    *("the earlier pictures", "the plan for the evening", "the list of medicines", "the dose", "the alarm limits"),
    *("the small wound", "the size of the treated area", "the pulse and the pressure", "the hour of the next meal"),
)
_WHEN: Final = (
    *("before anything else", "while the first pictures are taken", "for ten minutes", "once more at the end"),
    *("in the morning", "on the same day", "after four to six weeks", "as long as it takes", "with great care"),
    *("without any hurry", "in the room next door", "where that is wanted", "together with the family", "by telephone"),
    *("and keeps a copy with the record", "and leaves the rest to the clinic", "so that nothing is forgotten"),
)
_COVERAGE: Final = (
    "Payers ask for a note that says why the procedure was needed.",
    "The global period is ten days; visits within it are not paid apart.",
    "Modifier 50 stands for both sides, modifier 59 for a distinct service.",
    "Prior authorization is wanted by most plans in the region.",
    "The fee schedule is renewed each January and each July.",
)
_SCRIPT: Final = (
    "window.dataLayer=window.dataLayer||[];function push(){dataLayer.push(arguments);}",
    "(function(d,s){var e=d.createElement(s);e.async=1;e.src='/assets/app.js';d.head.appendChild(e);})(document);",
    "document.querySelectorAll('.menu a').forEach(function(a){a.onclick=function(){push('menu',a.href,1<2)}});",
    'var settings={"lazy":true,"columns":3,"labels":["home","codes","news"],"ratio":1.25,"open":[1,2,3,5,8,13]};',
)
_STYLE: Final = (
    ".card{border:1px solid #ddd;border-radius:4px;margin:0 0 1rem}.card h2{font-size:1.1rem;padding:.4rem}",
    ".menu li{display:inline-block;padding:0 .5rem}.menu a:hover{text-decoration:underline}",
    "@media (max-width:600px){.menu li{display:block}.side{width:100%}}",
)
_SITES: Final = ("Ferry Codes", "Low Meadow Reference", "Harbor Coding", "The Plain Page", "Alder Notes")


def pages(number: int, *, seed: int = 1, sizes: tuple[int, int] = MIXED) -> Iterator[tuple[str, bytes]]:
    """Make pages.

    Args:
        number: How many.
        seed: Decides what they hold.
        sizes: Least and greatest size in bytes.

    Yields:
        File name, a folder before it, and bytes.
    """
    made, code = 0, 0
    while made < number:
        chance = random.Random(f"{seed} {code}")  # noqa: S311 - nothing secret
        name = _code(code)
        for site in range(min(chance.choice(_PAGES_A_CODE), number - made)):
            yield _page(name, site, chance, sizes, made)
            made += 1
        code += 1


def write(folder: Path, number: int, *, seed: int = 1, sizes: tuple[int, int] = MIXED) -> int:
    """Write pages into a folder, a thousand to each folder in it.

    Returns:
        Their size in bytes together.
    """
    total = 0
    for name, data in pages(number, seed=seed, sizes=sizes):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        total += file.write_bytes(data)
    return total


def _code(number: int) -> str:
    """The so-manieth code: spread over all that five characters can be, so that no code that is in use stands out."""
    spread = number * 7919 % 100_000
    return f"{spread:05d}" if number < 100_000 else f"{spread % 10_000:04d}{'FTUMA'[number // 100_000 % 5]}"


def _page(code: str, site: int, chance: random.Random, sizes: tuple[int, int], number: int) -> tuple[str, bytes]:
    size = int(chance.triangular(sizes[0], sizes[1], sizes[0])) if sizes[0] < sizes[1] else sizes[0]
    plain = chance.random() < 0.1
    text = _plain(code, chance, size) if plain else _html(code, site, chance, size)
    data = text.encode()
    suffix = "txt" if plain else "html"
    stem = f"{code}-{site}"
    if chance.randrange(BROKEN) == 0:
        stem, data = chance.choice(_FAULTS)(stem, data)
    return f"{number // _A_FOLDER:04}/{stem}.{suffix}", data


_FAULTS: Final[tuple[Callable[[str, bytes], tuple[str, bytes]], ...]] = (
    lambda stem, data: (stem, b""),
    lambda stem, data: (stem, b"%PDF-1.7\n" + data),
    lambda stem, data: (stem, b"<html><body><script>1</script></body></html>"),
    lambda stem, data: (f"notes-{stem}", b"<html><body><p>An essay about the weather of the coast.</p></body></html>"),
    lambda stem, data: (stem, data[: len(data) // 3]),
    lambda stem, data: (stem, data.replace(b"e", b"\xe9", 40)),
    lambda stem, data: (stem, b"<div><p>Register to view content</p></div>"),
)


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, ...]]:
    """English names of the concepts by scheme, in the order of their paths."""
    names: dict[str, list[str]] = {}
    for path, concept in sorted(lexicon.load().concepts.items()):
        names.setdefault(path.partition("/")[0], []).append(concept.pref_label)
    return {scheme: tuple(found) for scheme, found in names.items()}


def _facts(code: str) -> tuple[str, list[str]]:
    """What all pages of a code say: a descriptor and a few sentences."""
    chance = random.Random(f"facts {code}")  # noqa: S311 - nothing secret
    names = _names()
    organ, target = chance.choice(names["organ"]), chance.choice(names["target"])
    energy, approach = chance.choice(names["energy"]), chance.choice(names["approach"])
    modality = chance.choice(names["modality"])
    descriptor = f"Ablation, 1 or more {target}(s), {organ}, {approach}, {energy}, unilateral"
    said = [
        f"CPT code {code} describes the {approach} {energy} ablation of a {target} of the {organ}.",
        f"The doctor destroys one or more targets in the {organ} by {energy} energy through a probe.",
        f"The probe is guided by {modality}, which is included in the code.",
    ]
    if "cryo" in energy:
        said.append("Argon cools the tip to -140 °C; two freeze-thaw cycles are run, and helium thaws the ice.")
    elif chance.random() < 0.5:
        said.append("The tissue is held at 60 to 90 °C for ten minutes.")
    if chance.random() < 0.4:
        said.append(f"It is not used for the {chance.choice(names['organ'])}, and no open surgery is needed.")
    return descriptor, said


def _sentence(chance: random.Random) -> str:
    return " ".join(chance.choice(some) for some in (_WHO, _DOES, _WHAT, _WHEN)) + "."


def _story(chance: random.Random, size: int) -> Iterator[str]:
    """Paragraphs of some bytes together."""
    while size > 0:
        words = " ".join(_sentence(chance) for _ in range(chance.randint(2, 5)))
        size -= len(words) + 7
        yield words


def _plain(code: str, chance: random.Random, size: int) -> str:
    descriptor, said = _facts(code)
    lines = [f"Code {code}", descriptor, "", "Description", " ".join(said), "", "How it goes", ""]
    for words in _story(chance, size - sum(map(len, lines)) - 60):
        lines += [words, ""]
    return "\n".join([*lines, "(c) 2026 Invented Coding Notes", ""])


def _html(code: str, site: int, chance: random.Random, size: int) -> str:
    """A page as sites make them: text, and around it scripts, styles, menus, cards and lists of links.

    There are about 17 elements to 1,000 bytes, as on the pages that the reader was made with; the text is half of a
    small page and a quarter of a large one.
    """
    descriptor, said = _facts(code)
    name = _SITES[(int(code[:4]) + site) % len(_SITES)]
    rest = max(size - 2300, 400)
    text = rest * (48 if size < 20_000 else 36 if size < 50_000 else 26) // 100
    menu = rest * 20 // 100
    head = rest - text - menu - rest * 20 // 100
    story = list(_story(chance, text * 83 // 100))
    cut = len(story) // 2
    marked = [_marked(chance, words) for words in story]
    paragraphs = "\n".join(f"<p>{words}</p>" for words in marked[:cut])
    steps = "\n".join(f"<li><strong>Step {at}.</strong> {words}</li>" for at, words in enumerate(marked[cut:], start=1))
    rows = "".join(f"<tr><th>{at}</th><td>{chance.choice(_COVERAGE)}</td></tr>" for at in range(1, 5))
    other = _code(chance.randrange(9999))
    return f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>CPT Code {code} | {name}</title>
<link rel="canonical" href="https://codes{site}.example/cpt/{code}"><link rel="stylesheet" href="/assets/site.css">
<style>{_filled(chance, _STYLE, head * 25 // 100)}</style>
<script>{_filled(chance, _SCRIPT, head * 75 // 100)}</script></head>
<body class="page">
<nav class="navbar"><a href="/">{name}</a><ul class="menu">
{_links(chance, menu)}</ul></nav>
<main><h1>CPT Code {code}</h1>
<section class="card"><h2>Official Description</h2><p>{descriptor}</p>
<p class="small">&copy; Copyright 2026 American Medical Association. All rights reserved.</p></section>
<section class="card"><h2>Description</h2><p>{" ".join(said)}</p>
{paragraphs}</section>
<section class="card"><h2>Steps</h2><ol>
{steps}</ol></section>
<section class="card"><h2>Coverage and billing</h2><table><tbody>{rows}</tbody></table></section>
<aside class="related"><h2>Related codes</h2><p>{other} is for the same with other energy.</p></aside>
</main>
<footer><p>&copy; 2026 {name}</p><ul>
{_links(chance, rest * 20 // 100)}</ul></footer>
</body>
</html>
"""


def _marked(chance: random.Random, words: str) -> str:
    """A paragraph with a few words in bold, in a span or in a link."""
    parts = words.split(" ")
    for _ in range(len(parts) // 12):
        at = chance.randrange(len(parts))
        before, after = chance.choice((("<b>", "</b>"), ('<span class="w">', "</span>"), ('<a href="/w">', "</a>")))
        if not parts[at].startswith("<") and " " not in parts[at] and not parts[at].endswith((">", ".")):
            parts[at] = f"{before}{parts[at]}{after}"
    return " ".join(parts)


def _links(chance: random.Random, size: int) -> str:
    out: list[str] = []
    while size > 0:
        number = chance.randrange(1, 999)
        link = f'<a class="nav-link" href="/chapters/{number}"><span>Chapter {number}</span></a>'
        out.append(f'<li class="nav-item"><i class="icon"></i>{link}</li>\n')
        size -= len(out[-1])
    return "".join(out)


def _filled(chance: random.Random, lines: tuple[str, ...], size: int) -> str:
    out: list[str] = []
    while size > 0:
        out.append(chance.choice(lines))
        size -= len(out[-1]) + 1
    return "\n".join(out)


def main() -> None:
    """Write pages as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("number", type=int, help="how many pages")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", choices=("mixed", "ten"), default="mixed", help="5 to 100 KB, or all about 10 KB")
    options = parser.parse_args()
    total = write(options.folder, options.number, seed=options.seed, sizes=TEN if options.size == "ten" else MIXED)
    print(f"{options.number} pages, {total / 1e6:.1f} MB, in {options.folder}")


if __name__ == "__main__":
    main()
