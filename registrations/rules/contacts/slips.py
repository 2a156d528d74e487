"""Finds the well-known mail domain that a mistyped one was meant to be (rule C-10)."""

from __future__ import annotations

from typing import Final

from registrations.rules.data.mail_domains import FREE_MAIL, MISTYPED, NEIGHBOURS, THROW_AWAY

_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_PLACES: Final = {key: (row, at + row / 2) for row, keys in enumerate(_ROWS) for at, key in enumerate(keys)}
"""Where a key is on the keyboard: its row, and how far to the right."""
_LOOK_ALIKES: Final = frozenset({("0", "o"), ("1", "i"), ("1", "l"), ("3", "e")})
_LONG_ENDINGS: Final = frozenset({"com", "co.uk"})
"""Endings long enough to tell a slip from another country."""
_KNOWN: Final = frozenset(
    tuple(domain.split(".", 1)) for domain in FREE_MAIL if domain.split(".")[0] in MISTYPED
)


def known_domain_near(domain: str) -> str | None:
    """The well-known domain that ``domain``, in lower case, is one slip away from; else ``None``.

    The name and the ending may have one slip each. The first letter of a name is never the slip: other names
    begin otherwise (mail.com, ymail.com, cloud.com).
    """
    if domain in FREE_MAIL or domain in THROW_AWAY or domain in NEIGHBOURS:
        return None
    name, _, ending = domain.partition(".")
    near = {
        f"{known}.{its_ending}"
        for known, its_ending in _KNOWN
        if (name == known or (name[:1] == known[0] and is_slip(name, known)))
        and (ending == its_ending or (its_ending in _LONG_ENDINGS and is_slip(ending, its_ending)))
    }
    return near.pop() if len(near) == 1 else None


def is_slip(typed: str, meant: str) -> bool:
    """Whether one slip of the fingers makes ``typed`` out of ``meant``.

    That is a letter left out, two letters swapped, or a neighbouring key hit instead of the right one or
    along with it.
    """
    if abs(len(typed) - len(meant)) > 1 or typed == meant:
        return False
    at = next((at for at, (one, other) in enumerate(zip(typed, meant, strict=False)) if one != other), None)
    at = min(len(typed), len(meant)) if at is None else at
    if len(typed) < len(meant):
        return typed[at:] == meant[at + 1 :]
    if len(typed) > len(meant):
        beside = meant[max(at - 1, 0) : at + 1]
        return typed[at + 1 :] == meant[at:] and any(_is_beside(typed[at], key) for key in beside)
    if typed[at + 1 :] == meant[at + 1 :]:
        return _is_beside(typed[at], meant[at])
    return typed[at : at + 2] == meant[at : at + 2][::-1] and typed[at + 2 :] == meant[at + 2 :]


def _is_beside(key: str, other: str) -> bool:
    """Whether two keys are neighbours or the same, or look alike."""
    if key == other or (key, other) in _LOOK_ALIKES:
        return True
    if key not in _PLACES or other not in _PLACES:
        return False
    (row, right), (other_row, other_right) = _PLACES[key], _PLACES[other]
    return abs(row - other_row) <= 1 and abs(right - other_right) <= 1
