"""The note of a decision, composed of the reviewer's text and prepared wordings of reasons."""

from __future__ import annotations

from collections.abc import Collection, Mapping

_APART = "\n\n"


def compose(
    typed: str, wordings: Mapping[str, str], *, chosen: Collection[str], before: Collection[str]
) -> str:
    """The typed note with the wordings of the chosen reasons, by their codes.

    ``before`` are the reasons whose wording is already in the note. It is not added again, since the reviewer
    may have edited it. The wording of a reason that is no longer chosen is removed, unless it was edited.
    """
    note = _one_kind_of_line_end(typed)
    for code in before:
        if code not in chosen and code in wordings:
            note = _without(note, _one_kind_of_line_end(wordings[code]))
    added = [_one_kind_of_line_end(wordings[code]) for code in chosen if code not in before]
    return _APART.join(part for part in [note.strip(), *added] if part)


def _without(note: str, wording: str) -> str:
    before, found, after = note.partition(wording)
    if not found:
        return note
    return _APART.join(part for part in (before.strip(), after.strip()) if part)


def _one_kind_of_line_end(text: str) -> str:
    """Browsers send CR LF for each line end of a text area."""
    return text.replace("\r\n", "\n").strip()
