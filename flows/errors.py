"""The two families of errors: what the user can mend, and what is our own fault."""

from __future__ import annotations


class UserError(Exception):
    """The call or its input is wrong, and the user can mend it: exit code 2.

    Args:
        message: What is wrong and what to do, in words.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class FaultError(Exception):
    """Something of ours is broken: exit code 3.

    Args:
        message: What is broken, in words.
    """
