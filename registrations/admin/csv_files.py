"""Lists as CSV files, streamed row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

from django.http import StreamingHttpResponse

_BEGINS_FORMULA: Final = re.compile(r"""((?:^|[;\t\r\n])[\s"']*)(?=[=+\-@\t\r\uff0b\uff0d\uff1d\uff20])""")

Cell = str | int | float | None


class _Echo:
    """A file-like object that returns what is written to it."""

    def write(self, text: str) -> str:
        return text


def harmless(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula, because partners choose much of the content.

    OWASP, "CSV injection": an apostrophe is put before whatever could begin a formula, also after a
    character at which a spreadsheet may split cells, such as the semicolon of Danish and German
    ones.
    """
    return _BEGINS_FORMULA.sub(r"\1'", cell) if isinstance(cell, str) else cell


def answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    """Stream the rows as a CSV download with that name."""
    writer = csv.writer(_Echo())
    harmless_rows = ([harmless(cell) for cell in row] for row in rows)
    lines = map(writer.writerow, chain([head], harmless_rows))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
