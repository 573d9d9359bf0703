"""The one exception by which an input is refused."""

from __future__ import annotations

from typing import Optional


class SpecError(Exception):
    """A refusal that a specification asks for.

    `offset` is where the faulty field begins, `subject` what the refusal has to name, where there is either.
    """

    def __init__(self, code: str, offset: Optional[int] = None, subject: str = "") -> None:
        where = "" if offset is None else f" at offset {offset}"
        super().__init__(f"{code}{where}{subject and f': {subject}'}")
        self.code = code
        self.offset = offset
        self.subject = subject
