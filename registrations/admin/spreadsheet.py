"""Lists as CSV, written while they are read."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.http import StreamingHttpResponse

_BEGINS_FORMULA: Final = re.compile(r"""((?:^|[;\t\r\n])[\s"']*)(?=[=+\-@\t\r\uff0b\uff0d\uff1d\uff20])""")

Cell = str | int | float | None


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def harmless(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula: partners choose much of what stands in them.

    OWASP, "CSV injection": what could begin a formula begins with an apostrophe instead, also behind
    a sign at which a spreadsheet may part cells, such as the semicolon of Danish and German ones.
    """
    return _BEGINS_FORMULA.sub(r"\1'", cell) if isinstance(cell, str) else cell


def answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    """The file, to be saved under that name."""
    response = StreamingHttpResponse(_lines(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _lines(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(head)
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])
