"""A table of a TOML file, read key by key; what is wrong is told with file and entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from flows.errors import UserError


class Table:
    """Reads a table and remembers which keys are known.

    Args:
        file: The file, for messages.
        entry: The table, for messages.
        content: Its keys and values.
    """

    def __init__(self, file: str, entry: str, content: Mapping[str, Any]) -> None:
        self.file = file
        self.entry = entry
        self._content = content
        self._known: set[str] = set()

    def wrong(self, what: str) -> UserError:
        """An error that names file and entry."""
        return UserError(f"{self.file}: {self.entry}: {what}")

    def text(self, key: str, default: str | None = None) -> str:
        """A string that is not empty; the default may be.

        Raises:
            UserError: It is missing and has no default, or is something else.
        """
        value = self._get(key, default)
        if value is None or (key in self._content and (not isinstance(value, str) or not value.strip())):
            raise self.wrong(f'{key}: wants some text in quotes, such as {key} = "..."')
        return str(value).strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings, empty where it is missing.

        Raises:
            UserError: It is something else.
        """
        value = self._get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise self.wrong(f'{key}: wants a list of texts, such as {key} = ["*/codes/*"]')
        return tuple(value)

    def number(self, key: str, low: float, high: float, default: float) -> float:
        """A number within bounds.

        Raises:
            UserError: It is something else.
        """
        value = self._get(key, default)
        if key not in self._content:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.wrong(f"{key}: wants a number from {low:g} to {high:g}")
        return float(value)

    def flag(self, key: str) -> bool:
        """True or false, false where it is missing.

        Raises:
            UserError: It is something else.
        """
        value = self._get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(f"{key}: wants true or false, without quotes")
        return value

    def table(self, key: str) -> Mapping[str, Any]:
        """A table within, empty where it is missing.

        Raises:
            UserError: It is something else.
        """
        value = self._get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(f"{key}: wants a table: [{key}]")
        return value

    def named_tables(self, key: str) -> Mapping[str, Mapping[str, Any]]:
        """Tables within, by name.

        Raises:
            UserError: It is something else.
        """
        value = self.table(key)
        if not all(isinstance(one, dict) for one in value.values()):
            raise self.wrong(f'{key}: wants a table for each: [{key}."example.org"]')
        return value

    def tables(self, key: str) -> Sequence[Mapping[str, Any]]:
        """A list of tables, empty where it is missing.

        Raises:
            UserError: It is something else.
        """
        value = self._get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.wrong(f"{key}: wants a table for each: [[{key}]]")
        return value

    def done(self, also: Sequence[str] = ()) -> None:
        """See that no other keys stand in the table.

        Args:
            also: Keys that are known although they were not asked for.

        Raises:
            UserError: One does.
        """
        known = self._known | set(also)
        for key in self._content:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                hint = f"; near it: {near[0]}" if near else f"; known here: {', '.join(sorted(known))}"
                raise self.wrong(f"{key}: no such key{hint}")

    def _get(self, key: str, default: object) -> Any:
        self._known.add(key)
        return self._content.get(key, default)
