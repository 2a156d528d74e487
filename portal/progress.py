"""How far a command is that takes long."""

from __future__ import annotations

from typing import Final

from django.core.management.base import OutputWrapper

LINES: Final = 10
"""Lines of progress in a log, at most."""


class Progress:
    """Says how many of the ``noun`` a command has looked at.

    On a terminal that is one line that is written over, else a line for each tenth.
    """

    def __init__(self, out: OutputWrapper, noun: str) -> None:
        self.out, self.noun = out, noun
        self.tenths = 0

    def show(self, done: int, total: int) -> None:
        total = max(total, done)
        percent = 100 * done // total if total else 100
        said = f"Looked at {done} of {total} {self.noun} ({percent} %)"
        if self.out.isatty():
            self.out.write(f"\r{said}", ending="\n" if done >= total else "")
            self.out.flush()
        elif percent * LINES // 100 > self.tenths:
            self.tenths = percent * LINES // 100
            self.out.write(said)
