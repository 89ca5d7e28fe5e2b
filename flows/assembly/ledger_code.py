"""What decides the outcome of a page besides its bytes: vocabulary, shapes, code, and the parts that we build on."""

from __future__ import annotations

import hashlib
import sys
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Final

import extract
import flows
import ontology
import shapes

_PACKAGES: Final = (extract, flows, ontology, shapes)
_PARTS: Final = ("beautifulsoup4", "lxml", "pyahocorasick", "pyoxigraph", "pyshacl", "rdflib")


def fingerprint(*, quotes: bool) -> str:
    """Stands for everything besides the pages that a release hangs on.

    Every file of ours counts, also those that surely change no fact: to read too much again costs time, to read too
    little would leave a stale fact.

    Args:
        quotes: Whether quoted words go into the evidence.

    Returns:
        64 hexadecimal digits.
    """
    return hashlib.sha256(f"{_of_code()} {quotes}".encode()).hexdigest()


@lru_cache(maxsize=1)
def _of_code() -> str:
    total = hashlib.sha256(sys.version.encode())
    for part in _PARTS:
        total.update(f"{part} {metadata.version(part)}\n".encode())
    for package in _PACKAGES:
        for folder in package.__path__:
            total.update(_of_folder(Path(folder), package.__name__).encode())
    return total.hexdigest()


def _of_folder(folder: Path, name: str) -> str:
    total = hashlib.sha256(name.encode())
    for file in sorted(path for suffix in ("*.py", "*.ttl") for path in folder.rglob(suffix)):
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        total.update(f"{file.relative_to(folder).as_posix()} {digest}\n".encode())
    return total.hexdigest()
