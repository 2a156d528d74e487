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
    # Browsers send CR LF for each line end of a text area.
    note = typed.replace("\r\n", "\n").strip()
    words = {code: wording.replace("\r\n", "\n").strip() for code, wording in wordings.items()}
    for code in before:
        if code not in chosen and code in words:
            head, found, tail = note.partition(words[code])
            if found:
                note = _APART.join(part for part in (head.strip(), tail.strip()) if part)
    added = [words[code] for code in chosen if code not in before]
    return _APART.join(part for part in [note.strip(), *added] if part)
